package cajal.kernel;

/// The right side of many products, copied as its backend reads it fastest. Any number of threads may make products
/// of it, which are computed with `b = 0`.
///
/// **Numerics**: each element is one chain of fused multiply-adds in ascending order, for any shape: never a dot
/// product as [FloatMatrix#multipliesByDots] has them.
public interface RightSide {
    /// `C = A·B`, or `C += A·B`, for as many `A` and `C` of these shapes as are wanted.
    Product product(FloatMatrix a, FloatMatrix c, boolean accumulate);

    /// `C = A·B + row`, where each row of `C` begins with the row that stands at `row[at]`; the columns of `C` are
    /// neighbours.
    Product affine(FloatMatrix a, float[] row, int at, FloatMatrix c);

    /// The length of the copy that [#copyApart] makes.
    static int apartLength(FloatMatrix b) {
        return b.rows() * step(b);
    }

    /// Copies `B` so that its rows lie an odd number of cache lines apart: what stands below each other does not
    /// displace itself then.
    static void copyApart(FloatPrimitives fns, FloatMatrix b, float[] to) {
        fns.turn(b.data(), b.offset(), b.rowStride(), b.columnStride(), b.rows(), b.columns(), to, 0, step(b));
    }

    /// The right side that reads what [#copyApart] wrote.
    static RightSide apart(FloatPrimitives fns, FloatMatrix b, float[] copy) {
        FloatMatrix right = new FloatMatrix(copy, 0, b.rows(), b.columns(), step(b), 1);
        return new RightSide() {
            @Override
            public Product product(FloatMatrix a, FloatMatrix c, boolean accumulate) {
                return fns.product(a, right, c, accumulate);
            }

            @Override
            public Product affine(FloatMatrix a, float[] row, int at, FloatMatrix c) {
                return (i, _, k) -> fns.affine(a.behind(i), right, row, at, c.behind(k));
            }
        };
    }

    private static int step(FloatMatrix b) {
        int line = 16; // numbers of a cache line
        return ((b.columns() + line - 1) / line | 1) * line;
    }
}
