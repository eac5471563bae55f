package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.Backends;
import cajal.kernel.Shape;
import cajal.kernel.Workers;
import cajal.nn.Block;
import cajal.nn.Conv1d;
import cajal.nn.Conv2d;
import cajal.nn.Flatten;
import cajal.nn.LSTM;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Kernels keep weights laid out from the third prediction on: to the same bits, and until they are overwritten.
class RepeatedPredictionTest {
    private final int threads = Workers.threads();
    private final String kernels = Backends.names().getFirst();

    /// A network, and the shape of what it is given.
    record Case(String name, Block net, long... input) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("linear", new Linear(100), 40, 700),
                new Case("linear, several blocks", new Linear(100), 40, 1300),
                new Case("linear without bias", new Linear(100).noBias(), 40, 300),
                new Case("linear, a few neurons", new Linear(30), 100, 784),
                new Case("linear, more columns than a block", new Linear(4200), 20, 33),
                new Case("linear, rows of three axes", new Linear(65), 12, 64, 128),
                new Case("one row", new Linear(256), 1, 784),
                new Case("same weights for two numbers of rows", twice(), 64, 128),
                new Case("bands", new Conv2d(24, 3).padding(1), 4, 16, 20, 20),
                new Case("windows", new Conv2d(20, 3).stride(2), 3, 12, 21, 21),
                new Case("windows in groups", new Conv2d(12, 3).stride(2).groups(2), 3, 12, 21, 21),
                new Case("one axis", new Conv1d(12, 5), 3, 10, 200),
                new Case("lstm", new LSTM(40), 6, 9, 20),
                new Case(
                        "several",
                        Sequential.of(new Conv2d(16, 5), Tensor::relu, new Flatten(), new Linear(50)),
                        20,
                        1,
                        14,
                        14));
    }

    private static Block twice() {
        Linear same = new Linear(128);
        return Sequential.of(same, Tensor::relu, x -> same.apply(x.slice(0, 0, 20)));
    }

    @AfterEach
    void asBefore() {
        Workers.threads(threads);
        Backends.limit(kernels);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyPredictionIsTheSame(Case c) {
        Map<String, int[]> bits = new LinkedHashMap<>();
        Tensor x = Tensor.normal(RandomKey.of(5), c.input);
        for (String kernel : new String[] {"scalar", kernels}) {
            Backends.limit(kernel);
            for (int n : new int[] {1, 3}) {
                Workers.threads(n);
                c.net.init(7, Shape.of(c.input));
                int[] first = predict(c.net, x);
                for (int i = 0; i < 4; i++) assertThat(predict(c.net, x)).isEqualTo(first);
                overwrite(c.net, 0.5);
                int[] second = predict(c.net, x);
                assertThat(second).isNotEqualTo(first);
                for (int i = 0; i < 4; i++) assertThat(predict(c.net, x)).isEqualTo(second);
                overwrite(c.net, 2); // halving and doubling lose nothing
                for (int i = 0; i < 4; i++) assertThat(predict(c.net, x)).isEqualTo(first);
                bits.put(kernel + " " + n, first);
            }
        }
        assertThat(bits.values())
                .allSatisfy(
                        b -> assertThat(b).isEqualTo(bits.values().iterator().next()));
    }

    private static void overwrite(Block net, double factor) {
        for (Param p : net.parameters().values()) p.set(p.detach().mul(factor));
    }

    private static int[] predict(Block net, Tensor x) {
        float[] y = net.apply(x).toFloats();
        int[] bits = new int[y.length];
        for (int i = 0; i < y.length; i++) bits[i] = Float.floatToRawIntBits(y[i]);
        return bits;
    }
}
