package cajal.nn;

import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Transformer layers one behind the other, with a last normalisation if wanted: `new TransformerEncoder(6, ()
/// -> new
/// TransformerEncoderLayer(512, 8).normFirst()).norm(512)`.
///
/// **Shapes** `(B, T, E)` gives the same. Parameters are named as in PyTorch:
/// `layers.0.self_attn.in_proj_weight`, ...,
/// `norm.weight`.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.1.
public final class TransformerEncoder extends Block {
    private final List<TransformerEncoderLayer> layers = new ArrayList<>();
    private final Stack stack;
    private long normWidth;
    private @Nullable Block norm;

    /// The layers, so that they have the path that PyTorch gives them.
    private static final class Stack extends Part {
        private Stack(List<TransformerEncoderLayer> layers) {
            for (int i = 0; i < layers.size(); i++) {
                add(Integer.toString(i), layers.get(i));
            }
        }

        @Override
        protected Optional<Spec> spec() {
            return Optional.of(Spec.of("Layers", Map.of()));
        }

        private Tensor apply(
                Tensor x,
                List<TransformerEncoderLayer> layers,
                BiFunction<TransformerEncoderLayer, Tensor, Tensor> each) {
            return call(
                    () -> {
                        Tensor y = x;
                        for (TransformerEncoderLayer layer : layers) {
                            y = each.apply(layer, y);
                        }
                        return y;
                    },
                    x);
        }
    }

    /// `count` layers, each made by `layer`.
    ///
    /// **Throws** [IllegalArgumentException] for none.
    public TransformerEncoder(int count, Supplier<TransformerEncoderLayer> layer) {
        this(java.util.stream.Stream.generate(layer).limit(Math.max(0, count)).toList());
    }

    private TransformerEncoder(List<TransformerEncoderLayer> made) {
        if (made.isEmpty()) {
            throw new IllegalArgumentException("A TransformerEncoder without a layer\n  rule: at least one");
        }
        layers.addAll(made);
        stack = part("layers", new Stack(layers));
    }

    /// With a normalisation of vectors of `width` numbers at the end, as stacks of
    /// [TransformerEncoderLayer#normFirst]
    /// need.
    public TransformerEncoder norm(long width) {
        checkUnsealed();
        normWidth = width;
        norm = add("norm", new LayerNorm(width));
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return run(x, Block::apply);
    }

    /// As [#apply(Tensor)], with a mask for every layer.
    public Tensor apply(Tensor x, ScaledDotProduct how) {
        return call(() -> run(x, (layer, t) -> layer.apply(t, how)), x);
    }

    /// The output for new places, which see all places that the cache remembers; it learns the new ones.
    public Tensor apply(Tensor x, KeyValueCache cache) {
        return call(() -> run(x, (layer, t) -> layer.apply(t, cache)), x);
    }

    private Tensor run(Tensor x, BiFunction<TransformerEncoderLayer, Tensor, Tensor> each) {
        Tensor y = stack.apply(x, layers, each);
        return norm == null ? y : norm.apply(y);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("TransformerEncoder", Map.of("norm", normWidth)));
    }

    static TransformerEncoder of(Spec spec) {
        Spec inside = spec.children().get("layers");
        if (inside == null) {
            throw new IllegalArgumentException("a TransformerEncoder has layers");
        }
        TransformerEncoder e = new TransformerEncoder(inside.children().values().stream()
                .map(TransformerEncoderLayer::of)
                .toList());
        return spec.number("norm") == 0 ? e : e.norm(spec.number("norm"));
    }
}
