package bench;

import cajal.kernel.Workers;
import cajal.tensor.Grad;
import cajal.tensor.Memory;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Scope;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import java.util.List;
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

/// Single operations and what they allocate: `bench/run --operations`.
@State(org.openjdk.jmh.annotations.Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:+UseSerialGC", "-Xms16m"})
public class Operations {
    private static final int MANY = 100;

    /// The elements of the tensor.
    @org.openjdk.jmh.annotations.Param({"4", "1000", "1000000"})
    public int size;

    private Tensor x;
    private Tensor y;
    private Param p;
    private Map<String, Param> parameters;
    private final Adam adam = new Adam(1e-3);

    /// Makes the operands.
    @Setup
    public void operands() {
        Workers.threads(1);
        x = Tensor.normal(RandomKey.of(1), size).requireGrad();
        y = Tensor.normal(RandomKey.of(2), size);
        p = new Param("p", y);
        parameters = Map.of("p", p);
        p.grad(y.mul(0.1));
    }

    /// A sum with a node for the gradient, one of a hundred in a step: at 4 elements, what the engine costs.
    @Benchmark
    @OperationsPerInvocation(MANY)
    public Object add() {
        try (Scope _ = Memory.step()) {
            Tensor sum = x;
            for (int i = 0; i < MANY; i++) {
                sum = sum.add(y);
            }
            return sum.shape();
        }
    }

    /// One operation and its gradient.
    @Benchmark
    public Object geluAndGradient() {
        try (Scope _ = Memory.step()) {
            Tensor g = Grad.of(x.gelu(), y, List.of(x)).getFirst();
            return g.shape();
        }
    }

    /// A transcendental function.
    @Benchmark
    public Object exp() {
        try (Scope _ = Memory.step()) {
            return y.exp().shape();
        }
    }

    /// A reduction.
    @Benchmark
    public Object sum() {
        try (Scope _ = Memory.step()) {
            return y.sum().shape();
        }
    }

    /// A normalised row.
    @Benchmark
    public Object softmax() {
        try (Scope _ = Memory.step()) {
            return y.softmax(-1).shape();
        }
    }

    /// An optimiser's step.
    @Benchmark
    public Object adam() {
        try (Scope _ = Memory.step()) {
            adam.step(parameters);
            return p;
        }
    }
}
