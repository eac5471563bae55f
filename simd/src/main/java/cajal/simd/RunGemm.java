package cajal.simd;

import static cajal.kernel.FloatPrimitives.PANEL;
import static cajal.simd.GemmKernels.NR;
import static cajal.simd.GemmKernels.ONE;
import static cajal.simd.GemmKernels.ZEROS;
import static cajal.simd.GemmKernels.across;
import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Product;
import cajal.kernel.Scratch;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// `C = A·B` or `C += A·B` where each row of B is a run of neighbours that begins anywhere in an array: the
/// product that convolutions are made of. A lies in panels of 8 rows, so that a tile reads it from front to end; C is
/// cut into tiles as in [TiledGemm]. The columns of B that a tile needs are copied together where enough tiles use
/// them and no two rows share elements, and at the right edge where B's array ends too early.
///
/// **Numerics**: each element is `fma(a[i][p], b[p][j], c)` for ascending `p`, as there.
final class RunGemm implements Product {
    private static final int DEPTH = 512; // columns of A to a block
    private static final int ROWS = 64; // rows of A to a block
    private static final int COPIED = 64; // rows from which copying B's columns together pays
    private static final int GROUP = 8; // tiles whose columns are copied together

    private final float[] a;
    private final float[] b;
    private final int[] runs;
    private final int each;
    private final int step;
    private final FloatMatrix c;
    private final boolean accumulate;
    private final Scratch scratch;
    private final int depth; // columns of A
    private int c0; // where C begins, behind where it was said to

    // the block at hand
    private int t0, t1; // runs
    private int some; // rows of B from each of them
    private int left; // its first column of A, in a panel
    private int at; // what is added to its runs
    private boolean fresh; // the sums begin at 0

    /// `C = A·B`, or `C += A·B`, as [cajal.kernel.FloatPrimitives#productOfRuns] says.
    RunGemm(float[] a, float[] b, int[] runs, int each, int step, FloatMatrix c, boolean accumulate, Scratch scratch) {
        this.a = a;
        this.b = b;
        this.runs = runs;
        this.each = each;
        this.step = step;
        this.c = c;
        this.accumulate = accumulate;
        this.scratch = scratch;
        depth = runs.length * each;
    }

    /// Whether it can be computed here: C's rows are without gaps and hold a narrow tile.
    static boolean fits(FloatMatrix c) {
        return c.columnStride() == 1 && c.columns() >= 2 * VL;
    }

    @Override
    public void compute(int a0, int start, int c0) {
        this.c0 = c0;
        int most = Math.min(each, DEPTH), many = Math.max(1, DEPTH / each);
        boolean copied = c.rows() >= COPIED && areApart();
        int length = Math.min(DEPTH, depth) * NR + VL; // apart from a power of two
        float[] copies = scratch.take((copied ? GROUP : 1) * length), edge = scratch.take(ROWS * NR);
        for (t0 = 0; t0 < runs.length; t0 += many) {
            t1 = Math.min(runs.length, t0 + many);
            for (int p = 0; p < each; p += most) {
                some = Math.min(most, each - p);
                left = a0 + (t0 * each + p) * PANEL;
                at = start + p * step;
                fresh = t0 + p == 0 && !accumulate;
                block(copied, copies, length, edge);
            }
        }
        scratch.give(copies);
        scratch.give(edge);
    }

    /// The beginning of the last row of the block's B.
    private int reach() {
        int last = 0;
        for (int t = t0; t < t1; t++) last = Math.max(last, runs[t]);
        return at + last + (some - 1) * step;
    }

    private int to(int i, int j) {
        return c0 + c.at(i, j);
    }

    /// Whether no two rows of B overlap: whether each of its elements is read once, then.
    private boolean areApart() {
        int n = c.columns();
        for (int t = 1; t < runs.length; t++) if (Math.abs(runs[t] - runs[0]) < n) return false;
        return each == 1 || step >= n;
    }

    private void block(boolean copied, float[] copies, int length, float[] edge) {
        int n = c.columns(), whole = 0;
        if (c.rows() < 4 && !copied) {
            whole = n - n % (2 * VL);
            rows(whole);
        } else {
            for (int wide; n - whole >= (wide = across(n - whole)); ) { // tiles as wide as each other
                int end = whole;
                while (end + wide <= n && across(n - end) == wide) end += wide;
                wholeTiles(whole, end, wide, copied, copies, length);
                whole = end;
            }
        }
        if (whole == n) return;
        int wide = across(n - whole);
        boolean inPlace = reach() + whole + wide <= b.length; // what it reads behind the last column goes nowhere
        if (!inPlace) copyLast(whole, n - whole, wide, copies);
        for (int i = 0; i < c.rows(); i += ROWS) {
            int rows = Math.min(ROWS, c.rows() - i);
            if (!fresh) edge(i, rows, whole, edge, true);
            tiles(i, rows, wide, inPlace ? b : copies, inPlace ? at + whole : 0, edge, 0, NR);
            edge(i, rows, whole, edge, false);
        }
    }

    /// The columns `begin … end - 1`, in tiles of `wide`.
    private void wholeTiles(int begin, int end, int wide, boolean copied, float[] copies, int length) {
        for (int g = begin; g < end; g += GROUP * wide) {
            int until = Math.min(end, g + GROUP * wide);
            if (copied) copy(g, (until - g) / wide, wide, copies, length);
            for (int i = 0; i < c.rows(); i += ROWS) {
                int rows = Math.min(ROWS, c.rows() - i);
                for (int j = g, q = 0; j < until; j += wide, q += length) {
                    if (copied) tiles(i, rows, wide, copies, q, c.data(), to(i, j), c.rowStride());
                    else tiles(i, rows, wide, b, at + j, c.data(), to(i, j), c.rowStride());
                }
            }
        }
    }

    /// A few rows, as those of channels that are each a group, in tiles that are twice as wide.
    private void rows(int whole) {
        float[] to = c.data(), from = fresh ? ZEROS : to;
        for (int i = 0, q = left; i < c.rows(); i++, q++) {
            int j = 0;
            for (; j + 4 * VL <= whole; j += 4 * VL) {
                wideRow(t0, t1, runs, some, step, a, q, b, at + j, from, to, to(i, j));
            }
            if (j < whole) row(t0, t1, runs, some, step, a, q, b, at + j, from, to, to(i, j));
        }
    }

    /// Copies the columns of some tiles from `j` on together, each tile's from a multiple of `length` on.
    private void copy(int j, int tiles, int across, float[] to, int length) {
        int q = 0;
        for (int t = t0; t < t1; t++) {
            for (int p = 0, row = at + j + runs[t]; p < some; p++, row += step, q += across) {
                for (int tile = 0, from = row, into = q; tile < tiles; tile++, from += across, into += length) {
                    load(b, from).intoArray(to, into);
                    load(b, from + VL).intoArray(to, into + VL);
                    if (across > 2 * VL) load(b, from + 2 * VL).intoArray(to, into + 2 * VL);
                }
            }
        }
    }

    /// Copies the last columns together, fewer than a tile's, and zeros.
    private void copyLast(int j, int columns, int across, float[] to) {
        int q = 0;
        for (int t = t0; t < t1; t++) {
            for (int p = 0, row = at + j + runs[t]; p < some; p++, row += step, q += across) {
                System.arraycopy(b, row, to, q, columns);
                Arrays.fill(to, q + columns, q + across, 0);
            }
        }
    }

    /// Between `rows` rows of C from `(i, j)` on, which end before the tile does, and the block for them.
    private void edge(int i, int rows, int j, float[] edge, boolean in) {
        int columns = c.columns() - j;
        for (int r = 0; r < rows; r++) {
            if (in) System.arraycopy(c.data(), to(i + r, j), edge, r * NR, columns);
            else System.arraycopy(edge, r * NR, c.data(), to(i + r, j), columns);
        }
    }

    /// The tiles below each other from row `i` on that share columns of B: those of a copy, or those in place.
    private void tiles(int i, int rows, int across, float[] right, int b0, float[] to, int at, int down) {
        boolean inPlace = right == b;
        int first = inPlace ? t0 : 0, end = inPlace ? t1 : 1, k = inPlace ? some : (t1 - t0) * some;
        int[] begins = inPlace ? runs : ONE;
        int next = inPlace ? step : across;
        float[] from = fresh ? ZEROS : to;
        int q = left + i * depth, f = fresh ? 0 : at, rf = fresh ? 0 : down, panel = depth * PANEL;
        boolean wide = across > 2 * VL;
        for (; Lanes.MANY && rows >= PANEL; rows -= PANEL, q += panel, at += PANEL * down, f += PANEL * rf) {
            if (wide) rows8(first, end, begins, k, next, a, q, right, b0, from, f, rf, to, at, down);
            else rows8Narrow(first, end, begins, k, next, a, q, right, b0, from, f, rf, to, at, down);
        }
        if (wide) {
            for (int half = 4; rows >= 4; rows -= 4, at += 4 * down, f += 4 * rf) {
                if (inPlace) {
                    GemmKernels.rows4Runs(
                            first, end, begins, k, a, q, 1, PANEL, right, b0, next, from, f, rf, to, at, down);
                } else {
                    GemmKernels.rows4Packed(k, a, q, 1, PANEL, right, b0, from, f, rf, to, at, down);
                }
                q += half; // the other half of a panel, or the next panel
                half = panel - half;
            }
            for (; rows > 0; rows--, q++, at += down, f += rf) {
                GemmKernels.rowRuns(first, end, begins, k, a, q, PANEL, right, b0, next, from, f, to, at);
            }
            return;
        }
        for (; rows >= PANEL; rows -= PANEL, q += panel, at += PANEL * down) {
            rows4(first, end, begins, k, next, a, q, right, b0, from, to, at, down);
            rows4(first, end, begins, k, next, a, q + 4, right, b0, from, to, at + 4 * down, down);
        }
        if (rows >= 4) {
            rows4(first, end, begins, k, next, a, q, right, b0, from, to, at, down);
            rows -= 4;
            q += 4;
            at += 4 * down;
        }
        for (; rows > 0; rows--, q++, at += down) {
            row(first, end, begins, k, next, a, q, right, b0, from, to, at);
        }
    }

    // The kernels: see GemmKernels, whose rules hold here too. `t0 … t1 - 1` the runs that are summed over, with
    // `k` rows of B from each, `step` apart; `b0` what is added to them; `q` the first number in a panel of A;
    // `from` what the sums begin with: C, or zeros. The rows of a run are a loop of their own: with a run for each
    // row, read from an array, it took a quarter longer.

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    private static FloatVector spread(float[] x, int i) {
        return FloatVector.broadcast(F, x[i]);
    }

    /// 8 rows by 3 vectors.
    private static void rows8(
            int t0,
            int t1,
            int[] runs,
            int k,
            int step,
            float[] a,
            int q,
            float[] b,
            int b0,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        FloatVector x0 = load(from, f), y0 = load(from, f + VL), z0 = load(from, f + 2 * VL);
        FloatVector x1 = load(from, f1), y1 = load(from, f1 + VL), z1 = load(from, f1 + 2 * VL);
        FloatVector x2 = load(from, f2), y2 = load(from, f2 + VL), z2 = load(from, f2 + 2 * VL);
        FloatVector x3 = load(from, f3), y3 = load(from, f3 + VL), z3 = load(from, f3 + 2 * VL);
        FloatVector x4 = load(from, f4), y4 = load(from, f4 + VL), z4 = load(from, f4 + 2 * VL);
        FloatVector x5 = load(from, f5), y5 = load(from, f5 + VL), z5 = load(from, f5 + 2 * VL);
        FloatVector x6 = load(from, f6), y6 = load(from, f6 + VL), z6 = load(from, f6 + 2 * VL);
        FloatVector x7 = load(from, f7), y7 = load(from, f7 + VL), z7 = load(from, f7 + 2 * VL);
        for (int t = t0; t < t1; t++) {
            for (int p = 0, at = b0 + runs[t]; p < k; p++, q += PANEL, at += step) {
                FloatVector bx = FloatVector.fromArray(F, b, at), by = FloatVector.fromArray(F, b, at + VL);
                FloatVector bz = FloatVector.fromArray(F, b, at + 2 * VL);
                FloatVector s = FloatVector.broadcast(F, a[q]);
                x0 = s.fma(bx, x0);
                y0 = s.fma(by, y0);
                z0 = s.fma(bz, z0);
                s = FloatVector.broadcast(F, a[q + 1]);
                x1 = s.fma(bx, x1);
                y1 = s.fma(by, y1);
                z1 = s.fma(bz, z1);
                s = FloatVector.broadcast(F, a[q + 2]);
                x2 = s.fma(bx, x2);
                y2 = s.fma(by, y2);
                z2 = s.fma(bz, z2);
                s = FloatVector.broadcast(F, a[q + 3]);
                x3 = s.fma(bx, x3);
                y3 = s.fma(by, y3);
                z3 = s.fma(bz, z3);
                s = FloatVector.broadcast(F, a[q + 4]);
                x4 = s.fma(bx, x4);
                y4 = s.fma(by, y4);
                z4 = s.fma(bz, z4);
                s = FloatVector.broadcast(F, a[q + 5]);
                x5 = s.fma(bx, x5);
                y5 = s.fma(by, y5);
                z5 = s.fma(bz, z5);
                s = FloatVector.broadcast(F, a[q + 6]);
                x6 = s.fma(bx, x6);
                y6 = s.fma(by, y6);
                z6 = s.fma(bz, z6);
                s = FloatVector.broadcast(F, a[q + 7]);
                x7 = s.fma(bx, x7);
                y7 = s.fma(by, y7);
                z7 = s.fma(bz, z7);
            }
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
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
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(z4).intoArray(c, c4 + 2 * VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(z5).intoArray(c, c5 + 2 * VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(z6).intoArray(c, c6 + 2 * VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
        CLASS.cast(z7).intoArray(c, c7 + 2 * VL);
    }

    /// 8 rows by 2 vectors.
    private static void rows8Narrow(
            int t0,
            int t1,
            int[] runs,
            int k,
            int step,
            float[] a,
            int q,
            float[] b,
            int b0,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        FloatVector x0 = load(from, f), y0 = load(from, f + VL);
        FloatVector x1 = load(from, f1), y1 = load(from, f1 + VL);
        FloatVector x2 = load(from, f2), y2 = load(from, f2 + VL);
        FloatVector x3 = load(from, f3), y3 = load(from, f3 + VL);
        FloatVector x4 = load(from, f4), y4 = load(from, f4 + VL);
        FloatVector x5 = load(from, f5), y5 = load(from, f5 + VL);
        FloatVector x6 = load(from, f6), y6 = load(from, f6 + VL);
        FloatVector x7 = load(from, f7), y7 = load(from, f7 + VL);
        for (int t = t0; t < t1; t++) {
            for (int p = 0, at = b0 + runs[t]; p < k; p++, q += PANEL, at += step) {
                FloatVector bx = FloatVector.fromArray(F, b, at), by = FloatVector.fromArray(F, b, at + VL);
                FloatVector s = FloatVector.broadcast(F, a[q]);
                x0 = s.fma(bx, x0);
                y0 = s.fma(by, y0);
                s = FloatVector.broadcast(F, a[q + 1]);
                x1 = s.fma(bx, x1);
                y1 = s.fma(by, y1);
                s = FloatVector.broadcast(F, a[q + 2]);
                x2 = s.fma(bx, x2);
                y2 = s.fma(by, y2);
                s = FloatVector.broadcast(F, a[q + 3]);
                x3 = s.fma(bx, x3);
                y3 = s.fma(by, y3);
                s = FloatVector.broadcast(F, a[q + 4]);
                x4 = s.fma(bx, x4);
                y4 = s.fma(by, y4);
                s = FloatVector.broadcast(F, a[q + 5]);
                x5 = s.fma(bx, x5);
                y5 = s.fma(by, y5);
                s = FloatVector.broadcast(F, a[q + 6]);
                x6 = s.fma(bx, x6);
                y6 = s.fma(by, y6);
                s = FloatVector.broadcast(F, a[q + 7]);
                x7 = s.fma(bx, x7);
                y7 = s.fma(by, y7);
            }
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
    }

    /// 4 rows by 2 vectors, for processors with few registers and for the last rows.
    private static void rows4(
            int t0,
            int t1,
            int[] runs,
            int k,
            int step,
            float[] a,
            int q,
            float[] b,
            int b0,
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
        for (int t = t0; t < t1; t++) {
            for (int p = 0, at = b0 + runs[t]; p < k; p++, q += PANEL, at += step) {
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

    /// 1 row by 2 vectors.
    private static void row(
            int t0,
            int t1,
            int[] runs,
            int k,
            int step,
            float[] a,
            int q,
            float[] b,
            int b0,
            float[] from,
            float[] c,
            int c0) {
        int f0 = from == c ? c0 : 0;
        FloatVector x = load(from, f0), y = load(from, f0 + VL);
        for (int t = t0; t < t1; t++) {
            for (int p = 0, at = b0 + runs[t]; p < k; p++, q += PANEL, at += step) {
                FloatVector s = spread(a, q);
                x = s.fma(load(b, at), x);
                y = s.fma(load(b, at + VL), y);
            }
        }
        CLASS.cast(x).intoArray(c, c0);
        CLASS.cast(y).intoArray(c, c0 + VL);
    }

    /// 1 row by 4 vectors.
    private static void wideRow(
            int t0,
            int t1,
            int[] runs,
            int k,
            int step,
            float[] a,
            int q,
            float[] b,
            int b0,
            float[] from,
            float[] c,
            int c0) {
        int f0 = from == c ? c0 : 0;
        FloatVector x0 = load(from, f0),
                x1 = load(from, f0 + VL),
                x2 = load(from, f0 + 2 * VL),
                x3 = load(from, f0 + 3 * VL);
        for (int t = t0; t < t1; t++) {
            for (int p = 0, at = b0 + runs[t]; p < k; p++, q += PANEL, at += step) {
                FloatVector s = spread(a, q);
                x0 = s.fma(load(b, at), x0);
                x1 = s.fma(load(b, at + VL), x1);
                x2 = s.fma(load(b, at + 2 * VL), x2);
                x3 = s.fma(load(b, at + 3 * VL), x3);
            }
        }
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(x1).intoArray(c, c0 + VL);
        CLASS.cast(x2).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c0 + 3 * VL);
    }
}
