package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.data.Columns;
import cajal.data.Dataset;
import cajal.data.Table;
import cajal.kernel.Workers;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CrossValidationTest {
    private static final Dataset IRIS = iris();

    private static Dataset iris() {
        Table table = Table.iris();
        return Columns.fit(table, "", Columns.Missing.REFUSE).dataset(table);
    }

    private static Dataset numbered(int... classes) {
        double[] numbers = new double[classes.length];
        long[] labels = new long[classes.length];
        for (int i = 0; i < classes.length; i++) {
            numbers[i] = i;
            labels[i] = classes[i];
        }
        return Dataset.of(Tensor.ofDoubles(numbers, classes.length, 1), Tensor.indices(labels), "a", "b");
    }

    private static Trainer trainer(CrossValidation.Fold fold) {
        Sequential net = Sequential.of(new Linear(4, 8), Tensor::tanh, new Linear(8, 3));
        return Trainer.of(net, Loss.crossEntropy(), new Adam(0.01))
                .seed(fold.seed())
                .epochs(20)
                .metrics(Metric.accuracy());
    }

    @Test
    void everySampleIsTestedOnceAndNeverTrainedOnThen() {
        Dataset data = numbered(0, 0, 0, 1, 1, 1, 1, 0, 1, 0, 1);
        Set<Double> tested = new HashSet<>();
        for (CrossValidation.Fold fold : CrossValidation.of(3).seed(5).folds(data)) {
            Set<Double> train = new HashSet<>();
            for (double x : fold.train().all().inputs().toDoubles()) {
                train.add(x);
            }
            for (double x : fold.test().all().inputs().toDoubles()) {
                assertThat(tested.add(x)).isTrue();
                assertThat(train).doesNotContain(x);
            }
            assertThat(fold.train().size() + fold.test().size()).isEqualTo(11);
        }
        assertThat(tested).hasSize(11);
    }

    @Test
    void everyFoldHasItsShareOfEachClass() {
        for (CrossValidation.Fold fold : CrossValidation.of(10).folds(IRIS)) {
            long[] labels = fold.test().all().targets().toLongs();
            for (int c = 0; c < 3; c++) {
                int wanted = c;
                assertThat(java.util.Arrays.stream(labels)
                                .filter(l -> l == wanted)
                                .count())
                        .isEqualTo(5);
            }
        }
        boolean even = CrossValidation.of(10).unstratified().folds(IRIS).stream()
                .allMatch(f -> java.util.Arrays.stream(f.test().all().targets().toLongs())
                                .filter(l -> l == 0)
                                .count()
                        == 5);
        assertThat(even).isFalse();
    }

    @Test
    void repeatsDrawOtherFoldsAndSeeds() {
        List<CrossValidation.Fold> folds = CrossValidation.of(5).repeats(3).folds(IRIS);
        assertThat(folds).hasSize(15);
        assertThat(folds.stream().map(CrossValidation.Fold::seed).distinct()).hasSize(15);
        assertThat(folds.get(0).test().all().inputs().toFloats())
                .isNotEqualTo(folds.get(5).test().all().inputs().toFloats());
    }

    @Test
    void inputsAreStandardisedByTheTrainingSamplesAlone() {
        CrossValidation.Fold fold =
                CrossValidation.of(2).standardise().folds(IRIS).getFirst();
        assertThat(fold.train().all().inputs().mean(0).toDoubles())
                .containsOnly(new double[] {0, 0, 0, 0}, within(1e-6));
        assertThat(Math.abs(fold.test().all().inputs().mean(0).toDoubles()[0])).isGreaterThan(1e-4);
    }

    @Test
    void theResultsAreTheSameBitsForOneThreadAndForMany() {
        int before = Workers.threads();
        try {
            Workers.threads(1);
            CrossValidation.Result one = CrossValidation.of(4).seed(3).run(IRIS, CrossValidationTest::trainer);
            Workers.threads(4);
            CrossValidation.Result four = CrossValidation.of(4).seed(3).run(IRIS, CrossValidationTest::trainer);
            assertThat(four).isEqualTo(one);
            assertThat(one.mean("accuracy")).isGreaterThan(0.8);
        } finally {
            Workers.threads(before);
        }
    }

    @Test
    void meanAndDeviationAreThoseOfTheFolds() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sum of squares 32
        List<Evaluation> folds = java.util.stream.DoubleStream.of(2, 4, 4, 4, 5, 5, 7, 9)
                .mapToObj(v -> new Evaluation(2 * v, Map.of("accuracy", v), 1))
                .toList();
        CrossValidation.Result result = new CrossValidation.Result(folds);
        assertThat(result.mean("accuracy")).isEqualTo(5);
        assertThat(result.deviation("accuracy")).isCloseTo(Math.sqrt(32.0 / 7), within(1e-15));
        assertThat(result.mean("loss")).isEqualTo(10);
        assertThat(result.toString())
                .contains("accuracy     5.0000 ± 2.1381  (2.0000 .. 9.0000)")
                .contains("8 folds");
        assertThatThrownBy(() -> result.mean("f1")).hasMessageContaining("was not measured");
    }

    @Test
    void anInterruptEndsItAndStaysSet() {
        assertThatThrownBy(() -> CrossValidation.of(5)
                        .run(
                                IRIS,
                                fold -> trainer(fold).epochs(100_000).onStep((run, _) -> {
                                    if (fold.number() == 1 && run.steps() == 20) {
                                        Thread.currentThread().interrupt();
                                    }
                                })))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aTrainingThatFailsEndsItWithItsOwnMessage() {
        assertThatThrownBy(() -> CrossValidation.of(3).run(IRIS, fold -> {
                    throw new IllegalStateException("no net for fold " + fold.repeat());
                }))
                .hasMessage("no net for fold 1");
    }

    @Test
    void moreFoldsThanSamplesAreRefused() {
        assertThatThrownBy(() -> CrossValidation.of(4).folds(numbered(0, 1, 0)))
                .hasMessageContaining("3 samples in 4 folds");
        assertThatThrownBy(() -> CrossValidation.of(1)).hasMessageContaining("at least 2");
    }
}
