import cajal.data.Dataset;
import cajal.data.Digits;
import cajal.kernel.Workers;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.MaxPool2d;
import cajal.nn.Sequential;
import cajal.studio.Studio;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.Feed;
import cajal.train.Metric;
import cajal.train.Trainer;
import cajal.train.Watcher;
import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/// What being watched costs a training: turns without a feed, again without (what the clock itself is
/// worth), with a feed at which nobody looks, and with a page's event stream open at a studio in the same
/// process, one after another again and again, each time in another order. Measured is the processor time
/// that the process takes a training sample, studio and all, with one kernel thread, so that other programs
/// of the machine do not count; said are its median and the medians of what the other turns take more than
/// the turn without a feed of the same round.
///
/// `./cajal run -J=--add-modules=jdk.incubator.vector bench/WatchCost.java [TURNS [SECONDS]]` prints a line a
/// network, and one of JSON.
class WatchCost {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private static final List<Double> INSIDE = new ArrayList<>();

    enum Way {
        ALONE,
        AGAIN,
        UNSEEN,
        SEEN
    }

    public static void main(String[] args) throws Exception {
        Workers.threads(1);
        int turns = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 4;
        Digits digits = Digits.handwriting(4000, 500, 1);
        Map<String, Supplier<Block>> nets = new LinkedHashMap<>();
        nets.put(
                "784-128-10",
                () -> Sequential.of(new Flatten(), new Linear(128), Tensor::relu, new Linear(10)));
        nets.put(
                "small CNN",
                () -> Sequential.of(
                        new Conv2d(1, 8, 3), Tensor::relu, new MaxPool2d(2), new Conv2d(8, 16, 3), Tensor::relu,
                        new MaxPool2d(2), new Flatten(), new Linear(10)));
        StringBuilder json = new StringBuilder("{\"threads\":" + Workers.threads());
        for (Map.Entry<String, Supplier<Block>> net : nets.entrySet()) {
            turn(net.getValue().get(), digits, Way.ALONE, seconds); // warm
            turn(net.getValue().get(), digits, Way.SEEN, seconds);
            List<Double> alone = new ArrayList<>();
            List<List<Double>> lost = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (int t = 0; t < turns; t++) {
                double[] costs = new double[4];
                for (int w = 0; w < 4; w++) {
                    int way = (w + t) % 4;
                    costs[way] = turn(net.getValue().get(), digits, Way.values()[way], seconds);
                }
                alone.add(costs[0]);
                for (int w = 1; w < 4; w++) {
                    lost.get(w).add(costs[w] / costs[0] - 1);
                }
            }
            System.out.printf(
                    Locale.ROOT,
                    "%-12s %,.2f µs a sample; more: alone again %+.2f %%, nobody looks %+.2f %%, watched %+.2f %% (in its calls %.2f %% of the time)%n",
                    net.getKey(),
                    median(alone),
                    100 * median(lost.get(1)),
                    100 * median(lost.get(2)),
                    100 * median(lost.get(3)),
                    100 * median(INSIDE));
            json.append(String.format(
                    Locale.ROOT,
                    ",\"%s\":{\"alone\":%.3f,\"again\":%.4f,\"unseen\":%.4f,\"seen\":%.4f,\"inside\":%.4f}",
                    net.getKey(),
                    median(alone),
                    median(lost.get(1)),
                    median(lost.get(2)),
                    median(lost.get(3)),
                    median(INSIDE)));
            INSIDE.clear();
        }
        System.out.println(json.append('}'));
    }

    /// Trains for some seconds; the µs a sample after the first fifth of them.
    private static double turn(Block net, Digits digits, Way way, double seconds) throws Exception {
        Path runs = Files.createTempDirectory("watch-cost-");
        Path run = runs.resolve("run");
        long begun = System.nanoTime();
        long end = begun + (long) (seconds * 1e9);
        long[] from = new long[2]; // the processor time from which on it counts, and the steps that were made then
        long[] to = new long[2];
        Dataset train = digits.train();
        Trainer trainer = Trainer.of(net, Loss.crossEntropy(), new Adam(1e-3))
                .seed(1)
                .batch(64)
                .epochs(1_000_000)
                .metrics(Metric.accuracy())
                .onStep((r, _) -> {
                    long now = System.nanoTime();
                    if (from[0] == 0 && now > begun + (end - begun) / 5) {
                        from[0] = SYSTEM.getProcessCpuTime();
                        from[1] = r.steps();
                    }
                    if (now > end) {
                        to[0] = SYSTEM.getProcessCpuTime();
                        to[1] = r.steps();
                        r.stop();
                    }
                });
        if (way == Way.ALONE || way == Way.AGAIN) {
            trainer.fit(train, digits.test());
        } else if (way == Way.UNSEEN) {
            trainer.watch(new Feed(run)).fit(train, digits.test());
        } else {
            try (Studio studio = Studio.on(0).runs(runs).start()) {
                Files.createDirectories(run);
                Files.createFile(run.resolve("log.csv")); // a run from the beginning
                Thread page = Thread.ofVirtual().start(() -> look(studio.address() + "api/runs/events?runs=run"));
                long[] inFeed = new long[1];
                trainer.watch(timed(new Feed(run), inFeed)).fit(train, digits.test());
                INSIDE.add(inFeed[0] / (double) (System.nanoTime() - begun));
                page.interrupt();
            }
        }
        return (to[0] - from[0]) / 1e3 / (64.0 * (to[1] - from[1]));
    }

    /// A feed, and how long the training thread was in its calls.
    private static Watcher timed(Feed feed, long[] nanos) {
        return (Watcher) Proxy.newProxyInstance(
                WatchCost.class.getClassLoader(), new Class<?>[] {Watcher.class}, (_, method, arguments) -> {
                    long start = System.nanoTime();
                    Object answer = method.invoke(feed, arguments);
                    nanos[0] += System.nanoTime() - start;
                    return answer;
                });
    }

    private static void look(String address) {
        try (BufferedReader in = new BufferedReader(
                new InputStreamReader(URI.create(address).toURL().openStream()))) {
            while (in.readLine() != null && !Thread.interrupted()) {}
        } catch (IOException over) {
            return;
        }
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }
}
