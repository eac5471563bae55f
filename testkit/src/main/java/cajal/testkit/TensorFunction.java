package cajal.testkit;

import cajal.tensor.Tensor;

/// A function of tensors.
@FunctionalInterface
public interface TensorFunction {
    /// The result for the inputs.
    Tensor apply(Tensor... in);

    /// A function of three tensors.
    @FunctionalInterface
    interface OfThree {
        /// The result for the inputs.
        Tensor apply(Tensor a, Tensor b, Tensor c);
    }
}
