package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;

/// Overwrites a window of a lasting tensor along an axis. Where it begins is an input, because it changes from
/// step
/// to step.
///
/// **Shapes** the target, the values with another length along the axis, and one `I64`, the window's first
/// index.
///
/// @param axis the axis from 0
record WriteAt(int axis) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("axis", (long) axis);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        return new Shape[] {in[0]};
    }

    @Override
    public void forward(View[] in, View[] out) {
        long[] starts = new long[out[0].rank()];
        long[] steps = new long[out[0].rank()];
        Arrays.fill(steps, 1);
        starts[axis] = (long) in[2].at(0);
        View window = out[0].slice(starts, in[1].shape(), steps);
        Backends.run(new Task.Pointwise(Copy.PROGRAM), new View[] {in[1]}, new View[] {window});
    }

    @Override
    public boolean differentiable() {
        return false;
    }
}
