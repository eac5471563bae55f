package cajal.tensor;

import cajal.kernel.ShapeException;
import org.jspecify.annotations.Nullable;

/// A trainable tensor: weights or biases. Gradients collect in [#grad()]; an optimiser overwrites the contents.
public final class Param extends Lasting {
    private final Leaf leaf = new Leaf();
    private volatile boolean frozen;

    /// A parameter without contents.
    public Param(String name) {
        super(name);
    }

    /// A parameter with contents.
    public Param(String name, Tensor values) {
        super(name);
        set(values);
    }

    /// Whether it is left alone by training.
    public boolean isFrozen() {
        return frozen;
    }

    /// Freezes it (no gradient is computed for it, no optimiser changes it), or lets it train again.
    public void frozen(boolean on) {
        frozen = on;
    }

    /// Replaces the gradient, as clipping and the exchange between machines do; the tensor itself is kept,
    /// not copied.
    ///
    /// **Throws** [GradException] if the parameter is frozen, [ShapeException] if the gradient's shape or
    /// element type is not the parameter's.
    public void grad(Tensor gradient) {
        if (frozen) {
            throw new GradException(
                    "'" + name() + "' is frozen and takes no gradient\n  rule: only parameters that train have one"
                            + "\n  fix:  frozen(false) lets it train again");
        }
        if (!gradient.shape().equals(shape()) || gradient.dtype() != dtype()) {
            throw new ShapeException("'" + name() + "' has shape " + shape() + " and type " + dtype()
                    + ", the new gradient " + gradient.shape() + " and " + gradient.dtype() + "\n  rule: both agree");
        }
        leaf.set(gradient);
    }

    @Override
    @Nullable
    Origin origin() {
        return frozen ? null : leaf;
    }

    @Override
    public Tensor detach() {
        return Tensor.of(view());
    }
}
