package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.PoolWindow;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pooling to a size: along an axis of `n` elements, window `o` of `size` windows covers the elements
/// `floor(o·n / size) .. ceil((o + 1)·n / size) - 1`, so that windows of nearly one length cover all of
/// them.
abstract class AdaptivePool extends Block {
    private final int axes;
    private final int[] size;

    AdaptivePool(int axes, int... size) {
        this.axes = axes;
        this.size = size.length == 1 && axes == 2 ? new int[] {size[0], size[0]} : size.clone();
        if (this.size.length != axes || Arrays.stream(size).anyMatch(s -> s < 1)) {
            throw new ShapeException(getClass().getSimpleName() + " to " + Arrays.toString(size)
                    + "\n  rule: sizes are at least 1, one for all axes or one an axis");
        }
    }

    /// Pools windows of one length that lie side by side, over the last two axes.
    abstract Tensor even(Tensor x, PoolWindow rows, PoolWindow columns);

    /// Pools windows of unlike lengths along the last two axes, of which one may have length 1 before and
    /// after.
    abstract Tensor uneven(Tensor x, int height, int width);

    static int first(int o, int size, int n) {
        return (int) ((long) o * n / size);
    }

    static int end(int o, int size, int n) {
        return (int) (((o + 1L) * n + size - 1) / size);
    }

    @Override
    protected final Tensor forward(Tensor x) {
        SlidingPool.checkRank(this, axes, x);
        for (int axis = -axes; axis < 0; axis++) {
            if (x.dim(axis) < 1) {
                throw new ShapeException(describe() + " of " + x.shape() + "\n  rule: there is something to pool");
            }
        }
        Tensor plane = axes == 1 ? x.unsqueeze(-2) : x;
        Tensor y = pool(plane, axes == 1 ? 1 : size[0], size[axes - 1]);
        return axes == 1 ? y.squeeze(-2) : y;
    }

    private Tensor pool(Tensor x, int height, int width) {
        int h = (int) x.dim(-2);
        int w = (int) x.dim(-1);
        return h % height == 0 && w % width == 0
                ? even(x, PoolWindow.of(h / height), PoolWindow.of(w / width))
                : uneven(x, height, width);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of(getClass().getSimpleName(), Map.of("size", SlidingPool.list(size))));
    }

    @Override
    public String describe() {
        return getClass().getSimpleName() + "(" + SlidingPool.text(size) + ")";
    }

    // ---- what its kinds do

    /// Means as products with matrices from both sides, `y = R·x·Cᵀ`: a mean over a rectangle is one over
    /// rows of means over columns.
    static Tensor means(Tensor x, int height, int width) {
        Tensor rows = shares(height, (int) x.dim(-2), x.dtype());
        Tensor columns = shares(width, (int) x.dim(-1), x.dtype());
        return Resampling.mix(Resampling.mix(x, -1, columns), -2, rows);
    }

    /// `(size, n)`: row `o` holds `1 / length` for the elements of window `o`.
    private static Tensor shares(int size, int n, DType dtype) {
        double[] m = new double[size * n];
        for (int o = 0; o < size; o++) {
            int first = first(o, size, n);
            int end = end(o, size, n);
            Arrays.fill(m, o * n + first, o * n + end, 1.0 / (end - first));
        }
        return Tensor.ofDoubles(m, size, n).to(dtype.toFloat());
    }

    /// Maxima, of windows made equally long: a shorter one sees its last element twice, which changes no
    /// maximum.
    static Tensor maxima(Tensor x, int height, int width) {
        List<long[]> picked = List.of(longest(height, (int) x.dim(-2)), longest(width, (int) x.dim(-1)));
        Tensor y = Resampling.pick(Resampling.pick(x, -2, picked.get(0)), -1, picked.get(1));
        return y.maxPool(PoolWindow.of(picked.get(0).length / height), PoolWindow.of(picked.get(1).length / width));
    }

    /// The positions that all windows see, one window behind the other.
    private static long[] longest(int size, int n) {
        int length = 0;
        for (int o = 0; o < size; o++) {
            length = Math.max(length, end(o, size, n) - first(o, size, n));
        }
        long[] picked = new long[size * length];
        for (int i = 0; i < picked.length; i++) {
            int o = i / length;
            picked[i] = Math.min(first(o, size, n) + i % length, end(o, size, n) - 1);
        }
        return picked;
    }

    static int[] size(Spec spec) {
        return SlidingPool.ints(spec, "size");
    }
}
