package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitsTest {
    @TempDir
    Path folder;

    private static byte[] pictures(int count, int side) {
        ByteBuffer b = ByteBuffer.allocate(16 + count * side * side);
        b.putInt(0x803).putInt(count).putInt(side).putInt(side);
        if (count > 0) {
            b.put(16, new byte[] {(byte) 255, 51});
        }
        return b.array();
    }

    private static byte[] labels(int... labels) {
        ByteBuffer b = ByteBuffer.allocate(8 + labels.length);
        b.putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            b.put((byte) label);
        }
        return b.array();
    }

    private void files(byte[] train, byte[] trainLabels, byte[] test, byte[] testLabels) throws IOException {
        Files.write(folder.resolve("train-images-idx3-ubyte"), train);
        Files.write(folder.resolve("train-labels-idx1-ubyte"), trainLabels);
        Files.write(folder.resolve("t10k-images-idx3-ubyte"), test);
        Files.write(folder.resolve("t10k-labels-idx1-ubyte"), testLabels);
    }

    @Test
    void mnistIsReadWithItsKnownValues() {
        Digits mnist = Digits.mnist(SharedData.path("mnist"));
        assertThat(mnist.train().size()).isEqualTo(60_000);
        assertThat(mnist.test().size()).isEqualTo(10_000);
        assertThat(mnist.train().inputShape().dims()).containsExactly(1, 28, 28);
        assertThat(mnist.train().batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).targets().toLongs())
                .containsExactly(5, 0, 4, 1, 9, 2, 1, 3, 1, 4);
        assertThat(mnist.test().batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9).targets().toLongs())
                .containsExactly(7, 2, 1, 0, 4, 1, 4, 9, 5, 9);
        assertThat(mnist.train().batch(0).inputs().sum().item() * 255).isCloseTo(27525, within(0.05));
        assertThat(mnist.test().batch(0).inputs().sum().item() * 255).isCloseTo(18454, within(0.05));
        long[] counts = new long[10];
        double sum = 0;
        double square = 0;
        Batches batches = Batches.inOrder(mnist.train(), 1000);
        for (long i = 0; i < batches.count(); i++) {
            Batch b = batches.at(0, i);
            for (long label : b.targets().toLongs()) {
                counts[(int) label]++;
            }
            for (float v : b.inputs().toFloats()) {
                sum += v;
                square += (double) v * v;
            }
        }
        assertThat(counts).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
        double n = 60_000 * 784.0;
        assertThat(sum / n).isCloseTo(0.130660, within(1e-6));
        assertThat(Math.sqrt(square / n - sum / n * sum / n)).isCloseTo(0.308108, within(1e-6));
    }

    @Test
    void filesAreReadUnpackedFromAFolderOrTheOneOfTheirNameInIt() throws IOException {
        files(pictures(2, 28), labels(3, 9), pictures(1, 28), labels(0));
        for (String name : new String[] {"mnist", "fashion-mnist", "kmnist"}) {
            Digits d = Digits.read(name, folder);
            assertThat(d.train().batch(0, 1).targets().toLongs()).containsExactly(3, 9);
            assertThat(d.train().batch(0).inputs().toFloats()).startsWith(1f, 0.2f, 0f);
            assertThat(d.test().size()).isEqualTo(1);
        }
        assertThat(Digits.read("fashion-mnist", folder).test().classes())
                .hasSize(10)
                .startsWith("T-shirt/top");
        Path inner = Files.createDirectory(folder.resolve("kmnist"));
        try (var all = Files.list(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.move(file, inner.resolve(file.getFileName().toString().replace("-idx", ".idx")));
            }
        }
        assertThat(Digits.read("kmnist", folder).train().size()).isEqualTo(2);
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        files(pictures(2, 28), labels(3, 9), pictures(1, 28), labels(0));
        Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
        assertThatThrownBy(() -> Digits.mnist(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("mnist", "no t10k-labels-idx1-ubyte.gz", folder.toString(), "rule:");
    }

    @Test
    void filesThatDoNotFitTogetherAreRefused() throws IOException {
        files(pictures(2, 28), labels(3), pictures(1, 28), labels(0));
        assertThatThrownBy(() -> Digits.mnist(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("(2, 28, 28)", "(1)", "rule:");
        files(pictures(2, 28), labels(3, 10), pictures(1, 28), labels(0));
        assertThatThrownBy(() -> Digits.mnist(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("label 10", "0 .. 9");
        files(labels(1, 2), labels(1, 2), pictures(1, 28), labels(0));
        assertThatThrownBy(() -> Digits.mnist(folder)).isInstanceOf(DataException.class);
        files(pictures(0, 28), labels(), pictures(1, 28), labels(0));
        assertThatThrownBy(() -> Digits.mnist(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("no picture");
    }

    @Test
    void anUnknownNameIsRefused() {
        assertThatThrownBy(() -> Digits.read("mnits", folder))
                .isInstanceOf(DataException.class)
                .hasMessageContainingAll("'mnits'", "mnist, fashion-mnist, kmnist");
    }
}
