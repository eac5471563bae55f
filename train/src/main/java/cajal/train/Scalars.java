package cajal.train;

import cajal.kernel.DType;
import cajal.tensor.Tensor;

/// The numbers of an optimiser's step as tensors; those of one step are often the next one's.
final class Scalars {
    private Tensor[] tensors = {};
    private double[] values = {};
    private DType dtype = DType.BOOL;

    /// The numbers in an element type.
    Tensor[] of(double[] wanted, DType type) {
        boolean alike = type == dtype && wanted.length == values.length;
        if (!alike) {
            tensors = new Tensor[wanted.length];
        }
        for (int i = 0; i < wanted.length; i++) {
            if (!alike || Double.compare(wanted[i], values[i]) != 0) {
                tensors[i] = Tensor.scalar(wanted[i], type);
            }
        }
        values = wanted;
        dtype = type;
        return tensors.clone();
    }
}
