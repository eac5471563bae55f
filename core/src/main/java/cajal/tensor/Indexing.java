package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import java.util.Arrays;
import java.util.List;

/// The operations that pick elements. Negative axes, and negative bounds of slices, count from the end.
public sealed interface Indexing permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /// The elements `start .. end-1` along an axis; negative bounds count from the end, bounds past the end
    /// are cut.
    default Tensor slice(int axis, long start, long end) {
        return slice(axis, start, end, 1);
    }

    /// Every `step`-th element of `start .. end-1` along an axis; no copy.
    default Tensor slice(int axis, long start, long end, long step) {
        Shape s = self().shape();
        int a = s.axis(axis);
        long n = s.dim(a);
        if (step < 1) {
            throw new ShapeException(
                    "slice with step " + step + "\n  rule: the step is at least 1\n  fix:  use flip(axis) to reverse");
        }
        long from = Math.clamp(start < 0 ? start + n : start, 0, n);
        long to = Math.clamp(end < 0 ? end + n : end, from, n);
        if (from == 0 && to == n && step == 1) {
            return self();
        }
        long[] starts = new long[s.rank()];
        long[] steps = new long[s.rank()];
        Arrays.fill(steps, 1);
        starts[a] = from;
        steps[a] = step;
        Shape lengths = s.with(a, (to - from + step - 1) / step);
        return Engine.one(new Views.Slice(starts, lengths, steps), self());
    }

    /// The `index`-th entry along the first axis, which vanishes: row, picture, ...
    default Tensor at(long index) {
        return select(0, index);
    }

    /// The `index`-th entry along an axis, which vanishes.
    ///
    /// **Throws** [cajal.kernel.IndexException] if there is none.
    default Tensor select(int axis, long index) {
        long n = self().dim(axis);
        long i = index < 0 ? index + n : index;
        if (i < 0 || i >= n) {
            throw new cajal.kernel.IndexException("Index " + index + " along axis " + axis + " of " + self().shape()
                    + "\n  rule: an index lies in " + -n + " .. " + (n - 1));
        }
        return slice(axis, i, i + 1).squeeze(axis);
    }

    /// The pieces of the given lengths along an axis.
    ///
    /// **Throws** [ShapeException] if the lengths do not add up to the axis'.
    default List<Tensor> split(int axis, long... lengths) {
        if (Arrays.stream(lengths).sum() != self().dim(axis)
                || Arrays.stream(lengths).anyMatch(l -> l < 0)) {
            throw new ShapeException("split of " + self().shape() + " along axis " + axis + " into "
                    + Arrays.toString(lengths) + "\n  rule: the lengths add up to " + self().dim(axis));
        }
        if (lengths.length < 2) {
            return lengths.length == 0 ? List.of() : List.of(self());
        }
        return List.of(Engine.run(new Views.Split(self().shape().axis(axis), lengths.clone()), self()));
    }

    /// `y[.., j, ..] = x[.., index[.., j, ..], ..]` along an axis; the index has this tensor's other lengths.
    default Tensor gather(int axis, Tensor index) {
        return Engine.one(new Indexed.Gather(), self().moveAxis(axis, -1), index.moveAxis(axis, -1))
                .moveAxis(-1, axis);
    }

    /// This tensor with `source[.., j, ..]` added at `index[.., j, ..]` along an axis.
    default Tensor scatterAdd(int axis, Tensor index, Tensor source) {
        Tensor added = Engine.one(
                        new Indexed.Scatter(self().dim(axis)), source.moveAxis(axis, -1), index.moveAxis(axis, -1))
                .moveAxis(-1, axis);
        if (!added.shape().equals(self().shape())) {
            throw new ShapeException("scatterAdd of values " + source.shape() + " along axis " + axis + " into "
                    + self().shape() + "\n  rule: all lengths agree except along the axis");
        }
        return self().add(added);
    }

    /// The entries at `index` along an axis, which gets the index' length.
    default Tensor indexSelect(int axis, Tensor index) {
        return Engine.one(new Indexed.Take(), self().moveAxis(axis, 0).contiguous(), index)
                .moveAxis(0, axis);
    }

    /// One number a class: 1 at the index that this tensor holds, 0 elsewhere; `F32`.
    default Tensor oneHot(long classes) {
        return Engine.one(new Indexed.OneHot(classes, DType.F32), self().contiguous());
    }

    /// The elements along an axis in ascending order, and the positions that they came from.
    default Sorted sort(int axis) {
        return sort(axis, false);
    }

    /// The elements along an axis in order, and the positions that they came from; stable.
    default Sorted sort(int axis, boolean descending) {
        Tensor[] out = Engine.run(new Indexed.Sort(descending), self().moveAxis(axis, -1));
        return new Sorted(out[0].moveAxis(-1, axis), out[1].moveAxis(-1, axis));
    }

    /// The `k` largest elements along an axis, the largest first, and their positions.
    default Sorted topK(long k, int axis) {
        long n = self().dim(axis);
        if (k < 0 || k > n) {
            throw new ShapeException(
                    "topK of " + k + " along axis " + axis + " of " + self().shape() + "\n  rule: k lies in 0 .. " + n);
        }
        Sorted all = sort(axis, true);
        return new Sorted(all.values().slice(axis, 0, k), all.indices().slice(axis, 0, k));
    }

    /// Elements in order.
    ///
    /// @param values the elements
    /// @param indices their positions before, as `I64`
    record Sorted(Tensor values, Tensor indices) {}
}
