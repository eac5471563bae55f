package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The largest of each `k` neighbours along an axis, `y_i = max(x_(k·i), ..., x_(k·i+k-1))`: behind a
/// linear layer an activation that is learnt, convex and made of `k` lines.
///
/// `new Linear(in, 4·out), new Maxout(4)`
///
/// **Shapes** the length of the axis is divided by `k`.
///
/// **Gradient** `g` at the largest, shared among equal ones.
///
/// **Source** Goodfellow, Warde-Farley, Mirza, Courville, Bengio, "Maxout networks", 2013.
public final class Maxout extends Block {
    private final int pieces;
    private final int axis;

    /// The largest of each `pieces` neighbours along the last axis.
    public Maxout(int pieces) {
        this(pieces, -1);
    }

    /// The largest of each `pieces` neighbours along an axis; negative axes count from the end.
    public Maxout(int pieces, int axis) {
        if (pieces < 1) {
            throw new ShapeException("Maxout(" + pieces + ")\n  rule: at least 1 piece");
        }
        this.pieces = pieces;
        this.axis = axis;
    }

    @Override
    protected Tensor forward(Tensor x) {
        int at = x.shape().axis(axis);
        if (x.dim(at) % pieces != 0) {
            throw new ShapeException("Maxout '" + Context.current().path() + "' of " + x.shape() + "\n  rule: axis "
                    + axis + " is divisible by the " + pieces + " pieces");
        }
        long[] dims = x.shape().dims();
        long[] apart = new long[dims.length + 1];
        System.arraycopy(dims, 0, apart, 0, at);
        apart[at] = dims[at] / pieces;
        apart[at + 1] = pieces;
        System.arraycopy(dims, at + 1, apart, at + 2, dims.length - at - 1);
        return x.reshape(apart).max(at + 1); // (..., n / k, k, ...) -> (..., n / k, ...)
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(
                Spec.of("Maxout", new LinkedHashMap<>(Map.of("pieces", (long) pieces, "axis", (long) axis))));
    }

    @Override
    public String describe() {
        return "Maxout(" + pieces + ")";
    }
}
