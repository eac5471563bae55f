package cajal.tensor;

/// Training behaviour as a scope: `try (var _ = Mode.training(key)) { ... }`.
///
/// In training behaviour dropout drops and normalisation takes the batch's statistics; outside it a network is
/// read-only. Whether gradients are recorded is another thing: see [Grad#off()].
public final class Mode {
    private Mode() {}

    /// Training behaviour in which layers draw their random numbers from `key`; a new key each step, as in
    /// `RandomKey.of(seed).fold(step)`.
    public static Scope training(RandomKey key) {
        return Context.current().training(true).randomness(new Randomness(key)).enter();
    }

    /// Inference behaviour: nothing is dropped, running statistics are used.
    public static Scope inference() {
        return Context.current().training(false).enter();
    }
}
