package cajal.nn;

import cajal.tensor.Elementwise;
import cajal.tensor.Engine;
import cajal.tensor.Tensor;
import java.util.Optional;

/// A layer whose kernel can also apply the function that comes behind it.
abstract sealed class Joining extends Block permits BatchNorm, ConvLayer, Linear {
    @Override
    protected final Tensor forward(Tensor x) {
        return forward(x, Optional.empty());
    }

    /// What the layer computes, and a function of it, if there is one.
    abstract Tensor forward(Tensor x, Optional<Elementwise> then);

    /// A function of a result, if there is one, as an operation of its own.
    static Tensor apart(Tensor y, Optional<Elementwise> then) {
        return then.map(f -> Engine.one(f, y)).orElse(y);
    }

    /// Whether that is worth while now.
    boolean joins() {
        return !recomputes();
    }

    /// As [#apply], and a function of the output.
    final Tensor apply(Tensor x, Optional<Elementwise> then) {
        return call(() -> forward(x, then), x);
    }
}
