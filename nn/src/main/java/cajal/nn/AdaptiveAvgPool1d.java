package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.tensor.Tensor;

/// The mean of each of as many windows as the output shall have: whatever the input's size, the output has
/// a length of one's choice. Along an axis of `n` elements, window `o` covers `floor(o·n / size) .. ceil((o
/// + 1)·n / size) - 1`.
///
/// **Shapes** `(B, C, L)` gives `(B, C, size)`; the batch axis may be missing.
///
/// **Gradient** `g` shared evenly among the elements of each window.
public final class AdaptiveAvgPool1d extends AdaptivePool {
    /// Pools to `size`.
    public AdaptiveAvgPool1d(int size) {
        super(1, size);
    }

    private AdaptiveAvgPool1d(Spec spec) {
        super(1, size(spec));
    }

    static AdaptiveAvgPool1d of(Spec spec) {
        return new AdaptiveAvgPool1d(spec);
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
