package cajal.simd;

import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Scratch;
import cajal.kernel.Workers;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Products of at most 16 columns, as those of a network's last layer: one vector holds a row of C, masked at
/// its end, so that nothing goes through a tile at the edge. The bits are those of [GemmKernels].
///
/// Legend: as in [GemmKernels]; `from, f, rf` what the sums begin with: C, a row, or zeros for `C = A·B`; `to, t, rt`
/// where they go.
final class NarrowGemm {
    private static final int ROWS = 8;
    private static final int TILE = (ROWS + 1) * VL; // rows of C, and what they begin with
    private static final int DEEPEST = 1024; // rows of B, 64 kB with their padding, up to which it is taken
    private static final float[] ZEROS = new float[VL];
    private static final int GRAIN = 1 << 18; // multiply-adds, idle lanes' too, below which threads cost more

    private NarrowGemm() {}

    static boolean fits(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        return VL == 16 && b.columns() <= VL && c.columnStride() == 1 && a.columns() > 0 && a.columns() <= DEEPEST;
    }

    /// `C = A·B`, or `C += A·B`, or `C = A·B` with rows that begin with `row` from `at` on, unless it is empty, for
    /// matrices that begin `ai`, `bi` and `ci` elements further on.
    static void multiply(
            FloatMatrix a,
            int ai,
            FloatMatrix b,
            int bi,
            FloatMatrix c,
            int ci,
            boolean accumulate,
            float[] row,
            int at,
            Scratch scratch) {
        int m = a.rows(), k = a.columns();
        // What a vector reads beyond a row's end is in the same array, and goes nowhere.
        boolean there = b.columnStride() == 1 && b.rowStride() >= 0 && bi + b.at(k - 1, 0) + VL <= b.data().length;
        float[] own = scratch.take(TILE + (there ? 0 : k * VL)), right = there ? b.data() : own;
        if (!there) pack(b, bi, own, TILE);
        int b0 = there ? bi + b.offset() : TILE, rb = there ? b.rowStride() : VL;
        if ((long) m * k * VL <= GRAIN) {
            rows(0, m, a, ai, right, b0, rb, c, ci, accumulate, row, at, own);
        } else {
            int grain = Math.max(1, GRAIN / (k * VL) / ROWS) * ROWS;
            Workers.ranges(m, grain, (i, end) -> {
                float[] tile = scratch.take(TILE);
                rows(i, end, a, ai, right, b0, rb, c, ci, accumulate, row, at, tile);
                scratch.give(tile);
            });
        }
        scratch.give(own);
    }

    private static void pack(FloatMatrix b, int bi, float[] panel, int to) {
        if (b.columnStride() == 1) {
            for (int p = 0; p < b.rows(); p++) {
                System.arraycopy(b.data(), bi + b.at(p, 0), panel, to + p * VL, b.columns());
            }
        } else {
            Transposition.toPanel(
                    b.data(), bi + b.offset(), b.rowStride(), b.columnStride(), b.rows(), b.columns(), panel, to, VL);
        }
    }

    private static void rows(
            int start,
            int end,
            FloatMatrix a,
            int ai,
            float[] right,
            int b0,
            int rb,
            FloatMatrix c,
            int ci,
            boolean accumulate,
            float[] row,
            int at,
            float[] tile) {
        int k = a.columns(), ra = a.rowStride(), ca = a.columnStride();
        boolean whole = c.columns() == VL, begun = row.length > 0;
        float[] left = a.data();
        if (begun) {
            FloatVector.fromArray(F, row, at, F.indexInRange(0, c.columns())).intoArray(tile, ROWS * VL);
        }
        for (int i = start, rows; i < end; i += rows) {
            boolean many = end - start >= ROWS;
            int first = many ? Math.min(i, end - ROWS) : i; // the last eight again, some of them in vain
            rows = many ? first + ROWS - i : Math.min(2, end - i);
            boolean direct = whole && first == i;
            if (accumulate && !direct) copy(c, ci, first, many ? ROWS : rows, tile, 0, false);
            float[] to = direct ? c.data() : tile, from = accumulate ? to : begun ? tile : ZEROS;
            int t = direct ? ci + c.at(i, 0) : 0, rt = direct ? c.rowStride() : VL;
            int f = accumulate ? t : begun ? ROWS * VL : 0, rf = accumulate ? rt : 0, l = ai + a.at(first, 0);
            if (many) eight(k, left, l, ra, ca, right, b0, rb, from, f, rf, to, t, rt);
            else if (rows == 2) two(k, left, l, ra, ca, right, b0, rb, from, f, rf, to, t, rt);
            else one(k, left, l, ca, right, b0, rb, from, f, to, t);
            if (!direct) copy(c, ci, i, rows, tile, (i - first) * VL, true);
        }
    }

    /// Between `rows` rows of C from `i` and the tile from `t`.
    private static void copy(FloatMatrix c, int ci, int i, int rows, float[] tile, int t, boolean out) {
        float[] data = c.data();
        VectorMask<Float> lanes = F.indexInRange(0, c.columns());
        for (int r = 0, at = ci + c.at(i, 0); r < rows; r++, at += c.rowStride(), t += VL) {
            if (out) FloatVector.fromArray(F, tile, t).intoArray(data, at, lanes);
            else FloatVector.fromArray(F, data, at, lanes).intoArray(tile, t);
        }
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static FloatVector spread(float[] x, int i) {
        return FloatVector.broadcast(F, x[i]);
    }

    private static void eight(
            int k,
            float[] a,
            int a0,
            int ra,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] to,
            int t,
            int rt) {
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra, a4 = a3 + ra, a5 = a4 + ra, a6 = a5 + ra, a7 = a6 + ra;
        FloatVector x0 = load(from, f), x1 = load(from, f + rf);
        FloatVector x2 = load(from, f + 2 * rf), x3 = load(from, f + 3 * rf);
        FloatVector x4 = load(from, f + 4 * rf), x5 = load(from, f + 5 * rf);
        FloatVector x6 = load(from, f + 6 * rf), x7 = load(from, f + 7 * rf);
        for (int p = 0, q = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector y = load(b, b0);
            x0 = spread(a, a0 + q).fma(y, x0);
            x1 = spread(a, a1 + q).fma(y, x1);
            x2 = spread(a, a2 + q).fma(y, x2);
            x3 = spread(a, a3 + q).fma(y, x3);
            x4 = spread(a, a4 + q).fma(y, x4);
            x5 = spread(a, a5 + q).fma(y, x5);
            x6 = spread(a, a6 + q).fma(y, x6);
            x7 = spread(a, a7 + q).fma(y, x7);
        }
        CLASS.cast(x0).intoArray(to, t);
        CLASS.cast(x1).intoArray(to, t + rt);
        CLASS.cast(x2).intoArray(to, t + 2 * rt);
        CLASS.cast(x3).intoArray(to, t + 3 * rt);
        CLASS.cast(x4).intoArray(to, t + 4 * rt);
        CLASS.cast(x5).intoArray(to, t + 5 * rt);
        CLASS.cast(x6).intoArray(to, t + 6 * rt);
        CLASS.cast(x7).intoArray(to, t + 7 * rt);
    }

    private static void two(
            int k,
            float[] a,
            int a0,
            int ra,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] to,
            int t,
            int rt) {
        FloatVector x0 = load(from, f), x1 = load(from, f + rf);
        for (int p = 0, q = a0; p < k; p++, q += ca, b0 += rb) {
            FloatVector y = load(b, b0);
            x0 = spread(a, q).fma(y, x0);
            x1 = spread(a, q + ra).fma(y, x1);
        }
        CLASS.cast(x0).intoArray(to, t);
        CLASS.cast(x1).intoArray(to, t + rt);
    }

    private static void one(
            int k, float[] a, int a0, int ca, float[] b, int b0, int rb, float[] from, int f, float[] to, int t) {
        FloatVector x = load(from, f);
        for (int p = 0, q = a0; p < k; p++, q += ca, b0 += rb) x = spread(a, q).fma(load(b, b0), x);
        CLASS.cast(x).intoArray(to, t);
    }
}
