package cajal.nn;

import cajal.kernel.Task;

/// The simplest recurrent layer: `h = tanh(W·x + b + U·h + b)`, or with [#relu()] the positive part instead of
/// tanh.
///
/// Shapes, parameters and options: [Recurrent].
///
/// **Source** Elman, "Finding structure in time", 1990.
public final class RNN extends Recurrent<RNN> {
    private boolean relu;

    /// A layer of `hidden` neurons whose input size is inferred from the first input.
    public RNN(long hidden) {
        this(0, hidden);
    }

    /// A layer of `hidden` neurons with `in` inputs a step.
    public RNN(long in, long hidden) {
        super(in, hidden);
    }

    /// With the positive part instead of tanh.
    public RNN relu() {
        checkUnsealed();
        relu = true;
        return this;
    }

    @Override
    RNN self() {
        return this;
    }

    @Override
    Task.Cell cell() {
        return relu ? Task.Cell.RELU : Task.Cell.TANH;
    }

    static RNN of(Spec spec) {
        RNN layer = new RNN(spec.number("in"), spec.number("hidden")).options(spec);
        return spec.text("cell").equals("RELU") ? layer.relu() : layer;
    }
}
