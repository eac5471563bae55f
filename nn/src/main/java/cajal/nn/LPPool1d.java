package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// The `p`-norm of each window that slides over the last axis: `y = (sum of x^p over the window)^(1/p)`.
/// With `p = 1` it is the sum; the larger `p`, the nearer to the maximum.
///
/// **Shapes** `(B, C, L)` gives `(B, C, L')` with `L' = (L - kernel) / stride + 1`, rounded down, or with
/// [#ceil()] up; the batch axis may be missing.
///
/// **Gradient** `g·(x/y)^(p-1)`; 0 where the sum is 0.
///
/// **Numerics** powers are taken of `x` itself: for an odd `p` it should not be negative.
public final class LPPool1d extends SlidingPool<LPPool1d> {
    private final double p;

    /// The `p`-norm of windows of `size` elements side by side.
    ///
    /// **Throws** [IllegalArgumentException] unless `p > 0`.
    public LPPool1d(double p, int size) {
        super(1, size);
        this.p = checked(p);
    }

    private LPPool1d(Spec spec) {
        super(1, spec);
        this.p = checked(spec.real("p"));
    }

    static LPPool1d of(Spec spec) {
        return new LPPool1d(spec);
    }

    static double checked(double p) {
        if (!(p > 0) || Double.isInfinite(p)) {
            throw new IllegalArgumentException(
                    "LPPool with p = " + p + "\n  rule: p > 0\n  fix:  for the maximum, use MaxPool");
        }
        return p;
    }

    /// The norms of windows of `elements` elements: a mean of powers, scaled back to a sum. Where it is 0
    /// or below, the root is taken of nothing, so that no gradient flows.
    static Tensor norms(Tensor x, double p, int elements, PoolWindow rows, PoolWindow columns) {
        Tensor sum = x.pow(p).avgPool(rows, columns, true).mul(elements);
        Tensor some = sum.detach().ne(0);
        Tensor one = Tensor.ones(sum.dtype(), Shape.scalar());
        return Tensor.where(some, Tensor.where(some, sum, one).pow(1 / p), one.mul(0));
    }

    @Override
    LPPool1d self() {
        return this;
    }

    @Override
    Tensor pool(Tensor x, PoolWindow rows, PoolWindow columns) {
        return norms(x, p, elements(), rows, columns);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> all = constants();
        all.put("p", p);
        return Optional.of(Spec.of("LPPool1d", all));
    }
}
