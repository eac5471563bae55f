package cajal.kernel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The process's one pool of daemon threads for kernels: `parallel(parts, body)` runs `body(0) … body(parts -
/// 1)`, each once.
///
/// A caller splits its work by shape, never by the number of threads, and parts write to separate places,
/// so that results have the same bits for any number of threads. The calling thread takes parts itself.
/// There is one parallel region at a time: a caller that finds the pool busy, a body that asks for a region
/// of its own, and everybody when there is one thread, run all parts inline, in order. So any number of
/// threads, virtual ones too, may call.
///
/// Workers spin for at most 50 µs when there is nothing to do, then park. The first parallel region starts
/// them.
///
/// The number of threads is that of the processors, or the system property `cajal.threads`, or what
/// [#threads(int)] says.
public final class Workers {
    private static final long SPIN_NANOS = 50_000;
    private static final int MOST = 1024;

    private static final AtomicBoolean BUSY = new AtomicBoolean();
    private static volatile int threads; // 0: not asked for yet
    private static volatile @Nullable Region current;
    private static volatile Worker[] crew = {}; // grows only; written by the owner of BUSY

    private Workers() {}

    /// The number of threads that a parallel region uses, the caller's included.
    ///
    /// **Throws** [IllegalArgumentException] if the system property `cajal.threads` is no number from 1 to
    /// 1024.
    public static int threads() {
        int n = threads;
        if (n == 0) threads = n = fromProperty();
        return n;
    }

    /// Sets the number of threads, the caller's included, from the next region on.
    ///
    /// **Throws** [IllegalArgumentException] if `n` is not from 1 to 1024.
    public static void threads(int n) {
        if (n < 1 || n > MOST) {
            throw new IllegalArgumentException("The number of threads cannot be " + n + "\n  rule: from 1 to " + MOST
                    + "\n  fix:  this machine has " + Runtime.getRuntime().availableProcessors() + " processors");
        }
        threads = n;
    }

    /// Runs `body(0) … body(parts - 1)`, each once, and returns when all are done; what they wrote is
    /// visible then.
    ///
    /// **Throws** what a body threw, after the parts that had begun have ended; the remaining ones are left
    /// out.
    public static void parallel(int parts, IntConsumer body) {
        int helpers = Math.min(threads(), parts) - 1;
        if (helpers < 1 || !BUSY.compareAndSet(false, true)) {
            for (int i = 0; i < parts; i++) body.accept(i);
            return;
        }
        var region = new Region(body, parts, helpers);
        try {
            hire(helpers);
            current = region;
            Worker[] crew = Workers.crew;
            for (int i = 0; i < helpers; i++) crew[i].wake();
            region.work();
            region.await();
        } finally {
            current = null;
            BUSY.set(false);
        }
        region.rethrow();
    }

    /// Runs `body(from, to)` over consecutive ranges of `grain` indices that cover `0 … length - 1`; the
    /// last may be shorter. The split depends on `length` and `grain` alone.
    public static void ranges(int length, int grain, RangeBody body) {
        if (length <= grain) {
            if (length > 0) body.accept(0, length);
            return;
        }
        int parts = (length - 1) / grain + 1;
        parallel(parts, i -> body.accept(i * grain, i == parts - 1 ? length : (i + 1) * grain));
    }

    /// What is done to a range of indices.
    @FunctionalInterface
    public interface RangeBody {
        /// Handles the indices `from … to - 1`.
        void accept(int from, int to);
    }

    private static int fromProperty() {
        String text = System.getProperty("cajal.threads", "").strip();
        if (text.isEmpty()) return Math.min(Runtime.getRuntime().availableProcessors(), MOST);
        try {
            int n = Integer.parseInt(text);
            if (n >= 1 && n <= MOST) return n;
        } catch (NumberFormatException notANumber) {
            // explained below, like a number out of range
        }
        throw new IllegalArgumentException("The system property cajal.threads is '" + text
                + "'\n  rule: a number from 1 to " + MOST + "\n  fix:  leave it out to use all "
                + Runtime.getRuntime().availableProcessors() + " processors");
    }

    private static void hire(int helpers) {
        Worker[] have = crew;
        if (have.length >= helpers) return;
        Worker[] all = java.util.Arrays.copyOf(have, helpers);
        for (int i = have.length; i < helpers; i++) {
            all[i] = new Worker(i);
            all[i].thread.start();
        }
        crew = all;
    }

    /// One call of `parallel`: parts are handed out by a counter, and the last one to finish wakes the caller.
    private static final class Region {
        private final IntConsumer body;
        private final int parts;
        private final int helpers;
        private final Thread caller = Thread.currentThread();
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger left;
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        private volatile boolean parked;

        Region(IntConsumer body, int parts, int helpers) {
            this.body = body;
            this.parts = parts;
            this.helpers = helpers;
            this.left = new AtomicInteger(parts);
        }

        void work() {
            int done = 0;
            for (int i = next.get(); i < parts && (i = next.getAndIncrement()) < parts; i = next.get()) {
                try {
                    if (failure.get() == null) body.accept(i);
                } catch (Throwable e) { // whatever it is, it belongs to the caller
                    failure.compareAndSet(null, e);
                }
                done++;
            }
            if (done > 0 && left.addAndGet(-done) == 0 && parked) LockSupport.unpark(caller);
        }

        /// Waits for the parts that others have taken; an interrupt that comes meanwhile is kept for the
        /// caller.
        void await() {
            boolean interrupted = false;
            long start = System.nanoTime();
            while (left.get() > 0) {
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                } else {
                    parked = true;
                    if (left.get() > 0) LockSupport.park(this);
                    interrupted |= Thread.interrupted();
                }
            }
            if (interrupted) Thread.currentThread().interrupt();
        }

        void rethrow() {
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException("A part of a parallel region failed", e);
            }
        }
    }

    private static final class Worker implements Runnable {
        private final int index;
        private final Thread thread;
        private volatile boolean parked;

        Worker(int index) {
            this.index = index;
            this.thread = Thread.ofPlatform()
                    .name("cajal-worker-" + (index + 1))
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .unstarted(this);
        }

        void wake() {
            if (parked) LockSupport.unpark(thread);
        }

        @Override
        @SuppressWarnings("InfiniteLoop") // a daemon: it ends with the process
        public void run() {
            Region last = null;
            while (true) {
                last = next(last);
                last.work();
            }
        }

        /// The next region that has a place for this worker.
        private Region next(@Nullable Region last) {
            long start = System.nanoTime();
            while (true) {
                Region region = current;
                if (region != null && region != last && index < region.helpers) return region;
                if (System.nanoTime() - start < SPIN_NANOS) {
                    Thread.onSpinWait();
                    continue;
                }
                parked = true;
                // looked at again: whoever sets `current` looks at `parked` afterwards
                if (current == region) {
                    last = null; // hold nobody's data while asleep
                    LockSupport.park(Workers.class);
                }
                parked = false;
                Thread.interrupted(); // nobody has a reason to interrupt a worker
                start = System.nanoTime();
            }
        }
    }
}
