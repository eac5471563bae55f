package cajal.nn;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// One number around the input, along the last axis.
///
/// **Shapes** `(B, C, L)` gives `(B, C, left + L + right)`; the batch axis may be missing.
///
/// **Gradient** `g` at the input's elements.
public final class ConstantPad1d extends Padding {
    private final double value;

    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ConstantPad1d(double value, int all) {
        super(1, all);
        this.value = value;
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ConstantPad1d(double value, int left, int right) {
        super(1, left, right);
        this.value = value;
    }

    private ConstantPad1d(Spec spec) {
        super(1, spec);
        this.value = spec.real("value");
    }

    static ConstantPad1d of(Spec spec) {
        return new ConstantPad1d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return constant(x, axis, before, after, value);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> all = constants();
        all.put("value", value);
        return Optional.of(Spec.of("ConstantPad1d", all));
    }
}
