package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/// Numbers in row-major order under a shape, with plain loops for everything: what oracles compute on, so
/// that they share no code with the tensors that they judge.
///
/// @param data the numbers
/// @param dims the lengths of the axes
@SuppressWarnings("ArrayRecordComponent") // a pair of arrays with names, never compared or hashed
public record Values(double[] data, long... dims) {
    /// Checks that the numbers fill the shape.
    public Values {
        if (data.length != count(dims)) {
            throw new IllegalArgumentException(data.length + " numbers do not fill " + Arrays.toString(dims));
        }
    }

    /// The contents of a tensor.
    public static Values of(Tensor t) {
        return new Values(t.toDoubles(), t.shape().dims());
    }

    /// One number.
    public static Values scalar(double value) {
        return new Values(new double[] {value});
    }

    /// The numbers that a function of the position gives.
    public static Values fill(long[] dims, ToDoubleFunction<long[]> at) {
        double[] data = new double[count(dims)];
        long[] index = new long[dims.length];
        for (int i = 0; i < data.length; i++) {
            data[i] = at.applyAsDouble(index);
            next(index, dims);
        }
        return new Values(data, dims);
    }

    private static void next(long[] index, long[] dims) {
        for (int axis = dims.length - 1; axis >= 0; axis--) {
            if (++index[axis] < dims[axis]) {
                return;
            }
            index[axis] = 0;
        }
    }

    private static int count(long[] dims) {
        long n = 1;
        for (long d : dims) {
            n *= d;
        }
        return Math.toIntExact(n);
    }

    /// The number of elements.
    public int size() {
        return data.length;
    }

    /// The number of axes.
    public int rank() {
        return dims.length;
    }

    /// The length of an axis.
    public int dim(int axis) {
        return (int) dims[axis];
    }

    /// The number at a position, one index an axis.
    public double at(long... index) {
        long at = 0;
        for (int axis = 0; axis < dims.length; axis++) {
            if (index[axis] < 0 || index[axis] >= dims[axis]) {
                throw new IndexOutOfBoundsException(Arrays.toString(index) + " in " + Arrays.toString(dims));
            }
            at = at * dims[axis] + index[axis];
        }
        return data[(int) at];
    }

    /// A function of each number.
    public Values map(DoubleUnaryOperator fn) {
        return new Values(Arrays.stream(data).map(fn).toArray(), dims);
    }

    /// A function of each pair of numbers, shapes aligned at the last axis and axes of length 1 repeated.
    public Values zip(Values b, DoubleBinaryOperator fn) {
        long[] out = broadcast(dims, b.dims);
        return fill(out, i -> fn.applyAsDouble(stretched(i), b.stretched(i)));
    }

    /// The number that stands at a position of a shape that this one is repeated to.
    public double stretched(long[] position) {
        long[] own = new long[dims.length];
        for (int axis = 0; axis < own.length; axis++) {
            own[axis] = dims[axis] == 1 ? 0 : position[position.length - own.length + axis];
        }
        return at(own);
    }

    /// The shape that two shapes are repeated to.
    public static long[] broadcast(long[] a, long[] b) {
        long[] out = new long[Math.max(a.length, b.length)];
        for (int i = 1; i <= out.length; i++) {
            long x = i <= a.length ? a[a.length - i] : 1;
            long y = i <= b.length ? b[b.length - i] : 1;
            out[out.length - i] = x == 1 ? y : x;
        }
        return out;
    }

    /// Folds the numbers along axes, which vanish.
    public Values fold(double start, DoubleBinaryOperator fn, int... axes) {
        boolean[] gone = new boolean[dims.length];
        for (int a : axes) {
            gone[a] = true;
        }
        long[] keptDims = kept(dims, gone);
        double[] out = new double[count(keptDims)];
        Arrays.fill(out, start);
        long[] index = new long[dims.length];
        for (double x : data) {
            long at = 0;
            for (int axis = 0; axis < dims.length; axis++) {
                at = gone[axis] ? at : at * dims[axis] + index[axis];
            }
            out[(int) at] = fn.applyAsDouble(out[(int) at], x);
            next(index, dims);
        }
        return new Values(out, keptDims);
    }

    private static long[] kept(long[] dims, boolean[] gone) {
        long[] out = new long[dims.length];
        int n = 0;
        for (int axis = 0; axis < dims.length; axis++) {
            if (!gone[axis]) {
                out[n++] = dims[axis];
            }
        }
        return Arrays.copyOf(out, n);
    }

    /// These numbers as a tensor.
    public Tensor tensor(DType dtype) {
        HostStorage storage = HostStorage.zeros(dtype, data.length);
        for (int i = 0; i < data.length; i++) {
            storage.put(i, data[i]);
        }
        return Tensor.of(View.of(storage, Shape.of(dims)));
    }

    /// The worst deviation from `expected`, relative to the larger of `floor` and the expected magnitude;
    /// infinite where one is a number and the other is not, or shapes differ.
    public double deviation(Values expected, double floor) {
        if (!Arrays.equals(dims, expected.dims)) {
            return Double.POSITIVE_INFINITY;
        }
        double worst = 0;
        for (int i = 0; i < data.length; i++) {
            double x = data[i];
            double y = expected.data[i];
            boolean same = x == y || (Double.isNaN(x) && Double.isNaN(y));
            double d = same ? 0 : Math.abs(x - y) / Math.max(floor, Math.abs(y));
            worst = Math.max(worst, Double.isNaN(d) ? Double.POSITIVE_INFINITY : d);
        }
        return worst;
    }

    @Override
    public String toString() {
        return Arrays.toString(data) + " " + Arrays.toString(dims);
    }
}
