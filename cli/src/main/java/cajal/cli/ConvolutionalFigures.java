package cajal.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The figures of the published convolutional networks.
final class ConvolutionalFigures {
    private static final int EPOCHS = 60;
    private static final int RACES = 3;

    private ConvolutionalFigures() {}

    /// All that was published with the network is the command line's default; nothing is kept for validation.
    static Figure.Outcome torch(Figure.Bench b) throws IOException, InterruptedException {
        return Figures.accuracy(b, 0.991, "--model", "cnn", "--val", "0");
    }

    static Figure.Outcome keras(Figure.Bench b) throws IOException, InterruptedException {
        return Figures.accuracy(b, 0.991, "--model", "keras-cnn");
    }

    static Figure.Outcome resnet(Figure.Bench b) throws IOException, InterruptedException {
        Path pictures = b.mnist().resolveSibling("cifar10-small");
        if (!Files.isDirectory(pictures)) {
            return new Figure.Outcome(false, "Not measured: there is no " + pictures + ".");
        }
        Figure.Ran ran =
                b.cajal(words(pictures, "learned", EPOCHS, "--schedule", "cosine", "--batch", "32", "--lr", "0.05"));
        double accuracy = column(b, "learned", "accuracy").getLast();
        double seconds = Figures.number(Figures.json(ran), "seconds");
        double[] shares = new double[RACES];
        for (int i = 0; i < RACES; i++) { // by turns, so that both meet the machine in the same moods
            double plain = speed(b, pictures, "plain-" + i);
            double changed = speed(b, pictures, "changed-" + i, "--augment");
            shares[i] = plain / changed - 1;
        }
        Arrays.sort(shares);
        double slower = shares[RACES / 2];
        return Figures.outcome(
                accuracy >= 0.95 && slower <= 0.05,
                "%.2f %% of the training pictures after %d epochs, %.0f s; changed at random they took %.1f %% more time (median of %d pairs, %.1f to %.1f %%).",
                100 * accuracy,
                EPOCHS,
                seconds,
                100 * slower,
                RACES,
                100 * shares[0],
                100 * shares[RACES - 1]);
    }

    private static double speed(Figure.Bench b, Path pictures, String out, String... more)
            throws IOException, InterruptedException {
        b.cajal(words(pictures, out, 4, more));
        return column(b, out, "samples_per_second").stream()
                .mapToDouble(d -> d)
                .max() // the first epochs pay for the compiler
                .orElse(Double.NaN);
    }

    private static String[] words(Path pictures, String out, int epochs, String... more) {
        List<String> words = new ArrayList<>(List.of("train", "cifar10", "--data-dir", pictures.toString()));
        words.addAll(List.of("--model", "resnet20", "--val", "0", "--json", "--quiet"));
        words.addAll(List.of("--epochs", Integer.toString(epochs), "--out", out));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /// What the log says of each epoch.
    private static List<Double> column(Figure.Bench b, String run, String name) throws IOException {
        List<String> lines = Files.readAllLines(b.scratch().resolve(run).resolve("log.csv"));
        int column = List.of(lines.getFirst().split(",", -1)).indexOf(name);
        return lines.stream()
                .filter(l -> l.startsWith("epoch,"))
                .map(l -> Double.valueOf(l.split(",", -1)[column]))
                .toList();
    }
}
