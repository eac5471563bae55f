package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Puts a rectangle of another picture of the batch into each picture, the same rectangle in a whole batch;
/// the targets are mixed by the areas. The rectangle's share of the area is `1 - λ`, less what reaches past
/// the border, with `λ` from the beta distribution with both parameters `alpha`.
///
/// **Source** Yun et al., "CutMix: regularization strategy to train strong classifiers with localizable
/// features", ICCV 2019, section 3.1.
///
/// @param alpha above 0; 1 makes all shares equally likely
public record CutMix(double alpha) implements Mix {
    /// Checks the number.
    public CutMix {
        if (!(alpha > 0 && alpha < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("CutMix of " + alpha + "\n  rule: finite and above 0");
        }
    }

    /// With that parameter; 1 is usual.
    public static CutMix of(double alpha) {
        return new CutMix(alpha);
    }

    @Override
    public Batch apply(Batch batch, int classes, RandomGenerator random) {
        Tensor inputs = batch.inputs();
        if (inputs.rank() != 4) {
            throw new ShapeException("CutMix expects pictures (B, C, H, W) but got " + inputs.shape());
        }
        int h = (int) inputs.dim(2);
        int w = (int) inputs.dim(3);
        double side = Math.sqrt(1 - Chance.beta(random, alpha));
        int[] partners = Chance.order(random, Math.toIntExact(batch.size()));
        int cy = Chance.below(random, h);
        int cx = Chance.below(random, w);
        int y0 = Math.max(0, cy - (int) (side * h) / 2);
        int x0 = Math.max(0, cx - (int) (side * w) / 2);
        int y1 = Math.min(h, cy + (int) (side * h) / 2);
        int x1 = Math.min(w, cx + (int) (side * w) / 2);
        float[] x = inputs.toFloats();
        float[] out = x.clone();
        int channels = (int) inputs.dim(1);
        for (int row = 0; row < partners.length; row++) {
            for (int c = 0; c < channels; c++) {
                for (int y = y0; y < y1; y++) {
                    int to = ((row * channels + c) * h + y) * w + x0;
                    int from = ((partners[row] * channels + c) * h + y) * w + x0;
                    System.arraycopy(x, from, out, to, x1 - x0);
                }
            }
        }
        double share = 1 - (double) ((y1 - y0) * (x1 - x0)) / (h * w);
        return new Batch(
                Tensor.wrap(new HostStorage.Floats(out), inputs.shape()),
                Mix.targets(batch.targets(), classes, partners, share),
                batch.extras());
    }
}
