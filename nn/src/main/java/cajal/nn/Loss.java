package cajal.nn;

import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// How far a network's output is from what it should be: the number that training makes small.
///
/// Any function of output and target is a loss. The built-in ones compare element by element or row by
/// row ([ElementLoss]) or choose among classes ([ClassLoss]); they describe themselves as data, and
/// [#named(String)] makes one of a name that a person typed. Some measures need more than two tensors:
/// [TripleLoss] takes three, [CtcLoss] four; a training loop of one's own gives them what they need.
///
/// Legend: `o` output, `t` target, `B` batch, `C` classes.
@FunctionalInterface
public interface Loss {
    /// The loss of a batch: one number, unless a built-in loss was told [Reduction#NONE].
    ///
    /// @param output what the network says
    /// @param target what is right
    Tensor of(Tensor output, Tensor target);

    /// Name and constants as data, so that a saved network can tell how it was trained; none for a loss of
    /// one's own.
    default Optional<Spec> spec() {
        return Optional.empty();
    }

    /// The name, as in `cross-entropy`; `custom` for a loss of one's own.
    default String name() {
        return spec().map(Spec::type).orElse("custom");
    }

    /// This loss at each place of a sequence, as language models need it: all places count as samples.
    ///
    /// **Shapes** output `(B, T, C)`, target `(B, T)`.
    default Loss eachPlace() {
        Loss one = this;
        return new Loss() {
            @Override
            public Tensor of(Tensor output, Tensor target) {
                return one.of(output.reshape(-1, output.dim(-1)), target.reshape(-1));
            }

            @Override
            public Optional<Spec> spec() {
                return one.spec();
            }
        };
    }

    /// How the losses of the elements become one number.
    enum Reduction {
        /// Their mean, over all elements; with class weights the weighted mean.
        MEAN,
        /// Their sum.
        SUM,
        /// Not at all: a tensor of losses.
        NONE,
        /// Their sum, divided by the length of the first axis.
        BATCH_MEAN;

        /// The losses of the elements as one number, or as they are.
        Tensor of(Tensor each) {
            return switch (this) {
                case MEAN -> each.mean();
                case SUM -> each.sum();
                case NONE -> each;
                case BATCH_MEAN -> each.sum().div(each.rank() == 0 ? 1.0 : (double) each.dim(0));
            };
        }
    }

    // ---- regression

    /// The mean squared error, `(o - t)²`.
    ///
    /// **Shapes** output and target have one shape. **Gradient** `2·(o - t)`.
    static ElementLoss mse() {
        return ElementLoss.of(ElementKind.MSE);
    }

    /// The mean absolute error, `|o - t|`.
    ///
    /// **Shapes** output and target have one shape. **Gradient** `sign(o - t)`, 0 where they agree.
    static ElementLoss l1() {
        return ElementLoss.of(ElementKind.L1);
    }

    /// Huber's loss with `delta = 1`; see [#huber(double)].
    static ElementLoss huber() {
        return huber(1);
    }

    /// `(o - t)²/2` up to a distance of `delta`, beyond it `delta·(|o - t| - delta/2)`: outliers pull with
    /// limited force.
    ///
    /// **Shapes** output and target have one shape. **Gradient** `o - t`, held between `-delta` and `delta`.
    ///
    /// **Throws** [IllegalArgumentException] unless `delta > 0`.
    ///
    /// **Source** Huber, "Robust estimation of a location parameter", 1964.
    static ElementLoss huber(double delta) {
        return ElementLoss.of(ElementKind.HUBER, delta);
    }

    /// Smooth L1 with `beta = 1`, which is Huber's loss; see [#smoothL1(double)].
    static ElementLoss smoothL1() {
        return smoothL1(1);
    }

    /// `(o - t)²/(2·beta)` up to a distance of `beta`, beyond it `|o - t| - beta/2`: Huber's loss
    /// divided by `beta`, so that its slope far away is 1; [#l1()] for `beta = 0`.
    ///
    /// **Shapes** output and target have one shape. **Gradient** `(o - t)/beta`, held between -1 and 1.
    ///
    /// **Throws** [IllegalArgumentException] unless `beta >= 0`.
    ///
    /// **Source** Girshick, "Fast R-CNN", 2015, equation 3.
    static ElementLoss smoothL1(double beta) {
        return ElementLoss.of(ElementKind.SMOOTH_L1, beta);
    }

    /// The logarithm of the hyperbolic cosine, `ln cosh(o - t)`: a square near 0, the distance less `ln
    /// 2` far away, smooth everywhere.
    ///
    /// **Shapes** output and target have one shape. **Gradient** `tanh(o - t)`.
    ///
    /// **Numerics** nothing overflows, and small distances keep their digits.
    static ElementLoss logCosh() {
        return ElementLoss.of(ElementKind.LOG_COSH);
    }

    /// The mean squared error of logarithms, `(ln(1 + o) - ln(1 + t))²`: errors count by their ratio.
    ///
    /// **Shapes** output and target have one shape. **Numerics** NaN where one of them is below -1.
    static ElementLoss msle() {
        return ElementLoss.of(ElementKind.MSLE);
    }

    /// The mean absolute error relative to the target, `|o - t| / max(|t|, 1e-7)`, as a share (1 is a
    /// hundred percent).
    ///
    /// **Shapes** output and target have one shape. **Gradient** `sign(o - t) / max(|t|, 1e-7)`.
    static ElementLoss mape() {
        return ElementLoss.of(ElementKind.MAPE, Constant.standard(ElementKind.MAPE.constants()));
    }

    /// The negative log likelihood of counts, the output being the logarithm of their expectation: `e^o
    /// - t·o`. See [#poissonNll(boolean, boolean)].
    static ElementLoss poissonNll() {
        return poissonNll(true, false);
    }

    /// The negative log likelihood of counts under a Poisson distribution.
    ///
    /// @param logInput whether the output is the logarithm of the expectation, `e^o - t·o`, rather than
    ///     the expectation itself, `o - t·ln(o + 1e-8)`
    /// @param full whether the term that depends on the target alone is added, `ln t!`, by Stirling's
    ///     approximation and only where `t > 1`
    ///
    /// **Shapes** output and target have one shape. **Gradient** `e^o - t`, or `1 - t/(o + 1e-8)`.
    static ElementLoss poissonNll(boolean logInput, boolean full) {
        return ElementLoss.of(ElementKind.POISSON_NLL, logInput ? 1 : 0, full ? 1 : 0, 1e-8);
    }

    /// The negative log likelihood of values under normal distributions: of outputs, targets and
    /// variances, `(ln v + (o - t)²/v) / 2` with `v` at least 1e-6. See [#gaussianNll(boolean)].
    static TripleLoss gaussianNll() {
        return gaussianNll(false);
    }

    /// The negative log likelihood of values under normal distributions, `(ln v + (o - t)²/v) / 2`.
    ///
    /// @param full whether the constant `ln(2π)/2` is added
    ///
    /// **Shapes** output, target and variance have one shape; the variance may have length 1 along the
    /// last axis.
    ///
    /// **Gradient** `(o - t)/v` and `(1/v - (o - t)²/v²)/2`. A variance below 1e-6 counts as 1e-6, and
    /// its gradient is the one there, so that it can grow again.
    ///
    /// **Source** Nix and Weigend, "Estimating the mean and variance of the target probability
    /// distribution", 1994.
    static TripleLoss gaussianNll(boolean full) {
        return TripleLoss.of(TripleKind.GAUSSIAN_NLL, full ? 1 : 0, 1e-6);
    }

    /// Half the squared distance, `sum over outputs of (o - t)²/2`, the mean over the batch: the "quadratic
    /// cost".
    ///
    /// **Shapes** output and target have one shape, the first axis being the batch; [ElementLoss#oneHot()]
    /// takes class indices.
    /// **Gradient** `(o - t) / B`.
    ///
    /// **Source** Nielsen, "Neural Networks and Deep Learning", 2015, chapter 1, equation 6.
    static ElementLoss quadratic() {
        return ElementLoss.of(ElementKind.QUADRATIC).reduction(Reduction.BATCH_MEAN);
    }

    // ---- probabilities

    /// Binary cross entropy of probabilities, `-(t·ln o + (1 - t)·ln(1 - o))`.
    ///
    /// **Shapes** output and target have one shape; both hold probabilities. **Gradient** `(o - t) / (o·(1 -
    /// o))`.
    ///
    /// **Numerics** logarithms stop at -100 as in PyTorch; where the probability is below 1.2e-38 their
    /// gradient is 0. An output outside 0..1 gives NaN. [#bceWithLogits()] is exact for all scores and the
    /// better choice.
    static ElementLoss bce() {
        return ElementLoss.of(ElementKind.BCE);
    }

    /// Binary cross entropy of scores, `-(t·ln p + (1 - t)·ln(1 - p))` with `p = sigmoid(o)`: for outputs
    /// without a sigmoid.
    ///
    /// **Shapes** output and target have one shape. **Gradient** `sigmoid(o) - t`.
    ///
    /// **Numerics** computed as `(1 - t)·o - ln sigmoid(o)`: nothing overflows, nothing cancels.
    static ElementLoss bceWithLogits() {
        return ElementLoss.of(ElementKind.BCE_WITH_LOGITS);
    }

    /// As [#bceWithLogits()], positive examples counting `posWeight` times: one number, or one for each entry
    /// of the last axis.
    static ElementLoss bceWithLogits(double... posWeight) {
        return ElementLoss.of(ElementKind.BCE_WITH_LOGITS, posWeight);
    }

    /// The Kullback-Leibler divergence of log probabilities from probabilities, `t·(ln t - o)`, 0 where `t =
    /// 0`.
    ///
    /// The mean is that over all elements, as in PyTorch; `reduction(BATCH_MEAN)` gives the divergence of the
    /// definition.
    ///
    /// **Shapes** output (log probabilities) and target (probabilities) have one shape. **Gradient** `-t`.
    ///
    /// **Source** Kullback and Leibler, "On information and sufficiency", 1951.
    static ElementLoss klDivergence() {
        return ElementLoss.of(ElementKind.KL_DIVERGENCE, 0);
    }

    /// As [#klDivergence()], the targets being log probabilities too: `e^t·(t - o)`.
    static ElementLoss klDivergenceOfLogs() {
        return ElementLoss.of(ElementKind.KL_DIVERGENCE, 1);
    }

    /// The focal loss of scores for yes or no with `gamma = 2` and `alpha = 0.25`; see
    /// [#binaryFocal(double, double)].
    static ElementLoss binaryFocal() {
        return binaryFocal(2, 0.25);
    }

    /// Binary cross entropy of scores in which easy examples count little, `-alpha_t·(1 - p_t)^gamma·ln
    /// p_t`, where `p_t` is the probability given to what is right: for many easy negatives and few
    /// positives.
    ///
    /// @param gamma how much certainty takes weight away; 0 for not at all
    /// @param alpha the weight of positive examples, `1 - alpha` being that of negative ones; -1 for no
    ///     weights
    ///
    /// **Shapes** output and target have one shape. For classes there is [#focal()].
    ///
    /// **Source** Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", 2017,
    /// equation 5.
    static ElementLoss binaryFocal(double gamma, double alpha) {
        return ElementLoss.of(ElementKind.BINARY_FOCAL, gamma, alpha);
    }

    /// One minus the Sørensen-Dice overlap of probabilities and targets, `1 - (2·sum o·t + 1) / (sum o +
    /// sum t + 1)`, for each sample and class.
    ///
    /// **Shapes** output and target have one shape: `(B, N)`, summed over `N`; or `(B, C, ...)`, summed
    /// over the axes behind the classes. [ElementLoss#oneHot()] takes maps of class indices.
    ///
    /// **Source** Dice, "Measures of the amount of ecologic association between species", 1945; as a loss
    /// Milletari, Navab, Ahmadi, "V-Net", 2016, there with squares in the denominator.
    static ElementLoss dice() {
        return dice(1);
    }

    /// As [#dice()] with another number than 1 added above and below, which decides about empty masks.
    ///
    /// **Throws** [IllegalArgumentException] if it is negative.
    static ElementLoss dice(double smooth) {
        return ElementLoss.of(ElementKind.DICE, smooth);
    }

    /// The Tversky loss, `1 - (h + 1) / (h + alpha·f + beta·m + 1)` with hits `h = sum o·t`, found in
    /// vain `f = sum o·(1 - t)` and missed `m = sum (1 - o)·t`: with `beta > alpha` misses weigh more.
    /// See [#dice()] for the shapes.
    ///
    /// **Throws** [IllegalArgumentException] if a number is negative.
    ///
    /// **Source** Salehi, Erdogmus, Gholipour, "Tversky loss function for image segmentation using 3D
    /// fully convolutional deep networks", 2017.
    static ElementLoss tversky(double alpha, double beta) {
        return ElementLoss.of(ElementKind.TVERSKY, alpha, beta, 1);
    }

    // ---- margins

    /// The hinge loss, `max(0, 1 - t·o)` with targets -1 and 1: the margin of support vector machines.
    ///
    /// **Shapes** output and target have one shape; [ElementLoss#oneHot()] takes class indices, one against all
    /// others.
    /// **Gradient** `-t` where the margin is violated.
    ///
    /// **Source** Cortes and Vapnik, "Support-vector networks", 1995.
    static ElementLoss hinge() {
        return ElementLoss.of(ElementKind.HINGE);
    }

    /// The logistic loss of targets -1 and 1, `ln(1 + e^(-t·o))`: the hinge loss with a round corner.
    ///
    /// **Shapes** output and target have one shape; [ElementLoss#oneHot()] takes class indices, one
    /// against all others. **Gradient** `-t·sigmoid(-t·o)`.
    static ElementLoss softMargin() {
        return ElementLoss.of(ElementKind.SOFT_MARGIN);
    }

    /// The loss of a distance `o` between two things that are alike (target 1), `o`, or not (-1), `max(0,
    /// margin - o)`.
    ///
    /// **Shapes** output and target have one shape.
    ///
    /// **Source** Hadsell, Chopra, LeCun, "Dimensionality reduction by learning an invariant mapping",
    /// 2006, there squared.
    static ElementLoss hingeEmbedding(double margin) {
        return ElementLoss.of(ElementKind.HINGE_EMBEDDING, margin);
    }

    /// The hinge loss among classes with `p = 1` and margin 1; see [#multiMargin(int, double)].
    static ElementLoss multiMargin() {
        return multiMargin(1, 1);
    }

    /// The hinge loss among classes: by how much each wrong class comes closer than `margin` to the right
    /// one `r`, to the power `p`, `sum over c != r of max(0, margin - o_r + o_c)^p / C`.
    ///
    /// **Shapes** output `(B, C)`, target class indices `(B)`.
    ///
    /// **Throws** [IllegalArgumentException] unless `p` is 1 or 2 and the margin positive.
    ///
    /// **Source** Crammer and Singer, "On the algorithmic implementation of multiclass kernel-based
    /// vector machines", 2001; the sum over all violations as in Weston and Watkins, 1999.
    static ElementLoss multiMargin(int p, double margin) {
        return ElementLoss.of(ElementKind.MULTI_MARGIN, margin, p).oneHot();
    }

    /// The hinge loss of samples with several labels: by how much each other class comes closer than 1 to
    /// each label, `sum over labels k and other classes i of max(0, 1 - o_k + o_i) / C`.
    ///
    /// **Shapes** output `(B, C)`; target `(B, C)`, in each row the labels' class indices and then -1.
    static ElementLoss multiLabelMargin() {
        return ElementLoss.of(ElementKind.MULTI_LABEL_MARGIN);
    }

    /// Binary cross entropy of scores for samples with several labels, the mean over the classes.
    ///
    /// **Shapes** output `(B, ..., C)`, target of the same shape with 1 for each label and 0 elsewhere.
    /// **Gradient** `(sigmoid(o) - t) / C`.
    static ElementLoss multiLabelSoftMargin() {
        return ElementLoss.of(ElementKind.MULTI_LABEL_SOFT_MARGIN);
    }

    // ---- representations

    /// InfoNCE with temperature 0.1; see [#infoNce(double)].
    static ElementLoss infoNce() {
        return infoNce(0.1);
    }

    /// Noise-contrastive estimation within a batch: that row `i` of the output finds row `i` of the
    /// target among all rows of the target, `-ln softmax_j(cos(o_i, t_j) / temperature)` at `j = i`.
    ///
    /// **Shapes** output and target `(B, D)`: two views of the same things. **Numerics** rows are
    /// brought to length 1; a row of zeros stays one.
    ///
    /// **Throws** [IllegalArgumentException] unless the temperature is positive.
    ///
    /// **Source** van den Oord, Li, Vinyals, "Representation learning with contrastive predictive
    /// coding", 2018, equation 4; the cosine and the temperature as in Chen, Kornblith, Norouzi,
    /// Hinton, "A simple framework for contrastive learning of visual representations", 2020.
    static ElementLoss infoNce(double temperature) {
        return ElementLoss.of(ElementKind.INFO_NCE, temperature);
    }

    /// Of two representations and whether they belong together: `1 - cos(a, b)` where the target is 1,
    /// `max(0, cos(a, b) - margin)` where it is -1.
    ///
    /// **Shapes** `(B, D)`, `(B, D)` and the target `(B)`; or `(D)`, `(D)` and a single number.
    static TripleLoss cosineEmbedding(double margin) {
        return TripleLoss.of(TripleKind.COSINE_EMBEDDING, margin);
    }

    /// Of two scores and which should be higher, `max(0, -t·(a - b) + margin)`: 1 for the first, -1 for
    /// the second.
    ///
    /// **Shapes** all three have one shape.
    static TripleLoss marginRanking(double margin) {
        return TripleLoss.of(TripleKind.MARGIN_RANKING, margin);
    }

    /// Of an anchor, a positive and a negative with margin 1 and Euclidean distances; see
    /// [#tripletMargin(double, double, boolean)].
    static TripleLoss tripletMargin() {
        return tripletMargin(1, 2, false);
    }

    /// Of an anchor `a`, something like it `p` and something unlike it `n`, `max(0, d(a, p) - d(a, n) +
    /// margin)` with the distance `d(x, y) = |x - y + 1e-6|` in the p-norm of `power`.
    ///
    /// @param margin by how much the unlike one should be farther
    /// @param power which norm; 2 is the Euclidean one
    /// @param swap whether `d(p, n)` counts instead of `d(a, n)` where it is smaller
    ///
    /// **Shapes** all three `(..., D)`; a number for each row.
    ///
    /// **Source** Schroff, Kalenichenko, Philbin, "FaceNet", 2015, there with squares; the swap: Balntas,
    /// Riba, Ponsa, Mikolajczyk, "Learning local feature descriptors with triplets and shallow
    /// convolutional neural networks",
    /// 2016.
    static TripleLoss tripletMargin(double margin, double power, boolean swap) {
        return TripleLoss.of(TripleKind.TRIPLET_MARGIN, margin, power, swap ? 1 : 0);
    }

    /// Connectionist temporal classification with class 0 as the blank: see [CtcLoss].
    static CtcLoss ctc() {
        return new CtcLoss(0, false, Reduction.MEAN);
    }

    // ---- classes

    /// Cross entropy of scores, `-ln softmax(o)` at the right class: for outputs without a softmax.
    ///
    /// **Shapes** output `(B, C)` or `(B, C, ...)`; target class indices `(B)`, `(B, ...)` of an integer
    /// type, or probabilities of the output's shape. **Gradient** `(softmax(o) - onehot(t)) / B`.
    ///
    /// **Numerics** one operation, [Tensor#crossEntropy] (log-sum-exp form), where no option asks for more.
    ///
    /// **Source** Goodfellow, Bengio, Courville, "Deep Learning", 2016, section 6.2.2.3; options as in PyTorch,
    /// except that no index is ignored unless [ClassLoss#ignoreIndex(long)] says so.
    static ClassLoss crossEntropy() {
        return ClassLoss.standard(true);
    }

    /// The negative log likelihood, `-o` at the right class: for outputs that are log probabilities.
    ///
    /// **Shapes** as [#crossEntropy()]. **Gradient** -1/B at the right class, 0 elsewhere.
    static ClassLoss nll() {
        return ClassLoss.standard(false);
    }

    /// The focal loss of scores, `-(1 - p)²·ln p` with the probability `p = softmax(o)` of the right
    /// class: what is easy counts little. It is [#crossEntropy()] with [ClassLoss#focus(double)] 2.
    static ClassLoss focal() {
        return focal(2);
    }

    /// As [#focal()] with the power `gamma`.
    ///
    /// **Throws** [IllegalArgumentException] if it is negative.
    ///
    /// **Source** Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", 2017.
    static ClassLoss focal(double gamma) {
        return crossEntropy().focus(gamma);
    }

    // ---- by name

    /// A loss by name, with constants behind a colon: `cross-entropy`, `huber:0.5`. Small and capital
    /// letters, `-` and `_` are alike.
    ///
    /// **Throws** [UnknownNameException] with the names that there are and the nearest one;
    /// [IllegalArgumentException] for constants that do not fit.
    static Loss named(String text) {
        Choice choice = Choice.of(
                "loss", text, names(), Map.of("mae", "l1", "mean-squared-error", "mse", "kl-div", "kl-divergence"));
        return switch (choice.name()) {
            case "cross-entropy", "nll" -> {
                choice.constantsOr("loss");
                yield ClassLoss.standard(choice.name().equals("cross-entropy"));
            }
            case "focal" -> focal(choice.constantsOr("loss", 2)[0]);
            case "quadratic" -> {
                choice.constantsOr("loss");
                yield quadratic();
            }
            case "bce-with-logits" -> bceWithLogits(choice.constants());
            default -> {
                ElementKind kind = ElementKind.of(choice.name());
                ElementLoss loss =
                        ElementLoss.of(kind, choice.constantsOr("loss", Constant.standard(kind.constants())));
                yield kind == ElementKind.MULTI_MARGIN ? loss.oneHot() : loss;
            }
        };
    }

    /// The names that [#named(String)] knows.
    static List<String> names() {
        List<String> names = new ArrayList<>(List.of("cross-entropy", "nll", "focal"));
        Arrays.stream(ElementKind.values()).map(ElementKind::label).forEach(names::add);
        return List.copyOf(names);
    }

    /// The loss that a description describes.
    ///
    /// **Throws** [UnknownNameException] for an unknown name, [IllegalArgumentException] for constants that
    /// do not fit.
    static Loss of(Spec spec) {
        Map<String, Object> c = spec.constants();
        Reduction reduction = reduction(spec.text("reduction"));
        if (List.of("cross-entropy", "nll", "focal").contains(spec.type())) {
            OptionalLong ignored =
                    c.containsKey("ignoreIndex") ? OptionalLong.of(spec.number("ignoreIndex")) : OptionalLong.empty();
            return new ClassLoss(
                    !spec.type().equals("nll"),
                    c.containsKey("focus") ? spec.real("focus") : 0,
                    spec.real("labelSmoothing"),
                    numbers(c.get("classWeights")),
                    ignored,
                    reduction);
        }
        ElementKind kind =
                ElementKind.of(Choice.of("loss", spec.type(), names(), Map.of()).name());
        double[] constants = kind == ElementKind.BCE_WITH_LOGITS
                ? numbers(c.get("posWeight")).stream().mapToDouble(d -> d).toArray()
                : Constant.of(kind.constants(), c);
        ElementLoss loss = ElementLoss.of(kind, constants).reduction(reduction);
        return c.containsKey("oneHot") && spec.flag("oneHot") ? loss.oneHot() : loss;
    }

    private static Reduction reduction(String name) {
        try {
            return Reduction.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException _) {
            throw new IllegalArgumentException(
                    "There is no reduction '" + name + "'\n  rule: there are " + Arrays.toString(Reduction.values()));
        }
    }

    private static List<Double> numbers(@org.jspecify.annotations.Nullable Object list) {
        return list instanceof List<?> l
                ? l.stream().map(n -> ((Number) n).doubleValue()).toList()
                : List.of();
    }
}
