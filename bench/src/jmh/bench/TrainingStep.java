package bench;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Workers;
import cajal.nn.Block;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Context;
import cajal.tensor.Listener;
import cajal.tensor.Memory;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Scope;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// A training step in steady state, divided by the operations that pass the door in it: what one costs, and what it leaves
/// to the garbage collector.
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:+UseSerialGC", "-Xms16m"})
public class TrainingStep {
    private static final int OPERATIONS = 18;

    /// The samples of a batch.
    @org.openjdk.jmh.annotations.Param({"1", "128"})
    public int size;

    private final Block net = Sequential.of(new Linear(784, 256), Tensor::relu, new Linear(256, 128), Tensor::relu, new Linear(128, 10));
    private final Loss loss = Loss.crossEntropy();
    private final Adam adam = new Adam(1e-4);
    private Map<String, Param> parameters;
    private Tensor x;
    private Tensor y;

    /// Makes a batch, and counts.
    @Setup
    public void batch() {
        Workers.threads(1);
        net.init(1);
        parameters = net.parameters(); // listed once, as the Trainer does
        x = Tensor.normal(RandomKey.of(1), size, 784);
        y = Tensor.zeros(DType.I64, Shape.of(size));
        int[] count = {0};
        for (int i = 0; i < 2; i++) { // Adam makes its memory in the first
            count[0] = 0;
            try (Scope _ = Context.current().listener(counter(count)).enter()) {
                step();
            }
        }
        if (count[0] != OPERATIONS) {
            throw new IllegalStateException("the step has " + count[0] + " operations, not " + OPERATIONS);
        }
    }

    private static Listener counter(int[] count) {
        return new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                count[0]++;
            }
        };
    }

    /// Forward, backward, update: 784-256-128-10, ReLU, Adam.
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public Object step() {
        try (Scope _ = Memory.step()) {
            parameters.values().forEach(Param::zeroGrad);
            Tensor value = loss.of(net.apply(x), y);
            value.backward();
            adam.step(parameters);
            return value.shape();
        }
    }
}
