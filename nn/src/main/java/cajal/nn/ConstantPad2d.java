package cajal.nn;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// One number around the input, along height and width.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C, top + H + bottom, left + W + right)`; the batch axis may be
/// missing.
///
/// **Gradient** `g` at the input's elements.
public final class ConstantPad2d extends Padding {
    private final double value;

    /// As much on all sides.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ConstantPad2d(double value, int all) {
        super(2, all);
        this.value = value;
    }

    /// So much on each side.
    ///
    /// **Throws** [cajal.kernel.ShapeException] for negative lengths.
    public ConstantPad2d(double value, int left, int right, int top, int bottom) {
        super(2, left, right, top, bottom);
        this.value = value;
    }

    private ConstantPad2d(Spec spec) {
        super(2, spec);
        this.value = spec.real("value");
    }

    static ConstantPad2d of(Spec spec) {
        return new ConstantPad2d(spec);
    }

    @Override
    Tensor along(Tensor x, int axis, int before, int after) {
        return constant(x, axis, before, after, value);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> all = constants();
        all.put("value", value);
        return Optional.of(Spec.of("ConstantPad2d", all));
    }
}
