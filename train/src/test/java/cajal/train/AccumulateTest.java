package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.nn.Block;
import cajal.nn.Dropout;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccumulateTest {
    private static final Dataset DATA = Toys.moons(101, 0.1, 5); // 101 = 6·16 + 5

    @TempDir
    Path folder;

    private static Sequential net(double dropout) {
        return Sequential.of(new Linear(2, 8), Tensor::tanh, new Dropout(dropout), new Linear(8, 2));
    }

    private static Trainer trainer(Block net, Loss loss) {
        return Trainer.of(net, loss, new SGD(0.1).momentum(0.9))
                .seed(3)
                .batch(16)
                .metrics(Metric.accuracy());
    }

    private static Map<String, float[]> weights(Block net) {
        Map<String, float[]> all = new LinkedHashMap<>();
        net.parameters().forEach((path, p) -> all.put(path, p.toFloats()));
        return all;
    }

    private static void close(Map<String, float[]> actual, Map<String, float[]> expected, double tolerance) {
        expected.forEach((path, w) -> {
            for (int i = 0; i < w.length; i++) {
                assertThat(actual.get(path)[i]).as(path).isCloseTo(w[i], within((float) tolerance));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 16, 40})
    void theStepIsThatOfTheWholeBatchUpToRounding(int parts) {
        Sequential whole = net(0);
        Sequential pieces = net(0);
        Fit expected = trainer(whole, Loss.crossEntropy()).epochs(3).fit(DATA);
        Fit actual =
                trainer(pieces, Loss.crossEntropy()).epochs(3).accumulate(parts).fit(DATA);
        close(weights(pieces), weights(whole), 2e-6);
        assertThat(actual.steps()).isEqualTo(expected.steps()).isEqualTo(21);
        for (int e = 0; e < 3; e++) {
            assertThat(actual.epochs().get(e).loss())
                    .isCloseTo(expected.epochs().get(e).loss(), within(1e-6));
            assertThat(actual.epochs().get(e).metrics())
                    .isEqualTo(expected.epochs().get(e).metrics());
        }
    }

    @Test
    void aLossThatIsASumIsAddedUpUnweighted() {
        Sequential whole = net(0);
        Sequential pieces = net(0);
        Loss sum = Loss.crossEntropy().reduction(Loss.Reduction.SUM);
        Trainer.of(whole, sum, new SGD(0.01)).seed(3).batch(16).fit(DATA);
        Trainer.of(pieces, sum, new SGD(0.01)).seed(3).batch(16).accumulate(3).fit(DATA);
        close(weights(pieces), weights(whole), 2e-6);
    }

    @Test
    void anEpochsLastBatchIsCutIntoFewerPartsOfTheSameSize() {
        List<Long> sizes = new ArrayList<>();
        Sequential net = net(0);
        Trainer.of(
                        net,
                        b -> {
                            sizes.add(b.size());
                            return Loss.crossEntropy().of(net.apply(b.inputs()), b.targets());
                        },
                        new SGD(0.1))
                .batch(48)
                .accumulate(7)
                .inOrder()
                .fit(DATA);
        // 48 in parts of ⌈48/7⌉ = 7, twice, then the last 5
        assertThat(sizes).containsExactly(7L, 7L, 7L, 7L, 7L, 7L, 6L, 7L, 7L, 7L, 7L, 7L, 7L, 6L, 5L);
    }

    @Test
    void fullBatchDescentCanBeTakenInPartsToo() {
        Sequential whole = net(0);
        Sequential pieces = net(0);
        trainer(whole, Loss.crossEntropy()).fullBatch().epochs(20).fit(DATA);
        Fit fit = trainer(pieces, Loss.crossEntropy())
                .fullBatch()
                .accumulate(10)
                .epochs(20)
                .fit(DATA);
        assertThat(fit.steps()).isEqualTo(20);
        close(weights(pieces), weights(whole), 5e-6);
    }

    @Test
    void eachPartDrawsItsOwnDropoutMask() {
        // all samples alike: with one mask for all parts, the parts' losses would be the same
        Tensor same = Tensor.ones(8, 2);
        Dataset data = Dataset.of(same, Tensor.indices(0, 0, 0, 0, 0, 0, 0, 0), "a", "b");
        List<Double> losses = new ArrayList<>();
        Sequential net = net(0.5);
        Trainer.of(
                        net,
                        b -> {
                            Tensor loss = Loss.crossEntropy().of(net.apply(b.inputs()), b.targets());
                            losses.add(loss.item());
                            return loss;
                        },
                        new SGD(0.1))
                .batch(8)
                .accumulate(8)
                .fit(data);
        assertThat(losses).hasSize(8);
        assertThat(losses.stream().distinct().count()).isGreaterThan(4);
    }

    @Test
    void stoppedInTheMiddleOfAnEpochAndResumedTheRunEndsWithTheSameBits() {
        Sequential straight = net(0.3);
        trainer(straight, Loss.crossEntropy()).accumulate(3).epochs(4).fit(DATA);

        Path file = folder.resolve("checkpoint.safetensors");
        Fit fit = null;
        Sequential resumed = net(0.3);
        int runs = 0;
        while (fit == null || fit.stop() == Fit.Stop.INTERRUPTED) {
            resumed = net(0.3);
            fit = trainer(resumed, Loss.crossEntropy())
                    .accumulate(3)
                    .epochs(4)
                    .checkpoint(file)
                    .resume()
                    .watch(new Watcher() {
                        @Override
                        public void stepped(Run run, double loss) {
                            if (run.steps() % 10 == 5) {
                                run.stop();
                            }
                        }
                    })
                    .fit(DATA);
            runs++;
        }
        assertThat(runs).isEqualTo(4); // stopped after steps 5, 15, 25
        Map<String, float[]> expected = weights(straight);
        weights(resumed).forEach((path, w) -> assertThat(w).as(path).isEqualTo(expected.get(path)));
    }

    @Test
    void aCheckpointOfAnotherNumberOfPartsIsRefused() {
        Path file = folder.resolve("checkpoint.safetensors");
        trainer(net(0), Loss.crossEntropy()).accumulate(2).checkpoint(file).fit(DATA);
        assertThat(Files.exists(file)).isTrue();
        assertThatThrownBy(() -> trainer(net(0), Loss.crossEntropy())
                        .accumulate(4)
                        .checkpoint(file)
                        .resume()
                        .fit(DATA))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("accumulate was 2, now it is 4");
    }

    @Test
    void aBadNumberInOneOfThePartsIsBlamedOnItsLayer() {
        Sequential net = Sequential.of(new Linear(2, 8), Tensor::log);
        assertThatThrownBy(() -> Trainer.of(net, Loss.mse(), new SGD(0.1))
                        .batch(4)
                        .accumulate(2)
                        .fit(Dataset.of(Tensor.ones(8, 2).neg(), Tensor.ones(8, 8))))
                .isInstanceOf(TrainingException.class)
                .hasMessageContaining("layer '1', operation log");
    }

    @Test
    void noPartsAreRefused() {
        assertThatThrownBy(() -> trainer(net(0), Loss.mse()).accumulate(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least 1");
    }
}
