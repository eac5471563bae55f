package bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/// One measurement, in a process of its own: `Child PEER WORKLOAD THREADS WARM_SECONDS SECONDS` prints a line of
/// `name=value` that begins with `RESULT`.
public final class Child {
    private static final int COMPARED = 10; // losses
    private static double sink;

    private Child() {}

    public static void main(String[] a) throws Exception {
        long began = System.nanoTime();
        Peer peer = (Peer) Class.forName("bench." + a[0] + "Peer").getDeclaredConstructor().newInstance();
        Workload w = Workload.named(a[1]);
        Optional<Work> made = peer.work(w.task(), Integer.parseInt(a[2]));
        if (made.isEmpty()) {
            System.out.println("RESULT none");
            return;
        }
        Work work = w.task() instanceof Task.Many m ? together(made.get(), m.threads()) : made.get();
        work.enter();
        if (w.task() instanceof Task.Start) {
            sink += work.step(true);
            System.out.println("RESULT version=" + peer.version().replace(' ', '_') + " median=0 low=0 first=0 peakKiB=" + peak()
                    + " losses=" + sink);
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }
        StringJoiner losses = new StringJoiner(",");
        for (int i = 0; i < (Peer.trains(w.task()) ? COMPARED : 1); i++) {
            double loss = work.step(true);
            losses.add(Double.toString(loss));
        }
        double first = (System.nanoTime() - began) / 1e9;
        Measured measured = measure(work, Double.parseDouble(a[3]), Double.parseDouble(a[4]));
        double[] times = measured.times();
        Arrays.sort(times);
        System.out.println("RESULT version=" + peer.version().replace(' ', '_') + " median=" + times[times.length / 2]
                + " low=" + times[times.length / 10] + " samples=" + times.length + " first=" + first
                + " losses=" + losses + " peakKiB=" + peak() + " objects=" + measured.objects() + " finite=" + Double.isFinite(sink));
        System.out.flush();
        Runtime.getRuntime().halt(0); // some peers' threads do not end by themselves
    }

    /// Many threads that take the steps of one network at the same time.
    private static Work together(Work each, int threads) {
        CyclicBarrier gate = new CyclicBarrier(threads + 1);
        double[] sums = new double[threads];
        for (int i = 0; i < threads; i++) {
            int me = i;
            Thread.ofPlatform().daemon().start(() -> {
                each.enter();
                while (true) {
                    await(gate);
                    for (int k = 0; k < Task.Many.EACH; k++) {
                        sums[me] += each.step(false);
                    }
                    await(gate);
                }
            });
        }
        return _ -> {
            await(gate);
            await(gate);
            return sums[0];
        };
    }

    private static void await(CyclicBarrier gate) {
        try {
            gate.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new IllegalStateException(e);
        }
    }

    /// @param times seconds a step, of samples that each take at least a millisecond
    /// @param objects bytes of Java objects a step
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    private record Measured(double[] times, long objects) {}

    private static Measured measure(Work work, double warm, double seconds) {
        long steps;
        long start = System.nanoTime();
        double each;
        long compiled;
        do { // a round, and rounds until the compiler has next to nothing to do: on a busy machine that takes long
            compiled = compilation();
            steps = 0;
            long round = System.nanoTime();
            while (System.nanoTime() - round < Math.max(0.5, warm / 2) * 1e9 || steps < 5) {
                sink += work.step(false);
                steps++;
            }
            each = (System.nanoTime() - round) / 1e9 / steps;
        } while (System.nanoTime() - start < warm * 1e9
                || compilation() - compiled > 50 && System.nanoTime() - start < 10 * warm * 1e9);
        int perSample = (int) Math.max(1, Math.ceil(1e-3 / each));
        double[] times = new double[100_000];
        int n = 0;
        long before = allocated();
        start = System.nanoTime();
        while ((System.nanoTime() - start < seconds * 1e9 || n < 5) && n < times.length) {
            long t = System.nanoTime();
            for (int i = 0; i < perSample; i++) {
                sink += work.step(false);
            }
            times[n++] = (System.nanoTime() - t) / 1e9 / perSample;
        }
        return new Measured(Arrays.copyOf(times, n), (allocated() - before) / ((long) n * perSample));
    }

    /// Bytes of Java objects that all threads have made.
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    /// Milliseconds that the just-in-time compiler has worked.
    private static long compilation() {
        return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
    }

    /// The most memory that this process held at once.
    private static long peak() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(l -> l.startsWith("VmHWM:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
