package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// The mean of each window that slides over height and width: `y = sum of x over the window / its size`;
/// padding holds zeros, which count, as in PyTorch, unless [#excludePadding()] is set.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, H', W')` with `H' = (H + 2·padding - kernel) / stride + 1`,
/// rounded down, or with [#ceil()] up, and `W'` alike; the batch axis may be missing.
///
/// **Gradient** `g` shared evenly among the elements of each window.
public final class AvgPool2d extends SlidingPool<AvgPool2d> {
    private boolean padded = true;
    private int divisor;

    /// Windows of `size` by `size` side by side.
    public AvgPool2d(int size) {
        super(2, size);
    }

    /// Windows of `height` by `width` side by side.
    public AvgPool2d(int height, int width) {
        super(2, height, width);
    }

    private AvgPool2d(Spec spec) {
        super(2, spec);
        padded = spec.flag("padded");
        divisor = (int) spec.number("divisor");
    }

    static AvgPool2d of(Spec spec) {
        return new AvgPool2d(spec);
    }

    /// Divides by the number of elements in a window, padding not counted.
    public AvgPool2d excludePadding() {
        checkUnsealed();
        padded = false;
        return this;
    }

    /// Divides all sums by a constant instead of their number of elements.
    ///
    /// **Throws** [IllegalArgumentException] unless it is positive.
    public AvgPool2d divisor(int constant) {
        checkUnsealed();
        if (constant < 1) {
            throw new IllegalArgumentException("AvgPool2d with divisor " + constant + "\n  rule: at least 1");
        }
        divisor = constant;
        return this;
    }

    @Override
    AvgPool2d self() {
        return this;
    }

    @Override
    Tensor pool(Tensor x, PoolWindow rows, PoolWindow columns) {
        return divisor == 0 ? x.avgPool(rows, columns, padded) : x.sumPool(rows, columns, divisor);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> all = constants();
        all.put("padded", padded);
        all.put("divisor", (long) divisor);
        return Optional.of(Spec.of("AvgPool2d", all));
    }
}
