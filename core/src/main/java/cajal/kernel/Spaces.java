package cajal.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// What the threads of one parallel region work with, made as often as parts of it run at the same time: memory, and
/// products that are computed again and again.
final class Spaces<S> {
    private final Supplier<S> make;
    private final Deque<S> free = new ArrayDeque<>(4); // those that no thread works with

    Spaces(Supplier<S> make) {
        this.make = make;
    }

    /// One that is the caller's until [#give].
    S take() {
        synchronized (this) {
            S space = free.poll();
            if (space != null) return space;
        }
        return make.get();
    }

    synchronized void give(S space) {
        free.push(space);
    }

    /// Ends all, when every thread has given back its own.
    synchronized void close(Consumer<S> end) {
        free.forEach(end);
    }
}
