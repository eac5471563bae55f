package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;

/// Running sums along the last axis: `y_i = x_0 + ... + x_i`.
///
/// **Shapes** `(..., n)` gives `(..., n)`; integers and truth values are summed as `I64`. **Gradient** the
/// running sums of `g` from the end.
public record CumSum() implements Op {
    @Override
    public Shape[] shapes(Shape... in) {
        in[0].axis(-1);
        return new Shape[] {in[0]};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return in[0].isFloat() ? in[0] : DType.I64;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Cumulate(), in, out);
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.of(() -> b.grad().flip(-1).cumsum(-1).flip(-1));
    }
}
