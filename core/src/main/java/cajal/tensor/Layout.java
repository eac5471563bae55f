package cajal.tensor;

import cajal.kernel.PoolWindow;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.View;
import java.util.Arrays;

/// The operations that arrange elements. Transposing, slicing, expanding, flipping and, where possible,
/// reshaping look at the same storage and copy nothing. Negative axes count from the end.
public sealed interface Layout permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    /// The same elements in the same order under another shape; one length may be -1 and follows from the
    /// others.
    default Tensor reshape(long... dims) {
        return reshape(infer(dims));
    }

    /// The same elements in the same order under another shape.
    ///
    /// **Throws** [ShapeException] if the number of elements differs.
    default Tensor reshape(Shape to) {
        Tensor t = self();
        if (to.equals(t.shape())) {
            return t;
        }
        if (to.size() != t.size()) {
            throw new ShapeException("A tensor of shape " + t.shape() + " cannot be reshaped to " + to
                    + "\n  rule: the number of elements stays: " + t.size() + " is not " + to.size());
        }
        View view = t.view();
        Tensor source = view.isDense() || view.reshape(to).isPresent() ? t : t.contiguous();
        return Engine.one(new Views.Reshape(to), source);
    }

    private Shape infer(long[] dims) {
        long known = 1;
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            if (dims[i] == -1 && open >= 0) {
                throw new ShapeException("reshape to " + Arrays.toString(dims)
                        + " leaves two lengths open\n  rule: at most one length is -1");
            }
            open = dims[i] == -1 ? i : open;
            known *= dims[i] == -1 ? 1 : dims[i];
        }
        if (open < 0) {
            return Shape.of(dims);
        }
        if (known == 0 || self().size() % known != 0) {
            throw new ShapeException("A tensor of shape " + self().shape() + " cannot be reshaped to "
                    + Arrays.toString(dims) + "\n  rule: " + self().size() + " elements are not divisible by " + known);
        }
        long[] d = dims.clone();
        d[open] = self().size() / known;
        return Shape.of(d);
    }

    /// All axes from `start` on as one: `flatten(1)` makes rows of pictures.
    default Tensor flatten(int start) {
        Shape s = self().shape();
        int first = s.axis(start);
        long[] d = Arrays.copyOf(s.dims(), first + 1);
        d[first] = 1;
        for (int i = first; i < s.rank(); i++) {
            d[first] *= s.dim(i);
        }
        return reshape(Shape.of(d));
    }

    /// The tensor without one axis of length 1.
    default Tensor squeeze(int axis) {
        Shape s = self().shape();
        if (s.dim(axis) != 1) {
            throw new ShapeException("Axis " + axis + " of " + s + " cannot be squeezed\n  rule: its length is 1");
        }
        long[] d = new long[s.rank() - 1];
        for (int i = 0; i < d.length; i++) {
            d[i] = s.dim(i < s.axis(axis) ? i : i + 1);
        }
        return reshape(Shape.of(d));
    }

    /// The tensor with a new axis of length 1 at `axis` of the result.
    default Tensor unsqueeze(int axis) {
        Shape s = self().shape();
        int at = axis < 0 ? axis + s.rank() + 1 : axis;
        if (at < 0 || at > s.rank()) {
            throw new ShapeException("A new axis cannot stand at " + axis + " of " + s + "\n  rule: it lies in "
                    + (-s.rank() - 1) + " .. " + s.rank());
        }
        long[] d = new long[s.rank() + 1];
        for (int i = 0; i < d.length; i++) {
            d[i] = i == at ? 1 : s.dim(i < at ? i : i - 1);
        }
        return reshape(Shape.of(d));
    }

    /// The transpose: the last two axes exchanged.
    default Tensor t() {
        return transpose(-2, -1);
    }

    /// Two axes exchanged.
    default Tensor transpose(int a, int b) {
        Shape s = self().shape();
        int[] order = new int[s.rank()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i == s.axis(a) ? s.axis(b) : i == s.axis(b) ? s.axis(a) : i;
        }
        return permute(order);
    }

    /// The axes in a new order: axis `i` of the result is axis `axes[i]` of this.
    default Tensor permute(int... axes) {
        Shape s = self().shape();
        int[] order = new int[axes.length];
        boolean[] named = new boolean[s.rank()];
        int count = 0; // of axes that are named
        for (int i = 0; i < axes.length; i++) {
            order[i] = s.axis(axes[i]);
            count += named[order[i]] ? 0 : 1;
            named[order[i]] = true;
        }
        if (order.length != s.rank() || count != s.rank()) {
            throw new ShapeException(
                    "permute " + Arrays.toString(axes) + " of " + s + "\n  rule: every axis is named once");
        }
        return Engine.one(new Views.Permute(order), self());
    }

    /// One axis moved to another place, the others keep their order.
    default Tensor moveAxis(int from, int to) {
        Shape s = self().shape();
        int source = s.axis(from);
        int target = s.axis(to);
        if (source == target) {
            return self();
        }
        int[] order = new int[s.rank()];
        for (int i = 0, next = 0; i < order.length; i++) {
            next += next == source ? 1 : 0; // it stands elsewhere
            order[i] = i == target ? source : next++;
        }
        return permute(order);
    }

    /// The tensor repeated to a larger shape without a copy; only new axes and axes of length 1 grow.
    default Tensor expand(long... dims) {
        return expand(Shape.of(dims));
    }

    /// The tensor repeated to a larger shape without a copy.
    default Tensor expand(Shape to) {
        return to.equals(self().shape()) ? self() : Engine.one(new Views.Expand(to), self());
    }

    /// The tensor laid `times[i]` times one behind the other along each axis.
    default Tensor repeat(long... times) {
        Tensor t = self();
        while (t.rank() < times.length) {
            t = t.unsqueeze(0);
        }
        if (t.rank() != times.length) {
            throw new ShapeException(
                    "repeat " + Arrays.toString(times) + " of " + self().shape() + "\n  rule: one count an axis");
        }
        long[] apart = new long[2 * times.length];
        long[] spread = new long[2 * times.length];
        long[] joined = new long[times.length];
        for (int i = 0; i < times.length; i++) {
            apart[2 * i] = 1;
            spread[2 * i] = times[i];
            apart[2 * i + 1] = spread[2 * i + 1] = t.dim(i);
            joined[i] = times[i] * t.dim(i);
        }
        return t.reshape(apart).expand(spread).reshape(joined);
    }

    /// Each element of the last two axes as a block of `rows` by `columns` equal ones.
    default Tensor enlarge(int rows, int columns) {
        AvgPool sums = new AvgPool(PoolWindow.of(rows), PoolWindow.of(columns), true, 1);
        Shape s = self().shape();
        long height = s.dim(-2) * rows;
        return Engine.one(new AvgPool.Spread(sums, height, s.dim(-1) * columns), self().contiguous());
    }

    /// The elements in reverse order along axes.
    default Tensor flip(int... axes) {
        int[] named = Arrays.stream(axes).map(self().shape()::axis).toArray();
        return Engine.one(new Views.Flip(named), self());
    }

    /// The elements moved on by `shift` along an axis; what falls off the end comes back at the front.
    default Tensor roll(long shift, int axis) {
        long n = self().dim(axis);
        long cut = n == 0 ? 0 : Math.floorMod(-shift, n);
        return cut == 0 ? self() : Tensor.concat(axis, self().slice(axis, cut, n), self().slice(axis, 0, cut));
    }

    /// The tensor with zeros around: pairs of lengths, before and after, from the last axis backwards as in
    /// PyTorch.
    default Tensor pad(long... lastAxisFirst) {
        return pad(0, lastAxisFirst);
    }

    /// The tensor with a constant around: pairs of lengths, before and after, from the last axis backwards.
    default Tensor pad(double value, long[] lastAxisFirst) {
        int rank = self().rank();
        if (lastAxisFirst.length % 2 != 0 || lastAxisFirst.length > 2 * rank) {
            throw new ShapeException("pad " + Arrays.toString(lastAxisFirst) + " of " + self().shape()
                    + "\n  rule: two lengths an axis, last axis first");
        }
        long[] before = new long[rank];
        long[] after = new long[rank];
        for (int i = 0; i < lastAxisFirst.length / 2; i++) {
            before[rank - 1 - i] = lastAxisFirst[2 * i];
            after[rank - 1 - i] = lastAxisFirst[2 * i + 1];
        }
        return Engine.one(new Pad(before, after, new long[rank], value), self());
    }

    /// The same values in dense row-major storage; this tensor itself if it already is.
    default Tensor contiguous() {
        return self().view().isDense() ? self() : Engine.one(new Copy(self().dtype()), self());
    }
}
