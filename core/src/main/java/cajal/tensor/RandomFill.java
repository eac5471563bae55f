package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;

/// Random numbers: element `i` is a function of the key (the input) and `i` alone.
///
/// @param distribution uniform over [0, 1) or standard normal
/// @param shape the shape of the output
/// @param to its element type
record RandomFill(Task.Distribution distribution, Shape shape, DType to) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("distribution", distribution.name(), "shape", shape.dims(), "dtype", to.name());
    }

    @Override
    public Shape[] shapes(Shape... in) {
        return new Shape[] {shape};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return to;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Random(distribution), in, out);
    }

    @Override
    public boolean differentiable() {
        return false;
    }
}
