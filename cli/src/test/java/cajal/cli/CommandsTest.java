package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.data.Digits;
import cajal.format.Json;
import cajal.format.Npy;
import cajal.tensor.Tensor;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/// The commands that look at what was trained, and the help.
class CommandsTest extends CommandLineFixture {
    @Test
    void helpShowsEveryCommandWithExamples() {
        Ran ran = cajal("--help");
        assertThat(ran.code()).isZero();
        assertThat(ran.out())
                .contains("train", "eval", "predict", "info", "datasets", "run", "test", "completion", "Begin here:");
        assertThat(ran.out()).doesNotContain("\u001b[");
        for (String command : List.of("train", "eval", "predict", "info", "run", "figures", "test", "completion")) {
            Ran help = cajal(command, "--help");
            assertThat(help.code()).isZero();
            assertThat(help.out()).as(command).containsPattern("Examples?:").contains("Usage: ");
        }
    }

    @Test
    void withoutACommandTheHelpIsShown() {
        Ran ran = cajal();
        assertThat(ran.code()).isZero();
        assertThat(ran.out()).contains("Usage: cajal COMMAND");
    }

    @Test
    void versionSaysTheJdk() {
        Ran ran = cajal("--version");
        assertThat(ran.out()).startsWith("cajal ").contains("JDK " + Runtime.version());
    }

    @Test
    @DisplayName("eval measures what train measured: the same accuracy on the same test samples")
    void evalAgreesWithTrain() {
        Ran trained = cajal("train", "moons", "--epochs", "3", "--json", "-q", "--out", "mine");
        Ran measured = cajal("eval", "mine", "--json", "-q");
        assertThat(measured.code()).as(measured.err()).isZero();
        Map<String, Object> before = Json.parseObject(trained.last(), "train");
        Map<String, Object> after = Json.parseObject(measured.last(), "eval");
        assertThat(after.get("test_accuracy")).isEqualTo(before.get("test_accuracy"));
        assertThat((Double) after.get("test_loss"))
                .isCloseTo((Double) before.get("test_loss"), org.assertj.core.data.Offset.offset(1e-4));
        assertThat(after).containsEntry("samples", 400L).containsKey("confusion");
    }

    @Test
    void evalDrawsTheWorstMistakes() {
        pictureModel("m.safetensors"); // not trained: nearly all is wrong
        idx("digits", Digits.handwriting(20, 20, 1).train(), 28);
        Ran ran = cajal("eval", "m.safetensors", "mnist", "--data-dir", "digits", "--mistakes", "2");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.out())
                .contains("right \\ found", "precision", "recall", "The worst mistakes, of ", "Accuracy")
                .containsPattern("#\\d+: \\d, said \\d");
        assertThat(ran.out()).contains("█");
    }

    @Test
    void predictReadsAPictureOnAnyBackground() throws IOException {
        pictureModel("m.safetensors");
        BufferedImage image = new BufferedImage(200, 150, BufferedImage.TYPE_INT_RGB);
        var g = image.createGraphics();
        g.setColor(new Color(250, 240, 200));
        g.fillRect(0, 0, 200, 150);
        g.setColor(new Color(30, 30, 120));
        g.fillRect(90, 20, 14, 110);
        g.dispose();
        ImageIO.write(image, "png", folder.resolve("one.png").toFile());
        Ran ran = cajal("predict", "m.safetensors", "one.png", "--json");
        assertThat(ran.code()).as(ran.err()).isZero();
        Map<String, Object> line = Json.parseObject(ran.last(), "predict");
        assertThat(line.keySet()).containsExactly("file", "label", "probabilities");
        Map<?, ?> probabilities = (Map<?, ?>) line.get("probabilities");
        assertThat(probabilities.values().stream()
                        .mapToDouble(p -> ((Number) p).doubleValue())
                        .sum())
                .isBetween(0.9999, 1.0001);
        assertThat(probabilities).hasSize(10);
        assertThat(cajal("predict", "m.safetensors", "one.png").out())
                .startsWith("one.png: ")
                .contains("%");
    }

    @Test
    void predictReadsOneInputOrOneARow() {
        pictureModel("m.safetensors");
        Tensor three = Digits.handwriting(10, 10, 1).test().batch(0, 1, 2).inputs();
        Npy.write(folder.resolve("three.npy"), three);
        Npy.write(folder.resolve("one.npy"), three.at(0).at(0));
        assertThat(cajal("predict", "m.safetensors", "three.npy", "--json", "-q")
                        .out()
                        .lines())
                .hasSize(3);
        Ran one = cajal("predict", "m.safetensors", "one.npy", "--json", "-q");
        assertThat(one.out().lines()).as(one.err()).hasSize(1);
    }

    @Test
    void predictWithoutAModelUsesTheNewest() {
        cajal("train", "iris", "--epochs", "20", "-q");
        file("new.csv", "sepal length,sepal width,petal length,petal width", "5.1,3.5,1.4,0.2", "6.3,3.3,6.0,2.5");
        Ran ran = cajal("predict", "new.csv");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("model: runs/iris-1/model.safetensors");
        assertThat(ran.out().lines()).hasSize(2);
        assertThat(ran.out()).contains("new.csv #1: ", "new.csv #2: ");
    }

    @Test
    void infoShowsLayersAndTensors() {
        cajal("train", "iris", "--epochs", "1", "-q", "--out", "mine");
        Ran ran = cajal("info", "mine");
        assertThat(ran.out())
                .contains("Linear(4 -> 16)", "0.weight", "(16, 4)", "run.data  iris", "result.test_accuracy");
        Map<String, Object> json =
                Json.parseObject(cajal("info", "mine", "--json").last(), "info");
        assertThat((List<?>) json.get("tensors")).hasSize(4);
    }

    @Test
    void datasetsListsThem() {
        assertThat(cajal("datasets").out()).contains("digits", "fashion-mnist", "iris", "spiral");
        assertThat(Json.parseObject(cajal("datasets", "--json").last(), "datasets"))
                .containsKey("mnist");
    }

    @Test
    void completionKnowsCommandsAndOptions() {
        assertThat(cajal("completion", "bash").out()).contains("train", "--early-stop", "complete -F");
        assertThat(cajal("completion", "fish").code()).isEqualTo(2);
    }

    @Test
    void runRefusesWhatIsNoProgram() {
        file("x.txt", "hello");
        assertThat(cajal("run", "x.txt").err()).contains("'x.txt' is no Java source file");
        assertThat(cajal("run", "X.java").err()).contains("there is no file 'X.java'");
    }

    @Test
    void figuresAreListed() {
        assertThat(cajal("figures").out()).contains("train", "nielsen", "resume", "predict");
        assertThat(cajal("figures", "nilsen").err()).contains("did you mean 'nielsen'?");
    }
}
