package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.data.Dataset;
import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.Metric;
import cajal.train.Trainer;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a training step leaves to the garbage collector.
class StepAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long SMALL = 120_000; // an activation below has 131,000 bytes, a batch 153,000

    @Test
    void aTrainerAllocatesNoDataArraysInSteadyState() {
        int n = 100 * 128;
        Tensor x = Tensor.normal(RandomKey.of(1), n, 300);
        Dataset data = Dataset.of(x, Tensor.zeros(DType.I64, Shape.of(n)));
        Block net = Sequential.of(new Linear(256), Tensor::relu, new Linear(10));
        List<Long> bytes = new ArrayList<>(); // a step, over ten of them: the counter moves by buffers
        long[] last = {0};
        String kernels = Backends.names().getFirst();
        Backends.limit("scalar"); // vectors are objects until, and unless, they are compiled well
        try {
            Trainer.of(net, Loss.crossEntropy(), new Adam(1e-3))
                    .metrics(Metric.accuracy())
                    .prefetch(0)
                    .batch(128)
                    .epochs(2)
                    .onStep((run, _) -> {
                        if (run.steps() % 10 == 0) {
                            long now = THREADS.getCurrentThreadAllocatedBytes();
                            bytes.add((now - last[0]) / 10);
                            last[0] = now;
                            if (bytes.getLast() < SMALL) {
                                run.stop();
                            }
                        }
                    })
                    .fit(data);
        } finally {
            Backends.limit(kernels);
        }
        assertThat(bytes.getLast()).isLessThan(SMALL);
    }
}
