package cajal.simd;

import cajal.kernel.FloatMatrix;
import cajal.kernel.Product;
import cajal.kernel.Scratch;
import cajal.kernel.Workers;

/// Matrix multiplication in single precision, `C = A·B` or `C += A·B`: chooses the way by the shape. Few rows or
/// columns are dot products ([DotGemm]), multiples of a row or narrow products ([NarrowGemm]); all others are
/// computed in tiles ([TiledGemm]).
///
/// **Numerics**: each element is `fma(a[i][p], b[p][j], c)` for ascending `p`, whatever the tile, the
/// block, the vector width or the thread; except for products that [FloatMatrix#multipliesByDots] names,
/// which are dot products in the fixed order of [VectorReductions#dot]. The work is split by shape, never
/// by the number of threads.
final class Gemm {
    /// Multiply-adds below which threads cost more than they save.
    static final long SERIAL = 1 << 18;

    /// No row to begin with.
    static final float[] NONE = {};

    private Gemm() {}

    /// `C = A·B`, or `C += A·B`, where C overlaps neither; temporary storage comes from `scratch`.
    static void multiply(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, Scratch scratch) {
        check(a, b, c);
        if (c.rows() == 0 || c.columns() == 0) return;
        if (a.multipliesByDots(b)) {
            DotGemm.of(a, b, c, accumulate, scratch).compute(0, 0, 0);
        } else if (c.columnStride() != 1 && c.rowStride() == 1) {
            TiledGemm.multiply(b.transposed(), a.transposed(), c.transposed(), accumulate, NONE, 0, scratch);
        } else if (isOuter(a, b, c)) {
            outer(a, b, c, accumulate);
        } else if (NarrowGemm.fits(a, b, c)) {
            NarrowGemm.multiply(a, 0, b, 0, c, 0, accumulate, NONE, 0, scratch);
        } else {
            TiledGemm.multiply(a, b, c, accumulate, NONE, 0, scratch);
        }
    }

    /// As [cajal.kernel.FloatPrimitives#product]; multiples of a row make new objects each time.
    static Product product(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate, Scratch scratch) {
        check(a, b, c);
        if (c.rows() > 0 && a.multipliesByDots(b)) return DotGemm.of(a, b, c, accumulate, scratch);
        if (c.rows() == 0 || c.columnStride() != 1 || isOuter(a, b, c)) {
            return (i, j, k) -> multiply(a.behind(i), b.behind(j), c.behind(k), accumulate, scratch);
        }
        return NarrowGemm.fits(a, b, c)
                ? (i, j, k) -> NarrowGemm.multiply(a, i, b, j, c, k, accumulate, NONE, 0, scratch)
                : TiledGemm.product(a, b, c, accumulate, scratch);
    }

    /// As [cajal.kernel.FloatPrimitives#affine]; where C is computed in tiles or narrow, each thread begins what it
    /// computes.
    static void affine(FloatMatrix a, FloatMatrix b, float[] row, int at, FloatMatrix c, Scratch scratch) {
        check(a, b, c);
        if (!isPlain(a, b, c)) {
            c.setRows(row, at);
            multiply(a, b, c, true, scratch);
        } else if (NarrowGemm.fits(a, b, c)) {
            NarrowGemm.multiply(a, 0, b, 0, c, 0, false, row, at, scratch);
        } else {
            TiledGemm.multiply(a, b, c, false, row, at, scratch);
        }
    }

    /// Whether C, whose columns are neighbours, is computed in tiles.
    static boolean isTiled(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        return isPlain(a, b, c) && !NarrowGemm.fits(a, b, c);
    }

    private static boolean isPlain(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        return c.columnStride() == 1 && !a.multipliesByDots(b) && !isOuter(a, b, c);
    }

    static void check(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        if (a.columns() != b.rows() || a.rows() != c.rows() || b.columns() != c.columns()) {
            throw new IllegalArgumentException("Matrices of " + a.rows() + "x" + a.columns() + " and " + b.rows() + "x"
                    + b.columns() + " have no product of " + c.rows() + "x" + c.columns());
        }
    }

    private static boolean isOuter(FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        return a.columns() == 1 && b.columnStride() == 1 && c.columnStride() == 1;
    }

    /// A column times a row: nothing is read twice, so tiles would be all overhead.
    private static void outer(FloatMatrix a, FloatMatrix b, FloatMatrix c, boolean accumulate) {
        int grain = (int) Math.max(1, SERIAL / b.columns());
        Workers.ranges(a.rows(), grain, (from, to) -> {
            for (int i = from; i < to; i++) {
                float x = a.data()[a.at(i, 0)];
                GemmKernels.multiple(x, b.data(), b.offset(), c.data(), c.at(i, 0), b.columns(), accumulate);
            }
        });
    }
}
