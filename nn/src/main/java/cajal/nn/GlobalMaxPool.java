package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The largest element of each channel: `y[b, c] = max of x[b, c, ...]`; what stands between convolutions
/// and the last linear layer.
///
/// **Shapes** `(B, C, ...)` with at least one axis behind the channels gives `(B, C)`.
///
/// **Gradient** `g` at the largest element of each channel, shared among equal ones.
public final class GlobalMaxPool extends Block {
    /// A layer that keeps batch and channels.
    public GlobalMaxPool() {}

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 3) {
            throw new ShapeException("GlobalMaxPool '" + Context.current().path() + "' expects (B, C, ...) but got "
                    + x.shape() + "\n  rule: what it pools stands behind the channels");
        }
        return x.max(IntStream.range(2, x.rank()).toArray());
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("GlobalMaxPool", Map.of()));
    }
}
