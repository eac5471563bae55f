package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.data.Digits;
import cajal.kernel.Backends;
import cajal.kernel.Workers;
import cajal.nn.Conv2d;
import cajal.nn.DepthwiseConv2d;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.Metric;
import cajal.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A small network of convolutions learns to read, to the same bits on any kernels and any number of threads.
class ConvolutionTrainingTest {
    private final int threads = Workers.threads();
    private final String kernels = Backends.names().getFirst();

    @AfterEach
    void asBefore() {
        Workers.threads(threads);
        Backends.limit(kernels);
    }

    private static Sequential network() {
        return Sequential.of(
                new Conv2d(12, 3).stride(2).padding(1), // (B, 12, 14, 14)
                Tensor::relu,
                new Conv2d(20, 3).stride(2).same(), // (B, 20, 7, 7)
                Tensor::relu,
                new DepthwiseConv2d(3).padding(1),
                new Conv2d(17, 1), // (B, 17, 7, 7)
                Tensor::relu,
                new Flatten(),
                new Linear(10));
    }

    private static Map<String, float[]> trained() {
        var digits = Digits.handwriting(320, 1, 3);
        var net = network();
        Trainer.of(net, Loss.crossEntropy(), new Adam(2e-3))
                .seed(4)
                .batch(32)
                .epochs(1)
                .fit(digits.train());
        Map<String, float[]> weights = new LinkedHashMap<>();
        net.parameters().forEach((path, p) -> weights.put(path, p.toFloats()));
        return weights;
    }

    @Test
    void theSameBitsOnAnyKernelsAndAnyNumberOfThreads() {
        Workers.threads(1);
        Map<String, float[]> expected = trained();
        assertThat(expected).hasSize(10);
        for (String backend : new String[] {kernels, "scalar"}) {
            Backends.limit(backend);
            for (int n = 1; n <= 3; n++) {
                Workers.threads(n);
                String where = backend + " kernels, threads: " + n;
                Map<String, float[]> actual = trained();
                expected.forEach((path, w) -> assertThat(Objects.requireNonNull(actual.get(path)))
                        .as("%s, %s", path, where)
                        .containsExactly(w));
            }
        }
    }

    @Tag("slow")
    @Test
    void oneEpochOfMnistReachesNinetySixPercent() {
        String shared = System.getProperty("cajal.shared", "");
        Path folder = Path.of(shared, "data", "mnist");
        assumeTrue(!shared.isEmpty() && Files.exists(folder), "MNIST is not on this machine");
        var digits = Digits.mnist(folder);
        var trainer = Trainer.of(network(), Loss.crossEntropy(), new Adam(2e-3))
                .seed(1)
                .batch(64)
                .epochs(1)
                .metrics(Metric.accuracy());
        trainer.fit(digits.train());
        double accuracy =
                Objects.requireNonNull(trainer.evaluate(digits.test()).metrics().get("accuracy"));
        assertThat(accuracy).isGreaterThan(0.96); // a linear classifier reaches 0.92
    }
}
