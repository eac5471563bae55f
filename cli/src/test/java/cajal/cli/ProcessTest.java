package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.format.Json;
import cajal.format.TensorFile;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The command line as a process of its own: signals, kills, full disks.
@Tag("slow")
class ProcessTest {
    private static final String[] TRAIN = {"train", "digits", "--limit", "6000", "--epochs", "6", "-q"};

    @TempDir
    Path folder;

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "--add-exports",
                "java.base/jdk.internal.module=ALL-UNNAMED",
                "-cp",
                classPath(),
                "cajal.cli.Start"));
        command.addAll(List.of(words));
        return new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("err.txt").toFile())
                .start();
    }

    /// What this JVM itself runs from, be it a module path or a class path.
    private static String classPath() {
        return String.join(
                File.pathSeparator,
                System.getProperty("jdk.module.path", ""),
                System.getProperty("java.class.path", ""),
                Path.of("target", "classes").toAbsolutePath().toString());
    }

    private int run(String... words) throws IOException, InterruptedException {
        Process process = start(words);
        process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        return process.waitFor();
    }

    private static String[] with(String... more) {
        return and(TRAIN, more);
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err.txt"), StandardCharsets.UTF_8);
    }

    /// Waits until the run has written its first checkpoint, and a little longer.
    private void awaitTraining(String run, long more) throws InterruptedException {
        Path checkpoint = folder.resolve(run).resolve("checkpoint.safetensors");
        for (int i = 0; i < 1200 && !Files.exists(checkpoint); i++) {
            Thread.sleep(50);
        }
        assertThat(checkpoint).exists();
        Thread.sleep(more);
    }

    private List<Object> tensors(String run) {
        try (TensorFile file = TensorFile.open(folder.resolve(run).resolve("model.safetensors"))) {
            List<Object> all = new ArrayList<>();
            file.tensors()
                    .forEach((name, t) ->
                            all.add(name + t.shape() + Arrays.hashCode(t.toFloats()) + Arrays.toString(t.toFloats())));
            return all;
        }
    }

    @Test
    @DisplayName(
            "Ctrl-C finishes the step, writes a checkpoint, says how to go on, exits with 130; resumed, the weights are the same")
    void ctrlC() throws Exception {
        assumeTrue(
                !ignoresInterrupts(),
                "this process was started with Ctrl-C switched off, and its children inherit that");
        assertThat(run(with("--out", "whole"))).as(err()).isZero();
        Process process = start("train", "digits", "--limit", "6000", "--epochs", "6", "--out", "parts");
        awaitTraining("parts", 300);
        new ProcessBuilder("kill", "-INT", String.valueOf(process.pid()))
                .start()
                .waitFor();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(err()).isEqualTo(130);
        assertThat(err()).contains("nothing is lost", "go on with:  ./cajal train --resume parts");
        assertThat(run("train", "--resume", "parts", "-q")).as(err()).isZero();
        assertThat(tensors("parts")).isEqualTo(tensors("whole"));
    }

    private static boolean ignoresInterrupts() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        String mask = Files.readAllLines(status).stream()
                .filter(l -> l.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(mask.substring(7).strip(), 16) & 2) != 0;
    }

    @Test
    @DisplayName(
            "Killed without warning at random moments and resumed, a run ends with the same tensors as with one thread and no kill")
    void killed() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        assertThat(run(with("--out", "whole", "--threads", "1"))).as(err()).isZero();
        Process process = start(with("--out", "parts", "--threads", "2"));
        for (int kill = 0; kill < 3; kill++) {
            awaitTraining("parts", 200 + random.nextInt(1500));
            process.destroyForcibly().waitFor();
            process = start("train", "--resume", "parts", "-q");
        }
        process.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        assertThat(process.waitFor()).as("seed %d: %s", seed, err()).isZero();
        assertThat(tensors("parts")).as("seed %d", seed).isEqualTo(tensors("whole"));
    }

    @Test
    @DisplayName(
            "A convolutional network that was killed and resumed, too, with dropout and pictures changed by workers")
    void convolutionalKilled() throws Exception {
        String[] train = {
            "train", "digits", "--limit", "800", "--model", "keras-cnn", "--epochs", "8", "--augment", "-q"
        };
        assertThat(run(and(train, "--out", "whole", "--threads", "1")))
                .as(err())
                .isZero();
        Process process = start(and(train, "--out", "parts", "--threads", "2"));
        awaitTraining("parts", 0);
        process.destroyForcibly().waitFor();
        assertThat(folder.resolve("parts").resolve("model.safetensors")).doesNotExist();
        assertThat(run("train", "--resume", "parts", "-q")).as(err()).isZero();
        assertThat(tensors("parts")).isEqualTo(tensors("whole"));
    }

    private static String[] and(String[] words, String... more) {
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }

    @Test
    @DisplayName("PyTorch's MNIST example reads 94 % after one pass over a sixth of it: the short form of its figure")
    void mnistShortly() throws Exception {
        Path mnist = Path.of(System.getProperty("cajal.shared", ""), "data", "mnist");
        assumeTrue(Files.isDirectory(mnist), "needs MNIST, -Dcajal.shared=FOLDER");
        Process process = start(
                "train",
                "mnist",
                "--data-dir",
                mnist.toString(),
                "--model",
                "cnn",
                "--limit",
                "10000",
                "--epochs",
                "1",
                "--out",
                "mnist",
                "--json");
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(err()).isZero();
        Object accuracy = Json.parseObject(line.strip(), "the line").get("test_accuracy");
        assertThat(((Number) java.util.Objects.requireNonNull(accuracy)).doubleValue())
                .isGreaterThanOrEqualTo(0.94);
    }

    @Test
    @DisplayName("A disk without room is noticed before training starts")
    void fullDisk() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash's ulimit to make room scarce");
        List<String> words = new ArrayList<>(List.of("/bin/bash", "-c", "ulimit -f 64; exec \"$@\"", "bash"));
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                "cajal.cli.Main",
                "train",
                "digits",
                "--limit",
                "100",
                "--out",
                "full"));
        Process process = new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(text).isEqualTo(2);
        assertThat(text)
                .contains("--out full: nothing can be kept there: File too large", "nothing was trained yet")
                .doesNotContain("epoch 1");
    }
}
