package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;

/// The position of the first largest or smallest element along the last axis, as `I64`; a NaN wins.
///
/// **Shapes** `(..., n)` gives `(...)`. **Gradient** none.
///
/// @param largest whether the largest is looked for
public record ArgReduce(boolean largest) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("largest", largest);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        if (in[0].rank() == 0 || in[0].dim(-1) == 0) {
            throw new ShapeException("A tensor of shape " + in[0] + " has no " + (largest ? "largest" : "smallest")
                    + " element" + "\n  rule: the axis has at least one element");
        }
        return new Shape[] {Shape.of(Arrays.copyOf(in[0].dims(), in[0].rank() - 1))};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return DType.I64;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.ArgReduce(largest), in, out);
    }

    @Override
    public boolean differentiable() {
        return false;
    }
}
