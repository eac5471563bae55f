package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Map;

/// The gradients of a [Recurrence] by what its gates get, and by its first states.
///
/// **Shapes** the inputs are those of [cajal.kernel.Task.RecurrenceGradient]; the gradients by what the gates
/// get from
/// the input, `(B, T, G·H)`, for a GRU also by what they get from the states, and by the first states, `(B,
/// H)`.
///
/// @param form what is computed
record RecurrenceGradient(Task.RecurrenceForm form) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Recurrence.attributes(form);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape states = in[in.length - 1];
        Shape gates = states.with(2, in[0].dim(0));
        Shape first = Shape.of(states.dim(0), states.dim(2));
        return switch (form.cell()) {
            case LSTM -> new Shape[] {gates, first, first};
            case GRU -> new Shape[] {gates, gates, first};
            case TANH, RELU -> new Shape[] {gates, first};
        };
    }

    @Override
    public DType dtype(int output, DType... in) {
        return Op.super.dtype(output, in).toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.RecurrenceGradient(form), in, out);
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        Shape states = in[in.length - 1];
        return states.dim(0) * states.dim(1) * in[0].size();
    }

    @Override
    public boolean differentiable() {
        return false;
    }
}
