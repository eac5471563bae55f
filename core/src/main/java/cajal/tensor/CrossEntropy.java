package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;
import java.util.Optional;

/// The cross entropy of scores with the right classes, `-sum_i ln softmax(x_i)_(t_i)`, or the mean over `i`.
///
/// **Shapes** scores `(N, C)` and class indices `(N)` give one number.
///
/// **Gradient** `(softmax(x) - onehot(t))·g`, for the mean divided by `N`.
///
/// **Numerics** log-sum-exp form: the largest score is subtracted first, so nothing overflows.
///
/// **Source** Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3.
///
/// @param mean whether the sum is divided by the number of samples
record CrossEntropy(boolean mean) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("mean", mean);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        if (in[0].rank() != 2 || in[1].rank() != 1 || in[0].dim(0) != in[1].dim(0)) {
            throw new ShapeException("crossEntropy of scores " + in[0] + " and classes " + in[1]
                    + "\n  rule: scores (N, C) and class indices (N)");
        }
        return new Shape[] {Shape.scalar(), in[0]};
    }

    @Override
    public DType dtype(int output, DType... in) {
        if (in[1] != DType.I64 && in[1] != DType.I32) {
            throw new ShapeException("crossEntropy with classes of type " + in[1] + "\n  rule: indices are I64 or I32");
        }
        return in[0].toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.CrossEntropy(mean), in, out);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.in(0).in(1).out(1);
    }

    @Override
    public Grads backward(Backward b) {
        return Expansion.grads(
                b,
                in -> new Tensor[] {composed(in)},
                () -> Engine.run(new Gradient(mean), b.out(1), b.in(1), b.grad()));
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        return Optional.of(composed(in));
    }

    private Tensor composed(Tensor... in) {
        Tensor each =
                in[0].logSoftmax(1).gather(1, in[1].unsqueeze(1)).squeeze(1).neg();
        return mean ? each.mean() : each.sum();
    }

    /// The gradient of [CrossEntropy] by the scores, from their log probabilities, the classes, and how the
    /// loss changes with the result.
    ///
    /// @param mean as there
    record Gradient(boolean mean) implements Op {
        @Override
        public String name() {
            return "crossEntropyGradient";
        }

        @Override
        public Map<String, Object> attributes() {
            return Map.of("mean", mean);
        }

        @Override
        public Shape[] shapes(Shape... in) {
            return new Shape[] {in[0]};
        }

        @Override
        public DType dtype(int output, DType... in) {
            return in[0].toFloat();
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.CrossEntropyGradient(mean), in, out);
        }

        @Override
        public boolean differentiable() {
            return false;
        }
    }
}
