package cajal.simd;

import cajal.kernel.FloatMatrix;
import cajal.kernel.FloatPrimitives;
import cajal.kernel.LstmStep;
import cajal.kernel.OnePass;
import cajal.kernel.Product;
import cajal.kernel.Program;
import cajal.kernel.RightSide;
import cajal.kernel.RowTransform;
import cajal.kernel.Scalar;
import cajal.kernel.ScalarFloats;
import cajal.kernel.Scratch;
import cajal.kernel.Task.Reduction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The primitives on the Vector API: the bits of [ScalarFloats], faster.
final class VectorFloats implements FloatPrimitives {
    private static final int PIECE = 1024; // columns whose sums stay in the first-level cache

    @Override
    public boolean anywhere() {
        return true;
    }

    @Override
    public void apply(Scalar fn, float[] a, int ao, float[] b, int bo, float[] c, int co, float[] d, int at, int n) {
        VectorLoops.apply(fn, a, ao, b, bo, c, co, d, at, n);
    }

    @Override
    public @Nullable OnePass onePass(Program program) {
        return VectorPrograms.of(program);
    }

    @Override
    public float reduce(Reduction kind, float[] a, int at, int n) {
        return VectorReductions.reduce(kind, a, at, n);
    }

    @Override
    public void reduceRows(Reduction kind, float[] a, int ao, int rows, int rowStride, int n, float[] d, int at) {
        if (rows <= ScalarFloats.ROWS) { // one block of rows: its sums are the result
            Arrays.fill(d, at, at + n, (float) kind.neutral());
            for (int i = 0; i < rows; i++) {
                VectorLoops.combine(kind, d, at, a, ao + i * rowStride, d, at, n);
            }
            return;
        }
        float[] sums = Scratch.shared().take(PIECE);
        Arrays.fill(d, at, at + n, (float) kind.neutral());
        for (int j = 0; j < n; j += PIECE) {
            int count = Math.min(PIECE, n - j);
            for (int i = 0; i < rows; i += ScalarFloats.ROWS) {
                Arrays.fill(sums, 0, count, (float) kind.neutral());
                for (int row = i; row < Math.min(i + ScalarFloats.ROWS, rows); row++) {
                    VectorLoops.combine(kind, sums, 0, a, ao + row * rowStride + j, sums, 0, count);
                }
                VectorLoops.combine(kind, d, at + j, sums, 0, d, at + j, count);
            }
        }
        Scratch.shared().give(sums);
    }

    @Override
    public float dot(float[] a, int ao, float[] b, int bo, int n) {
        return VectorReductions.dot(a, ao, b, bo, n);
    }

    @Override
    public void line(float[] a, int ao, float shift, float factor, float offset, float[] d, int at, int n) {
        VectorLoops.line(a, ao, shift, factor, offset, d, at, n);
    }

    @Override
    public void addScaled(float[] a, int ao, float factor, float[] d, int at, int n) {
        VectorLoops.addScaled(a, ao, factor, d, at, n);
    }

    @Override
    public void lstm(float[] x, int xs, float[] z, int zs, float[] c, float[] h, int d, float[] kept, int to, int n) {
        VectorCells.lstm(x, xs, z, zs, c, h, d, kept, to, n);
    }

    @Override
    public void lstmSlopes(
            float[] kept, int ks, float[] before, int ps, float[] dh, float[] dc, int d, float[] dz, int to, int n) {
        int whole = VectorCells.lstmSlopes(kept, ks, before, ps, dh, dc, d, dz, to, n);
        LstmStep.backward(kept, ks, before, ps, dh, dc, d, dz, to, n, whole);
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
        VectorRows.transform(which, from, at, step, first, end, offset, to, start, apart, n, times, on, into);
    }

    @Override
    public boolean maxOfPairs(float[] x, int plane, int at, int w, float[] y, int y0, int[] p, int p0, int count) {
        return VectorPools.fits(count)
                ? VectorPools.max(x, plane, at, w, y, y0, p, p0, count)
                : FloatPrimitives.super.maxOfPairs(x, plane, at, w, y, y0, p, p0, count);
    }

    @Override
    public void uniform(long key, int first, float[] d, int at, int n) {
        VectorPhilox.uniform(key, first, d, at, n);
    }

    @Override
    public void multiply(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate) {
        Gemm.multiply(a, b, c, accumulate, Scratch.shared());
    }

    @Override
    public Product product(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate) {
        return Gemm.product(a, b, c, accumulate, Scratch.shared());
    }

    @Override
    public void affine(FloatMatrix a, FloatMatrix b, float[] row, int at, FloatMatrix c) {
        Gemm.affine(a, b, row, at, c, Scratch.shared());
    }

    @Override
    public boolean copiesRightSide(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        return Gemm.isTiled(a, b, c) && TiledGemm.packs(a, b);
    }

    @Override
    public int rightSideLength(FloatMatrix b) {
        return TiledGemm.isInPanels(b) ? TiledGemm.length(b) : FloatPrimitives.super.rightSideLength(b);
    }

    @Override
    public void copyRightSide(FloatMatrix b, float[] to) {
        if (TiledGemm.isInPanels(b)) TiledGemm.copyPanels(b, to, Scratch.shared());
        else FloatPrimitives.super.copyRightSide(b, to);
    }

    @Override
    public RightSide rightSide(FloatMatrix b, float[] copy) {
        return TiledGemm.isInPanels(b)
                ? TiledGemm.rightSide(b, copy, Scratch.shared())
                : FloatPrimitives.super.rightSide(b, copy);
    }

    @Override
    public void turn(
            float[] from, int source, int down, int across, int rows, int columns, float[] to, int at, int width) {
        Transposition.toPanel(from, source, down, across, rows, columns, to, at, width);
    }

    @Override
    public Product productOfRuns(
            float[] a, float[] b, int[] runs, int each, int step, FloatMatrix c, boolean accumulate) {
        return RunGemm.fits(c)
                ? new RunGemm(a, b, runs, each, step, c, accumulate, Scratch.shared())
                : FloatPrimitives.super.productOfRuns(a, b, runs, each, step, c, accumulate);
    }

    @Override
    public String toString() {
        return "vectors of " + Lanes.F.vectorBitSize() + " bits";
    }
}
