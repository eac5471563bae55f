package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Elementwise;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A fully connected layer, `y = x·Wᵀ + b`: every output neuron sees every input.
///
/// **Shapes** `(..., in)` gives `(..., out)`; `weight (out, in)`, `bias (out)`; with [#weightNorm()] or
/// [#spectralNorm()] other parameters stand for the weight.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(in), as in PyTorch; [#init(Init)] and
/// [#biasInit(Init)] change them.
///
/// **Source** Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.1; initial values: PyTorch's
/// `Linear`.
public final class Linear extends Joining {
    private long in;
    private final long out;
    private boolean bias = true;
    private Init weightInit = Init.kaimingUniform(Math.sqrt(5));
    private @Nullable Init biasInit;
    private Weight.Kind kind = Weight.Kind.PLAIN;
    private @Nullable Weight weight;
    private @Nullable Param offset;

    /// A layer of `out` neurons whose input size is inferred from the first input.
    public Linear(long out) {
        this(0, out);
    }

    /// A layer of `out` neurons with `in` inputs each.
    public Linear(long in, long out) {
        if (in < 0 || out < 1) {
            throw new ShapeException("Linear(" + in + ", " + out + ")\n  rule: sizes are at least 1");
        }
        this.in = in;
        this.out = out;
    }

    /// Without a bias.
    public Linear noBias() {
        checkUnsealed();
        bias = false;
        return this;
    }

    /// With weights `weight_g · weight_v / ‖weight_v‖`: the length of a neuron's weights is learnt apart
    /// from their direction.
    ///
    /// **Source** Salimans and Kingma, "Weight normalization", 2016.
    public Linear weightNorm() {
        checkUnsealed();
        kind = Weight.Kind.WEIGHT_NORM;
        return this;
    }

    /// With weights `weight_orig / σ`, σ being the largest singular value, which the states `weight_u` and
    /// `weight_v` follow by one step of the power iteration at each call in training: no input is stretched
    /// by more than 1.
    ///
    /// **Source** Miyato, Kataoka, Koyama, Yoshida, "Spectral normalization for generative adversarial
    /// networks", 2018.
    public Linear spectralNorm() {
        checkUnsealed();
        kind = Weight.Kind.SPECTRAL_NORM;
        return this;
    }

    /// With other initial weights.
    public Linear init(Init init) {
        checkUnsealed();
        weightInit = init;
        return this;
    }

    /// With another initial bias.
    public Linear biasInit(Init init) {
        checkUnsealed();
        biasInit = init;
        return this;
    }

    @Override
    protected void seal() {
        if (in > 0) {
            declare();
        }
    }

    @Override
    protected boolean isOpen() {
        return in == 0;
    }

    @Override
    protected void infer(Shape input) {
        if (in == 0) {
            in = input.dim(-1);
            declare();
        }
    }

    @Override
    protected void inferFrom(Map<String, Tensor> values) {
        Tensor w = kind.in(values).orElse(Tensor.scalar(0));
        if (w.rank() == 2) {
            in = w.dim(1);
            declare();
        }
    }

    private void declare() {
        weight = Weight.of(this, kind, weightInit, 0, out, in);
        if (bias) {
            double bound = 1 / Math.sqrt((double) in);
            offset = param("bias", biasInit != null ? biasInit : Init.uniform(-bound, bound), out);
        }
    }

    @Override
    Tensor forward(Tensor x, Optional<Elementwise> then) {
        if (x.rank() == 0 || x.dim(-1) != in) {
            throw new ShapeException("Linear '" + Context.current().path() + "' expects (..., " + in + ") but got "
                    + x.shape() + fix(x.shape()));
        }
        Tensor w = java.util.Objects.requireNonNull(weight).now();
        return offset == null ? apart(x.matmul(w.t()), then) : x.affine(w, offset, then);
    }

    /// Not where nothing is recorded: no gain was measured there.
    @Override
    boolean joins() {
        return super.joins() && Context.current().recording();
    }

    /// If the last axes multiply to the wanted size, flattening them is the fix.
    private String fix(Shape s) {
        long product = 1;
        StringBuilder factors = new StringBuilder();
        for (int i = s.rank() - 1; i >= 1; i--) {
            product *= s.dim(i);
            factors.insert(0, (i > 1 ? "·" : "") + s.dim(i));
        }
        return product == in && s.rank() > 2
                ? "\n  fix:  " + factors + " = " + in + ", so put new Flatten() before '"
                        + Context.current().path() + "'"
                : "\n  rule: the last axis holds the " + in + " inputs of each neuron";
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("in", in);
        constants.put("out", out);
        constants.put("bias", bias);
        kind.note(constants);
        return Optional.of(Spec.of("Linear", constants));
    }

    static Linear of(Spec spec) {
        Linear l = new Linear(spec.number("in"), spec.number("out"));
        l.kind = Weight.Kind.of(spec);
        return spec.flag("bias") ? l : l.noBias();
    }

    @Override
    public String describe() {
        return "Linear(" + (in == 0 ? "?" : in) + " -> " + out + ")";
    }
}
