package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Adds to each place's vector sines and cosines of its number: `y_(t, 2i) = x + sin(t / 10000^(2i/E))`,
/// `y_(t, 2i+1) =
/// x + cos(t / 10000^(2i/E))`.
///
/// **Shapes** `(..., T, E)` gives the same.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.5.
public final class SinusoidalPositions extends Block {
    /// Sines and cosines for any number of places and any width.
    public SinusoidalPositions() {}

    @Override
    protected Tensor forward(Tensor x) {
        return added(x, 0);
    }

    /// As [#apply(Tensor)], where the first place is number `from`.
    public Tensor apply(Tensor x, long from) {
        return call(() -> added(x, from), x);
    }

    private static Tensor added(Tensor x, long from) {
        if (x.rank() < 2) {
            throw new ShapeException(
                    "SinusoidalPositions '" + Context.current().path() + "' expects (..., T, E) but got " + x.shape()
                            + "\n  rule: the axis before the last holds the places");
        }
        return x.add(table((int) x.dim(-2), (int) x.dim(-1), from).to(x.dtype()));
    }

    private static Tensor table(int places, int width, long from) {
        double[] table = new double[places * width];
        for (int i = 0; i < width; i++) {
            double turn = StrictMath.pow(10_000, -(double) (i - i % 2) / width);
            for (int t = 0; t < places; t++) {
                double angle = (from + t) * turn;
                table[t * width + i] = i % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
            }
        }
        return Tensor.ofDoubles(table, places, width);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("SinusoidalPositions", Map.of()));
    }
}
