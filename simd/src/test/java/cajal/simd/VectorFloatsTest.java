package cajal.simd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import cajal.kernel.FloatMath;
import cajal.kernel.FloatMatrix;
import cajal.kernel.FloatPrimitives;
import cajal.kernel.RowTransform;
import cajal.kernel.Scalar;
import cajal.kernel.ScalarFloats;
import cajal.kernel.Task.Reduction;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The vector loops against the scalar functions and the plain loops, bit by bit.
class VectorFloatsTest {
    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 1000};

    private final FloatPrimitives vectors = new VectorFloats();
    private final FloatPrimitives plain = new ScalarFloats();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private float[] numbers(int n, boolean everyday) {
        float[] x = new float[n];
        float[] special = {
            0f, -0f, 1, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 0.5f, 2.5f
        };
        for (int i = 0; i < n; i++) {
            x[i] = switch (everyday ? 9 : random.nextInt(6)) {
                case 0 -> special[random.nextInt(special.length)];
                case 1 -> Float.intBitsToFloat(random.nextInt());
                default -> (float) (random.nextGaussian() * 4);
            };
        }
        return x;
    }

    private void check(Scalar fn, int n, int offset, boolean everyday) {
        float[] a = numbers(n + offset, everyday),
                b = numbers(n + 2 * offset, everyday),
                c = numbers(n + offset, everyday);
        if (everyday && (fn == Scalar.LOG1P || fn == Scalar.LOG || fn == Scalar.POW)) {
            for (int i = 0; i < a.length; i++) a[i] = Math.abs(a[i]) - (i % 3 == 0 && fn == Scalar.LOG1P ? 0.999f : 0);
        }
        for (int i = 0; i < n; i += 5) b[2 * offset + i] = a[offset + i];
        float[] d = new float[n + offset + 1];
        d[n + offset] = 42;
        vectors.apply(fn, a, offset, b, 2 * offset, c, offset, d, offset, n);
        for (int i = 0; i < n; i++) {
            float x = a[offset + i], y = b[2 * offset + i], z = c[offset + i];
            assertThat(Float.floatToIntBits(d[offset + i]))
                    .as(
                            "seed %s: %s(%s, %s, %s) = %s, not %s",
                            seed, fn, x, y, z, d[offset + i], FloatMath.of(fn, x, y, z))
                    .isEqualTo(Float.floatToIntBits(FloatMath.of(fn, x, y, z)));
        }
        assertThat(d[n + offset]).as("what lies behind the result").isEqualTo(42);
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void everyLoopGivesTheBitsOfTheScalarFunction(Scalar fn) {
        for (int n : SIZES) {
            for (int offset : new int[] {0, 3}) {
                check(fn, n, offset, true);
                check(fn, n, offset, false);
            }
        }
    }

    /// One everyday argument after the other through all floats: the branches of the vector forms all get
    /// their share.
    @ParameterizedTest
    @EnumSource(
            value = Scalar.class,
            names = {
                "EXP", "EXPM1", "LOG", "LOG1P", "SIN", "COS", "TANH", "SIGMOID", "ERF", "FLOOR", "ROUND", "SIGN", "SQRT"
            })
    void everyFunctionGivesTheBitsOfTheScalarFunctionOverAllFloats(Scalar fn) {
        int n = 2048;
        float[] a = new float[n], d = new float[n];
        long bits = Integer.MIN_VALUE;
        while (bits <= Integer.MAX_VALUE) {
            int from = (int) bits;
            for (int i = 0; i < n; i++, bits += 50_021)
                a[i] = Float.intBitsToFloat((int) Math.min(bits, Integer.MAX_VALUE));
            vectors.apply(fn, a, 0, a, 0, a, 0, d, 0, n);
            for (int i = 0; i < n; i++) {
                if (Float.floatToIntBits(d[i]) != Float.floatToIntBits(FloatMath.of(fn, a[i], 0, 0))) {
                    throw new AssertionError("%s(%s) = %s, not %s, from %s on"
                            .formatted(fn, a[i], d[i], FloatMath.of(fn, a[i], 0, 0), from));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void aResultMayTakeThePlaceOfItsOperand(Scalar fn) {
        float[] a = numbers(100, true), b = numbers(100, true), c = numbers(100, true), expected = new float[100];
        vectors.apply(fn, a, 0, b, 0, c, 0, expected, 0, 100);
        vectors.apply(fn, a, 0, b, 0, c, 0, a, 0, 100);
        assertThat(a).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void loopsDoNotReadOperandsThatTheFunctionHasNot(Scalar fn) {
        float[] nothing = {};
        float[] a = numbers(50, true), b = fn.arity() > 1 ? a : nothing, c = fn.arity() > 2 ? a : nothing;
        float[] d = new float[51], expected = new float[51];
        vectors.apply(fn, a, 0, b, 0, c, 0, d, 1, 50);
        plain.apply(fn, a, 0, a, 0, a, 0, expected, 1, 50);
        assertThat(d).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void reductionsGiveTheBitsOfThePlainOnes(Reduction kind) {
        for (int n : new int[] {
            0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 47, 48, 49, 63, 64, 65, 127, 129, 1000, 4096, 4097, 8193, 20_000
        }) {
            float[] a = new float[n + 3];
            for (int i = 0; i < a.length; i++) {
                a[i] = (float)
                        (kind == Reduction.PROD ? Math.exp(random.nextGaussian() * 0.01) : random.nextGaussian());
            }
            assertThat(vectors.reduce(kind, a, 2, n))
                    .as("seed %s, n %s", seed, n)
                    .isEqualTo(plain.reduce(kind, a, 2, n));
            if (n > 2) {
                a[2 + random.nextInt(n)] = Float.NaN;
                assertThat(vectors.reduce(kind, a, 2, n)).isNaN();
            }
        }
        float[] zeros = {-0f, -0f, -0f};
        assertThat(Float.floatToIntBits(vectors.reduce(kind, zeros, 0, 3)))
                .isEqualTo(Float.floatToIntBits(plain.reduce(kind, zeros, 0, 3)));
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void columnsAreReducedToTheBitsOfThePlainOnes(Reduction kind) {
        for (int rows : new int[] {0, 1, 3, 63, 64, 65, 130}) {
            for (int n : new int[] {1, 7, 16, 33, 1030}) {
                float[] a = new float[rows * (n + 2) + n + 1];
                for (int i = 0; i < a.length; i++) a[i] = (float) (1 + random.nextGaussian() * 0.1);
                float[] d = new float[n + 2], expected = new float[n + 2];
                vectors.reduceRows(kind, a, 1, rows, n + 2, n, d, 1);
                plain.reduceRows(kind, a, 1, rows, n + 2, n, expected, 1);
                assertThat(d).as("seed %s, %s x %s", seed, rows, n).isEqualTo(expected);
            }
        }
    }

    @Test
    void severalDotProductsAtOnceGiveTheBitsOfThePlainOnes() {
        assumeThat(VectorDots.fits()).isTrue();
        var taken = new java.util.TreeSet<Integer>();
        for (int m = 1; m <= 16; m++) taken.add(VectorDots.runs(m));
        assertThat(taken).isEqualTo(Lanes.VL == 16 ? java.util.Set.of(1, 2, 4, 5) : java.util.Set.of(1, 2));
        for (int n : new int[] {1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 784, 1000, 4096, 4097, 9216, 20_000}) {
            float[] a = numbers(5 * n + 11, false), b = numbers(8 * n + 24, true), w = new float[VectorDots.SCRATCH];
            for (int runs : taken) {
                int others = VectorDots.others(runs);
                VectorDots.multiply(runs, a, 1, n + 2, b, 2, n + 3, n, w);
                for (int q = 0; q < runs * others; q++) {
                    int left = 1 + q / others * (n + 2), right = 2 + q % others * (n + 3);
                    assertThat(Float.floatToIntBits(w[VectorDots.RESULTS + q]))
                            .as("seed %s: product %s of length %s, %s runs", seed, q, n, runs)
                            .isEqualTo(Float.floatToIntBits(cajal.kernel.ScalarReductions.dot(a, left, b, right, n)));
                }
            }
        }
    }

    @Test
    void dotProductsGiveTheBitsOfThePlainOnes() {
        for (int n : new int[] {0, 1, 15, 16, 17, 63, 64, 65, 100, 784, 4096, 4097, 10_000}) {
            float[] a = numbers(n + 1, true), b = numbers(n + 3, true);
            assertThat(VectorReductions.dot(a, 1, b, 3, n))
                    .as("seed %s, n %s", seed, n)
                    .isEqualTo(cajal.kernel.ScalarReductions.dot(a, 1, b, 3, n));
        }
    }

    @Test
    void linesAndScaledSumsGiveTheBitsOfThePlainOnes() {
        for (int n : SIZES) {
            float[] a = numbers(n + 3, true), sum = numbers(n + 1, true), sameSum = sum.clone();
            float[] d = new float[n + 2], expected = new float[n + 2];
            vectors.line(a, 3, 0.3f, 1.7f, -0.1f, d, 1, n);
            plain.line(a, 3, 0.3f, 1.7f, -0.1f, expected, 1, n);
            assertThat(d).as("seed %s, n %s", seed, n).isEqualTo(expected);
            vectors.addScaled(a, 3, -0.7f, sum, 1, n);
            plain.addScaled(a, 3, -0.7f, sameSum, 1, n);
            assertThat(sum).as("seed %s, n %s", seed, n).isEqualTo(sameSum);
            if (n > 0) {
                assertThat(d[1]).isEqualTo(Math.fma(a[3] - 0.3f, 1.7f, -0.1f));
                plain.line(sum, 1, 1, 1, 1, sum, 1, n); // in place
                vectors.line(sameSum, 1, 1, 1, 1, sameSum, 1, n);
                assertThat(sum).isEqualTo(sameSum);
            }
        }
    }

    @Test
    void productsWithRunsGiveTheBitsOfThePlainOnes() {
        for (int m : new int[] {1, 2, 4, 7, 8, 13, 70}) {
            for (int k : new int[] {1, 9, 33, 600, 1200}) {
                for (int n : new int[] {1, 2, 8, 16, 31, 32, 33, 67, 150}) {
                    for (int each : new int[] {1, 3, k}) {
                        if (k % each != 0) continue;
                        for (int step : new int[] {3, n + 2}) {
                            productWithRuns(m, k / each, each, step, n);
                        }
                    }
                }
            }
        }
        float[] a = {2, 0, 0, 0, 0, 0, 0, 0, 3}, b = {9, 10, 20, 30}, c = {1, 1};
        vectors.productOfRuns(a, b, new int[] {1, 0}, 1, 0, FloatMatrix.of(c, 1, 2), true)
                .compute(0, 1, 0);
        assertThat(c).containsExactly(1 + 2 * 20 + 3 * 10, 1 + 2 * 30 + 3 * 20);
        vectors.productOfRuns(a, b, new int[] {1}, 2, 1, FloatMatrix.of(c, 1, 2), false)
                .compute(0, 0, 0);
        assertThat(c).containsExactly(2 * 10 + 3 * 20, 2 * 20 + 3 * 30);
    }

    private void productWithRuns(int m, int count, int each, int step, int n) {
        int k = count * each;
        float[] a = numbers(FloatPrimitives.panels(m, k) + 1, true);
        float[] b = numbers(2 * n + k + each * step, true), c = numbers(m * (n + 1) + 2, true), same = c.clone();
        int[] runs = random.ints(count, 0, n + k).toArray();
        for (boolean accumulate : new boolean[] {true, false}) {
            var to = new FloatMatrix(c, 0, m, n, n + 1, 1);
            vectors.productOfRuns(a, b, runs, each, step, to, accumulate).compute(1, 0, 2);
            to = new FloatMatrix(same, 2, m, n, n + 1, 1);
            plain.productOfRuns(a, b, runs, each, step, to, accumulate).compute(1, 0, 0);
            assertThat(c)
                    .as("seed %s, %s x %s·%s x %s, step %s, %s", seed, m, count, each, n, step, accumulate)
                    .isEqualTo(same);
        }
    }

    @Test
    void transformedRowsAreThoseOfTheMatricesAndThePlainBits() {
        double n1 = 0.625, n2 = n1 * n1, n3 = n2 * n1, f1 = 1.375, f2 = f1 * f1, f3 = f2 * f1;
        double[][][] matrices = { // as RowTransform prints them
            {
                {n2 * f2, 0, -n2 - f2, 0, 1, 0},
                {0, -n1 * f2, -f2, n1, 1, 0},
                {0, n1 * f2, -f2, -n1, 1, 0},
                {0, -n2 * f1, -n2, f1, 1, 0},
                {0, n2 * f1, -n2, -f1, 1, 0},
                {0, n2 * f2, 0, -n2 - f2, 0, 1}
            },
            {{1, 1, 1, 1, 1, 0}, {0, n1, -n1, f1, -f1, 0}, {0, n2, n2, f2, f2, 0}, {0, n3, -n3, f3, -f3, 1}},
            {{1, 0, 0, 0}, {1, n1, n2, n3}, {1, -n1, n2, -n3}, {1, f1, f2, f3}, {1, -f1, f2, -f3}, {0, 0, 0, 1}}
        };
        for (RowTransform which : RowTransform.values()) {
            int rowsIn = which == RowTransform.GRADIENT ? 4 : 6, rowsOut = which == RowTransform.OUTPUT ? 4 : 6;
            for (int n : SIZES) {
                for (int[] inside : new int[][] {{0, 6}, {1, 6}, {2, 5}, {0, 3}, {0, 1}}) {
                    transformed(which, matrices[which.ordinal()], rowsIn, rowsOut, n, inside[0], inside[1]);
                }
            }
        }
    }

    private void transformed(
            RowTransform which, double[][] matrix, int rowsIn, int rowsOut, int n, int first, int end) {
        boolean out = which == RowTransform.OUTPUT;
        int step = n + 3, apart = n + 5;
        float offset = out ? 0.5f : 0;
        float[] from = numbers(rowsIn * step + 1, true);
        for (int i = 0; i < from.length && !out; i++) { // nothing may be read of what lies outside
            int row = (i - 1) / step;
            if (i < 1 || row < first || row >= end) from[i] = Float.NaN;
        }
        float[] to = new float[rowsOut * apart + 2], same = to.clone();
        vectors.transform(which, from, 1, step, first, end, offset, to, 2, apart, n, 1, 0, 0);
        plain.transform(which, from, 1, step, first, end, offset, same, 2, apart, n, 1, 0, 0);
        assertThat(to)
                .as("seed %s, %s, n %s, rows %s to %s", seed, which, n, first, end)
                .isEqualTo(same);
        for (int i = 0; i < to.length; i++) {
            int r = i < 2 ? -1 : (i - 2) / apart, q = (i - 2) % apart;
            double sum = 0, size = 0;
            if (r >= 0 && q < n && (!out || first <= r && r < end)) {
                sum = offset;
                size = offset;
                for (int j = 0; j < rowsIn; j++) {
                    double x = out || first <= j && j < end ? from[1 + j * step + q] : 0;
                    sum += matrix[r][j] * x;
                    size += Math.abs(matrix[r][j] * x);
                }
            }
            assertThat((double) to[i])
                    .as("seed %s, %s, n %s, rows %s to %s, place %s", seed, which, n, first, end, i)
                    .isCloseTo(sum, within(size * 0x1p-22));
        }
    }

    @ParameterizedTest
    @EnumSource
    void severalTransformsAreThoseOneByOne(RowTransform which) {
        int times = 3, rows = which == RowTransform.GRADIENT ? 4 : 6;
        for (int n : SIZES) {
            for (int[] inside : new int[][] {{0, 6}, {1, 6}, {0, 3}}) {
                severalTransforms(which, n, times, rows, inside[0], inside[1], 1);
                severalTransforms(which, n, times, rows, inside[0], inside[1], -1); // flipped rows and pictures
            }
        }
    }

    private void severalTransforms(RowTransform which, int n, int times, int rows, int first, int end, int sign) {
        int step = n + 3,
                on = 2 * step + 1,
                apart = n + 5,
                into = 7 * apart,
                last = (times - 1) * on + (rows - 1) * step;
        float[] from = numbers(1 + last + n, true); // the last row that is read ends with the array
        float[] to = new float[2 + times * into], same = to.clone();
        int at = sign > 0 ? 1 : 1 + last;
        vectors.transform(which, from, at, sign * step, first, end, 0.5f, to, 2, apart, n, times, sign * on, into);
        for (int t = 0; t < times; t++) {
            which.apply(from, at + t * sign * on, sign * step, first, end, 0.5f, same, 2 + t * into, apart, n);
        }
        assertThat(to)
                .as("seed %s, n %s, rows %s to %s, sign %s", seed, n, first, end, sign)
                .isEqualTo(same);
    }

    @Test
    void transformsInPlaceGiveTheSame() {
        for (int n : SIZES) {
            int step = n + 3;
            float[] a = numbers(6 * step, true), to = new float[6 * step];
            vectors.transform(RowTransform.GRADIENT, a, 0, step, 0, 4, 0, to, 0, step, n, 1, 0, 0);
            vectors.transform(RowTransform.GRADIENT, a, 0, step, 0, 4, 0, a, 0, step, n, 1, 0, 0);
            for (int i = 0; i < 6 * n; i++) {
                assertThat(a[i / n * step + i % n]).isEqualTo(to[i / n * step + i % n]);
            }
        }
    }

    @Test
    void stepsOfAnLstmAreThePlainBitsAndThoseOfTheFormulas() {
        for (int n : SIZES) {
            float[] x = numbers(4 * n + 1, true), z = numbers(4 * n + 2, true), gates = new float[5 * n + 5];
            float[] h = numbers(n + 3, true), c = numbers(n + 3, true), h2 = h.clone(), c2 = c.clone();
            float[] gates2 = gates.clone();
            double[] p = doubles(c, 3, n);
            vectors.lstm(x, 1, z, 2, c, h, 3, gates, 5, n);
            plain.lstm(x, 1, z, 2, c2, h2, 3, gates2, 5, n);
            assertThat(gates).as("seed %s, n %s", seed, n).isEqualTo(gates2);
            assertThat(c).as("seed %s, n %s", seed, n).isEqualTo(c2);
            assertThat(h).as("seed %s, n %s", seed, n).isEqualTo(h2);
            for (int j = 0; j < n; j++) {
                double i = sigmoid(x[1 + j] + z[2 + j]), f = sigmoid(x[1 + n + j] + z[2 + n + j]);
                double g = Math.tanh(x[1 + 2 * n + j] + z[2 + 2 * n + j]);
                double o = sigmoid(x[1 + 3 * n + j] + z[2 + 3 * n + j]);
                close(gates[5 + j], i, 1);
                close(gates[5 + n + j], f, 1);
                close(gates[5 + 2 * n + j], g, 1);
                close(gates[5 + 3 * n + j], o, 1);
                close(gates[5 + 4 * n + j], Math.tanh(f * p[j] + i * g), Math.abs(f * p[j]) + 1);
                close(c[3 + j], f * p[j] + i * g, Math.abs(f * p[j]) + 1);
                close(h[3 + j], o * Math.tanh(f * p[j] + i * g), Math.abs(f * p[j]) + 1);
            }
        }
    }

    private static double sigmoid(double x) {
        return 1 / (1 + Math.exp(-x));
    }

    @Test
    void slopesOfAnLstmAreThePlainBitsAndThoseOfTheFormulas() {
        for (int n : SIZES) {
            float[] kept = numbers(5 * n + 4, true), before = numbers(n + 1, true);
            float[] dh = numbers(n + 3, true), dc = numbers(n + 3, true);
            float[] h = dh.clone(), c = dc.clone(), dz = new float[4 * n + 2], z = dz.clone();
            double[] i = doubles(kept, 4, n), f = doubles(kept, 4 + n, n), g = doubles(kept, 4 + 2 * n, n);
            double[] o = doubles(kept, 4 + 3 * n, n), u = doubles(kept, 4 + 4 * n, n), p = doubles(before, 1, n);
            double[] oldH = doubles(dh, 3, n), oldC = doubles(dc, 3, n);
            vectors.lstmSlopes(kept, 4, before, 1, dh, dc, 3, dz, 2, n);
            plain.lstmSlopes(kept, 4, before, 1, h, c, 3, z, 2, n);
            assertThat(dz).as("seed %s, n %s", seed, n).isEqualTo(z);
            assertThat(dh).as("seed %s, n %s", seed, n).isEqualTo(h);
            assertThat(dc).as("seed %s, n %s", seed, n).isEqualTo(c);
            for (int j = 0; j < n; j++) {
                double s = oldC[j] + oldH[j] * o[j] * (1 - u[j] * u[j]);
                double size = Math.abs(oldC[j]) + Math.abs(oldH[j] * o[j]) * (1 + u[j] * u[j]);
                close(dz[2 + j], s * g[j] * i[j] * (1 - i[j]), size * g[j] * i[j] * (1 + Math.abs(i[j])));
                close(dz[2 + n + j], s * p[j] * f[j] * (1 - f[j]), size * p[j] * f[j] * (1 + Math.abs(f[j])));
                close(dz[2 + 2 * n + j], s * i[j] * (1 - g[j] * g[j]), size * i[j] * (1 + g[j] * g[j]));
                close(
                        dz[2 + 3 * n + j],
                        oldH[j] * u[j] * o[j] * (1 - o[j]),
                        oldH[j] * u[j] * o[j] * (1 + Math.abs(o[j])));
                close(dc[3 + j], s * f[j], size * f[j]);
                assertThat(dh[3 + j]).isZero();
            }
        }
    }

    private static double[] doubles(float[] x, int from, int n) {
        double[] d = new double[n];
        for (int i = 0; i < n; i++) d[i] = x[from + i];
        return d;
    }

    private void close(float actual, double expected, double size) {
        assertThat((double) actual).as("seed %s", seed).isCloseTo(expected, within(Math.abs(size) * 0x1p-21));
    }

    @Test
    void turnedRowsStandWhereTheyBelong() {
        for (int rows : new int[] {1, 3, 4, 15, 16, 37}) {
            for (int columns : new int[] {1, 3, 4, 9, 16}) {
                for (int down : new int[] {1, 2}) {
                    int across = rows * down + 3, width = columns + 2;
                    float[] from = numbers(columns * across + 1, true);
                    for (FloatPrimitives primitives : List.of(vectors, plain)) {
                        float[] to = new float[rows * width + 1];
                        primitives.turn(from, 1, down, across, rows, columns, to, 1, width);
                        for (int p = 0; p < rows; p++) {
                            for (int q = 0; q < width; q++) {
                                assertThat(to[1 + p * width + q])
                                        .isEqualTo(q < columns ? from[1 + p * down + q * across] : 0);
                            }
                        }
                    }
                }
            }
        }
    }
}
