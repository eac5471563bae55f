package cajal.kernel;

import static cajal.kernel.Coefficients.*;

/// The elementary functions in single precision, with the same bits on every machine, interpreted or compiled.
///
/// `Math.exp` and its kin may differ in their last bits between the interpreter, the compilers and
/// processors, and so may the Vector API's. These functions consist of nothing but correctly rounded steps
/// (`+ - × ÷ √ fma`), so that the vector form in the SIMD module gives the same bits, lane by lane. Where
/// they can do without a branch or a look at the bits they do, because then the compiler turns a loop over
/// them into vector code by itself.
///
/// **Numerics**: the largest error of each function, in units in the last place of the exact result, stands
/// with it; the tests hold each to it against a double-precision oracle. Subnormal results are exact to the
/// same bound or to half of the smallest subnormal. NaN gives NaN (whichever NaN), except for `pow(NaN, 0)`
/// and `pow(1, NaN)`.
///
/// **Source**: the polynomials are our own, see [Coefficients]; argument reduction by fused multiply-add
/// after W. J. Cody and W. Waite, Software Manual for the Elementary Functions (1980).
public final class FloatMath {
    /// Adding this to a float below 2²² in magnitude rounds it to an integer, half to even.
    private static final float ROUNDER = 0x1.8p23f;

    /// Beyond this magnitude the sine and cosine of the fast path lose digits; they leave to [StrictMath]
    /// there.
    public static final float TRIG_LIMIT = 65536;

    private FloatMath() {}

    /// The value of a scalar function in single precision; operands beyond its arity are ignored.
    public static float of(Scalar fn, float a, float b, float c) {
        return switch (fn) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case POW -> pow(a, b);
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case GT -> a > b ? 1 : 0;
            case GE -> a >= b ? 1 : 0;
            case LT -> a < b ? 1 : 0;
            case LE -> a <= b ? 1 : 0;
            case EQ -> a == b ? 1 : 0;
            case NE -> a != b ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Math.signum(a);
            case EXP -> exp(a);
            case EXPM1 -> expm1(a);
            case LOG -> log(a);
            case LOG1P -> log1p(a);
            case SQRT -> (float) Math.sqrt(a);
            case SIN -> sin(a);
            case COS -> cos(a);
            case TANH -> tanh(a);
            case SIGMOID -> sigmoid(a);
            case ERF -> erf(a);
            case FLOOR -> (float) Math.floor(a);
            case ROUND -> (float) Math.rint(a);
        };
    }

    // Exponentials ----------------------------------------------------------------------------------------------------

    /// `e^x`. **Numerics**: 1 ulp; 0 below -104, infinite above 88.73.
    public static float exp(float x) {
        float n = expPower(x);
        return scale(expFactor(x, n), (int) n);
    }

    /// The whole number `n` of `e^x = 2^n · e^r`.
    static float expPower(float x) {
        return Math.fma(Math.min(Math.max(x, -104f), 89f), LOG2_E, ROUNDER) - ROUNDER;
    }

    /// The factor `e^r` of `e^x = 2^n · e^r`.
    static float expFactor(float x, float n) {
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, Math.min(Math.max(x, -104f), 89f)));
        return 1 + Math.fma(expTail(r), r * r, r);
    }

    /// `e^x - 1`, exact to the last digits near 0 too. **Numerics**: 1.3 ulp; keeps the sign of zero.
    public static float expm1(float x) {
        float n = expm1Power(x);
        return expm1(x, n, power(Math.min((int) n, 127)));
    }

    static float expm1Power(float x) {
        return Math.fma(Math.min(Math.max(x, -18f), 89f), LOG2_E, ROUNDER) - ROUNDER;
    }

    /// `e^x - 1`, given `n` of `e^x = 2^n · e^r` and `s = 2^n`, or half of it where that is infinite.
    static float expm1(float x, float n, float s) {
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, Math.min(Math.max(x, -18f), 89f)));
        float y = Math.fma(s, expTail(r) * (r * r), Math.fma(s, r, s - 1)) * Math.max(n - 126, 1);
        return Math.abs(y) * Math.signum(x);
    }

    /// `1 / (1 + e^-x)`. **Numerics**: 2.5 ulp, in the far negative tail too.
    public static float sigmoid(float x) {
        return sigmoid(x, exp(-Math.abs(x)));
    }

    /// The logistic function, given `z = e^-|x|`: `1 / (1 + z)` for `x >= 0` and `z / (1 + z)` for `x < 0`.
    static float sigmoid(float x, float z) {
        return Math.max(z, Math.signum(x)) / (1 + z);
    }

    /// `(e^2x - 1) / (e^2x + 1)`. **Numerics**: 1.4 ulp; keeps the sign of zero.
    public static float tanh(float x) {
        return tanh(x, exp(2 * Math.min(Math.abs(x), 10)));
    }

    /// The hyperbolic tangent, given `z = e^2|x|`: `1 - 2 / (1 + z)`, or a polynomial where that would cancel.
    static float tanh(float x, float z) {
        float t = Math.min(Math.abs(x), 10);
        float s = t * t;
        float p = Math.fma(TANH_4, s, TANH_3);
        p = Math.fma(p, s, TANH_2);
        p = Math.fma(p, s, TANH_1);
        p = Math.fma(p, s, TANH_0);
        float near = Math.fma(p, s * t, t);
        float far = 1 - 2 / (1 + z);
        float outside = Math.max(Math.signum(t - 0.6f), 0);
        // one of the two factors is 0: no branch, nothing rounded
        return Math.fma(far, outside, near * (1 - outside)) * Math.signum(x);
    }

    /// `(e^r - 1 - r) / r²` for `|r| <= 0.3475`.
    private static float expTail(float r) {
        float p = Math.fma(EXP_5, r, EXP_4);
        p = Math.fma(p, r, EXP_3);
        p = Math.fma(p, r, EXP_2);
        p = Math.fma(p, r, EXP_1);
        return Math.fma(p, r, EXP_0);
    }

    /// `p · 2^n` for `-150 <= n <= 128`: by two powers of two, of which the first leaves `p` exact.
    static float scale(float p, int n) {
        int h = n >> 1;
        return p * power(h) * power(n - h);
    }

    /// `2^n` for `-126 <= n <= 127`
    static float power(int n) {
        return Float.intBitsToFloat((n + 127) << 23);
    }

    // Logarithms ------------------------------------------------------------------------------------------------------

    /// `ln x`. **Numerics**: 1 ulp; -∞ at ±0, NaN below.
    public static float log(float x) {
        boolean small = x < Float.MIN_NORMAL;
        int bits = Float.floatToRawIntBits(small ? x * 0x1p23f : x);
        int e = (bits - 0x3f2aaaab) >> 23; // the power of two that leaves a factor in [2/3, 4/3)
        float f = Float.intBitsToFloat(bits - (e << 23)) - 1;
        float y = logOnePlus(f, 0, (float) (small ? e - 23 : e));
        return x > 0 && x < Float.POSITIVE_INFINITY ? y : logAtTheEdge(x);
    }

    /// `ln(1 + x)`, exact to the last digits near 0 too. **Numerics**: 1 ulp; -∞ at -1, NaN below; keeps
    /// the sign of zero.
    public static float log1p(float x) {
        float u = 1 + x;
        int bits = Float.floatToRawIntBits(u);
        int e = (bits - 0x3f2aaaab) >> 23;
        boolean small = x < 0x1p24f; // beyond, the 1 is below half a unit in the last place
        float s = power(-e);
        // (1 + x)·2^-e - 1, rounded once, and what it was rounded by
        float f = small ? Math.fma(x, s, s - 1) : Float.intBitsToFloat(bits - (e << 23)) - 1;
        float low = small && x > 0 ? Math.fma(x, s, s - 1 - f) : 0;
        float y = logOnePlus(f, low * (1 - f), (float) e);
        return u > 0 && u < Float.POSITIVE_INFINITY ? Math.copySign(y, x) : logAtTheEdge(u);
    }

    /// `n·ln 2 + ln(1 + f) + low` for `-1/3 <= f <= 1/3`.
    private static float logOnePlus(float f, float low, float n) {
        float p = Math.fma(LOG_7, f, LOG_6);
        p = Math.fma(p, f, LOG_5);
        p = Math.fma(p, f, LOG_4);
        p = Math.fma(p, f, LOG_3);
        p = Math.fma(p, f, LOG_2);
        p = Math.fma(p, f, LOG_1);
        p = Math.fma(p, f, LOG_0);
        float q = f * f;
        float tail = Math.fma(n, LN2_LOW, Math.fma(Math.fma(p, f, -0.5f), q, low));
        return Math.fma(n, LN2_HIGH, f + tail);
    }

    private static float logAtTheEdge(float x) {
        return x == 0 ? Float.NEGATIVE_INFINITY : x > 0 ? x : Float.NaN;
    }

    // Trigonometry ----------------------------------------------------------------------------------------------------

    /// `sin x`, x in radians. **Numerics**: 0.9 ulp up to [#TRIG_LIMIT], 0.51 ulp beyond; keeps the sign of
    /// zero.
    public static float sin(float x) {
        return Math.abs(x) <= TRIG_LIMIT ? sinInRange(x) : (float) StrictMath.sin(x);
    }

    /// `cos x`, x in radians. **Numerics**: 0.9 ulp up to [#TRIG_LIMIT], 0.51 ulp beyond.
    public static float cos(float x) {
        return Math.abs(x) <= TRIG_LIMIT ? cosInRange(x) : (float) StrictMath.cos(x);
    }

    /// `sin x` for `|x| <= TRIG_LIMIT`.
    static float sinInRange(float x) {
        float t = Math.abs(x);
        float n = Math.fma(t, TWO_OVER_PI, ROUNDER) - ROUNDER;
        return quarterWave(t, n, (int) n) * Math.signum(x);
    }

    /// `cos x = sin(x + π/2)` for `|x| <= TRIG_LIMIT`.
    static float cosInRange(float x) {
        float t = Math.abs(x);
        float n = Math.fma(t, TWO_OVER_PI, ROUNDER) - ROUNDER;
        return quarterWave(t, n, (int) n + 1);
    }

    /// `sin(t - n·π/2 + quadrant·π/2)`.
    private static float quarterWave(float t, float n, int quadrant) {
        float exact = Math.fma(n, -HALF_PI_1, t);
        float w = n * HALF_PI_2;
        float r = exact - w;
        // what r and w were rounded by, and the third part of n·π/2
        float low = Math.fma(n, -HALF_PI_3, exact - r - w - Math.fma(n, HALF_PI_2, -w));
        float s = r * r;
        float sine = Math.fma(Math.fma(Math.fma(SIN_2, s, SIN_1), s, SIN_0), s * r, low) + r;
        float half = 0.5f * s;
        float top = 1 - half;
        float rest = Math.fma(-r, low, 1 - top - half);
        float cosine = Math.fma(Math.fma(Math.fma(COS_2, s, COS_1), s, COS_0), s * s, rest) + top;
        // one of the two factors is 0: no choice to make, nothing rounded
        float odd = (float) (quadrant & 1);
        return Math.fma(cosine, odd, sine * (1 - odd)) * (float) (1 - (quadrant & 2));
    }

    // The error function ----------------------------------------------------------------------------------------------

    /// `erf x = 2/√π · ∫₀ˣ e^(-t²) dt`. **Numerics**: 1.1 ulp; keeps the sign of zero.
    public static float erf(float x) {
        return erf(x, exp(-erfcExponent(Math.min(Math.abs(x), 4))));
    }

    /// The error function, given `z = 1 - erf |x|`: `1 - z`, or a polynomial where that would cancel.
    static float erf(float x, float z) {
        float t = Math.min(Math.abs(x), 4);
        float s = t * t;
        float p = Math.fma(ERF_6, s, ERF_5);
        p = Math.fma(p, s, ERF_4);
        p = Math.fma(p, s, ERF_3);
        p = Math.fma(p, s, ERF_2);
        p = Math.fma(p, s, ERF_1);
        p = Math.fma(p, s, ERF_0);
        float near = Math.fma(p, t, t);
        float outside = Math.max(Math.signum(t - 0.925f), 0);
        return Math.fma(1 - z, outside, near * (1 - outside)) * Math.signum(x);
    }

    /// The exponent `q` of `1 - erf t = e^-q`, for `0.92 <= t <= 4`.
    static float erfcExponent(float t) {
        float p = Math.fma(ERFC_6, t, ERFC_5);
        p = Math.fma(p, t, ERFC_4);
        p = Math.fma(p, t, ERFC_3);
        p = Math.fma(p, t, ERFC_2);
        p = Math.fma(p, t, ERFC_1);
        return Math.fma(p, t, ERFC_0);
    }

    // Powers ----------------------------------------------------------------------------------------------------------

    /// `a^b`. **Numerics**: 0.501 ulp, computed in double precision; the special cases of IEEE 754 `pow`:
    /// `pow(x, ±0)` and `pow(1, y)` are 1 for every argument, NaN too, a negative base wants an integer
    /// exponent.
    public static float pow(float a, float b) {
        if (b == 0 || a == 1) return 1;
        if (Float.isNaN(a) || Float.isNaN(b)) return Float.NaN;
        float magnitude = Math.abs(a);
        boolean whole = Math.rint(b) == b; // infinities too
        boolean odd = whole && Math.abs(b) < 0x1p24f && ((int) b & 1) != 0;
        if (a < 0 && !whole) {
            return magnitude == Float.POSITIVE_INFINITY ? (b > 0 ? magnitude : 0) : Float.NaN;
        }
        float y;
        if (magnitude == 0 || magnitude == Float.POSITIVE_INFINITY) {
            y = (magnitude == 0) == (b > 0) ? 0 : Float.POSITIVE_INFINITY;
        } else if (Float.isInfinite(b)) {
            y = magnitude == 1 ? 1 : (magnitude > 1) == (b > 0) ? Float.POSITIVE_INFINITY : 0;
        } else {
            y = positivePower(magnitude, b);
        }
        return odd ? Math.copySign(y, a) : y;
    }

    /// `2^(b · log₂ a)` for a positive finite and b finite.
    private static float positivePower(float a, float b) {
        double y = Math.min(Math.max(b * log2(a), -160), 140);
        double n = Math.rint(y);
        double f = y - n;
        double p = Math.fma(EXP2_8, f, EXP2_7);
        p = Math.fma(p, f, EXP2_6);
        p = Math.fma(p, f, EXP2_5);
        p = Math.fma(p, f, EXP2_4);
        p = Math.fma(p, f, EXP2_3);
        p = Math.fma(p, f, EXP2_2);
        p = Math.fma(p, f, EXP2_1);
        p = Math.fma(p, f, EXP2_0);
        return (float) (p * Double.longBitsToDouble((long) (n + 1023) << 52));
    }

    private static double log2(double a) {
        long bits = Double.doubleToRawLongBits(a);
        long e = (bits - 0x3fe6a09e00000000L) >> 52; // leaves a factor in [√½, √2)
        double m = Double.longBitsToDouble(bits - (e << 52));
        double t = (m - 1) / (m + 1);
        double s = t * t;
        double p = Math.fma(LOG2_6, s, LOG2_5);
        p = Math.fma(p, s, LOG2_4);
        p = Math.fma(p, s, LOG2_3);
        p = Math.fma(p, s, LOG2_2);
        p = Math.fma(p, s, LOG2_1);
        p = Math.fma(p, s, LOG2_0);
        return Math.fma(p, t, (double) e);
    }
}
