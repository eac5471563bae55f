package cajal.studio;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.data.Digits;
import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The same network from the same start, trained in several ways on the same digits: what a step costs, and
/// what it brings.
public final class Race {
    /// The ways, from the plainest on.
    public static final List<Runner> RUNNERS = List.of(
            new Runner("gradient descent (all data)", "sgd", 0.5, Batches.ALL),
            new Runner("stochastic (one sample)", "sgd", 0.01, 1),
            new Runner("mini-batch", "sgd", 0.2, 32),
            new Runner("mini-batch, momentum 0.9", "momentum", 0.05, 32),
            new Runner("mini-batch, Adam", "adam", 0.003, 32));

    private static final int LOOKS = 8; // at the loss, in a pass

    private static final long WARM = 200_000_000; // nanoseconds

    private final Dataset digits;
    private final int epochs;
    private final long seed;

    /// One way to go downhill.
    ///
    /// @param name for a person
    /// @param optimizer as for [Optimizer#named(String, double)]
    /// @param rate the learning rate
    /// @param batch samples a step
    public record Runner(String name, String optimizer, double rate, long batch) {}

    /// How far a runner is.
    ///
    /// @param updates how often the weights changed
    /// @param samplesSeen training samples, repeated ones counted again
    /// @param seconds the time of training alone
    /// @param loss the loss on all training samples
    public record Point(long updates, long samplesSeen, double seconds, double loss) {}

    /// How it went.
    ///
    /// @param runner who ran
    /// @param batch samples a step
    /// @param bytes what the operations of one step put out
    /// @param points the start, and several points in each pass
    public record Result(Runner runner, long batch, long bytes, List<Point> points) {
        /// Copies the points.
        public Result {
            points = List.copyOf(points);
        }

        /// The point after a share of the way, from 0 to 1.
        public Point at(double share) {
            double samples = share * points.getLast().samplesSeen;
            Point best = points.getFirst();
            for (Point p : points) {
                best = Math.abs(p.samplesSeen - samples) < Math.abs(best.samplesSeen - samples) ? p : best;
            }
            return best;
        }
    }

    /// A race over some digits, written by the library's own hand.
    ///
    /// @param samples digits to train on
    /// @param epochs passes over them
    /// @param seed of the digits, the weights and the order
    public Race(int samples, int epochs, long seed) {
        this.digits = Digits.handwriting(samples, 0, seed).train();
        this.epochs = epochs;
        this.seed = seed;
    }

    /// Runs one of them.
    public Result run(Runner runner) {
        return run(runner, _ -> true);
    }

    /// Runs one of them, and tells of each point as soon as it is reached. Looking at the loss costs the runner
    /// no time.
    ///
    /// @param heard answers whether to go on
    public Result run(Runner runner, Predicate<Point> heard) {
        warmUp(runner);
        Sequential net = net();
        Map<String, Param> params = net.parameters();
        Optimizer optimizer = Optimizer.named(runner.optimizer, runner.rate);
        Batches batches = Batches.shuffled(digits, runner.batch, RandomKey.of(seed));
        Batch all = digits.all();
        List<Point> points = new ArrayList<>();
        points.add(new Point(0, 0, 0, loss(net, all).item()));
        boolean on = heard.test(points.getFirst());
        long seen = 0;
        long nanos = 0;
        for (long i = 0; on && i < epochs * batches.count(); i++) {
            long begun = System.nanoTime();
            Batch b = batches.at(i / batches.count(), i % batches.count());
            optimizer.step(params, gradients(net, params, b), () -> gradients(net, params, b));
            nanos += System.nanoTime() - begun;
            long before = seen;
            seen += b.size();
            if (seen * LOOKS / digits.size() > before * LOOKS / digits.size()) {
                Point now = new Point(i + 1, seen, nanos / 1e9, loss(net, all).item());
                points.add(now);
                on = heard.test(now) && Double.isFinite(now.loss);
            }
        }
        return new Result(runner, batches.batchSize(), bytes(runner), points);
    }

    private Sequential net() {
        Sequential net = Sequential.of(new Flatten(), new Linear(32), Activation.relu(), new Linear(10));
        net.init(seed, Shape.of(1, 1, 28, 28));
        return net;
    }

    /// Makes the gradients of a batch; answers its loss.
    private static double gradients(Sequential net, Map<String, Param> params, Batch b) {
        params.values().forEach(Tensor::zeroGrad);
        Tensor loss = Loss.crossEntropy().of(net.apply(b.inputs()), b.targets());
        loss.backward();
        return loss.item();
    }

    /// Some steps of a network that nobody sees, so that no runner pays for the virtual machine's compiling.
    private void warmUp(Runner runner) {
        Sequential net = net();
        Optimizer optimizer = Optimizer.named(runner.optimizer, runner.rate);
        Batch b = Batches.shuffled(digits, runner.batch, RandomKey.of(seed)).at(0, 0);
        long begun = System.nanoTime();
        for (int i = 0; i < 2 || System.nanoTime() - begun < WARM; i++) {
            optimizer.step(
                    net.parameters(), gradients(net, net.parameters(), b), () -> gradients(net, net.parameters(), b));
        }
    }

    private static Tensor loss(Sequential net, Batch all) {
        try (var _ = Grad.off()) {
            return Loss.crossEntropy().of(net.apply(all.inputs()), all.targets());
        }
    }

    /// The bytes that one step keeps: its inputs, and what the operations of a forward and a backward pass put
    /// out; views count nothing.
    public long bytes(Runner runner) {
        Sequential net = net();
        Batch b = Batches.shuffled(digits, runner.batch, RandomKey.of(seed)).at(0, 0);
        long[] sum = {b.inputs().size() * b.inputs().dtype().bytes()};
        Listener counter = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                for (Tensor t : op instanceof Op.Viewing ? new Tensor[0] : out) {
                    sum[0] += t.size() * t.dtype().bytes();
                }
            }
        };
        try (var _ = Context.current().listener(counter).enter()) {
            Loss.crossEntropy().of(net.apply(b.inputs()), b.targets()).backward();
        }
        return sum[0];
    }
}
