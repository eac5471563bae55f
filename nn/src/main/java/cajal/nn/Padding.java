package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Something around the last one or two axes; lengths stand as in PyTorch: left, right, top, bottom.
abstract class Padding extends Block {
    private final int axes;
    private final int[] lengths;

    Padding(int axes, int... lengths) {
        this.axes = axes;
        boolean all = lengths.length == 1;
        if (!all && lengths.length != 2 * axes || Arrays.stream(lengths).anyMatch(l -> l < 0)) {
            throw new ShapeException(getClass().getSimpleName() + Arrays.toString(lengths)
                    + "\n  rule: lengths are not negative: one for all sides, or left, right"
                    + (axes == 1 ? "" : ", top, bottom"));
        }
        this.lengths = all ? new int[2 * axes] : lengths.clone();
        if (all) {
            Arrays.fill(this.lengths, lengths[0]);
        }
    }

    Padding(int axes, Spec spec) {
        this(axes, SlidingPool.ints(spec, "padding"));
    }

    /// The input with something before and behind one axis.
    abstract Tensor along(Tensor x, int axis, int before, int after);

    @Override
    protected final Tensor forward(Tensor x) {
        SlidingPool.checkRank(this, axes, x);
        Tensor y = x;
        for (int i = 0; i < axes; i++) {
            int before = lengths[2 * i];
            int after = lengths[2 * i + 1];
            y = before == 0 && after == 0 ? y : along(y, x.rank() - 1 - i, before, after);
        }
        return y;
    }

    /// A constant before and behind an axis.
    static Tensor constant(Tensor x, int axis, int before, int after, double value) {
        long[] sides = new long[2 * (x.rank() - axis)];
        sides[sides.length - 2] = before;
        sides[sides.length - 1] = after;
        return x.pad(value, sides);
    }

    /// What a mirror at the first and at the last element shows.
    final Tensor mirrored(Tensor x, int axis, int before, int after) {
        long n = x.dim(axis);
        if (Math.max(before, after) >= n) {
            throw new ShapeException(describe() + " '" + Context.current().path() + "' reflects "
                    + Math.max(before, after) + " elements of an axis of " + n + ": " + x.shape()
                    + "\n  rule: fewer than the axis has, since the edge itself is not repeated");
        }
        Tensor front = x.slice(axis, 1, 1 + (long) before).flip(axis);
        Tensor back = x.slice(axis, n - 1 - after, n - 1).flip(axis);
        return Tensor.concat(axis, front, x, back);
    }

    /// The first and the last element again and again.
    final Tensor repeated(Tensor x, int axis, int before, int after) {
        long n = x.dim(axis);
        if (n == 0) {
            throw new ShapeException(describe() + " of " + x.shape() + "\n  rule: there is an edge to repeat");
        }
        Tensor first = x.slice(axis, 0, 1);
        Tensor last = x.slice(axis, n - 1, n);
        return Tensor.concat(
                axis,
                first.expand(first.shape().with(axis, before)),
                x,
                last.expand(last.shape().with(axis, after)));
    }

    final Map<String, Object> constants() {
        return new LinkedHashMap<>(Map.of("padding", SlidingPool.list(lengths)));
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of(getClass().getSimpleName(), constants()));
    }

    @Override
    public String describe() {
        boolean alike = Arrays.stream(lengths).allMatch(l -> l == lengths[0]);
        String text = Arrays.toString(lengths);
        return getClass().getSimpleName() + "(" + (alike ? "" + lengths[0] : text.substring(1, text.length() - 1))
                + ")";
    }
}
