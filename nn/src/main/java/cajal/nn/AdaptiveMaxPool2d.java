package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;

/// The largest element of each of as many windows as the output shall have: whatever the input's size, the
/// output has a height and a width of one's choice. Along an axis of `n` elements, window `o` covers
/// `floor(o·n / size) .. ceil((o + 1)·n / size) - 1`.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, height, width)`; the batch axis may be missing.
///
/// **Gradient** `g` at the largest element of each window, of equal ones at the first.
public final class AdaptiveMaxPool2d extends AdaptivePool {
    /// Pools to `size` by `size`.
    public AdaptiveMaxPool2d(int size) {
        super(2, size);
    }

    /// Pools to `height` by `width`.
    public AdaptiveMaxPool2d(int height, int width) {
        super(2, height, width);
    }

    private AdaptiveMaxPool2d(Spec spec) {
        super(2, size(spec));
    }

    static AdaptiveMaxPool2d of(Spec spec) {
        return new AdaptiveMaxPool2d(spec);
    }

    @Override
    Tensor even(Tensor x, PoolWindow rows, PoolWindow columns) {
        return x.maxPool(rows, columns);
    }

    @Override
    Tensor uneven(Tensor x, int height, int width) {
        return maxima(x, height, width);
    }
}
