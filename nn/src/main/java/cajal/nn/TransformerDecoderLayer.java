package cajal.nn;

import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One layer of a transformer's decoder: attention within the target, attention to the encoder's output (the
/// memory), then two linear layers at each place, each added to its input and normalised.
///
/// It has two inputs, so it is a part, not a layer: `decoder.apply(target, memory)`. With [#causal()] each
/// place of
/// the target sees itself and those before it, which training needs; as in PyTorch that is not the default.
///
/// **Shapes** target `(B, T, E)` and memory `(B, S, E)` give `(B, T, E)`. Parameters are named as in PyTorch:
/// `self_attn`, `multihead_attn`, `linear1`, `linear2`, `norm1`, `norm2`, `norm3`; so are the defaults.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.1.
public final class TransformerDecoderLayer extends Part {
    private final TransformerForm form;
    private @Nullable MultiHeadAttention own;
    private @Nullable MultiHeadAttention other;
    private @Nullable Linear linear1;
    private @Nullable Linear linear2;
    private final Block[] norms = new Block[3];
    private final Dropout[] dropouts = new Dropout[4];

    /// A layer over vectors of `width` numbers with `heads` heads.
    ///
    /// **Throws** [ShapeException] unless the width is a multiple of the number of heads.
    public TransformerDecoderLayer(long width, long heads) {
        form = new TransformerForm(width, heads);
    }

    /// With another width between the two linear layers.
    public TransformerDecoderLayer feedForward(long width) {
        checkUnsealed();
        form.feedForward(width);
        return this;
    }

    /// With another probability of dropping attention weights, inner neurons and what is added.
    public TransformerDecoderLayer dropout(double p) {
        checkUnsealed();
        form.dropout = new Dropout(p).p();
        return this;
    }

    /// With GELU between the linear layers.
    public TransformerDecoderLayer gelu() {
        checkUnsealed();
        form.gelu = true;
        return this;
    }

    /// Normalises what goes into attentions and linear layers, not what comes out.
    public TransformerDecoderLayer normFirst() {
        checkUnsealed();
        form.normFirst = true;
        return this;
    }

    /// Each place of the target sees itself and those before it.
    public TransformerDecoderLayer causal() {
        checkUnsealed();
        form.causal = true;
        return this;
    }

    @Override
    protected void seal() {
        own = add("self_attn", form.attention());
        other = add("multihead_attn", form.attention());
        linear1 = add("linear1", form.linear1());
        dropouts[0] = add("dropout", new Dropout(form.dropout));
        linear2 = add("linear2", form.linear2());
        for (int i = 0; i < 3; i++) {
            norms[i] = add("norm" + (i + 1), form.norm());
        }
        for (int i = 1; i <= 3; i++) {
            dropouts[i] = add("dropout" + i, new Dropout(form.dropout));
        }
    }

    /// The output for a target and the encoder's output.
    public Tensor apply(Tensor target, Tensor memory) {
        return apply(target, memory, new ScaledDotProduct(), new ScaledDotProduct());
    }

    /// As [#apply(Tensor, Tensor)], with masks.
    ///
    /// @param within the mask of the attention within the target, beside [#causal()]
    /// @param across the mask of the attention to the memory
    public Tensor apply(Tensor target, Tensor memory, ScaledDotProduct within, ScaledDotProduct across) {
        ScaledDotProduct how = form.causal ? within.causal() : within;
        return call(() -> layer(target, memory, how, across), target, memory);
    }

    private Tensor layer(Tensor x, Tensor memory, ScaledDotProduct within, ScaledDotProduct across) {
        Tensor y = added(0, x, t -> Objects.requireNonNull(own).apply(t, t, t, within));
        Tensor z = added(1, y, t -> Objects.requireNonNull(other).apply(t, memory, memory, across));
        return added(2, z, this::feed);
    }

    private Tensor added(int i, Tensor x, UnaryOperator<Tensor> f) {
        return form.normFirst
                ? x.add(dropouts[i + 1].apply(f.apply(norms[i].apply(x))))
                : norms[i].apply(x.add(dropouts[i + 1].apply(f.apply(x))));
    }

    private Tensor feed(Tensor x) {
        Tensor wide = form.activated(Objects.requireNonNull(linear1).apply(x));
        return Objects.requireNonNull(linear2).apply(dropouts[0].apply(wide));
    }

    @Override
    public String describe() {
        return "TransformerDecoderLayer" + form;
    }
}
