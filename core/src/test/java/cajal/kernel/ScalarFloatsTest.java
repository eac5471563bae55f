package cajal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Task.Reduction;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The plain loops against the scalar functions, the documented orders, and sums in double precision.
class ScalarFloatsTest {
    private static final int[] SIZES = {0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 1000, 2500};

    private final FloatPrimitives floats = new ScalarFloats();
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private float[] numbers(int n) {
        float[] x = new float[n];
        float[] special = {
            0f, -0f, 1, -1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e-40f, 0.5f, 2.5f
        };
        for (int i = 0; i < n; i++) {
            x[i] = switch (random.nextInt(8)) {
                case 0 -> special[random.nextInt(special.length)];
                case 1 -> Float.intBitsToFloat(random.nextInt());
                default -> (float) (random.nextGaussian() * 4);
            };
        }
        return x;
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void everyLoopGivesTheBitsOfTheScalarFunctionAtAnySizeAndOffset(Scalar fn) {
        for (int n : SIZES) {
            for (int offset : new int[] {0, 3}) {
                float[] a = numbers(n + offset), b = numbers(n + 2 * offset), c = numbers(n + offset);
                for (int i = 0; i < n; i += 5) b[2 * offset + i] = a[offset + i]; // so that some are equal
                float[] d = numbers(n + offset + 1);
                float[] before = d.clone();
                floats.apply(fn, a, offset, b, 2 * offset, c, offset, d, offset, n);
                for (int i = 0; i < n; i++) {
                    float x = a[offset + i], y = b[2 * offset + i], z = c[offset + i];
                    assertThat(Float.floatToIntBits(d[offset + i]))
                            .as("seed %s: %s(%s, %s, %s) = %s", seed, fn, x, y, z, d[offset + i])
                            .isEqualTo(Float.floatToIntBits(FloatMath.of(fn, x, y, z)));
                }
                assertThat(Float.floatToIntBits(d[offset + n]))
                        .as("what lies behind the result")
                        .isEqualTo(Float.floatToIntBits(before[offset + n]));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void aResultMayTakeThePlaceOfItsOperand(Scalar fn) {
        float[] a = numbers(1500), b = numbers(1500), c = numbers(1500), expected = new float[1500];
        floats.apply(fn, a, 0, b, 0, c, 0, expected, 0, 1500);
        float[] inPlace = a.clone();
        floats.apply(fn, inPlace, 0, b, 0, c, 0, inPlace, 0, 1500);
        assertThat(inPlace).isEqualTo(expected);
        if (fn.arity() > 1) {
            inPlace = b.clone();
            floats.apply(fn, a, 0, inPlace, 0, c, 0, inPlace, 0, 1500);
            assertThat(inPlace).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource(Scalar.class)
    void loopsDoNotReadOperandsThatTheFunctionHasNot(Scalar fn) {
        float[] a = numbers(8), nothing = {};
        float[] b = fn.arity() > 1 ? numbers(8) : nothing, c = fn.arity() > 2 ? numbers(8) : nothing;
        float[] d = new float[9];
        floats.apply(fn, a, 0, b, 0, c, 0, d, 1, 8);
        assertThat(Float.floatToIntBits(d[1]))
                .isEqualTo(Float.floatToIntBits(
                        FloatMath.of(fn, a[0], b.length == 0 ? 0 : b[0], c.length == 0 ? 0 : c[0])));
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void reductionsKeepTheDocumentedOrderToTheBit(Reduction kind) {
        for (int n : new int[] {
            0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 129, 1000, 4096, 4097, 8191, 8193, 20_000
        }) {
            float[] a = new float[n + 2];
            for (int i = 0; i < a.length; i++) {
                a[i] = (float)
                        (kind == Reduction.PROD ? Math.exp(random.nextGaussian() * 0.01) : random.nextGaussian());
            }
            assertThat(floats.reduce(kind, a, 1, n))
                    .as("seed %s, n %s", seed, n)
                    .isEqualTo(Naive.reduce(kind, a, 1, n));
        }
    }

    @Test
    void aSumOfAMillionNumbersIsRightToSixDigits() {
        float[] a = new float[1_000_003];
        double exact = 0;
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat();
            exact += a[i];
        }
        assertThat((double) floats.reduce(Reduction.SUM, a, 0, a.length))
                .as("seed %s", seed)
                .isCloseTo(exact, within(exact * 1e-6));
    }

    @Test
    void extremesLetNaNWinAndTellTheZerosApart() {
        float[] a = {1, 5, -0f, 3, -2};
        assertThat(floats.reduce(Reduction.MAX, a, 0, 5)).isEqualTo(5);
        assertThat(floats.reduce(Reduction.MIN, a, 0, 5)).isEqualTo(-2);
        assertThat(floats.reduce(Reduction.MAX, new float[] {-0f, 0f}, 0, 2)).isEqualTo(0f);
        assertThat(floats.reduce(Reduction.MIN, new float[] {0f, -0f}, 0, 2)).isEqualTo(-0f);
        a[3] = Float.NaN;
        assertThat(floats.reduce(Reduction.MAX, a, 0, 5)).isNaN();
        assertThat(floats.reduce(Reduction.MIN, a, 0, 5)).isNaN();
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void columnsAreReducedInBlocksOf64Rows(Reduction kind) {
        for (int rows : new int[] {0, 1, 3, 63, 64, 65, 130, 200}) {
            for (int n : new int[] {1, 7, 16, 33, 1030}) {
                int stride = n + 3;
                float[] a = new float[rows * stride + n + 5];
                for (int i = 0; i < a.length; i++) a[i] = (float) (1 + random.nextGaussian() * 0.1);
                float[] d = new float[n + 4];
                floats.reduceRows(kind, a, 5, rows, stride, n, d, 2);
                for (int j = 0; j < n; j++) {
                    float total = (float) kind.neutral();
                    for (int i = 0; i < rows; i += 64) {
                        float part = (float) kind.neutral();
                        for (int r = i; r < Math.min(rows, i + 64); r++) part = one(kind, part, a[5 + r * stride + j]);
                        total = one(kind, total, part);
                    }
                    assertThat(d[2 + j])
                            .as("seed %s, %s rows, column %s of %s", seed, rows, j, n)
                            .isEqualTo(total);
                }
                assertThat(d[n + 2]).isZero();
            }
        }
    }

    private static float one(Reduction kind, float a, float b) {
        return (float) kind.of(a, b); // one operation in double, rounded: the float result
    }
}
