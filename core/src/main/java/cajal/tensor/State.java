package cajal.tensor;

import cajal.kernel.ShapeException;
import java.util.List;

/// A tensor that a layer keeps and training changes, but not by gradients: running statistics, counters,
/// caches.
public final class State extends Lasting {
    /// A state without contents.
    public State(String name) {
        super(name);
    }

    /// A state with contents.
    public State(String name, Tensor values) {
        super(name);
        set(values);
    }

    /// Overwrites the contents; a state of one floating-point type that is given values of another takes
    /// theirs over, as an empty parameter does, so that a network loaded in double precision computes in
    /// it.
    @Override
    public void set(Tensor values) {
        if (isFilled()
                && dtype() != values.dtype()
                && dtype().isFloat()
                && values.dtype().isFloat()) {
            renew(values.dtype(), values.shape());
        }
        super.set(values);
    }

    /// Overwrites a window along an axis, as a cache does with each new entry; the rest stays.
    ///
    /// @param axis the axis; negative ones count from the end
    /// @param at where the window begins, one `I64`
    /// @param values what is written: this shape, but for the length along the axis
    ///
    /// **Throws** [ShapeException] if the window does not fit.
    public void put(int axis, Tensor at, Tensor values) {
        int a = shape().axis(axis);
        long from = (long) at.view().at(0);
        boolean fits = values.rank() == rank()
                && values.shape().with(a, dim(a)).equals(shape())
                && from >= 0
                && from + values.dim(a) <= dim(a);
        if (!fits) {
            throw new ShapeException("'" + name() + "' of shape " + shape() + " cannot take values " + values.shape()
                    + " from " + from + " along axis " + axis
                    + "\n  rule: the window lies within it, and all other lengths agree");
        }
        Engine.write(new WriteAt(a), List.of(this), this, values, at);
    }
}
