package cajal.nn;

import cajal.tensor.Tensor;

/// A function from tensor to tensor: any method of that form is a layer, as in `Tensor::relu`.
@FunctionalInterface
public interface Layer {
    /// The output for an input.
    Tensor apply(Tensor x);

    /// The layer that answers its input.
    static Layer identity() {
        return new Identity();
    }
}
