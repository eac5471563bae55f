package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.Expr;
import cajal.kernel.Program;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;

/// The input with `before[i]` constants in front of, `after[i]` behind, and `gaps[i]` between the elements
/// of each axis.
///
/// **Shapes** axis length `n` becomes `before + n + (n - 1)·gaps + after`. **Gradient** `g` at the input's
/// elements.
record Pad(long[] before, long[] after, long[] gaps, double value) implements Op {
    private static final Task COPY = new Task.Pointwise(Copy.PROGRAM);

    @Override
    public Map<String, Object> attributes() {
        return Map.of("before", before, "after", after, "gaps", gaps, "value", value);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        long[] d = in[0].dims();
        if (before.length != d.length || after.length != d.length) {
            throw new ShapeException("pad names " + before.length + " axes, but the tensor has shape " + in[0]
                    + "\n  rule: two lengths an axis");
        }
        for (int i = 0; i < d.length; i++) {
            if (before[i] < 0 || after[i] < 0) {
                throw new ShapeException("pad by " + before[i] + " and " + after[i] + " along axis " + i
                        + "\n  rule: lengths are not negative\n" + "  fix:  use slice() to cut");
            }
            d[i] += before[i] + after[i] + Math.max(0, d[i] - 1) * gaps[i];
        }
        return new Shape[] {Shape.of(d)};
    }

    @Override
    public void forward(View[] in, View[] out) {
        if (Double.doubleToRawLongBits(value) == 0) {
            out[0].clear();
        } else {
            Backends.run(new Task.Pointwise(Program.of(0, Expr.of(value))), new View[0], out);
        }
        View window = out[0].slice(before, in[0].shape(), steps());
        Backends.run(COPY, in, new View[] {window});
    }

    private long[] steps() {
        long[] steps = gaps.clone();
        for (int i = 0; i < steps.length; i++) {
            steps[i]++;
        }
        return steps;
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.of(() -> Engine.one(new Views.Slice(before, b.shape(0), steps()), b.grad()));
    }
}
