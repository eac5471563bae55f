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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LearningRatesTest {
    private static final Dataset DATA = Toys.moons(256, 0.1, 5);

    private static Sequential net() {
        return Sequential.of(new Linear(2, 16), Tensor::tanh, new Dropout(0.1), new Linear(16, 2));
    }

    private static Map<String, float[]> values(Map<String, ? extends Tensor> tensors) {
        Map<String, float[]> all = new LinkedHashMap<>();
        tensors.forEach((name, t) -> all.put(name, t.toFloats()));
        return all;
    }

    private static void same(Map<String, float[]> actual, Map<String, float[]> expected) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, v) -> assertThat(v).as(name).isEqualTo(expected.get(name)));
    }

    @Test
    void weightsAndOptimiserAreAsBeforeAndTrainingGoesOnWithTheSameBits() {
        Sequential tested = net();
        Sequential plain = net();
        Adam adam = new Adam(1e-2);
        Adam other = new Adam(1e-2);
        Trainer.of(tested, Loss.crossEntropy(), adam).seed(4).epochs(2).fit(DATA);
        Trainer.of(plain, Loss.crossEntropy(), other).seed(4).epochs(2).fit(DATA);
        Map<String, float[]> weights = values(tested.tensors());
        Map<String, float[]> memory = values(adam.state());

        LearningRates found =
                LearningRates.find(Trainer.of(tested, Loss.crossEntropy(), adam).seed(4), DATA);
        assertThat(found.losses()).hasSizeGreaterThan(50);
        same(values(tested.tensors()), weights);
        same(values(adam.state()), memory);
        assertThat(tested.parameters().values()).noneMatch(p -> p.hasGrad());

        Trainer.of(tested, Loss.crossEntropy(), adam).seed(4).epochs(2).fit(DATA);
        Trainer.of(plain, Loss.crossEntropy(), other).seed(4).epochs(2).fit(DATA);
        same(values(tested.tensors()), values(plain.tensors()));
    }

    @Test
    void aNetworkThatHadNoWeightsHasThoseThatTrainingBeginsWith() {
        Sequential tested = net();
        Sequential plain = net();
        LearningRates.find(
                Trainer.of(tested, Loss.crossEntropy(), new Adam(1e-3)).seed(9), DATA);
        Trainer.of(plain, Loss.crossEntropy(), new Adam(1e-3)).seed(9).epochs(0).fit(DATA);
        same(values(tested.tensors()), values(plain.tensors()));
    }

    @Test
    void theSuggestedRateTrainsWellAndTheSameSeedSuggestsTheSame() {
        double rate = find(net(), new SGD(1)).suggestion().orElseThrow();
        assertThat(rate).isEqualTo(find(net(), new SGD(1)).suggestion().orElseThrow());
        assertThat(rate).isBetween(0.02, 5.0);
        Fit fit = Trainer.of(net(), Loss.crossEntropy(), new SGD(rate).momentum(0.9))
                .epochs(20)
                .metrics(Metric.accuracy())
                .fit(DATA, DATA);
        assertThat(fit.last().orElseThrow().validationMetrics().get("accuracy")).isGreaterThan(0.85);
    }

    private static LearningRates find(Block net, Optimizer optimizer) {
        return LearningRates.find(
                Trainer.of(net, Loss.crossEntropy(), optimizer).seed(4), DATA);
    }

    @Test
    void ratesRiseByTheSameFactorBetweenTheLimits() {
        LearningRates found =
                LearningRates.find(Trainer.of(net(), Loss.crossEntropy(), new SGD(1)), DATA, 1e-6, 1e-2, 41);
        assertThat(found.rates()).hasSize(41);
        assertThat(found.rates().getFirst()).isEqualTo(1e-6);
        assertThat(found.rates().get(10)).isCloseTo(1e-5, within(1e-15));
        assertThat(found.rates().getLast()).isCloseTo(1e-2, within(1e-12));
    }

    @Test
    void itStopsWhenTheLossExplodes() {
        Dataset wave = Toys.sine(64, 0.1, 5);
        Sequential net = Sequential.of(new Linear(1, 16), new Linear(16, 1));
        LearningRates found = LearningRates.find(Trainer.of(net, Loss.mse(), new SGD(1)), wave, 1e-4, 1e6, 200);
        assertThat(found.losses()).hasSizeBetween(50, 190);
        assertThat(found.losses()).allMatch(Double::isFinite);
        assertThat(net.parameters().values())
                .allMatch(p -> Double.isFinite(p.sum().item()));
    }

    @Test
    void theSteepestDescentOfAKnownCurveIsFound() {
        // a smooth step down around rate 1e-2, up again from 1 on
        List<Double> rates = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < 161; i++) {
            double x = -6 + i / 20.0;
            rates.add(StrictMath.pow(10, x));
            losses.add(2 - StrictMath.tanh(2 * (x + 2)) + (x > 0 ? 4 * x * x : 0));
        }
        LearningRates found = LearningRates.of(rates, losses);
        assertThat(StrictMath.log10(found.suggestion().orElseThrow())).isCloseTo(-2, within(0.3));
        assertThat(found.toString())
                .contains("most steeply at a rate of 0.0")
                .contains("●")
                .contains("┊");
    }

    @Test
    void aLossThatOnlyRisesSuggestsNothing() {
        List<Double> rates = new ArrayList<>();
        List<Double> losses = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rates.add(StrictMath.pow(10, i / 10.0 - 5));
            losses.add(1 + 0.01 * i);
        }
        LearningRates found = LearningRates.of(rates, losses);
        assertThat(found.suggestion()).isEmpty();
        assertThat(found.toString()).contains("did not fall");
    }

    @Test
    void thePictureIsWellFormedAndShowsBothCurves() {
        String svg = find(net(), new SGD(1)).svg();
        Deque<String> open = new ArrayDeque<>();
        Matcher tags = Pattern.compile("<(/?)([a-z]+)((?: [A-Za-z-]+=\"[^\"<]*\")*)(/?)>[^<>]*")
                .matcher(svg);
        int end = 0;
        Map<String, Integer> seen = new LinkedHashMap<>();
        while (tags.find()) {
            assertThat(tags.start()).isEqualTo(end);
            end = tags.end();
            if (!tags.group(1).isEmpty()) {
                assertThat(open.pop()).isEqualTo(tags.group(2));
            } else {
                seen.merge(tags.group(2), 1, Integer::sum);
                if (tags.group(4).isEmpty()) {
                    open.push(tags.group(2));
                }
            }
        }
        assertThat(end).isEqualTo(svg.length());
        assertThat(open).isEmpty();
        assertThat(seen).containsEntry("svg", 1).containsEntry("polyline", 2);
    }

    @Test
    void theTrainersFilesAndWatchersAreLeftAlone() {
        Trainer trainer = Trainer.of(net(), Loss.crossEntropy(), new SGD(1))
                .checkpoint(java.nio.file.Path.of("/nowhere/at/all"))
                .onStep((_, _) -> {
                    throw new AssertionError("told");
                });
        assertThat(LearningRates.find(trainer, DATA).losses()).isNotEmpty();
    }

    @Test
    void limitsInTheWrongOrderAreRefused() {
        Trainer trainer = Trainer.of(net(), Loss.crossEntropy(), new SGD(1));
        assertThatThrownBy(() -> LearningRates.find(trainer, DATA, 1, 0.1, 100))
                .hasMessageContaining("above the lowest");
        assertThatThrownBy(() -> LearningRates.find(trainer, DATA, 0, 0.1, 100)).hasMessageContaining("above 0");
        assertThatThrownBy(() -> LearningRates.find(trainer, DATA, 0.1, 1, 3)).hasMessageContaining("at least 10");
    }
}
