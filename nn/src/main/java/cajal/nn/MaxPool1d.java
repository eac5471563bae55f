package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;

/// The largest element of each window that slides over the last axis: `y = max of x over the window`;
/// padding counts as smaller than any number.
///
/// **Shapes** `(B, C, L)` gives `(B, C, L')` with `L' = (L + 2·padding - dilation·(kernel - 1) - 1) /
/// stride + 1`, rounded down, or with [#ceil()] up; the batch axis may be missing.
///
/// **Gradient** `g` at the largest element of each window, of equal ones at the first.
public final class MaxPool1d extends SlidingPool<MaxPool1d> {
    /// Windows of `size` elements side by side.
    public MaxPool1d(int size) {
        super(1, size);
    }

    private MaxPool1d(Spec spec) {
        super(1, spec);
    }

    static MaxPool1d of(Spec spec) {
        return new MaxPool1d(spec);
    }

    /// The distance between the elements that a window looks at; 1 unless set.
    public MaxPool1d dilation(int along) {
        return spread(along);
    }

    @Override
    MaxPool1d self() {
        return this;
    }

    @Override
    Tensor pool(Tensor x, PoolWindow rows, PoolWindow columns) {
        return x.maxPool(rows, columns);
    }
}
