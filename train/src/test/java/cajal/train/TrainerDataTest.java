package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.data.Augment;
import cajal.data.ClassWeights;
import cajal.data.Dataset;
import cajal.data.HorizontalFlip;
import cajal.data.MixUp;
import cajal.data.RandomCrop;
import cajal.data.Sampler;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerDataTest {
    private static Dataset pictures(int n) {
        Tensor x = Tensor.uniform(RandomKey.of(1), 0, 1, n, 1, 6, 6);
        long[] y = LongStream.range(0, n).map(i -> i % 10 == 0 ? 1 : 0).toArray();
        return Dataset.of(x, Tensor.indices(y), "often", "rare");
    }

    private static final Augment CHANGES =
            Augment.of(RandomCrop.padding(1), HorizontalFlip.half()).mix(MixUp.of(0.5));

    private static Sequential net() {
        return Sequential.of(new Flatten(), new Linear(5), Tensor::tanh, new Linear(2));
    }

    private static Trainer trainer(Sequential net) {
        return Trainer.of(net, Loss.crossEntropy(), new Adam(1e-2))
                .seed(4)
                .batch(7)
                .epochs(3);
    }

    private static float[] weights(Sequential net) {
        return Tensor.concat(
                        0,
                        net.parameters().values().stream()
                                .map(p -> p.reshape(p.size()))
                                .toArray(Tensor[]::new))
                .toFloats();
    }

    @Test
    void weightsAreTheSameForAnyNumberOfBatchesAhead() {
        Dataset data = CHANGES.apply(pictures(50));
        Sequential alone = net();
        trainer(alone).prefetch(0).fit(data);
        for (int ahead : new int[] {2, 5}) {
            Sequential busy = net();
            trainer(busy).prefetch(ahead).fit(data);
            assertThat(weights(busy)).isEqualTo(weights(alone));
        }
        Sequential other = net();
        trainer(other).prefetch(2).fit(pictures(50));
        assertThat(weights(other)).isNotEqualTo(weights(alone));
        assertThatThrownBy(() -> trainer(net()).prefetch(-1)).hasMessageContaining("-1 batches ahead");
    }

    @Test
    void aRunThatIsStoppedGoesOnToTheSameWeights(@TempDir Path folder) {
        Dataset data = CHANGES.apply(pictures(50));
        Sequential whole = net();
        trainer(whole).prefetch(3).fit(data);
        Path file = folder.resolve("run.safetensors");
        Fit first = trainer(net())
                .prefetch(3)
                .checkpoint(file)
                .watch(new Watcher() {
                    @Override
                    public void stepped(Run run, double loss) {
                        if (run.steps() == 11) {
                            run.stop();
                        }
                    }
                })
                .fit(data);
        assertThat(first.stop()).isEqualTo(Fit.Stop.INTERRUPTED);
        Sequential resumed = net();
        trainer(resumed).prefetch(2).checkpoint(file).resume().fit(data);
        assertThat(weights(resumed)).isEqualTo(weights(whole));
    }

    @Test
    void aSamplerShowsRareSamplesMoreOften() {
        Dataset data = pictures(50);
        long[] shown = new long[2];
        Trainer.of(net(), Loss.crossEntropy(), new Adam(1e-2))
                .seed(4)
                .batch(10)
                .sampler(Sampler.weighted(2000, ClassWeights.perSample(data)))
                .watch(new Watcher() {
                    @Override
                    public void ended(Run run, Fit fit) {
                        shown[0] = fit.steps();
                    }
                })
                .fit(new Counting(data, shown));
        assertThat(shown[0]).isEqualTo(200);
        assertThat(shown[1]).isBetween(900L, 1120L); // of 2,000 and a first look at ten: half are of the rare class
    }

    /// Counts the rare samples that are asked for, in `shown[1]`.
    private record Counting(Dataset whole, long[] shown) implements Dataset {
        @Override
        public long size() {
            return whole.size();
        }

        @Override
        public cajal.kernel.Shape inputShape() {
            return whole.inputShape();
        }

        @Override
        public java.util.List<String> classes() {
            return whole.classes();
        }

        @Override
        public synchronized cajal.data.Batch batch(long... samples) {
            shown[1] += LongStream.of(samples).filter(s -> s % 10 == 0).count();
            return whole.batch(samples);
        }
    }
}
