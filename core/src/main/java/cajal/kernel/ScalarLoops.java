package cajal.kernel;

import static cajal.kernel.FloatMath.TRIG_LIMIT;

/// The pointwise functions as plain loops, `d[i] = fn(a[i], b[i], c[i])` for `0 <= i < n`, which the
/// compiler turns into vector code by itself.
///
/// It does so only where it sees that nothing overlaps, so each operand is an array of its own and all are
/// indexed from 0 by the same variable; `d` may be an operand. It does not vectorise what assembles or takes
/// apart the bits of a float, so exponentials are taken in two loops, of which only the short second one, the
/// power of two, runs element by element.
final class ScalarLoops {
    private ScalarLoops() {}

    /// Applies `fn`; operands beyond its arity are ignored.
    static void apply(Scalar fn, float[] a, float[] b, float[] c, float[] d, int n) {
        switch (fn) {
            case ADD -> add(a, b, d, n);
            case SUB -> sub(a, b, d, n);
            case MUL -> mul(a, b, d, n);
            case DIV -> div(a, b, d, n);
            case MAX -> max(a, b, d, n);
            case MIN -> min(a, b, d, n);
            case GT -> greater(a, b, d, n);
            case GE -> notLess(a, b, d, n);
            case LT -> greater(b, a, d, n);
            case LE -> notLess(b, a, d, n);
            case EQ -> equal(a, b, d, n);
            case NE -> notEqual(a, b, d, n);
            case SELECT -> select(a, b, c, d, n);
            case NEG -> neg(a, d, n);
            case ABS -> abs(a, d, n);
            case SIGN -> sign(a, d, n);
            case SQRT -> sqrt(a, d, n);
            case FLOOR -> floor(a, d, n);
            case ROUND -> round(a, d, n);
            case SIN -> sin(a, d, n);
            case COS -> cos(a, d, n);
            case EXP -> exp(a, d, n);
            case EXPM1 -> expm1(a, d, n);
            case TANH -> tanh(a, d, n);
            case SIGMOID -> sigmoid(a, d, n);
            case ERF -> erf(a, d, n);
            case LOG -> log(a, d, n);
            case LOG1P -> log1p(a, d, n);
            case POW -> pow(a, b, d, n);
        }
    }

    // Two and three operands ------------------------------------------------------------------------------------------

    static void add(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] + b[i];
    }

    static void line(float[] a, float shift, float factor, float offset, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = Math.fma(a[i] - shift, factor, offset);
    }

    static void addScaled(float[] a, float factor, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = Math.fma(a[i], factor, d[i]);
    }

    private static void sub(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] - b[i];
    }

    static void mul(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] * b[i];
    }

    private static void div(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] / b[i];
    }

    static void max(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = Math.max(a[i], b[i]);
    }

    static void min(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = Math.min(a[i], b[i]);
    }

    private static void greater(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] > b[i] ? 1 : 0;
    }

    private static void notLess(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] >= b[i] ? 1 : 0;
    }

    private static void equal(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] == b[i] ? 1 : 0;
    }

    private static void notEqual(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] != b[i] ? 1 : 0;
    }

    private static void select(float[] a, float[] b, float[] c, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = a[i] != 0 ? b[i] : c[i];
    }

    private static void pow(float[] a, float[] b, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = FloatMath.pow(a[i], b[i]);
    }

    // One operand -----------------------------------------------------------------------------------------------------

    private static void neg(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = -a[i];
    }

    private static void abs(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = Math.abs(a[i]);
    }

    private static void sign(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = Math.signum(a[i]);
    }

    private static void sqrt(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = (float) Math.sqrt(a[i]);
    }

    private static void floor(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = (float) Math.floor(a[i]);
    }

    private static void round(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = (float) Math.rint(a[i]);
    }

    private static void log(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = FloatMath.log(a[i]);
    }

    private static void log1p(float[] a, float[] d, int n) {
        for (int i = 0; i < n; i++) d[i] = FloatMath.log1p(a[i]);
    }

    private static void sin(float[] a, float[] d, int n) {
        if (within(a, TRIG_LIMIT, n)) {
            for (int i = 0; i < n; i++) d[i] = FloatMath.sinInRange(a[i]);
        } else {
            for (int i = 0; i < n; i++) d[i] = FloatMath.sin(a[i]);
        }
    }

    private static void cos(float[] a, float[] d, int n) {
        if (within(a, TRIG_LIMIT, n)) {
            for (int i = 0; i < n; i++) d[i] = FloatMath.cosInRange(a[i]);
        } else {
            for (int i = 0; i < n; i++) d[i] = FloatMath.cos(a[i]);
        }
    }

    private static boolean within(float[] a, float limit, int n) {
        float most = 0;
        for (int i = 0; i < n; i++) most = Math.max(most, Math.abs(a[i]));
        return most <= limit; // not so for NaN
    }

    // Exponentials in two loops ---------------------------------------------------------------------------------------

    private static void exp(float[] a, float[] d, int n) {
        float[] power = Scratch.shared().take(n);
        for (int i = 0; i < n; i++) power[i] = FloatMath.expPower(a[i]);
        for (int i = 0; i < n; i++) d[i] = FloatMath.expFactor(a[i], power[i]);
        for (int i = 0; i < n; i++) d[i] = FloatMath.scale(d[i], (int) power[i]);
        Scratch.shared().give(power);
    }

    private static void expm1(float[] a, float[] d, int n) {
        float[] power = Scratch.shared().take(n), scale = Scratch.shared().take(n);
        for (int i = 0; i < n; i++) power[i] = FloatMath.expm1Power(a[i]);
        for (int i = 0; i < n; i++) scale[i] = FloatMath.power(Math.min((int) power[i], 127));
        for (int i = 0; i < n; i++) d[i] = FloatMath.expm1(a[i], power[i], scale[i]);
        Scratch.shared().give(power);
        Scratch.shared().give(scale);
    }

    private static void sigmoid(float[] a, float[] d, int n) {
        float[] z = Scratch.shared().take(n);
        for (int i = 0; i < n; i++) z[i] = -Math.abs(a[i]);
        exp(z, z, n);
        for (int i = 0; i < n; i++) d[i] = FloatMath.sigmoid(a[i], z[i]);
        Scratch.shared().give(z);
    }

    private static void tanh(float[] a, float[] d, int n) {
        float[] z = Scratch.shared().take(n);
        for (int i = 0; i < n; i++) z[i] = 2 * Math.min(Math.abs(a[i]), 10);
        exp(z, z, n);
        for (int i = 0; i < n; i++) d[i] = FloatMath.tanh(a[i], z[i]);
        Scratch.shared().give(z);
    }

    private static void erf(float[] a, float[] d, int n) {
        float[] z = Scratch.shared().take(n);
        for (int i = 0; i < n; i++) z[i] = -FloatMath.erfcExponent(Math.min(Math.abs(a[i]), 4));
        exp(z, z, n);
        for (int i = 0; i < n; i++) d[i] = FloatMath.erf(a[i], z[i]);
        Scratch.shared().give(z);
    }
}
