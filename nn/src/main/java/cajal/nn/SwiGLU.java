package cajal.nn;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// `y = silu(a)·b` for the halves `a` and `b` of the input, with `silu(a) = a·sigmoid(a)`: the gate of the
/// feed-forward layers of today's language models, `Linear(d, 2·h)`, this, `Linear(h, d)`.
///
/// **Shapes** the length of one axis is halved; it is even.
///
/// **Gradient** from the formula, to both halves.
///
/// **Source** Shazeer, "GLU variants improve Transformer", 2020.
public final class SwiGLU extends Block {
    private final int axis;

    /// Halves the last axis.
    public SwiGLU() {
        this(-1);
    }

    /// Halves an axis; negative ones count from the end.
    public SwiGLU(int axis) {
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor a = GLU.half(this, x, axis, 0);
        Tensor b = GLU.half(this, x, axis, 1);
        return a.silu().mul(b);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("SwiGLU", Map.of("axis", (long) axis)));
    }

    @Override
    public String describe() {
        return axis == -1 ? "SwiGLU" : "SwiGLU(" + axis + ")";
    }
}
