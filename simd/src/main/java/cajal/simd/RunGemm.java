package cajal.simd;

import static cajal.simd.GemmKernels.MR;
import static cajal.simd.GemmKernels.NR;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Scratch;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// `C = A·B` or `C += A·B` where each row of B is a run of neighbours that begins anywhere in an array: the
/// product that convolutions are made of. A's columns are read as they lie, one number behind the other; C is cut into
/// tiles as in [Gemm].
///
/// **Numerics**: each element is `fma(a[i][p], b[p][j], c)` for ascending `p`, as there.
final class RunGemm {
    private static final int DEPTH = 512; // columns of A to a block
    private static final int ROWS = 64; // rows of A to a block
    private static final float[] ZEROS = new float[4 * VL];

    private RunGemm() {}

    /// Whether it can be computed here: A's columns are without gaps, and C's rows, which hold a tile.
    static boolean fits(FloatMatrix a, FloatMatrix c) {
        return a.rowStride() == 1 && c.columnStride() == 1 && c.columns() >= NR;
    }

    /// `C = A·B`, or `C += A·B`; row `p` of B begins at `b[at + runs[p]]`.
    static void multiply(
            FloatMatrix a, float[] b, int at, int[] runs, FloatMatrix c, boolean accumulate, Scratch scratch) {
        int n = c.columns();
        int whole = n - n % NR;
        for (int p0 = 0; p0 < a.columns(); p0 += DEPTH) {
            int k = Math.min(DEPTH, a.columns() - p0);
            for (int i0 = 0; i0 < a.rows(); i0 += ROWS) {
                int i1 = Math.min(i0 + ROWS, a.rows());
                block(a, i0, i1, p0, k, b, at, runs, c, whole, accumulate || p0 > 0);
            }
        }
        if (whole < n) {
            rest(a, b, at + whole, runs, c, whole, accumulate, scratch);
        }
    }

    private static void block(
            FloatMatrix a,
            int i0,
            int i1,
            int p0,
            int k,
            float[] b,
            int at,
            int[] runs,
            FloatMatrix c,
            int whole,
            boolean accumulate) {
        float[] left = a.data(), to = c.data(), from = accumulate ? to : ZEROS;
        int step = a.columnStride(), down = c.rowStride();
        int tall = Lanes.MANY ? i1 - (i1 - i0) % MR : i0;
        if (tall > i0) {
            for (int j = 0; j < whole; j += NR) {
                for (int i = i0; i < tall; i += MR) {
                    rows8(k, left, a.at(i, p0), step, b, at + j, runs, p0, from, to, c.at(i, j), down);
                }
            }
        }
        int i = tall;
        for (; i + 4 <= i1; i += 4) {
            for (int j = 0; j < whole; j += NR) {
                rows4(k, left, a.at(i, p0), step, b, at + j, runs, p0, from, to, c.at(i, j), down);
            }
        }
        for (; i < i1; i++) {
            int j = 0;
            for (; j + 4 * VL <= whole; j += 4 * VL) {
                wideRow(k, left, a.at(i, p0), step, b, at + j, runs, p0, from, to, c.at(i, j));
            }
            for (; j < whole; j += NR) {
                row(k, left, a.at(i, p0), step, b, at + j, runs, p0, from, to, c.at(i, j));
            }
        }
    }

    /// The columns from `whole` on, fewer than a tile has: on copies that are filled up with zeros.
    private static void rest(
            FloatMatrix a,
            float[] b,
            int at,
            int[] runs,
            FloatMatrix c,
            int whole,
            boolean accumulate,
            Scratch scratch) {
        int k = a.columns(), m = a.rows(), n = c.columns() - whole;
        float[] panel = scratch.take(k * NR);
        float[] sums = scratch.take(m * NR);
        for (int p = 0; p < k; p++) {
            System.arraycopy(b, at + runs[p], panel, p * NR, n);
            Arrays.fill(panel, p * NR + n, (p + 1) * NR, 0);
        }
        for (int i = 0; i < m && accumulate; i++) {
            System.arraycopy(c.data(), c.at(i, whole), sums, i * NR, n);
            Arrays.fill(sums, i * NR + n, (i + 1) * NR, 0);
        }
        Gemm.multiply(a, FloatMatrix.of(panel, k, NR), FloatMatrix.of(sums, m, NR), accumulate, scratch);
        for (int i = 0; i < m; i++) {
            System.arraycopy(sums, i * NR, c.data(), c.at(i, whole), n);
        }
        scratch.give(panel);
        scratch.give(sums);
    }

    // The kernels: see GemmKernels, whose rules hold here too. `q, ca` position and step in A, `b0` what is added to
    // a run's beginning, `p0` the first run; `from` what the sums begin with: C, or zeros.

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static FloatVector spread(float[] x, int i) {
        return FloatVector.broadcast(F, x[i]);
    }

    /// 8 rows by 2 vectors.
    private static void rows8(
            int k,
            float[] a,
            int q,
            int ca,
            float[] b,
            int b0,
            int[] runs,
            int p0,
            float[] from,
            float[] c,
            int c0,
            int rc) {
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        int f0 = from == c ? c0 : 0, rf = from == c ? rc : 0;
        int f1 = f0 + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        FloatVector x0 = load(from, f0), y0 = load(from, f0 + VL);
        FloatVector x1 = load(from, f1), y1 = load(from, f1 + VL);
        FloatVector x2 = load(from, f2), y2 = load(from, f2 + VL);
        FloatVector x3 = load(from, f3), y3 = load(from, f3 + VL);
        FloatVector x4 = load(from, f4), y4 = load(from, f4 + VL);
        FloatVector x5 = load(from, f5), y5 = load(from, f5 + VL);
        FloatVector x6 = load(from, f6), y6 = load(from, f6 + VL);
        FloatVector x7 = load(from, f7), y7 = load(from, f7 + VL);
        for (int p = p0; p < p0 + k; p++, q += ca) {
            int at = b0 + runs[p];
            FloatVector bx = load(b, at), by = load(b, at + VL);
            FloatVector s = spread(a, q);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = spread(a, q + 1);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = spread(a, q + 2);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = spread(a, q + 3);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            s = spread(a, q + 4);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            s = spread(a, q + 5);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            s = spread(a, q + 6);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            s = spread(a, q + 7);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
        }
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + VL);
        x1.intoArray(c, c1);
        y1.intoArray(c, c1 + VL);
        x2.intoArray(c, c2);
        y2.intoArray(c, c2 + VL);
        x3.intoArray(c, c3);
        y3.intoArray(c, c3 + VL);
        x4.intoArray(c, c4);
        y4.intoArray(c, c4 + VL);
        x5.intoArray(c, c5);
        y5.intoArray(c, c5 + VL);
        x6.intoArray(c, c6);
        y6.intoArray(c, c6 + VL);
        x7.intoArray(c, c7);
        y7.intoArray(c, c7 + VL);
    }

    /// 4 rows by 2 vectors, for processors with few registers and for the last rows.
    private static void rows4(
            int k,
            float[] a,
            int q,
            int ca,
            float[] b,
            int b0,
            int[] runs,
            int p0,
            float[] from,
            float[] c,
            int c0,
            int rc) {
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc;
        int f0 = from == c ? c0 : 0, rf = from == c ? rc : 0;
        int f1 = f0 + rf, f2 = f1 + rf, f3 = f2 + rf;
        FloatVector x0 = load(from, f0), y0 = load(from, f0 + VL);
        FloatVector x1 = load(from, f1), y1 = load(from, f1 + VL);
        FloatVector x2 = load(from, f2), y2 = load(from, f2 + VL);
        FloatVector x3 = load(from, f3), y3 = load(from, f3 + VL);
        for (int p = p0; p < p0 + k; p++, q += ca) {
            int at = b0 + runs[p];
            FloatVector bx = load(b, at), by = load(b, at + VL);
            FloatVector s = spread(a, q);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = spread(a, q + 1);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = spread(a, q + 2);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = spread(a, q + 3);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
        }
        x0.intoArray(c, c0);
        y0.intoArray(c, c0 + VL);
        x1.intoArray(c, c1);
        y1.intoArray(c, c1 + VL);
        x2.intoArray(c, c2);
        y2.intoArray(c, c2 + VL);
        x3.intoArray(c, c3);
        y3.intoArray(c, c3 + VL);
    }

    /// 1 row by 2 vectors.
    private static void row(
            int k, float[] a, int q, int ca, float[] b, int b0, int[] runs, int p0, float[] from, float[] c, int c0) {
        int f0 = from == c ? c0 : 0;
        FloatVector x = load(from, f0), y = load(from, f0 + VL);
        for (int p = p0; p < p0 + k; p++, q += ca) {
            int at = b0 + runs[p];
            FloatVector s = spread(a, q);
            x = s.fma(load(b, at), x);
            y = s.fma(load(b, at + VL), y);
        }
        x.intoArray(c, c0);
        y.intoArray(c, c0 + VL);
    }

    /// 1 row by 4 vectors.
    private static void wideRow(
            int k, float[] a, int q, int ca, float[] b, int b0, int[] runs, int p0, float[] from, float[] c, int c0) {
        int f0 = from == c ? c0 : 0;
        FloatVector x0 = load(from, f0),
                x1 = load(from, f0 + VL),
                x2 = load(from, f0 + 2 * VL),
                x3 = load(from, f0 + 3 * VL);
        for (int p = p0; p < p0 + k; p++, q += ca) {
            int at = b0 + runs[p];
            FloatVector s = spread(a, q);
            x0 = s.fma(load(b, at), x0);
            x1 = s.fma(load(b, at + VL), x1);
            x2 = s.fma(load(b, at + 2 * VL), x2);
            x3 = s.fma(load(b, at + 3 * VL), x3);
        }
        x0.intoArray(c, c0);
        x1.intoArray(c, c0 + VL);
        x2.intoArray(c, c0 + 2 * VL);
        x3.intoArray(c, c0 + 3 * VL);
    }
}
