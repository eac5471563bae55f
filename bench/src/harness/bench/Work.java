package bench;

/// A workload that a peer has built and can repeat.
public interface Work {
    /// Called once in each thread that takes steps.
    default void enter() {}

    /// One step; returns the loss, or any number that depends on the result.
    ///
    /// @param plain without randomness (dropout), so that the loss can be compared
    double step(boolean plain);
}
