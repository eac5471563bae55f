package cajal.tensor;

import cajal.kernel.PoolWindow;
import cajal.kernel.Shape;
import cajal.kernel.Task.Reduction;
import java.util.Arrays;

/// The operations that make one number of many: along the named axes (none named: all), which vanish, or with
/// `keepDims` stay with length 1. Negative axes count from the end.
public sealed interface Reductions permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private Tensor reduce(Reduction kind, boolean keepDims, int... axes) {
        Shape shape = self().shape();
        boolean[] marked = shape.marked(axes);
        int[] sorted = new int[marked.length];
        int count = 0;
        for (int i = 0; i < marked.length; i++) {
            if (marked[i]) {
                sorted[count++] = i;
            }
        }
        sorted = Arrays.copyOf(sorted, count);
        Reduce op = new Reduce(kind, sorted);
        Tensor kept = sorted.length == 0 ? self().to(op.dtype(0, self().dtype())) : Engine.one(op, self());
        return keepDims ? kept : drop(kept, marked);
    }

    private static Tensor drop(Tensor t, boolean[] marked) {
        long[] d = new long[marked.length];
        int count = 0;
        for (int i = 0; i < marked.length; i++) {
            if (!marked[i]) {
                d[count++] = t.dim(i);
            }
        }
        return t.reshape(Shape.of(Arrays.copyOf(d, count)));
    }

    private long count(int... axes) {
        boolean[] marked = self().shape().marked(axes);
        long n = 1;
        for (int i = 0; i < marked.length; i++) {
            n *= marked[i] ? self().dim(i) : 1;
        }
        return n;
    }

    /// The sum.
    default Tensor sum(int... axes) {
        return reduce(Reduction.SUM, false, axes);
    }

    /// The sum, with the axes kept at length 1.
    default Tensor sumKeep(int... axes) {
        return reduce(Reduction.SUM, true, axes);
    }

    /// The product.
    default Tensor prod(int... axes) {
        return reduce(Reduction.PROD, false, axes);
    }

    /// The largest element.
    default Tensor max(int... axes) {
        return reduce(Reduction.MAX, false, axes);
    }

    /// The largest element, with the axes kept at length 1.
    default Tensor maxKeep(int... axes) {
        return reduce(Reduction.MAX, true, axes);
    }

    /// The smallest element.
    default Tensor min(int... axes) {
        return reduce(Reduction.MIN, false, axes);
    }

    /// The mean.
    default Tensor mean(int... axes) {
        return floating().sum(axes).div(count(axes));
    }

    /// The mean, with the axes kept at length 1.
    default Tensor meanKeep(int... axes) {
        return floating().sumKeep(axes).div(count(axes));
    }

    /// The variance of a sample, `sum (x - mean)² / (n - 1)`.
    default Tensor var(int... axes) {
        return variance(1, axes);
    }

    /// The variance with the divisor `n - correction`: 0 for that of a population, 1 for that of a sample.
    default Tensor variance(int correction, int... axes) {
        Tensor x = floating();
        return x.sub(x.meanKeep(axes)).square().sum(axes).div(Math.max(0, count(axes) - correction));
    }

    /// The standard deviation of a sample, the root of [#var].
    default Tensor std(int... axes) {
        return root(var(axes));
    }

    /// The Euclidean norm, `sqrt(sum x²)`.
    default Tensor norm(int... axes) {
        return root(floating().square().sum(axes));
    }

    /// The p-norm, `(sum |x|^p)^(1/p)`; for infinity the largest magnitude.
    ///
    /// **Throws** [IllegalArgumentException] unless `p` is positive.
    default Tensor pNorm(double p, int... axes) {
        if (!(p > 0)) {
            throw new IllegalArgumentException("A p-norm with p = " + p + "\n  rule: p is positive or infinity");
        }
        Tensor a = floating().abs();
        return p == Double.POSITIVE_INFINITY
                ? a.max(axes)
                : p == 1
                        ? a.sum(axes)
                        : p == 2 ? norm(axes) : a.pow(p).sum(axes).pow(1 / p);
    }

    /// The square root of a sum of squares, with the derivative 0 where it is 0: there it has a kink, not a
    /// slope.
    private static Tensor root(Tensor squares) {
        Tensor zero = squares.eq(0);
        Tensor safe = Tensor.where(zero, Tensor.like(squares, 1), squares);
        return Tensor.where(zero, Tensor.like(squares, 0), safe.sqrt());
    }

    /// `ln sum e^x`, without overflow.
    default Tensor logSumExp(int... axes) {
        Tensor x = floating();
        Tensor m = x.maxKeep(axes).detach();
        Tensor finite =
                Tensor.where(m.abs().eq(Double.POSITIVE_INFINITY), Tensor.like(m, 0), m); // inf - inf is no number
        Tensor kept = x.sub(finite).exp().sumKeep(axes).log().add(finite);
        return drop(kept, x.shape().marked(axes));
    }

    /// The position of the first largest element along an axis, as `I64`.
    default Tensor argmax(int axis) {
        return Engine.one(new ArgReduce(true), self().moveAxis(axis, -1));
    }

    /// The position of the first smallest element along an axis, as `I64`.
    default Tensor argmin(int axis) {
        return Engine.one(new ArgReduce(false), self().moveAxis(axis, -1));
    }

    /// The running sums along an axis.
    default Tensor cumsum(int axis) {
        return Engine.one(new CumSum(), self().moveAxis(axis, -1)).moveAxis(-1, axis);
    }

    /// `e^x_i / sum_j e^x_j` along an axis; see [Softmax].
    default Tensor softmax(int axis) {
        return Engine.one(new Softmax(false), self().moveAxis(axis, -1)).moveAxis(-1, axis);
    }

    /// The logarithm of [#softmax], without overflow.
    default Tensor logSoftmax(int axis) {
        return Engine.one(new Softmax(true), self().moveAxis(axis, -1)).moveAxis(-1, axis);
    }

    /// The largest element of each window over the last two axes; see [MaxPool].
    default Tensor maxPool(PoolWindow rows, PoolWindow columns) {
        return Engine.run(new MaxPool(rows, columns), self().contiguous())[0];
    }

    /// The mean of each window over the last two axes; see [AvgPool].
    default Tensor avgPool(PoolWindow rows, PoolWindow columns, boolean padded) {
        return Engine.one(new AvgPool(rows, columns, padded, 0), floating().contiguous());
    }

    /// The sum of each window over the last two axes, divided by a constant; see [AvgPool].
    default Tensor sumPool(PoolWindow rows, PoolWindow columns, int divisor) {
        return Engine.one(new AvgPool(rows, columns, true, divisor), self().contiguous());
    }

    /// Summed down to a shape from which this one can be broadcast.
    default Tensor sumTo(Shape shape) {
        Tensor t = self();
        int front = t.rank() - shape.rank();
        int[] axes = java.util.stream.IntStream.range(0, t.rank())
                .filter(i -> i < front || shape.dim(i - front) == 1 && t.dim(i) != 1)
                .toArray();
        Tensor summed = axes.length == 0 ? t : t.sumKeep(axes);
        return summed.shape().equals(shape) ? summed : summed.reshape(shape);
    }

    private Tensor floating() {
        return self().dtype().isFloat() ? self() : self().to(cajal.kernel.DType.F32);
    }
}
