package cajal.simd;

import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;
import static cajal.simd.VectorReductions.OVER_1;
import static cajal.simd.VectorReductions.OVER_2;
import static cajal.simd.VectorReductions.OVER_4;
import static cajal.simd.VectorReductions.SECOND;

import cajal.kernel.ScalarReductions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Several dot products at once, for vectors of 16 or 8 lanes: of one run with eight others or of two with four; with
/// 16 lanes also of four with four and of five with five. What is loaded serves several of them, and the lanes of
/// all are folded together. The bits are those of [VectorReductions#dot].
///
/// The sums of lanes go through memory between the loop and the fold: in one method they would pass the
/// compiler's limit. Five with five is what 32 registers hold, and reads least: 10 vectors for 25 multiply-adds.
/// That counts where most reads touch two lines of the cache, since no array's elements can be made to begin
/// with a line.
///
/// Legend: `a, a0` the first of the runs, `down` from each of them to the next; `b, b0` the first of the others,
/// `step` from each of them to the next; `n` the length, `w` scratch.
final class VectorDots {
    /// The scratch that is needed.
    static final int SCRATCH = 2048;

    /// Where in the scratch the results are, those of the first run first.
    static final int RESULTS = 512;

    private static final int LANES = 16;
    private static final int MOST = 32; // places for the results of one block

    // in each 4 lanes the last two, in each two the last
    private static final VectorMask<Float> THIRD = VectorMask.fromLong(F, 0xcccc & (1L << VL) - 1);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(F, 0xaaaa & (1L << VL) - 1);

    // of two vectors in turns 8, 4, 2 and 1 lanes of each twice as many: the first, and the others
    private static final FloatVector FIRST_8 = turns(8), FIRST_4 = turns(4), FIRST_2 = turns(2), FIRST_1 = turns(1);
    private static final FloatVector OTHER_8 = FIRST_8.add(8), OTHER_4 = FIRST_4.add(4), OTHER_2 = FIRST_2.add(2);
    private static final FloatVector OTHER_1 = FIRST_1.add(1);

    private VectorDots() {}

    private static FloatVector turns(int some) {
        float[] from = new float[VL];
        for (int i = 0; i < VL; i++) from[i] = i / some / 2 * 2 * some + i % some + i / some % 2 * VL;
        return FloatVector.fromArray(F, from, 0);
    }

    /// Whether the vectors are as wide as this needs them.
    static boolean fits() {
        return VL >= 8;
    }

    /// How many of `m` runs are taken at once: 1, 2, 4 or 5.
    static int runs(int m) {
        if (m < 4 || VL < 16) return Math.min(m, 2);
        return (m + 4) / 5 * 5 <= (m + 3) / 4 * 4 ? 5 : 4;
    }

    /// With how many others they are multiplied at once.
    static int others(int runs) {
        return runs == 1 ? 8 : runs == 5 ? 5 : 4;
    }

    /// Leaves the products of `runs` runs with [#others] as many others from `w[RESULTS]` on, row by row.
    static void multiply(int runs, float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w) {
        multiply(runs, a, a0, down, b, b0, step, n, w, RESULTS);
    }

    private static void multiply(
            int runs, float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w, int to) {
        int others = others(runs), count = runs * others;
        if (n > ScalarReductions.BLOCK) {
            int half = ScalarReductions.half(n);
            multiply(runs, a, a0, down, b, b0, step, half, w, to);
            multiply(runs, a, a0 + half, down, b, b0 + half, step, n - half, w, to + MOST);
            for (int i = 0; i < count; i++) w[to + i] += w[to + MOST + i];
            return;
        }
        int i = n & -LANES;
        switch (runs) {
            case 1 -> {
                if (VL == 16) oneByEight(a, a0, b, b0, step, i, w);
                else for (int q = 0; q < 8; q += 4) oneByFour(a, a0, b, b0 + q * step, step, i, w, q * LANES);
            }
            case 2 -> {
                for (int lane = 0; lane < LANES; lane += VL) twoByFour(a, a0, down, b, b0, step, i, w, lane);
            }
            case 4 -> fourByFour(a, a0, down, b, b0, step, i, w);
            default -> fiveByFive(a, a0, down, b, b0, step, i, w);
        }
        for (int q = 0; q < count && i < n; q++) {
            rest(a, a0 + q / others * down + i, b, b0 + q % others * step + i, n - i, w, q * LANES);
        }
        if (VL == 8) {
            foldEight(w, to);
        } else {
            fold(w, 0, to);
            if (count > LANES) fold(w, LANES * LANES, to + LANES);
        }
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static void oneByEight(float[] a, int a0, float[] b, int b0, int step, int n, float[] w) {
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step, b4 = b3 + step, b5 = b4 + step;
        int b6 = b5 + step, b7 = b6 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector p = load(a, a0 + i);
            x0 = p.fma(load(b, b0 + i), x0);
            x1 = p.fma(load(b, b1 + i), x1);
            x2 = p.fma(load(b, b2 + i), x2);
            x3 = p.fma(load(b, b3 + i), x3);
            x4 = p.fma(load(b, b4 + i), x4);
            x5 = p.fma(load(b, b5 + i), x5);
            x6 = p.fma(load(b, b6 + i), x6);
            x7 = p.fma(load(b, b7 + i), x7);
        }
        CLASS.cast(x0).intoArray(w, 0);
        CLASS.cast(x1).intoArray(w, LANES);
        CLASS.cast(x2).intoArray(w, 2 * LANES);
        CLASS.cast(x3).intoArray(w, 3 * LANES);
        CLASS.cast(x4).intoArray(w, 4 * LANES);
        CLASS.cast(x5).intoArray(w, 5 * LANES);
        CLASS.cast(x6).intoArray(w, 6 * LANES);
        CLASS.cast(x7).intoArray(w, 7 * LANES);
    }

    /// Four products with all their lanes: runs that are read from front to end, by which the processor sees
    /// what comes next.
    private static void oneByFour(float[] a, int a0, float[] b, int b0, int step, int n, float[] w, int at) {
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector p = load(a, a0 + i), q = load(a, a0 + i + 8);
            x0 = p.fma(load(b, b0 + i), x0);
            y0 = q.fma(load(b, b0 + i + 8), y0);
            x1 = p.fma(load(b, b1 + i), x1);
            y1 = q.fma(load(b, b1 + i + 8), y1);
            x2 = p.fma(load(b, b2 + i), x2);
            y2 = q.fma(load(b, b2 + i + 8), y2);
            x3 = p.fma(load(b, b3 + i), x3);
            y3 = q.fma(load(b, b3 + i + 8), y3);
        }
        CLASS.cast(x0).intoArray(w, at);
        CLASS.cast(y0).intoArray(w, at + 8);
        CLASS.cast(x1).intoArray(w, at + LANES);
        CLASS.cast(y1).intoArray(w, at + LANES + 8);
        CLASS.cast(x2).intoArray(w, at + 2 * LANES);
        CLASS.cast(y2).intoArray(w, at + 2 * LANES + 8);
        CLASS.cast(x3).intoArray(w, at + 3 * LANES);
        CLASS.cast(y3).intoArray(w, at + 3 * LANES + 8);
    }

    /// The lanes `lane … lane + VL - 1` of eight products.
    private static void twoByFour(
            float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w, int lane) {
        int a1 = a0 + down;
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0;
        FloatVector y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        for (int i = lane; i < n; i += LANES) {
            FloatVector p = load(a, a0 + i), q = load(a, a1 + i);
            FloatVector o = load(b, b0 + i);
            x0 = p.fma(o, x0);
            y0 = q.fma(o, y0);
            o = load(b, b1 + i);
            x1 = p.fma(o, x1);
            y1 = q.fma(o, y1);
            o = load(b, b2 + i);
            x2 = p.fma(o, x2);
            y2 = q.fma(o, y2);
            o = load(b, b3 + i);
            x3 = p.fma(o, x3);
            y3 = q.fma(o, y3);
        }
        CLASS.cast(x0).intoArray(w, lane);
        CLASS.cast(x1).intoArray(w, lane + LANES);
        CLASS.cast(x2).intoArray(w, lane + 2 * LANES);
        CLASS.cast(x3).intoArray(w, lane + 3 * LANES);
        CLASS.cast(y0).intoArray(w, lane + 4 * LANES);
        CLASS.cast(y1).intoArray(w, lane + 5 * LANES);
        CLASS.cast(y2).intoArray(w, lane + 6 * LANES);
        CLASS.cast(y3).intoArray(w, lane + 7 * LANES);
    }

    private static void fourByFour(float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w) {
        int a1 = a0 + down, a2 = a1 + down, a3 = a2 + down;
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0;
        FloatVector y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        FloatVector z0 = x0, z1 = x0, z2 = x0, z3 = x0;
        FloatVector u0 = x0, u1 = x0, u2 = x0, u3 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector p = load(a, a0 + i), q = load(a, a1 + i), r = load(a, a2 + i), s = load(a, a3 + i);
            FloatVector o = load(b, b0 + i);
            x0 = p.fma(o, x0);
            y0 = q.fma(o, y0);
            z0 = r.fma(o, z0);
            u0 = s.fma(o, u0);
            o = load(b, b1 + i);
            x1 = p.fma(o, x1);
            y1 = q.fma(o, y1);
            z1 = r.fma(o, z1);
            u1 = s.fma(o, u1);
            o = load(b, b2 + i);
            x2 = p.fma(o, x2);
            y2 = q.fma(o, y2);
            z2 = r.fma(o, z2);
            u2 = s.fma(o, u2);
            o = load(b, b3 + i);
            x3 = p.fma(o, x3);
            y3 = q.fma(o, y3);
            z3 = r.fma(o, z3);
            u3 = s.fma(o, u3);
        }
        CLASS.cast(x0).intoArray(w, 0);
        CLASS.cast(x1).intoArray(w, LANES);
        CLASS.cast(x2).intoArray(w, 2 * LANES);
        CLASS.cast(x3).intoArray(w, 3 * LANES);
        CLASS.cast(y0).intoArray(w, 4 * LANES);
        CLASS.cast(y1).intoArray(w, 5 * LANES);
        CLASS.cast(y2).intoArray(w, 6 * LANES);
        CLASS.cast(y3).intoArray(w, 7 * LANES);
        CLASS.cast(z0).intoArray(w, 8 * LANES);
        CLASS.cast(z1).intoArray(w, 9 * LANES);
        CLASS.cast(z2).intoArray(w, 10 * LANES);
        CLASS.cast(z3).intoArray(w, 11 * LANES);
        CLASS.cast(u0).intoArray(w, 12 * LANES);
        CLASS.cast(u1).intoArray(w, 13 * LANES);
        CLASS.cast(u2).intoArray(w, 14 * LANES);
        CLASS.cast(u3).intoArray(w, 15 * LANES);
    }

    private static void fiveByFive(float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w) {
        int a1 = a0 + down, a2 = a1 + down, a3 = a2 + down, a4 = a3 + down;
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step, b4 = b3 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, x4 = x0;
        FloatVector y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0;
        FloatVector z0 = x0, z1 = x0, z2 = x0, z3 = x0, z4 = x0;
        FloatVector u0 = x0, u1 = x0, u2 = x0, u3 = x0, u4 = x0;
        FloatVector v0 = x0, v1 = x0, v2 = x0, v3 = x0, v4 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector p = load(a, a0 + i), q = load(a, a1 + i), r = load(a, a2 + i);
            FloatVector s = load(a, a3 + i), t = load(a, a4 + i);
            FloatVector o = load(b, b0 + i);
            x0 = p.fma(o, x0);
            y0 = q.fma(o, y0);
            z0 = r.fma(o, z0);
            u0 = s.fma(o, u0);
            v0 = t.fma(o, v0);
            o = load(b, b1 + i);
            x1 = p.fma(o, x1);
            y1 = q.fma(o, y1);
            z1 = r.fma(o, z1);
            u1 = s.fma(o, u1);
            v1 = t.fma(o, v1);
            o = load(b, b2 + i);
            x2 = p.fma(o, x2);
            y2 = q.fma(o, y2);
            z2 = r.fma(o, z2);
            u2 = s.fma(o, u2);
            v2 = t.fma(o, v2);
            o = load(b, b3 + i);
            x3 = p.fma(o, x3);
            y3 = q.fma(o, y3);
            z3 = r.fma(o, z3);
            u3 = s.fma(o, u3);
            v3 = t.fma(o, v3);
            o = load(b, b4 + i);
            x4 = p.fma(o, x4);
            y4 = q.fma(o, y4);
            z4 = r.fma(o, z4);
            u4 = s.fma(o, u4);
            v4 = t.fma(o, v4);
        }
        CLASS.cast(x0).intoArray(w, 0);
        CLASS.cast(x1).intoArray(w, LANES);
        CLASS.cast(x2).intoArray(w, 2 * LANES);
        CLASS.cast(x3).intoArray(w, 3 * LANES);
        CLASS.cast(x4).intoArray(w, 4 * LANES);
        CLASS.cast(y0).intoArray(w, 5 * LANES);
        CLASS.cast(y1).intoArray(w, 6 * LANES);
        CLASS.cast(y2).intoArray(w, 7 * LANES);
        CLASS.cast(y3).intoArray(w, 8 * LANES);
        CLASS.cast(y4).intoArray(w, 9 * LANES);
        CLASS.cast(z0).intoArray(w, 10 * LANES);
        CLASS.cast(z1).intoArray(w, 11 * LANES);
        CLASS.cast(z2).intoArray(w, 12 * LANES);
        CLASS.cast(z3).intoArray(w, 13 * LANES);
        CLASS.cast(z4).intoArray(w, 14 * LANES);
        CLASS.cast(u0).intoArray(w, 15 * LANES);
        CLASS.cast(u1).intoArray(w, 16 * LANES);
        CLASS.cast(u2).intoArray(w, 17 * LANES);
        CLASS.cast(u3).intoArray(w, 18 * LANES);
        CLASS.cast(u4).intoArray(w, 19 * LANES);
        CLASS.cast(v0).intoArray(w, 20 * LANES);
        CLASS.cast(v1).intoArray(w, 21 * LANES);
        CLASS.cast(v2).intoArray(w, 22 * LANES);
        CLASS.cast(v3).intoArray(w, 23 * LANES);
        CLASS.cast(v4).intoArray(w, 24 * LANES);
    }

    /// Adds the last `n < 16` elements of one product to its lanes.
    private static void rest(float[] a, int ao, float[] b, int bo, int n, float[] w, int at) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            load(a, ao + i).fma(load(b, bo + i), load(w, at + i)).intoArray(w, at + i);
        }
        for (; i < n; i++) w[at + i] = Math.fma(a[ao + i], b[bo + i], w[at + i]);
    }

    /// Folds the lanes of sixteen products from `at` on in halves, 8 + 8, 4 + 4, 2 + 2, 1 + 1: the halves of two
    /// products stand side by side, then the quarters of four, and so on. Without methods of its own: vectors
    /// that pass through them became objects.
    private static void fold(float[] w, int at, int to) {
        FloatVector x, y, s, t;
        x = FloatVector.fromArray(F, w, at);
        y = FloatVector.fromArray(F, w, at + 8 * LANES);
        s = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        x = FloatVector.fromArray(F, w, at + 4 * LANES);
        y = FloatVector.fromArray(F, w, at + 12 * LANES);
        t = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        FloatVector q0 = FIRST_4.selectFrom(s, t).add(OTHER_4.selectFrom(s, t));
        x = FloatVector.fromArray(F, w, at + LANES);
        y = FloatVector.fromArray(F, w, at + 9 * LANES);
        s = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        x = FloatVector.fromArray(F, w, at + 5 * LANES);
        y = FloatVector.fromArray(F, w, at + 13 * LANES);
        t = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        FloatVector q1 = FIRST_4.selectFrom(s, t).add(OTHER_4.selectFrom(s, t));
        x = FloatVector.fromArray(F, w, at + 2 * LANES);
        y = FloatVector.fromArray(F, w, at + 10 * LANES);
        s = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        x = FloatVector.fromArray(F, w, at + 6 * LANES);
        y = FloatVector.fromArray(F, w, at + 14 * LANES);
        t = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        FloatVector q2 = FIRST_4.selectFrom(s, t).add(OTHER_4.selectFrom(s, t));
        x = FloatVector.fromArray(F, w, at + 3 * LANES);
        y = FloatVector.fromArray(F, w, at + 11 * LANES);
        s = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        x = FloatVector.fromArray(F, w, at + 7 * LANES);
        y = FloatVector.fromArray(F, w, at + 15 * LANES);
        t = FIRST_8.selectFrom(x, y).add(OTHER_8.selectFrom(x, y));
        FloatVector q3 = FIRST_4.selectFrom(s, t).add(OTHER_4.selectFrom(s, t));
        s = FIRST_2.selectFrom(q0, q2).add(OTHER_2.selectFrom(q0, q2));
        t = FIRST_2.selectFrom(q1, q3).add(OTHER_2.selectFrom(q1, q3));
        FIRST_1.selectFrom(s, t).add(OTHER_1.selectFrom(s, t)).intoArray(w, to);
    }

    /// The same for eight products in vectors of 8 lanes.
    private static void foldEight(float[] w, int to) {
        FloatVector x = pair(w, 0), y = pair(w, 2 * LANES);
        x = x.add(x.rearrange(OVER_2)).blend(y.add(y.rearrange(OVER_2)), THIRD); // 0, 2, 4 and 6
        y = pair(w, LANES);
        FloatVector z = pair(w, 3 * LANES);
        y = y.add(y.rearrange(OVER_2)).blend(z.add(z.rearrange(OVER_2)), THIRD); // 1, 3, 5 and 7
        x.add(x.rearrange(OVER_1)).blend(y.add(y.rearrange(OVER_1)), ODD).intoArray(w, to);
    }

    /// Four lanes of a product and of the fourth after it, side by side.
    private static FloatVector pair(float[] w, int at) {
        FloatVector x = load(w, at).add(load(w, at + 8)),
                y = load(w, at + 4 * LANES).add(load(w, at + 4 * LANES + 8));
        return x.add(x.rearrange(OVER_4)).blend(y.add(y.rearrange(OVER_4)), SECOND);
    }
}
