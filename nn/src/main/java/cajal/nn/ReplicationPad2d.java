package cajal.nn;

import cajal.tensor.Tensor;

/// The edges again and again around the input: `a a | a b c | c c`, along height and width.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, top + H + bottom, left + W + right)`; the batch axis may be
/// missing.
///
/// **Gradient** `g` added up at the elements that were repeated.
public final class ReplicationPad2d extends Padding {
    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReplicationPad2d(int all) {
        super(2, all);
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReplicationPad2d(int left, int right, int top, int bottom) {
        super(2, left, right, top, bottom);
    }

    private ReplicationPad2d(Spec spec) {
        super(2, spec);
    }

    static ReplicationPad2d of(Spec spec) {
        return new ReplicationPad2d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return repeated(x, axis, before, after);
    }
}
