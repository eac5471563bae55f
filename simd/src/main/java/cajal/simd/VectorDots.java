package cajal.simd;

import static cajal.simd.Lanes.F;

import cajal.kernel.ScalarReductions;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// Four dot products at once, of one run with four others, for vectors of 16 lanes: each element of the
/// first is loaded once, and the 64 lanes of all four are folded together. The bits are those of
/// [VectorReductions#dot].
///
/// The 16 sums of lanes go through memory between the loop and the fold, and between the fold's two halves:
/// in one method they would pass the compiler's limit.
///
/// Legend: `a, ao` the run, `b, bo` the first of the others, `step` from each of them to the next, `w`
/// scratch.
final class VectorDots {
    /// How many products are taken at once.
    static final int WIDTH = 4;

    /// The scratch that is needed.
    static final int SCRATCH = 512;

    /// Where in the scratch the results are.
    static final int RESULTS = 256;

    private static final int LANES = 64;
    private static final VectorShuffle<Float> BY_8 = exchange(8), BY_4 = exchange(4);
    private static final VectorShuffle<Float> BY_2 = exchange(2), BY_1 = exchange(1);
    private static final VectorMask<Float> HAS_8 = having(8), HAS_4 = having(4), HAS_2 = having(2), HAS_1 = having(1);

    private VectorDots() {}

    private static VectorShuffle<Float> exchange(int bit) {
        return VectorShuffle.fromOp(F, i -> (i ^ bit) % F.length());
    }

    private static VectorMask<Float> having(int bit) {
        boolean[] is = new boolean[F.length()];
        for (int i = 0; i < is.length; i++) is[i] = (i & bit) != 0;
        return VectorMask.fromArray(F, is, 0);
    }

    /// Whether the vectors are as wide as this needs them.
    static boolean fits() {
        return F.length() == 16;
    }

    /// Leaves the four products in `w[RESULTS … RESULTS + 3]`.
    static void four(float[] a, int ao, float[] b, int bo, int step, int n, float[] w) {
        four(a, ao, b, bo, step, n, w, RESULTS);
    }

    private static void four(float[] a, int ao, float[] b, int bo, int step, int n, float[] w, int to) {
        if (n > ScalarReductions.BLOCK) {
            int half = ScalarReductions.half(n);
            four(a, ao, b, bo, step, half, w, to);
            four(a, ao + half, b, bo + half, step, n - half, w, to + WIDTH);
            for (int i = 0; i < WIDTH; i++) w[to + i] += w[to + WIDTH + i];
            return;
        }
        int whole = n & -LANES;
        lanes(a, ao, b, bo, bo + step, bo + 2 * step, bo + 3 * step, whole, w);
        for (int q = 0; q < WIDTH && whole < n; q++) {
            rest(a, ao + whole, b, bo + q * step + whole, n - whole, w, q * LANES);
        }
        fold8(w);
        fold(w, to);
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    /// The sums of all lanes over the whole passes of `n` elements.
    private static void lanes(float[] a, int ao, float[] b, int b0, int b1, int b2, int b3, int n, float[] w) {
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0, y0 = x0, y1 = x0, y2 = x0, y3 = x0;
        FloatVector z0 = x0, z1 = x0, z2 = x0, z3 = x0, u0 = x0, u1 = x0, u2 = x0, u3 = x0;
        for (int i = 0; i < n; i += LANES) {
            FloatVector s = load(a, ao + i);
            x0 = s.fma(load(b, b0 + i), x0);
            y0 = s.fma(load(b, b1 + i), y0);
            z0 = s.fma(load(b, b2 + i), z0);
            u0 = s.fma(load(b, b3 + i), u0);
            s = load(a, ao + i + 16);
            x1 = s.fma(load(b, b0 + i + 16), x1);
            y1 = s.fma(load(b, b1 + i + 16), y1);
            z1 = s.fma(load(b, b2 + i + 16), z1);
            u1 = s.fma(load(b, b3 + i + 16), u1);
            s = load(a, ao + i + 32);
            x2 = s.fma(load(b, b0 + i + 32), x2);
            y2 = s.fma(load(b, b1 + i + 32), y2);
            z2 = s.fma(load(b, b2 + i + 32), z2);
            u2 = s.fma(load(b, b3 + i + 32), u2);
            s = load(a, ao + i + 48);
            x3 = s.fma(load(b, b0 + i + 48), x3);
            y3 = s.fma(load(b, b1 + i + 48), y3);
            z3 = s.fma(load(b, b2 + i + 48), z3);
            u3 = s.fma(load(b, b3 + i + 48), u3);
        }
        x0.intoArray(w, 0);
        x1.intoArray(w, 16);
        x2.intoArray(w, 32);
        x3.intoArray(w, 48);
        y0.intoArray(w, 64);
        y1.intoArray(w, 80);
        y2.intoArray(w, 96);
        y3.intoArray(w, 112);
        z0.intoArray(w, 128);
        z1.intoArray(w, 144);
        z2.intoArray(w, 160);
        z3.intoArray(w, 176);
        u0.intoArray(w, 192);
        u1.intoArray(w, 208);
        u2.intoArray(w, 224);
        u3.intoArray(w, 240);
    }

    /// Adds the last `n < 64` elements of one product to its lanes.
    private static void rest(float[] a, int ao, float[] b, int bo, int n, float[] w, int at) {
        int i = 0;
        for (; i <= n - 16; i += 16)
            load(a, ao + i).fma(load(b, bo + i), load(w, at + i)).intoArray(w, at + i);
        for (; i < n; i++) w[at + i] = Math.fma(a[ao + i], b[bo + i], w[at + i]);
    }

    /// Vector `i` and vector `i + 8` become one: the sums of lanes 8 apart, those of the second in the upper
    /// half.
    private static void fold8(float[] w) {
        for (int i = 0; i < 128; i += 16) {
            FloatVector p = load(w, i), q = load(w, i + 128);
            p.blend(q, HAS_8).add(q.blend(p, HAS_8).rearrange(BY_8)).intoArray(w, i);
        }
    }

    /// The same for lanes 4, 2 and 1 apart: in the end lane `i` holds what vector `i` adds up to. Then the four
    /// groups of each product are added.
    private static void fold(float[] w, int to) {
        for (int i = 0; i < 64; i += 16) {
            FloatVector p = load(w, i), q = load(w, i + 64);
            p.blend(q, HAS_4).add(q.blend(p, HAS_4).rearrange(BY_4)).intoArray(w, i);
        }
        for (int i = 0; i < 32; i += 16) {
            FloatVector p = load(w, i), q = load(w, i + 32);
            p.blend(q, HAS_2).add(q.blend(p, HAS_2).rearrange(BY_2)).intoArray(w, i);
        }
        FloatVector p = load(w, 0), q = load(w, 16);
        FloatVector sums = p.blend(q, HAS_1).add(q.blend(p, HAS_1).rearrange(BY_1));
        sums = sums.add(sums.rearrange(BY_1));
        sums.add(sums.rearrange(BY_2)).intoArray(w, 0);
        for (int k = 0; k < WIDTH; k++) w[to + k] = w[4 * k];
    }
}
