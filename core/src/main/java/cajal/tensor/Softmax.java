package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Optional;

/// `y_i = e^x_i / sum_j e^x_j` along the last axis: positive numbers that sum to 1; or its logarithm.
///
/// **Shapes** `(..., n)` gives `(..., n)`.
///
/// **Gradient** softmax: `y·(g - sum(g·y))`; logarithm: `g - softmax(x)·sum(g)`.
///
/// **Numerics** the largest `x` is subtracted first, so nothing overflows.
///
/// **Source** Goodfellow, Bengio, Courville, "Deep Learning", 2016, sections 4.1 and 6.2.2.3.
///
/// @param log whether the logarithm is wanted
public record Softmax(boolean log) implements Op {
    @Override
    public String name() {
        return log ? "logSoftmax" : "softmax";
    }

    @Override
    public Shape[] shapes(Shape... in) {
        in[0].axis(-1);
        return new Shape[] {in[0]};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return in[0].toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Softmax(log), in, out);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.out(0);
    }

    @Override
    public Grads backward(Backward b) {
        Tensor y = b.out(0);
        Tensor g = b.grad();
        if (!Context.current().recording()) {
            return Grads.of(() -> Engine.one(new Gradient(log), g, y));
        }
        return Grads.of(() ->
                log ? g.sub(y.exp().mul(g.sumKeep(-1))) : y.mul(g.sub(g.mul(y).sumKeep(-1))));
    }

    /// The gradient of [Softmax] in one kernel, for backward passes that nobody differentiates again.
    ///
    /// **Shapes** the gradient of the result and the result, both `(..., n)`, give `(..., n)`.
    ///
    /// **Gradient** none: when one is wanted, the rule runs in simple operations instead.
    record Gradient(boolean log) implements Op {
        @Override
        public String name() {
            return log ? "logSoftmaxGradient" : "softmaxGradient";
        }

        @Override
        public Shape[] shapes(Shape... in) {
            return new Shape[] {in[1]};
        }

        @Override
        public DType dtype(int output, DType... in) {
            return Op.super.dtype(output, in).toFloat();
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.SoftmaxGradient(log), Normalise.dense(in), out);
        }

        @Override
        public boolean differentiable() {
            return false;
        }
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        Tensor shifted = in[0].sub(in[0].maxKeep(-1).detach());
        Tensor sum = shifted.exp().sumKeep(-1);
        return Optional.of(log ? shifted.sub(sum.log()) : shifted.exp().div(sum));
    }
}
