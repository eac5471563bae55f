package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.kernel.Program;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;

/// The same values in new, dense storage, rounded to an element type.
///
/// **Gradient** `g`, in the input's element type.
///
/// @param to the element type of the copy
record Copy(DType to) implements Op {
    static final Program PROGRAM = Program.of(1, Expr.arg(0));

    @Override
    public Map<String, Object> attributes() {
        return Map.of("dtype", to.name());
    }

    @Override
    public Shape[] shapes(Shape... in) {
        return new Shape[] {in[0]};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return to;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Pointwise(PROGRAM), in, out);
    }

    @Override
    public boolean differentiable() {
        return to.isFloat();
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.of(b::grad);
    }
}
