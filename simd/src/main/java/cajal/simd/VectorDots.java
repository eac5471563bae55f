package cajal.simd;

import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.ScalarReductions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Eight dot products at once, for vectors of 16 or 8 lanes: of one run with eight others, or of two with four. What
/// is loaded serves several of them, and the 32 lanes of all are folded together. The bits are those of
/// [VectorReductions#dot].
///
/// With 16 registers a pass takes some of the lanes: of one run, 16 of four products, so that it reads every other
/// line of the cache; of two runs, 8 of all eight.
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
    static final int SCRATCH = 512;

    /// Where in the scratch the results are, those of the first run first.
    static final int RESULTS = 256;

    private static final int LANES = 32;
    private static final VectorSpecies<Float> F8 = FloatVector.SPECIES_256, F4 = FloatVector.SPECIES_128;

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
        int i = n & -LANES;
        if (VL == 8) narrow(a, a0, a1, b, b0, step, i, w);
        else if (one) oneByEight(a, a0, b, b0, step, i, w);
        else twoByFour(a, a0, a1, b, b0, b0 + step, b0 + 2 * step, b0 + 3 * step, i, w);
        if (i < n) {
            for (int q = 0; q < WIDTH; q++) {
                int left = one || q < 4 ? a0 : a1, right = b0 + (one ? q : q % 4) * step;
                rest(a, left + i, b, right + i, n - i, w, q * LANES);
            }
        }
        fold(w, to);
    }

    private static void narrow(float[] a, int a0, int a1, float[] b, int b0, int step, int n, float[] w) {
        if (a1 < 0) {
            for (int lane = 0; lane < LANES; lane += 16) {
                oneByFour(a, a0, b, b0, step, n, w, 0, lane);
                oneByFour(a, a0, b, b0 + 4 * step, step, n, w, 4 * LANES, lane);
            }
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

    /// The lanes `lane … lane + 15` of four products.
    private static void oneByFour(float[] a, int a0, float[] b, int b0, int step, int n, float[] w, int to, int lane) {
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        for (int i = lane; i < n; i += LANES) {
            FloatVector s = load(a, a0 + i);
            x0 = s.fma(load(b, b0 + i), x0);
            x1 = s.fma(load(b, b1 + i), x1);
            x2 = s.fma(load(b, b2 + i), x2);
            x3 = s.fma(load(b, b3 + i), x3);
            s = load(a, a0 + i + 8);
            y0 = s.fma(load(b, b0 + i + 8), y0);
            y1 = s.fma(load(b, b1 + i + 8), y1);
            y2 = s.fma(load(b, b2 + i + 8), y2);
            y3 = s.fma(load(b, b3 + i + 8), y3);
        }
        int at = to + lane;
        x0.intoArray(w, at);
        y0.intoArray(w, at + 8);
        x1.intoArray(w, at + LANES);
        y1.intoArray(w, at + LANES + 8);
        x2.intoArray(w, at + 2 * LANES);
        y2.intoArray(w, at + 2 * LANES + 8);
        x3.intoArray(w, at + 3 * LANES);
        y3.intoArray(w, at + 3 * LANES + 8);
    }

    /// The lanes `lane … lane + 7` of eight products.
    private static void someOfTwoByFour(
            float[] a, int a0, int a1, float[] b, int b0, int step, int n, float[] w, int lane) {
        int b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, z0 = x0, z1 = x0, z2 = x0, z3 = x0;
        for (int i = lane; i < n; i += LANES) {
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

    /// Folds the lanes of each vector in halves, 8 + 8, 4 + 4, 2 + 2, 1 + 1, and adds the two vectors of each
    /// product. Halves are loaded as shorter vectors: shuffles and masks take as long, and more of the compiler.
    private static void fold(float[] w, int to) {
        for (int v = 0; v < RESULTS; v += 16) {
            FloatVector.fromArray(F8, w, v)
                    .add(FloatVector.fromArray(F8, w, v + 8))
                    .intoArray(w, v);
        }
        for (int v = 0; v < RESULTS; v += 16) {
            FloatVector.fromArray(F4, w, v)
                    .add(FloatVector.fromArray(F4, w, v + 4))
                    .intoArray(w, v);
        }
        for (int k = 0, v = 0; k < WIDTH; k++, v += LANES) {
            float first = (w[v] + w[v + 2]) + (w[v + 1] + w[v + 3]);
            float second = (w[v + 16] + w[v + 18]) + (w[v + 17] + w[v + 19]);
            w[to + k] = first + second;
        }
    }
}
