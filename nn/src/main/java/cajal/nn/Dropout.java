package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task.Distribution;
import cajal.tensor.Context;
import cajal.tensor.Randomness;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// In training sets each element to 0 with probability `p` and scales the others by `1 / (1 - p)`;
/// otherwise `y = x`.
///
/// **Gradient** `g` at the kept elements, scaled alike.
///
/// **Source** Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov, "Dropout", JMLR 15, 2014.
public final class Dropout extends Block {
    private final double p;

    /// A layer that drops with probability `p`.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 <= p < 1`.
    public Dropout(double p) {
        this.p = checked("Dropout", p);
    }

    static double checked(String layer, double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException(layer + "(" + p + ")\n  rule: 0 <= p < 1");
        }
        return p;
    }

    /// The probability that it drops with.
    double p() {
        return p;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!Context.current().training() || p == 0) {
            return x;
        }
        return x.mul(kept(p, x, x.shape()).mul(1 / (1 - p)));
    }

    /// In the input's element type, 1 with probability `1 - p`, else 0: drawn by the layer's path, the step
    /// and the call alone.
    static Tensor kept(double p, Tensor x, Shape shape) {
        return Tensor.random(Randomness.draw("dropout"), Distribution.UNIFORM, DType.F32, shape)
                .ge(p)
                .to(x.dtype());
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Dropout", Map.of("p", p)));
    }

    @Override
    public String describe() {
        return "Dropout(" + p + ")";
    }
}
