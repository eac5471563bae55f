package cajal.nn;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// The table of losses that compare an output with a target of the same shape, element by element or row by
/// row.
///
/// Legend: `o` output, `t` target, `c` constants, `B` batch, `C` classes, `D` features.
@SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing, the lists are copies
enum ElementKind {
    // regression
    MSE("mse", (o, t, _) -> o.sub(t).square()),
    L1("l1", (o, t, _) -> o.sub(t).abs()),
    HUBER("huber", ElementKind::huber, Constant.positive("delta", 1)),
    SMOOTH_L1("smooth-l1", ElementKind::smoothL1, Constant.notNegative("beta", 1)),
    LOG_COSH("log-cosh", ElementKind::logCosh),
    QUADRATIC("quadratic", (o, t, _) -> o.sub(t).square().mul(0.5)),
    MSLE("msle", (o, t, _) -> o.log1p().sub(t.log1p()).square()),
    MAPE(
            "mape",
            (o, t, c) -> o.sub(t).abs().div(t.abs().maximum(Tensor.scalar(c[0], t.dtype()))),
            Constant.positive("eps", 1e-7)),
    POISSON_NLL(
            "poisson-nll",
            ElementKind::poisson,
            Constant.flag("logInput", true),
            Constant.flag("full", false),
            Constant.positive("eps", 1e-8)),
    // probabilities
    BCE(
            "bce",
            (o, t, _) -> logarithm(o)
                    .mul(t)
                    .add(logarithm(o.neg().add(1)).mul(t.neg().add(1)))
                    .neg()),
    BCE_WITH_LOGITS("bce-with-logits", ElementKind::bceWithLogits),
    BINARY_FOCAL(
            "binary-focal",
            ElementKind::binaryFocal,
            Constant.notNegative("gamma", 2),
            new Constant("alpha", 0.25, "in 0 .. 1, or -1 for none", a -> a == -1 || a >= 0 && a <= 1)),
    KL_DIVERGENCE("kl-divergence", ElementKind::klDivergence, Constant.flag("logTarget", false)),
    DICE("dice", (o, t, c) -> overlap(o, t, 0.5, 0.5, c[0] / 2), Constant.notNegative("smooth", 1)),
    TVERSKY(
            "tversky",
            (o, t, c) -> overlap(o, t, c[0], c[1], c[2]),
            Constant.notNegative("alpha", 0.3),
            Constant.notNegative("beta", 0.7),
            Constant.notNegative("smooth", 1)),
    // margins
    HINGE("hinge", (o, t, _) -> o.mul(t).neg().add(1).relu()),
    SOFT_MARGIN("soft-margin", (o, t, _) -> o.mul(t).neg().softplus()),
    HINGE_EMBEDDING("hinge-embedding", ElementKind::hingeEmbedding, Constant.any("margin", 1)),
    MULTI_MARGIN(
            "multi-margin",
            ElementKind::multiMargin,
            Constant.positive("margin", 1),
            new Constant("p", 1, "is 1 or 2", p -> p == 1 || p == 2)),
    MULTI_LABEL_MARGIN("multi-label-margin", ElementKind::multiLabelMargin),
    MULTI_LABEL_SOFT_MARGIN(
            "multi-label-soft-margin", (o, t, c) -> bceWithLogits(o, t, c).mean(-1)),
    // representations
    INFO_NCE("info-nce", ElementKind::infoNce, Constant.positive("temperature", 0.1));

    /// The smallest normal number of single precision: below it a reciprocal overflows.
    private static final double TINY = 1.1754943508222875e-38;

    private static final double LEAST_LOGARITHM = -100;

    private final String label;
    private final Formula formula;
    private final List<Constant> constants;

    /// The loss of each element, or of each row.
    @FunctionalInterface
    interface Formula {
        Tensor of(Tensor o, Tensor t, double[] c);
    }

    ElementKind(String label, Formula formula, Constant... constants) {
        this.label = label;
        this.formula = formula;
        this.constants = List.of(constants);
    }

    String label() {
        return label;
    }

    List<Constant> constants() {
        return constants;
    }

    /// Whether its targets are -1 and 1.
    boolean signed() {
        return this == HINGE || this == SOFT_MARGIN || this == HINGE_EMBEDDING;
    }

    /// Whether any numbers may be its targets, or at least all those that are not negative.
    boolean ofValues() {
        return switch (this) {
            case MSE, L1, HUBER, SMOOTH_L1, LOG_COSH, QUADRATIC, MSLE, MAPE, POISSON_NLL -> true;
            default -> false;
        };
    }

    /// How many axes an output has at least.
    int leastRank() {
        return switch (this) {
            case DICE, TVERSKY, MULTI_MARGIN, MULTI_LABEL_MARGIN, MULTI_LABEL_SOFT_MARGIN, INFO_NCE -> 2;
            default -> 0;
        };
    }

    /// How many axes an output has at most.
    int mostRank() {
        return switch (this) {
            case MULTI_MARGIN, MULTI_LABEL_MARGIN, INFO_NCE -> 2;
            default -> Integer.MAX_VALUE;
        };
    }

    Tensor of(Tensor o, Tensor t, double[] c) {
        return formula.of(o, t, c);
    }

    static ElementKind of(String label) {
        return Arrays.stream(values())
                .filter(k -> k.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'" + label + "' compares no elements"));
    }

    private static Tensor huber(Tensor o, Tensor t, double[] c) {
        double delta = c[0];
        Tensor d = o.sub(t);
        Tensor near = d.square().mul(0.5);
        Tensor far = d.abs().sub(delta / 2).mul(delta);
        return Tensor.where(d.abs().le(delta), near, far);
    }

    private static Tensor smoothL1(Tensor o, Tensor t, double[] c) {
        return c[0] == 0 ? o.sub(t).abs() : huber(o, t, c).div(c[0]);
    }

    /// Near 0 by `cosh d = 1 + u²/(2·(1 + u))` with `u = e^d - 1`, where nothing cancels; elsewhere `|d| +
    /// ln(1 + e^-2|d|) - ln 2`, where nothing overflows.
    private static Tensor logCosh(Tensor o, Tensor t, double[] c) {
        Tensor d = o.sub(t);
        Tensor u = d.clamp(-1, 1).expm1();
        Tensor near = u.square().div(u.add(1).mul(2)).log1p();
        Tensor far = d.abs().add(d.abs().mul(-2).softplus()).sub(StrictMath.log(2));
        return Tensor.where(d.abs().lt(1), near, far);
    }

    /// With `full` also Stirling's approximation of `ln t!` where `t > 1`.
    private static Tensor poisson(Tensor o, Tensor t, double[] c) {
        Tensor each =
                c[0] == 1 ? o.exp().sub(t.mul(o)) : o.sub(t.mul(o.add(c[2]).log()));
        if (c[1] == 0) {
            return each;
        }
        Tensor many = t.gt(1);
        Tensor safe = Tensor.where(many, t, Tensor.scalar(1, t.dtype()));
        Tensor stirling =
                safe.mul(safe.log()).sub(safe).add(safe.mul(2 * Math.PI).log().mul(0.5));
        return each.add(Tensor.where(many, stirling, Tensor.scalar(0, t.dtype())));
    }

    /// `ln p`, at least -100 and there without gradient, NaN for a negative `p`.
    private static Tensor logarithm(Tensor p) {
        Tensor vanishing = p.ge(0).and(p.lt(TINY));
        Tensor one = Tensor.scalar(1, p.dtype());
        Tensor least = Tensor.scalar(LEAST_LOGARITHM, p.dtype());
        return Tensor.where(vanishing, least, Tensor.where(vanishing, one, p).log()); // no 0·inf in the gradient
    }

    /// `(1 - t)·o - (1 + (w - 1)·t)·ln sigmoid(o)`
    private static Tensor bceWithLogits(Tensor o, Tensor t, double[] c) {
        Tensor negative = t.neg().add(1).mul(o);
        Tensor log = o.logSigmoid();
        if (c.length == 0) {
            return negative.sub(log);
        }
        Tensor extra = Tensor.ofDoubles(c, c.length).to(o.dtype()).sub(1);
        return negative.sub(t.mul(extra).add(1).mul(log));
    }

    private static Tensor binaryFocal(Tensor o, Tensor t, double[] c) {
        double gamma = c[0];
        double alpha = c[1];
        Tensor missing = t.mul(o.neg().sigmoid()).add(t.neg().add(1).mul(o.sigmoid())); // 1 - p_t
        Tensor each = focused(bceWithLogits(o, t, new double[0]), missing, gamma);
        return alpha < 0 ? each : each.mul(t.mul(2 * alpha - 1).add(1 - alpha));
    }

    /// `loss·missing^gamma`; what is missing to certainty stays above 0, so that its power has a slope.
    static Tensor focused(Tensor loss, Tensor missing, double gamma) {
        return gamma == 0 ? loss : loss.mul(missing.clamp(TINY, 1).pow(gamma));
    }

    private static Tensor klDivergence(Tensor o, Tensor t, double[] c) {
        if (c[0] == 1) {
            return t.exp().mul(t.sub(o));
        }
        Tensor logT = Tensor.where(t.gt(0), t, Tensor.scalar(1, t.dtype())).log(); // 0·ln 0 = 0
        return t.mul(logT.sub(o));
    }

    /// One minus `(hits + s) / (hits + alpha·found in vain + beta·missed + s)` of each sample and class.
    private static Tensor overlap(Tensor o, Tensor t, double alpha, double beta, double s) {
        int[] axes =
                java.util.stream.IntStream.range(o.rank() > 2 ? 2 : 1, o.rank()).toArray();
        Tensor hits = o.mul(t).sum(axes);
        Tensor inVain = o.sum(axes).sub(hits);
        Tensor missed = t.sum(axes).sub(hits);
        Tensor whole = hits.add(inVain.mul(alpha)).add(missed.mul(beta)).add(s);
        return hits.add(s).div(whole).neg().add(1);
    }

    private static Tensor hingeEmbedding(Tensor o, Tensor t, double[] c) {
        Tensor apart = o.neg().add(c[0]).relu();
        Tensor zero = Tensor.scalar(0, o.dtype());
        return Tensor.where(t.ne(1), apart, zero).add(Tensor.where(t.ne(-1), o, zero));
    }

    private static Tensor multiMargin(Tensor o, Tensor t, double[] c) {
        Tensor right = o.mul(t).sumKeep(1); // (B, 1)
        Tensor short_ = o.sub(right).add(c[0]).relu();
        Tensor others = t.neg().add(1).mul(c[1] == 2 ? short_.square() : short_);
        return others.mean(1); // the mean over all C, also the right one
    }

    /// Legend: `k` runs over the labels of a sample, `i` over the classes.
    private static Tensor multiLabelMargin(Tensor o, Tensor t, double[] c) {
        Tensor valid = t.lt(0).cumsum(1).eq(0); // up to the first -1
        Tensor label = Tensor.where(valid, t, Tensor.scalar(0, t.dtype())).to(DType.I64);
        Tensor counts = valid.to(o.dtype());
        Tensor isLabel = Tensor.zeros(o.dtype(), o.shape()).scatterAdd(1, label, counts);
        Tensor other = isLabel.eq(0).to(o.dtype()); // (B, C)
        Tensor gap = o.unsqueeze(1).sub(o.gather(1, label).unsqueeze(2)).add(1).relu(); // (B, k, i)
        return gap.mul(counts.unsqueeze(2)).mul(other.unsqueeze(1)).sum(1, 2).div((double) o.dim(1));
    }

    private static Tensor infoNce(Tensor o, Tensor t, double[] c) {
        Tensor scores = unit(o).matmul(unit(t).t()).div(c[0]); // (B, B)
        Tensor own = Tensor.arange(o.dim(0)).to(DType.I64).unsqueeze(1);
        return scores.logSoftmax(1).gather(1, own).squeeze(1).neg();
    }

    /// The rows with length 1.
    private static Tensor unit(Tensor x) {
        return x.mul(
                x.square().sumKeep(-1).clamp(1e-24, Double.POSITIVE_INFINITY).rsqrt());
    }
}
