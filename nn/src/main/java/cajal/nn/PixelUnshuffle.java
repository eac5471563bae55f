package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Pixels become channels: `y[b, c·r² + i·r + j, h, w] = x[b, c, r·h + i, r·w + j]`, the inverse of
/// [PixelShuffle].
///
/// **Shapes** `(B, C, H·r, W·r)` gives `(B, C·r², H, W)`.
///
/// **Gradient** `g` by [PixelShuffle].
public final class PixelUnshuffle extends Block {
    private final int factor;

    /// A layer that makes pictures a `factor`-th as high and wide.
    public PixelUnshuffle(int factor) {
        this.factor = PixelShuffle.positive(factor);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 4 || x.dim(2) % factor != 0 || x.dim(3) % factor != 0) {
            throw new ShapeException(
                    describe() + " '" + Context.current().path() + "' expects (B, C, H·" + factor + ", W·" + factor
                            + ") but got " + x.shape() + "\n  rule: height and width are divisible by " + factor);
        }
        long h = x.dim(2) / factor;
        long w = x.dim(3) / factor;
        return x.reshape(x.dim(0), x.dim(1), h, factor, w, factor)
                .permute(0, 1, 3, 5, 2, 4) // (B, C, r, r, H, W)
                .reshape(x.dim(0), x.dim(1) * factor * factor, h, w);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("PixelUnshuffle", Map.of("factor", (long) factor)));
    }

    @Override
    public String describe() {
        return "PixelUnshuffle(" + factor + ")";
    }
}
