package cajal.simd;

import static cajal.kernel.Expr.arg;
import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;
import static cajal.simd.VectorLoops.PIECE;

import cajal.kernel.Expr;
import cajal.kernel.FloatMath;
import cajal.kernel.OnePass;
import cajal.kernel.Program;
import cajal.kernel.Scalar;
import cajal.kernel.Scratch;
import cajal.kernel.View;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.jspecify.annotations.Nullable;

/// The programs that have a loop of their own: the updates of the usual optimisers, and activations and
/// gradients that take several instructions.
///
/// Each loop does the program's instructions in their order, so that it has their bits; what is left behind
/// the last whole vector goes through the scalar form. A program that is written in another way than here
/// is not found and runs instruction by instruction.
///
/// Legend: `p` parameter, `g` gradient, `b` momentum, `m` and `v` the averages of gradient and square.
final class VectorPrograms {
    private static final Map<Program, OnePass> ALL = new HashMap<>();
    private static final Looked[] LATELY = new Looked[64]; // by the programs' hashes
    private static final float ROOT_HALF = (float) 0.7071067811865476;
    private static final float ROOT_TWO_PI = (float) 0.3989422804014327; // 1 over it
    private static final float TINY = (float) 1e-20;

    static {
        Expr x = arg(0), y = arg(1), p = arg(0), rate = arg(2);
        put(2, VectorPrograms::reluGradient, x.gt(0).then(y, Expr.of(0)));
        put(1, VectorPrograms::relu, x.max(Expr.of(0)));
        put(2, VectorPrograms::sigmoidGradient, y.times(x.times(Expr.of(1).minus(x))));
        put(2, VectorPrograms::tanhGradient, y.times(Expr.of(1).minus(x.squared())));
        Expr gaussian = x.times(0.7071067811865476).then(Scalar.ERF).plus(1).times(0.5);
        Expr share = x.then(Scalar.ABS).gt(1e-20).then(y.over(x), Expr.of(0.5));
        Expr density = x.times(0.7071067811865476).squared().neg().then(Scalar.EXP);
        put(
                3,
                VectorPrograms::geluGradient,
                arg(2).times(share.plus(x.times(0.3989422804014327).times(density))));
        put(1, VectorPrograms::gelu, x.times(gaussian));
        put(3, 1 << 2, VectorPrograms::sgd, p.minus(rate.times(y)));
        momentum();
        adam(false);
        adam(true);
    }

    private VectorPrograms() {}

    /// The loop for a program, if it has one.
    static @Nullable OnePass of(Program program) {
        int at = program.hashCode() & LATELY.length - 1;
        Looked last = LATELY[at];
        if (last == null || last.program != program) LATELY[at] = last = new Looked(program, ALL.get(program));
        return last.pass;
    }

    /// What was found for a program, so that its instructions are compared once, not in each step. All of
    /// it is final, so that any thread may see it, or not yet.
    private record Looked(Program program, @Nullable OnePass pass) {}

    /// All programs that have one.
    static Set<Program> all() {
        return Collections.unmodifiableSet(ALL.keySet());
    }

    private interface Loop {
        void run(View[] in, View[] out, int from, int to);
    }

    private static void put(int inputs, Loop loop, Expr... formulas) {
        put(inputs, 0, loop, formulas);
    }

    private static void put(int inputs, int numbers, Loop loop, Expr... formulas) {
        ALL.put(Program.of(inputs, formulas), new OnePass() {
            @Override
            public int numbers() {
                return numbers;
            }

            @Override
            public void run(View[] in, View[] out, int from, int to) {
                loop.run(in, out, from, to);
            }
        });
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static float number(View v) {
        return v.floats()[v.start()];
    }

    // Activations -----------------------------------------------------------------------------------------------------

    /// `max(x, 0)`
    private static void relu(View[] in, View[] out, int from, int to) {
        float[] x = in[0].floats(), d = out[0].floats();
        int xo = in[0].start(), at = out[0].start();
        FloatVector zero = FloatVector.zero(F);
        int i = from;
        for (; i <= to - VL; i += VL) load(x, xo + i).max(zero).intoArray(d, at + i);
        for (; i < to; i++) d[at + i] = Math.max(x[xo + i], 0);
    }

    /// `g` where `x > 0`, else 0.
    private static void reluGradient(View[] in, View[] out, int from, int to) {
        float[] x = in[0].floats(), g = in[1].floats(), d = out[0].floats();
        int xo = in[0].start(), go = in[1].start(), at = out[0].start();
        FloatVector zero = FloatVector.zero(F);
        int i = from;
        for (; i <= to - VL; i += VL) {
            FloatVector y = load(g, go + i);
            zero.blend(y, load(x, xo + i).compare(VectorOperators.GT, 0)).intoArray(d, at + i);
        }
        for (; i < to; i++) d[at + i] = x[xo + i] > 0 ? g[go + i] : 0;
    }

    /// `g·y·(1 - y)`
    private static void sigmoidGradient(View[] in, View[] out, int from, int to) {
        float[] x = in[0].floats(), g = in[1].floats(), d = out[0].floats();
        int xo = in[0].start(), go = in[1].start(), at = out[0].start();
        FloatVector one = FloatVector.broadcast(F, 1);
        int i = from;
        for (; i <= to - VL; i += VL) {
            FloatVector y = load(x, xo + i);
            load(g, go + i).mul(y.mul(one.sub(y))).intoArray(d, at + i);
        }
        for (; i < to; i++) d[at + i] = g[go + i] * (x[xo + i] * (1 - x[xo + i]));
    }

    /// `g·(1 - y²)`
    private static void tanhGradient(View[] in, View[] out, int from, int to) {
        float[] x = in[0].floats(), g = in[1].floats(), d = out[0].floats();
        int xo = in[0].start(), go = in[1].start(), at = out[0].start();
        FloatVector one = FloatVector.broadcast(F, 1);
        int i = from;
        for (; i <= to - VL; i += VL) {
            FloatVector y = load(x, xo + i);
            load(g, go + i).mul(one.sub(y.mul(y))).intoArray(d, at + i);
        }
        for (; i < to; i++) d[at + i] = g[go + i] * (1 - x[xo + i] * x[xo + i]);
    }

    /// A loop over `x`, and for a gradient over the values `y` and the slopes `g`, into `d`.
    private interface Part {
        void run(float[] x, int xo, float[] y, int yo, float[] g, int go, float[] d, int at, int n);
    }

    /// The loops of GELU and of its gradient. Called through one interface, they are three to C2, which inlines none:
    /// in one method they would pass its limit of nodes, and the vectors would be boxed. For the same reason they
    /// load first what they need: behind an error function or an exponential, [#load] is past the limit. What they
    /// store is cast, since C2 may have lost its class there.
    private static final Part[] GELU = {VectorPrograms::geluTail, VectorPrograms::geluValue};

    private static final Part[] GELU_GRADIENT = {VectorPrograms::geluSlope};

    /// `x·(erf(x/√2) + 1)/2`, in pieces that stay in the cache.
    private static void gelu(View[] in, View[] out, int from, int to) {
        float[] x = in[0].floats(), d = out[0].floats();
        int xo = in[0].start(), at = out[0].start();
        float[] y = d == x ? Scratch.shared().take(PIECE) : d; // `x` is read again after the first part
        for (int i = from; i < to; i += PIECE) {
            int n = Math.min(PIECE, to - i), k = y == d ? at + i : 0;
            for (Part part : GELU) part.run(x, xo + i, y, k, y, k, y, k, n);
            if (y != d) System.arraycopy(y, 0, d, at + i, n);
        }
        if (y != d) Scratch.shared().give(y);
    }

    /// `g·(y/x + x·e^(-x²/2)/√(2π))`, with a half for `y/x` next to 0.
    private static void geluGradient(View[] in, View[] out, int from, int to) {
        for (Part part : GELU_GRADIENT) {
            part.run(
                    in[0].floats(),
                    in[0].start() + from,
                    in[1].floats(),
                    in[1].start() + from,
                    in[2].floats(),
                    in[2].start() + from,
                    out[0].floats(),
                    out[0].start() + from,
                    to - from);
        }
    }

    private static void geluTail(float[] x, int xo, float[] y, int yo, float[] g, int go, float[] d, int at, int n) {
        for (int i = 0; i <= n - VL; i += VL) {
            FloatVector v = load(x, xo + i);
            CLASS.cast(VectorMath.erfc(v.mul(ROOT_HALF))).intoArray(d, at + i);
        }
    }

    private static void geluValue(float[] x, int xo, float[] y, int yo, float[] g, int go, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector v = load(x, xo + i), z = load(d, at + i);
            CLASS.cast(v.mul(VectorMath.erf(v.mul(ROOT_HALF), z).add(1).mul(0.5f)))
                    .intoArray(d, at + i);
        }
        for (; i < n; i++) d[at + i] = x[xo + i] * ((FloatMath.erf(x[xo + i] * ROOT_HALF) + 1) * 0.5f);
    }

    private static void geluSlope(float[] x, int xo, float[] y, int yo, float[] g, int go, float[] d, int at, int n) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            FloatVector v = load(x, xo + i), value = load(y, yo + i), slope = load(g, go + i);
            FloatVector half = FloatVector.broadcast(F, 0.5f), inner = v.mul(ROOT_HALF);
            FloatVector share = half.blend(value.div(v), v.abs().compare(VectorOperators.GT, TINY));
            FloatVector density = VectorMath.exp(inner.mul(inner).neg());
            CLASS.cast(slope.mul(share.add(v.mul(ROOT_TWO_PI).mul(density)))).intoArray(d, at + i);
        }
        for (; i < n; i++) {
            float v = x[xo + i], inner = v * ROOT_HALF, share = Math.abs(v) > TINY ? y[yo + i] / v : 0.5f;
            d[at + i] = g[go + i] * (share + v * ROOT_TWO_PI * FloatMath.exp(-(inner * inner)));
        }
    }

    // Optimisers ------------------------------------------------------------------------------------------------------

    /// `p - rate·g`
    private static void sgd(View[] in, View[] out, int from, int to) {
        float[] p = in[0].floats(), g = in[1].floats(), d = out[0].floats();
        int po = in[0].start(), go = in[1].start(), at = out[0].start();
        float rate = number(in[2]);
        FloatVector r = FloatVector.broadcast(F, rate);
        int i = from;
        for (; i <= to - VL; i += VL)
            load(p, po + i).sub(r.mul(load(g, go + i))).intoArray(d, at + i);
        for (; i < to; i++) d[at + i] = p[po + i] - rate * g[go + i];
    }

    /// `b = mu·b + g`, `p = p - rate·b`
    private static void momentum() {
        Expr p = arg(0), b = arg(1), g = arg(2), rate = arg(3), mu = arg(4);
        Expr next = mu.times(b).plus(g);
        put(5, 3 << 3, VectorPrograms::momentum, p.minus(rate.times(next)), next);
    }

    private static void momentum(View[] in, View[] out, int from, int to) {
        float[] p = in[0].floats(), b = in[1].floats(), g = in[2].floats();
        float[] pTo = out[0].floats(), bTo = out[1].floats();
        int po = in[0].start(), bo = in[1].start(), go = in[2].start();
        int p1 = out[0].start(), b1 = out[1].start();
        float rate = number(in[3]), mu = number(in[4]);
        FloatVector r = FloatVector.broadcast(F, rate), u = FloatVector.broadcast(F, mu);
        int i = from;
        for (; i <= to - VL; i += VL) {
            FloatVector next = u.mul(load(b, bo + i)).add(load(g, go + i));
            FloatVector weight = load(p, po + i).sub(r.mul(next));
            next.intoArray(bTo, b1 + i);
            weight.intoArray(pTo, p1 + i);
        }
        for (; i < to; i++) {
            float next = mu * b[bo + i] + g[go + i];
            float weight = p[po + i] - rate * next;
            bTo[b1 + i] = next;
            pTo[p1 + i] = weight;
        }
    }

    /// `m = m + c1·(g - m)`, `v = v + c2·(g² - v)`, `p = p - rate·m/(√v + eps)`, with the weight first
    /// multiplied by a number where it decays.
    private static void adam(boolean decays) {
        Expr p = arg(0), m = arg(1), v = arg(2), g = arg(3), rate = arg(4), eps = arg(5), c1 = arg(6), c2 = arg(7);
        Expr m1 = m.plus(g.minus(m).times(c1));
        Expr v1 = v.plus(g.squared().minus(v).times(c2));
        Expr start = decays ? p.times(arg(8)) : p;
        Expr p1 = start.minus(rate.times(m1).over(v1.then(Scalar.SQRT).plus(eps)));
        put(
                decays ? 9 : 8,
                (decays ? 31 : 15) << 4,
                (in, out, from, to) -> adam(decays, in, out, from, to),
                p1,
                m1,
                v1);
    }

    private static void adam(boolean decays, View[] in, View[] out, int from, int to) {
        float[] p = in[0].floats(), m = in[1].floats(), v = in[2].floats(), g = in[3].floats();
        float[] pTo = out[0].floats(), mTo = out[1].floats(), vTo = out[2].floats();
        int po = in[0].start(), mo = in[1].start(), vo = in[2].start(), go = in[3].start();
        int p1 = out[0].start(), m1 = out[1].start(), v1 = out[2].start();
        float r = number(in[4]), e = number(in[5]), k1 = number(in[6]), k2 = number(in[7]);
        float k = decays ? number(in[8]) : 1; // times 1 changes no bit
        FloatVector rate = FloatVector.broadcast(F, r), eps = FloatVector.broadcast(F, e);
        FloatVector c1 = FloatVector.broadcast(F, k1), c2 = FloatVector.broadcast(F, k2);
        FloatVector keep = FloatVector.broadcast(F, k);
        int i = from;
        for (; i <= to - VL; i += VL) {
            FloatVector x = load(g, go + i), mean = load(m, mo + i), square = load(v, vo + i);
            mean = mean.add(x.sub(mean).mul(c1));
            square = square.add(x.mul(x).sub(square).mul(c2));
            FloatVector way =
                    rate.mul(mean).div(square.lanewise(VectorOperators.SQRT).add(eps));
            FloatVector weight = load(p, po + i).mul(keep).sub(way);
            mean.intoArray(mTo, m1 + i);
            square.intoArray(vTo, v1 + i);
            weight.intoArray(pTo, p1 + i);
        }
        for (; i < to; i++) {
            float x = g[go + i];
            float mean = m[mo + i] + (x - m[mo + i]) * k1;
            float square = v[vo + i] + (x * x - v[vo + i]) * k2;
            float weight = p[po + i] * k - r * mean / ((float) Math.sqrt(square) + e);
            mTo[m1 + i] = mean;
            vTo[v1 + i] = square;
            pTo[p1 + i] = weight;
        }
    }
}
