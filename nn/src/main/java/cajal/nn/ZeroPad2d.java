package cajal.nn;

import cajal.tensor.Tensor;

/// Zeros around the input, along height and width.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, top + H + bottom, left + W + right)`; the batch axis may be
/// missing.
///
/// **Gradient** `g` at the input's elements.
public final class ZeroPad2d extends Padding {
    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ZeroPad2d(int all) {
        super(2, all);
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ZeroPad2d(int left, int right, int top, int bottom) {
        super(2, left, right, top, bottom);
    }

    private ZeroPad2d(Spec spec) {
        super(2, spec);
    }

    static ZeroPad2d of(Spec spec) {
        return new ZeroPad2d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return constant(x, axis, before, after, 0);
    }
}
