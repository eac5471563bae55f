package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;

/// The largest element of each window that slides over height and width: `y = max of x over the window`;
/// padding counts as smaller than any number.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, H', W')` with `H' = (H + 2·padding - dilation·(kernel - 1) - 1)
/// / stride + 1`, rounded down, or with [#ceil()] up, and `W'` alike; the batch axis may be missing.
///
/// **Gradient** `g` at the largest element of each window, of equal ones at the first.
public final class MaxPool2d extends SlidingPool<MaxPool2d> {
    /// Windows of `size` by `size` side by side.
    public MaxPool2d(int size) {
        super(2, size);
    }

    /// Windows of `height` by `width` side by side.
    public MaxPool2d(int height, int width) {
        super(2, height, width);
    }

    private MaxPool2d(Spec spec) {
        super(2, spec);
    }

    static MaxPool2d of(Spec spec) {
        return new MaxPool2d(spec);
    }

    /// The distance between the elements that a window looks at: one number for both axes, or one an axis;
    /// 1 unless set.
    public MaxPool2d dilation(int... along) {
        return spread(along);
    }

    @Override
    MaxPool2d self() {
        return this;
    }

    @Override
    Tensor pool(Tensor x, PoolWindow rows, PoolWindow columns) {
        return x.maxPool(rows, columns);
    }
}
