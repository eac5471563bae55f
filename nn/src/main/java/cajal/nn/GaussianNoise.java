package cajal.nn;

import cajal.kernel.Task.Distribution;
import cajal.tensor.Context;
import cajal.tensor.Randomness;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// In training adds normal noise, `y = x + std·z`; otherwise `y = x`.
///
/// **Gradient** `g`.
///
/// **Source** Bishop, "Training with noise is equivalent to Tikhonov regularization", Neural Computation 7,
/// 1995.
public final class GaussianNoise extends Block {
    private final double std;

    /// Noise with a standard deviation.
    ///
    /// **Throws** [IllegalArgumentException] for a negative one.
    public GaussianNoise(double std) {
        if (!(std >= 0) || Double.isInfinite(std)) {
            throw new IllegalArgumentException("GaussianNoise(" + std + ")\n  rule: std >= 0");
        }
        this.std = std;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!Context.current().training() || std == 0) {
            return x;
        }
        Tensor z = Tensor.random(Randomness.draw("noise"), Distribution.NORMAL, x.dtype(), x.shape());
        return x.add(z.mul(std));
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("GaussianNoise", Map.of("std", std)));
    }

    @Override
    public String describe() {
        return "GaussianNoise(" + std + ")";
    }
}
