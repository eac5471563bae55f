package cajal.train;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;

/// Which classes outputs and targets name: see the shapes at [Metric#accuracy()].
///
/// @param threshold above which a single score says 1
record Classes(double threshold) {
    /// The classes of one batch.
    ///
    /// @param found what the output says
    /// @param right what the target says
    /// @param count how many classes there are
    record Pair(long[] found, long[] right, int count) {}

    Pair of(Tensor output, Tensor target) {
        try (var _ = Grad.off()) {
            Shape o = output.shape();
            Shape t = target.shape();
            boolean single = o.rank() == 1 || o.rank() > 0 && o.dim(-1) == 1;
            boolean fits = t.rank() == 1 || t.equals(o);
            if (single && fits && o.size() == t.size()) {
                return new Pair(output.gt(threshold).toLongs(), indices(target, 2), 2);
            }
            if (o.rank() == 2 && t.equals(o)) {
                return new Pair(output.argmax(1).toLongs(), target.argmax(1).toLongs(), (int) o.dim(1));
            }
            int axis = classAxis(o, t);
            int count = (int) o.dim(axis);
            return new Pair(output.argmax(axis).toLongs(), indices(target, count), count);
        }
    }

    /// The axis of the output that the target lacks: axis 1 where both it and the last one would do.
    static int classAxis(Shape output, Shape target) {
        if (output.rank() == target.rank() + 1 && output.rank() > 1) {
            if (lacks(output, target, 1)) {
                return 1;
            }
            if (lacks(output, target, output.rank() - 1)) {
                return output.rank() - 1;
            }
        }
        boolean column = output.rank() == 2 && target.equals(Shape.of(output.dim(0), 1));
        throw new ShapeException(
                "Classes cannot be read from outputs of shape " + output + " and targets of shape " + target
                        + "\n  rule: (N, C) goes with class indices (N) or with (N, C); one score a sample, (N) or (N, 1), with 0 and 1"
                        + (column ? "\n  fix:  target.squeeze(1) has shape " + Shape.of(target.dim(0)) : ""));
    }

    private static boolean lacks(Shape output, Shape target, int axis) {
        for (int i = 0; i < target.rank(); i++) {
            if (target.dim(i) != output.dim(i < axis ? i : i + 1)) {
                return false;
            }
        }
        return true;
    }

    /// The target as class indices.
    ///
    /// **Throws** [IllegalArgumentException] unless they are whole numbers in `0 .. count-1`.
    static long[] indices(Tensor target, int count) {
        double[] values = target.toDoubles();
        long[] indices = new long[values.length];
        for (int i = 0; i < values.length; i++) {
            indices[i] = (long) values[i];
            if (!(values[i] >= 0 && values[i] < count && indices[i] == values[i])) {
                throw new IllegalArgumentException("Target " + i + " is " + values[i] + ", the outputs have " + count
                        + " classes" + "\n  rule: a class index is a whole number in 0 .. " + (count - 1));
            }
        }
        return indices;
    }
}
