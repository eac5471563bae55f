import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.kernel.Workers;
import cajal.nn.Block;
import cajal.nn.Layer;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Memory;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.Optimizer;
import cajal.train.SGD;
import cajal.train.Trainer;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;

/// What an operation and a small network's step cost, in processor time and bytes of one thread, best of some rounds:
///
/// ```
/// java --add-modules jdk.incubator.vector -cp CLASSES bench/StepSpeed.java [ROUNDS] [NAME]
/// ```
static final com.sun.management.ThreadMXBean THREADS =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

interface Work {
    void run(int times);
}

record Row(String name, int times, Work work) {}

void main(String[] args) {
    int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 8;
    Workers.threads(1);
    Row[] rows = {
        new Row("operation", 40_000, operations()),
        new Row("tiny", 20_000, manual(16, new SGD(0.01), Tensor::relu, 4, 16, 3)),
        new Row("tiny-trainer", 20_000, trained(16, new SGD(0.01), Tensor::relu, 4, 16, 3)),
        new Row("online", 10_000, manual(1, new SGD(0.01), Tensor::sigmoid, 784, 30, 10)),
        new Row("online-trainer", 10_000, trained(1, new SGD(0.01), Tensor::sigmoid, 784, 30, 10)),
        new Row("nielsen", 5_000, manual(10, new SGD(0.01), Tensor::sigmoid, 784, 30, 10)),
        new Row("nielsen-trainer", 5_000, trained(10, new SGD(0.01), Tensor::sigmoid, 784, 30, 10)),
        new Row("mlp", 200, manual(128, new SGD(0.01), Tensor::relu, 784, 256, 128, 10)),
        new Row("mlp-adam", 200, manual(128, new Adam(1e-4), Tensor::relu, 784, 256, 128, 10)),
    };
    double[] time = new double[rows.length];
    double[] bytes = new double[rows.length];
    Arrays.fill(time, Double.POSITIVE_INFINITY);
    Arrays.fill(bytes, Double.POSITIVE_INFINITY);
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < rows.length; i++) {
            if (args.length > 1 && !rows[i].name.equals(args[1])) {
                continue;
            }
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long begun = THREADS.getCurrentThreadCpuTime();
            rows[i].work.run(rows[i].times);
            time[i] = Math.min(time[i], (THREADS.getCurrentThreadCpuTime() - begun) / 1e3 / rows[i].times);
            bytes[i] = Math.min(bytes[i], (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / rows[i].times);
        }
    }
    for (int i = 0; i < rows.length; i++) {
        if (bytes[i] < Double.POSITIVE_INFINITY) {
            IO.println(String.format(Locale.ROOT, "%-16s %9.3f µs %9.0f bytes", rows[i].name, time[i], bytes[i]));
        }
    }
}

/// Sums of four numbers that need a gradient: one operation, forward.
Work operations() {
    Param a = new Param("a", Tensor.of(1, 2, 3, 4));
    Tensor b = Tensor.of(5, 6, 7, 8);
    return times -> {
        for (int i = 0; i < times; i += 20) {
            try (var _ = Memory.step()) {
                Tensor y = a;
                for (int k = 0; k < 20; k++) {
                    y = y.add(b);
                }
            }
        }
    };
}

Block net(Layer activation, int... sizes) {
    var net = new Sequential();
    for (int i = 1; i < sizes.length; i++) {
        net.then(new Linear(sizes[i - 1], sizes[i]));
        if (i < sizes.length - 1) {
            net.then(activation);
        }
    }
    net.init(1);
    return net;
}

Work manual(int batch, Optimizer optimizer, Layer activation, int... sizes) {
    Block net = net(activation, sizes);
    Loss loss = Loss.crossEntropy();
    Tensor x = Tensor.uniform(RandomKey.of(1), 0, 1, batch, sizes[0]);
    Tensor t = labels(batch);
    var parameters = net.parameters();
    RandomKey key = RandomKey.of(42);
    return times -> {
        for (int i = 0; i < times; i++) {
            try (var _ = Memory.step()) {
                parameters.values().forEach(Tensor::zeroGrad);
                Tensor value;
                try (var _ = Mode.training(key.fold(i))) {
                    value = loss.of(net.apply(x), t);
                }
                value.backward();
                optimizer.step(parameters);
                value.item();
            }
        }
    };
}

Work trained(int batch, Optimizer optimizer, Layer activation, int... sizes) {
    int n = Math.max(1000, batch);
    Tensor x = Tensor.uniform(RandomKey.of(1), 0, 1, n, sizes[0]);
    Dataset data = Dataset.of(x, labels(n));
    Trainer trainer = Trainer.of(net(activation, sizes), Loss.crossEntropy(), optimizer).batch(batch);
    return times -> trainer.epochs(Math.max(1, times * batch / n)).fit(data);
}

Tensor labels(int n) {
    return Tensor.indices(java.util.stream.LongStream.range(0, n).map(i -> i % 3).toArray());
}
