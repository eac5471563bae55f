package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Channels become pixels: `y[b, c, r·h + i, r·w + j] = x[b, c·r² + i·r + j, h, w]`.
///
/// **Shapes** `(B, C·r², H, W)` gives `(B, C, H·r, W·r)`.
///
/// **Gradient** `g` by [PixelUnshuffle].
///
/// **Source** Shi et al., "Real-time single image and video super-resolution using an efficient sub-pixel
/// convolutional neural network", 2016.
public final class PixelShuffle extends Block {
    private final int factor;

    /// A layer that makes pictures `factor` times as high and wide.
    public PixelShuffle(int factor) {
        this.factor = positive(factor);
    }

    static int positive(int factor) {
        if (factor < 1) {
            throw new ShapeException("A factor of " + factor + " for pixels\n  rule: at least 1");
        }
        return factor;
    }

    @Override
    protected Tensor forward(Tensor x) {
        long square = (long) factor * factor;
        if (x.rank() != 4 || x.dim(1) % square != 0) {
            throw new ShapeException(describe() + " '" + Context.current().path() + "' expects (B, C·" + square
                    + ", H, W) but got " + x.shape() + "\n  rule: each output channel is made of " + factor + "·"
                    + factor
                    + " input channels");
        }
        long c = x.dim(1) / square;
        return x.reshape(x.dim(0), c, factor, factor, x.dim(2), x.dim(3))
                .permute(0, 1, 4, 2, 5, 3) // (B, C, H, r, W, r)
                .reshape(x.dim(0), c, x.dim(2) * factor, x.dim(3) * factor);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("PixelShuffle", Map.of("factor", (long) factor)));
    }

    @Override
    public String describe() {
        return "PixelShuffle(" + factor + ")";
    }
}
