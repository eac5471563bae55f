package cajal.nn;

import cajal.kernel.Task;

/// Long short-term memory: cells that keep, `c = f·c + i·g`, and gates that open, `h = o·tanh(c)`, with `i, f,
/// o =
/// sigmoid(W·x + U·h + b)`, `g = tanh(W·x + U·h + b)`.
///
/// Shapes, parameters and options: [Recurrent]. Gates in the order i, f, g, o.
///
/// **Source** Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers, Schmidhuber, Cummins,
/// "Learning to
/// forget", 2000.
public final class LSTM extends Recurrent<LSTM> {
    /// A layer of `hidden` neurons whose input size is inferred from the first input.
    public LSTM(long hidden) {
        this(0, hidden);
    }

    /// A layer of `hidden` neurons with `in` inputs a step.
    public LSTM(long in, long hidden) {
        super(in, hidden);
    }

    @Override
    LSTM self() {
        return this;
    }

    @Override
    Task.Cell cell() {
        return Task.Cell.LSTM;
    }

    static LSTM of(Spec spec) {
        return new LSTM(spec.number("in"), spec.number("hidden")).options(spec);
    }
}
