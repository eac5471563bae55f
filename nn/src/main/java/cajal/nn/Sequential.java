package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Engine;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/// Layers one behind the other: `y = f_n(... f_2(f_1(x)))`.
///
/// They are named `0`, `1`, ... unless added with a name; appending a layer, or inserting a named one, changes
/// no
/// other layer's initial weights.
public final class Sequential extends Block {
    private final List<Layer> layers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private int unnamed;

    /// An empty sequence, to which layers are added.
    public Sequential() {}

    /// The layers in order, named `0`, `1`, ...
    public static Sequential of(Layer... layers) {
        Sequential s = new Sequential();
        for (Layer layer : layers) {
            s.then(layer);
        }
        return s;
    }

    /// This sequence with one more layer, named by its number.
    public Sequential then(Layer layer) {
        return then(Integer.toString(unnamed++), layer);
    }

    /// This sequence with one more layer.
    public Sequential then(String name, Layer layer) {
        checkUnsealed();
        layers.add(add(name, layer));
        names.add(name);
        return this;
    }

    /// The layers in order.
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return run(x, Layer::apply);
    }

    /// The output for new places `(B, T, ...)` of sequences of which the cache remembers the places before;
    /// it learns the new ones. So a text grows without computing its beginning again.
    ///
    /// Attention looks at all places so far, positions go on counting, and all other layers must treat each
    /// place by itself.
    ///
    /// **Throws** [IllegalArgumentException] for a recurrent layer, which has a state instead.
    public Tensor apply(Tensor x, KeyValueCache cache) {
        long from = cache.length();
        return call(
                () -> run(x, (layer, t) -> switch (layer) {
                    case TransformerEncoder e -> e.apply(t, cache);
                    case TransformerEncoderLayer e -> e.apply(t, cache);
                    case MultiHeadAttention a -> a.apply(t, cache);
                    case LearnedPositions p -> p.apply(t, from);
                    case SinusoidalPositions p -> p.apply(t, from);
                    case Sequential s -> s.apply(t, cache);
                    case Recurrent<?> r ->
                        throw new IllegalArgumentException(r.describe() + " with a KeyValueCache"
                                + "\n  rule: the cache is for attention; a recurrent layer goes on from its own state");
                    default -> layer.apply(t);
                }),
                x);
    }

    private Tensor run(Tensor x, BiFunction<Layer, Tensor, Tensor> each) {
        Tensor y = x;
        for (int i = 0; i < layers.size(); i++) {
            y = isJoined(i) ? joined(i++, y) : run(i, y, each);
        }
        return y;
    }

    private Tensor run(int i, Tensor x, BiFunction<Layer, Tensor, Tensor> each) {
        try {
            return each.apply(layers.get(i), x);
        } catch (ShapeException e) {
            throw explained(e, i, x.shape());
        }
    }

    /// Whether a layer may also apply the function behind it.
    private boolean isJoined(int i) {
        return i + 1 < layers.size()
                && layers.get(i) instanceof Joining first
                && first.joins()
                && (layers.get(i + 1) instanceof Activation
                        || layers.get(i + 1) instanceof FunctionLayer f && f.isSingle());
    }

    /// A layer and the function behind it, which see what lies between them, and nobody else does.
    private Tensor joined(int i, Tensor x) {
        return Engine.joining(
                then -> run(i, x, (layer, t) -> ((Joining) layer).apply(t, then)), y -> run(i + 1, y, Layer::apply));
    }

    /// The error with the way that led to it: the layers before, and the shape between them and the failing
    /// one.
    private ShapeException explained(ShapeException e, int failed, Shape between) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("\n  path: ")) {
            return e;
        }
        List<String> steps = new ArrayList<>();
        for (int i = 0; i <= failed; i++) {
            steps.add(names.get(i) + ":" + ((Part) layers.get(i)).describe() + (i == failed - 1 ? " " + between : ""));
        }
        String path = "\n  path: " + (failed == 0 ? between + " -> " : "") + String.join(" -> ", steps);
        int end = message.indexOf('\n');
        return new ShapeException(end < 0 ? message + path : message.substring(0, end) + path + message.substring(end));
    }

    @Override
    protected java.util.Optional<Spec> spec() {
        return java.util.Optional.of(Spec.of("Sequential", java.util.Map.of()));
    }

    @Override
    public String describe() {
        return "Sequential";
    }
}
