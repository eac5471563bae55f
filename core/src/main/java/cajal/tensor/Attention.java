package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Attention of many heads: for each query the mean of the values, weighted by how well their keys fit, `y_i =
/// sum_j
/// p_ij f_ij v_j` with `p_i = softmax_j(scale·q_i·k_j + bias_ij)`.
///
/// A query that sees no key (all its scores are minus infinity) gets 0.
///
/// **Shapes** queries `(..., Tq, H, D)`, keys `(..., Tk, G, D)`, values `(..., Tk, G, E)` give `(..., Tq, H,
/// E)` and,
/// for the gradient, the logarithm of each row's sum, `(..., H, Tq)`. `H` is a multiple of `G`: so many heads
/// share keys and values. Bias and factors broadcast to `(..., H, Tq, Tk)`.
///
/// **Gradient** with `dp = dy·vᵀ`: `dv = (p·f)ᵀ·dy`, `ds = p·(f·dp - sum(y·dy))`, `dq = scale·ds·k`, `dk =
/// scale·dsᵀ·q`, `dbias = ds`; factors have none. The weights are computed again from the logarithms of the
/// sums, so
/// the matrix of all weights is never kept.
///
/// **Numerics** the largest score is subtracted first, so nothing overflows.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.2; Ainslie et al., "GQA", 2023; Dao
/// et al.,
/// "FlashAttention", 2022.
///
/// @param form how the weights come about
record Attention(Task.AttentionForm form) implements Op {
    static Attention of(Attributes a) {
        return new Attention(form(a));
    }

    static Task.AttentionForm form(Attributes a) {
        return new Task.AttentionForm(a.real("scale"), a.flag("causal"), a.flag("biased"), a.flag("factored"));
    }

    static Map<String, Object> attributes(Task.AttentionForm form) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("scale", form.scale());
        map.put("causal", form.causal());
        map.put("biased", form.biased());
        map.put("factored", form.factored());
        return map;
    }

    @Override
    public Map<String, Object> attributes() {
        return attributes(form);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape q = in[0];
        Shape k = in[1];
        Shape v = in[2];
        boolean fits = q.rank() >= 3
                && k.rank() == q.rank()
                && v.rank() == q.rank()
                && k.with(-1, 0).equals(v.with(-1, 0))
                && k.with(-3, 0).with(-2, 0).equals(q.with(-3, 0).with(-2, 0))
                && k.dim(-2) > 0
                && q.dim(-2) % k.dim(-2) == 0;
        if (!fits) {
            throw new ShapeException("Attention of queries " + q + ", keys " + k + " and values " + v
                    + "\n  rule: (..., Tq, H, D), (..., Tk, G, D) and (..., Tk, G, E), H a multiple of G");
        }
        Shape scores = scores(q, k);
        for (int i = 3; i < in.length; i++) {
            if (!broadcasts(in[i], scores)) {
                throw new ShapeException("The mask of an attention has shape " + in[i] + ", the scores " + scores
                        + "\n  rule: a mask broadcasts to (..., heads, queries, keys)"
                        + (i == 3 ? fix(in[i], scores) : ""));
            }
        }
        long[] sums = Arrays.copyOf(scores.dims(), scores.rank() - 1);
        return new Shape[] {q.with(-1, v.dim(-1)), Shape.of(sums)};
    }

    private static String fix(Shape mask, Shape scores) {
        boolean padding = mask.rank() == 2 && scores.rank() == 4 && mask.equals(Shape.of(scores.dim(0), scores.dim(3)));
        return padding ? "\n  fix:  a mask of (batch, keys) is mask.unsqueeze(1).unsqueeze(1)" : "";
    }

    private static boolean broadcasts(Shape from, Shape to) {
        boolean fits = from.rank() <= to.rank();
        for (int axis = 1; fits && axis <= from.rank(); axis++) {
            fits = from.dim(-axis) == 1 || from.dim(-axis) == to.dim(-axis);
        }
        return fits;
    }

    /// The shape of all scores, `(..., H, Tq, Tk)`.
    static Shape scores(Shape q, Shape k) {
        return q.with(-3, q.dim(-2)).with(-2, q.dim(-3)).with(-1, k.dim(-3));
    }

    @Override
    public DType dtype(int output, DType... in) {
        return Op.super.dtype(output, in).toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Attention(form), expanded(in), out);
    }

    /// The inputs, bias and factors repeated without a copy to the shape of the scores.
    static View[] expanded(View[] in) {
        return expanded(in, in.length);
    }

    static View[] expanded(View[] in, int end) {
        View[] wide = in.clone();
        for (int i = 3; i < end; i++) {
            wide[i] = in[i].expand(scores(in[0].shape(), in[1].shape()));
        }
        return wide;
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return scores(in[0], in[1]).size() * (in[0].dim(-1) + in[2].dim(-1)); // q·k and p·v
    }

    private int inputs() {
        return 3 + (form.biased() ? 1 : 0) + (form.factored() ? 1 : 0);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        Saves s = Saves.NOTHING.out(0).out(1);
        for (int i = 0; i < inputs(); i++) {
            s = s.in(i);
        }
        return s;
    }

    @Override
    public Grads backward(Backward b) {
        return Expansion.grads(b, this::composed, () -> {
            Tensor[] in = new Tensor[inputs() + 3];
            for (int i = 0; i < inputs(); i++) {
                in[i] = b.in(i);
            }
            in[inputs()] = b.out(0);
            in[inputs() + 1] = b.out(1);
            in[inputs() + 2] = b.grad();
            return Engine.run(new AttentionGradient(form), in);
        });
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        return Optional.of(composed(in)[0]);
    }

    private Tensor[] composed(Tensor... in) {
        Tensor q = in[0].moveAxis(-2, -3); // (..., H, Tq, D)
        Tensor k = grouped(in[1], q);
        Tensor v = grouped(in[2], q);
        Tensor s = q.matmul(k.t()).mul(form.scale());
        if (form.biased()) {
            s = s.add(in[3]);
        }
        if (form.causal()) {
            s = Tensor.where(seen(q.dim(-2), k.dim(-2)), s, Tensor.like(s, Double.NEGATIVE_INFINITY));
        }
        if (s.size() == 0) {
            return new Tensor[] {s.matmul(v).moveAxis(-3, -2)};
        }
        Tensor max = s.detach().maxKeep(-1);
        Tensor e = s.sub(Tensor.where(max.eq(Double.NEGATIVE_INFINITY), Tensor.like(s, 0), max))
                .exp();
        Tensor sum = e.sumKeep(-1);
        Tensor p = e.div(sum.add(sum.detach().eq(0).to(sum.dtype())));
        Tensor y = (form.factored() ? p.mul(in[inputs() - 1].detach()) : p).matmul(v);
        return new Tensor[] {y.moveAxis(-3, -2)};
    }

    /// Keys or values as `(..., H, Tk, D)`, those of a group repeated for its heads.
    private static Tensor grouped(Tensor t, Tensor q) {
        Tensor k = t.moveAxis(-2, -3);
        long each = q.dim(-3) / k.dim(-3);
        if (each == 1) {
            return k;
        }
        Shape s = k.shape();
        Tensor apart = k.unsqueeze(-3);
        return apart.expand(apart.shape().with(-3, each)).reshape(s.with(-3, s.dim(-3) * each));
    }

    /// Which keys a query sees: `(Tq, Tk)`.
    static Tensor seen(long queries, long keys) {
        Tensor last = Tensor.arange(queries).add(keys - queries).unsqueeze(1);
        return Tensor.arange(keys).unsqueeze(0).le(last);
    }
}
