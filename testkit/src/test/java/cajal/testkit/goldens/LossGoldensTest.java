package cajal.testkit.goldens;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.nn.ClassLoss;
import cajal.nn.CtcLoss;
import cajal.nn.ElementLoss;
import cajal.nn.Loss;
import cajal.nn.Loss.Reduction;
import cajal.nn.TripleLoss;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Losses give the values and gradients that PyTorch gives, with each reduction.
class LossGoldensTest {
    private static final Map<String, Function<List<Tensor>, List<Tensor>>> LOSSES = new LinkedHashMap<>();

    /// Makes the loss that stands for a case and a reduction.
    @FunctionalInterface
    private interface Maker {
        Function<List<Tensor>, Tensor> of(Reduction reduction);
    }

    static {
        element("mse", Loss.mse());
        element("l1", Loss.l1());
        element("huber", Loss.huber(0.7));
        element("smooth-l1", Loss.smoothL1(0.5));
        element("smooth-l1-zero", Loss.smoothL1(0));
        element("log-cosh", Loss.logCosh());
        element("msle", Loss.msle());
        element("mape", Loss.mape());
        element("poisson-nll-log", Loss.poissonNll());
        element("poisson-nll", Loss.poissonNll(false, false));
        element("poisson-nll-log-full", Loss.poissonNll(true, true));
        element("poisson-nll-full", Loss.poissonNll(false, true));
        triple("gaussian-nll", Loss.gaussianNll());
        triple("gaussian-nll-full", Loss.gaussianNll(true));
        element("bce", Loss.bce());
        element("bce-with-logits", Loss.bceWithLogits());
        element("bce-with-logits-weighted", Loss.bceWithLogits(2, 0.5, 3));
        element("kl-divergence", Loss.klDivergence());
        element("kl-divergence-logs", Loss.klDivergenceOfLogs());
        LOSSES.put(
                "kl-divergence-batch-mean",
                in -> List.of(
                        Loss.klDivergence().reduction(Reduction.BATCH_MEAN).of(in.get(0), in.get(1))));
        element("binary-focal", Loss.binaryFocal());
        element("binary-focal-plain", Loss.binaryFocal(1.5, -1));
        element("dice", Loss.dice());
        element("dice-maps", Loss.dice());
        element("tversky", Loss.tversky(0.3, 0.7));
        element("hinge", Loss.hinge());
        element("soft-margin", Loss.softMargin());
        element("hinge-embedding", Loss.hingeEmbedding(1.5));
        element("multi-margin-1", Loss.multiMargin(1, 0.8));
        element("multi-margin-2", Loss.multiMargin(2, 0.8));
        element("multi-label-margin", Loss.multiLabelMargin());
        element("multi-label-soft-margin", Loss.multiLabelSoftMargin());
        triple("cosine-embedding", Loss.cosineEmbedding(0.2));
        triple("margin-ranking", Loss.marginRanking(0.3));
        triple("triplet-margin", Loss.tripletMargin());
        triple("triplet-margin-swap", Loss.tripletMargin(2, 3, true));
        element("info-nce", Loss.infoNce(0.2));
        classes("nll", Loss.nll());
        classes("nll-weights", Loss.nll().classWeights(1, 0.5, 2));
        classes("cross-entropy", Loss.crossEntropy());
        classes("cross-entropy-maps", Loss.crossEntropy());
        classes("cross-entropy-weights", Loss.crossEntropy().classWeights(1, 0.5, 2));
        classes(
                "cross-entropy-smoothing",
                Loss.crossEntropy().labelSmoothing(0.1).classWeights(1, 0.5, 2));
        classes("cross-entropy-ignored", Loss.crossEntropy().ignoreIndex(1).labelSmoothing(0.2));
        classes(
                "cross-entropy-probabilities",
                Loss.crossEntropy().labelSmoothing(0.1).classWeights(1, 0.5, 2));
        classes("focal", Loss.focal());
        ctc("ctc", Loss.ctc());
        ctc("ctc-lengths", Loss.ctc().blank(2));
        ctc("ctc-infinite", Loss.ctc().zeroInfinity(true));
    }

    private static void element(String name, ElementLoss loss) {
        each(name, r -> in -> loss.reduction(r).of(in.get(0), in.get(1)));
    }

    private static void classes(String name, ClassLoss loss) {
        each(name, r -> in -> loss.reduction(r).of(in.get(0), in.get(1)));
    }

    private static void triple(String name, TripleLoss loss) {
        each(name, r -> in -> loss.reduction(r).of(in.get(0), in.get(1), in.get(2)));
    }

    private static void ctc(String name, CtcLoss loss) {
        each(name, r -> in -> loss.reduction(r).of(in.get(0).logSoftmax(2), in.get(1), in.get(2), in.get(3)));
    }

    private static void each(String name, Maker maker) {
        for (Reduction r : List.of(Reduction.NONE, Reduction.MEAN, Reduction.SUM)) {
            Function<List<Tensor>, Tensor> loss = maker.of(r);
            LOSSES.put(name + "-" + r.name().toLowerCase(Locale.ROOT), in -> List.of(loss.apply(in)));
        }
    }

    /// A case belongs to the loss with the longest name that it begins with.
    @Test
    void everyLossHasACase() {
        List<String> without = Loss.names().stream()
                .filter(name -> LOSSES.keySet().stream()
                        .noneMatch(c -> c.startsWith(name + "-")
                                && Loss.names().stream()
                                        .noneMatch(n -> n.length() > name.length() && c.startsWith(n + "-"))))
                .toList();
        // half the squared error, summed and divided by the batch: textbooks have it, libtorch has not
        assertThat(without).containsExactly("quadratic");
    }

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("losses", LOSSES, (golden, loss) -> golden.check(loss));
    }
}
