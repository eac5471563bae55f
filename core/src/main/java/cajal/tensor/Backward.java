package cajal.tensor;

import cajal.kernel.Shape;
import cajal.kernel.View;
import org.jspecify.annotations.Nullable;

/// What a gradient rule may read: the gradients of the outputs, the values that were saved, and the input
/// shapes.
public final class Backward {
    private final Node node;
    private final @Nullable Tensor[] gradients;

    Backward(Node node, @Nullable Tensor[] gradients) {
        this.node = node;
        this.gradients = gradients;
    }

    /// The same with another gradient of the first output.
    Backward with(Tensor gradient) {
        @Nullable Tensor[] others = gradients.clone();
        others[0] = gradient;
        return new Backward(node, others);
    }

    /// How the loss changes with the first output.
    public Tensor grad() {
        return grad(0);
    }

    /// How the loss changes with output `i`; zeros if the loss does not depend on it.
    public Tensor grad(int i) {
        Tensor g = gradients[i];
        if (g != null) {
            return g;
        }
        Shape shape = node.outShapes()[i];
        View zeros = View.of(Memory.blank(Context.current(), node.outTypes()[i], shape.size()), shape);
        zeros.clear();
        return Tensor.of(zeros);
    }

    /// The saved value of input `i`.
    ///
    /// **Throws** [IllegalStateException] if [Op#saves] did not name it.
    public Tensor in(int i) {
        return node.savedInput(i);
    }

    /// The saved value of output `i`.
    ///
    /// **Throws** [IllegalStateException] if [Op#saves] did not name it.
    public Tensor out(int i) {
        return node.savedOutput(i);
    }

    /// Whether a gradient can flow into input `i`.
    boolean reaches(int i) {
        return node.origin(i) != null;
    }

    /// The shape of input `i`, known without saving it.
    public Shape shape(int i) {
        return node.inShapes()[i];
    }

    /// The shape of output `i`.
    public Shape outShape(int i) {
        return node.outShapes()[i];
    }

    /// The number of inputs.
    public int inputs() {
        return node.inShapes().length;
    }
}
