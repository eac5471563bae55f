package cajal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The elementary functions against `StrictMath` in double precision.
class FloatMathTest {
    interface Function {
        float of(float x);
    }

    /// A function, its oracle, the largest error that its documentation allows, and arguments to look at
    /// closely.
    record Case(String name, Function f, DoubleUnaryOperator oracle, double ulps, float... around) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Arguments> functions() {
        return Stream.of(
                        new Case("exp", FloatMath::exp, StrictMath::exp, 1.0, 0, 88.72f, -87.34f, -103.97f, 0.3466f),
                        new Case(
                                "expm1",
                                FloatMath::expm1,
                                StrictMath::expm1,
                                1.3,
                                0,
                                88.72f,
                                88.37f,
                                -17.33f,
                                0.3466f,
                                -0.3466f),
                        new Case("log", FloatMath::log, StrictMath::log, 1.0, 1, 0.6667f, 1.3333f, Float.MIN_NORMAL),
                        new Case(
                                "log1p",
                                FloatMath::log1p,
                                StrictMath::log1p,
                                1.0,
                                0,
                                -1,
                                0.3333f,
                                -0.3333f,
                                0x1p24f,
                                0x1p126f),
                        new Case(
                                "sin",
                                FloatMath::sin,
                                StrictMath::sin,
                                0.9,
                                0,
                                0.7854f,
                                3.1416f,
                                6.2832f,
                                65536,
                                31.4159f,
                                355),
                        new Case(
                                "cos",
                                FloatMath::cos,
                                StrictMath::cos,
                                0.9,
                                0,
                                0.7854f,
                                1.5708f,
                                4.7124f,
                                65536,
                                10.9956f,
                                355),
                        new Case("tanh", FloatMath::tanh, StrictMath::tanh, 1.4, 0, 0.6f, -0.6f, 9.01f),
                        new Case(
                                "sigmoid", FloatMath::sigmoid, FloatMathTest::sigmoid, 2.5, 0, 17.3f, -88.7f, -103.97f),
                        new Case("erf", FloatMath::erf, Erf::of, 1.1, 0, 0.925f, -0.925f, 3.92f))
                .map(Arguments::of);
    }

    private static double sigmoid(double x) {
        return x >= 0 ? 1 / (1 + StrictMath.exp(-x)) : StrictMath.exp(x) / (1 + StrictMath.exp(x));
    }

    /// The error in units in the last place of the exact value; a NaN, an infinity or the sign of zero must
    /// be right.
    private static double error(float got, double exact) {
        if (Double.isNaN(exact) || Float.isNaN(got)) return Double.isNaN(exact) && Float.isNaN(got) ? 0 : 1e9;
        float rounded = (float) exact;
        if (Float.isInfinite(got) || Float.isInfinite(rounded)) {
            boolean atTheEdge = Math.abs(exact) > 0x1.fffffcp127 && Math.abs(exact) < 0x1.000002p128;
            return got == rounded ? 0 : atTheEdge ? Math.abs(got - exact) / 0x1p104 : 1e9;
        }
        if (got == 0 && rounded == 0) return Float.floatToRawIntBits(got) == Float.floatToRawIntBits(rounded) ? 0 : 1e9;
        return Math.abs(got - exact) / Math.ulp(rounded);
    }

    private static void check(Case c, float x) {
        double error = error(c.f.of(x), c.oracle.applyAsDouble(x));
        if (!(error <= c.ulps)) {
            throw new AssertionError("%s(%s = %s) is %s, not %s: %.3f ulp, more than %s"
                    .formatted(c.name, x, Float.toHexString(x), c.f.of(x), c.oracle.applyAsDouble(x), error, c.ulps));
        }
    }

    private static void sweep(Case c, int step) {
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += step) {
            check(c, Float.intBitsToFloat((int) bits));
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void theErrorStaysInItsBoundOverAllFloats(Case c) {
        sweep(c, 20_011);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("functions")
    void theErrorStaysInItsBoundOverAllFloatsDensely(Case c) {
        sweep(c, 211);
    }

    @ParameterizedTest
    @MethodSource("functions")
    void theErrorStaysInItsBoundForEveryFloatAroundTheSeams(Case c) {
        for (float seam : c.around) {
            int bits = Float.floatToRawIntBits(seam);
            for (int i = -2000; i <= 2000; i++) check(c, Float.intBitsToFloat(bits + i));
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void theErrorStaysInItsBoundForEverydayArguments(Case c) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try {
            for (int i = 0; i < 100_000; i++) check(c, (float) (random.nextGaussian() * (1 << i % 8)));
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    @ParameterizedTest
    @MethodSource("functions")
    void specialArgumentsGiveTheSpecialValues(Case c) {
        float[] special = {
            0f,
            -0f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            -Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            1,
            -1
        };
        for (float x : special) check(c, x);
    }

    @Test
    void powersAreTheExactOnesRoundedNearlyAlways() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 300_000; i++) {
            float a = i % 3 == 0 ? (float) Math.exp(random.nextGaussian()) : Float.intBitsToFloat(random.nextInt());
            float b = i % 2 == 0 ? (random.nextInt(201) - 100) / 8f : (float) (random.nextGaussian() * 20);
            if (a == 1 || b == 0) continue;
            double error = error(FloatMath.pow(a, b), StrictMath.pow(a, b));
            assertThat(error).as("seed %s: %s ^ %s", seed, a, b).isLessThan(0.501);
        }
    }

    @Test
    void powersOfSpecialArgumentsAreThoseOfIeee754() {
        float[] special = {
            0f,
            -0f,
            1,
            -1,
            2,
            -2,
            3,
            -3,
            0.5f,
            -0.5f,
            1.5f,
            -1.5f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            0x1p24f,
            0x1p24f + 2,
            0x1p23f + 1,
            -0x1p23f - 1,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN
        };
        for (float a : special) {
            for (float b : special) {
                // Java's pow says NaN where IEEE 754 says 1: 1^NaN, (±1)^±∞
                double exact = a == 1 || Math.abs(a) == 1 && Float.isInfinite(b) ? 1 : StrictMath.pow(a, b);
                assertThat(error(FloatMath.pow(a, b), exact))
                        .as("%s ^ %s", a, b)
                        .isLessThan(0.501);
            }
        }
    }

    @Test
    void theArithmeticFunctionsAreTheDoubleOnesRounded() {
        float[] values = {
            0f, -0f, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 1e-40f, 3e38f, -3e38f, 1f / 0, -1f / 0, Float.NaN, 7,
            8388609
        };
        for (Scalar fn : Scalar.values()) {
            if (fn == Scalar.POW
                    || fn.arity() == 1 && fn.ordinal() >= Scalar.EXP.ordinal() && fn.ordinal() <= Scalar.ERF.ordinal())
                continue;
            for (float a : values) {
                for (float b : values) {
                    int expected = Float.floatToIntBits((float) fn.of(a, b, 42));
                    int got = Float.floatToIntBits(FloatMath.of(fn, a, b, 42));
                    assertThat(got).as("%s(%s, %s)", fn, a, b).isEqualTo(expected);
                }
            }
        }
        assertThat(FloatMath.of(Scalar.SQRT, 2, 0, 0)).isEqualTo(1.4142135f);
    }
}
