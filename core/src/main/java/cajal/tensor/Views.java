package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;

/// The operations that only look at the same storage in another way.
final class Views {
    private Views() {}

    /// The same elements in the same order under another shape; the input is laid out so that no copy is
    /// needed.
    ///
    /// **Gradient** `g` in the input's shape.
    record Reshape(Shape to) implements Op.Viewing {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("shape", to.dims());
        }

        @Override
        public View view(View in) {
            return in.reshape(to).orElseThrow();
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> b.grad().reshape(b.shape(0)));
        }
    }

    /// The axes in a new order: output axis `i` is input axis `axes[i]`.
    ///
    /// **Gradient** `g` with the axes put back.
    record Permute(int... axes) implements Op.Viewing {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("axes", Attributes.longs(axes));
        }

        @Override
        public View view(View in) {
            return in.permute(axes);
        }

        @Override
        public Grads backward(Backward b) {
            int[] back = new int[axes.length];
            for (int i = 0; i < back.length; i++) {
                back[axes[i]] = i;
            }
            return Grads.of(() -> b.grad().permute(back));
        }
    }

    /// The input repeated without a copy along new axes and axes of length 1.
    ///
    /// **Gradient** `g` summed over the repetitions (by the engine).
    record Expand(Shape to) implements Op.Viewing {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("shape", to.dims());
        }

        @Override
        public View view(View in) {
            return in.expand(to);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(b::grad);
        }
    }

    /// Every `steps[i]`-th element from `starts[i]` on, `lengths[i]` of them, along each axis.
    ///
    /// **Gradient** `g` at the elements that were taken, 0 elsewhere.
    record Slice(long[] starts, Shape lengths, long[] steps) implements Op.Viewing {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("starts", starts, "lengths", lengths.dims(), "steps", steps);
        }

        @Override
        public View view(View in) {
            return in.slice(starts, lengths, steps);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> {
                long[] after = new long[starts.length];
                long[] gaps = new long[starts.length];
                for (int i = 0; i < after.length; i++) {
                    gaps[i] = steps[i] - 1;
                    long span = lengths.dim(i) == 0 ? 0 : (lengths.dim(i) - 1) * steps[i] + 1;
                    after[i] = b.shape(0).dim(i) - starts[i] - span;
                }
                return Engine.one(new Pad(starts, after, gaps, 0), b.grad());
            });
        }

        @Override
        public String toString() {
            return "Slice" + Arrays.toString(starts) + Arrays.toString(lengths.dims()) + Arrays.toString(steps);
        }
    }

    /// The pieces of the given lengths along an axis.
    ///
    /// **Gradient** those of the pieces one behind the other.
    record Split(int axis, long[] lengths) implements Op.Viewing {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("axis", (long) axis, "lengths", lengths);
        }

        @Override
        public View[] views(View in) {
            View[] pieces = new View[lengths.length];
            long[] starts = new long[in.rank()];
            long[] steps = new long[in.rank()];
            Arrays.fill(steps, 1);
            for (int i = 0; i < pieces.length; i++) {
                pieces[i] = in.slice(starts, in.shape().with(axis, lengths[i]), steps);
                starts[axis] += lengths[i];
            }
            return pieces;
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> {
                Tensor[] pieces = new Tensor[lengths.length];
                for (int i = 0; i < pieces.length; i++) {
                    pieces[i] = b.grad(i);
                }
                return Tensor.concat(axis, pieces);
            });
        }

        @Override
        public String toString() {
            return "Split " + axis + Arrays.toString(lengths);
        }
    }

    /// The elements in reverse order along axes.
    ///
    /// **Gradient** `g` in reverse order.
    record Flip(int... axes) implements Op.Viewing {
        @Override
        public Map<String, Object> attributes() {
            return Map.of("axes", Attributes.longs(axes));
        }

        @Override
        public View view(View in) {
            boolean[] marked = new boolean[in.rank()];
            for (int axis : axes) {
                marked[axis] = true;
            }
            return in.flip(marked);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> b.grad().flip(axes));
        }
    }
}
