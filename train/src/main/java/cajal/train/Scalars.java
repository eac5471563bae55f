package cajal.train;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.util.Arrays;

/// The numbers of an optimiser's step as tensors; those of one step are often the next one's.
final class Scalars {
    private Tensor[] tensors = {};
    private double[] values = {};
    private DType dtype = DType.BOOL;

    /// The numbers in an element type.
    Tensor[] of(double[] wanted, DType type) {
        if (type != dtype || !Arrays.equals(wanted, values)) {
            tensors = new Tensor[wanted.length];
            for (int i = 0; i < wanted.length; i++) {
                tensors[i] = Tensor.scalar(wanted[i], type);
            }
            values = wanted;
            dtype = type;
        }
        return tensors.clone();
    }
}
