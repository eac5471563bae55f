package cajal.nn;

import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// In training sets each channel of each sequence to 0 with probability `p` and scales the others by `1 /
/// (1 - p)`; otherwise `y = x`. Neighbours in a channel tell nearly the same, so [Dropout] of single
/// elements would hide little.
///
/// **Shapes** `(B, C, L)` or `(C, L)`; the output has the input's.
///
/// **Gradient** `g` in the kept channels, scaled alike.
///
/// **Source** Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient object localization using convolutional
/// networks", 2015.
public final class Dropout1d extends Block {
    private final double p;

    /// A layer that drops channels with probability `p`.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 <= p < 1`.
    public Dropout1d(double p) {
        this.p = Dropout.checked("Dropout1d", p);
    }

    @Override
    protected Tensor forward(Tensor x) {
        SlidingPool.checkRank(this, 1, x);
        if (!Context.current().training() || p == 0) {
            return x;
        }
        Tensor kept = Dropout.kept(p, x, x.shape().with(-1, 1));
        return x.mul(kept.mul(1 / (1 - p))); // (B, C, 1) beside (B, C, L)
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Dropout1d", Map.of("p", p)));
    }

    @Override
    public String describe() {
        return "Dropout1d(" + p + ")";
    }
}
