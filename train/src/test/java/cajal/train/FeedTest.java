package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.data.Dataset;
import cajal.data.Toys;
import cajal.format.Json;
import cajal.nn.Inspection;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a run tells is what it computes, what is wished is done, and nothing that goes wrong with the files
/// harms it.
@Timeout(60)
class FeedTest {
    private static final Dataset DATA = Toys.moons(96, 0.2, 5);
    private static final Dataset REST = Toys.moons(64, 0.2, 6);

    @TempDir
    Path folder;

    private final Sequential net = Sequential.of(new Linear(2, 16), Tensor::relu, new Linear(16, 2));

    private Trainer trainer(int epochs) {
        return Trainer.of(net, Loss.crossEntropy(), new Adam(0.01))
                .seed(3)
                .batch(16)
                .epochs(epochs)
                .metrics(Metric.accuracy());
    }

    private List<Map<String, Object>> lines(String kind) throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(Feed.FILE))) {
            Map<String, Object> m = Json.parseObject(line, "feed");
            if (m.get("kind").equals(kind)) {
                lines.add(m);
            }
        }
        return lines;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Object o) {
        return (List<Map<String, Object>>) o;
    }

    private static Watcher slow(int millis) {
        return new Watcher() {
            @Override
            public void stepped(Run run, double loss) {
                try {
                    Thread.sleep(millis);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    @Test
    void aSampleHoldsTheLengthsAndHistogramsOfItsStep() throws IOException {
        Feed.look(folder);
        Map<Long, Map<String, Tensor>> weights = new LinkedHashMap<>();
        Map<Long, Double> norms = new LinkedHashMap<>();
        Map<Long, Tensor> hidden = new LinkedHashMap<>();
        Map<Long, Histogram> gradients = new LinkedHashMap<>();
        Watcher mine = new Watcher() {
            @Override
            public void stepped(Run run, double loss) {
                Map<String, Tensor> copy = new LinkedHashMap<>();
                net.parameters().forEach((path, p) -> copy.put(path, p.copy()));
                weights.put(run.steps(), copy);
                norms.put(run.steps(), Gradients.norm(net.parameters()));
                Param w = net.parameters().get("0.weight");
                gradients.put(run.steps(), Histogram.of(w.grad().toFloats(), 32));
                try (var _ = Mode.inference()) {
                    hidden.put(
                            run.steps(),
                            Inspection.forward(net, DATA.take(64).all().inputs())
                                    .stages()
                                    .get(1)
                                    .output());
                }
            }
        };
        trainer(2).watch(mine).watch(new Feed(folder)).fit(DATA);
        Map<String, Object> sample = lines("sample").getFirst();
        long step = (long) sample.get("step");
        assertThat(sample.get("gradient_norm")).isEqualTo(norms.get(step));
        Map<String, Object> first = list(sample.get("parameters")).getFirst();
        assertThat(first).containsEntry("path", "0.weight");
        Tensor now = weights.get(step).get("0.weight");
        Tensor before = weights.get(step - 1).get("0.weight");
        double ratio = Math.sqrt(
                now.sub(before).square().sum().item() / before.square().sum().item());
        assertThat((double) first.get("ratio")).isCloseTo(ratio, within(1e-6 * ratio));
        assertThat(first.get("weights"))
                .isEqualTo(Histogram.of(now.toFloats(), 32).toMap());
        assertThat(first.get("gradients")).isEqualTo(gradients.get(step).toMap());
        Map<String, Object> relu = list(sample.get("layers")).get(1);
        Tensor out = hidden.get(step);
        assertThat(relu.get("activations"))
                .isEqualTo(Histogram.of(out.toFloats(), 32).toMap());
        long dead = 0;
        for (long u = 0; u < 16; u++) {
            dead += out.slice(1, u, u + 1).gt(0).sum().item() == 0 ? 1 : 0;
        }
        assertThat(relu).containsEntry("units", 16L).containsEntry("dead", dead);
    }

    @Test
    void deadUnitsAreCounted() throws IOException {
        net.init(3, cajal.kernel.Shape.of(1, 2));
        float[] bias = new float[16];
        java.util.Arrays.fill(bias, 0, 5, -1000);
        Map<String, Tensor> tensors = new LinkedHashMap<>(net.tensors());
        tensors.put("0.bias", Tensor.of(bias, 16));
        net.load(tensors);
        Feed.look(folder);
        trainer(2).watch(new Feed(folder)).fit(DATA);
        Map<String, Object> relu =
                list(lines("sample").getFirst().get("layers")).get(1);
        assertThat((long) relu.get("dead")).isGreaterThanOrEqualTo(5).isLessThan(16);
    }

    @Test
    void stepsAndEpochsAreTheLogsOwn() throws IOException {
        Map<Long, Double> losses = new LinkedHashMap<>();
        Fit fit = trainer(3)
                .onStep((run, loss) -> losses.put(run.steps(), loss))
                .folder(folder)
                .fit(DATA, REST);
        for (Map<String, Object> step : lines("step")) {
            assertThat(step.get("loss")).isEqualTo(losses.get(step.get("step")));
        }
        List<Map<String, Object>> epochs = lines("epoch");
        assertThat(epochs).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(epochs.get(i))
                    .containsEntry("loss", fit.epochs().get(i).loss())
                    .containsEntry("epoch_seconds", fit.epochs().get(i).seconds())
                    .containsEntry(
                            "validation_accuracy",
                            fit.epochs().get(i).validationMetrics().get("accuracy"));
        }
        assertThat(lines("end").getFirst()).containsEntry("stop", "finished");
        assertThat(lines("sample")).as("nobody looked").isEmpty();
    }

    @Test
    void theConfusionMatrixIsThatOfTheValidationSamples() throws IOException {
        Trainer t = trainer(2).folder(folder);
        t.fit(DATA, REST);
        Map<String, Object> judged = lines("judged").getLast();
        Tensor out = t.predict(REST.all().inputs());
        ConfusionMatrix matrix =
                ConfusionMatrix.of(REST.all().targets().toLongs(), out.argmax(1).toLongs(), 2);
        assertThat(judged.get("confusion"))
                .isEqualTo(List.of(matrix.count(0, 0), matrix.count(0, 1), matrix.count(1, 0), matrix.count(1, 1)));
        Map<String, Object> worst = list(judged.get("worst")).getFirst();
        float[] p = out.softmax(1).toFloats();
        long[] right = REST.all().targets().toLongs();
        double surest = 0;
        for (int i = 0; i < right.length; i++) {
            surest = Math.max(surest, p[2 * i + (int) (1 - right[i])] > 0.5 ? p[2 * i + (int) (1 - right[i])] : 0);
        }
        assertThat((double) worst.get("error")).isEqualTo(surest);
    }

    @Test
    void lookingChangesNoBitOfTheResult() throws IOException {
        Fit alone = trainer(4).fit(DATA, REST);
        Map<String, Tensor> expected = new LinkedHashMap<>();
        net.tensors().forEach((name, t) -> expected.put(name, t.copy()));
        Sequential other = Sequential.of(new Linear(2, 16), Tensor::relu, new Linear(16, 2));
        Feed.look(folder);
        Fit seen = Trainer.of(other, Loss.crossEntropy(), new Adam(0.01))
                .seed(3)
                .batch(16)
                .epochs(4)
                .metrics(Metric.accuracy())
                .watch(slow(30)) // long enough for several samples
                .folder(folder)
                .fit(DATA, REST);
        assertThat(lines("sample").size()).isGreaterThanOrEqualTo(1);
        other.tensors()
                .forEach((name, t) ->
                        assertThat(t.toFloats()).isEqualTo(expected.get(name).toFloats()));
        assertThat(seen.last().orElseThrow().validationLoss())
                .isEqualTo(alone.last().orElseThrow().validationLoss());
    }

    @Test
    void aRunCanBePausedSavedGivenAnotherRateAndStoppedFromOutside() throws Exception {
        Trainer t = trainer(100_000).watch(slow(5)).folder(folder);
        AtomicInteger steps = new AtomicInteger();
        t.onStep((_, _) -> steps.incrementAndGet());
        Fit[] fit = new Fit[1];
        Thread training = new Thread(() -> fit[0] = t.fit(DATA));
        training.start();
        await(() -> steps.get() > 10);
        Feed.wish(folder, "pause", 0);
        await(() -> has("paused"));
        Thread.sleep(100);
        int then = steps.get();
        Thread.sleep(300);
        assertThat(steps.get()).isEqualTo(then);
        int saved = lines("saved").size();
        Feed.wish(folder, "save", 0);
        await(() -> count("saved") > saved);
        Feed.wish(folder, "rate", 0.0025);
        Feed.wish(folder, "go", 0);
        await(() -> steps.get() > then + 5 && has("running"));
        Feed.wish(folder, "stop", 0);
        training.join(20_000);
        assertThat(fit[0].stop()).isEqualTo(Fit.Stop.INTERRUPTED);
        assertThat(t.optimizer.rate()).isEqualTo(0.0025);
        assertThat(lines("rate").getFirst()).containsEntry("rate", 0.0025);
        assertThat(lines("end").getFirst()).containsEntry("stop", "interrupted");
        Fit more = trainer(100_000)
                .folder(folder)
                .resume()
                .onStep((run, _) -> {
                    assertThat(run.optimizer().rate()).isEqualTo(0.0025);
                    run.stop();
                })
                .fit(DATA);
        assertThat(more.steps()).isEqualTo(fit[0].steps() + 1);
        assertThat(lines("start")).hasSize(2);
    }

    @Test
    void aFolderThatVanishesAndAFileInItsPlaceHarmNoRun() throws IOException {
        Feed.look(folder);
        Fit fit = trainer(20)
                .watch(slow(4))
                .watch(new Feed(folder))
                .onEpoch(e -> {
                    if (e.number() == 3) {
                        try (Stream<Path> all = Files.walk(folder)) {
                            all.sorted(Comparator.reverseOrder())
                                    .forEach(p -> p.toFile().delete());
                        } catch (IOException x) {
                            throw new IllegalStateException(x);
                        }
                    }
                })
                .fit(DATA);
        assertThat(fit.stop()).isEqualTo(Fit.Stop.FINISHED);
        Files.createDirectories(folder);
        Path file = Files.writeString(folder.resolve("no-folder"), "x");
        assertThat(trainer(2).watch(new Feed(file)).fit(DATA).stop()).isEqualTo(Fit.Stop.FINISHED);
    }

    @Test
    void aPausedRunWhoseFolderVanishesGoesOn() throws Exception {
        AtomicInteger steps = new AtomicInteger();
        Trainer t = trainer(200).watch(slow(1)).watch(new Feed(folder)).onStep((_, _) -> steps.incrementAndGet());
        Thread training = new Thread(() -> t.fit(DATA));
        training.start();
        await(() -> steps.get() > 3);
        Feed.wish(folder, "pause", 0);
        await(() -> has("paused"));
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        }
        training.join(30_000);
        assertThat(training.isAlive()).isFalse();
    }

    @Test
    void aFailureIsTold() throws IOException {
        Trainer t = Trainer.of(net, b -> net.apply(b.inputs()).sum().mul(Double.NaN), new SGD(0.1))
                .folder(folder);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> t.fit(DATA)).isInstanceOf(TrainingException.class);
        assertThat((String) lines("failed").getFirst().get("message")).contains("The loss is NaN");
    }

    private boolean has(String kind) {
        return count(kind) > 0;
    }

    private int count(String kind) {
        try {
            return lines(kind).size();
        } catch (IOException | cajal.format.FormatException half) {
            return 0;
        }
    }

    private static void await(java.util.function.BooleanSupplier holds) throws InterruptedException {
        for (int i = 0; i < 2000 && !holds.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
        assertThat(holds.getAsBoolean()).isTrue();
    }
}
