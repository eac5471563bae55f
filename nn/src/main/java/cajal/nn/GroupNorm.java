package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.nn.LayerNorm.Rows;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings the channels of each sample, in groups, to mean 0 and variance 1 over their places, then to a
/// scale and level a channel that are learnt: `y = (x - mean) / sqrt(variance + epsilon) · weight + bias`.
/// It needs no batch: what to take where batches are too small for [BatchNorm].
///
/// **Shapes** `(B, C)`, `(B, C, T)`, `(B, C, H, W)`, ... give the same; `weight (C)`, `bias (C)`.
///
/// **Initial values** weight 1, bias 0, epsilon 1e-5, as in PyTorch.
///
/// **Source** Wu and He, "Group normalization", 2018.
public final class GroupNorm extends Block {
    private final long groups;
    private long channels;
    private double epsilon = 1e-5;
    private boolean affine = true;
    private @Nullable Param weight;
    private @Nullable Param bias;

    /// A layer of `groups` groups whose number of channels is inferred from the first input.
    public GroupNorm(long groups) {
        this(groups, 0);
    }

    /// A layer of `groups` groups for `channels` channels.
    ///
    /// **Throws** [ShapeException] if the channels cannot be split evenly.
    public GroupNorm(long groups, long channels) {
        if (groups < 1 || channels < 0 || channels % groups != 0) {
            throw new ShapeException("GroupNorm(" + groups + ", " + channels
                    + ")\n  rule: at least 1 group, and the channels can be split evenly into groups");
        }
        this.groups = groups;
        this.channels = channels;
    }

    /// With another number added to the variance.
    public GroupNorm epsilon(double epsilon) {
        checkUnsealed();
        this.epsilon = Numbers.positive("GroupNorm", "epsilon", epsilon);
        return this;
    }

    /// Without weight and bias.
    public GroupNorm noAffine() {
        checkUnsealed();
        affine = false;
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
        if (channels == 0 && input.rank() > 1 && input.dim(1) % groups == 0) {
            channels = input.dim(1);
            declare();
        }
    }

    @Override
    protected void inferFrom(Map<String, Tensor> values) {
        Tensor known = values.get("weight");
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
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 2 || channels == 0 || x.dim(1) != channels) {
            throw new ShapeException("GroupNorm '" + Context.current().path() + "' expects (B, "
                    + (channels == 0 ? "C" : channels) + ", ...) but got " + x.shape()
                    + "\n  rule: the second axis holds the channels, which can be split into " + groups + " groups");
        }
        return x.groupNorm(groups, epsilon, Rows.present(weight, bias));
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("groups", groups);
        constants.put("channels", channels);
        constants.put("epsilon", epsilon);
        constants.put("affine", affine);
        return Optional.of(Spec.of("GroupNorm", constants));
    }

    static GroupNorm of(Spec spec) {
        GroupNorm g = new GroupNorm(spec.number("groups"), spec.number("channels")).epsilon(spec.real("epsilon"));
        return spec.flag("affine") ? g : g.noAffine();
    }

    @Override
    public String describe() {
        return "GroupNorm(" + groups + ", " + (channels == 0 ? "?" : channels) + ")";
    }
}
