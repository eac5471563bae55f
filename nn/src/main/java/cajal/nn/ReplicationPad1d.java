package cajal.nn;

import cajal.tensor.Tensor;

/// The edges again and again around the input: `a a | a b c | c c`, along the last axis.
///
/// **Shapes** `(B, C, L)` gives `(B, C, left + L + right)`; the batch axis may be missing.
///
/// **Gradient** `g` added up at the elements that were repeated.
public final class ReplicationPad1d extends Padding {
    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReplicationPad1d(int all) {
        super(1, all);
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ReplicationPad1d(int left, int right) {
        super(1, left, right);
    }

    private ReplicationPad1d(Spec spec) {
        super(1, spec);
    }

    static ReplicationPad1d of(Spec spec) {
        return new ReplicationPad1d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return repeated(x, axis, before, after);
    }
}
