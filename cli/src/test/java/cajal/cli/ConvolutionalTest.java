package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.data.Digits;
import cajal.format.Json;
import cajal.format.TensorFile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The published convolutional networks in all commands, on grey and on coloured pictures.
class ConvolutionalTest extends CommandLineFixture {
    private static final int RECORD = 1 + 3 * 32 * 32;

    /// A host on which somebody presses Ctrl-C as soon as training has begun.
    private static final Shell.Host IMPATIENT = new Shell.Host() {
        @Override
        public void onInterrupt(Runnable action) {
            action.run();
        }
    };

    @BeforeEach
    void pictures() {
        idx("grey", Digits.handwriting(48, 48, 3).train(), 28);
        for (int i = 1; i <= 5; i++) {
            bytes("colour/data_batch_" + i + ".bin", records(20, i));
        }
        bytes("colour/test_batch.bin", records(20, 7));
        bytes("part/some.bin", records(50, 3));
    }

    /// Pictures in CIFAR-10's form: noise that is brighter the higher the class.
    private static byte[] records(int n, int seed) {
        Random random = new Random(seed);
        byte[] all = new byte[n * RECORD];
        for (int i = 0; i < n; i++) {
            int label = i % 10;
            all[i * RECORD] = (byte) label;
            for (int p = 1; p < RECORD; p++) {
                all[i * RECORD + p] = (byte) (20 * label + random.nextInt(50));
            }
        }
        return all;
    }

    private Ran train(String model, String out, String... more) {
        return cajal(words(model, out, more));
    }

    private static String[] words(String model, String out, String... more) {
        List<String> data = model.equals("resnet20")
                ? List.of("cifar10", "--data-dir", "colour")
                : List.of("mnist", "--data-dir", "grey");
        return Stream.of(
                        List.of("train"),
                        data,
                        List.of("--model", model, "--epochs", "2", "--batch", "16", "--out", out),
                        List.of(more))
                .flatMap(List::stream)
                .toArray(String[]::new);
    }

    private List<Object> tensors(String run) {
        try (TensorFile file = TensorFile.open(folder.resolve(run).resolve("model.safetensors"))) {
            return file.tensors().entrySet().stream()
                    .<Object>map(e -> e.getKey() + Arrays.toString(e.getValue().toFloats()))
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"lenet, 61706", "cnn, 1199882", "keras-cnn, 34826", "resnet20, 272474"})
    @DisplayName("Each has as many parameters as was published, trains, and can be measured, asked and looked into")
    void publishedSizes(String model, long parameters) {
        Ran ran = train(model, "run", "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(Json.parseObject(ran.last(), "the line")).containsEntry("parameters", parameters);
        Ran eval = cajal("eval", "run", "--json");
        assertThat(eval.code()).as(eval.err()).isZero();
        assertThat(Json.parseObject(eval.last(), "the line").get("test_accuracy"))
                .isEqualTo(Json.parseObject(ran.last(), "the line").get("test_accuracy"));
        assertThat(cajal("eval", "run").out()).contains("The worst mistakes");
        assertThat(cajal("info", "run").out())
                .contains("Conv2d")
                .contains(String.format("%,d", parameters))
                .contains("run.model  " + model);
        Ran explain = cajal("explain", "test:1", "--model", "run");
        assertThat(explain.code()).as(explain.err()).isZero();
        assertThat(explain.out()).contains("feature maps", "Backward", "after  1 update:");
        assertThat(explain.out().lines().filter(l -> l.length() > 80)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cnn", "resnet20"})
    @DisplayName("Stopped and resumed, or with another number of threads, it ends with the same tensors")
    void sameBits(String model) {
        String augment = model.equals("resnet20") ? "--augment" : "--quiet";
        assertThat(train(model, "whole", augment, "--threads", "1").code()).isZero();
        assertThat(train(model, "two", augment, "--threads", "2").code()).isZero();
        assertThat(cajal(IMPATIENT, words(model, "parts", augment)).code()).isEqualTo(130);
        assertThat(cajal("train", "--resume", "parts").code()).isZero();
        assertThat(tensors("two")).isEqualTo(tensors("whole"));
        assertThat(tensors("parts")).isEqualTo(tensors("whole"));
    }

    @Test
    @DisplayName("--augment changes what is learned, and is kept for a run that goes on")
    void augments() {
        train("resnet20", "plain");
        train("resnet20", "changed", "--augment");
        assertThat(tensors("plain").equals(tensors("changed"))).isFalse();
        assertThat(cajal("info", "changed").out()).contains("run.augment  true");
        assertThat(cajal("train", "iris", "--augment").err())
                .contains("--augment with iris", "pictures (C, H, W) are changed at random");
    }

    @Test
    @DisplayName("Coloured pictures are read from a file of any size, and standardised as the model's own were")
    void predictsColour() throws Exception {
        train("resnet20", "run", "-q");
        var image = new java.awt.image.BufferedImage(50, 40, java.awt.image.BufferedImage.TYPE_INT_RGB);
        javax.imageio.ImageIO.write(image, "png", folder.resolve("black.png").toFile());
        Ran ran = cajal("predict", "run", "black.png", "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(((Map<?, ?>) Json.parseObject(ran.last(), "the line").get("probabilities")))
                .hasSize(10);
    }

    @Test
    @DisplayName("Of a folder with other files in CIFAR-10's form, a fifth is for testing")
    void partOfCifar() {
        Ran ran = cajal("train", "cifar10", "--data-dir", "part", "--model", "linear", "--epochs", "1", "--val", "0");
        assertThat(ran.err())
                .contains("cifar10: 40 training, 0 validation, 10 test samples; (3, 32, 32) -> 10 classes");
    }

    @Test
    void whatDoesNotFitIsExplained() {
        assertThat(cajal("train", "iris", "--model", "cnn").err()).isEqualTo("""
                cajal train: --model cnn does not fit iris
                  rule: it reads pictures (C, H, W), and one input is (4)
                  fix:  --model mlp
                """);
        assertThat(train("cnn", "x", "--dropout", "0.3").err()).isEqualTo("""
                cajal train: --dropout with --model cnn
                  rule: it is the network that was published, with the dropout that it has
                  fix:  leave it out; it goes with mlp and with sizes
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dice", "tversky", "focal", "multi-margin", "smooth-l1"})
    @DisplayName("Whatever a loss wants of its outputs, the answers are probabilities")
    void lossesForClasses(String loss) {
        Ran ran = cajal("train", "iris", "--loss", loss, "--epochs", "20", "--out", "run", "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat((double) Json.parseObject(ran.last(), "the line").get("test_accuracy"))
                .isGreaterThan(0.5);
        Ran explain = cajal("explain", "test:1", "--model", "run", "--json");
        assertThat(explain.code()).as(explain.err()).isZero();
        Map<?, ?> answers =
                (Map<?, ?>) Json.parseObject(explain.last(), "the line").get("probabilities");
        assertThat(answers.values().stream().mapToDouble(p -> ((Number) p).doubleValue()))
                .allMatch(p -> p >= 0 && p <= 1);
        assertThat(answers.values().stream()
                        .mapToDouble(p -> ((Number) p).doubleValue())
                        .sum())
                .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"focal", "nll", "dice", "tversky", "info-nce", "binary-focal", "hinge", "bce", "kl-div"})
    @DisplayName("A loss of classes is refused for values, with those that there are")
    void lossesForValues(String loss) {
        assertThat(cajal("train", "sine", "--loss", loss).err())
                .contains("--loss " + loss + " needs classes, but the target is a column of values")
                .contains("for values there are mse, l1, huber, smooth-l1, log-cosh, quadratic");
    }

    @Test
    @DisplayName("Momentum and weight decay go to every optimiser that has them")
    void constantsOfOptimizers() {
        for (String o : List.of("lion", "adamw", "lamb", "muon", "schedulefree", "adadelta")) {
            Ran ran = cajal(
                    "train", "iris", "--optimizer", o, "--weight-decay", "0.1", "--epochs", "2", "--out", "decay-" + o);
            assertThat(ran.code()).as(ran.err()).isZero();
        }
        Ran ran = cajal("train", "iris", "--optimizer", "muon", "--momentum", "0.8", "--epochs", "2", "--out", "m");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(cajal("train", "iris", "--optimizer", "adam", "--momentum", "0.8")
                        .err())
                .contains("--momentum 0.8 with --optimizer adam", "those that take it: sgd, ");
    }

    @Test
    @DisplayName("An option that is written twice is refused, and the help lists what is registered")
    void optionsOnceAndListed() {
        assertThat(cajal("train", "iris", "--lr", "0.1", "--lr", "0.2").err()).isEqualTo("""
                cajal train: --lr is written 2 times
                  rule: an option is written once
                """);
        assertThat(cajal("train", "--help").out().replaceAll("\\s+", " "))
                .contains("mlp, linear, lenet, cnn, keras-cnn, resnet20;")
                .contains("schedulefree, lbfgs.", "tversky", "plateau.", "he-normal", "gelu");
    }
}
