package cajal.tensor;

import cajal.kernel.PoolWindow;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import java.util.Map;

/// What the pooling operations share: shapes, and windows as attributes.
final class Pooled {
    private Pooled() {}

    /// The shape after pooling.
    ///
    /// **Throws** [ShapeException] unless there are two axes to pool, and at least one window fits each.
    static Shape shape(String what, PoolWindow rows, PoolWindow columns, Shape in) {
        if (in.rank() < 2) {
            throw new ShapeException(what + " of " + in + "\n  rule: windows lie over the last two axes (..., h, w)");
        }
        return in.with(-2, count(what, "height", rows, in, -2)).with(-1, count(what, "width", columns, in, -1));
    }

    private static long count(String what, String name, PoolWindow window, Shape in, int axis) {
        long n = in.dim(axis);
        long count = window.count(n);
        if (count < 1) {
            throw new ShapeException(what + " of " + in + ": a window spans " + window.span() + ", the " + name + " is "
                    + n + (window.padding() > 0 ? " and " + 2 * window.padding() + " of padding" : "")
                    + "\n  rule: at least one window fits");
        }
        if (!window.holdsElements(n)) {
            throw new ShapeException(what + " of " + in + ": along the " + name
                    + ", a window with kernel " + window.size() + " and dilation " + window.dilation()
                    + " sees nothing but padding\n  rule: every window holds at least one element");
        }
        return count;
    }

    static Map<String, Object> attributes(PoolWindow r, PoolWindow c) {
        return Map.of(
                "kernel", new long[] {r.size(), c.size()},
                "stride", new long[] {r.stride(), c.stride()},
                "padding", new long[] {r.padding(), c.padding()},
                "dilation", new long[] {r.dilation(), c.dilation()},
                "ceil", new long[] {r.ceil() ? 1 : 0, c.ceil() ? 1 : 0});
    }

    static PoolWindow window(Attributes a, int axis) {
        return new PoolWindow(
                a.ints("kernel")[axis],
                a.ints("stride")[axis],
                a.ints("padding")[axis],
                a.ints("dilation")[axis],
                a.ints("ceil")[axis] != 0);
    }

    /// The last two axes as one, the others as one: `(planes, h·w)`.
    static Tensor planes(Tensor t) {
        long plane = t.dim(-2) * t.dim(-1);
        long planes = 1;
        for (int i = 0; i < t.rank() - 2; i++) {
            planes *= t.dim(i);
        }
        return t.reshape(Shape.of(planes, plane));
    }
}
