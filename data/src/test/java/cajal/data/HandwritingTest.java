package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.tensor.RandomKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandwritingTest {
    private static final int SIDE = Handwriting.SIDE;
    private static final int AREA = SIDE * SIDE;

    private static Handwriting writer(long seed, double vigour) {
        return new Handwriting(RandomKey.of(seed), vigour);
    }

    private static byte[] pictures(Handwriting writer, int count) {
        byte[] all = new byte[count * AREA];
        for (int i = 0; i < count; i++) {
            writer.write(i, all, i * AREA);
        }
        return all;
    }

    @Test
    void aPictureIsTheSameInWhateverOrderPicturesAreWritten() {
        byte[] forwards = pictures(writer(3, 1), 50);
        byte[] backwards = new byte[forwards.length];
        Handwriting other = writer(3, 1);
        for (int i = 49; i >= 0; i--) {
            other.write(i, backwards, i * AREA);
        }
        assertThat(backwards).isEqualTo(forwards);
    }

    /// Whatever the machine, the JDK, and whether the code is interpreted or compiled.
    @Test
    void theDigitsOfASeedAreTheSameEverywhere() {
        CRC32 crc = new CRC32();
        crc.update(pictures(writer(42, 1), 2000));
        assertThat(crc.getValue()).isEqualTo(GOLDEN);
    }

    private static final long GOLDEN = 3_635_360_704L;

    @Test
    void anotherSeedWritesOtherPictures() {
        assertThat(pictures(writer(1, 1), 10)).isNotEqualTo(pictures(writer(2, 1), 10));
    }

    @Test
    void noTwoPicturesAreEqual() {
        byte[] all = pictures(writer(5, 0), 3000);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            seen.add(Arrays.toString(Arrays.copyOfRange(all, i * AREA, (i + 1) * AREA)));
        }
        assertThat(seen).hasSize(3000);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 42, -7})
    void anyTenDigitsAreAllTen(long seed) {
        Handwriting writer = writer(seed, 1);
        Set<List<Integer>> orders = new HashSet<>();
        for (int ten = -5; ten < 100; ten++) {
            List<Integer> digits = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                digits.add(writer.digit(10L * ten + i));
            }
            assertThat(digits).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            orders.add(digits);
        }
        assertThat(orders).as("orders of the ten").hasSizeGreaterThan(30);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 1})
    void picturesAreLaidOutAsMnistsAre(double vigour) {
        byte[] all = pictures(writer(9, vigour), 2000);
        for (int i = 0; i < 2000; i++) {
            int left = SIDE;
            int right = -1;
            int top = SIDE;
            int bottom = -1;
            double mass = 0;
            double mx = 0;
            double my = 0;
            for (int k = 0; k < AREA; k++) {
                int v = all[i * AREA + k] & 0xff;
                mass += v;
                mx += v * (double) (k % SIDE);
                int row = k / SIDE;
                my += v * (double) row;
                if (v > 127) {
                    left = Math.min(left, k % SIDE);
                    right = Math.max(right, k % SIDE);
                    top = Math.min(top, k / SIDE);
                    bottom = Math.max(bottom, k / SIDE);
                }
            }
            assertThat(Math.max(right - left, bottom - top) + 1)
                    .as("longer side of picture %d", i)
                    .isBetween(17, 22);
            assertThat(mx / mass).as("centre of mass, picture %d", i).isCloseTo(13.5, within(0.6));
            assertThat(my / mass).as("centre of mass, picture %d", i).isCloseTo(13.5, within(0.6));
        }
    }

    /// MNIST's training pictures have the mean 0.1307 and the standard deviation 0.3081.
    @Test
    void thereIsAboutAsMuchInkAsInMnist() {
        byte[] all = pictures(writer(11, 1), 5000);
        double sum = 0;
        double square = 0;
        for (byte b : all) {
            double v = (b & 0xff) / 255.0;
            sum += v;
            square += v * v;
        }
        double mean = sum / all.length;
        assertThat(mean).isCloseTo(0.1307, within(0.01));
        assertThat(Math.sqrt(square / all.length - mean * mean)).isCloseTo(0.3081, within(0.01));
    }

    @Test
    void eachDigitIsWrittenInSeveralWays() {
        assertThat(Glyphs.FAMILIES).hasSize(10).allSatisfy(families -> {
            assertThat(families).hasSizeGreaterThanOrEqualTo(2);
            assertThat(families).allSatisfy(f -> assertThat(f.poses().length).isGreaterThanOrEqualTo(2));
        });
    }

    @Test
    void posesThatCannotBeBlendedAreRefused() {
        assertThatThrownBy(() -> Glyphs.family(4, 1, "0,0 1,1 | 2,2 3,3", "0,0 1,1 2,2 | 3,3"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("digit 4")
                .hasMessageContaining("pose 1");
        assertThatThrownBy(() -> Glyphs.family(4, 1, "0,0 1,1! 2,2", "0,0 1,1 2,2"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void aVigourOutsideItsRangeIsRefused(double vigour) {
        assertThatThrownBy(() -> writer(1, vigour))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vigour")
                .hasMessageContaining("rule:");
    }

    @Test
    void aDigitOfOnesChoiceIsWritten() {
        byte[] seven = new byte[AREA];
        byte[] same = new byte[AREA];
        Handwriting writer = writer(1, 0);
        writer.write(7, 3, seven, 0);
        writer.write(7, 3, same, 0);
        byte[] one = new byte[AREA];
        writer.write(1, 3, one, 0);
        assertThat(seven).isEqualTo(same).isNotEqualTo(one);
    }

    @Test
    void trainingAndTestDigitsShareNoPicture() {
        Digits digits = Digits.handwriting(500, 500, 1);
        Set<String> train = new HashSet<>();
        for (long i = 0; i < 500; i++) {
            train.add(Arrays.toString(digits.train().batch(i).inputs().toFloats()));
        }
        for (long i = 0; i < 500; i++) {
            assertThat(train)
                    .doesNotContain(
                            Arrays.toString(digits.test().batch(i).inputs().toFloats()));
        }
    }

    @Test
    void writtenDataSetsShowTheWritersPictures() {
        Digits digits = Digits.handwriting(1200, 10, 6);
        Handwriting writer = new Handwriting(RandomKey.of(6).fold("handwriting").fold("train"), Handwriting.WILD);
        Batch batch = digits.train().batch(1199, 3, 500, 3);
        assertThat(batch.inputs().shape().dims()).containsExactly(4, 1, SIDE, SIDE);
        assertThat(batch.targets().toLongs())
                .containsExactly(writer.digit(1199), writer.digit(3), writer.digit(500), writer.digit(3));
        byte[] expected = new byte[AREA];
        writer.write(1199, expected, 0);
        float[] shown = batch.inputs().toFloats();
        for (int k = 0; k < AREA; k++) {
            assertThat(shown[k]).isEqualTo((expected[k] & 0xff) / 255f);
        }
        assertThatThrownBy(() -> digits.train().batch(1200)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(Digits.handwriting(0, 0, 1).train().size()).isZero();
    }

    @Test
    void whatIsWrittenIsKnownWithoutThePictures() {
        Dataset digits = Digits.handwriting(1200, 0, 6).train();
        long[] some = {1199, 3, 500, 3};
        assertThat(digits.targets(some).toLongs())
                .isEqualTo(digits.batch(some).targets().toLongs());
        assertThatThrownBy(() -> digits.targets(1200)).isInstanceOf(IndexOutOfBoundsException.class);
        Dataset many = Digits.handwriting(5_000_000, 0, 6).train(); // whose pictures take more memory than there is
        assertThat(ClassWeights.counts(many)).containsOnly(500_000L);
    }
}
