package cajal.nn;

import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// In training sets each channel of each picture to 0 with probability `p` and scales the others by `1 / (1
/// - p)`; otherwise `y = x`. Neighbours in a channel tell nearly the same, so [Dropout] of single elements
/// would hide little.
///
/// **Shapes** `(B, C, H, W)` or `(C, H, W)`; the output has the input's.
///
/// **Gradient** `g` in the kept channels, scaled alike.
///
/// **Source** Tompson, Goroshin, Jain, LeCun, Bregler, "Efficient object localization using convolutional
/// networks", 2015.
public final class Dropout2d extends Block {
    private final double p;

    /// A layer that drops channels with probability `p`.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 <= p < 1`.
    public Dropout2d(double p) {
        this.p = Dropout.checked("Dropout2d", p);
    }

    @Override
    protected Tensor forward(Tensor x) {
        SlidingPool.checkRank(this, 2, x);
        if (!Context.current().training() || p == 0) {
            return x;
        }
        Tensor kept = Dropout.kept(p, x, x.shape().with(-1, 1).with(-2, 1));
        return x.mul(kept.mul(1 / (1 - p))); // (B, C, 1, 1) beside (B, C, H, W)
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Dropout2d", Map.of("p", p)));
    }

    @Override
    public String describe() {
        return "Dropout2d(" + p + ")";
    }
}
