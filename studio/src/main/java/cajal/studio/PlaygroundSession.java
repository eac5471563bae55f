package cajal.studio;

import io.avaje.jex.http.sse.SseClient;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One open page: its run, and the thread that moves it towards its goal while somebody looks.
///
/// Whoever touches the run holds the lock, which is fair and held for a few hundredths of a second at most,
/// so that the page's buttons answer while the run goes on.
final class PlaygroundSession {
    private static final long SLICE = 15_000_000; // nanoseconds of training between two looks at the lock
    private static final long LEAST = 2_000_000;
    private static final long FRAME = 34_000_000; // nanoseconds between two frames: at most 30 a second
    private static final long PATIENCE = 4_000_000_000L; // nanoseconds that a run goes on when nobody looks
    private static final long WAIT = 250_000_000; // nanoseconds that an answer waits for its goal

    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition changed = lock.newCondition();
    private PlaygroundRun run;
    private PlaygroundView view;
    private PlaygroundView.@Nullable Frame frame;
    private long number;
    private long taken; // the number of the newest frame that a page took
    private long goal;
    private double pace = Double.POSITIVE_INFINITY; // steps a second
    private String trouble = "";
    private boolean closed;
    private boolean running;
    private int lookers;
    private long lastLook = System.nanoTime();

    PlaygroundSession(PlaygroundRun run) {
        this.run = run;
        this.view = new PlaygroundView(run);
    }

    /// Something that is done with the run while nothing else touches it.
    private interface Work<T> {
        T go();
    }

    private <T> T locked(Work<T> work) {
        lock.lock();
        try {
            return work.go();
        } finally {
            lock.unlock();
        }
    }

    /// Another run in place of this one, on its way to a step.
    PlaygroundView.Scene replace(PlaygroundRun other) {
        return locked(() -> {
            run = other;
            view = new PlaygroundView(other);
            goal = 0;
            trouble = "";
            return view.scene();
        });
    }

    PlaygroundView.Scene scene() {
        return locked(() -> view.scene());
    }

    /// Goes to a step, forward or back, at a number of steps a second; answers what is to be seen as soon
    /// as it is there, or where it is after a moment. The rest of the way is the thread's.
    PlaygroundView.Frame go(long to, double stepsPerSecond, boolean wait) {
        return locked(() -> {
            lastLook = System.nanoTime();
            trouble = "";
            goal = Math.clamp(to, 0, run.last());
            pace = stepsPerSecond;
            if (goal < run.step()) {
                run.back(goal);
            }
            if (wait) {
                train(goal, WAIT);
            }
            PlaygroundView.Frame now = show();
            if (run.step() < goal && !running && !closed) {
                running = true;
                Thread.ofPlatform().daemon().name("cajal-playground").start(this::move);
            }
            return now;
        });
    }

    /// Stays where it is.
    PlaygroundView.Frame pause() {
        return locked(() -> {
            goal = run.step();
            return show();
        });
    }

    /// Sets a weight where the run stands.
    PlaygroundView.Frame edit(String path, int index, float value) {
        return locked(() -> {
            run.edit(path, index, value);
            return show();
        });
    }

    PlaygroundView.Place at(double x, double y) {
        return locked(() -> view.at(x, y));
    }

    /// The program that comes to the same numbers.
    String program() {
        return locked(() -> PlaygroundProgram.of(run));
    }

    /// The weights as a file.
    byte[] weights() {
        return locked(() -> PlaygroundProgram.weights(run));
    }

    private void train(long to, long nanos) {
        try {
            run.forward(to, nanos);
        } catch (StudioException e) {
            trouble = String.valueOf(e.getMessage());
            goal = run.step();
        }
    }

    private PlaygroundView.Frame show() {
        PlaygroundView.Frame now = view.frame(++number, goal, trouble);
        frame = now;
        changed.signalAll();
        return now;
    }

    // ---- the thread

    private void move() {
        double due = 0; // steps that the pace allows by now
        long last = System.nanoTime();
        long shown = 0;
        boolean going = true;
        while (going) {
            long begun = System.nanoTime();
            lock.lock();
            try {
                due = Math.min(due + pace * (begun - last) / 1e9, 1e9);
                last = begun;
                long allowed = (long) due;
                boolean free = pace == Double.POSITIVE_INFINITY;
                long to = free ? goal : Math.min(goal, run.step() + allowed);
                long from = run.step();
                train(to, Math.clamp(shown + FRAME - begun, LEAST, SLICE));
                due = Math.min(due - (run.step() - from), 2);
                going = !closed && run.step() < goal && isWatched();
                if (!going) {
                    goal = run.step();
                    running = false;
                    show();
                } else if (taken == number && begun - shown >= FRAME) {
                    shown = begun;
                    show();
                }
            } catch (RuntimeException e) {
                running = false;
                trouble = String.valueOf(e.getMessage());
                goal = run.step();
                System.getLogger("cajal.studio").log(System.Logger.Level.WARNING, "a playground stopped", e);
                return;
            } finally {
                lock.unlock();
            }
            if (going && pace != Double.POSITIVE_INFINITY) {
                sleep();
            }
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(8);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWatched() {
        return lookers > 0 || System.nanoTime() - lastLook < PATIENCE;
    }

    // ---- pages that look

    /// Sends the newest frame whenever there is one, until the page goes away.
    void stream(SseClient client) {
        long sent = 0;
        locked(() -> lookers++);
        try {
            while (!client.terminated()) {
                PlaygroundView.Frame next = next(sent);
                if (closed) {
                    return;
                }
                if (next == null) {
                    client.sendComment("still here");
                } else {
                    sent = next.number();
                    client.sendEvent("frame", Answers.text(PlaygroundView.Frame.class, next));
                    sleepUntilNextFrame();
                }
            }
        } finally {
            locked(() -> {
                lookers--;
                lastLook = System.nanoTime();
                return lookers;
            });
        }
    }

    /// The newest frame after a number; none if there is no new one for a second.
    private PlaygroundView.@Nullable Frame next(long after) {
        lock.lock();
        try {
            long left = 1_000_000_000;
            while ((frame == null || frame.number() <= after) && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
            if (frame == null || frame.number() <= after) {
                return null;
            }
            taken = Math.max(taken, frame.number());
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    private static void sleepUntilNextFrame() {
        try {
            TimeUnit.NANOSECONDS.sleep(FRAME - 8_000_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        locked(() -> {
            closed = true;
            goal = 0;
            changed.signalAll();
            return closed;
        });
    }
}
