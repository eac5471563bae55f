package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
    /// 60 samples of class 0, 30 of class 1, 10 of class 2, mixed; the input is the sample's number.
    private static Dataset uneven() {
        float[] x = new float[100];
        long[] y = new long[100];
        for (int i = 0; i < 100; i++) {
            x[i] = i;
            y[i] = i % 10 == 3 ? 2 : i % 10 < 6 || i % 10 == 9 ? 0 : 1;
        }
        return Dataset.of(Tensor.of(x, 100, 1), Tensor.indices(y), "a", "b", "c");
    }

    private static List<Integer> inputs(Dataset data) {
        List<Integer> all = new ArrayList<>();
        for (float v : data.all().inputs().toFloats()) {
            all.add((int) v);
        }
        return all;
    }

    private static long count(Dataset data, long label) {
        return Arrays.stream(data.all().targets().toLongs())
                .filter(y -> y == label)
                .count();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 0.5, 0.9})
    void bothPartsHoldTheClassesAlike(double share) {
        Split split = Split.of(uneven(), share, RandomKey.of(1));
        for (int c = 0; c < 3; c++) {
            long whole = count(uneven(), c);
            assertThat(count(split.second(), c)).isEqualTo(Math.round(whole * share));
            assertThat(count(split.first(), c) + count(split.second(), c)).isEqualTo(whole);
        }
        assertThat(split.first().classes()).containsExactly("a", "b", "c");
    }

    @Test
    void thePartsAreTheWholeAndShareNothing() {
        Split split = Split.of(uneven(), 0.3, RandomKey.of(1));
        List<Integer> all = new ArrayList<>(inputs(split.first()));
        all.addAll(inputs(split.second()));
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void theSameKeySplitsAlikeAndAnotherOtherwise() {
        List<Integer> once = inputs(Split.of(uneven(), 0.3, RandomKey.of(1)).second());
        assertThat(inputs(Split.of(uneven(), 0.3, RandomKey.of(1)).second())).isEqualTo(once);
        assertThat(inputs(Split.of(uneven(), 0.3, RandomKey.of(2)).second())).isNotEqualTo(once);
    }

    @Test
    void valuesAreSplitWithoutRegardToThem() {
        Dataset sine = Toys.sine(50, 0, 1);
        Split split = Split.of(sine, 0.2, RandomKey.of(1));
        assertThat(split.first().size()).isEqualTo(40);
        assertThat(split.second().size()).isEqualTo(10);
    }

    @Test
    void aSplitOfASplitGivesThreeParts() {
        Split test = Split.of(uneven(), 0.2, RandomKey.of(1));
        Split validation = Split.of(test.first(), 0.25, RandomKey.of(2));
        List<Integer> all = new ArrayList<>(inputs(validation.first()));
        all.addAll(inputs(validation.second()));
        all.addAll(inputs(test.second()));
        assertThat(all).hasSize(100).doesNotHaveDuplicates();
        assertThat(validation.first().size()).isCloseTo(60, org.assertj.core.api.Assertions.within(2L));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, 1.5, Double.NaN})
    void aShareOutsideItsRangeIsRefused(double share) {
        assertThatThrownBy(() -> Split.of(uneven(), share, RandomKey.of(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rule:");
    }

    @Test
    void aSplitThatLeavesNothingIsRefused() {
        Dataset two = uneven().take(2);
        assertThatThrownBy(() -> Split.of(two, 0.01, RandomKey.of(1))).hasMessageContaining("leaves one part empty");
    }

    @Test
    void subsetsOfSubsetsShowTheRightSamples() {
        Dataset some = uneven().subset(90, 80, 70, 60).subset(3, 1);
        assertThat(inputs(some)).containsExactly(60, 80);
        assertThat(uneven().take(3).size()).isEqualTo(3);
        assertThat(inputs(uneven().take(3))).containsExactly(0, 1, 2);
        assertThat(uneven().take(1000).size()).isEqualTo(100);
        assertThatThrownBy(() -> some.batch(2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void aTargetThatIsNoClassIsRefused() {
        assertThatThrownBy(() -> Dataset.of(Tensor.of(new float[2], 2, 1), Tensor.indices(0, 3), "a", "b", "c"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("3 classes")
                .hasMessageContaining("0 .. 2");
        assertThatThrownBy(() -> Dataset.of(Tensor.of(new float[2], 2, 1), Tensor.indices(0, 1, 2), "a", "b", "c"))
                .hasMessageContaining("one row a sample");
    }
}
