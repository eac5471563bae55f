package cajal.nn;

import cajal.kernel.Task;
import cajal.tensor.Tensor;
import java.util.List;

/// One step of an [LSTM].
///
/// **Shapes** input `(B, in)`, state and cell `(B, H)` give the next state and cell; parameters:
/// [RecurrentCell].
public final class LSTMCell extends RecurrentCell {
    /// A cell of `hidden` neurons with `in` inputs.
    public LSTMCell(long in, long hidden) {
        super(in, hidden);
    }

    @Override
    Task.Cell cell() {
        return Task.Cell.LSTM;
    }

    /// The next state and the next cell.
    public List<Tensor> apply(Tensor x, Tensor state, Tensor cell) {
        return List.of(step(x, state, cell));
    }
}
