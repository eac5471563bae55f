package cajal.train;

import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;

/// A figure that says how good outputs are, gathered batch by batch: `update` for each, then `value`.
///
/// A metric is also the pattern that [#fresh()] makes empty ones from, one an evaluation; several, each fed
/// with a part of the samples, are brought together by [#merge].
public interface Metric {
    /// What it is called in tables, as in `accuracy`.
    String name();

    /// Whether better outputs have a higher value.
    boolean higherIsBetter();

    /// Takes a batch into account.
    ///
    /// @param output what the network answered
    /// @param target what is right
    ///
    /// **Throws** [cajal.kernel.ShapeException] if the shapes do not fit together.
    void update(Tensor output, Tensor target);

    /// Takes into account what another metric, made by [#fresh()] of the same pattern, has seen.
    ///
    /// **Throws** [IllegalArgumentException] if it is of another kind.
    void merge(Metric other);

    /// The figure for all batches so far; NaN before the first.
    double value();

    /// An empty metric of the same kind and constants.
    Metric fresh();

    /// What it has seen so far as data, for a file, so that a run that is stopped within an epoch and goes on
    /// shows the numbers of one that never stopped; empty for a metric that does not tell: after a resumption
    /// it covers the rest of its epoch only.
    default Map<String, Tensor> state() {
        return Map.of();
    }

    /// Takes over what [#state()] gave.
    ///
    /// **Throws** [IllegalArgumentException] if it is no state of a metric of this kind and constants.
    default void load(Map<String, ? extends Tensor> state) {
        if (!state.isEmpty()) {
            throw SavedState.misfit(
                    "'" + name() + "'", "has " + state.keySet(), "this metric keeps nothing, or overrides load()");
        }
    }

    // ---- classes

    /// The share of samples whose class was found.
    ///
    /// **Shapes** scores of `C` classes `(N, C)` with class indices `(N)`, or with `(N, C)` of which the
    /// largest is the class; for maps, `(N, C, ...)` with `(N, ...)`, or `(N, ..., C)` with `(N, ...)`. Two
    /// classes by one score: `(N)` or `(N, 1)` with 0 and 1, where a score above 0 (a logit) says 1; for
    /// probabilities see [#accuracy(double)].
    static Metric accuracy() {
        return accuracy(0);
    }

    /// As [#accuracy()], for one score a sample that says 1 if it is above `threshold`: 0.5 for a probability.
    static Metric accuracy(double threshold) {
        return new Accuracy(new Classes(threshold));
    }

    /// The share of samples whose class is among the `k` with the highest scores.
    ///
    /// **Shapes** `(N, C)` with class indices `(N)`.
    ///
    /// **Throws** [IllegalArgumentException] if `k` is below 1.
    static Metric topK(int k) {
        return new TopK(k);
    }

    /// The mean over classes of the share of right ones among those found: see [ConfusionMatrix#precision()].
    static Confusion precision() {
        return new Confusion("precision", ConfusionMatrix::precision);
    }

    /// The mean over classes of the share of found ones among those there: see [ConfusionMatrix#recall()].
    static Confusion recall() {
        return new Confusion("recall", ConfusionMatrix::recall);
    }

    /// The mean over classes of the harmonic mean of precision and recall: see [ConfusionMatrix#f1()].
    static Confusion f1() {
        return new Confusion("f1", ConfusionMatrix::f1);
    }

    /// The precision of one class.
    static Confusion precision(int ofClass) {
        return new Confusion("precision:" + ofClass, m -> m.precision(ofClass));
    }

    /// The recall of one class.
    static Confusion recall(int ofClass) {
        return new Confusion("recall:" + ofClass, m -> m.recall(ofClass));
    }

    /// The F1 score of one class.
    static Confusion f1(int ofClass) {
        return new Confusion("f1:" + ofClass, m -> m.f1(ofClass));
    }

    /// Which class was taken for which; its value is the accuracy, [Confusion#matrix()] the table.
    static Confusion confusion() {
        return new Confusion("confusion", ConfusionMatrix::accuracy);
    }

    /// The correlation of right and found classes: see [ConfusionMatrix#mcc()].
    static Confusion mcc() {
        return new Confusion("mcc", ConfusionMatrix::mcc);
    }

    /// Cohen's kappa, the accuracy beyond chance: see [ConfusionMatrix#kappa()].
    static Confusion kappa() {
        return new Confusion("kappa", ConfusionMatrix::kappa);
    }

    /// The mean over classes of intersection over union, also of maps: see [ConfusionMatrix#iou()].
    static Confusion iou() {
        return new Confusion("iou", ConfusionMatrix::iou);
    }

    // ---- scores and probabilities

    /// The area under the ROC curve: the share of pairs of a positive and a negative sample in which the
    /// positive one has the higher score, ties counting half. See [Ranking].
    ///
    /// **Shapes** one score a sample, `(N)` or `(N, 1)`, with 0 and 1; or `(N, C)` with class indices
    /// `(N)`: then the mean over the classes, each against all others, NaN if one is missing.
    static Metric rocAuc() {
        return new Ranking("roc-auc", Ranking::area);
    }

    /// The area under the precision-recall curve as the mean precision, `sum over thresholds of (recall
    /// gained there)·(precision there)`. Shapes as at [#rocAuc()].
    static Metric averagePrecision() {
        return new Ranking("pr-auc", Ranking::precision);
    }

    /// The expected calibration error of 15 bins.
    static Calibration calibration() {
        return new Calibration(15, false);
    }

    /// `e^` the mean cross entropy: among how many equally probable classes the network hesitates.
    ///
    /// **Shapes** scores `(N, C)`, `(N, C, ...)` or `(N, ..., C)` with class indices `(N, ...)`.
    static Metric perplexity() {
        return new Perplexity(OptionalLong.empty());
    }

    /// As [#perplexity()] without the targets that are `ignored`.
    static Metric perplexity(long ignored) {
        return new Perplexity(OptionalLong.of(ignored));
    }

    /// How much texts share with reference texts.
    static Bleu bleu() {
        return new Bleu(4, false);
    }

    // ---- numbers

    /// The mean over all elements of `(output - target)²`.
    static Metric mse() {
        return mean("mse", false, (output, target) -> output.sub(target).square());
    }

    /// The mean over all elements of `|output - target|`.
    static Metric mae() {
        return mean("mae", false, (output, target) -> output.sub(target).abs());
    }

    /// The square root of [#mse()], in the unit of the target.
    static Metric rmse() {
        return new Mean("rmse", false, (output, target) -> output.sub(target).square(), StrictMath::sqrt);
    }

    /// The mean over all elements of `|output - target| / |target|`, as a share; the divisor is at
    /// least 2^-52.
    static Metric mape() {
        return mean(
                "mape",
                false,
                (output, target) ->
                        output.sub(target).abs().div(target.abs().maximum(Tensor.scalar(0x1p-52, output.dtype()))));
    }

    /// The share of the target's variance that the output explains, `1 - sum (y - o)² / sum (y - mean y)²`,
    /// as the mean over the columns. See [RSquared].
    static Metric r2() {
        return new RSquared();
    }

    /// The mean over all elements of a function of output and target, which have the same shape.
    ///
    /// @param name what it is called
    /// @param higherIsBetter whether better outputs have a higher value
    /// @param figure the elements to be averaged
    static Metric mean(String name, boolean higherIsBetter, BinaryOperator<Tensor> figure) {
        return new Mean(name, higherIsBetter, figure);
    }

    // ---- by name

    /// The metric of a name: `accuracy`, `top5` (any number), `precision`, `recall`, `f1` (each also
    /// with a class, as in `f1:3`, or `-micro`), `confusion`, `mcc`, `kappa`, `iou`, `roc-auc`,
    /// `pr-auc`, `ece`, `perplexity`, `bleu`, `mse`, `rmse`, `mae`, `mape`, `r2`.
    ///
    /// **Throws** [IllegalArgumentException] for another name.
    static Metric named(String name) {
        return Metrics.named(name);
    }

    /// The registered names.
    static List<String> names() {
        return Metrics.names();
    }
}
