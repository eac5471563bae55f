package cajal.nn;

import cajal.kernel.Task;
import cajal.tensor.Tensor;

/// One step of a [RNN].
///
/// **Shapes** input `(B, in)` and state `(B, H)` give the next state `(B, H)`; parameters: [RecurrentCell].
public final class RNNCell extends RecurrentCell {
    private boolean relu;

    /// A cell of `hidden` neurons with `in` inputs.
    public RNNCell(long in, long hidden) {
        super(in, hidden);
    }

    /// With the positive part instead of tanh.
    public RNNCell relu() {
        checkUnsealed();
        relu = true;
        return this;
    }

    @Override
    Task.Cell cell() {
        return relu ? Task.Cell.RELU : Task.Cell.TANH;
    }

    /// The next state.
    public Tensor apply(Tensor x, Tensor state) {
        return step(x, state)[0];
    }
}
