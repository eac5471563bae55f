package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// The mean of each window that slides over the last axis: `y = sum of x over the window / its size`;
/// padding holds zeros, which count, as in PyTorch, unless [#excludePadding()] is set.
///
/// **Shapes** `(B, C, L)` gives `(B, C, L')` with `L' = (L + 2·padding - kernel) / stride + 1`, rounded
/// down, or with [#ceil()] up; the batch axis may be missing.
///
/// **Gradient** `g` shared evenly among the elements of each window.
public final class AvgPool1d extends SlidingPool<AvgPool1d> {
    private boolean padded = true;
    private int divisor;

    /// Windows of `size` elements side by side.
    public AvgPool1d(int size) {
        super(1, size);
    }

    private AvgPool1d(Spec spec) {
        super(1, spec);
        padded = spec.flag("padded");
        divisor = (int) spec.number("divisor");
    }

    static AvgPool1d of(Spec spec) {
        return new AvgPool1d(spec);
    }

    /// Divides by the number of elements in a window, padding not counted.
    public AvgPool1d excludePadding() {
        checkUnsealed();
        padded = false;
        return this;
    }

    /// Divides all sums by a constant instead of their number of elements.
    ///
    /// **Throws** [IllegalArgumentException] unless it is positive.
    public AvgPool1d divisor(int constant) {
        checkUnsealed();
        if (constant < 1) {
            throw new IllegalArgumentException("AvgPool1d with divisor " + constant + "\n  rule: at least 1");
        }
        divisor = constant;
        return this;
    }

    @Override
    AvgPool1d self() {
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
        return Optional.of(Spec.of("AvgPool1d", all));
    }
}
