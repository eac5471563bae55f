package cajal.nn;

import cajal.tensor.Tensor;

/// What mirrors at the edges show around the input: `c b | a b c | b a`, the edge itself not repeated,
/// along height and width.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, top + H + bottom, left + W + right)`; the batch axis may be
/// missing. An axis is longer than what is reflected of it.
///
/// **Gradient** `g` added up at the elements that were shown.
public final class ReflectionPad2d extends Padding {
    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReflectionPad2d(int all) {
        super(2, all);
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReflectionPad2d(int left, int right, int top, int bottom) {
        super(2, left, right, top, bottom);
    }

    private ReflectionPad2d(Spec spec) {
        super(2, spec);
    }

    static ReflectionPad2d of(Spec spec) {
        return new ReflectionPad2d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return mirrored(x, axis, before, after);
    }
}
