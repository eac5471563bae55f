package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.tensor.Context;
import cajal.tensor.Engine;
import cajal.tensor.Param;
import cajal.tensor.Recurrence;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What [RNNCell], [LSTMCell] and [GRUCell] share: one step of a recurrent layer, for loops of one's own.
///
/// **Shapes** `weight_ih (gates·H, in)`, `weight_hh (gates·H, H)`, `bias_ih` and `bias_hh (gates·H)`, as in
/// PyTorch.
///
/// **Initial values** all uniform in ±1/sqrt(H), as in PyTorch.
public abstract sealed class RecurrentCell extends Part permits RNNCell, LSTMCell, GRUCell {
    private final long in;
    private final long hidden;
    private @Nullable Param weightIn;
    private @Nullable Param weightState;
    private @Nullable Param biasIn;
    private @Nullable Param biasState;

    RecurrentCell(long in, long hidden) {
        if (in < 1 || hidden < 1) {
            throw new ShapeException(
                    getClass().getSimpleName() + "(" + in + ", " + hidden + ")\n  rule: sizes are at least 1");
        }
        this.in = in;
        this.hidden = hidden;
    }

    abstract Task.Cell cell();

    @Override
    protected void seal() {
        double bound = 1 / Math.sqrt((double) hidden);
        Init init = Init.uniform(-bound, bound);
        long rows = cell().gates() * hidden;
        weightIn = param("weight_ih", init, rows, in);
        weightState = param("weight_hh", init, rows, hidden);
        biasIn = param("bias_ih", init, rows);
        biasState = param("bias_hh", init, rows);
    }

    /// The states after one step.
    final Tensor[] step(Tensor x, Tensor... states) {
        Tensor[] all = new Tensor[1 + states.length];
        all[0] = x;
        System.arraycopy(states, 0, all, 1, states.length);
        return calls(() -> next(x, states), all);
    }

    private Tensor[] next(Tensor x, Tensor... states) {
        String path = getClass().getSimpleName() + " '" + Context.current().path() + "'";
        if (x.rank() != 2 || x.dim(1) != in) {
            throw new ShapeException(
                    path + " expects (B, " + in + ") but got " + x.shape() + "\n  rule: batch, inputs");
        }
        for (Tensor s : states) {
            if (!s.shape().equals(Shape.of(x.dim(0), hidden))) {
                throw new ShapeException(path + " got a state of shape " + s.shape() + "\n  rule: (B, H) = "
                        + Shape.of(x.dim(0), hidden));
            }
        }
        Tensor gates = x.affine(Objects.requireNonNull(weightIn), Objects.requireNonNull(biasIn));
        List<Tensor> all = new ArrayList<>(
                List.of(gates.unsqueeze(1), Objects.requireNonNull(weightState), Objects.requireNonNull(biasState)));
        all.addAll(List.of(states));
        var form = new Task.RecurrenceForm(cell(), false, true, false);
        Tensor[] out = Engine.run(new Recurrence(form), all.toArray(Tensor[]::new));
        Tensor[] after = new Tensor[states.length];
        for (int i = 0; i < after.length; i++) {
            after[i] = out[i].squeeze(1);
        }
        return after;
    }

    @Override
    public String describe() {
        return getClass().getSimpleName() + "(" + in + " -> " + hidden + ")";
    }
}
