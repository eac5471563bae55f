package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.kernel.DType;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What metrics have seen survives a stop.
class MetricStateTest {
    private static final List<String> NUMBERS = List.of("mse", "rmse", "mae", "mape", "r2");

    private static List<Metric> all() {
        List<Metric> metrics =
                new ArrayList<>(Metric.names().stream().map(Metric::named).toList());
        metrics.add(Metric.bleu());
        return metrics;
    }

    /// Shows a metric 12 samples that it can read.
    private static void show(Metric metric, int seed) {
        RandomKey key = RandomKey.of(seed);
        Tensor classes = Tensor.permutation(key.fold("classes"), 12)
                .sub(3)
                .maximum(Tensor.scalar(0, DType.I64))
                .minimum(Tensor.scalar(5, DType.I64));
        Tensor scores = Tensor.normal(key, 12, 6);
        if (metric instanceof Bleu) {
            metric.update(classes.reshape(2, 6), classes.roll(1, 0).reshape(2, 6));
        } else if (NUMBERS.contains(metric.name())) {
            metric.update(scores, Tensor.normal(key.fold("right"), 12, 6));
        } else {
            metric.update(scores, classes);
        }
    }

    @Test
    void everyMetricGoesOnFromItsStateAsIfItHadNeverStopped() {
        assertThat(all()).hasSizeGreaterThan(20);
        for (Metric whole : all()) {
            show(whole, 1);
            Metric resumed = whole.fresh();
            resumed.load(whole.state());
            assertThat(whole.state()).as(whole.name()).isNotEmpty();
            assertThat(resumed.value()).as(whole.name()).isEqualTo(whole.value());
            double before = whole.value();
            show(whole, 2);
            assertThat(resumed.value()).as(whole.name() + ", a copy").isEqualTo(before);
            show(resumed, 2);
            assertThat(resumed.value()).as(whole.name()).isEqualTo(whole.value());
            Metric empty = whole.fresh();
            empty.load(whole.fresh().state());
            show(empty, 3);
            Metric fresh = whole.fresh();
            show(fresh, 3);
            assertThat(empty.value()).as(whole.name() + ", empty").isEqualTo(fresh.value());
        }
    }

    @Test
    void aStateThatDoesNotFitIsRefused() {
        for (Metric metric : all()) {
            assertThatThrownBy(() -> metric.load(Map.of("other", Tensor.scalar(1))))
                    .as(metric.name())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(metric.name())
                    .hasMessageContaining("other");
        }
        assertThatThrownBy(() ->
                        Metric.calibration().load(Metric.calibration().bins(3).state()))
                .hasMessageContaining("3 numbers")
                .hasMessageContaining("15");
    }

    private static Trainer trainer() {
        return Trainer.of(
                        Sequential.of(new Linear(2, 8), Tensor::tanh, new Linear(8, 3)),
                        Loss.crossEntropy(),
                        new Adam(0.01))
                .seed(3)
                .batch(7)
                .epochs(3)
                .metrics(
                        Metric.accuracy(),
                        Metric.rocAuc(),
                        Metric.confusion(),
                        Metric.perplexity(),
                        Metric.calibration());
    }

    @Test
    void anEpochThatIsResumedMidwayShowsTheNumbersOfOneThatWasNot(@TempDir Path folder) {
        Dataset data = Toys.spirals(90, 3, 0.1, 7);
        List<Epoch> straight = trainer().fit(data).epochs();
        Path file = folder.resolve("run.safetensors");
        Fit first = trainer()
                .checkpoint(file)
                .onStep((run, _) -> {
                    if (run.steps() == 18) {
                        run.stop();
                    }
                })
                .fit(data);
        assertThat(first.stop()).isEqualTo(Fit.Stop.INTERRUPTED);
        List<Epoch> resumed = trainer().checkpoint(file).resume().fit(data).epochs();
        assertThat(resumed)
                .extracting(Epoch::metrics)
                .isEqualTo(straight.stream().map(Epoch::metrics).toList());
        assertThat(resumed.get(1).metrics().get("accuracy")).isBetween(0.01, 1.0);
    }
}
