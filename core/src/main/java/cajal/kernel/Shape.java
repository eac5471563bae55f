package cajal.kernel;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// The lengths of a tensor's axes, outermost first: `(32, 784)` is 32 rows of 784; `()` is a scalar.
public final class Shape {
    private static final Shape SCALAR = new Shape(new long[0]);
    private static final Shape[] RECENT = new Shape[1024]; // nets ask for the same ones again and again
    private final long[] dims;
    private final long size;
    private final long[] rowMajor; // the strides of a dense layout

    private Shape(long[] dims) {
        this.dims = dims;
        long n = 1;
        for (long d : dims) {
            if (d < 0) {
                throw new ShapeException(
                        "The shape " + text(dims) + " has a negative length\n  rule: lengths are 0 or more");
            }
            long high = Math.multiplyHigh(n, d);
            n *= d;
            if (high != 0 || n < 0) {
                throw new ShapeException(
                        "The shape " + text(dims) + " has too many elements\n  rule: at most 2^63 - 1");
            }
        }
        this.size = n;
        this.rowMajor = strides(dims);
    }

    /// The shape with the given axis lengths.
    ///
    /// **Throws** [ShapeException] for a negative length or more than 2^63 elements.
    public static Shape of(long... dims) {
        if (dims.length == 0) {
            return SCALAR;
        }
        long hash = 0;
        for (long d : dims) {
            hash = (hash ^ d) * 0x9E3779B97F4A7C15L; // 2^64 over the golden ratio: the high bits depend on all
        }
        int place = (int) (hash >>> 54);
        Shape known = RECENT[place];
        if (known == null || !Arrays.equals(known.dims, dims)) {
            RECENT[place] = known = new Shape(dims.clone());
        }
        return known;
    }

    /// The shape of a scalar, `()`.
    public static Shape scalar() {
        return SCALAR;
    }

    /// The number of axes.
    public int rank() {
        return dims.length;
    }

    /// The number of elements: the product of the lengths, 1 for a scalar.
    public long size() {
        return size;
    }

    /// The length of an axis; negative axes count from the end, -1 is the last.
    public long dim(int axis) {
        return dims[axis(axis)];
    }

    /// The axis as a number from 0; negative axes count from the end.
    ///
    /// **Throws** [ShapeException] if there is no such axis.
    public int axis(int axis) {
        int a = axis < 0 ? axis + dims.length : axis;
        if (a < 0 || a >= dims.length) {
            throw new ShapeException("Axis " + axis + " does not exist in a tensor of shape " + this
                    + "\n  rule: an axis lies in " + -dims.length + " .. " + (dims.length - 1));
        }
        return a;
    }

    /// Whether the axis is in the set of axes named (negative ones count from the end; none named means all).
    public boolean[] marked(int... axes) {
        boolean[] marked = new boolean[dims.length];
        if (axes.length == 0) {
            Arrays.fill(marked, true);
        }
        for (int a : axes) {
            marked[axis(a)] = true;
        }
        return marked;
    }

    /// The axis lengths, as a copy.
    public long[] dims() {
        return dims.clone();
    }

    /// This shape with one length replaced.
    public Shape with(int axis, long length) {
        long[] d = dims.clone();
        d[axis(axis)] = length;
        return of(d);
    }

    /// The strides of a dense row-major layout, in elements.
    public long[] strides() {
        return rowMajor().clone();
    }

    /// As [#strides()], not to be changed.
    long[] rowMajor() {
        return rowMajor;
    }

    private static long[] strides(long[] dims) {
        long[] s = new long[dims.length];
        long step = 1;
        for (int i = dims.length - 1; i >= 0; i--) {
            s[i] = step;
            step *= dims[i];
        }
        return s;
    }

    /// The common shape of two operands after NumPy's broadcasting: aligned at the last axis, lengths are
    /// equal or one of them is 1.
    ///
    /// **Throws** [ShapeException] if a pair of lengths neither agrees nor contains a 1.
    public static Shape broadcast(Shape a, Shape b) {
        if (a.equals(b)) {
            return a;
        }
        int n = Math.max(a.rank(), b.rank());
        long[] out = new long[n];
        for (int i = 1; i <= n; i++) {
            long x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
            long y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
            if (x != y && x != 1 && y != 1) {
                throw new ShapeException(
                        "Shapes " + a + " and " + b + " cannot be broadcast: axis -" + i + " has length " + x + " and "
                                + y + "\n  rule: aligned at the last axis, lengths are equal or one of them is 1");
            }
            out[n - i] = x == 1 ? y : x;
        }
        return of(out);
    }

    @Override
    public boolean equals(Object o) {
        return o == this || o instanceof Shape s && Arrays.equals(dims, s.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    /// The lengths in parentheses, as in `(32, 784)`.
    @Override
    public String toString() {
        return text(dims);
    }

    private static String text(long[] dims) {
        return LongStream.of(dims).mapToObj(Long::toString).collect(Collectors.joining(", ", "(", ")"));
    }
}
