package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Metrics of scores, probabilities, tables and texts on the examples that others published.
class ScoreMetricTest {
    private static double value(Metric metric, Tensor output, Tensor target) {
        metric.update(output, target);
        return metric.value();
    }

    private static ConfusionMatrix matrix(int classes, List<Integer> right, List<Integer> found) {
        return ConfusionMatrix.of(
                right.stream().mapToLong(c -> c).toArray(),
                found.stream().mapToLong(c -> c).toArray(),
                classes);
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.split(" "));
    }

    // ---- tables; values from scikit-learn's documentation of each function

    @Test
    void correlationIsThatOfTheDocumentedExample() {
        ConfusionMatrix m = matrix(2, List.of(1, 1, 1, 0), List.of(1, 0, 1, 1));
        assertThat(m.mcc()).isCloseTo(-1 / 3.0, within(1e-15));
        assertThat(matrix(2, List.of(0, 1), List.of(0, 1)).mcc()).isEqualTo(1);
        assertThat(matrix(2, List.of(0, 1), List.of(1, 1)).mcc())
                .as("one class found")
                .isZero();
        assertThat(matrix(3, List.of(0, 1, 2, 2), List.of(0, 2, 1, 2)).mcc())
                .as("of three classes, by hand: (2·4 - 6) / (sqrt(16 - 6)·sqrt(16 - 6))")
                .isCloseTo(0.2, within(1e-15));
    }

    @Test
    void kappaIsThatOfTheDocumentedExamples() {
        assertThat(matrix(3, List.of(0, 1, 0, 2, 1), List.of(0, 1, 0, 2, 0)).kappa())
                .isCloseTo(0.6875, within(1e-15));
        assertThat(matrix(3, List.of(2, 0, 2, 2, 0, 1), List.of(0, 0, 2, 2, 0, 2))
                        .kappa())
                .isCloseTo(0.42857142857142855, within(1e-15));
    }

    @Test
    void intersectionOverUnionIsThatOfTheDocumentedExamples() {
        ConfusionMatrix m = matrix(3, List.of(0, 1, 2, 2), List.of(0, 2, 1, 2));
        assertThat(new double[] {m.iou(0), m.iou(1), m.iou(2)}).containsExactly(1, 0, 1 / 3.0);
        assertThat(m.iou()).isCloseTo(4 / 9.0, within(1e-15));
        assertThat(matrix(2, List.of(0, 1, 1), List.of(1, 1, 1)).iou(1)).isCloseTo(0.6666666666666666, within(1e-15));
        Tensor maps = Tensor.indices(0, 2, 1, 2).oneHot(3).reshape(1, 2, 2, 3);
        assertThat(value(Metric.iou(), maps, Tensor.ofLongs(new long[] {0, 1, 2, 2}, 1, 2, 2)))
                .isCloseTo(4 / 9.0, within(1e-15));
    }

    @Test
    void theReportHasTheDocumentedFigures() {
        assertThat(matrix(3, List.of(0, 1, 2, 2, 2), List.of(0, 0, 2, 2, 1))
                        .named(List.of("class 0", "class 1", "class 2"))
                        .report())
                .isEqualTo("""
                                       precision  recall    f1  samples
                        class 0             0.50    1.00  0.67        1
                        class 1             0.00    0.00  0.00        1
                        class 2             1.00    0.67  0.80        3
                        accuracy                          0.60        5
                        mean                0.50    0.56  0.49        5
                        weighted mean       0.70    0.60  0.61        5""");
    }

    // ---- scores; values from scikit-learn's documentation

    private static final Tensor SCORES = Tensor.of(0.1f, 0.4f, 0.35f, 0.8f);
    private static final Tensor YES_NO = Tensor.indices(0, 0, 1, 1);

    @Test
    void areasAreThoseOfTheDocumentedExamples() {
        assertThat(value(Metric.rocAuc(), SCORES, YES_NO)).isEqualTo(0.75);
        assertThat(value(Metric.averagePrecision(), SCORES, YES_NO)).isCloseTo(0.8333333333333333, within(1e-15));
        Tensor three = Tensor.of(new float[][] {
            {0.7f, 0.2f, 0.1f}, {0.4f, 0.3f, 0.3f}, {0.1f, 0.8f, 0.1f},
            {0.2f, 0.3f, 0.5f}, {0.4f, 0.4f, 0.2f}, {0.1f, 0.2f, 0.7f}
        });
        assertThat(value(Metric.averagePrecision(), three, Tensor.indices(0, 0, 1, 1, 2, 2)))
                .as("printed as 0.77...")
                .isCloseTo(7 / 9.0, within(1e-7));
    }

    @Test
    void theAreaIsTheShareOfOrderedPairsAlsoWithTies() {
        Random random = new Random(7);
        double[] scores = random.ints(60, 0, 12).mapToDouble(i -> i / 4.0).toArray();
        long[] classes = random.ints(60, 0, 2).mapToLong(i -> i).toArray();
        double ordered = 0;
        double pairs = 0;
        for (int p = 0; p < 60; p++) {
            for (int q = 0; q < 60; q++) {
                if (classes[p] == 1 && classes[q] == 0) {
                    pairs++;
                    ordered += scores[p] > scores[q] ? 1 : scores[p] == scores[q] ? 0.5 : 0;
                }
            }
        }
        Metric auc = Metric.rocAuc();
        assertThat(value(auc, Tensor.ofDoubles(scores, 60, 1), Tensor.indices(classes)))
                .isEqualTo(ordered / pairs);
        Metric parts = auc.fresh();
        for (int i = 59; i >= 0; i--) {
            Metric part = auc.fresh();
            part.update(Tensor.ofDoubles(new double[] {scores[i]}, 1, 1), Tensor.indices(classes[i]));
            parts.merge(part);
        }
        assertThat(parts.value()).as("one by one, backwards").isEqualTo(auc.value());
        assertThat(value(Metric.rocAuc(), Tensor.of(0f, -0f), Tensor.indices(0, 1)))
                .as("zeros of both signs tie")
                .isEqualTo(0.5);
        assertThat(value(Metric.rocAuc(), SCORES, Tensor.indices(1, 1, 1, 1))).isNaN();
        assertThat(value(Metric.rocAuc(), Tensor.of(Float.NaN, 1), Tensor.indices(0, 1)))
                .isNaN();
    }

    @Test
    void calibrationIsThatOfTorchMetricsDocumentedExamples() {
        assertThat(value(
                        Metric.calibration().bins(2).probabilities(),
                        Tensor.of(0.25f, 0.25f, 0.55f, 0.75f, 0.75f),
                        Tensor.indices(0, 0, 1, 1, 1)))
                .isCloseTo(0.29, within(1e-6));
        Tensor p = Tensor.of(new float[][] {
            {0.25f, 0.20f, 0.55f}, {0.55f, 0.05f, 0.40f}, {0.10f, 0.30f, 0.60f}, {0.90f, 0.05f, 0.05f}
        });
        Tensor target = Tensor.indices(0, 1, 2, 0);
        assertThat(value(Metric.calibration().bins(3).probabilities(), p, target))
                .isCloseTo(0.2, within(1e-6));
        assertThat(value(Metric.calibration().bins(3), p.log(), target))
                .as("scores become probabilities")
                .isCloseTo(0.2, within(1e-6));
    }

    @Test
    void perplexityOfGuessingIsTheNumberOfClasses() {
        assertThat(value(Metric.perplexity(), Tensor.zeros(2, 7, 3), Tensor.ofLongs(new long[6], 2, 3)))
                .isCloseTo(7, within(1e-12));
        // probabilities 1/2 and 1/8 of what is right: sqrt(2·8) = 4
        Tensor scores = Tensor.of(new float[][] {{0.5f, 0.5f}, {0.125f, 0.875f}, {0.3f, 0.7f}})
                .to(DType.F64)
                .log();
        assertThat(value(Metric.perplexity(-100), scores, Tensor.indices(1, 0, -100)))
                .isCloseTo(4, within(1e-12));
    }

    @Test
    void errorsAreThoseOfTheDocumentedExamples() {
        Tensor right = Tensor.ofDoubles(new double[] {3, -0.5, 2, 7}, 4);
        Tensor found = Tensor.ofDoubles(new double[] {2.5, 0, 2, 8}, 4);
        assertThat(value(Metric.mape(), found, right)).isCloseTo(0.3273809523809524, within(1e-15));
        assertThat(value(Metric.rmse(), found, right)).isCloseTo(0.6123724356957945, within(1e-15));
    }

    // ---- texts

    @Test
    void clippedPrecisionsAreThoseOfThePaper() {
        // Papineni et al. 2002, sections 2.1 and 2.1.1
        Bleu repeated = Metric.bleu();
        repeated.add(
                words("the the the the the the the"),
                List.of(words("the cat is on the mat"), words("there is a cat on the mat")));
        assertThat(repeated.precision(1)).isEqualTo(2 / 7.0);
        assertThat(repeated.precision(2)).isZero();
        List<List<String>> references = List.of(
                words("it is a guide to action that ensures that the military will forever heed party commands"),
                words("it is the guiding principle which guarantees the military forces always being under the"
                        + " command of the party"),
                words("it is the practical guide for the army always to heed the directions of the party"));
        Bleu first = Metric.bleu();
        first.add(
                words("it is a guide to action which ensures that the military always obeys the commands of the party"),
                references);
        assertThat(first.precision(1)).isEqualTo(17 / 18.0);
        assertThat(first.precision(2)).isEqualTo(10 / 17.0);
        Bleu second = Metric.bleu();
        second.add(
                words("it is to insure the troops forever hearing the activity guidebook that party direct"),
                references);
        assertThat(second.precision(1)).isEqualTo(8 / 14.0);
        assertThat(second.precision(2)).isEqualTo(1 / 13.0);
    }

    @Test
    void theValueOfACorpusIsThatOfNltksDocumentedExample() {
        List<List<String>> references = List.of(
                words("It is a guide to action that ensures that the military will forever heed Party commands"),
                words("It is the guiding principle which guarantees the military forces always being under the"
                        + " command of the Party"),
                words("It is the practical guide for the army always to heed the directions of the party"));
        Bleu one = Metric.bleu();
        one.add(
                words("It is a guide to action which ensures that the military always obeys the commands of the party"),
                references);
        assertThat(one.value()).isCloseTo(0.5045666840058485, within(1e-15));
        Bleu other = one.fresh();
        other.add(
                words("he read the book because he was interested in world history"),
                List.of(words("he was interested in world history because he read the book")));
        one.merge(other);
        assertThat(one.value()).isCloseTo(0.5920778868801042, within(1e-15));
    }

    @Test
    void shortTextsAreWorthNothingUnlessSmoothedAndPayForBrevity() {
        Tensor text = Tensor.ofLongs(new long[] {4, 5, 6, -1}, 1, 4);
        Tensor right = Tensor.ofLongs(new long[] {4, 5, 6, 7, 8, -1}, 1, 6);
        assertThat(value(Metric.bleu(), text, right)).isZero();
        // precisions 3/3, (2 + 1)/(2 + 1), (1 + 1)/(1 + 1), (0 + 1)/(0 + 1); penalty e^(1 - 5/3)
        assertThat(value(Metric.bleu().smoothing(true), text, right)).isCloseTo(Math.exp(-2 / 3.0), within(1e-15));
        assertThat(value(Metric.bleu().longest(2), text, right)).isCloseTo(Math.exp(-2 / 3.0), within(1e-15));
        assertThat(value(Metric.bleu(), right, right)).isEqualTo(1);
        assertThat(Metric.bleu().value()).isNaN();
    }

    // ---- what does not fit

    @Test
    void whatDoesNotFitIsExplained() {
        assertThatThrownBy(() -> Metric.rocAuc().update(Tensor.zeros(2, 3), Tensor.zeros(2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("roc-auc of outputs of shape (2, 3) and targets of shape (2, 3)");
        assertThatThrownBy(() -> Metric.bleu().update(Tensor.zeros(2, 3), Tensor.indices(1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("word indices (N, T) and (N, S)");
        assertThatThrownBy(() -> Metric.calibration().update(Tensor.zeros(2, 3), Tensor.indices(1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("ece of outputs of shape (2, 3)");
        assertThatIllegalArgumentException().isThrownBy(() -> Metric.bleu().add(List.of("a"), List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metric.calibration().bins(0));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Metric.calibration().merge(Metric.calibration().bins(3)))
                .withMessageContaining("ece of 3 bins cannot be merged into one of 15");
        assertThatIllegalArgumentException().isThrownBy(() -> Metric.bleu().precision(5));
    }
}
