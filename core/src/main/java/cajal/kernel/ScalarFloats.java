package cajal.kernel;

import cajal.kernel.Task.Reduction;
import java.util.Arrays;

/// The primitives as plain loops: what runs where the Vector API is absent.
///
/// Loops are fast only on arrays of their own, from 0; runs elsewhere are copied there in pieces, so
/// offsets are allowed but cost something.
public final class ScalarFloats implements FloatPrimitives {
    /// How many rows are reduced before their result joins the total, in [#reduceRows]; all primitives keep
    /// to it.
    public static final int ROWS = 64;

    private static final int PIECE = 1024;

    /// The primitives; they have no state.
    public ScalarFloats() {}

    @Override
    public boolean anywhere() {
        return false;
    }

    @Override
    public void apply(Scalar fn, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] d, int at, int n) {
        boolean two = fn.arity() > 1, three = fn.arity() > 2;
        if (at == 0 && ao == 0 && (!two || bo == 0) && (!three || co == 0)) {
            ScalarLoops.apply(fn, a, b, c, d, n);
            return;
        }
        float[] x = Scratch.shared().take(PIECE),
                y = Scratch.shared().take(PIECE),
                z = Scratch.shared().take(PIECE);
        for (int i = 0; i < n; i += PIECE) {
            int count = Math.min(PIECE, n - i);
            System.arraycopy(a, ao + i, x, 0, count);
            if (two) System.arraycopy(b, bo + i, y, 0, count);
            if (three) System.arraycopy(c, co + i, z, 0, count);
            ScalarLoops.apply(fn, x, y, z, x, count);
            System.arraycopy(x, 0, d, at + i, count);
        }
        Scratch.shared().give(x);
        Scratch.shared().give(y);
        Scratch.shared().give(z);
    }

    @Override
    public float reduce(Reduction kind, float[] a, int at, int n) {
        return ScalarReductions.reduce(kind, a, at, n);
    }

    @Override
    public void reduceRows(Reduction kind, float[] a, int ao, int rows, int rowStride, int n, float[] d, int at) {
        Scalar fn = pairwise(kind);
        float[] sums = Scratch.shared().take(PIECE), x = Scratch.shared().take(PIECE);
        Arrays.fill(d, at, at + n, (float) kind.neutral());
        for (int j = 0; j < n; j += PIECE) {
            int count = Math.min(PIECE, n - j);
            for (int i = 0; i < rows; i += ROWS) {
                Arrays.fill(sums, 0, count, (float) kind.neutral());
                for (int row = i; row < Math.min(i + ROWS, rows); row++) {
                    System.arraycopy(a, ao + row * rowStride + j, x, 0, count);
                    ScalarLoops.apply(fn, sums, x, x, sums, count);
                }
                System.arraycopy(d, at + j, x, 0, count);
                ScalarLoops.apply(fn, x, sums, sums, x, count);
                System.arraycopy(x, 0, d, at + j, count);
            }
        }
        Scratch.shared().give(sums);
        Scratch.shared().give(x);
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int bo, int n) {
        return ScalarReductions.dot(a, ao, b, bo, n);
    }

    @Override
    public void line(float[] a, int ao, float shift, float factor, float offset, float[] d, int at, int n) {
        float[] x = Scratch.shared().take(PIECE), y = Scratch.shared().take(PIECE);
        for (int i = 0; i < n; i += PIECE) {
            int count = Math.min(PIECE, n - i);
            System.arraycopy(a, ao + i, x, 0, count);
            ScalarLoops.line(x, shift, factor, offset, y, count);
            System.arraycopy(y, 0, d, at + i, count);
        }
        Scratch.shared().give(x);
        Scratch.shared().give(y);
    }

    @Override
    public void addScaled(float[] a, int ao, float factor, float[] d, int at, int n) {
        float[] x = Scratch.shared().take(PIECE), y = Scratch.shared().take(PIECE);
        for (int i = 0; i < n; i += PIECE) {
            int count = Math.min(PIECE, n - i);
            System.arraycopy(a, ao + i, x, 0, count);
            System.arraycopy(d, at + i, y, 0, count);
            ScalarLoops.addScaled(x, factor, y, count);
            System.arraycopy(y, 0, d, at + i, count);
        }
        Scratch.shared().give(x);
        Scratch.shared().give(y);
    }

    @Override
    public void transform(
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
            int into) {
        for (int t = 0; t < times; t++) {
            which.apply(from, at + t * on, step, first, end, offset, to, start + t * into, apart, n);
        }
    }

    @Override
    public void turn(
            float[] from, int source, int down, int across, int rows, int columns, float[] to, int at, int width) {
        for (int p0 = 0; p0 < rows; p0 += 16) { // pieces that stay in the first-level cache
            int end = Math.min(p0 + 16, rows);
            for (int q = 0; q < columns; q++) {
                for (int p = p0; p < end; p++) {
                    to[at + p * width + q] = from[source + p * down + q * across];
                }
            }
        }
    }

    /// The function that a reduction applies to two elements.
    public static Scalar pairwise(Reduction kind) {
        return switch (kind) {
            case SUM -> Scalar.ADD;
            case PROD -> Scalar.MUL;
            case MAX -> Scalar.MAX;
            case MIN -> Scalar.MIN;
        };
    }

    @Override
    public void multiply(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate) {
        ScalarGemm.multiply(a, b, c, accumulate, Scratch.shared());
    }

    @Override
    public String toString() {
        return "plain loops";
    }
}
