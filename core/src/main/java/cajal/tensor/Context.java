package cajal.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What surrounds an operation while it runs: whether gradients are recorded, whether layers behave as in
/// training, the path of the layer, the source of randomness, and who is told.
///
/// One immutable value a thread, replaced for a while by a [Scope] and carried to other threads explicitly
/// ([#call]). Kernel workers read none of it.
///
/// @param recording whether operations on tensors that need a gradient are linked for the backward pass
/// @param training whether dropout drops and batch statistics are taken
/// @param path the layer in which operations run, as in `net.4`; empty outside
/// @param randomness where dropout and noise draw from; empty outside [Mode#training(RandomKey)]
/// @param listeners who is told of every operation
/// @param repeating whether a piece of the forward pass runs again for its gradient: states are left as
///     they are
/// @param memory whether results are recycled at the end of a step, and by whom
public record Context(
        boolean recording,
        boolean training,
        String path,
        Optional<Randomness> randomness,
        List<Listener> listeners,
        boolean repeating,
        Memory memory) {
    private static final Context START =
            new Context(true, false, "", Optional.empty(), List.of(), false, Memory.LASTING);
    private static final ThreadLocal<Context[]> CURRENT = ThreadLocal.withInitial(() -> new Context[] {START});

    /// Copies the list of listeners.
    public Context {
        listeners = List.copyOf(listeners); // which is the list itself, if it was copied before
    }

    /// The calling thread's context.
    public static Context current() {
        return CURRENT.get()[0];
    }

    /// Makes this the calling thread's context until the scope is closed.
    public Scope enter() {
        Context[] place = CURRENT.get();
        Context before = place[0];
        place[0] = this;
        return () -> CURRENT.get()[0] = before;
    }

    /// Runs `body` in this context, on whatever thread calls it.
    public void call(Runnable body) {
        try (var _ = enter()) {
            body.run();
        }
    }

    /// This context with recording on or off.
    public Context recording(boolean on) {
        return on == recording ? this : new Context(on, training, path, randomness, listeners, repeating, memory);
    }

    /// This context with training behaviour on or off.
    public Context training(boolean on) {
        return on == training ? this : new Context(recording, on, path, randomness, listeners, repeating, memory);
    }

    /// This context one layer further in; a name with a slash or an empty one is not meant.
    public Context in(String name) {
        return at(inner(name));
    }

    /// The path of the layer of a name in this one.
    String inner(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    /// This context in the layer with the given full path.
    public Context at(String fullPath) {
        return fullPath.equals(path)
                ? this
                : new Context(recording, training, fullPath, randomness, listeners, repeating, memory);
    }

    /// This context with another source of randomness.
    public Context randomness(Randomness source) {
        return new Context(recording, training, path, Optional.of(source), listeners, repeating, memory);
    }

    /// This context with one more listener.
    public Context listener(Listener listener) {
        List<Listener> more = new ArrayList<>(listeners);
        more.add(listener);
        return new Context(recording, training, path, randomness, more, repeating, memory);
    }

    /// This context with other memory.
    Context memory(Memory other) {
        return new Context(recording, training, path, randomness, listeners, repeating, other);
    }

    /// This context for a piece of the forward pass that runs a second time: as `first` was, with its random
    /// numbers, but recording, and told to the listeners of this one.
    Context repeating(Context first, Optional<Randomness> again) {
        return new Context(true, first.training, first.path, again, listeners, true, memory);
    }
}
