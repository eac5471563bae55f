/// Tensors, their operations and gradients ([cajal.tensor]) on the kernels' interface ([cajal.kernel]).
module cajal.core {
    requires static org.jspecify;

    exports cajal.kernel;
    exports cajal.tensor;

    uses cajal.kernel.Kernels;
}
