package cajal.kernel;

import java.util.Arrays;

/// Matrix multiplication in single precision without the Vector API: `C = A·B` or `C += A·B`.
///
/// The compiler vectorises a loop only where it sees that nothing overlaps: one row of C and eight rows of B,
/// each an array of its own and all indexed from 0 by the same variable. So a block of B is copied to rows, and
/// each row of C through one array in and out. The same arithmetic on offsets into shared arrays is six times
/// slower.
///
/// **Numerics**: each element is `fma(a[i][p], b[p][j], c)` for ascending `p`, whatever the block or the
/// thread; except for products that [FloatMatrix#multipliesByDots] names, which are dot products in the
/// order of [ScalarReductions#dot].
public final class ScalarGemm {
    private static final int DEPTH = 64; // rows of B to a block
    private static final int WIDTH = 512; // columns of B to a block
    private static final int HEIGHT = 32; // rows of C to a block
    private static final long SERIAL = 1 << 17; // multiply-adds below which threads cost more than they save

    private ScalarGemm() {}

    /// `C = A·B`, or `C += A·B`, where C overlaps neither; temporary storage comes from `scratch`.
    public static void multiply(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, Scratch scratch) {
        if (a.columns() != b.rows() || a.rows() != c.rows() || b.columns() != c.columns()) {
            throw new IllegalArgumentException("Matrices of " + a.rows() + "x" + a.columns() + " and " + b.rows() + "x"
                    + b.columns() + " have no product of " + c.rows() + "x" + c.columns());
        }
        if (c.rows() == 0 || c.columns() == 0) return;
        if (a.multipliesByDots(b)) {
            dots(a, b, c, accumulate);
        } else if (c.columns() < 32 && c.columns() < c.rows()) {
            byRows(b.transposed(), a.transposed(), c.transposed(), accumulate, scratch); // longer rows
        } else {
            byRows(a, b, c, accumulate, scratch);
        }
    }

    private static void dots(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate) {
        if (a.rows() > b.columns()) {
            dots(b.transposed(), a.transposed(), c.transposed(), accumulate);
            return;
        }
        int k = a.columns();
        int grain = (int) Math.max(1, SERIAL / ((long) k * a.rows()));
        Workers.ranges(b.columns(), grain, (from, to) -> {
            for (int j = from; j < to; j++) {
                for (int i = 0; i < a.rows(); i++) {
                    float dot = ScalarReductions.dot(a.data(), a.at(i, 0), b.data(), b.at(0, j), k);
                    int at = c.at(i, j);
                    c.data()[at] = accumulate ? c.data()[at] + dot : dot;
                }
            }
        });
    }

    private static void byRows(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, Scratch scratch) {
        int m = a.rows(), k = a.columns(), n = b.columns();
        float[][] right = take(scratch, Math.min(k, DEPTH), Math.min(n, WIDTH));
        for (int j = 0; j < n; j += WIDTH) {
            int j0 = j, width = Math.min(WIDTH, n - j);
            int p = 0;
            do { // once for k = 0 too, which clears C
                int p0 = p, depth = Math.min(DEPTH, k - p);
                boolean add = accumulate || p > 0;
                for (int q = 0; q < depth; q++) copy(b, b.at(p + q, j), b.columnStride(), right[q], width);
                int grain = (int) Math.max(HEIGHT, SERIAL / ((long) width * Math.max(1, depth)));
                Workers.ranges(m, grain, (from, to) -> {
                    float[][] sums = take(scratch, HEIGHT, width);
                    for (int i = from; i < to; i += HEIGHT) {
                        rows(a, i, Math.min(HEIGHT, to - i), p0, depth, right, c, j0, width, add, sums);
                    }
                    give(scratch, sums);
                });
                p += DEPTH;
            } while (p < k);
        }
        give(scratch, right);
    }

    private static float[][] take(Scratch scratch, int count, int length) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) rows[i] = scratch.take(length);
        return rows;
    }

    private static void give(Scratch scratch, float[][] rows) {
        for (float[] row : rows) scratch.give(row);
    }

    /// `height` rows of C from `i`, `width` columns of it from `j`, for one block of B. Eight rows of B stay
    /// in the first-level cache while the rows of C pass by.
    private static void rows(
            FloatMatrix a,
            int i,
            int height,
            int p0,
            int depth,
            float[][] right,
            FloatMatrix c,
            int j,
            int width,
            boolean add,
            float[][] sums) {
        for (int r = 0; r < height; r++) {
            if (add) copy(c, c.at(i + r, j), c.columnStride(), sums[r], width);
            else Arrays.fill(sums[r], 0, width, 0);
        }
        float[] x = a.data();
        int s = a.columnStride(), p = 0;
        for (; p + 8 <= depth; p += 8) {
            for (int r = 0; r < height; r++) {
                int o = a.at(i + r, p0 + p);
                eight(
                        x[o],
                        x[o + s],
                        x[o + 2 * s],
                        x[o + 3 * s],
                        x[o + 4 * s],
                        x[o + 5 * s],
                        x[o + 6 * s],
                        x[o + 7 * s],
                        right[p],
                        right[p + 1],
                        right[p + 2],
                        right[p + 3],
                        right[p + 4],
                        right[p + 5],
                        right[p + 6],
                        right[p + 7],
                        sums[r],
                        width);
            }
        }
        for (; p < depth; p++) {
            for (int r = 0; r < height; r++) one(x[a.at(i + r, p0 + p)], right[p], sums[r], width);
        }
        for (int r = 0; r < height; r++) {
            int at = c.at(i + r, j), step = c.columnStride();
            if (step == 1) System.arraycopy(sums[r], 0, c.data(), at, width);
            else for (int q = 0; q < width; q++) c.data()[at + q * step] = sums[r][q];
        }
    }

    private static void copy(FloatMatrix from, int at, int step, float[] to, int n) {
        float[] x = from.data();
        if (step == 1) {
            System.arraycopy(x, at, to, 0, n);
        } else {
            for (int j = 0; j < n; j++) to[j] = x[at + j * step];
        }
    }

    private static void eight(
            float a0,
            float a1,
            float a2,
            float a3,
            float a4,
            float a5,
            float a6,
            float a7,
            float[] b0,
            float[] b1,
            float[] b2,
            float[] b3,
            float[] b4,
            float[] b5,
            float[] b6,
            float[] b7,
            float[] c,
            int n) {
        for (int j = 0; j < n; j++) {
            float x = Math.fma(a0, b0[j], c[j]);
            x = Math.fma(a1, b1[j], x);
            x = Math.fma(a2, b2[j], x);
            x = Math.fma(a3, b3[j], x);
            x = Math.fma(a4, b4[j], x);
            x = Math.fma(a5, b5[j], x);
            x = Math.fma(a6, b6[j], x);
            c[j] = Math.fma(a7, b7[j], x);
        }
    }

    private static void one(float a, float[] b, float[] c, int n) {
        for (int j = 0; j < n; j++) c[j] = Math.fma(a, b[j], c[j]);
    }
}
