package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.PoolWindow;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;

/// `y[..., i, j] = max of x over window (i, j)`, over the last two axes; the padding around counts as
/// smaller than any number.
///
/// **Shapes** `(..., h, w)` gives `(..., rows.count(h), columns.count(w))`, and as a second output, which
/// gradients read, where each largest element lies in its plane (`I32`).
///
/// **Gradient** `g` added at the largest element of each window; of equal ones at the first.
///
/// @param rows the windows along the last axis but one
/// @param columns the windows along the last axis
public record MaxPool(PoolWindow rows, PoolWindow columns) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Pooled.attributes(rows, columns);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape out = Pooled.shape("maxPool", rows, columns, in[0]);
        return new Shape[] {out, out};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return output == 0 ? in[0] : DType.I32;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.MaxPool(rows, columns), in, out);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.out(1);
    }

    @Override
    public Grads backward(Backward b) {
        Shape s = b.shape(0);
        return Grads.of(() -> Engine.one(
                        new Indexed.Scatter(s.dim(-2) * s.dim(-1)),
                        Pooled.planes(b.grad()).contiguous(),
                        Pooled.planes(b.out(1)))
                .reshape(s)); // (planes, oh·ow) -> (planes, h·w)
    }
}
