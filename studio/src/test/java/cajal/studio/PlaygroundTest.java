package cajal.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.nn.Block;
import cajal.nn.UnknownNameException;
import cajal.tensor.Tensor;
import cajal.train.Metric;
import cajal.train.Optimizer;
import cajal.train.Penalty;
import cajal.train.Schedule;
import cajal.train.Trainer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A playground trains as the Trainer does, goes back to the same numbers, and its program comes to them too.
class PlaygroundTest {
    static Recipe recipe(Map<String, Object> changes) {
        Map<String, Object> r = new LinkedHashMap<>();
        r.put("problem", "spiral");
        r.put("net", "8 tanh, 6 relu");
        r.put("loss", "");
        r.put("optimizer", "adam");
        r.put("rate", 0.02);
        r.put("schedule", "constant");
        r.put("points", "");
        r.put("edits", "");
        r.put("l1", 0.0);
        r.put("l2", 0.0);
        r.put("batch", 16L);
        r.put("epochs", 400);
        r.put("test", 0.3);
        r.put("noise", 0.1);
        r.put("init", "");
        r.putAll(changes);
        return new Recipe(
                (String) r.get("problem"),
                200,
                (double) r.get("noise"),
                (double) r.get("test"),
                (String) r.get("points"),
                "",
                (String) r.get("net"),
                (String) r.get("init"),
                (String) r.get("loss"),
                (String) r.get("optimizer"),
                (double) r.get("rate"),
                (String) r.get("schedule"),
                (double) r.get("l1"),
                (double) r.get("l2"),
                (long) r.get("batch"),
                7,
                3,
                (int) r.get("epochs"),
                (String) r.get("edits"));
    }

    private static void go(PlaygroundRun run, long to) {
        run.back(to);
        run.forward(to, Long.MAX_VALUE / 2);
        assertThat(run.step()).isEqualTo(to);
    }

    private static Map<String, List<Float>> weights(Block net) {
        Map<String, List<Float>> all = new LinkedHashMap<>();
        net.parameters().forEach((path, p) -> {
            Float[] boxed = new Float[(int) p.size()];
            float[] values = p.toFloats();
            for (int i = 0; i < values.length; i++) {
                boxed[i] = values[i];
            }
            all.put(path, List.of(boxed));
        });
        return all;
    }

    @Test
    void theStepsAreTheTrainersToTheLastBit() {
        Recipe r = recipe(Map.of(
                "net",
                "8 tanh 0.2, 5 prelu, 4 gelu",
                "l1",
                0.001,
                "l2",
                0.01,
                "schedule",
                "warmup:20:cosine",
                "epochs",
                12));
        PlaygroundRun run = new PlaygroundRun(r);
        go(run, run.last());
        Block net = r.network(2);
        Trainer trainer = Trainer.of(net, r.lossChoice().loss(), Optimizer.named("adam", 0.02))
                .seed(7)
                .batch(16)
                .epochs(12)
                .schedule(Schedule.of("warmup:20:cosine"))
                .penalty("*.weight", new Penalty(0.001, 0.01))
                .metrics(Metric.accuracy());
        trainer.fit(run.problem.train());
        assertThat(weights(run.net)).isEqualTo(weights(net));
        assertThat(run.evaluate(run.problem.train())).isEqualTo(trainer.evaluate(run.problem.train()));
    }

    @Test
    void goingBackAndForthGivesTheSameNumbersWithEveryOptimiser() {
        for (String optimizer : Recipe.OPTIMIZERS) {
            PlaygroundRun run = new PlaygroundRun(recipe(Map.of("optimizer", optimizer, "net", "5 tanh 0.1")));
            Map<Long, Map<String, List<Float>>> seen = new LinkedHashMap<>();
            for (long at : new long[] {0, 1, 17, 40, 41, 90}) {
                go(run, at);
                seen.put(at, weights(run.net));
            }
            for (long at : new long[] {41, 40, 0, 90, 17, 1, 0, 41}) {
                go(run, at);
                assertThat(weights(run.net)).as(optimizer + " at " + at).isEqualTo(seen.get(at));
            }
        }
    }

    @Test
    void theSnapshotsOfALongRunAreBoundedAndTheWayBackIsExact() {
        PlaygroundRun run = new PlaygroundRun(recipe(Map.of("net", "3 relu", "epochs", 2000)));
        go(run, 1234);
        Map<String, List<Float>> then = weights(run.net);
        double loss = run.evaluate(run.problem.train()).loss();
        go(run, 6000);
        assertThat(run.snapshots()).isLessThanOrEqualTo(64 + 48);
        go(run, 1234);
        assertThat(weights(run.net)).isEqualTo(then);
        assertThat(run.evaluate(run.problem.train()).loss()).isEqualTo(loss);
    }

    @Test
    void aWeightThatWasSetByHandIsSetAgainOnTheWayAndInALinkToIt() {
        PlaygroundRun run = new PlaygroundRun(recipe(Map.of()));
        go(run, 30);
        run.edit("0.weight", 3, -2.5f);
        assertThat(weights(run.net).get("0.weight").get(3)).isEqualTo(-2.5f);
        go(run, 75);
        Map<String, List<Float>> after = weights(run.net);
        go(run, 10);
        go(run, 75);
        assertThat(weights(run.net)).isEqualTo(after);
        PlaygroundRun linked = new PlaygroundRun(recipe(Map.of("edits", Edit.text(run.edits()))));
        go(linked, 75);
        assertThat(weights(linked.net)).isEqualTo(after);
        PlaygroundRun without = new PlaygroundRun(recipe(Map.of()));
        go(without, 75);
        assertThat(weights(without.net)).isNotEqualTo(after);
        go(run, 10);
        run.edit("2.bias", 0, 1);
        assertThat(run.edits()).hasSize(1); // the one at 30 belonged to another future
        assertThatThrownBy(() -> run.edit("0.weight", 99, 1)).isInstanceOf(StudioException.class);
    }

    @Test
    void aRunThatFliesApartSaysSoAndStays() {
        PlaygroundRun run = new PlaygroundRun(
                recipe(Map.of("problem", "plane", "optimizer", "sgd", "rate", 50.0, "net", "16 relu, 16 relu")));
        assertThatThrownBy(() -> run.forward(1000, Long.MAX_VALUE / 2))
                .isInstanceOf(StudioException.class)
                .hasMessageContaining("lower learning rate");
        long there = run.step();
        go(run, 0);
        assertThat(run.evaluate(run.problem.train()).loss()).isFinite();
        assertThat(there).isPositive();
    }

    @Test
    void whatMakesNoSenseIsRefusedWithTheRule() {
        assertThatThrownBy(() -> recipe(Map.of("net", "17 tanh"))).hasMessageContaining("from 1.0 to 16.0");
        assertThatThrownBy(() -> recipe(Map.of("net", "8 tangh"))).isInstanceOf(UnknownNameException.class);
        assertThatThrownBy(() -> recipe(Map.of("net", "1 relu,1 relu,1 relu,1 relu,1 relu,1 relu,1 relu")))
                .hasMessageContaining("at most 6");
        assertThatThrownBy(() -> recipe(Map.of("problem", "own", "points", "AAAAAA")))
                .hasMessageContaining("at least two");
        assertThatThrownBy(() -> recipe(Map.of("schedule", "plateau"))).hasMessageContaining("memory");
        assertThatThrownBy(() -> recipe(Map.of("rate", Double.NaN))).isInstanceOf(StudioException.class);
        assertThatThrownBy(() -> new PlaygroundRun(recipe(Map.of("edits", "0*9.weight*0*1"))))
                .hasMessageContaining("no weight");
    }

    @Test
    void theViewShowsWhatTheNetworkSays() {
        PlaygroundRun run = new PlaygroundRun(recipe(Map.of()));
        go(run, 120);
        PlaygroundView view = new PlaygroundView(run);
        PlaygroundView.Scene scene = view.scene();
        PlaygroundView.Frame frame = view.frame(1, 120, "");
        float[] points = Numbers.read(scene.points(), 400);
        assertThat(points).isEqualTo(run.problem.all().all().inputs().toFloats());
        float[] tested = Numbers.read(scene.tested(), 200);
        int count = 0;
        for (float t : tested) {
            count += (int) t;
        }
        assertThat(count)
                .isEqualTo((int) run.problem.split().orElseThrow().second().size());
        assertThat(frame.loss()).isEqualTo(run.evaluate(run.problem.train()).loss());
        byte[] surface = java.util.Base64.getDecoder().decode(frame.surface());
        int cell = 20 * PlaygroundView.FINE + 50;
        double side = 2 * scene.range() / PlaygroundView.FINE;
        PlaygroundView.Place place = view.at(-scene.range() + (50 + 0.5) * side, scene.range() - (20 + 0.5) * side);
        float[] share = Numbers.read(place.share(), 2);
        Tensor direct = run.net
                .apply(Tensor.of(new float[] {(float) place.x(), (float) place.y()}, 1, 2))
                .softmax(-1);
        assertThat(share).isEqualTo(direct.toFloats());
        assertThat((surface[2 * cell] & 0xff) / 255.0).isCloseTo(share[0], org.assertj.core.data.Offset.offset(0.003));
        assertThat(frame.confusion().stream().mapToLong(n -> n).sum()).isEqualTo(count);
    }

    @Test
    void aTableBecomesPointsThatReadBack() {
        OwnPoints.Read read = OwnPoints.read(
                cajal.data.Table.parse("t", "id,width,height,kind\na,1,10,cat\nb,2,30,dog\nc,3,20,cat\n"));
        assertThat(read.regression()).isFalse();
        assertThat(read.names()).containsExactly("cat", "dog");
        cajal.data.Dataset data = OwnPoints.dataset(read.points(), read.names(), false);
        assertThat(data.all().inputs().toFloats()).containsExactly(-1.2f, -1.2f, 0, 1.2f, 1.2f, 0);
        assertThat(data.all().targets().toLongs()).containsExactly(0, 1, 0);
        assertThatThrownBy(() -> OwnPoints.read(cajal.data.Table.parse("t", "a,b\n1,2\n")))
                .isInstanceOf(StudioException.class);
        assertThat(OwnPoints.read(cajal.data.Table.parse("t", "x,y,z\n0,0,0.5\n1,2,2.5\n"))
                        .regression())
                .isTrue();
    }

    @Test
    void theProgramPrintsTheSameLoss(@TempDir Path folder) throws IOException, InterruptedException {
        String own = OwnPoints.text(
                new double[] {-0.5, 0.25, 0.5, -0.75, 0.1, 0.3},
                new double[] {0.1, -0.2, 0.7, -0.9, 0.2, 0.4},
                new double[] {0, 1, 2, 0, 1, 2},
                false);
        List<Map<String, Object>> recipes = List.of(
                Map.of("net", "8 tanh 0.2, 4 leaky-relu:0.2", "l2", 0.001, "schedule", "cosine", "init", "he-normal"),
                Map.of("problem", "bumps", "optimizer", "nesterov", "loss", "huber", "net", "8 gelu-tanh", "test", 0.0),
                Map.of("problem", "own", "points", own, "batch", 0L, "loss", "mse", "optimizer", "lbfgs", "rate", 1.0));
        for (Map<String, Object> changes : recipes) {
            PlaygroundRun run = new PlaygroundRun(recipe(changes));
            go(run, 25);
            run.edit("0.weight", 1, 0.75f);
            go(run, 57);
            String printed = printed(folder, PlaygroundProgram.of(run));
            assertThat(printed)
                    .contains("training  loss "
                            + run.evaluate(run.problem.train()).loss() + " ");
            run.problem
                    .split()
                    .ifPresent(s -> assertThat(printed)
                            .contains(
                                    "testing  loss " + run.evaluate(s.second()).loss() + " "));
        }
    }

    /// What a program prints, run in a process of its own on the path that this test runs on.
    static String printed(Path folder, String program) throws IOException, InterruptedException {
        boolean modules = PlaygroundTest.class.getModule().isNamed();
        Path file = folder.resolve("Playground.java");
        // A class path has no module to import: the same names, package by package.
        Files.writeString(
                file,
                modules
                        ? program
                        : program.replace(
                                "import module cajal;",
                                "import cajal.data.*; import cajal.nn.*; import cajal.tensor.*; import cajal.train.*;"
                                        + " import cajal.kernel.*;"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(modules ? "-p" : "-cp", modules ? modulePath() : classPath()));
        command.addAll(List.of("--add-modules", modules ? "cajal" : "jdk.incubator.vector", file.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    private static String modulePath() {
        return ModuleLayer.boot().configuration().modules().stream()
                .flatMap(m -> m.reference().location().stream())
                .filter(at -> at.getScheme().equals("file"))
                .map(at -> Path.of(at).toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static String classPath() {
        return Stream.of(Tensor.class, Block.class, Trainer.class, cajal.data.Table.class, cajal.format.Json.class)
                .map(c -> Path.of(URI.create(c.getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString())
                .distinct()
                .collect(Collectors.joining(File.pathSeparator));
    }
}
