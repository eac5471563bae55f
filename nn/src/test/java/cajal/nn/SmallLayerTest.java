package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.tensor.Mode;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Layers that draw random numbers keep what they promise on average, draw the same for the same key, and
/// do nothing outside training; branches that do not fit are explained. Other values stand beside PyTorch's
/// in the testkit.
class SmallLayerTest {
    private static final long SEED = 8;

    private static Tensor training(Block layer, Tensor x, long step) {
        try (var _ = Mode.training(RandomKey.of(SEED).fold(step))) {
            return layer.apply(x);
        }
    }

    private static List<Block> random() {
        return List.of(
                new Dropout(0.25),
                new Dropout1d(0.25),
                new AlphaDropout(0.25),
                new GaussianNoise(0.5),
                Sequential.of(new Dropout2d(0.25)));
    }

    private static Tensor input(Block layer) {
        return layer instanceof Sequential ? Check.random(1, -1, 1, 4, 3, 5, 6) : Check.random(1, -1, 1, 4, 5, 6);
    }

    @Test
    void outsideTrainingTheInputPassesUnchanged() {
        for (Block layer : random()) {
            Tensor x = input(layer);
            assertThat(layer.apply(x).toDoubles()).isEqualTo(x.toDoubles());
            assertThat(training(layer, x, 0).toDoubles()).as(layer.describe()).isNotEqualTo(x.toDoubles());
        }
    }

    @Test
    void equalKeysDrawEqualNumbersAndOtherStepsAndPathsOthers() {
        for (Block layer : random()) {
            Tensor x = input(layer);
            assertThat(training(layer, x, 3).toDoubles())
                    .isEqualTo(training(layer, x, 3).toDoubles());
            assertThat(training(layer, x, 3).toDoubles())
                    .isNotEqualTo(training(layer, x, 4).toDoubles());
        }
        var net = Sequential.of(Merge.concat(1, new GaussianNoise(1), new GaussianNoise(1)));
        double[] both = training(net, Tensor.zeros(1, 9), 0).toDoubles();
        assertThat(Arrays.copyOf(both, 9)).isNotEqualTo(Arrays.copyOfRange(both, 9, 18));
    }

    @Test
    void wholeChannelsAreDroppedAndTheMeanStays() {
        double[] y =
                training(new Dropout2d(0.25), Tensor.ones(100, 50, 3, 2), 0).toDoubles();
        int kept = 0;
        for (int channel = 0; channel < 5000; channel++) {
            double first = y[channel * 6];
            assertThat(first == 0 || Math.abs(first - 1 / 0.75) < 1e-6).isTrue();
            for (int i = 1; i < 6; i++) {
                assertThat(y[channel * 6 + i]).isEqualTo(first);
            }
            kept += first == 0 ? 0 : 1;
        }
        assertThat(kept).as("seed %d", SEED).isBetween(3750 - 154, 3750 + 154); // five standard deviations
        double[] line = training(new Dropout1d(0.5), Tensor.ones(1, 2000, 4), 0).toDoubles();
        assertThat(Arrays.stream(line).sum() / 8000).as("seed %d", SEED).isCloseTo(1, within(0.112)); // five of them
        for (int channel = 0; channel < 2000; channel++) {
            assertThat(Arrays.copyOfRange(line, 4 * channel, 4 * channel + 4)).containsOnly(line[4 * channel]);
        }
    }

    @Test
    void alphaDropoutKeepsMeanZeroAndVarianceOne() {
        Tensor x = Tensor.normal(RandomKey.of(SEED), 200_000);
        for (double p : new double[] {0.05, 0.2, 0.5}) {
            double[] y = training(new AlphaDropout(p), x, 0).toDoubles();
            double mean = Arrays.stream(y).average().orElseThrow();
            double variance =
                    Arrays.stream(y).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
            assertThat(mean).as("seed %d", SEED).isCloseTo(0, within(5 / Math.sqrt(200_000)));
            assertThat(variance).as("seed %d", SEED).isCloseTo(1, within(0.03));
        }
        double[] dropped =
                training(new AlphaDropout(0.5), Tensor.zeros(1000), 0).toDoubles();
        double a = 1 / Math.sqrt(0.5 * (1 + 0.5 * 1.7580993408473766 * 1.7580993408473766));
        for (double v : dropped) {
            double b = a * 1.7580993408473766 * 0.5;
            assertThat(Math.min(Math.abs(v - b), Math.abs(v + b))).isLessThan(1e-6); // a·α' + b = -b for p = 1/2
        }
        assertThat(Arrays.stream(dropped).filter(v -> v < 0).count())
                .as("seed %d", SEED)
                .isBetween(420L, 580L);
    }

    @Test
    void noiseHasTheDeviationThatWasAskedFor() {
        double[] z =
                training(new GaussianNoise(0.3), Tensor.full(2, 100_000), 0).toDoubles();
        double mean = Arrays.stream(z).average().orElseThrow();
        double variance =
                Arrays.stream(z).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
        assertThat(mean).as("seed %d", SEED).isCloseTo(2, within(5 * 0.3 / Math.sqrt(100_000)));
        assertThat(Math.sqrt(variance)).as("seed %d", SEED).isCloseTo(0.3, within(0.0034)); // five of them
    }

    @Test
    void probabilitiesAndBranchesThatDoNotFitAreExplained() {
        assertThatThrownBy(() -> new Dropout2d(1)).hasMessage("Dropout2d(1.0)\n  rule: 0 <= p < 1");
        assertThatThrownBy(() -> new AlphaDropout(-0.1)).hasMessage("AlphaDropout(-0.1)\n  rule: 0 <= p < 1");
        assertThatThrownBy(() -> new GaussianNoise(-1)).hasMessage("GaussianNoise(-1.0)\n  rule: std >= 0");
        assertThatThrownBy(() -> new Dropout2d(0.5).apply(Tensor.zeros(2, 3)))
                .hasMessageContaining("expects (B, C, H, W) or (C, H, W) but got (2, 3)");
        assertThatThrownBy(
                        () -> Merge.product(new Linear(3, 4), new Linear(3, 1)).apply(Tensor.zeros(2, 3)))
                .hasMessage("Merge(product) '' merges (2, 4) of branch 0 and (2, 1) of branch 1\n"
                        + "  rule: all branches give one shape");
        assertThatThrownBy(() -> Merge.concat(1, Tensor::relu, x -> x.sum(1)).apply(Tensor.zeros(2, 3)))
                .hasMessageContaining("all lengths agree except along that axis");
        assertThatThrownBy(Merge::average).hasMessage("Merge(average) of 0 branches\n  rule: at least one");
        var net = Sequential.of(Merge.product(new Linear(3, 4), new Linear(3, 4)));
        assertThat(net.parameters().keySet()).containsExactly("0.0.weight", "0.0.bias", "0.1.weight", "0.1.bias");
    }
}
