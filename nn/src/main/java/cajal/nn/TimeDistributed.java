package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// One layer at each step of a sequence: `y_t = f(x_t)`, all steps in one call.
///
/// **Shapes** `(B, T, ...)` gives `(B, T, ...)`: the layer sees `(B·T, ...)`.
public final class TimeDistributed extends Block {
    private final Layer layer;

    /// `layer` at each step.
    public TimeDistributed(Layer layer) {
        this.layer = add("layer", layer);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 3) {
            throw new ShapeException("TimeDistributed '" + Context.current().path() + "' expects (B, T, ...) but got "
                    + x.shape() + "\n  rule: batch, steps, and what the layer sees");
        }
        long[] dims = x.shape().dims();
        long[] joined = Arrays.copyOfRange(dims, 1, dims.length);
        joined[0] = dims[0] * dims[1];
        Tensor y = layer.apply(x.reshape(joined));
        long[] after = y.shape().dims();
        long[] apart = new long[after.length + 1];
        apart[0] = dims[0];
        apart[1] = dims[1];
        System.arraycopy(after, 1, apart, 2, after.length - 1);
        return y.reshape(apart);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("TimeDistributed", Map.of()));
    }

    static TimeDistributed of(Spec spec) {
        Spec inner = spec.children().get("layer");
        if (inner == null) {
            throw new IllegalArgumentException("a TimeDistributed has a layer");
        }
        return new TimeDistributed(Specs.build(inner));
    }
}
