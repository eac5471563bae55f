package cajal.nn;

import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// In training replaces each element with probability `p` by `α' = -1.7581`, the value that SELU tends to,
/// and stretches all so that mean 0 and variance 1 stay: `y = a·(x or α') + b`; otherwise `y = x`.
///
/// `a = 1 / sqrt((1 - p)·(1 + p·α'²))`, `b = -a·α'·p`.
///
/// **Gradient** `a·g` at the kept elements.
///
/// **Source** Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", 2017. For nets
/// of [Activation#selu()].
public final class AlphaDropout extends Block {
    private static final double ALPHA = -1.7580993408473766; // -(SELU's scale · SELU's alpha)

    private final double p;

    /// A layer that drops with probability `p`.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 <= p < 1`.
    public AlphaDropout(double p) {
        this.p = Dropout.checked("AlphaDropout", p);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!Context.current().training() || p == 0) {
            return x;
        }
        double a = 1 / Math.sqrt((1 - p) * (1 + p * ALPHA * ALPHA));
        double b = -a * ALPHA * p;
        Tensor kept = Dropout.kept(p, x, x.shape());
        Tensor rest = kept.mul(-a * ALPHA).add(a * ALPHA + b); // b where kept, a·α' + b where not
        return x.mul(kept.mul(a)).add(rest);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("AlphaDropout", Map.of("p", p)));
    }

    @Override
    public String describe() {
        return "AlphaDropout(" + p + ")";
    }
}
