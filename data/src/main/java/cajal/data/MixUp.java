package cajal.data;

import cajal.kernel.HostStorage;
import cajal.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Mixes each sample with another one of its batch: `λ·x + (1 - λ)·x'`, the targets alike, with one `λ` a
/// batch, drawn from the beta distribution with both parameters `alpha`.
///
/// **Source** Zhang, Cissé, Dauphin, Lopez-Paz, "mixup: beyond empirical risk minimization", ICLR 2018.
///
/// @param alpha above 0; the larger, the more alike the two shares
public record MixUp(double alpha) implements Mix {
    /// Checks the number.
    public MixUp {
        if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("MixUp of " + alpha + "\n  rule: finite and above 0");
        }
    }

    /// With that parameter; 0.2 is usual.
    public static MixUp of(double alpha) {
        return new MixUp(alpha);
    }

    @Override
    public Batch apply(Batch batch, int classes, RandomGenerator random) {
        double share = Chance.beta(random, alpha);
        int[] partners = Chance.order(random, Math.toIntExact(batch.size()));
        float[] x = batch.inputs().toFloats();
        int n = x.length / Math.max(1, partners.length);
        float[] out = new float[x.length];
        float own = (float) share;
        for (int row = 0; row < partners.length; row++) {
            int other = partners[row] * n;
            for (int i = 0; i < n; i++) {
                out[row * n + i] = own * x[row * n + i] + (1 - own) * x[other + i];
            }
        }
        return new Batch(
                Tensor.wrap(new HostStorage.Floats(out), batch.inputs().shape()),
                Mix.targets(batch.targets(), classes, partners, share),
                batch.extras());
    }
}
