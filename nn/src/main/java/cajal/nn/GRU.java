package cajal.nn;

import cajal.kernel.Task;

/// Gated recurrent units: `h = (1 - z)·n + z·h` with `r, z = sigmoid(W·x + U·h + b)` and `n = tanh(W·x + b +
/// r·(U·h + b))`.
///
/// Shapes, parameters and options: [Recurrent]. Gates in the order r, z, n; the reset gate acts behind the
/// product, as in
/// PyTorch.
///
/// **Source** Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014.
public final class GRU extends Recurrent<GRU> {
    /// A layer of `hidden` neurons whose input size is inferred from the first input.
    public GRU(long hidden) {
        this(0, hidden);
    }

    /// A layer of `hidden` neurons with `in` inputs a step.
    public GRU(long in, long hidden) {
        super(in, hidden);
    }

    @Override
    GRU self() {
        return this;
    }

    @Override
    Task.Cell cell() {
        return Task.Cell.GRU;
    }

    static GRU of(Spec spec) {
        return new GRU(spec.number("in"), spec.number("hidden")).options(spec);
    }
}
