package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// `y = a·sigmoid(b)` for the halves `a` and `b` of the input: one half tells how much of the other passes.
///
/// **Shapes** the length of one axis is halved; it is even.
///
/// **Gradient** from the formula, to both halves.
///
/// **Source** Dauphin, Fan, Auli, Grangier, "Language modeling with gated convolutional networks", 2017.
public final class GLU extends Block {
    private final int axis;

    /// Halves the last axis.
    public GLU() {
        this(-1);
    }

    /// Halves an axis; negative ones count from the end.
    public GLU(int axis) {
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor a = half(this, x, axis, 0);
        Tensor b = half(this, x, axis, 1);
        return a.mul(b.sigmoid());
    }

    static Tensor half(Part layer, Tensor x, int axis, int which) {
        long n = x.dim(axis);
        if (n % 2 != 0) {
            throw new ShapeException(layer.describe() + " '" + Context.current().path() + "' halves axis " + axis
                    + " of " + x.shape() + "\n  rule: its length is even");
        }
        return x.slice(axis, which * n / 2, (which + 1) * n / 2);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("GLU", Map.of("axis", (long) axis)));
    }

    @Override
    public String describe() {
        return axis == -1 ? "GLU" : "GLU(" + axis + ")";
    }
}
