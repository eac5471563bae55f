package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A leaky ReLU whose slope is learnt: `x` above 0, else `a·x`, with one `a` for all or one a channel.
///
/// **Shapes** `(B, C, ...)` gives the same; `weight (1)` or `(C)`.
///
/// **Gradient** `da` = the sum of `g·x` over all `x` below 0.
///
/// **Initial values** 0.25. Weight decay pulls the slope to 0 and makes it a ReLU.
///
/// **Source** He, Zhang, Ren, Sun, "Delving deep into rectifiers", 2015.
public final class PReLU extends Block {
    private final long channels;
    private double start = 0.25;
    private @Nullable Param weight;

    /// One slope for all channels.
    public PReLU() {
        this(1);
    }

    /// One slope for each of `channels` channels, the second axis.
    public PReLU(long channels) {
        if (channels < 1) {
            throw new ShapeException("PReLU(" + channels + ")\n  rule: at least 1 channel");
        }
        this.channels = channels;
    }

    /// With another slope to start from.
    public PReLU slope(double start) {
        checkUnsealed();
        this.start = start;
        return this;
    }

    @Override
    protected void seal() {
        weight = param("weight", Init.constant(start), channels);
    }

    @Override
    protected Tensor forward(Tensor x) {
        Param a = java.util.Objects.requireNonNull(weight);
        if (channels == 1) {
            return x.leakyRelu(a);
        }
        if (x.rank() < 2 || x.dim(1) != channels) {
            throw new ShapeException("PReLU '" + Context.current().path() + "' expects (B, " + channels
                    + ", ...) but got " + x.shape() + "\n  rule: the second axis holds the channels, one slope each");
        }
        long[] dims = new long[x.rank() - 1];
        Arrays.fill(dims, 1);
        dims[0] = channels;
        return x.leakyRelu(a.reshape(dims)); // (C, 1, ...) beside (B, C, ...)
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("PReLU", new LinkedHashMap<>(Map.of("channels", channels))));
    }

    static PReLU of(Spec spec) {
        return new PReLU(spec.number("channels"));
    }

    @Override
    public String describe() {
        return "PReLU(" + channels + ")";
    }
}
