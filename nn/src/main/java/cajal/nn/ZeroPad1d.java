package cajal.nn;

import cajal.tensor.Tensor;

/// Zeros around the input, along the last axis.
///
/// **Shapes** `(B, C, L)` gives `(B, C, left + L + right)`; the batch axis may be missing.
///
/// **Gradient** `g` at the input's elements.
public final class ZeroPad1d extends Padding {
    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ZeroPad1d(int all) {
        super(1, all);
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ZeroPad1d(int left, int right) {
        super(1, left, right);
    }

    private ZeroPad1d(Spec spec) {
        super(1, spec);
    }

    static ZeroPad1d of(Spec spec) {
        return new ZeroPad1d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return constant(x, axis, before, after, 0);
    }
}
