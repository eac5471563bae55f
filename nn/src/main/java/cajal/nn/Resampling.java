package cajal.nn;

import cajal.kernel.DType;
import cajal.tensor.Tensor;

/// Rows along an axis put together anew from rows of the input.
final class Resampling {
    private Resampling() {}

    /// `y[.., o, ..] = x[.., index[o], ..]` along an axis.
    static Tensor pick(Tensor x, int axis, long... index) {
        return x.indexSelect(axis, Tensor.indices(index));
    }

    /// `y[.., o, ..] = sum over i of matrix[o, i]·x[.., i, ..]` along one of the last two axes, by a
    /// matrix.
    static Tensor mix(Tensor x, int axis, Tensor matrix) {
        if (x.shape().axis(axis) != x.rank() - 1) {
            return matrix.matmul(x); // (m, n)·(..., n, w)
        }
        long n = x.dim(-1);
        Tensor rows = x.reshape(x.size() / n, n).matmul(matrix.t()); // one product for all planes: (rows, n)·(n, m)
        return rows.reshape(x.shape().with(-1, matrix.dim(0)));
    }

    /// The matrix `(size, n)` of linear interpolation: output `o` lies at `start + o·step` of the input,
    /// held within it, between two elements that share it by their distance.
    static Tensor between(int size, int n, double start, double step, DType dtype) {
        double[] m = new double[size * n];
        for (int o = 0; o < size; o++) {
            double at = Math.clamp(start + o * step, 0, n - 1);
            int left = (int) at;
            m[o * n + left] += 1 - (at - left);
            m[o * n + Math.min(left + 1, n - 1)] += at - left;
        }
        return Tensor.ofDoubles(m, size, n).to(dtype.toFloat());
    }
}
