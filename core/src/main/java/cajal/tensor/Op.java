package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;
import java.util.Optional;

/// An operation on tensors: a value (usually a record) that carries its own rules for shapes, kernel and
/// gradient.
///
/// Every operation runs through one door, [Engine#run]. What changes from step to step is an input, never a
/// component.
public interface Op {
    /// The name in graphs and messages: the type's simple name with a small first letter.
    default String name() {
        String s = getClass().getSimpleName();
        return Character.toLowerCase(s.charAt(0)) + s.substring(1);
    }

    /// The constants that, with the name, describe the operation as data: numbers, booleans, texts and
    /// `long[]`.
    default Map<String, Object> attributes() {
        return Map.of();
    }

    /// The output shapes for the input shapes.
    ///
    /// **Throws** [cajal.kernel.ShapeException] if the inputs do not fit.
    Shape[] shapes(Shape... in);

    /// The element type of an output: unless overridden, the type in which the inputs meet.
    default DType dtype(int output, DType... in) {
        DType t = in[0];
        for (DType other : in) {
            t = DType.promote(t, other);
        }
        return t;
    }

    /// Computes the outputs on kernels: all elements of them, whose content is arbitrary before.
    void forward(View[] in, View[] out);

    /// As [#forward(View[], View[])], after which a function of one argument takes each element of the first output
    /// to its value, in its place; operations whose kernels do so on the way override it.
    default void forward(View[] in, View[] out, Task.Pointwise then) {
        forward(in, out);
        Backends.run(then, new View[] {out[0]}, new View[] {out[0]});
    }

    /// Whether a gradient flows through the operation; if not, its outputs are constants to autograd.
    default boolean differentiable() {
        return true;
    }

    /// What the backward pass will read, if the gradients marked in `wanted` are wanted.
    default Saves saves(boolean[] wanted) {
        return Saves.NOTHING;
    }

    /// The gradient rule: how the loss changes with each input, given how it changes with the outputs.
    ///
    /// Written in operations, so that it can itself be differentiated. Gradients may still have the shape of
    /// the broadcast output: the engine sums them down.
    default Grads backward(Backward b) {
        throw new UnsupportedOperationException(name() + " has no gradient");
    }

    /// As [#backward(Backward)] of the operation with a function behind its first output: `b` holds that function's
    /// value, and the gradient that reaches it.
    default Grads backward(Backward b, Elementwise then) {
        return backward(b.with(then.slope(b.out(0), b.grad())));
    }

    /// How often the forward computation multiplies two numbers and adds the product to a sum, for inputs and
    /// outputs of these shapes: what matrix products, convolutions, attention and recurrences spend their time
    /// on, and the figure that publications give. Two floating-point operations each, as PyTorch's counter of
    /// FLOPs has it; work on single elements counts nothing, and neither do zeros that could be left out
    /// (padding, a causal mask).
    default long multiplyAdds(Shape[] in, Shape[] out) {
        return 0;
    }

    /// For a fused operation: the same result as a composition of simpler ones.
    default Optional<Tensor> expand(Tensor... in) {
        return Optional.empty();
    }

    /// Whether the output shape depends on values, not only on shapes.
    default boolean shapeDependsOnValues() {
        return false;
    }

    /// An operation that only looks at its input's storage in another way: nothing is computed or copied.
    interface Viewing extends Op {
        /// The output as a view of the input's storage; the first, if there are several.
        default View view(View in) {
            return views(in)[0];
        }

        /// All outputs as views of the input's storage.
        default View[] views(View in) {
            return new View[] {view(in)};
        }

        @Override
        default Shape[] shapes(Shape... in) {
            throw new IllegalStateException("a viewing operation takes its shape from its view");
        }

        @Override
        default void forward(View[] in, View[] out) {
            throw new IllegalStateException("a viewing operation computes nothing");
        }
    }
}
