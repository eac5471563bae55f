package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.format.Json;
import cajal.format.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// `train`: what it prints, what it leaves behind, and that nothing is lost when it is stopped.
class TrainTest extends CommandLineFixture {
    /// A host on which somebody presses Ctrl-C as soon as training has begun.
    private static final Shell.Host IMPATIENT = new Shell.Host() {
        @Override
        public void onInterrupt(Runnable action) {
            action.run();
        }
    };

    @Test
    @DisplayName("--json prints one line with the promised names and nothing else")
    void jsonIsOneLine() {
        Ran ran = cajal("train", "iris", "--epochs", "30", "--json", "--out", "mine");
        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines()).hasSize(1);
        Map<String, Object> line = Json.parseObject(ran.last(), "the line");
        assertThat(line.keySet())
                .containsExactly(
                        "test_accuracy", "test_loss", "epochs", "seconds", "samples_per_second", "parameters", "model");
        assertThat((Double) line.get("test_accuracy")).isGreaterThan(0.8);
        assertThat(line)
                .containsEntry("epochs", 30L)
                .containsEntry("parameters", 131L)
                .containsEntry("model", "mine/model.safetensors");
        assertThat(ran.err()).contains("epoch 30/30");
    }

    @Test
    @DisplayName("--find-lr shows the loss over the rate, suggests one that trains, and trains nothing")
    void findsALearningRate() throws IOException {
        Ran ran = cajal("train", "iris", "--find-lr", "--json", "--out", "rates");
        assertThat(ran.code()).isZero();
        Map<String, Object> line = Json.parseObject(ran.last(), "the line");
        double rate = (Double) line.get("suggested_lr");
        assertThat(rate).isBetween(1e-4, 1.0);
        assertThat(Files.readString(folder.resolve("rates/learning-rates.svg"))).startsWith("<svg");
        assertThat(folder.resolve("rates/run.json")).doesNotExist();
        Ran seen = cajal("train", "iris", "--find-lr");
        assertThat(seen.out()).contains("●").contains("most steeply at a rate of");
        assertThat(folder.resolve("runs")).doesNotExist();
        Ran trained = cajal("train", "iris", "--lr", Double.toString(rate), "--epochs", "30", "--json");
        assertThat((Double) Json.parseObject(trained.last(), "the line").get("test_accuracy"))
                .isGreaterThan(0.8);
        assertThat(cajal("train", "--resume", "x", "--find-lr").code()).isEqualTo(2);
    }

    @Test
    @DisplayName("A run leaves a log of its epochs, and says where it ran")
    void leavesALog() throws IOException {
        cajal("train", "iris", "--epochs", "3", "-q", "--out", "mine");
        assertThat(Files.readAllLines(folder.resolve("mine/log.csv"))).hasSize(4);
        Map<String, Object> run = Json.parseObject(Files.readString(folder.resolve("mine/run.json")), "run.json");
        assertThat(((Map<?, ?>) run.get("provenance")).containsKey("processor")).isTrue();
    }

    @Test
    void quietPrintsTheResultAlone() {
        Ran ran = cajal("train", "iris", "--epochs", "2", "-q", "--out", "mine");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out().lines()).hasSize(2);
        assertThat(ran.out())
                .startsWith("Test accuracy ")
                .contains("; 2 epochs in ")
                .endsWith("Model: mine/model.safetensors\n");
    }

    @Test
    void withoutOutEachRunHasItsOwnFolder() {
        assertThat(cajal("train", "iris", "--epochs", "1", "-q").out()).contains("; 1 epoch in ");
        cajal("train", "iris", "--epochs", "1", "-q");
        assertThat(folder.resolve("runs/iris-1/model.safetensors")).exists();
        assertThat(folder.resolve("runs/iris-2/checkpoint.safetensors")).exists();
        assertThat(folder.resolve("runs/iris-2/run.json")).exists();
    }

    @Test
    @DisplayName(
            "Interrupted in its first step and resumed, a run ends with the same tensors as one that was never stopped")
    void interruptedAndResumedIsTheSame() {
        String[] options = {
            "train",
            "iris",
            "--epochs",
            "6",
            "--dropout",
            "0.1",
            "--momentum",
            "0.9",
            "--optimizer",
            "sgd",
            "--schedule",
            "onecycle"
        };
        assertThat(cajal(with(options, "--out", "whole")).code()).isZero();
        Ran stopped = cajal(IMPATIENT, with(options, "--out", "parts"));
        assertThat(stopped.code()).isEqualTo(130);
        assertThat(stopped.err())
                .contains("finishing the step ... (Ctrl-C again ends at once)")
                .contains("stopped in epoch 1 of 6, after 0 steps; nothing is lost")
                .contains("go on with:  ./cajal train --resume parts");
        assertThat(stopped.out()).isEmpty();
        assertThat(folder.resolve("parts/model.safetensors")).doesNotExist();
        assertThat(cajal("train", "--resume", "parts").code()).isZero();
        assertThat(tensors("parts")).isEqualTo(tensors("whole"));
    }

    @Test
    @DisplayName("Interrupted wherever it happens to be and resumed, again and again, a run ends with the same tensors")
    void interruptedAnywhereIsTheSame() {
        String[] options = {"train", "iris", "--epochs", "40", "--batch", "1", "--early-stop", "40", "-q"};
        assertThat(cajal(with(options, "--out", "whole")).code()).isZero();
        Shell.Host passerBy = new Shell.Host() {
            @Override
            public void onInterrupt(Runnable action) {
                Thread.ofVirtual().start(() -> {
                    try {
                        Thread.sleep(60);
                    } catch (InterruptedException e) {
                        return;
                    }
                    action.run();
                });
            }
        };
        Ran ran = cajal(passerBy, with(options, "--out", "parts"));
        assertThat(ran.code()).as("the first run is stopped before its end").isEqualTo(130);
        for (int i = 0; i < 3 && ran.code() == 130; i++) {
            ran = cajal(passerBy, "train", "--resume", "parts", "-q");
        }
        assertThat(ran.code() == 130 ? cajal("train", "--resume", "parts", "-q").code() : ran.code())
                .isZero();
        assertThat(tensors("parts")).isEqualTo(tensors("whole"));
    }

    @Test
    void aFinishedRunGoesOnForMoreEpochs() {
        cajal("train", "iris", "--epochs", "2", "-q", "--out", "mine");
        Ran more = cajal("train", "--resume", "mine", "--epochs", "4", "--json");
        assertThat(more.code()).isZero();
        assertThat(Json.parseObject(more.last(), "the line")).containsEntry("epochs", 4L);
    }

    @Test
    @DisplayName("Whatever --threads says, the weights are the same")
    void threadsChangeNothing() {
        cajal("train", "spiral", "--epochs", "2", "--batch", "all", "-q", "--out", "one", "--threads", "1");
        cajal("train", "spiral", "--epochs", "2", "--batch", "all", "-q", "--out", "two", "--threads", "2");
        assertThat(tensors("one")).isEqualTo(tensors("two"));
    }

    @Test
    @DisplayName("When the folder vanishes during the run, the weights are kept elsewhere and the message says where")
    void nothingIsLostWhenTheDiskFails() throws IOException {
        Shell.Host vandal = new Shell.Host() {
            @Override
            public void onInterrupt(Runnable action) {
                delete(folder.resolve("gone"));
            }
        };
        Ran ran = cajal(vandal, "train", "iris", "--epochs", "3", "-q", "--out", "gone");
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .contains("cannot be written")
                .contains("stopped in epoch ")
                .contains("the weights as they were then are in ");
        String line = ran.err()
                .lines()
                .filter(l -> l.contains("then are in"))
                .findFirst()
                .orElseThrow();
        Path kept = Path.of(line.substring(line.indexOf("are in ") + 7));
        assertThat(cajal("info", kept.toString()).out()).contains("Linear(4 -> 16)");
        delete(kept.getParent());
    }

    @Test
    void everyRegimeOfGradientDescentRuns() {
        for (String batch : List.of("all", "1", "16")) {
            Ran ran = cajal("train", "iris", "--epochs", "1", "--batch", batch, "--limit", "40", "--json", "-q");
            assertThat(ran.code()).as(ran.err()).isZero();
        }
    }

    @Test
    void everyLossForClassesRuns() {
        for (String loss :
                List.of("cross-entropy", "nll", "quadratic", "mse", "bce", "bce-with-logits", "hinge", "huber:0.5")) {
            Ran ran = cajal(
                    "train", "iris", "--epochs", "25", "--loss", loss, "--json", "-q", "--out", loss.replace(':', '-'));
            assertThat(ran.code()).as(loss + ran.err()).isZero();
            double accuracy = (Double) Json.parseObject(ran.last(), loss).get("test_accuracy");
            assertThat(accuracy).as(loss).isGreaterThan(0.6);
        }
    }

    @Test
    void earlyStoppingKeepsTheBest() {
        Ran ran = cajal("train", "iris", "--epochs", "500", "--early-stop", "3", "--lr", "0.1", "--out", "mine");
        assertThat(ran.code()).isZero();
        assertThat(ran.err()).contains("stopped early: epoch ");
    }

    @Test
    void valuesAreMeasuredInTheirOwnUnits() {
        String[] lines = new String[201];
        lines[0] = "x,y";
        for (int i = 1; i <= 200; i++) {
            lines[i] = i + "," + (1000 + 5 * i); // a straight line
        }
        file("line.csv", lines);
        Ran ran = cajal(
                "train", "line.csv", "--model", "linear", "--lr", "0.05", "--epochs", "60", "--json", "--out", "mine");
        assertThat(ran.code()).as(ran.err()).isZero();
        Map<String, Object> line = Json.parseObject(ran.last(), "the line");
        assertThat((Double) line.get("test_r2")).isGreaterThan(0.999);
        assertThat((Double) line.get("test_rmse")).isLessThan(10).isLessThanOrEqualTo(1000);
        file("new.csv", "x", "100");
        double value = ((Number) Json.parseObject(
                                cajal("predict", "mine", "new.csv", "--json").last(), "predict")
                        .get("value"))
                .doubleValue();
        assertThat(value).isBetween(1490.0, 1510.0);
    }

    @Test
    void missingValuesAreRefusedUnlessItIsSaidWhatToDo() {
        String[] lines = new String[41];
        lines[0] = "a,b,kind";
        for (int i = 1; i <= 40; i++) {
            lines[i] = (i == 7 ? "" : i) + "," + (i % 5) + "," + (i <= 20 ? "low" : "high");
        }
        file("holes.csv", lines);
        assertThat(cajal("train", "holes.csv", "--epochs", "1").err())
                .contains("holes.csv, line 8, column 'a': there is no value");
        assertThat(cajal("train", "holes.csv", "--epochs", "1", "--missing", "mean", "-q")
                        .code())
                .isZero();
        Ran dropped = cajal("train", "holes.csv", "--epochs", "1", "--missing", "drop");
        assertThat(dropped.code()).as(dropped.err()).isZero();
        assertThat(cajal("eval", "runs/holes-2", "-q").out()).contains("Accuracy");
    }

    private static String[] with(String[] words, String... more) {
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }

    /// All tensors of a run's model, as the bits of their elements.
    private Map<String, List<Integer>> tensors(String run) {
        try (TensorFile file = TensorFile.open(folder.resolve(run).resolve("model.safetensors"))) {
            Map<String, List<Integer>> bits = new java.util.TreeMap<>();
            file.tensors().forEach((name, t) -> {
                List<Integer> values = new java.util.ArrayList<>();
                for (float f : t.toFloats()) {
                    values.add(Float.floatToRawIntBits(f));
                }
                bits.put(name, values);
            });
            assertThat(bits).isNotEmpty();
            return bits;
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
