package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final RandomKey KEY = RandomKey.of(5);

    @Test
    void samplesAreDrawnAsOftenAsTheirWeightsSay() {
        int draws = 100_000;
        double[] weights = {0, 1, 0, 2, 5, 0, 2, 0};
        long[] order = Sampler.weighted(draws, weights).order(KEY, weights.length);
        assertThat(order).hasSize(draws);
        for (int i = 0; i < weights.length; i++) {
            int number = i;
            double share =
                    (double) LongStream.of(order).filter(s -> s == number).count() / draws;
            double p = weights[i] / 10;
            assertThat(share).as("sample %d", i).isEqualTo(p, within(4 * Math.sqrt(p * (1 - p) / draws)));
        }
        assertThat(Sampler.weighted(50, weights).order(KEY, 8)).isEqualTo(Arrays.copyOf(order, 50));
        assertThat(Sampler.weighted(50, weights).order(KEY.fold(1), 8)).isNotEqualTo(Arrays.copyOf(order, 50));
    }

    @Test
    void batchesShowWhatTheSamplerDrawsAndWorkersShareIt() {
        Dataset data = Dataset.of(Tensor.of(new float[] {0, 1, 2, 3}, 4, 1), Tensor.zeros(4, 1));
        Sampler rare = Sampler.weighted(11, 0, 0, 1, 1);
        Batches all = Batches.of(data, 3, rare, KEY);
        assertThat(all.count()).isEqualTo(4);
        assertThat(all.samples()).isEqualTo(11);
        float[] epoch = epoch(all);
        assertThat(epoch).hasSize(11).containsOnly(2, 3);
        float[] first = epoch(Batches.of(data, 3, rare, KEY).share(0, 2));
        float[] second = epoch(Batches.of(data, 3, rare, KEY).share(1, 2));
        assertThat(first).hasSize(6);
        assertThat(second).hasSize(5);
        for (int i = 0; i < 11; i++) {
            assertThat(i % 2 == 0 ? first[i / 2] : second[i / 2]).isEqualTo(epoch[i]);
        }
    }

    private static float[] epoch(Batches batches) {
        return Tensor.concat(
                        0,
                        LongStream.range(0, batches.count())
                                .mapToObj(i -> batches.at(0, i).inputs())
                                .toArray(Tensor[]::new))
                .toFloats();
    }

    @Test
    void weightsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Sampler.weighted(0, 1)).hasMessageContaining("0 draws");
        assertThatThrownBy(() -> Sampler.weighted(3, 1, -1)).hasMessageContaining("sample 1 is -1.0");
        assertThatThrownBy(() -> Sampler.weighted(3, Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> Sampler.weighted(3, 0, 0)).hasMessageContaining("sum up to 0.0");
        assertThatThrownBy(() -> Sampler.weighted(3)).hasMessageContaining("sum up to 0.0");
        assertThatThrownBy(() -> Sampler.weighted(3, 1, 1).order(KEY, 3))
                .hasMessageContaining("Weights of 2 samples for a data set of 3");
    }

    @Test
    void rareClassesWeighMore() {
        Dataset data = Dataset.of(Tensor.zeros(6, 2), Tensor.indices(0, 0, 1, 0, 2, 0), "a", "b", "c");
        assertThat(ClassWeights.labels(data)).containsExactly(0, 0, 1, 0, 2, 0);
        assertThat(ClassWeights.counts(data)).containsExactly(4, 1, 1);
        // scikit-learn: compute_class_weight("balanced") = n_samples / (n_classes * bincount)
        assertThat(ClassWeights.balanced(data)).containsExactly(0.5, 2, 2);
        assertThat(ClassWeights.perSample(data)).containsExactly(0.5, 0.5, 2, 0.5, 2, 0.5);
        assertThat(ClassWeights.labels(data.subset(4, 2))).containsExactly(2, 1);
        assertThatThrownBy(() -> ClassWeights.balanced(3, 0)).hasMessageContaining("Class 1 has 0 samples");
        Dataset values = Dataset.of(Tensor.zeros(6, 2), Tensor.zeros(6, 1));
        assertThatThrownBy(() -> ClassWeights.counts(values)).hasMessageContaining("no classes");
    }
}
