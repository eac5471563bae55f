package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;

/// The mean of each of as many windows as the output shall have: whatever the input's size, the output has
/// a height and a width of one's choice. Along an axis of `n` elements, window `o` covers `floor(o·n /
/// size) .. ceil((o + 1)·n / size) - 1`.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, height, width)`; the batch axis may be missing.
///
/// **Gradient** `g` shared evenly among the elements of each window.
public final class AdaptiveAvgPool2d extends AdaptivePool {
    /// Pools to `size` by `size`.
    public AdaptiveAvgPool2d(int size) {
        super(2, size);
    }

    /// Pools to `height` by `width`.
    public AdaptiveAvgPool2d(int height, int width) {
        super(2, height, width);
    }

    private AdaptiveAvgPool2d(Spec spec) {
        super(2, size(spec));
    }

    static AdaptiveAvgPool2d of(Spec spec) {
        return new AdaptiveAvgPool2d(spec);
    }

    @Override
    Tensor even(Tensor x, PoolWindow rows, PoolWindow columns) {
        return x.avgPool(rows, columns, true);
    }

    @Override
    Tensor uneven(Tensor x, int height, int width) {
        return means(x, height, width);
    }
}
