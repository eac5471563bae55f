package cajal.train;

/// [Adam] with weight decay beside the gradient: `p = (1 - rate·λ)·p - rate·m̂/(√v̂ + ε)`; `λ` is 0.01
/// unless set.
///
/// **Source** Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019, algorithm 2, with
/// the rate as the schedule multiplier, as in PyTorch.
public final class AdamW extends Adam {
    /// AdamW with a learning rate; 0.001 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public AdamW(double rate) {
        super(rate);
        weightDecay(0.01);
    }

    @Override
    public String name() {
        return "adamw";
    }

    @Override
    boolean isDecoupled() {
        return true;
    }

    @Override
    double decayNumber(double rate, double decay) {
        return 1 - rate * decay;
    }
}
