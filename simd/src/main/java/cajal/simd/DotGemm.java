package cajal.simd;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Product;
import cajal.kernel.Scratch;
import cajal.kernel.Workers;

/// The product of matrices that [FloatMatrix#multipliesByDots]: each element is the dot product of two runs, several
/// of which are computed at once ([VectorDots]).
final class DotGemm implements Product, Workers.RangeBody {
    private static final long SERIAL_ROW = 1 << 16; // as Gemm.SERIAL for one row, which waits for B to come from memory

    private final FloatMatrix a; // not more rows than b has columns
    private final FloatMatrix b;
    private final FloatMatrix c;
    private final boolean turned; // b is what was given as the first of the two
    private final boolean accumulate;
    private final Scratch scratch;
    private final int high; // rows of a at once
    private final int wide; // columns of b at once
    private int beginA; // where the matrices of this computation begin, behind those above
    private int beginB;
    private int beginC;

    private DotGemm(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean turned, boolean accumulate, Scratch scratch) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.turned = turned;
        this.accumulate = accumulate;
        this.scratch = scratch;
        high = VectorDots.runs(a.rows());
        wide = VectorDots.others(high);
    }

    static DotGemm of(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, Scratch scratch) {
        return a.rows() <= b.columns()
                ? new DotGemm(a, b, c, false, accumulate, scratch)
                : new DotGemm(b.transposed(), a.transposed(), c.transposed(), true, accumulate, scratch);
    }

    @Override
    public void compute(int a, int b, int c) {
        beginA = turned ? b : a;
        beginB = turned ? a : b;
        beginC = c;
        long all = (long) this.a.columns() * this.a.rows() * wide;
        int grain = (int) Math.max(1, (this.a.rows() == 1 ? SERIAL_ROW : Gemm.SERIAL) / all) * wide;
        Workers.ranges(this.b.columns(), grain, this);
    }

    /// Computes the columns `from … to - 1`.
    @Override
    public void accept(int from, int to) {
        int m = a.rows(), k = a.columns();
        float[] w = scratch.take(VectorDots.SCRATCH);
        int j = from;
        while (VectorDots.fits() && j < to && to - from >= wide) {
            int left = Math.min(j, to - wide); // the last ones again, some of them for the second time
            for (int i = 0; i < m; i += high) {
                int top = Math.min(i, m - high), p = beginA + a.at(top, 0), q0 = beginB + b.at(0, left);
                VectorDots.multiply(high, a.data(), p, a.rowStride(), b.data(), q0, b.columnStride(), k, w);
                for (int r = i; r < Math.min(i + high, m); r++) {
                    int at = VectorDots.RESULTS + (r - top) * wide - left;
                    for (int q = j; q < left + wide; q++) put(r, q, w[at + q]);
                }
            }
            j = left + wide;
        }
        for (; j < to; j++) {
            for (int i = 0; i < m; i++) {
                put(i, j, VectorReductions.dot(a.data(), beginA + a.at(i, 0), b.data(), beginB + b.at(0, j), k));
            }
        }
        scratch.give(w);
    }

    private void put(int i, int j, float dot) {
        int at = beginC + c.at(i, j);
        c.data()[at] = accumulate ? c.data()[at] + dot : dot;
    }
}
