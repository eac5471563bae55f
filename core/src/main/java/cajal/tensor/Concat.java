package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;

/// Tensors one behind the other along an axis.
///
/// **Shapes** all lengths agree except that of the axis, which add up. **Gradient** the part of `g` that
/// belongs to each.
///
/// @param axis the axis from 0
record Concat(int axis) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("axis", (long) axis);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        long total = 0;
        for (Shape s : in) {
            if (s.rank() != in[0].rank() || !s.with(axis, 0).equals(in[0].with(axis, 0))) {
                throw new ShapeException("concat along axis " + axis + " of " + Arrays.toString(in)
                        + "\n  rule: all lengths agree except along that axis");
            }
            total += s.dim(axis);
        }
        return new Shape[] {in[0].with(axis, total)};
    }

    @Override
    public void forward(View[] in, View[] out) {
        long at = 0;
        for (View part : in) {
            View window = window(out[0], at, part.shape());
            Backends.run(new Task.Pointwise(Copy.PROGRAM), new View[] {part}, new View[] {window});
            at += part.shape().dim(axis);
        }
    }

    private View window(View out, long at, Shape part) {
        long[] starts = new long[part.rank()];
        long[] steps = new long[part.rank()];
        Arrays.fill(steps, 1);
        starts[axis] = at;
        return out.slice(starts, part, steps);
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.each(i -> {
            long start = 0;
            for (int k = 0; k < i; k++) {
                start += b.shape(k).dim(axis);
            }
            return b.grad().slice(axis, start, start + b.shape(i).dim(axis));
        });
    }
}
