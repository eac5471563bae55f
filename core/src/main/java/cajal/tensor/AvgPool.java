package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.PoolWindow;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.HashMap;
import java.util.Map;

/// `y[..., i, j] = mean of x over window (i, j)`, over the last two axes, or the sum divided by a constant;
/// the padding around holds zeros.
///
/// **Shapes** `(..., h, w)` gives `(..., rows.count(h), columns.count(w))`.
///
/// **Gradient** `g`, divided alike, to all elements of each window.
///
/// @param rows the windows along the last axis but one, without dilation
/// @param columns the windows along the last axis, without dilation
/// @param padded whether the zeros of the padding are counted among the elements
/// @param divisor what the sums are divided by; 0 for the number of elements
public record AvgPool(PoolWindow rows, PoolWindow columns, boolean padded, int divisor) implements Op {
    @Override
    public Map<String, Object> attributes() {
        Map<String, Object> all = new HashMap<>(Pooled.attributes(rows, columns));
        all.put("padded", padded);
        all.put("divisor", (long) divisor);
        return all;
    }

    static AvgPool of(Attributes a) {
        return new AvgPool(Pooled.window(a, 0), Pooled.window(a, 1), a.flag("padded"), (int) a.number("divisor"));
    }

    @Override
    public Shape[] shapes(Shape... in) {
        if (divisor < 0) {
            throw new ShapeException("avgPool with divisor " + divisor + "\n  rule: positive, or 0 for the size");
        }
        if (rows.dilation() != 1 || columns.dilation() != 1) {
            throw new ShapeException("avgPool with dilation " + rows.dilation() + " and " + columns.dilation()
                    + "\n  rule: averages are taken over neighbours, the dilation is 1");
        }
        return new Shape[] {Pooled.shape("avgPool", rows, columns, in[0])};
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.AvgPool(rows, columns, padded, divisor), in, out);
    }

    @Override
    public Grads backward(Backward b) {
        Shape s = b.shape(0);
        return Grads.of(() ->
                Engine.one(new Spread(this, s.dim(-2), s.dim(-1)), b.grad().contiguous()));
    }

    /// The transpose of average pooling: each element divided by the size of its window and added to all of
    /// it.
    ///
    /// **Shapes** the output of the pooling `(..., oh, ow)` gives its input's `(..., h, w)`. **Gradient**
    /// the pooled `g`.
    ///
    /// @param of what it is the transpose of
    /// @param height `h`
    /// @param width `w`
    record Spread(AvgPool of, long height, long width) implements Op {
        @Override
        public String name() {
            return "avgSpread";
        }

        @Override
        public Map<String, Object> attributes() {
            Map<String, Object> all = new HashMap<>(of.attributes());
            all.put("height", height);
            all.put("width", width);
            return all;
        }

        @Override
        public Shape[] shapes(Shape... in) {
            Shape large = in[0].with(-2, height).with(-1, width);
            if (!of.shapes(large)[0].equals(in[0])) {
                throw new ShapeException("avgSpread of " + in[0] + " to " + large + "\n  rule: the pooling of " + large
                        + " gives " + of.shapes(large)[0]);
            }
            return new Shape[] {large};
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.AvgSpread(new Task.AvgPool(of.rows, of.columns, of.padded, of.divisor)), in, out);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> Engine.one(of, b.grad().contiguous()));
        }
    }
}
