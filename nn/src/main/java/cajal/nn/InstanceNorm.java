package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Normalising.Normalised;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings each channel of each sample to mean 0 and variance 1 over its places: `y = (x - mean) /
/// sqrt(variance + epsilon)`, with [#affine()] `· weight + bias`. For style transfer, where contrast is to
/// vanish.
///
/// With [#statistics()] training moves running means, the averages over the samples of each batch, which
/// are used outside training.
///
/// **Shapes** `(B, C, T)`, `(B, C, H, W)`, ... give the same; if there are any, `weight (C)`, `bias (C)`,
/// states `running_mean (C)`, `running_var (C)`, `num_batches_tracked ()`.
///
/// **Initial values** as in PyTorch: epsilon 1e-5, momentum 0.1; neither weights nor running statistics
/// unless asked for.
///
/// **Throws** [ShapeException] for a single place a channel, which has no variance.
///
/// **Source** Ulyanov, Vedaldi, Lempitsky, "Instance normalization: the missing ingredient for fast
/// stylization",
/// 2016.
public final class InstanceNorm extends Block {
    private long channels;
    private double epsilon = 1e-5;
    private double momentum = 0.1;
    private boolean affine;
    private boolean tracks;
    private @Nullable Param weight;
    private @Nullable Param bias;
    private @Nullable Running running;

    /// A layer whose number of channels is inferred from the first input.
    public InstanceNorm() {}

    /// A layer for `channels` channels.
    public InstanceNorm(long channels) {
        if (channels < 1) {
            throw new ShapeException("InstanceNorm(" + channels + ")\n  rule: at least 1 channel");
        }
        this.channels = channels;
    }

    /// With weight and bias.
    public InstanceNorm affine() {
        checkUnsealed();
        affine = true;
        return this;
    }

    /// With running statistics for use outside training.
    public InstanceNorm statistics() {
        checkUnsealed();
        tracks = true;
        return this;
    }

    /// With another number added to the variance.
    public InstanceNorm epsilon(double epsilon) {
        checkUnsealed();
        this.epsilon = Numbers.positive("InstanceNorm", "epsilon", epsilon);
        return this;
    }

    /// With another share of each new batch in the running statistics.
    public InstanceNorm momentum(double momentum) {
        checkUnsealed();
        this.momentum = Numbers.share("InstanceNorm", "momentum", momentum);
        return this;
    }

    @Override
    protected void seal() {
        if (channels > 0) {
            declare();
        }
    }

    @Override
    protected boolean isOpen() {
        return channels == 0;
    }

    @Override
    protected void infer(Shape input) {
        if (channels == 0 && input.rank() > 1) {
            channels = input.dim(1);
            declare();
        }
    }

    @Override
    protected void inferFrom(Map<String, Tensor> values) {
        Tensor known = values.getOrDefault("running_mean", values.get("weight"));
        if (known != null && known.rank() == 1) {
            channels = known.dim(0);
            declare();
        }
    }

    private void declare() {
        if (affine) {
            weight = param("weight", Init.ones(), channels);
            bias = param("bias", Init.zeros(), channels);
        }
        if (tracks) {
            running = new Running(
                    state("running_mean", Tensor.zeros(channels)),
                    state("running_var", Tensor.ones(channels)),
                    state("num_batches_tracked", Tensor.zeros(DType.I64, Shape.scalar())),
                    momentum);
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 3 || x.dim(1) != channels) {
            throw new ShapeException("InstanceNorm '" + Context.current().path() + "' expects (B, "
                    + (channels == 0 ? "C" : channels) + ", places...) but got " + x.shape()
                    + "\n  rule: the second axis holds the channels, the others their places");
        }
        Tensor[] weights =
                affine ? new Tensor[] {Objects.requireNonNull(weight), Objects.requireNonNull(bias)} : new Tensor[0];
        if (running != null && !Running.training()) {
            return running.apply(x, epsilon, weights);
        }
        long n = x.size() / Math.max(1, x.dim(0) * channels);
        if (n < 2 && x.size() > 0) {
            throw new ShapeException("InstanceNorm '" + Context.current().path() + "' got " + x.shape()
                    + ", 1 place a channel\n  rule: a variance takes at least 2 places\n"
                    + "  fix:  put it where pictures are larger than 1 x 1, or use LayerNorm");
        }
        Normalised y = x.instanceNorm(epsilon, weights);
        if (running != null) {
            running.add(y.mean().mean(0), y.variance().mean(0).mul(n / (n - 1.0)));
        }
        return y.values();
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("channels", channels);
        constants.put("epsilon", epsilon);
        constants.put("momentum", momentum);
        constants.put("affine", affine);
        constants.put("statistics", tracks);
        return Optional.of(Spec.of("InstanceNorm", constants));
    }

    static InstanceNorm of(Spec spec) {
        InstanceNorm i = new InstanceNorm(spec.number("channels"))
                .epsilon(spec.real("epsilon"))
                .momentum(spec.real("momentum"));
        i = spec.flag("affine") ? i.affine() : i;
        return spec.flag("statistics") ? i.statistics() : i;
    }

    @Override
    public String describe() {
        return "InstanceNorm(" + (channels == 0 ? "?" : channels) + ")";
    }
}
