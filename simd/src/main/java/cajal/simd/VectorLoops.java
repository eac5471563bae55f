package cajal.simd;

import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.FloatMath;
import cajal.kernel.Scalar;
import cajal.kernel.Scratch;
import cajal.kernel.Task.Reduction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The pointwise functions on runs of floats: `d[at + i] = fn(a[ao + i], b[bo + i], c[co + i])` for `0 <= i
/// < n`.
///
/// One loop a function: a loop that took the function as an argument would box its vectors. What is left
/// behind the last whole vector goes through the scalar form, which has the same bits. `d` may be an
/// operand at the same offset.
final class VectorLoops {
    static final int PIECE = 1024; // elements that stay in the first-level cache

    private VectorLoops() {}

    /// Applies `fn`; operands beyond its arity are ignored.
    static void apply(Scalar fn, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] d, int at, int n) {
        if (!inRange(fn, a, ao, n)) {
            for (int i = 0; i < n; i++) d[at + i] = FloatMath.of(fn, a[ao + i], 0, 0);
            return;
        }
        switch (fn) {
            case ADD -> add(a, ao, b, bo, d, at, n);
            case SUB -> sub(a, ao, b, bo, d, at, n);
            case MUL -> mul(a, ao, b, bo, d, at, n);
            case DIV -> div(a, ao, b, bo, d, at, n);
            case POW -> pow(a, ao, b, bo, d, at, n);
            case MAX -> max(a, ao, b, bo, d, at, n);
            case MIN -> min(a, ao, b, bo, d, at, n);
            case GT -> greater(a, ao, b, bo, d, at, n);
            case GE -> notLess(a, ao, b, bo, d, at, n);
            case LT -> greater(b, bo, a, ao, d, at, n);
            case LE -> notLess(b, bo, a, ao, d, at, n);
            case EQ -> equal(a, ao, b, bo, d, at, n);
            case NE -> notEqual(a, ao, b, bo, d, at, n);
            case SELECT -> select(a, ao, b, bo, c, co, d, at, n);
            case NEG -> neg(a, ao, d, at, n);
            case ABS -> abs(a, ao, d, at, n);
            case SIGN -> sign(a, ao, d, at, n);
            case EXP -> exp(a, ao, d, at, n);
            case EXPM1 -> expm1(a, ao, d, at, n);
            case LOG -> log(a, ao, d, at, n);
            case LOG1P -> log1p(a, ao, d, at, n);
            case SQRT -> sqrt(a, ao, d, at, n);
            case SIN -> sin(a, ao, d, at, n);
            case COS -> cos(a, ao, d, at, n);
            case TANH -> tanh(a, ao, d, at, n);
            case SIGMOID -> sigmoid(a, ao, d, at, n);
            case ERF -> erf(a, ao, d, at, n);
            case FLOOR -> floor(a, ao, d, at, n);
            case ROUND -> round(a, ao, d, at, n);
        }
    }

    /// A reduction's pairwise function. Through [#apply], all of which was inlined into the loops over rows, C2 ran
    /// into its limit of nodes, and the vectors were boxed.
    static void combine(Reduction kind, float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        switch (kind) {
            case SUM -> add(a, ao, b, bo, d, at, n);
            case PROD -> mul(a, ao, b, bo, d, at, n);
            case MAX -> max(a, ao, b, bo, d, at, n);
            case MIN -> min(a, ao, b, bo, d, at, n);
        }
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    // Lines -----------------------------------------------------------------------------------------------------------

    static void line(float[] a, int ao, float shift, float factor, float offset, float[] d, int at, int n) {
        FloatVector s = FloatVector.broadcast(F, shift), f = FloatVector.broadcast(F, factor);
        FloatVector o = FloatVector.broadcast(F, offset);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            x.sub(s).fma(f, o).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = Math.fma(a[ao + i] - shift, factor, offset);
    }

    static void addScaled(float[] a, int ao, float factor, float[] d, int at, int n) {
        FloatVector f = FloatVector.broadcast(F, factor);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(d, at + i);
            x.fma(f, y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = Math.fma(a[ao + i], factor, d[at + i]);
    }

    // Two operands ----------------------------------------------------------------------------------------------------

    static void add(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            x.add(y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] + b[bo + i];
    }

    private static void sub(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            x.sub(y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] - b[bo + i];
    }

    static void mul(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            x.mul(y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] * b[bo + i];
    }

    private static void div(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            x.div(y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] / b[bo + i];
    }

    private static void max(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            x.max(y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = Math.max(a[ao + i], b[bo + i]);
    }

    private static void min(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            x.min(y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = Math.min(a[ao + i], b[bo + i]);
    }

    private static void greater(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        FloatVector zero = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            zero.blend(1, x.compare(VectorOperators.GT, y)).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] > b[bo + i] ? 1 : 0;
    }

    private static void notLess(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        FloatVector zero = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            zero.blend(1, x.compare(VectorOperators.GE, y)).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] >= b[bo + i] ? 1 : 0;
    }

    private static void equal(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        FloatVector zero = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            zero.blend(1, x.compare(VectorOperators.EQ, y)).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] == b[bo + i] ? 1 : 0;
    }

    private static void notEqual(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        FloatVector zero = FloatVector.zero(F);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(b, bo + i);
            zero.blend(1, x.compare(VectorOperators.NE, y)).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] != b[bo + i] ? 1 : 0;
    }

    /// In double precision, one by one.
    private static void pow(float[] a, int ao, float[] b, int bo, float[] d, int at, int n) {
        for (int i = 0; i < n; i++) d[at + i] = FloatMath.pow(a[ao + i], b[bo + i]);
    }

    private static void select(float[] a, int ao, float[] b, int bo, float[] c, int co, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            VectorMask<Float> yes = load(a, ao + i).compare(VectorOperators.NE, 0);
            load(c, co + i).blend(load(b, bo + i), yes).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = a[ao + i] != 0 ? b[bo + i] : c[co + i];
    }

    // One operand -----------------------------------------------------------------------------------------------------

    private static void neg(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            x.neg().intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = -a[ao + i];
    }

    private static void abs(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            x.abs().intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = Math.abs(a[ao + i]);
    }

    private static void sign(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            VectorMath.sign(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = Math.signum(a[ao + i]);
    }

    private static void sqrt(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            x.lanewise(VectorOperators.SQRT).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = (float) Math.sqrt(a[ao + i]);
    }

    private static void floor(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            VectorMath.floor(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = (float) Math.floor(a[ao + i]);
    }

    private static void round(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            VectorMath.round(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = (float) Math.rint(a[ao + i]);
    }

    private static void exp(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            VectorMath.exp(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.exp(a[ao + i]);
    }

    private static void expm1(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            VectorMath.expm1(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.expm1(a[ao + i]);
    }

    private static void log(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            VectorMath.log(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.log(a[ao + i]);
    }

    private static void log1p(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            VectorMath.log1p(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.log1p(a[ao + i]);
    }

    private static void tanh(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            VectorMath.tanh(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.tanh(a[ao + i]);
    }

    private static void sigmoid(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = FloatVector.fromArray(F, a, ao + i);
            VectorMath.sigmoid(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.sigmoid(a[ao + i]);
    }

    /// In two loops over a piece that stays in the first-level cache, see [VectorMath#erfc].
    private static void erf(float[] a, int ao, float[] d, int at, int n) {
        float[] z = Scratch.shared().take(PIECE);
        for (int i = 0; i < n; i += PIECE) {
            int some = Math.min(PIECE, n - i);
            erfc(a, ao + i, z, some);
            erf(a, ao + i, z, d, at + i, some);
        }
        Scratch.shared().give(z);
    }

    private static void erfc(float[] a, int ao, float[] z, int n) {
        for (int i = 0; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            VectorMath.erfc(x).intoArray(z, i);
        }
    }

    private static void erf(float[] a, int ao, float[] z, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i), y = load(z, i);
            VectorMath.erf(x, y).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.erf(a[ao + i]);
    }

    private static void sin(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            VectorMath.sinInRange(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.sin(a[ao + i]);
    }

    private static void cos(float[] a, int ao, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            VectorMath.cosInRange(x).intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = FloatMath.cos(a[ao + i]);
    }

    // Ranges ----------------------------------------------------------------------------------------------------------

    /// Whether every argument is in the range of the function's vector form: nearly always so, and a look
    /// ahead keeps the loops free of branches.
    private static boolean inRange(Scalar fn, float[] a, int ao, int n) {
        return switch (fn) {
            case SIN, COS -> within(a, ao, n, -FloatMath.TRIG_LIMIT, FloatMath.TRIG_LIMIT);
            case LOG1P -> within(a, ao, n, -0x0.ffffffp0f, Float.MAX_VALUE);
            default -> true;
        };
    }

    private static boolean within(float[] a, int ao, int n, float least, float most) {
        VectorMask<Float> good = F.maskAll(true);
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector x = load(a, ao + i);
            good = good.and(x.compare(VectorOperators.GE, least)).and(x.compare(VectorOperators.LE, most));
        }
        boolean rest = true;
        for (; i < n; i++) rest &= a[ao + i] >= least && a[ao + i] <= most;
        return rest && good.allTrue();
    }
}
