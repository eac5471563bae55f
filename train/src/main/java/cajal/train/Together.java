package cajal.train;

import cajal.kernel.Workers;
import cajal.tensor.Context;
import java.util.function.IntConsumer;

/// Several trainings at once, one a core: the pool of the kernels runs them, and as it is busy then, their
/// kernels run inline, with the same bits as ever. An interrupt of the calling thread stops them all.
final class Together implements Watcher {
    private final Thread caller = Thread.currentThread();
    private volatile boolean stopped;

    /// Runs `job(0) … job(n - 1)`, and keeps an interrupt for the caller.
    void run(int n, IntConsumer job) {
        Context context = Context.current();
        Workers.parallel(n, i -> {
            if (!isStopped()) {
                context.call(() -> job.accept(i));
            }
        });
        if (stopped) {
            caller.interrupt();
        }
    }

    boolean isStopped() {
        if (caller.isInterrupted()) {
            stopped = true;
        }
        return stopped;
    }

    /// Takes note of a training that was interrupted.
    void stop() {
        stopped = true;
    }

    @Override
    public void stepped(Run run, double loss) {
        if (isStopped()) {
            run.stop();
        }
    }
}
