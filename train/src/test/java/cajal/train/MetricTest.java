package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.ShapeException;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Metrics on the examples in scikit-learn's documentation and on cases worked by hand.
class MetricTest {
    private static double value(Metric metric, Tensor output, Tensor target) {
        metric.update(output, target);
        return metric.value();
    }

    /// Scores from which exactly these classes are read.
    private static Tensor scores(int classes, long... found) {
        return Tensor.indices(found).oneHot(classes).mul(3).sub(1);
    }

    // ---- accuracy

    @Test
    void accuracyIsTheShareOfRightClasses() {
        assertThat(value(Metric.accuracy(), scores(4, 0, 2, 1, 3), Tensor.indices(0, 1, 2, 3)))
                .isEqualTo(0.5);
    }

    @Test
    void accuracyReadsOneHotTargets() {
        assertThat(value(
                        Metric.accuracy(),
                        scores(3, 0, 2, 1),
                        Tensor.indices(0, 2, 2).oneHot(3)))
                .isCloseTo(2 / 3.0, within(1e-15));
    }

    @Test
    void accuracyOfASingleScoreIsByThreshold() {
        Tensor logits = Tensor.of(-0.2f, 0.3f, 0.7f, -3f);
        Tensor target = Tensor.of(0f, 0f, 1f, 1f);
        assertThat(value(Metric.accuracy(), logits, target)).isEqualTo(0.5);
        assertThat(value(Metric.accuracy(0.5), logits, target)).isEqualTo(0.75);
        assertThat(value(Metric.accuracy(), logits.unsqueeze(1), target.unsqueeze(1)))
                .isEqualTo(0.5);
        assertThat(value(Metric.accuracy(), logits.unsqueeze(1), target.to(DType.I64)))
                .isEqualTo(0.5);
        assertThat(value(Metric.accuracy(), logits, target.gt(0.5))).isEqualTo(0.5);
    }

    @Test
    void accuracyReadsMapsWithClassesSecondOrLast() {
        Tensor last = scores(3, 0, 1, 2, 0, 1, 2, 2, 2).reshape(2, 4, 3);
        Tensor target = Tensor.indices(0, 1, 2, 0, 0, 0, 2, 2).reshape(2, 4);
        assertThat(value(Metric.accuracy(), last, target)).isEqualTo(0.75);
        assertThat(value(Metric.accuracy(), last.transpose(1, 2), target)).isEqualTo(0.75);
    }

    @Test
    void shapesThatDoNotGoTogetherAreExplained() {
        assertThatThrownBy(() -> value(
                        Metric.accuracy(),
                        Tensor.zeros(4, 3),
                        Tensor.indices(0, 1, 2, 0).unsqueeze(1)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("""
                        Classes cannot be read from outputs of shape (4, 3) and targets of shape (4, 1)
                          rule: (N, C) goes with class indices (N) or with (N, C); one score a sample, (N) or (N, 1), with 0 and 1
                          fix:  target.squeeze(1) has shape (4)""");
        assertThatThrownBy(() -> value(Metric.accuracy(), Tensor.zeros(4, 3), Tensor.indices(0, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> value(Metric.accuracy(), Tensor.zeros(4), Tensor.indices(0, 1)))
                .isInstanceOf(ShapeException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> value(Metric.accuracy(), Tensor.zeros(2, 3), Tensor.indices(1, 3)))
                .withMessageContaining("Target 1 is 3.0, the outputs have 3 classes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> value(Metric.accuracy(), Tensor.zeros(2), Tensor.of(0.5f, 1f)))
                .withMessageContaining("Target 0 is 0.5");
    }

    // ---- top k

    @Test
    void topKCountsTheClassAmongTheBest() {
        // scikit-learn, top_k_accuracy_score
        Tensor scores = Tensor.of(
                new float[][] {{0.5f, 0.2f, 0.2f}, {0.3f, 0.4f, 0.2f}, {0.2f, 0.4f, 0.3f}, {0.7f, 0.2f, 0.1f}});
        Tensor target = Tensor.indices(0, 1, 2, 2);
        assertThat(value(Metric.topK(2), scores, target)).isEqualTo(0.75);
        assertThat(value(Metric.topK(1), scores, target)).isEqualTo(value(Metric.accuracy(), scores, target));
        assertThat(value(Metric.topK(3), scores, target)).isEqualTo(1);
        assertThatThrownBy(() -> value(Metric.topK(4), scores, target)).isInstanceOf(ShapeException.class);
        assertThatIllegalArgumentException().isThrownBy(() -> Metric.topK(0));
    }

    // ---- confusion

    @Test
    void theMatrixCountsWhatWasTakenForWhat() {
        // scikit-learn, confusion_matrix
        ConfusionMatrix m = ConfusionMatrix.of(new long[] {2, 0, 2, 2, 0, 1}, new long[] {0, 0, 2, 2, 0, 2}, 3);
        long[][] expected = {{2, 0, 0}, {0, 0, 1}, {1, 0, 2}};
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(m.count(i, j)).isEqualTo(expected[i][j]);
            }
        }
        assertThat(m.total()).isEqualTo(6);
        assertThat(m.accuracy()).isCloseTo(4 / 6.0, within(1e-15));
    }

    @Test
    void theMatrixReadsAsATable() {
        ConfusionMatrix m = ConfusionMatrix.of(new long[] {2, 0, 2, 2, 0, 1}, new long[] {0, 0, 2, 2, 0, 2}, 3);
        assertThat(m.named(List.of("ant", "bird", "cat"))).hasToString("""
                right \\ found    ant  bird    cat  recall
                ant                2     ·      ·  100.0%
                bird               ·     ·      1    0.0%
                cat                1     ·      2   66.7%
                precision      66.7%        66.7%   66.7%""");
    }

    @Test
    void precisionRecallAndF1AgreeWithPublishedValues() {
        // scikit-learn, precision_recall_fscore_support and f1_score: y = 0 1 2 0 1 2, found 0 2 1 0 0 1
        Tensor scores = scores(3, 0, 2, 1, 0, 0, 1);
        Tensor target = Tensor.indices(0, 1, 2, 0, 1, 2);
        assertThat(value(Metric.precision(), scores, target)).isCloseTo(0.2222222222, within(1e-9));
        assertThat(value(Metric.recall(), scores, target)).isCloseTo(0.3333333333, within(1e-9));
        assertThat(value(Metric.f1(), scores, target)).isCloseTo(0.2666666667, within(1e-9));
        for (String name : List.of("precision-micro", "recall-micro", "f1-micro")) {
            assertThat(value(Metric.named(name), scores, target)).isCloseTo(1 / 3.0, within(1e-15));
        }
        assertThat(value(Metric.precision(0), scores, target)).isCloseTo(2 / 3.0, within(1e-15));
        assertThat(value(Metric.recall(0), scores, target)).isEqualTo(1);
        assertThat(value(Metric.f1(0), scores, target)).isCloseTo(0.8, within(1e-15));
        assertThat(value(Metric.named("f1:1"), scores, target)).isZero();
    }

    @Test
    void meansLeaveOutClassesThatAreNeitherThereNorFound() {
        ConfusionMatrix m = ConfusionMatrix.of(new long[] {0, 1}, new long[] {0, 1}, 5);
        assertThat(m.precision()).isEqualTo(1);
        assertThat(m.recall()).isEqualTo(1);
        assertThat(m.f1()).isEqualTo(1);
        assertThat(m.precision(4)).isZero();
    }

    @Test
    void figuresOfOneScoreFollowTheThreshold() {
        Tensor p = Tensor.of(0.9f, 0.2f, 0.6f, 0.4f);
        Tensor target = Tensor.indices(1, 0, 0, 1);
        assertThat(value(Metric.precision(1).threshold(0.5), p, target)).isEqualTo(0.5);
        assertThat(value(Metric.recall(1).threshold(0.5), p, target)).isEqualTo(0.5);
        assertThat(value(Metric.recall(1), p, target)).as("as logits").isEqualTo(1);
        assertThat(value(Metric.recall(1).threshold(0.5).fresh(), p, target)).isEqualTo(0.5);
    }

    @Test
    void aMatrixRefusesWhatIsNoClass() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfusionMatrix.of(new long[] {3}, new long[] {0}, 3))
                .withMessageContaining("There is no class 3");
        assertThatIllegalArgumentException().isThrownBy(() -> ConfusionMatrix.of(new long[] {0, 1}, new long[] {0}, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfusionMatrix(2).plus(new ConfusionMatrix(3)));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfusionMatrix(2).named(List.of("one")));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfusionMatrix(2).precision(2));
        assertThatIllegalArgumentException().isThrownBy(() -> new ConfusionMatrix(-1));
    }

    // ---- numbers

    @Test
    void meanErrorsAgreeWithPublishedValues() {
        // scikit-learn, mean_squared_error and mean_absolute_error
        Tensor y = Tensor.of(3f, -0.5f, 2f, 7f);
        Tensor o = Tensor.of(2.5f, 0f, 2f, 8f);
        assertThat(value(Metric.mse(), o, y)).isEqualTo(0.375);
        assertThat(value(Metric.mae(), o, y)).isEqualTo(0.5);
        Tensor y2 = Tensor.of(new float[][] {{0.5f, 1}, {-1, 1}, {7, -6}});
        Tensor o2 = Tensor.of(new float[][] {{0, 2}, {-1, 2}, {8, -5}});
        assertThat(value(Metric.mse(), o2, y2)).isCloseTo(0.7083333333, within(1e-7));
        assertThat(value(Metric.mae(), o2, y2)).isEqualTo(0.75);
    }

    @Test
    void rSquaredAgreesWithPublishedValues() {
        // scikit-learn, r2_score
        assertThat(value(Metric.r2(), Tensor.of(2.5f, 0f, 2f, 8f), Tensor.of(3f, -0.5f, 2f, 7f)))
                .isCloseTo(0.9486081370, within(1e-9));
        assertThat(value(Metric.r2(), Tensor.of(1f, 2f, 3f), Tensor.of(1f, 2f, 3f)))
                .isEqualTo(1);
        assertThat(value(Metric.r2(), Tensor.of(2f, 2f, 2f), Tensor.of(1f, 2f, 3f)))
                .isEqualTo(0);
        assertThat(value(Metric.r2(), Tensor.of(3f, 2f, 1f), Tensor.of(1f, 2f, 3f)))
                .isEqualTo(-3);
        // uniform average of the columns: 1 - 1.25/36.1667 and 1 - 3/32.6667, worked by hand
        Tensor y = Tensor.of(new float[][] {{0.5f, 1}, {-1, 1}, {7, -6}});
        Tensor o = Tensor.of(new float[][] {{0, 2}, {-1, 2}, {8, -5}});
        assertThat(value(Metric.r2(), o, y))
                .isCloseTo(((1 - 1.25 / (217 / 6.0)) + (1 - 3 / (98 / 3.0))) / 2, within(1e-12));
    }

    @Test
    void rSquaredOfATargetThatNeverChanges() {
        assertThat(value(Metric.r2(), Tensor.of(2f, 2f), Tensor.of(2f, 2f))).isEqualTo(1);
        assertThat(value(Metric.r2(), Tensor.of(2f, 3f), Tensor.of(2f, 2f))).isEqualTo(0);
        assertThat(value(Metric.r2(), Tensor.of(2f), Tensor.of(2f))).isNaN();
    }

    @Test
    void rSquaredSurvivesALargeMean() {
        Tensor y = Tensor.ofDoubles(new double[] {1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3}, 4);
        Metric r2 = Metric.r2();
        r2.update(y.slice(0, 0, 1), y.slice(0, 0, 1));
        r2.update(y.slice(0, 1, 4).add(1), y.slice(0, 1, 4));
        assertThat(r2.value()).isCloseTo(1 - 3 / 5.0, within(1e-9));
    }

    @Test
    void numbersOfDifferentShapesAreRefusedNotBroadcast() {
        for (Metric metric : List.of(Metric.mse(), Metric.mae(), Metric.r2())) {
            assertThatThrownBy(() -> metric.update(Tensor.zeros(4, 1), Tensor.zeros(4)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("outputs of shape (4, 1) and targets of shape (4)")
                    .hasMessageContaining("fix:  target.unsqueeze(-1) has shape (4, 1)");
        }
        assertThatThrownBy(() -> Metric.mse().update(Tensor.zeros(4), Tensor.zeros(4, 1)))
                .hasMessageContaining("fix:  target.squeeze(-1) has shape (4)");
        assertThatThrownBy(() -> Metric.mse().update(Tensor.zeros(4), Tensor.zeros(3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageNotContaining("fix");
    }

    // ---- all

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void batchesAndPartsGiveTheSameAsAllAtOnce(long seed) {
        RandomKey key = RandomKey.of(seed);
        Tensor figures = Tensor.normal(key.fold(1), 37, 10).to(DType.F64);
        Tensor words = Tensor.uniform(key.fold(4), 0, 3, 37, 10).floor().to(DType.I64);
        Tensor classes = Tensor.uniform(key.fold(2), 0, 10, 37).floor().to(DType.I64);
        Tensor numbers = Tensor.normal(key.fold(3), 37, 10).to(DType.F64);
        for (String name : Metric.names()) {
            boolean texts = name.equals("bleu");
            boolean values = List.of("mse", "rmse", "mae", "mape", "r2").contains(name);
            Tensor scores = texts ? words : figures;
            Tensor target = texts ? words.flip(0) : values ? numbers : classes;
            Metric pattern = Metric.named(name);
            assertThat(pattern.value()).as(name + " of nothing").isNaN();
            Metric all = pattern.fresh();
            all.update(scores, target);
            Metric left = pattern.fresh();
            left.update(scores.slice(0, 0, 5), target.slice(0, 0, 5));
            left.update(scores.slice(0, 5, 6), target.slice(0, 5, 6));
            Metric right = pattern.fresh();
            right.update(scores.slice(0, 6, 37), target.slice(0, 6, 37));
            left.merge(right);
            left.merge(pattern.fresh());
            assertThat(left.value()).as(name + ", seed " + seed).isCloseTo(all.value(), within(1e-12));
            Metric empty = pattern.fresh();
            empty.merge(all);
            assertThat(empty.value()).as(name).isEqualTo(all.value());
            assertThat(pattern.value()).as(name + ", the pattern stays empty").isNaN();
            assertThat(pattern.fresh().name()).isEqualTo(name);
            assertThat(pattern.higherIsBetter())
                    .isEqualTo(!List.of("mse", "rmse", "mae", "mape", "ece", "perplexity")
                            .contains(name));
        }
    }

    @Test
    void namesAreReadAndUnknownOnesExplained() {
        assertThat(Metric.named("top-3").name()).isEqualTo("top3");
        assertThat(Metric.named(" Accuracy ").name()).isEqualTo("accuracy");
        assertThat(Metric.named("recall:7").name()).isEqualTo("recall:7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metric.named("acuracy"))
                .withMessageContaining("There is no metric 'acuracy'")
                .withMessageContaining("did you mean 'accuracy'?");
    }

    @Test
    void differentMetricsDoNotMerge() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Metric.mse().merge(Metric.mae()))
                .withMessageContaining("'mae' cannot be merged into 'mse'");
        assertThatIllegalArgumentException().isThrownBy(() -> Metric.accuracy().merge(Metric.r2()));
    }

    @Test
    void batchesOfOtherClassesAreRefused() {
        Metric f1 = Metric.f1();
        f1.update(Tensor.zeros(2, 3), Tensor.indices(0, 1));
        assertThatThrownBy(() -> f1.update(Tensor.zeros(2, 4), Tensor.indices(0, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("f1 of 4 classes after 3");
    }
}
