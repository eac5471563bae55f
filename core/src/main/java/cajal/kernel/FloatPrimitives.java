package cajal.kernel;

import cajal.kernel.Task.Reduction;
import org.jspecify.annotations.Nullable;

/// What a fast `F32` backend brings: loops over runs of floats. [FloatKernels] does the rest: layouts,
/// broadcasting, blocks, splitting among threads.
///
/// All implementations give the same bits: the same polynomials, the same order of additions.
public interface FloatPrimitives {
    /// The rows of a matrix in panels that stand side by side.
    int PANEL = 8;

    /// Whether operands and results may stand at any offset of any array without loss of speed. If not, every
    /// run starts at 0 of an array of its own.
    boolean anywhere();

    /// `d[i] = fn(a[i], b[i], c[i])` for `n` elements; operands beyond the arity are ignored. `d` is an
    /// operand at the same offset, or overlaps none.
    void apply(Scalar fn, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] d, int at, int n);

    /// The loop for a program as a whole, if there is one.
    default @Nullable OnePass onePass(Program program) {
        return null;
    }

    /// The reduction of `n` neighbouring elements.
    float reduce(Reduction kind, float[] a, int at, int n);

    /// `d[at + j] = the reduction over i of a[ao + i·rowStride + j]`, for `rows` rows and `n` columns.
    void reduceRows(Reduction kind, float[] a, int ao, int rows, int rowStride, int n, float[] d, int at);

    /// `Σ a_i·b_i`, in the fixed order of [ScalarReductions#dot].
    float dot(float[] a, int ao, float[] b, int bo, int n);

    /// `d[at + i] = (a[ao + i] - shift)·factor + offset`, the last two steps rounded once. `d` is `a` at
    /// the same offset, or does not overlap it.
    void line(float[] a, int ao, float shift, float factor, float offset, float[] d, int at, int n);

    /// `d[at + i] += a[ao + i]·factor`, rounded once; the arrays do not overlap.
    void addScaled(float[] a, int ao, float factor, float[] d, int at, int n);

    /// A step of an LSTM, as [LstmStep#forward] describes.
    default void lstm(float[] x, int xs, float[] z, int zs, float[] c, float[] h, int d, float[] kept, int to, int n) {
        LstmStep.forward(x, xs, z, zs, c, h, d, kept, to, n);
    }

    /// The backward pass of a step of an LSTM, as [LstmStep#backward] describes.
    default void lstmSlopes(
            float[] kept, int ks, float[] before, int ps, float[] dh, float[] dc, int d, float[] dz, int to, int n) {
        LstmStep.backward(kept, ks, before, ps, dh, dc, d, dz, to, n, 0);
    }

    /// Transforms `n` places, as [RowTransform#apply] describes, `times` times: what is read begins `on` elements
    /// further each time, what is written `into`.
    void transform(
            RowTransform which,
            float[] from,
            int at,
            int step,
            int first,
            int end,
            float offset,
            float[] to,
            int start,
            int apart,
            int n,
            int times,
            int on,
            int into);

    /// A row of windows of 2 by 2 that lie side by side in a plane of `x` with rows of `w` elements: of window `j`,
    /// whose first element is number `at + 2·j` of the plane, the largest to `y[y0 + j]`, and to `p[p0 + j]` the
    /// number of the first that is as large, anything where it is NaN; answers whether one may be NaN.
    default boolean maxOfPairs(float[] x, int plane, int at, int w, float[] y, int y0, int[] p, int p0, int count) {
        return FloatPooling.maxOfPairs(x, plane, at, w, y, y0, p, p0, count);
    }

    /// Uniform numbers, as [Philox#uniform] makes them.
    default void uniform(long key, int first, float[] d, int at, int n) {
        Philox.uniform(key, first, d, at, n);
    }

    /// `C = A·B`, or `C += A·B`.
    void multiply(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate);

    /// `C = A·B`, or `C += A·B`, for as many matrices of these shapes as are wanted, with the bits of [#multiply].
    default Product product(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate) {
        return (i, j, k) -> multiply(a.behind(i), b.behind(j), c.behind(k), accumulate);
    }

    /// `C = A·B + row`, where each row of `C` begins with the row that stands at `row[at]`; the columns of `C` are
    /// neighbours. The bits are those of [#multiply] on such a `C`.
    default void affine(FloatMatrix a, FloatMatrix b, float[] row, int at, FloatMatrix c) {
        c.setRows(row, at);
        multiply(a, b, c, true);
    }

    /// Whether `A·B` is computed from a copy of `B` as [#copyRightSide] makes it, with the same bits.
    default boolean copiesRightSide(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        return false;
    }

    /// The length of the copy that [#copyRightSide] makes.
    default int rightSideLength(FloatMatrix b) {
        return RightSide.apartLength(b);
    }

    /// Copies `B` as [#rightSide] reads it.
    default void copyRightSide(FloatMatrix b, float[] to) {
        RightSide.copyApart(this, b, to);
    }

    /// `B` for many products with a few rows each, from a copy that does not change as long as they are computed.
    default RightSide rightSide(FloatMatrix b, float[] copy) {
        return RightSide.apart(this, b, copy);
    }

    /// `to[at + p·width + q] = from[source + p·down + q·across]` for `p < rows` and `q < columns`; the arrays do not
    /// overlap.
    void turn(float[] from, int source, int down, int across, int rows, int columns, float[] to, int at, int width);

    /// `C = A·B`, or `C += A·B`, the rows of `B` being runs of neighbours that may overlap, the windows of a
    /// convolution: row `t·each + p` begins at `b[runs[t] + p·step]`, for `p < each`. `A` lies in panels, as
    /// [#panel] says, from `a[0]` on. Each element of `C` is one chain of fused multiply-adds in ascending order
    /// of the rows.
    default Product productOfRuns(
            float[] a, float[] b, int[] runs, int each, int step, FloatMatrix c, boolean accumulate) {
        int k = runs.length * each, n = c.columns();
        return (a0, at, c0) -> {
            float[] rows = Scratch.shared().take(k * n);
            for (int p = 0; p < k; p++) {
                System.arraycopy(b, at + runs[p / each] + p % each * step, rows, p * n, n);
            }
            for (int i = 0; i < c.rows(); i += PANEL) {
                int some = Math.min(PANEL, c.rows() - i);
                var left = new FloatMatrix(a, a0 + panel(i, 0, k), some, k, 1, PANEL);
                var sums = new FloatMatrix(c.data(), c.at(i, 0) + c0, some, n, c.rowStride(), c.columnStride());
                multiply(left, FloatMatrix.of(rows, k, n), sums, accumulate);
            }
            Scratch.shared().give(rows);
        };
    }

    /// Where element `(i, p)` of a matrix with `k` columns lies in panels: [#PANEL] rows of a column are
    /// neighbours, then come the next columns of these rows, then the next rows.
    static int panel(int i, int p, int k) {
        return (i / PANEL * k + p) * PANEL + i % PANEL;
    }

    /// The length of `m` rows of `k` numbers in panels.
    static int panels(int m, int k) {
        return (m + PANEL - 1) / PANEL * PANEL * k;
    }
}
