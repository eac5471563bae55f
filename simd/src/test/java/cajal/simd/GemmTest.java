package cajal.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Product;
import cajal.kernel.ScalarGemm;
import cajal.kernel.Scratch;
import cajal.kernel.Workers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The vector matrix product against the plain one, bit by bit, and against double precision.
class GemmTest {
    private final int threads = Workers.threads();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final Scratch scratch = new Scratch();

    @AfterEach
    void restoreThreads() {
        Workers.threads(threads);
    }

    /// A matrix in one of six layouts: by rows or columns, with gaps, backwards.
    private FloatMatrix matrix(int rows, int columns, int layout) {
        int gap = layout / 2 == 1 ? 3 : 0, sign = layout / 2 == 2 ? -1 : 1;
        int long1 = columns + gap, long2 = rows + gap;
        float[] x = new float[(layout % 2 == 0 ? rows * long1 : columns * long2) + 5];
        for (int i = 0; i < x.length; i++) x[i] = random.nextFloat() - 0.5f;
        int offset = sign > 0 ? 5 : x.length - 1;
        return layout % 2 == 0
                ? new FloatMatrix(x, offset, rows, columns, sign * long1, sign)
                : new FloatMatrix(x, offset, rows, columns, sign, sign * long2);
    }

    private void check(int m, int n, int k, int[] layouts, boolean accumulate) {
        FloatMatrix a = matrix(m, k, layouts[0]), b = matrix(k, n, layouts[1]), c = matrix(m, n, layouts[2]);
        FloatMatrix d = new FloatMatrix(c.data().clone(), c.offset(), m, n, c.rowStride(), c.columnStride());
        Gemm.multiply(a, b, c, accumulate, scratch);
        ScalarGemm.multiply(a, b, d, accumulate, scratch);
        assertThat(c.data())
                .as(
                        "seed %s: %s x %s x %s, layouts %s, accumulate %s",
                        seed, m, n, k, Arrays.toString(layouts), accumulate)
                .isEqualTo(d.data());
        checkFurtherOn(a, b, d, accumulate, layouts);
        if (c.columnStride() == 1) checkRow(a, b, c, layouts);
    }

    /// The same product twice, each of its matrices further on in its array than where it was made for.
    private void checkFurtherOn(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, int[] layouts) {
        FloatMatrix left = longer(a, 7), right = longer(b, 4), result = longer(c, 9);
        Product product = Gemm.product(left, right, result, accumulate, scratch);
        for (int i = 0; i < 2; i++) {
            product.compute(7, 4, 9);
            ScalarGemm.multiply(a, b, c, accumulate, scratch);
        }
        assertThat(Arrays.copyOfRange(result.data(), 9, result.data().length))
                .as(
                        "seed %s: %s x %s x %s further on, layouts %s, accumulate %s",
                        seed, c.rows(), c.columns(), a.columns(), Arrays.toString(layouts), accumulate)
                .isEqualTo(c.data());
    }

    /// What stands in `x` `n` elements further on, for a matrix that begins as `x` does.
    private static FloatMatrix longer(FloatMatrix x, int n) {
        float[] data = new float[x.data().length + n];
        System.arraycopy(x.data(), 0, data, n, x.data().length);
        return new FloatMatrix(data, x.offset(), x.rows(), x.columns(), x.rowStride(), x.columnStride());
    }

    /// Every row of the result begins with the same one, as with a bias.
    private void checkRow(FloatMatrix a, FloatMatrix b, FloatMatrix c, int[] layouts) {
        float[] row = new float[c.columns() + 2], expected = c.data().clone();
        for (int j = 0; j < row.length; j++) row[j] = random.nextFloat() - 0.5f;
        for (int i = 0; i < c.rows(); i++) {
            for (int j = 0; j < c.columns(); j++) expected[c.at(i, j)] = row[2 + j];
        }
        var d = new FloatMatrix(expected, c.offset(), c.rows(), c.columns(), c.rowStride(), 1);
        Gemm.affine(a, b, row, 2, c, scratch);
        ScalarGemm.multiply(a, b, d, true, scratch);
        assertThat(c.data())
                .as(
                        "seed %s: %s x %s x %s and a row, layouts %s",
                        seed, c.rows(), c.columns(), a.columns(), Arrays.toString(layouts))
                .isEqualTo(expected);
    }

    @Test
    void everyOddSizeAndLayoutGivesTheBitsOfThePlainProduct() {
        int[] sizes = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65};
        for (int i = 0; i < 500; i++) {
            int[] layouts = {random.nextInt(6), random.nextInt(6), random.nextInt(6)};
            check(
                    sizes[random.nextInt(13)],
                    sizes[random.nextInt(13)],
                    sizes[random.nextInt(13)],
                    layouts,
                    random.nextBoolean());
        }
    }

    @Test
    void sizesBeyondABlockGiveTheBitsOfThePlainProduct() {
        int[] rows = {0, 0, 0}, right = {0, 1, 0}, left = {1, 0, 0}, gaps = {2, 3, 2}, columns = {0, 0, 1};
        for (int[] layouts : new int[][] {rows, right, left, gaps, columns}) {
            check(70, 40, 700, layouts, false); // two blocks
            check(70, 40, 1000, layouts, true); // three, the last not as deep
            check(2, 4100, 9, layouts, true);
            check(9, 300, 270, layouts, false);
            check(70, 330, 700, layouts, true); // shared by columns where the right side is packed, the last ten apart
            check(1, 300, 700, layouts, true);
            check(70, 250, 1, layouts, true);
            check(33, 33, 1, layouts, false);
            check(10, 30, 784, layouts, true); // dot products, five rows by five
            check(13, 5, 700, layouts, false);
            check(70, 65, 700, layouts, true); // two whole tiles and a column
            check(30, 784, 10, layouts, false);
            check(1, 30, 784, layouts, true); // one row by eight
            check(300, 10, 128, layouts, true); // a last layer
            check(5, 13, 1030, layouts, false);
            check(45, 16, 70, layouts, true);
        }
    }

    @Test
    void anyFewRowsByDotProductsGiveTheBitsOfThePlainProduct() {
        int[] right = {0, 1, 0}, gaps = {2, 3, 2};
        for (int m = 1; m <= 16; m++) {
            for (int n : new int[] {m, m + 1, 23}) {
                check(m, n, 303, right, true);
                check(n, m, 303, gaps, false); // few columns
            }
        }
    }

    @Test
    void productsAreRightAgainstDoublePrecision() {
        FloatMatrix a = matrix(67, 300, 0), b = matrix(300, 71, 1), c = matrix(67, 71, 0);
        Gemm.multiply(a, b, c, false, scratch);
        for (int i = 0; i < 67; i++) {
            for (int j = 0; j < 71; j++) {
                double exact = 0;
                for (int p = 0; p < 300; p++) exact += (double) a.data()[a.at(i, p)] * b.data()[b.at(p, j)];
                assertThat((double) c.data()[c.at(i, j)]).as("seed %s", seed).isCloseTo(exact, within(2e-5));
            }
        }
    }

    @Test
    void anyNumberOfThreadsGivesTheSameBits() {
        for (int[] size : new int[][] {
            {70, 300, 60}, {70, 300, 700}, {1, 1000, 700}, {2, 1500, 100}, {11, 3001, 700}, {5001, 10, 100}
        }) {
            FloatMatrix a = matrix(size[0], size[2], 0),
                    b = matrix(size[2], size[1], 1),
                    c = matrix(size[0], size[1], 0);
            Workers.threads(1);
            Gemm.multiply(a, b, c, false, scratch);
            float[] one = c.data().clone();
            for (int n : new int[] {2, 3, 8}) {
                Workers.threads(n);
                Gemm.multiply(a, b, c, false, scratch);
                assertThat(c.data()).as("%s threads", n).isEqualTo(one);
            }
        }
    }

    @Test
    void manyVirtualThreadsMayMultiplyAtOnce() throws InterruptedException {
        Workers.threads(3);
        FloatMatrix a = matrix(40, 70, 0), b = matrix(70, 90, 1), c = matrix(40, 90, 0);
        Gemm.multiply(a, b, c, false, scratch);
        List<Thread> callers = new ArrayList<>();
        List<String> wrong = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 64; i++) {
            callers.add(Thread.startVirtualThread(() -> {
                var own = new FloatMatrix(
                        new float[c.data().length], c.offset(), 40, 90, c.rowStride(), c.columnStride());
                for (int r = 0; r < 20; r++) {
                    Gemm.multiply(a, b, own, false, Scratch.shared());
                    if (own.data()[own.at(39, 89)] != c.data()[c.at(39, 89)]
                            || own.data()[own.at(0, 0)] != c.data()[c.at(0, 0)]) {
                        wrong.add(Thread.currentThread().toString());
                    }
                }
            }));
        }
        for (Thread t : callers) t.join();
        assertThat(wrong).isEmpty();
    }

    @Test
    void anEmptySumIsZeroAndAnEmptyProductIsNothing() {
        var c = FloatMatrix.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        var a = FloatMatrix.of(new float[0], 2, 0);
        var b = FloatMatrix.of(new float[0], 0, 3);
        Gemm.multiply(a, b, c, true, scratch);
        assertThat(c.data()).containsExactly(1, 2, 3, 4, 5, 6);
        Gemm.multiply(a, b, c, false, scratch);
        assertThat(c.data()).containsOnly(0);
        Gemm.multiply(
                FloatMatrix.of(new float[0], 0, 4),
                matrix(4, 3, 0),
                FloatMatrix.of(new float[0], 0, 3),
                false,
                scratch);
    }

    @Test
    void whatIsNotANumberSpreadsToItsRowAndColumnOnly() {
        FloatMatrix a = matrix(20, 40, 0), b = matrix(40, 50, 0), c = matrix(20, 50, 0);
        a.data()[a.at(3, 7)] = Float.NaN;
        b.data()[b.at(7, 11)] = Float.POSITIVE_INFINITY;
        Gemm.multiply(a, b, c, false, scratch);
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 50; j++) {
                float x = c.data()[c.at(i, j)];
                assertThat(Float.isFinite(x)).as("(%s, %s) = %s", i, j, x).isEqualTo(i != 3 && j != 11);
            }
        }
    }

    @Test
    void sizesThatDoNotFitAreExplained() {
        assertThatThrownBy(() -> Gemm.multiply(matrix(2, 3, 0), matrix(4, 5, 0), matrix(2, 5, 0), false, scratch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2x3 and 4x5");
        assertThatThrownBy(
                        () -> Gemm.affine(matrix(2, 3, 0), matrix(4, 5, 0), new float[5], 0, matrix(2, 5, 0), scratch))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("2x3 and 4x5");
    }
}
