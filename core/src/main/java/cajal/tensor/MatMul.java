package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;

/// `C = A·B` over the last two axes, `c_ij = sum_k a_ik b_kj`; leading axes are broadcast.
///
/// **Shapes** `(..., m, k)` and `(..., k, n)` give `(..., m, n)`.
///
/// **Gradient** `dA = dC·Bᵀ`, `dB = Aᵀ·dC`, summed over broadcast axes.
public record MatMul() implements Op {
    @Override
    public Shape[] shapes(Shape... in) {
        Shape a = in[0];
        Shape b = in[1];
        if (a.rank() < 2 || b.rank() < 2 || a.dim(-1) != b.dim(-2)) {
            throw new ShapeException("matmul of " + a + " and " + b + " is not defined"
                    + "\n  rule: (..., m, k)·(..., k, n) = (..., m, n), the inner lengths agree" + fix(a, b));
        }
        Shape batch = a.rank() == 2 && b.rank() == 2 ? Shape.scalar() : Shape.broadcast(leading(a), leading(b));
        return new Shape[] {matrix(batch, a.dim(-2), b.dim(-1))};
    }

    private static String fix(Shape a, Shape b) {
        boolean matrices = a.rank() >= 2 && b.rank() >= 2;
        return matrices && a.dim(-1) == b.dim(-1)
                ? "\n  fix:  transpose the second: a.matmul(b.t())"
                : matrices && a.dim(-2) == b.dim(-2) ? "\n  fix:  transpose the first: a.t().matmul(b)" : "";
    }

    private static Shape leading(Shape s) {
        long[] d = new long[s.rank() - 2];
        for (int i = 0; i < d.length; i++) {
            d[i] = s.dim(i);
        }
        return Shape.of(d);
    }

    /// The shape with all axes but the last as one, also where lengths are 0.
    static Shape rows(Shape s) {
        long rows = 1;
        for (int i = 0; i < s.rank() - 1; i++) {
            rows *= s.dim(i);
        }
        return Shape.of(rows, s.dim(-1));
    }

    private static Shape matrix(Shape batch, long m, long n) {
        long[] d = new long[batch.rank() + 2];
        for (int i = 0; i < batch.rank(); i++) {
            d[i] = batch.dim(i);
        }
        d[d.length - 2] = m;
        d[d.length - 1] = n;
        return Shape.of(d);
    }

    @Override
    public void forward(View[] in, View[] out) {
        multiply(in[0], in[1], out[0], false);
    }

    static void multiply(View a, View b, View c, boolean accumulate) {
        Backends.run(new Task.MatMul(accumulate), new View[] {expand(a, c), expand(b, c)}, new View[] {c});
    }

    private static View expand(View matrices, View to) {
        Shape s = matrices.shape();
        return to.rank() == 2 ? matrices : matrices.expand(matrix(leading(to.shape()), s.dim(-2), s.dim(-1)));
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return out[0].size() * in[0].dim(-1);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.inIf(wanted[1], 0).inIf(wanted[0], 1);
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.of(
                () -> b.grad().matmul(b.in(1).t()), // (m,n)·(n,k) -> (m,k)
                () -> weightGradient(b)); // (k,m)·(m,n) -> (k,n)
    }

    /// Where the second operand is one matrix for a whole batch, the batch is folded into the rows first.
    private static Tensor weightGradient(Backward b) {
        Tensor x = b.in(0);
        if (b.shape(1).rank() == 2 && x.rank() > 2) {
            return x.reshape(rows(x.shape()))
                    .t()
                    .matmul(b.grad().reshape(rows(b.grad().shape())));
        }
        return x.t().matmul(b.grad());
    }
}
