package cajal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The plain matrix product against the documented chains of multiply-adds, to the bit, and against double
/// precision.
class ScalarGemmTest {
    private final int threads = Workers.threads();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Scratch scratch = new Scratch();

    @AfterEach
    void restoreThreads() {
        Workers.threads(threads);
    }

    private FloatMatrix matrix(int rows, int columns, int layout) {
        int gap = layout / 2 % 2 * 3;
        FloatMatrix m = layout % 2 == 0
                ? new FloatMatrix(new float[rows * (columns + gap) + 5], 5, rows, columns, columns + gap, 1)
                : new FloatMatrix(new float[columns * (rows + gap) + 5], 5, rows, columns, 1, rows + gap);
        for (int i = 0; i < m.data().length; i++) m.data()[i] = random.nextFloat() - 0.5f;
        return m;
    }

    private static float[][] values(FloatMatrix m) {
        float[][] x = new float[m.rows()][m.columns()];
        for (int i = 0; i < m.rows(); i++) for (int j = 0; j < m.columns(); j++) x[i][j] = m.data()[m.at(i, j)];
        return x;
    }

    private void check(int m, int n, int k, int layout) {
        FloatMatrix a = matrix(m, k, layout), b = matrix(k, n, layout / 4), c = matrix(m, n, layout / 16);
        boolean accumulate = layout % 3 == 0;
        float[] before = c.data().clone();
        float[][] expected = Naive.multiply(a, b, accumulate ? values(c) : new float[m][n]);
        ScalarGemm.multiply(a, b, c, accumulate, scratch);
        assertThat(values(c))
                .as("seed %s: %s x %s x %s, layout %s", seed, m, n, k, layout)
                .isEqualTo(expected);
        for (int i = 0; i < m; i++) for (int j = 0; j < n; j++) c.data()[c.at(i, j)] = before[c.at(i, j)];
        assertThat(c.data()).as("what lies around C").isEqualTo(before);
    }

    @Test
    void everyOddSizeAndLayoutGivesTheChainsOfMultiplyAdds() {
        int[] sizes = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65};
        for (int i = 0; i < 400; i++) {
            check(sizes[random.nextInt(13)], sizes[random.nextInt(13)], sizes[random.nextInt(13)], random.nextInt(64));
        }
        check(3, 1000, 70, 0);
        check(70, 1030, 3, 4);
        check(1, 5, 1000, 4);
        check(1000, 2, 40, 1);
    }

    @Test
    void productsAreRightAgainstDoublePrecision() {
        FloatMatrix a = matrix(37, 129, 0), b = matrix(129, 41, 4), c = matrix(37, 41, 0);
        ScalarGemm.multiply(a, b, c, false, scratch);
        for (int i = 0; i < 37; i++) {
            for (int j = 0; j < 41; j++) {
                double exact = 0;
                for (int p = 0; p < 129; p++) exact += (double) a.data()[a.at(i, p)] * b.data()[b.at(p, j)];
                assertThat((double) c.data()[c.at(i, j)]).as("seed %s", seed).isCloseTo(exact, within(1e-5));
            }
        }
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        FloatMatrix a = matrix(150, 140, 0), b = matrix(140, 600, 0), c = matrix(150, 600, 0);
        Workers.threads(1);
        ScalarGemm.multiply(a, b, c, false, scratch);
        float[] one = c.data().clone();
        for (int n : new int[] {2, 3, 8}) {
            Workers.threads(n);
            ScalarGemm.multiply(a, b, c, false, scratch);
            assertThat(c.data()).as("%s threads", n).isEqualTo(one);
        }
    }

    @Test
    void anEmptySumIsZeroAndAnEmptyProductIsNothing() {
        var c = FloatMatrix.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        var a = FloatMatrix.of(new float[0], 2, 0);
        var b = FloatMatrix.of(new float[0], 0, 3);
        ScalarGemm.multiply(a, b, c, true, scratch);
        assertThat(c.data()).containsExactly(1, 2, 3, 4, 5, 6);
        ScalarGemm.multiply(a, b, c, false, scratch);
        assertThat(c.data()).containsOnly(0);
        ScalarGemm.multiply(
                FloatMatrix.of(new float[0], 0, 4),
                matrix(4, 3, 0),
                FloatMatrix.of(new float[0], 0, 3),
                false,
                scratch);
    }

    @Test
    void sizesThatDoNotFitAreExplained() {
        assertThatThrownBy(() -> ScalarGemm.multiply(matrix(2, 3, 0), matrix(4, 5, 0), matrix(2, 5, 0), false, scratch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2x3 and 4x5");
    }

    @Test
    void aMatrixOutsideItsArrayIsRefused() {
        assertThatThrownBy(() -> new FloatMatrix(new float[6], 1, 2, 3, 3, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new FloatMatrix(new float[6], 2, 2, 3, -3, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new FloatMatrix(new float[6], 0, -1, 3, 3, 1))
                .isInstanceOf(IllegalArgumentException.class);
        var reversed = new FloatMatrix(new float[] {0, 1, 2, 3, 4, 5}, 5, 2, 3, -3, -1);
        assertThat(values(reversed)).isDeepEqualTo(new float[][] {{5, 4, 3}, {2, 1, 0}});
        assertThat(values(reversed.transposed())).isDeepEqualTo(new float[][] {{5, 2}, {4, 1}, {3, 0}});
    }
}
