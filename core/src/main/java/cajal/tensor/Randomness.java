package cajal.tensor;

import java.util.HashMap;
import java.util.Map;

/// Hands out the random keys of one forward pass: a function of the pass's key, the layer's path, what it
/// is used for, and how often that was asked for before in this pass.
public final class Randomness {
    private final RandomKey key;
    private final Map<String, Integer> calls = new HashMap<>();

    /// Randomness that begins at `key`.
    public Randomness(RandomKey key) {
        this.key = key;
    }

    /// Randomness that will hand out what this one is about to.
    synchronized Randomness copy() {
        Randomness same = new Randomness(key);
        same.calls.putAll(calls);
        return same;
    }

    /// The next key for the layer at `path` and the given use.
    public synchronized RandomKey next(String path, String use) {
        int call = calls.merge(path + "/" + use, 1, Integer::sum) - 1;
        return key.fold(path).fold(use).fold(call);
    }

    /// The key for a use in the layer that is running now.
    ///
    /// **Throws** [IllegalStateException] if the context has no randomness.
    public static RandomKey draw(String use) {
        Context c = Context.current();
        Randomness r = c.randomness()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "'" + c.path()
                                        + "' needs random numbers for " + use + ", but no key was given\n"
                                        + "  rule: randomness comes from the step's key\n"
                                        + "  fix:  try (var _ = Mode.training(RandomKey.of(seed).fold(step))) { ... }  (the Trainer does it)"));
        return r.next(c.path(), use);
    }
}
