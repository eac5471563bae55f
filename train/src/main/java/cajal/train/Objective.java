package cajal.train;

import cajal.data.Batch;
import cajal.tensor.Tensor;

/// What training makes small: a loss as a function of a batch.
@FunctionalInterface
public interface Objective {
    /// The loss of a batch, one number.
    Tensor of(Batch batch);
}
