package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.data.Dataset;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// A network learns from triplets through the trainer's core.
class EmbeddingTest {
    /// Two groups that differ along the first axis only, drowned by noise along the second.
    private static Tensor group(long seed, double centre, int n) {
        Tensor along = Tensor.normal(RandomKey.of(seed), n, 1).mul(0.1).add(centre);
        Tensor across = Tensor.normal(RandomKey.of(seed + 100), n, 1).mul(3);
        return Tensor.concat(1, along, across); // (n, 2)
    }

    @Test
    void tripletsTeachWhatMatters() {
        int n = 64;
        Tensor triplets = Tensor.stack(1, group(1, -1, n), group(2, -1, n), group(3, 1, n)); // (n, 3, 2)
        var data = Dataset.of(triplets, Tensor.zeros(n));
        var net = new Linear(2, 2).noBias();
        var loss = Loss.tripletMargin();
        Fit fit = Trainer.of(
                        net,
                        b -> loss.of(
                                net.apply(b.inputs().select(1, 0)),
                                net.apply(b.inputs().select(1, 1)),
                                net.apply(b.inputs().select(1, 2))),
                        new Adam(0.05))
                .seed(3)
                .batch(16)
                .epochs(40)
                .fit(data);
        assertThat(fit.last().orElseThrow().loss()).isLessThan(0.05);
        Tensor w =
                Objects.requireNonNull(net.parameters().get("weight")).square().sum(0); // how much each axis counts
        assertThat(w.get(0)).as("%s", w).isGreaterThan(20 * w.get(1));
    }
}
