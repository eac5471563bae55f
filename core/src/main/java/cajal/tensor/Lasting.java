package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A tensor whose contents last and can be overwritten: a parameter or a state. Every overwrite is an operation
/// at the engine's door.
public abstract sealed class Lasting extends Tensor permits Param, State {
    private final String name;
    private volatile @Nullable View contents;

    Lasting(String name) {
        super(null, null, 0);
        this.name = name;
    }

    /// The name within its layer, as in `weight`.
    public String name() {
        return name;
    }

    /// Whether it has contents: after `init`, loading, or the first call of the network.
    public boolean isFilled() {
        return contents != null;
    }

    @Override
    public View view() {
        View v = contents;
        if (v == null) {
            throw new IllegalStateException("'" + name
                    + "' has no values yet\n  rule: parameters are filled by init(seed), load(...) or the first call"
                    + "\n  fix:  call net.init(seed, inputShape) first");
        }
        return v;
    }

    /// Gives it contents, or overwrites them with values of the same shape.
    ///
    /// **Throws** [ShapeException] if it has another shape.
    public void set(Tensor values) {
        if (contents == null) {
            DType dtype = values.dtype();
            contents = Tensor.zeros(dtype, values.shape()).view();
        }
        if (!values.shape().equals(shape())) {
            throw new ShapeException("'" + name + "' has shape " + shape() + ", the new values " + values.shape()
                    + "\n  rule: the shape stays");
        }
        Engine.write(new Copy(dtype()), List.of(this), values);
    }

    /// Gives it other storage, with zeros, unless the shape would change.
    final void renew(DType dtype, Shape shape) {
        if (shape.equals(shape())) {
            contents = Tensor.zeros(dtype, shape).view();
        }
    }

    /// Name, shape and type.
    @Override
    public String toString() {
        Shape s = isFilled() ? shape() : Shape.scalar();
        return name + (isFilled() ? " " + s + " " + dtype() : " (no values yet)");
    }
}
