package cajal.kernel;

import java.util.Arrays;
import java.util.Optional;

/// A rectangular window onto storage: element `(i, j, ...)` lies at `offset + i*strides[0] + j*strides[1] +
/// ...`.
///
/// Transposing, slicing, flipping (a negative stride) and broadcasting (a stride of 0) make new views of
/// the same storage.
public final class View {
    private static final long[][] ZEROS = new long[8][]; // the strides of an expanded scalar, by the number of axes

    static {
        Arrays.setAll(ZEROS, long[]::new);
    }

    private final Storage storage;
    private final Shape shape;
    private final long[] strides;
    private final long offset;
    private final boolean dense;

    private View(Storage storage, Shape shape, long[] strides, long offset) {
        this.storage = storage;
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        this.dense = isDense(shape, strides);
    }

    private View(Storage storage, Shape shape, long[] strides, long offset, boolean dense) {
        this.storage = storage;
        this.shape = shape;
        this.strides = strides;
        this.offset = offset;
        this.dense = dense;
    }

    private static boolean isDense(Shape shape, long[] strides) {
        long step = 1;
        for (int i = strides.length - 1; i >= 0; i--) {
            long n = shape.dim(i);
            if (n != 1 && strides[i] != step) {
                return shape.size() == 0;
            }
            step *= n;
        }
        return true;
    }

    /// A dense row-major view of the beginning of `storage`.
    public static View of(Storage storage, Shape shape) {
        return new View(storage, shape, shape.rowMajor(), 0, true);
    }

    /// A view with explicit strides and offset, in elements.
    public static View of(Storage storage, Shape shape, long[] strides, long offset) {
        return new View(storage, shape, strides.clone(), offset);
    }

    /// The storage that is looked at.
    public Storage storage() {
        return storage;
    }

    /// The heap storage that is looked at.
    ///
    /// **Throws** [UnsupportedTaskException] if the storage lives on a device.
    public HostStorage host() {
        if (storage instanceof HostStorage h) {
            return h;
        }
        throw new UnsupportedTaskException(
                "The elements of this tensor live on a device, not on the heap: copy it to the CPU first");
    }

    /// The array behind an `F32` view.
    public float[] floats() {
        return ((HostStorage.Floats) storage).array();
    }

    /// The element type.
    public DType dtype() {
        return storage.dtype();
    }

    /// The lengths of the axes.
    public Shape shape() {
        return shape;
    }

    /// The number of elements that the view shows.
    public long size() {
        return shape.size();
    }

    /// The number of axes.
    public int rank() {
        return strides.length;
    }

    /// The step between neighbours along an axis, in elements; negative axes count from the end.
    public long stride(int axis) {
        return strides[shape.axis(axis)];
    }

    /// The position of the first element in the storage.
    public long offset() {
        return offset;
    }

    /// The first position as an array index.
    public int start() {
        return (int) offset;
    }

    /// Whether the elements lie one behind the other in row-major order.
    public boolean isDense() {
        return dense;
    }

    /// Whether the same elements of a storage of the same kind stand at the same places.
    boolean isLaidOutLike(View other) {
        return offset == other.offset && shape.equals(other.shape) && Arrays.equals(strides, other.strides);
    }

    /// The axes in a new order.
    public View permute(int... axes) {
        long[] d = new long[axes.length];
        long[] s = new long[axes.length];
        for (int i = 0; i < axes.length; i++) {
            d[i] = shape.dim(axes[i]);
            s[i] = stride(axes[i]);
        }
        return new View(storage, Shape.of(d), s, offset);
    }

    /// The view repeated without a copy to a shape that its own can be broadcast to: new axes in front and
    /// axes of length 1 get stride 0.
    ///
    /// **Throws** [ShapeException] if another length than 1 would change.
    public View expand(Shape to) {
        if (to.equals(shape)) {
            return this;
        }
        int front = to.rank() - rank();
        if (rank() == 0 && front < ZEROS.length) return new View(storage, to, ZEROS[front], offset);
        long[] s = new long[to.rank()];
        for (int i = 0; i < rank(); i++) {
            boolean same = front >= 0 && shape.dim(i) == to.dim(i + front);
            if (!same && (front < 0 || shape.dim(i) != 1)) {
                throw new ShapeException("A tensor of shape " + shape + " cannot be expanded to " + to
                        + "\n  rule: aligned at the last axis, only axes of length 1 grow");
            }
            s[i + front] = same ? strides[i] : 0;
        }
        return new View(storage, to, s, offset);
    }

    /// The views, each expanded to a shape; the array itself if all have it.
    static View[] expand(View[] views, Shape to) {
        View[] expanded = views;
        for (int i = 0; i < views.length; i++) {
            View wide = views[i].expand(to);
            if (wide != views[i]) {
                expanded = expanded == views ? views.clone() : expanded;
                expanded[i] = wide;
            }
        }
        return expanded;
    }

    /// Every `steps[i]`-th element from `starts[i]` on, `lengths.dim(i)` of them, along each axis.
    public View slice(long[] starts, Shape lengths, long[] steps) {
        long at = offset;
        long[] s = new long[rank()];
        for (int i = 0; i < s.length; i++) {
            at += starts[i] * strides[i];
            s[i] = strides[i] * steps[i];
        }
        return new View(storage, lengths, s, at);
    }

    /// The same elements in reverse order along the marked axes.
    public View flip(boolean[] marked) {
        long at = offset;
        long[] s = strides.clone();
        for (int i = 0; i < s.length; i++) {
            if (marked[i] && shape.dim(i) > 0) {
                at += (shape.dim(i) - 1) * s[i];
                s[i] = -s[i];
            }
        }
        return new View(storage, shape, s, at);
    }

    /// The same elements in the same order under another shape, or nothing if that needs a copy.
    public Optional<View> reshape(Shape to) {
        if (dense) {
            return Optional.of(new View(storage, to, to.rowMajor(), offset, true));
        }
        long[] s = new long[to.rank()];
        int from = 0;
        int at = 0;
        while (at < to.rank()) { // match runs of old axes with runs of new ones that hold as many elements
            long have = 1;
            long want = to.dim(at);
            int end = at + 1;
            int first = from;
            do {
                if (from < rank()) {
                    have *= shape.dim(from++);
                }
                while (want < have && end < to.rank()) {
                    want *= to.dim(end++);
                }
            } while (have < want && from < rank());
            while (have == want && end < to.rank() && to.dim(end) == 1) {
                end++;
            }
            if (have != want || !mergeable(first, from)) {
                return Optional.empty();
            }
            long step = innerStride(first, from);
            for (int i = end - 1; i >= at; i--) {
                s[i] = step;
                step *= to.dim(i);
            }
            at = end;
        }
        return Optional.of(new View(storage, to, s, offset));
    }

    private boolean mergeable(int first, int end) {
        long expected = -1;
        for (int i = end - 1; i >= first; i--) {
            if (shape.dim(i) == 1) {
                continue;
            }
            if (expected >= 0 && strides[i] != expected || strides[i] < 0 && end - first > 1) {
                return false;
            }
            expected = strides[i] * shape.dim(i);
        }
        return true;
    }

    private long innerStride(int first, int end) {
        for (int i = end - 1; i >= first; i--) {
            if (shape.dim(i) != 1) {
                return strides[i];
            }
        }
        return 0;
    }

    /// The storage position of the `i`-th element in row-major order.
    public long position(long i) {
        if (dense) {
            return offset + i;
        }
        long at = offset;
        for (int axis = strides.length - 1; axis >= 0; axis--) {
            long n = shape.dim(axis);
            at += i % n * strides[axis];
            i /= n;
        }
        return at;
    }

    /// The `i`-th element in row-major order, as a double.
    public double at(long i) {
        return host().at(position(i));
    }

    /// Stores the `i`-th element in row-major order.
    public void put(long i, double value) {
        host().put(position(i), value);
    }

    /// Makes every element 0.
    public void clear() {
        int end = Math.toIntExact(offset + size());
        switch (host().array()) {
            case float[] a when dense -> Arrays.fill(a, start(), end, 0);
            case double[] a when dense -> Arrays.fill(a, start(), end, 0);
            default -> {
                for (long i = 0; i < size(); i++) {
                    put(i, 0);
                }
            }
        }
    }

    /// Element type, shape, strides and offset, for messages.
    @Override
    public String toString() {
        return dtype() + shape.toString() + " strides " + Arrays.toString(strides) + " offset " + offset;
    }
}
