package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Elementwise;
import cajal.tensor.Normalising.Normalised;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings each channel to mean 0 and variance 1 over the batch, then to a scale and level that are learnt:
/// `y = (x - mean) / sqrt(variance + epsilon) · weight + bias`.
///
/// In training behaviour mean and variance are the batch's, and move the running ones: `running = (1 -
/// momentum)·running + momentum·batch`, the variance there with the divisor `n - 1`. Otherwise the running
/// ones are used. A **frozen** layer, one whose weight and bias are frozen (`net.freeze("backbone",
/// true)`), uses its running statistics in training too and leaves them alone.
///
/// **Shapes** `(B, C)`, `(B, C, T)`, `(B, C, H, W)`, ... give the same: the second axis holds the channels.
/// `weight (C)`, `bias (C)`, states `running_mean (C)`, `running_var (C)`, `num_batches_tracked ()`.
///
/// **Initial values** weight 1, bias 0, running mean 0, running variance 1; momentum 0.1, epsilon 1e-5, as
/// in PyTorch.
///
/// **Throws** [ShapeException] in training for a single value a channel, which has no variance.
///
/// **Source** Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal
/// covariate shift", 2015.
public final class BatchNorm extends Joining {
    private long channels;
    private double epsilon = 1e-5;
    private double momentum = 0.1;
    private boolean affine = true;
    private boolean tracks = true;
    private @Nullable Param weight;
    private @Nullable Param bias;
    private @Nullable Running running;

    /// A layer whose number of channels is inferred from the first input.
    public BatchNorm() {}

    /// A layer for `channels` channels.
    public BatchNorm(long channels) {
        if (channels < 1) {
            throw new ShapeException("BatchNorm(" + channels + ")\n  rule: at least 1 channel");
        }
        this.channels = channels;
    }

    /// With another number added to the variance.
    public BatchNorm epsilon(double epsilon) {
        checkUnsealed();
        this.epsilon = Numbers.positive("BatchNorm", "epsilon", epsilon);
        return this;
    }

    /// With another share of each new batch in the running statistics.
    public BatchNorm momentum(double momentum) {
        checkUnsealed();
        this.momentum = Numbers.share("BatchNorm", "momentum", momentum);
        return this;
    }

    /// With running statistics that are the plain average over all batches.
    public BatchNorm cumulative() {
        checkUnsealed();
        momentum = Double.NaN;
        return this;
    }

    /// Without weight and bias.
    public BatchNorm noAffine() {
        checkUnsealed();
        affine = false;
        return this;
    }

    /// Without running statistics: the batch's own are used outside training too.
    public BatchNorm noStatistics() {
        checkUnsealed();
        tracks = false;
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
    Tensor forward(Tensor x, Optional<Elementwise> then) {
        if (x.rank() < 2 || x.dim(1) != channels) {
            throw new ShapeException("BatchNorm '" + Context.current().path() + "' expects (B, "
                    + (channels == 0 ? "C" : channels) + ", ...) but got " + x.shape()
                    + "\n  rule: the second axis holds the channels");
        }
        Tensor[] weights =
                affine ? new Tensor[] {Objects.requireNonNull(weight), Objects.requireNonNull(bias)} : new Tensor[0];
        boolean training = Running.training() && !isFrozen();
        if (!training && running != null) {
            return apart(running.apply(x, epsilon, weights), then);
        }
        long n = x.size() / channels;
        if (training && n < 2) {
            throw new ShapeException(
                    "BatchNorm '" + Context.current().path() + "' in training got " + x.shape()
                            + ", " + n + " value a channel\n  rule: a variance takes at least 2 values a channel"
                            + "\n  fix:  larger batches (and leave out a last batch of one), or GroupNorm or LayerNorm, which need no batch");
        }
        Normalised y = x.batchNorm(epsilon, then, weights);
        if (training && running != null) {
            running.add(y.mean(), y.variance().mul(n / (n - 1.0)));
        }
        return y.values();
    }

    private boolean isFrozen() {
        return weight != null && weight.isFrozen() && bias != null && bias.isFrozen();
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("channels", channels);
        constants.put("epsilon", epsilon);
        constants.put("momentum", Double.isNaN(momentum) ? 0.1 : momentum);
        constants.put("cumulative", Double.isNaN(momentum));
        constants.put("affine", affine);
        constants.put("statistics", tracks);
        return Optional.of(Spec.of("BatchNorm", constants));
    }

    static BatchNorm of(Spec spec) {
        BatchNorm b = new BatchNorm(spec.number("channels"))
                .epsilon(spec.real("epsilon"))
                .momentum(spec.real("momentum"));
        b = spec.flag("cumulative") ? b.cumulative() : b;
        b = spec.flag("affine") ? b : b.noAffine();
        return spec.flag("statistics") ? b : b.noStatistics();
    }

    @Override
    public String describe() {
        return "BatchNorm(" + (channels == 0 ? "?" : channels) + ")";
    }
}
