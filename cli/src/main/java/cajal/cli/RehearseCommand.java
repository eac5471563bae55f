package cajal.cli;

import cajal.data.Digits;
import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.train.SavedModel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `cajal rehearse`: what the launcher runs once after a build, so that the JDK can note which classes a start
/// needs.
///
/// It does the short things that a person waits for: the help, and a prediction of a picture, on a network
/// and a picture made for it in a folder of their own.
@Command(name = "rehearse", hidden = true, header = "Load what a start needs; run by the launcher after a build.")
final class RehearseCommand implements Callable<Integer> {
    private static final List<String> DIGITS = List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");

    private final Shell shell;

    RehearseCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException {
        shell.host().readyKernels();
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        Path folder = Files.createTempDirectory("cajal-rehearsal-");
        Path model = folder.resolve("model.safetensors");
        Path picture = folder.resolve("digit.png");
        try {
            Sequential net = Sequential.of(new Flatten(), new Linear(784, 16), Activation.relu(), new Linear(16, 10));
            net.init(1);
            new SavedModel(net, Shape.of(1, 28, 28), DIGITS, Map.of("kind", "digit"), Map.of()).write(model);
            Picture.write(
                    picture,
                    Digits.handwriting(10, 10, 1).test().batch(7).inputs().at(0));
            Shell silent = new Shell(nowhere, nowhere, false, false, folder, shell.host());
            Main.run(silent, "--help");
            Main.run(silent, "predict", "--help");
            int text = Main.run(silent, "predict", model.toString(), picture.toString());
            return Math.max(text, Main.run(silent, "predict", model.toString(), picture.toString(), "--json"));
        } finally {
            Files.deleteIfExists(model);
            Files.deleteIfExists(picture);
            Files.deleteIfExists(folder);
        }
    }
}
