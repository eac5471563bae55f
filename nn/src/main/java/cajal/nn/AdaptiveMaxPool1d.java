package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;

/// The largest element of each of as many windows as the output shall have: whatever the input's size, the
/// output has a length of one's choice. Along an axis of `n` elements, window `o` covers `floor(o·n / size)
/// .. ceil((o + 1)·n / size) - 1`.
///
/// **Shapes** `(B, C, L)` gives `(B, C, size)`; the batch axis may be missing.
///
/// **Gradient** `g` at the largest element of each window, of equal ones at the first.
public final class AdaptiveMaxPool1d extends AdaptivePool {
    /// Pools to `size`.
    public AdaptiveMaxPool1d(int size) {
        super(1, size);
    }

    private AdaptiveMaxPool1d(Spec spec) {
        super(1, size(spec));
    }

    static AdaptiveMaxPool1d of(Spec spec) {
        return new AdaptiveMaxPool1d(spec);
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
