package cajal.simd;

import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import jdk.incubator.vector.FloatVector;

/// The micro-kernels of matrix multiplication: `C += A·B` on a tile of a few rows by a few vectors that
/// stays in registers while the sum over `k` runs.
///
/// Each kernel loads its tile of C, accumulates, stores it. It must stay small and straight: a helper call
/// more, and the compiler passes its inlining limit, boxes the vectors, and the kernel is six times slower.
/// Element `(i, j)` is `fma(a[i][p], b[p][j], c)` for `p` in ascending order in every one of them, so it
/// has the same bits whichever kernel, vector width or block size computes it.
///
/// Legend: `a, a0, ra, ca` array, position, row and column stride of A; `b, b0, rb` the same of B, whose
/// columns are adjacent; `c, c0, rc` of C, likewise; `k` the number of columns of A and rows of B.
final class GemmKernels {
    /// Rows of the large tile: 16 registers hold no more than 4.
    static final int TALL = Lanes.MANY ? 8 : 4;

    /// Rows that are computed together, in one large tile or two.
    static final int MR = 8;

    /// Columns of the large tile.
    static final int NR = 3 * VL;

    /// Up to so many last columns are too few for a tile of their own.
    static final int FEW = VL;

    /// What sums may begin with in place of C.
    static final float[] ZEROS = new float[2 * NR];

    /// The runs of a B that [#rows4Runs] reads from one place on.
    static final int[] ONE = {0};

    private GemmKernels() {}

    /// How wide the next tile is where `left` columns are left: [#NR], or 2 vectors at the end. Four vectors are two
    /// times two, not three and one.
    static int across(int left) {
        boolean narrow = left <= 2 * VL || left > 3 * VL && left <= 4 * VL;
        return narrow ? 2 * VL : NR;
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static FloatVector spread(float[] x, int i) {
        return FloatVector.broadcast(F, x[i]);
    }

    /// 4 rows by 3 vectors of a packed B, for processors with 16 registers, all of which it takes. The sums begin
    /// with `from`, row by row, `f` and `rf` as `c0` and `rc`.
    ///
    /// A is addressed by strides even where its rows are neighbours, and `at` counts the loop: if the compiler can
    /// check several places at once, or all before the loop, it loads them early, and if there are more numbers
    /// than registers for them it keeps them in those of vectors. Either way sums go to memory and back, at less
    /// than half of the speed. The loop calls the vectors' own methods, which are inlined beyond the limit of nodes
    /// too: past it a helper was not, in one process of ten, and vectors were boxed.
    static void rows4Packed(
            int k,
            float[] a,
            int q,
            int ra,
            int ca,
            float[] b,
            int at,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc;
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf;
        int d1 = ra, d2 = 2 * ra, d3 = 3 * ra;
        FloatVector x0 = load(from, f), y0 = load(from, f + VL), z0 = load(from, f + 2 * VL);
        FloatVector x1 = load(from, f1), y1 = load(from, f1 + VL), z1 = load(from, f1 + 2 * VL);
        FloatVector x2 = load(from, f2), y2 = load(from, f2 + VL), z2 = load(from, f2 + 2 * VL);
        FloatVector x3 = load(from, f3), y3 = load(from, f3 + VL), z3 = load(from, f3 + 2 * VL);
        for (int end = at + k * NR; at != end; at += NR, q += ca) {
            FloatVector bx = FloatVector.fromArray(F, b, at), by = FloatVector.fromArray(F, b, at + VL);
            FloatVector bz = FloatVector.fromArray(F, b, at + 2 * VL);
            FloatVector s = FloatVector.broadcast(F, a[q]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            z0 = s.fma(bz, z0);
            s = FloatVector.broadcast(F, a[q + d1]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            z1 = s.fma(bz, z1);
            s = FloatVector.broadcast(F, a[q + d2]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            z2 = s.fma(bz, z2);
            s = FloatVector.broadcast(F, a[q + d3]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            z3 = s.fma(bz, z3);
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(z0).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(z1).intoArray(c, c1 + 2 * VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(z2).intoArray(c, c2 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(z3).intoArray(c, c3 + 2 * VL);
    }

    /// As [#rows4Packed], of rows of B that begin at `runs[t0 … t1 - 1]` from `b0` on, `k > 0` from each, `rb` apart,
    /// which is not 0.
    static void rows4Runs(
            int t0,
            int t1,
            int[] runs,
            int k,
            float[] a,
            int q,
            int ra,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc;
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf;
        int d1 = ra, d2 = 2 * ra, d3 = 3 * ra;
        FloatVector x0 = load(from, f), y0 = load(from, f + VL), z0 = load(from, f + 2 * VL);
        FloatVector x1 = load(from, f1), y1 = load(from, f1 + VL), z1 = load(from, f1 + 2 * VL);
        FloatVector x2 = load(from, f2), y2 = load(from, f2 + VL), z2 = load(from, f2 + 2 * VL);
        FloatVector x3 = load(from, f3), y3 = load(from, f3 + VL), z3 = load(from, f3 + 2 * VL);
        for (int t = t0; t < t1; t++) {
            int at = b0 + runs[t], end = at + k * rb;
            do {
                FloatVector bx = FloatVector.fromArray(F, b, at), by = FloatVector.fromArray(F, b, at + VL);
                FloatVector bz = FloatVector.fromArray(F, b, at + 2 * VL);
                FloatVector s = FloatVector.broadcast(F, a[q]);
                x0 = s.fma(bx, x0);
                y0 = s.fma(by, y0);
                z0 = s.fma(bz, z0);
                s = FloatVector.broadcast(F, a[q + d1]);
                x1 = s.fma(bx, x1);
                y1 = s.fma(by, y1);
                z1 = s.fma(bz, z1);
                s = FloatVector.broadcast(F, a[q + d2]);
                x2 = s.fma(bx, x2);
                y2 = s.fma(by, y2);
                z2 = s.fma(bz, z2);
                s = FloatVector.broadcast(F, a[q + d3]);
                x3 = s.fma(bx, x3);
                y3 = s.fma(by, y3);
                z3 = s.fma(bz, z3);
                at += rb;
                q += ca;
            } while (at != end);
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(z0).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(z1).intoArray(c, c1 + 2 * VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(z2).intoArray(c, c2 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(z3).intoArray(c, c3 + 2 * VL);
    }

    /// 1 row by 3 vectors, as [#rows4Runs].
    static void rowRuns(
            int t0,
            int t1,
            int[] runs,
            int k,
            float[] a,
            int a0,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            float[] c,
            int c0) {
        FloatVector x = load(from, f), y = load(from, f + VL), z = load(from, f + 2 * VL);
        int q = a0;
        for (int t = t0; t < t1; t++) {
            for (int p = 0, at = b0 + runs[t]; p < k; p++, q += ca, at += rb) {
                FloatVector s = spread(a, q);
                x = s.fma(load(b, at), x);
                y = s.fma(load(b, at + VL), y);
                z = s.fma(load(b, at + 2 * VL), z);
            }
        }
        CLASS.cast(x).intoArray(c, c0);
        CLASS.cast(y).intoArray(c, c0 + VL);
        CLASS.cast(z).intoArray(c, c0 + 2 * VL);
    }

    /// 4 rows by 2 vectors.
    static void rows4(int k, float[] a, int a0, int ra, int ca, float[] b, int b0, int rb, float[] c, int c0, int rc) {
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc;
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra;
        FloatVector x0 = load(c, c0), y0 = load(c, c0 + VL);
        FloatVector x1 = load(c, c1), y1 = load(c, c1 + VL);
        FloatVector x2 = load(c, c2), y2 = load(c, c2 + VL);
        FloatVector x3 = load(c, c3), y3 = load(c, c3 + VL);
        for (int p = 0, q = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = load(b, b0), by = load(b, b0 + VL);
            FloatVector s = spread(a, a0 + q);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = spread(a, a1 + q);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = spread(a, a2 + q);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = spread(a, a3 + q);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
    }

    /// 4 rows by 2 vectors of a C that begins at 0.
    static void rows4Fresh(
            int k, float[] a, int a0, int ra, int ca, float[] b, int b0, int rb, float[] c, int c0, int rc) {
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc;
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra;
        FloatVector x0 = FloatVector.zero(F), y0 = x0;
        FloatVector x1 = FloatVector.zero(F), y1 = x1;
        FloatVector x2 = FloatVector.zero(F), y2 = x2;
        FloatVector x3 = FloatVector.zero(F), y3 = x3;
        for (int p = 0, q = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = load(b, b0), by = load(b, b0 + VL);
            FloatVector s = spread(a, a0 + q);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = spread(a, a1 + q);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = spread(a, a2 + q);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = spread(a, a3 + q);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
    }

    /// 2 rows by 2 vectors.
    static void rows2(int k, float[] a, int a0, int ra, int ca, float[] b, int b0, int rb, float[] c, int c0, int rc) {
        int c1 = c0 + rc, a1 = a0 + ra;
        FloatVector x0 = load(c, c0), y0 = load(c, c0 + VL);
        FloatVector x1 = load(c, c1), y1 = load(c, c1 + VL);
        for (int p = 0, q = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = load(b, b0), by = load(b, b0 + VL);
            FloatVector s = spread(a, a0 + q);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = spread(a, a1 + q);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
    }

    /// 1 row by 2 vectors.
    static void row(int k, float[] a, int a0, int ca, float[] b, int b0, int rb, float[] c, int c0) {
        FloatVector x = load(c, c0), y = load(c, c0 + VL);
        for (int p = 0, q = a0; p < k; p++, q += ca, b0 += rb) {
            FloatVector s = spread(a, q);
            x = s.fma(load(b, b0), x);
            y = s.fma(load(b, b0 + VL), y);
        }
        CLASS.cast(x).intoArray(c, c0);
        CLASS.cast(y).intoArray(c, c0 + VL);
    }

    /// 1 row by 2 vectors of a C that begins at 0.
    static void rowFresh(int k, float[] a, int a0, int ca, float[] b, int b0, int rb, float[] c, int c0) {
        FloatVector x = FloatVector.zero(F), y = x;
        for (int p = 0, q = a0; p < k; p++, q += ca, b0 += rb) {
            FloatVector s = spread(a, q);
            x = s.fma(load(b, b0), x);
            y = s.fma(load(b, b0 + VL), y);
        }
        CLASS.cast(x).intoArray(c, c0);
        CLASS.cast(y).intoArray(c, c0 + VL);
    }

    /// 1 row by 6 vectors, for a matrix that is read once, row by row.
    static void wideRow(int k, float[] a, int a0, int ca, float[] b, int b0, int rb, float[] c, int c0) {
        FloatVector x0 = load(c, c0), x1 = load(c, c0 + VL), x2 = load(c, c0 + 2 * VL), x3 = load(c, c0 + 3 * VL);
        FloatVector x4 = load(c, c0 + 4 * VL), x5 = load(c, c0 + 5 * VL);
        for (int p = 0, q = a0; p < k; p++, q += ca, b0 += rb) {
            FloatVector s = spread(a, q);
            x0 = s.fma(load(b, b0), x0);
            x1 = s.fma(load(b, b0 + VL), x1);
            x2 = s.fma(load(b, b0 + 2 * VL), x2);
            x3 = s.fma(load(b, b0 + 3 * VL), x3);
            x4 = s.fma(load(b, b0 + 4 * VL), x4);
            x5 = s.fma(load(b, b0 + 5 * VL), x5);
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(x1).intoArray(c, c0 + VL);
        CLASS.cast(x2).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c0 + 3 * VL);
        CLASS.cast(x4).intoArray(c, c0 + 4 * VL);
        CLASS.cast(x5).intoArray(c, c0 + 5 * VL);
    }

    /// Copies `k` rows of B, `rb` apart and as wide as a tile, together; with casts, without which
    /// every vector was an object in some processes.
    static void copy(float[] b, int b0, int rb, int k, int wide, float[] to, int at) {
        for (int p = 0; p < k; p++, b0 += rb, at += wide) {
            CLASS.cast(FloatVector.fromArray(F, b, b0)).intoArray(to, at);
            CLASS.cast(FloatVector.fromArray(F, b, b0 + VL)).intoArray(to, at + VL);
            if (wide > 2 * VL)
                CLASS.cast(FloatVector.fromArray(F, b, b0 + 2 * VL)).intoArray(to, at + 2 * VL);
        }
    }

    /// Copies the rows `begin … end - 1` of A, which are neighbours, into panels of `high` rows, a multiple of
    /// [Lanes#VL], for `k` columns, `ca` apart.
    static void copyRuns(float[] a, int a0, int ca, int k, int begin, int end, int high, float[] to) {
        for (int p = 0; p < k; p++, a0 += ca) {
            for (int i = begin; i < end; i += VL) {
                int at = (i & -high) * k + p * high + (i & high - 1);
                CLASS.cast(FloatVector.fromArray(F, a, a0 + i)).intoArray(to, at);
            }
        }
    }

    /// `c_j = fma(a, b_j, c_j)`, or 0 in place of `c_j`, for `n` neighbours.
    static void multiple(float a, float[] b, int b0, float[] c, int c0, int n, boolean accumulate) {
        FloatVector x = FloatVector.broadcast(F, a), zero = FloatVector.zero(F);
        int j = 0;
        if (accumulate) {
            for (; j <= n - VL; j += VL) x.fma(load(b, b0 + j), load(c, c0 + j)).intoArray(c, c0 + j);
        } else {
            for (; j <= n - VL; j += VL) x.fma(load(b, b0 + j), zero).intoArray(c, c0 + j);
        }
        for (; j < n; j++) c[c0 + j] = Math.fma(a, b[b0 + j], accumulate ? c[c0 + j] : 0);
    }
}
