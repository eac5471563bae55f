package cajal.nn;

import cajal.tensor.Tensor;

/// What mirrors at the edges show around the input: `c b | a b c | b a`, the edge itself not repeated,
/// along the last axis.
///
/// **Shapes** `(B, C, L)` gives `(B, C, left + L + right)`; the batch axis may be missing. An axis is
/// longer than what is reflected of it.
///
/// **Gradient** `g` added up at the elements that were shown.
public final class ReflectionPad1d extends Padding {
    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReflectionPad1d(int all) {
        super(1, all);
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReflectionPad1d(int left, int right) {
        super(1, left, right);
    }

    private ReflectionPad1d(Spec spec) {
        super(1, spec);
    }

    static ReflectionPad1d of(Spec spec) {
        return new ReflectionPad1d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return mirrored(x, axis, before, after);
    }
}
