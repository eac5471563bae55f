package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task.Distribution;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;

/// Makes a random orthogonal matrix: a Gaussian one whose rows are made orthonormal by the modified
/// Gram-Schmidt
/// process, twice, in double precision.
final class Orthogonal {
    private Orthogonal() {}

    static Tensor make(RandomKey key, Shape shape, double gain) {
        if (shape.rank() < 2) {
            throw new ShapeException("orthogonal initial values for shape " + shape + "\n  rule: at least two axes");
        }
        int rows = (int) shape.dim(0);
        int columns = (int) (shape.size() / rows);
        boolean tall = rows > columns;
        int n = Math.min(rows, columns);
        int m = Math.max(rows, columns);
        double[] g = Tensor.random(key, Distribution.NORMAL, DType.F64, Shape.of(n, m))
                .toDoubles();
        for (int pass = 0; pass < 2; pass++) {
            orthonormalise(g, n, m);
        }
        Tensor t = Tensor.zeros(DType.F32, shape);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                t.view().put((long) i * columns + j, gain * (tall ? g[j * m + i] : g[i * m + j]));
            }
        }
        return t;
    }

    private static void orthonormalise(double[] g, int n, int m) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                double dot = 0;
                for (int k = 0; k < m; k++) {
                    dot += g[i * m + k] * g[j * m + k];
                }
                for (int k = 0; k < m; k++) {
                    g[i * m + k] -= dot * g[j * m + k];
                }
            }
            double length = 0;
            for (int k = 0; k < m; k++) {
                length += g[i * m + k] * g[i * m + k];
            }
            for (int k = 0; k < m; k++) {
                g[i * m + k] /= Math.sqrt(length);
            }
        }
    }
}
