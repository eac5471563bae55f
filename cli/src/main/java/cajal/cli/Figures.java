package cajal.cli;

import cajal.data.Digits;
import cajal.format.Json;
import cajal.format.TensorFile;
import cajal.tensor.Tensor;
import cajal.train.Provenance;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/// The proofs that `cajal figures` knows. A further one is a line in the table and a method.
final class Figures {
    private static final String JSON = "--json";

    private Figures() {}

    static Map<String, Figure> all() {
        Map<String, Figure> all = new LinkedHashMap<>();
        all.put(
                "train",
                new Figure(
                        "`./cajal train` ends in under 90 s with at least 99 % of its test digits right",
                        Figures::train));
        all.put(
                "mnist",
                new Figure("real MNIST: 784-128-10, ReLU, Adam, 5 epochs give at least 97.5 %", Figures::mnist));
        all.put(
                "nielsen",
                new Figure(
                        "Nielsen's net (784-30-10, sigmoid, quadratic cost, SGD, batch 10, rate 3.0, 30 epochs) gets at least 95.0 % of MNIST",
                        Figures::nielsen));
        all.put(
                "mnist-cnn",
                new Figure(
                        "PyTorch's MNIST example (`--model cnn`: Adadelta, rate 1.0 times 0.7 every epoch, batch 64, 14 epochs; 1,199,882 parameters were published) gets at least 99.1 % of MNIST",
                        ConvolutionalFigures::torch));
        all.put(
                "mnist-keras",
                new Figure(
                        "Keras' simple MNIST convnet (`--model keras-cnn`: Adam, batch 128, 15 epochs; 34,826 parameters were published) gets at least 99.1 % of MNIST",
                        ConvolutionalFigures::keras));
        all.put(
                "resnet20",
                new Figure(
                        "ResNet-20 (272,474 parameters with shortcuts of kind B; about 270,000 were published with kind A) learns 800 pictures of CIFAR-10 to at least 95 % training accuracy, and pictures changed at random on worker threads cost at most 5 % of its speed",
                        ConvolutionalFigures::resnet));
        all.put(
                "transfer",
                new Figure(
                        "a net trained only on the embedded digits reads at least 90 % of the real MNIST test set",
                        Figures::transfer));
        all.put(
                "resume",
                new Figure(
                        "killed at ten random moments and resumed, a run ends with the same tensors, as it does with 1 and 2 threads",
                        Figures::resume));
        all.put(
                "predict",
                new Figure("`./cajal predict` reads one PNG in at most 1.0 s, start included", Figures::predict));
        all.put(
                "gradients",
                new Figure(
                        "every differentiable operation's gradient, and second order where it is smooth, agrees with central differences in float64 to 1e-6",
                        Figures::gradients));
        all.put(
                "optimizers",
                new Figure(
                        "the optimisers follow the reference trajectories (13 parameters, 1,001 steps) within 1e-9 in float64 and 5e-5 in float32",
                        Figures::optimizers));
        all.put(
                "cross-validation",
                new Figure(
                        "in ten-fold cross-validation small networks get at least 95 % of iris, 97 % of wine and 97 % of breast-cancer, near what classical methods are published with",
                        CrossValidated::measure));
        all.put(
                "gpt",
                new Figure(
                        "a character GPT with nanoGPT's settings for a processor (4 layers, 4 heads, width 128, block 64, batch 12, 2,000 steps) comes to at most 1.90 nats a character on the validation part of tinyshakespeare (published: 1.88)",
                        Figures::gpt));
        all.put(
                "matmul",
                new Figure(
                        "a 512 x 512 x 512 matrix product on one thread reaches 80 GFLOP/s with the Vector API and 30 without it",
                        Figures::matmul));
        return all;
    }

    static double number(Map<String, Object> line, String name) {
        return line.get(name) instanceof Number n ? n.doubleValue() : Double.NaN;
    }

    static Map<String, Object> json(Figure.Ran ran) {
        return ran.code() == 0 ? Json.parseObject(ran.json(), "the last line") : Map.of();
    }

    private static Figure.Outcome train(Figure.Bench b) throws IOException, InterruptedException {
        Figure.Ran ran = b.cajal("train", JSON);
        double accuracy = number(json(ran), "test_accuracy");
        return outcome(
                accuracy >= 0.99 && ran.seconds() < 90,
                "%.2f %% in %.1f s (without the build).",
                100 * accuracy,
                ran.seconds());
    }

    private static Figure.Outcome mnist(Figure.Bench b) throws IOException, InterruptedException {
        return accuracy(
                b, 0.975, "--model", "784-128-10", "--activation", "relu", "--optimizer", "adam", "--epochs", "5");
    }

    private static Figure.Outcome nielsen(Figure.Bench b) throws IOException, InterruptedException {
        return accuracy(
                b,
                0.95,
                "--model",
                "784-30-10",
                "--activation",
                "sigmoid",
                "--loss",
                "quadratic",
                "--optimizer",
                "sgd",
                "--lr",
                "3",
                "--batch",
                "10",
                "--epochs",
                "30",
                "--init",
                "lecun-normal");
    }

    static Figure.Outcome accuracy(Figure.Bench b, double least, String... options)
            throws IOException, InterruptedException {
        if (!b.hasMnist()) {
            return new Figure.Outcome(false, "Not measured: there is no MNIST in " + b.mnist() + ".");
        }
        String[] words = new String[options.length + 5];
        System.arraycopy(new String[] {"train", "mnist", "--data-dir", b.mnist().toString(), JSON}, 0, words, 0, 5);
        System.arraycopy(options, 0, words, 5, options.length);
        Map<String, Object> line = json(b.cajal(words));
        double accuracy = number(line, "test_accuracy");
        return outcome(
                accuracy >= least, "%.2f %% in %.1f s; %,d parameters.", 100 * accuracy, number(line, "seconds"), (long)
                        number(line, "parameters"));
    }

    private static Figure.Outcome transfer(Figure.Bench b) throws IOException, InterruptedException {
        if (!b.hasMnist()) {
            return new Figure.Outcome(false, "Not measured: there is no MNIST in " + b.mnist() + ".");
        }
        Map<String, Object> own = json(b.cajal("train", JSON, "--out", "own"));
        Map<String, Object> real =
                json(b.cajal("eval", "own", "mnist", "--data-dir", b.mnist().toString(), JSON));
        double accuracy = number(real, "test_accuracy");
        return outcome(
                accuracy >= 0.9,
                "%.2f %% of the real digits, %.2f %% of its own.",
                100 * accuracy,
                100 * number(own, "test_accuracy"));
    }

    private static final String[] SHORT = {"train", "digits", "--limit", "4000", "--epochs", "6", "--quiet"};

    private static Figure.Outcome resume(Figure.Bench b) throws IOException, InterruptedException {
        double whole = b.cajal(with("--out", "whole", "--threads", "2")).seconds();
        b.cajal(with("--out", "single", "--threads", "1"));
        boolean threads = same(b, "whole", "single");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int kills = 0;
        boolean same = true;
        for (int i = 0; i < 10; i++) {
            String name = "killed-" + i;
            boolean killed = b.killed(0.2 * whole + 0.7 * whole * random.nextDouble(), with("--out", name));
            kills += killed ? 1 : 0;
            boolean begun = Files.exists(b.scratch().resolve(name).resolve("checkpoint.safetensors"));
            b.cajal(begun ? new String[] {"train", "--resume", name, "--quiet"} : with("--out", name));
            same &= same(b, "whole", name);
        }
        return outcome(
                same && threads && kills >= 8,
                "%d of 10 runs were killed before their end (seed %d); the tensors of all models are %s; with 1 and 2 threads they are %s.",
                kills,
                seed,
                same ? "identical" : "NOT identical",
                threads ? "identical" : "NOT identical");
    }

    private static String[] with(String... more) {
        String[] words = Arrays.copyOf(SHORT, SHORT.length + more.length);
        System.arraycopy(more, 0, words, SHORT.length, more.length);
        return words;
    }

    private static boolean same(Figure.Bench b, String one, String other) {
        try (TensorFile x = TensorFile.open(b.scratch().resolve(one).resolve("model.safetensors"));
                TensorFile y = TensorFile.open(b.scratch().resolve(other).resolve("model.safetensors"))) {
            return x.entries().keySet().equals(y.entries().keySet())
                    && x.entries().keySet().stream().allMatch(name -> sameBits(x.tensor(name), y.tensor(name)));
        }
    }

    private static boolean sameBits(Tensor x, Tensor y) {
        return x.shape().equals(y.shape()) && Arrays.equals(x.toFloats(), y.toFloats());
    }

    private static Figure.Outcome predict(Figure.Bench b) throws IOException, InterruptedException {
        b.cajal("train", "digits", "--limit", "2000", "--epochs", "2", "--quiet");
        Path png = b.scratch().resolve("digit.png");
        Picture.write(
                png, Digits.handwriting(10, 10, 1).test().batch(7).inputs().at(0));
        double worst = 0;
        for (int i = 0; i < 5; i++) {
            Figure.Ran ran = b.cajal("predict", png.toString(), JSON);
            worst = Math.max(worst, ran.code() == 0 ? ran.seconds() : Double.POSITIVE_INFINITY);
        }
        return outcome(worst <= 1, "the slowest of five took %.2f s.", worst);
    }

    private static Figure.Outcome gradients(Figure.Bench b) throws IOException, InterruptedException {
        Figure.Ran ran = b.cajal("test", "-pl", "testkit", "-Dtest=cajal.testkit.*Test");
        Path table = b.root().resolve("testkit").resolve("target").resolve("gradient-errors.tsv");
        double first = 0;
        double second = 0;
        int operations = 0;
        for (String line : Files.readAllLines(table)) {
            String[] cells = line.split("\t");
            if (cells.length >= 3 && cells[1].matches("[0-9.].*")) {
                operations++;
                first = Math.max(first, Double.parseDouble(cells[1]));
                second = cells[2].matches("[0-9.].*") ? Math.max(second, Double.parseDouble(cells[2])) : second;
            }
        }
        return outcome(
                ran.code() == 0 && operations > 0 && first <= 1e-6 && second <= 1e-6,
                "%d operations: worst relative error %.1e in first order, %.1e in second.",
                operations,
                first,
                second);
    }

    private static Figure.Outcome optimizers(Figure.Bench b) throws IOException, InterruptedException {
        Figure.Ran ran = b.cajal("test", "-pl", "train", "-Dtest=OptimizerBaselineTest");
        boolean skipped = ran.out().contains("Skipped: 1") || !b.hasMnist();
        return new Figure.Outcome(
                ran.code() == 0 && !skipped,
                ran.code() != 0
                        ? "The test OptimizerBaselineTest fails."
                        : skipped
                                ? "Not measured: the trajectories are not there."
                                : "The test OptimizerBaselineTest, which holds these limits, passes.");
    }

    private static Figure.Outcome gpt(Figure.Bench b) throws IOException, InterruptedException {
        Path text = b.mnist().resolveSibling("tinyshakespeare").resolve("input.txt");
        if (!Files.isRegularFile(text)) {
            return new Figure.Outcome(false, "Not measured: there is no " + text + ".");
        }
        Map<String, Object> line = json(b.cajal("train", text.toString(), "--out", "gpt", JSON));
        Map<String, Object> written =
                json(b.cajal("generate", "gpt", "--prompt", "\n", "--length", "400", "--temperature", "0.8", JSON));
        double loss = number(line, "validation_loss");
        return outcome(
                loss <= 1.9,
                "%.4f nats a character over the whole validation part (the last 111,540 characters, in windows one"
                        + " after another; nanoGPT estimates it from 20 batches), perplexity %.2f, %.3f bits; %.0f steps"
                        + " in %.0f s, validation included. At temperature 0.8 it writes:%n%n```%n%s%n```",
                loss,
                number(line, "perplexity"),
                number(line, "bits_per_character"),
                number(line, "steps"),
                number(line, "seconds"),
                String.valueOf(written.get("text")).strip());
    }

    private static Figure.Outcome matmul(Figure.Bench b) throws IOException, InterruptedException {
        String program = b.root().resolve("bench").resolve("MatMulPeak.java").toString();
        String vectors = "-J=--add-modules=jdk.incubator.vector";
        Map<String, Object> simd = json(b.cajal("run", vectors, program));
        Map<String, Object> scalar = json(b.cajal("run", vectors, "-J=-Dcajal.kernels=scalar", program));
        return outcome(
                number(simd, "matmul_gflops") >= 80 && number(scalar, "matmul_gflops") >= 30,
                "Vector API: %.1f GFLOP/s beside a register-only peak of %.1f in the same process (%.0f %%); scalar kernels: %.1f beside %.1f (%.0f %%).",
                number(simd, "matmul_gflops"),
                number(simd, "peak_gflops"),
                100 * number(simd, "share"),
                number(scalar, "matmul_gflops"),
                number(scalar, "peak_gflops"),
                100 * number(scalar, "share"));
    }

    static Figure.Outcome outcome(boolean holds, String format, Object... values) {
        String text = String.format(Locale.ROOT, format, values);
        return new Figure.Outcome(holds, Character.toUpperCase(text.charAt(0)) + text.substring(1));
    }

    /// The commit that the repository is at, with a `+` if files but the list of figures were changed since.
    static String commit(Path root) {
        String commit = git(root, "rev-parse", "--short", "HEAD");
        String changed =
                git(root, "status", "--porcelain", "--untracked-files=no", "--", ".", ":(exclude)docs/figures.md");
        return commit.isEmpty() ? "unknown" : commit + (changed.isEmpty() ? "" : "+");
    }

    private static String git(Path root, String... words) {
        String[] command = new String[words.length + 1];
        command[0] = "git";
        System.arraycopy(words, 0, command, 1, words.length);
        try {
            Process p = new ProcessBuilder(command)
                    .directory(root.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return p.waitFor() == 0 ? out : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /// Processor, number of processors, JDK.
    static String machine() {
        return Provenance.processor() + ", " + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors, JDK " + Runtime.version();
    }
}
