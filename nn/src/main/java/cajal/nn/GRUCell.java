package cajal.nn;

import cajal.kernel.Task;
import cajal.tensor.Tensor;

/// One step of a [GRU].
///
/// **Shapes** input `(B, in)` and state `(B, H)` give the next state `(B, H)`; parameters: [RecurrentCell].
public final class GRUCell extends RecurrentCell {
    /// A cell of `hidden` neurons with `in` inputs.
    public GRUCell(long in, long hidden) {
        super(in, hidden);
    }

    @Override
    Task.Cell cell() {
        return Task.Cell.GRU;
    }

    /// The next state.
    public Tensor apply(Tensor x, Tensor state) {
        return step(x, state)[0];
    }
}
