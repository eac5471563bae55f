package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// The `p`-norm of each window that slides over height and width: `y = (sum of x^p over the window)^(1/p)`.
/// With `p = 1` it is the sum; the larger `p`, the nearer to the maximum.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, H', W')` with `H' = (H - kernel) / stride + 1`, rounded
/// down, or with [#ceil()] up, and `W'` alike; the batch axis may be missing.
///
/// **Gradient** `g·(x/y)^(p-1)`; 0 where the sum is 0.
///
/// **Numerics** powers are taken of `x` itself: for an odd `p` it should not be negative.
public final class LPPool2d extends SlidingPool<LPPool2d> {
    private final double p;

    /// The `p`-norm of windows of `size` by `size` side by side.
    ///
    /// **Throws** [IllegalArgumentException] unless `p > 0`.
    public LPPool2d(double p, int size) {
        super(2, size);
        this.p = checked(p);
    }

    /// The `p`-norm of windows of `height` by `width` side by side.
    public LPPool2d(double p, int height, int width) {
        super(2, height, width);
        this.p = checked(p);
    }

    private LPPool2d(Spec spec) {
        super(2, spec);
        this.p = checked(spec.real("p"));
    }

    static LPPool2d of(Spec spec) {
        return new LPPool2d(spec);
    }

    private static double checked(double p) {
        return LPPool1d.checked(p);
    }

    @Override
    LPPool2d self() {
        return this;
    }

    @Override
    Tensor pool(Tensor x, PoolWindow rows, PoolWindow columns) {
        return LPPool1d.norms(x, p, elements(), rows, columns);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> all = constants();
        all.put("p", p);
        return Optional.of(Spec.of("LPPool2d", all));
    }
}
