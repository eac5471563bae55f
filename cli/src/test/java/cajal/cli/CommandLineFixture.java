package cajal.cli;

import cajal.data.Dataset;
import cajal.kernel.Shape;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.train.SavedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/// A folder to stand in, and the command line run in this process.
abstract class CommandLineFixture {
    @TempDir
    Path folder;

    /// What a command did; paths below the test's folder are shown without it.
    record Ran(int code, String out, String err) {
        /// The last line of the results.
        String last() {
            return out.strip().lines().reduce((_, line) -> line).orElse("");
        }
    }

    Ran cajal(String... words) {
        return cajal(new Shell.Host() {}, words);
    }

    Ran cajal(Shell.Host host, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Shell shell = new Shell(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false,
                false,
                folder,
                host);
        int code = Main.run(shell, words);
        return new Ran(code, text(out), text(err));
    }

    private String text(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).replace(folder + "/", "").replace("\r", "");
    }

    Path file(String name, String... lines) {
        return bytes(name, String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }

    Path bytes(String name, byte[] content) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A model of 28 x 28 pictures in ten classes, not trained.
    Path pictureModel(String name) {
        Sequential net = Sequential.of(new Flatten(), new Linear(784, 10));
        net.init(1);
        Path file = folder.resolve(name);
        List<String> classes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            classes.add(Integer.toString(i));
        }
        new SavedModel(net, Shape.of(1, 28, 28), classes, Map.of("kind", "digit"), Map.of()).write(file);
        return file;
    }

    /// IDX files of pictures as the data sets of that form have them.
    void idx(String name, Dataset data, int side) {
        int n = (int) data.size();
        byte[] pictures = new byte[16 + n * side * side];
        byte[] labels = new byte[8 + n];
        System.arraycopy(
                new byte[] {0, 0, 8, 3, 0, 0, (byte) (n >> 8), (byte) n, 0, 0, 0, (byte) side, 0, 0, 0, (byte) side},
                0,
                pictures,
                0,
                16);
        System.arraycopy(new byte[] {0, 0, 8, 1, 0, 0, (byte) (n >> 8), (byte) n}, 0, labels, 0, 8);
        float[] pixels = data.all().inputs().toFloats();
        long[] digits = data.all().targets().toLongs();
        for (int i = 0; i < n; i++) {
            labels[8 + i] = (byte) digits[i];
            for (int j = 0; j < side * side; j++) {
                int y = j / side;
                int x = j % side;
                pictures[16 + i * side * side + j] = (byte) Math.round(255 * pixels[i * 784 + y * 28 + x]);
            }
        }
        for (String part : List.of("train", "t10k")) {
            bytes(name + "/" + part + "-images-idx3-ubyte", pictures);
            bytes(name + "/" + part + "-labels-idx1-ubyte", labels);
        }
    }
}
