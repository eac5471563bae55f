package cajal.simd;

import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;
import static cajal.simd.VectorReductions.OVER_1;
import static cajal.simd.VectorReductions.OVER_2;
import static cajal.simd.VectorReductions.OVER_4;
import static cajal.simd.VectorReductions.SECOND;

import cajal.kernel.ScalarReductions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// Eight dot products at once, for vectors of 16 or 8 lanes: of one run with eight others, or of two with four; with 16
/// lanes sixteen too, of four with four. What is loaded serves several of them, and the 32 lanes of all are folded
/// together. The bits are those of [VectorReductions#dot].
///
/// With 16 registers a pass takes eight sums: of one run all lanes of two products, of two runs 8 lanes of all eight.
/// Sixteen products are two passes, of 16 lanes each.
///
/// The sums of lanes go through memory between the loop and the fold: in one method they would pass the
/// compiler's limit.
///
/// Legend: `a, a0, a1` the runs, `a1` negative if there is one; `b, b0` the first of the others, `step` from
/// each of them to the next, `n` the length, `w` scratch.
final class VectorDots {
    /// How many products are taken at once.
    static final int WIDTH = 8;

    /// The scratch that is needed.
    static final int SCRATCH = 1024;

    /// Where in the scratch the results are, those of the first run first.
    static final int RESULTS = 512;

    private static final int LANES = 32;
    private static final VectorSpecies<Float> F8 = FloatVector.SPECIES_256, F4 = FloatVector.SPECIES_128;

    // in each 4 lanes the last two, in each two the last
    private static final VectorMask<Float> THIRD = VectorMask.fromLong(F, 0xcccc & (1L << VL) - 1);
    private static final VectorMask<Float> ODD = VectorMask.fromLong(F, 0xaaaa & (1L << VL) - 1);

    private VectorDots() {}

    /// Whether the vectors are as wide as this needs them.
    static boolean fits() {
        return VL >= 8;
    }

    /// Leaves the eight products in `w[RESULTS … RESULTS + 7]`.
    static void eight(float[] a, int a0, int a1, float[] b, int b0, int step, int n, float[] w) {
        eight(a, a0, a1, b, b0, step, n, w, RESULTS);
    }

    private static void eight(float[] a, int a0, int a1, float[] b, int b0, int step, int n, float[] w, int to) {
        boolean one = a1 < 0;
        if (n > ScalarReductions.BLOCK) {
            int half = ScalarReductions.half(n);
            eight(a, a0, a1, b, b0, step, half, w, to);
            eight(a, a0 + half, one ? a1 : a1 + half, b, b0 + half, step, n - half, w, to + WIDTH);
            for (int i = 0; i < WIDTH; i++) w[to + i] += w[to + WIDTH + i];
            return;
        }
        int i = VL == 16 ? n & -LANES : n & (one ? -16 : -8);
        if (VL == 8) narrow(a, a0, a1, b, b0, step, n, w);
        else if (one) oneByEight(a, a0, b, b0, step, i, w);
        else twoByFour(a, a0, a1, b, b0, b0 + step, b0 + 2 * step, b0 + 3 * step, i, w);
        if (i < n) {
            for (int q = 0; q < WIDTH; q++) {
                int left = one || q < 4 ? a0 : a1, right = b0 + (one ? q : q % 4) * step;
                rest(a, left + i, b, right + i, n - i, w, q * LANES + i % LANES);
            }
        }
        if (VL == 8) {
            foldFour(w, 0, to);
            foldFour(w, 4 * LANES, to + 4);
        } else {
            fold(w, 0, to);
        }
    }

    /// Leaves the products of four runs, `down` apart, with four others in `w[RESULTS … RESULTS + 15]`, row by row; for
    /// vectors of 16 lanes.
    static void sixteen(float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w) {
        sixteen(a, a0, down, b, b0, step, n, w, RESULTS);
    }

    private static void sixteen(float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w, int to) {
        if (n > ScalarReductions.BLOCK) {
            int half = ScalarReductions.half(n);
            sixteen(a, a0, down, b, b0, step, half, w, to);
            sixteen(a, a0 + half, down, b, b0 + half, step, n - half, w, to + 2 * WIDTH);
            for (int i = 0; i < 2 * WIDTH; i++) w[to + i] += w[to + 2 * WIDTH + i];
            return;
        }
        fourByFour(a, a0, down, b, b0, step, n, w, 0);
        fourByFour(a, a0, down, b, b0, step, n, w, 16);
        int i = n & -16;
        for (int q = 0; q < 2 * WIDTH && i < n; q++) {
            rest(a, a0 + q / 4 * down + i, b, b0 + q % 4 * step + i, n - i, w, q * LANES + i % LANES);
        }
        fold(w, 0, to);
        fold(w, WIDTH * LANES, to + WIDTH);
    }

    private static void narrow(float[] a, int a0, int a1, float[] b, int b0, int step, int n, float[] w) {
        if (a1 < 0) {
            for (int q = 0; q < WIDTH; q += 2) oneByTwo(a, a0, b, b0 + q * step, step, n, w, q * LANES);
        } else {
            for (int lane = 0; lane < LANES; lane += 8) someOfTwoByFour(a, a0, a1, b, b0, step, n, w, lane);
        }
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static void twoByFour(
            float[] a, int a0, int a1, float[] b, int b0, int b1, int b2, int b3, int n, float[] w) {
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        FloatVector z0 = x0, z1 = x0, z2 = x0, z3 = x0, u0 = x0, u1 = x0, u2 = x0, u3 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector s = load(a, a0 + i), t = load(a, a1 + i);
            FloatVector v = load(b, b0 + i);
            x0 = s.fma(v, x0);
            z0 = t.fma(v, z0);
            v = load(b, b1 + i);
            x1 = s.fma(v, x1);
            z1 = t.fma(v, z1);
            v = load(b, b2 + i);
            x2 = s.fma(v, x2);
            z2 = t.fma(v, z2);
            v = load(b, b3 + i);
            x3 = s.fma(v, x3);
            z3 = t.fma(v, z3);
            s = load(a, a0 + i + 16);
            t = load(a, a1 + i + 16);
            v = load(b, b0 + i + 16);
            y0 = s.fma(v, y0);
            u0 = t.fma(v, u0);
            v = load(b, b1 + i + 16);
            y1 = s.fma(v, y1);
            u1 = t.fma(v, u1);
            v = load(b, b2 + i + 16);
            y2 = s.fma(v, y2);
            u2 = t.fma(v, u2);
            v = load(b, b3 + i + 16);
            y3 = s.fma(v, y3);
            u3 = t.fma(v, u3);
        }
        x0.intoArray(w, 0);
        y0.intoArray(w, 16);
        x1.intoArray(w, 32);
        y1.intoArray(w, 48);
        x2.intoArray(w, 64);
        y2.intoArray(w, 80);
        x3.intoArray(w, 96);
        y3.intoArray(w, 112);
        z0.intoArray(w, 128);
        u0.intoArray(w, 144);
        z1.intoArray(w, 160);
        u1.intoArray(w, 176);
        z2.intoArray(w, 192);
        u2.intoArray(w, 208);
        z3.intoArray(w, 224);
        u3.intoArray(w, 240);
    }

    /// The lanes `lane … lane + 15` of sixteen products.
    private static void fourByFour(
            float[] a, int a0, int down, float[] b, int b0, int step, int n, float[] w, int lane) {
        int a1 = a0 + down, a2 = a1 + down, a3 = a2 + down, b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        FloatVector z0 = x0, z1 = x0, z2 = x0, z3 = x0, u0 = x0, u1 = x0, u2 = x0, u3 = x0;
        for (int i = lane; i + 16 <= n; i += LANES) {
            FloatVector p = load(a, a0 + i), q = load(a, a1 + i), r = load(a, a2 + i), s = load(a, a3 + i);
            FloatVector v = load(b, b0 + i);
            x0 = p.fma(v, x0);
            y0 = q.fma(v, y0);
            z0 = r.fma(v, z0);
            u0 = s.fma(v, u0);
            v = load(b, b1 + i);
            x1 = p.fma(v, x1);
            y1 = q.fma(v, y1);
            z1 = r.fma(v, z1);
            u1 = s.fma(v, u1);
            v = load(b, b2 + i);
            x2 = p.fma(v, x2);
            y2 = q.fma(v, y2);
            z2 = r.fma(v, z2);
            u2 = s.fma(v, u2);
            v = load(b, b3 + i);
            x3 = p.fma(v, x3);
            y3 = q.fma(v, y3);
            z3 = r.fma(v, z3);
            u3 = s.fma(v, u3);
        }
        x0.intoArray(w, lane);
        x1.intoArray(w, lane + 32);
        x2.intoArray(w, lane + 64);
        x3.intoArray(w, lane + 96);
        y0.intoArray(w, lane + 128);
        y1.intoArray(w, lane + 160);
        y2.intoArray(w, lane + 192);
        y3.intoArray(w, lane + 224);
        z0.intoArray(w, lane + 256);
        z1.intoArray(w, lane + 288);
        z2.intoArray(w, lane + 320);
        z3.intoArray(w, lane + 352);
        u0.intoArray(w, lane + 384);
        u1.intoArray(w, lane + 416);
        u2.intoArray(w, lane + 448);
        u3.intoArray(w, lane + 480);
    }

    private static void oneByEight(float[] a, int a0, float[] b, int b0, int step, int n, float[] w) {
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step, b4 = b3 + step, b5 = b4 + step, b6 = b5 + step;
        int b7 = b6 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0;
        FloatVector y0 = x0, y1 = x0, y2 = x0, y3 = x0, y4 = x0, y5 = x0, y6 = x0, y7 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector s = load(a, a0 + i);
            x0 = s.fma(load(b, b0 + i), x0);
            x1 = s.fma(load(b, b1 + i), x1);
            x2 = s.fma(load(b, b2 + i), x2);
            x3 = s.fma(load(b, b3 + i), x3);
            x4 = s.fma(load(b, b4 + i), x4);
            x5 = s.fma(load(b, b5 + i), x5);
            x6 = s.fma(load(b, b6 + i), x6);
            x7 = s.fma(load(b, b7 + i), x7);
            s = load(a, a0 + i + 16);
            y0 = s.fma(load(b, b0 + i + 16), y0);
            y1 = s.fma(load(b, b1 + i + 16), y1);
            y2 = s.fma(load(b, b2 + i + 16), y2);
            y3 = s.fma(load(b, b3 + i + 16), y3);
            y4 = s.fma(load(b, b4 + i + 16), y4);
            y5 = s.fma(load(b, b5 + i + 16), y5);
            y6 = s.fma(load(b, b6 + i + 16), y6);
            y7 = s.fma(load(b, b7 + i + 16), y7);
        }
        x0.intoArray(w, 0);
        y0.intoArray(w, 16);
        x1.intoArray(w, 32);
        y1.intoArray(w, 48);
        x2.intoArray(w, 64);
        y2.intoArray(w, 80);
        x3.intoArray(w, 96);
        y3.intoArray(w, 112);
        x4.intoArray(w, 128);
        y4.intoArray(w, 144);
        x5.intoArray(w, 160);
        y5.intoArray(w, 176);
        x6.intoArray(w, 192);
        y6.intoArray(w, 208);
        x7.intoArray(w, 224);
        y7.intoArray(w, 240);
    }

    /// Two products with all their lanes, of the last 16 elements too where there are as many: two runs are read from
    /// front to end, by which the processor sees what comes next. With half of the lanes of four it took half as
    /// long again where the runs come from the third cache.
    private static void oneByTwo(float[] a, int a0, float[] b, int b0, int step, int n, float[] w, int at) {
        int b1 = b0 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        int i = 0;
        for (; i + 32 <= n; i += LANES) {
            FloatVector s = load(a, a0 + i);
            x0 = s.fma(load(b, b0 + i), x0);
            y0 = s.fma(load(b, b1 + i), y0);
            s = load(a, a0 + i + 8);
            x1 = s.fma(load(b, b0 + i + 8), x1);
            y1 = s.fma(load(b, b1 + i + 8), y1);
            s = load(a, a0 + i + 16);
            x2 = s.fma(load(b, b0 + i + 16), x2);
            y2 = s.fma(load(b, b1 + i + 16), y2);
            s = load(a, a0 + i + 24);
            x3 = s.fma(load(b, b0 + i + 24), x3);
            y3 = s.fma(load(b, b1 + i + 24), y3);
        }
        if (i + 16 <= n) {
            FloatVector s = load(a, a0 + i);
            x0 = s.fma(load(b, b0 + i), x0);
            y0 = s.fma(load(b, b1 + i), y0);
            s = load(a, a0 + i + 8);
            x1 = s.fma(load(b, b0 + i + 8), x1);
            y1 = s.fma(load(b, b1 + i + 8), y1);
        }
        x0.intoArray(w, at);
        x1.intoArray(w, at + 8);
        x2.intoArray(w, at + 16);
        x3.intoArray(w, at + 24);
        y0.intoArray(w, at + LANES);
        y1.intoArray(w, at + LANES + 8);
        y2.intoArray(w, at + LANES + 16);
        y3.intoArray(w, at + LANES + 24);
    }

    /// The lanes `lane … lane + 7` of eight products, of the last elements too where there are as many.
    private static void someOfTwoByFour(
            float[] a, int a0, int a1, float[] b, int b0, int step, int n, float[] w, int lane) {
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, z0 = x0, z1 = x0, z2 = x0, z3 = x0;
        for (int i = lane; i + 8 <= n; i += LANES) {
            FloatVector s = load(a, a0 + i), t = load(a, a1 + i);
            FloatVector v = load(b, b0 + i);
            x0 = s.fma(v, x0);
            z0 = t.fma(v, z0);
            v = load(b, b1 + i);
            x1 = s.fma(v, x1);
            z1 = t.fma(v, z1);
            v = load(b, b2 + i);
            x2 = s.fma(v, x2);
            z2 = t.fma(v, z2);
            v = load(b, b3 + i);
            x3 = s.fma(v, x3);
            z3 = t.fma(v, z3);
        }
        x0.intoArray(w, lane);
        x1.intoArray(w, lane + LANES);
        x2.intoArray(w, lane + 2 * LANES);
        x3.intoArray(w, lane + 3 * LANES);
        z0.intoArray(w, lane + 4 * LANES);
        z1.intoArray(w, lane + 5 * LANES);
        z2.intoArray(w, lane + 6 * LANES);
        z3.intoArray(w, lane + 7 * LANES);
    }

    /// Adds the last `n < 32` elements of one product to its lanes.
    private static void rest(float[] a, int ao, float[] b, int bo, int n, float[] w, int at) {
        int i = 0;
        for (; i <= n - VL; i += VL) {
            load(a, ao + i).fma(load(b, bo + i), load(w, at + i)).intoArray(w, at + i);
        }
        for (; i < n; i++) w[at + i] = Math.fma(a[ao + i], b[bo + i], w[at + i]);
    }

    /// Folds the lanes of each vector of eight products, from `at` on, in halves, 8 + 8, 4 + 4, 2 + 2, 1 + 1, and adds
    /// both vectors of each. Halves are loaded as shorter vectors: shuffles and masks take as long, and more of the
    /// compiler.
    private static void fold(float[] w, int at, int to) {
        int end = at + WIDTH * LANES;
        for (int v = at; v < end; v += 16) {
            FloatVector.fromArray(F8, w, v)
                    .add(FloatVector.fromArray(F8, w, v + 8))
                    .intoArray(w, v);
        }
        for (int v = at; v < end; v += 16) {
            FloatVector.fromArray(F4, w, v)
                    .add(FloatVector.fromArray(F4, w, v + 4))
                    .intoArray(w, v);
        }
        for (int k = 0, v = at; k < WIDTH; k++, v += LANES) {
            float first = (w[v] + w[v + 2]) + (w[v + 1] + w[v + 3]);
            float second = (w[v + 16] + w[v + 18]) + (w[v + 17] + w[v + 19]);
            w[to + k] = first + second;
        }
    }

    /// The same for the lanes of four products from `at` on, in vectors of 8 lanes that are folded side by side. It
    /// writes four more numbers behind the results.
    private static void foldFour(float[] w, int at, int to) {
        FloatVector x = pair(w, at), y = pair(w, at + 2 * LANES);
        x = x.add(x.rearrange(OVER_2)).blend(y.add(y.rearrange(OVER_2)), THIRD); // 0 and 2
        y = pair(w, at + LANES);
        FloatVector z = pair(w, at + 3 * LANES);
        y = y.add(y.rearrange(OVER_2)).blend(z.add(z.rearrange(OVER_2)), THIRD); // 1 and 3
        x = x.add(x.rearrange(OVER_1)).blend(y.add(y.rearrange(OVER_1)), ODD);
        x.add(x.rearrange(OVER_4)).intoArray(w, to);
    }

    /// Both vectors of 16 lanes of a product, 8 + 8 and 4 + 4, side by side.
    private static FloatVector pair(float[] w, int at) {
        FloatVector x = FloatVector.fromArray(F, w, at).add(FloatVector.fromArray(F, w, at + 8));
        FloatVector y = FloatVector.fromArray(F, w, at + 16).add(FloatVector.fromArray(F, w, at + 24));
        return x.add(x.rearrange(OVER_4)).blend(y.add(y.rearrange(OVER_4)), SECOND);
    }
}
