package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardiseTest {
    private static Dataset samples(Tensor inputs) {
        return Dataset.of(inputs, Tensor.zeros(inputs.dim(0), 1));
    }

    @Test
    void meanAndScaleAreThoseOfEachFeature() {
        // by hand: 1, 2, 3, 6 has mean 3 and variance (4 + 1 + 0 + 9) / 4 = 3.5; -1, -1, 1, 1 has mean 0 and variance 1
        Standardise s = Standardise.fit(samples(Tensor.of(new float[][] {{1, -1}, {2, -1}, {3, 1}, {6, 1}})));
        assertThat(s.mean()).containsExactly(3.0, 0.0);
        assertThat(s.scale().get(0)).isCloseTo(Math.sqrt(3.5), within(1e-15));
        assertThat(s.scale().get(1)).isEqualTo(1.0);
        assertThat(s.apply(Tensor.of(new float[][] {{3, 5}})).toFloats()).containsExactly(0f, 5f);
    }

    @Test
    void largeOffsetsDoNotSpoilTheVariance() {
        float[] x = new float[3000];
        for (int i = 0; i < x.length; i++) {
            x[i] = 1_000_000 + i % 2;
        }
        Standardise s = Standardise.fit(samples(Tensor.of(x, 3000, 1)));
        assertThat(s.mean().getFirst()).isCloseTo(1_000_000.5, within(1e-6));
        assertThat(s.scale().getFirst()).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void aFeatureThatNeverChangesBecomesZero() {
        Standardise s = Standardise.fit(samples(Tensor.of(new float[][] {{0.1f, 0}, {0.1f, 0}, {0.1f, 0}})));
        assertThat(s.scale()).containsExactly(1.0, 1.0);
        assertThat(s.apply(Tensor.of(new float[][] {{0.1f, 0}})).toFloats()).containsExactly(0f, 0f);
    }

    @Test
    void aDataSetIsStandardisedBatchByBatchAndKeepsItsTargets() {
        Dataset moons = Toys.moons(500, 0.1, 1);
        Standardise s = Standardise.fit(moons);
        Dataset done = s.apply(moons);
        Standardise again = Standardise.fit(done);
        assertThat(again.mean()).allSatisfy(m -> assertThat(m).isCloseTo(0, within(1e-7)));
        assertThat(again.scale()).allSatisfy(m -> assertThat(m).isCloseTo(1, within(1e-7)));
        assertThat(done.classes()).isEqualTo(moons.classes());
        assertThat(done.size()).isEqualTo(500);
        assertThat(done.batch(7, 3).targets().toLongs())
                .isEqualTo(moons.batch(7, 3).targets().toLongs());
        assertThat(done.batch(7).inputs().toFloats())
                .isEqualTo(s.apply(moons.batch(7).inputs()).toFloats());
    }

    @Test
    void picturesKeepTheirShape() {
        Dataset digits = Digits.handwriting(20, 0, 1).train();
        Standardise s = Standardise.fit(digits);
        assertThat(s.mean()).hasSize(784);
        assertThat(s.apply(digits).all().inputs().shape().dims()).containsExactly(20, 1, 28, 28);
    }

    @Test
    void itIsKeptAsNamedConstants() {
        Standardise s = Standardise.fit(Toys.blobs(50, 3, 0.2, 1));
        assertThat(s.toMap()).containsEntry("kind", "standardise").containsKeys("mean", "scale");
        assertThat(Standardise.of(s.toMap())).isEqualTo(s);
        assertThatThrownBy(() -> Standardise.of(Map.of("mean", List.of(1)))).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Standardise.of(Map.of("mean", List.of(1), "scale", "one")))
                .isInstanceOf(DataException.class);
        assertThatThrownBy(() -> Standardise.of(Map.of("mean", List.of(1), "scale", List.of(0))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("above 0");
    }

    @Test
    void whatCannotBeStandardisedIsRefused() {
        Standardise s = Standardise.fit(samples(Tensor.of(new float[][] {{1, 2}, {3, 4}})));
        assertThatThrownBy(() -> s.apply(Tensor.zeros(2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContainingAll("2 features", "(2, 3)", "rule:");
        assertThatThrownBy(() -> Standardise.fit(samples(Tensor.zeros(0, 3))))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no samples");
        assertThatThrownBy(() -> Standardise.fit(samples(Tensor.of(new float[][] {{1, 2}, {3, Float.NaN}}))))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("feature 1 of sample 1", "NaN");
    }
}
