package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;

/// The operations that select or add by an index tensor. An index lies in `0 .. n-1`; others raise an
/// [cajal.kernel.IndexException].
final class Indexed {
    private Indexed() {}

    private static void checkIndex(DType index) {
        if (index != DType.I64 && index != DType.I32) {
            throw new ShapeException("An index tensor of type " + index
                    + "\n  rule: indices are I64 or I32\n  fix:  index.to(DType.I64)");
        }
    }

    private static void checkLeading(String what, Shape a, Shape b) {
        if (a.rank() != b.rank() || a.rank() == 0 || !a.with(-1, 0).equals(b.with(-1, 0))) {
            throw new ShapeException(what + " of values " + a + " with indices " + b
                    + "\n  rule: all lengths agree except along the axis");
        }
    }

    /// `y[..., j] = x[..., index[..., j]]` along the last axis.
    ///
    /// **Shapes** `x (..., n)`, `index (..., m)` give `(..., m)`. **Gradient** `g` added up at the positions
    /// it was read from.
    record Gather() implements Op {
        @Override
        public Shape[] shapes(Shape... in) {
            checkLeading("gather", in[0], in[1]);
            return new Shape[] {in[1]};
        }

        @Override
        public DType dtype(int output, DType... in) {
            checkIndex(in[1]);
            return in[0];
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.Gather(), in, out);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.in(1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> Engine.one(new Scatter(b.shape(0).dim(-1)), b.grad(), b.in(1)));
        }
    }

    /// `y[..., index[..., j]] += x[..., j]` along the last axis, on zeros.
    ///
    /// **Shapes** `x (..., m)`, `index (..., m)` give `(..., length)`. **Gradient** `g` read at the indices.
    record Scatter(long length) implements Op {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("length", length);
        }

        @Override
        public Shape[] shapes(Shape... in) {
            if (!in[0].equals(in[1])) {
                throw new ShapeException(
                        "scatterAdd of values " + in[0] + " with indices " + in[1] + "\n  rule: one index a value");
            }
            return new Shape[] {in[0].with(-1, length)};
        }

        @Override
        public DType dtype(int output, DType... in) {
            checkIndex(in[1]);
            return in[0];
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.Scatter(), in, out);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.in(1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> Engine.one(new Gather(), b.grad(), b.in(1)));
        }
    }

    /// `y[i, ...] = x[index[i], ...]` along the first axis.
    ///
    /// **Shapes** `x (n, ...)`, `index (m)` give `(m, ...)`. **Gradient** the rows of `g` added up where they
    /// were read from.
    record Take() implements Op {
        @Override
        public Shape[] shapes(Shape... in) {
            if (in[0].rank() == 0 || in[1].rank() != 1) {
                throw new ShapeException(
                        "indexSelect of " + in[0] + " with indices " + in[1] + "\n  rule: x (n, ...), index (m)");
            }
            return new Shape[] {in[0].with(0, in[1].dim(0))};
        }

        @Override
        public DType dtype(int output, DType... in) {
            checkIndex(in[1]);
            return in[0];
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.Take(), in, out);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.in(1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(
                    () -> Engine.one(new Put(b.shape(0).dim(0)), b.grad().contiguous(), b.in(1)));
        }
    }

    /// `y[index[i], ...] += x[i, ...]` along the first axis, on zeros.
    ///
    /// **Shapes** `x (m, ...)`, `index (m)` give `(length, ...)`. **Gradient** the rows of `g` at the indices.
    record Put(long length) implements Op {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("length", length);
        }

        @Override
        public Shape[] shapes(Shape... in) {
            if (in[0].rank() == 0 || in[1].rank() != 1 || in[0].dim(0) != in[1].dim(0)) {
                throw new ShapeException(
                        "indexAdd of " + in[0] + " with indices " + in[1] + "\n  rule: one index a row");
            }
            return new Shape[] {in[0].with(0, length)};
        }

        @Override
        public DType dtype(int output, DType... in) {
            checkIndex(in[1]);
            return in[0];
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.Put(), in, out);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.in(1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> Engine.one(new Take(), b.grad(), b.in(1)));
        }
    }

    /// The elements along the last axis in order, and the positions that they came from; stable, NaN as the
    /// largest.
    ///
    /// **Shapes** `(..., n)` gives values and `I64` positions `(..., n)`. **Gradient** `g` put back to the
    /// positions.
    record Sort(boolean descending) implements Op {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("descending", descending);
        }

        @Override
        public Shape[] shapes(Shape... in) {
            in[0].axis(-1);
            return new Shape[] {in[0], in[0]};
        }

        @Override
        public DType dtype(int output, DType... in) {
            return output == 0 ? in[0] : DType.I64;
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(new Task.Sort(descending), in, out);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.out(1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> Engine.one(new Scatter(b.shape(0).dim(-1)), b.grad(), b.out(1)));
        }
    }

    /// One number a class: 1 at the index, 0 elsewhere.
    ///
    /// **Shapes** `(...)` gives `(..., classes)`. **Gradient** none.
    record OneHot(long classes, DType to) implements Op {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("classes", classes, "dtype", to.name());
        }

        @Override
        public Shape[] shapes(Shape... in) {
            long[] d = Arrays.copyOf(in[0].dims(), in[0].rank() + 1);
            d[d.length - 1] = classes;
            return new Shape[] {Shape.of(d)};
        }

        @Override
        public DType dtype(int output, DType... in) {
            checkIndex(in[0]);
            return to;
        }

        @Override
        public void forward(View[] in, View[] out) {
            View index = in[0].reshape(Shape.of(in[0].size(), 1)).orElseThrow();
            View rows = out[0].reshape(Shape.of(in[0].size(), classes)).orElseThrow();
            View ones = View.of(cajal.kernel.Device.CPU.zeros(to, 1), Shape.of(1));
            ones.put(0, 1);
            Backends.run(new Task.Scatter(), new View[] {ones.expand(index.shape()), index}, new View[] {rows});
        }

        @Override
        public boolean differentiable() {
            return false;
        }
    }
}
