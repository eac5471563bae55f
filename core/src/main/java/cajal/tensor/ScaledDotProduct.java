package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.Task.Distribution;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How queries attend to keys: `y_i = sum_j p_ij v_j`, `p_i = softmax_j(q_i·k_j / sqrt(D) + mask_ij)`, as in
/// `new
/// ScaledDotProduct().causal().dropout(0.1).apply(q, k, v)`.
///
/// Each option gives a new value. The matrix of all weights is never made: one fused operation goes over it in
/// blocks.
///
/// **Shapes** queries `(..., H, Tq, D)`, keys `(..., G, Tk, D)` and values `(..., G, Tk, E)` give `(..., H,
/// Tq, E)`, as
/// in PyTorch; `H` may be a multiple of `G`, so that heads share keys and values. Without a head axis: `(Tq,
/// D)`, `(Tk,
/// D)`, `(Tk, E)`. Masks broadcast to `(..., H, Tq, Tk)`.
///
/// **Numerics** a query that sees no key gets 0.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.2.1.
public final class ScaledDotProduct {
    private final boolean causal;
    private final @Nullable Tensor mask;
    private final double dropout;
    private final double scale;

    /// Every query sees every key; scores are divided by the root of the keys' width.
    public ScaledDotProduct() {
        this(false, null, 0, Double.NaN);
    }

    private ScaledDotProduct(boolean causal, @Nullable Tensor mask, double dropout, double scale) {
        this.causal = causal;
        this.mask = mask;
        this.dropout = dropout;
        this.scale = scale;
    }

    /// Each query sees the keys up to its own place. With fewer queries than keys, as in generation, the last
    /// query
    /// sees all keys (PyTorch lets the first query see one).
    public ScaledDotProduct causal() {
        return causal(true);
    }

    /// As [#causal()], if `on`.
    public ScaledDotProduct causal(boolean on) {
        return new ScaledDotProduct(on, mask, dropout, scale);
    }

    /// With a mask: truth values say which keys are seen, numbers are added to the scores (minus infinity hides
    /// a key). It is added to one that was given before.
    public ScaledDotProduct mask(Tensor mask) {
        Tensor numbers = mask.dtype() == DType.BOOL
                ? Tensor.where(mask, Tensor.scalar(0), Tensor.scalar(Double.NEGATIVE_INFINITY))
                : mask;
        return new ScaledDotProduct(causal, this.mask == null ? numbers : this.mask.add(numbers), dropout, scale);
    }

    /// Keys that are there: `(B, Tk)` truth values beside queries `(B, H, Tq, D)`; padding is false. (PyTorch's
    /// `key_padding_mask` is true at the padding.)
    public ScaledDotProduct keys(Tensor there) {
        if (there.rank() != 2 || there.dtype() != DType.BOOL) {
            throw new ShapeException(
                    "Which keys are there was said by a tensor of shape " + there.shape() + " and type " + there.dtype()
                            + "\n  rule: truth values (batch, keys), false where a sequence is padded");
        }
        return mask(there.reshape(there.dim(0), 1, 1, there.dim(1)));
    }

    /// In training, sets each weight to 0 with probability `p` and scales the others by `1 / (1 - p)`.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 <= p < 1`.
    public ScaledDotProduct dropout(double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("An attention's dropout of " + p + "\n  rule: 0 <= p < 1");
        }
        return new ScaledDotProduct(causal, mask, p, scale);
    }

    /// With scores multiplied by a number of your own instead of `1 / sqrt(D)`.
    public ScaledDotProduct scale(double scale) {
        return new ScaledDotProduct(causal, mask, dropout, scale);
    }

    /// The weighted means.
    ///
    /// **Throws** [ShapeException] if the shapes do not fit.
    public Tensor apply(Tensor queries, Tensor keys, Tensor values) {
        if (queries.rank() == 2 && keys.rank() == 2 && values.rank() == 2) {
            return applyToHeads(queries.unsqueeze(1), keys.unsqueeze(1), values.unsqueeze(1))
                    .squeeze(1);
        }
        if (Math.min(queries.rank(), Math.min(keys.rank(), values.rank())) < 3) {
            throw new ShapeException(
                    "Attention of queries " + queries.shape() + ", keys " + keys.shape()
                            + " and values " + values.shape()
                            + "\n  rule: (..., heads, Tq, D), (..., heads, Tk, D) and (..., heads, Tk, E), or all three without leading axes");
        }
        return applyToHeads(queries.transpose(-2, -3), keys.transpose(-2, -3), values.transpose(-2, -3))
                .transpose(-2, -3);
    }

    /// As [#apply], with the axis of the heads behind that of the places, as a linear layer leaves it: queries
    /// `(..., Tq, H, D)`, keys `(..., Tk, G, D)` and values `(..., Tk, G, E)` give `(..., Tq, H, E)`. Nothing
    /// is
    /// copied.
    public Tensor applyToHeads(Tensor queries, Tensor keys, Tensor values) {
        List<Tensor> in = new ArrayList<>(List.of(queries, keys, values));
        if (mask != null) {
            in.add(mask.to(queries.dtype()));
        }
        boolean drops = dropout > 0 && Context.current().training();
        if (drops) {
            in.add(kept(Attention.scores(queries.shape(), keys.shape()), queries.dtype()));
        }
        double factor = Double.isNaN(scale) ? 1 / Math.sqrt(Math.max(1, queries.dim(-1))) : scale;
        var form = new Task.AttentionForm(factor, causal, mask != null, drops);
        return Engine.run(new Attention(form), in.toArray(Tensor[]::new))[0];
    }

    private Tensor kept(Shape scores, DType dtype) {
        Tensor u = Tensor.random(Randomness.draw("attention dropout"), Distribution.UNIFORM, DType.F32, scores);
        return u.ge(dropout).to(dtype).mul(1 / (1 - dropout));
    }

    /// The weights that [#applyToHeads] gives the values, `(..., H, Tq, Tk)`, without dropout.
    public Tensor weights(Tensor queries, Tensor keys) {
        long tk = keys.dim(-3);
        Tensor one = Tensor.eye(tk).to(keys.dtype()).unsqueeze(1); // (Tk, 1, Tk): the values that show each weight
        Tensor shown = one.expand(keys.shape().with(-1, tk));
        var plain = new ScaledDotProduct(causal, mask, 0, scale);
        return plain.applyToHeads(queries, keys, shown).transpose(-2, -3);
    }
}
