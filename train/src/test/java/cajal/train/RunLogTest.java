package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.format.Json;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunLogTest {
    private static final Dataset DATA = Toys.moons(64, 0.1, 5);

    private static final Dataset WAVE = Toys.sine(32, 0.1, 5);

    @TempDir
    Path folder;

    private static Trainer trainer() {
        Sequential net = Sequential.of(new Linear(2, 4), Tensor::tanh, new Linear(4, 2));
        return Trainer.of(net, Loss.crossEntropy(), new SGD(0.1))
                .seed(1)
                .batch(16)
                .epochs(3)
                .metrics(Metric.accuracy());
    }

    private static Trainer regression(Metric metric) {
        Sequential net = Sequential.of(new Linear(1, 1));
        return Trainer.of(net, Loss.mse(), new SGD(0.1)).metrics(metric);
    }

    private static RunLog log(boolean csv, Path file) {
        return csv ? RunLog.csv(file) : RunLog.jsonl(file);
    }

    /// The lines without what depends on the clock, and without the training metrics: those of an epoch
    /// that is gone on with are measured on its rest.
    private static List<String> timeless(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(l -> l.replaceAll(",\"seconds\".*", "").replaceAll("\"accuracy\":[^,]*,", ""))
                .map(l -> l.replaceAll("^(epoch,\\d+,\\d+,[^,]*),[^,]*(.*),[^,]*,[^,]*$", "$1$2"))
                .toList();
    }

    @Test
    void aCsvLogHasAHeaderAndALineAnEpoch() throws IOException {
        Path file = folder.resolve("new").resolve("log.csv");
        Fit fit = trainer().watch(RunLog.csv(file)).fit(DATA, DATA);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines.getFirst())
                .isEqualTo(
                        "kind,epoch,step,loss,accuracy,validation_loss,validation_accuracy,rate,seconds,samples_per_second");
        assertThat(lines).hasSize(4);
        Epoch second = fit.epochs().get(1);
        assertThat(lines.get(2))
                .isEqualTo("epoch,2,8," + second.loss() + "," + second.metrics().get("accuracy") + ","
                        + second.validationLoss().orElseThrow() + ","
                        + second.validationMetrics().get("accuracy") + ",0.1," + second.seconds() + ","
                        + second.samplesPerSecond());
    }

    @Test
    void aJsonLogHasAnObjectAnEpochAndOneForTheStepsAskedFor() throws IOException {
        Path file = folder.resolve("log.jsonl");
        Fit fit = trainer().watch(RunLog.jsonl(file).steps(3)).fit(DATA);
        List<Map<String, Object>> lines = Files.readAllLines(file).stream()
                .map(l -> (Map<String, Object>) Json.parseObject(l, "line"))
                .toList();
        assertThat(lines.stream().map(l -> l.get("kind") + " " + l.get("step")))
                .containsExactly("step 3", "epoch 4", "step 6", "epoch 8", "step 9", "step 12", "epoch 12");
        assertThat(lines.get(1).get("loss")).isEqualTo(fit.epochs().getFirst().loss());
        assertThat(lines.get(1)).doesNotContainKey("validation_loss");
    }

    @Test
    void aNumberThatIsNoneStandsInJsonAsText() throws IOException {
        Path file = folder.resolve("log.jsonl");
        regression(Metric.mean("nothing", true, (o, _) -> o.sub(o).div(0)))
                .watch(RunLog.jsonl(file))
                .fit(WAVE);
        assertThat(Json.parseObject(Files.readAllLines(file).getFirst(), "line"))
                .containsEntry("nothing", "NaN");
    }

    @Test
    void aCellWithACommaIsQuoted() throws IOException {
        Path file = folder.resolve("log.csv");
        regression(Metric.mean("a,\"b\"", true, Tensor::sub))
                .watch(RunLog.csv(file))
                .fit(WAVE);
        assertThat(Files.readAllLines(file).getFirst()).contains(",\"a,\"\"b\"\"\",");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRunThatWasStoppedTwiceLeavesTheLogOfOneThatWasNot(boolean csv) throws IOException {
        Path straight = folder.resolve("straight");
        trainer().watch(log(csv, straight).steps(1)).fit(DATA);

        Path file = folder.resolve("log");
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        Optional<Fit> fit = Optional.empty();
        int parts = 0;
        while (fit.isEmpty() || fit.get().stop() == Fit.Stop.INTERRUPTED) {
            fit = Optional.of(trainer()
                    .checkpoint(checkpoint)
                    .resume()
                    .watch(log(csv, file).steps(1))
                    .onStep((run, _) -> {
                        if (run.steps() == 3 || run.steps() == 10) {
                            run.stop();
                        }
                    })
                    .fit(DATA));
            parts++;
        }
        assertThat(parts).isEqualTo(3);
        assertThat(timeless(file)).isEqualTo(timeless(straight)).hasSize(csv ? 16 : 15);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAKilledRunWroteAfterItsCheckpointIsTakenOut(boolean csv) throws IOException {
        Path straight = folder.resolve("straight");
        trainer().watch(log(csv, straight).steps(1)).fit(DATA);

        Path file = folder.resolve("log");
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        Path old = folder.resolve("old.safetensors");
        assertThatThrownBy(() -> trainer()
                        .checkpoint(checkpoint)
                        .watch(log(csv, file).steps(1))
                        .onEpoch(e -> {
                            if (e.number() == 1) {
                                copy(checkpoint, old);
                            }
                        })
                        .onStep((run, _) -> {
                            if (run.steps() == 7) {
                                throw new IllegalStateException("killed");
                            }
                        })
                        .fit(DATA))
                .hasMessage("killed");
        assertThat(timeless(file)).hasSizeGreaterThan(7);
        Files.writeString(file, csv ? "step,2,8,0." : "{\"kind\":\"st", StandardOpenOption.APPEND);
        trainer().checkpoint(old).resume().watch(log(csv, file).steps(1)).fit(DATA);
        assertThat(timeless(file)).isEqualTo(timeless(straight));
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void anEpochWhoseLineGotLostIsWrittenWhenTheRunGoesOn() throws IOException {
        Path file = folder.resolve("log.csv");
        Path checkpoint = folder.resolve("checkpoint.safetensors");
        trainer().epochs(2).checkpoint(checkpoint).fit(DATA);
        trainer().checkpoint(checkpoint).resume().watch(RunLog.csv(file)).fit(DATA);
        assertThat(Files.readAllLines(file).stream().map(l -> l.split(",")[1])).containsExactly("epoch", "1", "2", "3");
    }

    @Test
    void aNewRunReplacesTheFile() throws IOException {
        Path file = folder.resolve("log.csv");
        trainer().watch(RunLog.csv(file)).fit(DATA);
        trainer().epochs(1).watch(RunLog.csv(file)).fit(DATA);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }
}
