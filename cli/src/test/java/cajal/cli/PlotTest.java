package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import cajal.train.SavedModel;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;

/// Plots hold what they are drawn from, as SVG and as PNG, and need no screen.
class PlotTest extends CommandLineFixture {
    private static List<String> all(String pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher m = Pattern.compile(pattern).matcher(text);
        while (m.find()) {
            found.add(m.group(1));
        }
        return found;
    }

    private String plotted(String... words) throws Exception {
        Ran ran = cajal(words);
        assertThat(ran.code()).as(ran.err()).isZero();
        Path file = folder.resolve(ran.last());
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile()); // well-formed
        return Files.readString(file);
    }

    private void log(String run, String... lines) {
        file(run + "/log.csv", "kind,epoch,step,loss,accuracy,validation_loss,rate\n" + String.join("\n", lines));
    }

    /// The heights of the corners of a curve.
    private static List<Double> heights(String svg, String colour, boolean dashed) {
        String line = all("(<path [^>]*stroke=\"" + colour + "\" stroke-width=\"2\"[^>]*>)", svg).stream()
                .filter(l -> l.contains("dasharray") == dashed)
                .findFirst()
                .orElseThrow();
        return all("[ML][0-9.]+ ([0-9.]+)", line).stream().map(Double::valueOf).toList();
    }

    @Test
    void aCurveStandsWhereItsNumbersAre() throws Exception {
        log("a", "epoch,1,10,4,0.5,3,0.1", "step,1,15,9,,,0.1", "epoch,2,20,2,0.6,2,0.1", "epoch,3,30,1,0.9,,0.1");
        log("b", "epoch,1,10,3,0.5,3.5,0.1", "epoch,2,20,NaN,0.6,2,0.1", "epoch,3,30,1.5,0.9,2,0.1");
        String svg = plotted("plot", "loss", "a", "b");
        List<Double> y = heights(svg, Sheet.COLOURS.get(0), false);
        assertThat(y).hasSize(3);
        assertThat((y.get(1) - y.get(0)) / (y.get(2) - y.get(0)))
                .as("(4-2)/(4-1)")
                .isCloseTo(2 / 3.0, within(1e-3));
        assertThat(heights(svg, Sheet.COLOURS.get(0), true)).as("validation").hasSize(2);
        assertThat(heights(svg, Sheet.COLOURS.get(1), false))
                .as("without what is no number")
                .hasSize(2);
        assertThat(svg).contains(">a: training<", ">b: training<", ">epoch<", ">loss<");
        String logged = plotted("plot", "loss", "a", "--log", "--out", "log.svg");
        List<Double> l = heights(logged, Sheet.COLOURS.get(0), false);
        assertThat((l.get(1) - l.get(0)) / (l.get(2) - l.get(0)))
                .as("ln 2 / ln 4")
                .isCloseTo(0.5, within(1e-3));
        assertThat(plotted("plot", "loss", "a", "--metric", "accuracy")).contains(">accuracy<");
    }

    @Test
    void aPngHoldsTheSamePicture() throws IOException {
        log("a", "epoch,1,10,4,0.5,3,0.1", "epoch,2,20,2,0.6,2,0.1");
        Ran ran = cajal("plot", "loss", "a", "--out", "a.png", "--json");
        assertThat(ran.out().strip()).isEqualTo("{\"file\":\"a.png\",\"plot\":\"loss\"}");
        BufferedImage image = ImageIO.read(folder.resolve("a.png").toFile());
        assertThat(image.getWidth()).isEqualTo(2 * 860);
        int blue = 0x1f6fb2;
        int found = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                found += (image.getRGB(x, y) & 0xffffff) == blue ? 1 : 0;
            }
        }
        assertThat(found).isGreaterThan(1000);
    }

    @Test
    void aConfusionMatrixCountsAllTestSamples() throws Exception {
        assertThat(cajal("train", "iris", "--epochs", "3", "--out", "runs/i").code())
                .isZero();
        String evaluated = cajal("eval", "runs/i", "--json").last();
        String svg = plotted("plot", "confusion", "runs/i");
        long counted = all("text-anchor=\"middle\">(\\d+)</text>", svg).stream()
                .mapToLong(Long::valueOf)
                .sum();
        assertThat(evaluated).contains("\"samples\":" + counted);
        assertThat(svg).contains(">setosa<", "Accuracy ", " % of " + counted + " samples");
        List<String> cells = all("\\[\\[?(\\d+)", evaluated.substring(evaluated.indexOf("confusion")));
        assertThat(svg).contains(">" + cells.getFirst() + "</text>");
    }

    @Test
    void aSurfaceIsWhatTheNetworkAnswers() throws Exception {
        Sequential net = Sequential.of(new Linear(2, 1));
        net.init(1);
        net.load(Map.of("0.weight", Tensor.of(new float[][] {{1, 0}}), "0.bias", Tensor.of(0f)));
        Map<String, Object> run = Map.of();
        new SavedModel(net, Shape.of(2), List.of(), Map.of(), run).write(folder.resolve("m.safetensors"));
        TrainedModel model =
                new TrainedModel(folder.resolve("m.safetensors"), SavedModel.read(folder.resolve("m.safetensors")));
        Tensor x = Tensor.of(new float[][] {{-1, -1}, {1, 1}});
        String svg = Plots.surface(model, x, new double[] {-1, 1}).svg();
        byte[] png = Base64.getDecoder().decode(all("base64,([^\"]+)", svg).getFirst());
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
        int left = image.getRGB(0, 100) & 0xffffff;
        int middle = image.getRGB(image.getWidth() / 2, 7) & 0xffffff;
        int right = image.getRGB(image.getWidth() - 1, 200) & 0xffffff;
        assertThat(middle).as("0 is paper").isEqualTo(0xffffff);
        assertThat(left & 0xff).as("low is blue").isGreaterThan(left >> 16);
        assertThat(right >> 16).as("high is orange").isGreaterThan(right & 0xff);
        assertThat(image.getRGB(30, 3)).as("the second input changes nothing").isEqualTo(image.getRGB(30, 230));
        assertThat(all("(<circle)", svg)).hasSize(2);
    }

    @Test
    void aSpiralIsDrawnWithItsSamples() throws Exception {
        assertThat(cajal("train", "spiral", "--epochs", "1", "--out", "runs/s").code())
                .isZero();
        String svg = plotted("plot", "surface", "runs/s", "--out", "s.svg");
        assertThat(all("(<circle)", svg)).hasSizeGreaterThan(100);
    }

    @Test
    void activationsAreDrawnWithTheirSlopes() throws Exception {
        String svg = plotted("plot", "activations", "relu", "tanh");
        assertThat(svg).contains(">relu<", ">tanh<").doesNotContain(">gelu<");
        List<Double> tanh = heights(svg.substring(svg.indexOf(">tanh<")), Sheet.COLOURS.get(0), false);
        assertThat(tanh).hasSize(241);
        assertThat(tanh.get(0) + tanh.get(240)).as("odd").isCloseTo(2 * tanh.get(120), within(0.05));
        assertThat(plotted("plot", "activations")).contains(">gelu<", ">mish<");
    }

    @Test
    void ticksAreRoundNumbers() {
        assertThat(Axes.ticks(0, 1).stream().map(Double::floatValue)).containsExactly(0f, 0.2f, 0.4f, 0.6f, 0.8f, 1f);
        assertThat(Axes.ticks(-5, 5)).containsExactly(-4.0, -2.0, 0.0, 2.0, 4.0);
        assertThat(Axes.ticks(1, 60)).containsExactly(10.0, 20.0, 30.0, 40.0, 50.0, 60.0);
    }

    private void mistake(String message, String... words) {
        Ran ran = cajal(words);
        assertThat(ran.err().strip()).isEqualTo(message.strip());
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    void mistakesAreSaidWithTheirFix() {
        log("a", "epoch,1,10,4,0.5,3,0.1");
        file("x.csv", "a,b", "1,2");
        pictureModel("m.safetensors");
        mistake("""
                cajal plot: there is no plot 'los'
                  rule: it is one of loss, confusion, surface, activations
                  fix:  did you mean 'loss'?""", "plot", "los");
        mistake("""
                cajal plot: --out a.jpg
                  rule: the name ends with .svg or .png
                  fix:  --out a.jpg.svg""", "plot", "loss", "a", "--out", "a.jpg");
        mistake("""
                cajal plot: there is no --metric 'acuracy'
                  rule: it is one of loss, accuracy, rate
                  fix:  did you mean 'accuracy'?""", "plot", "loss", "a", "--metric", "acuracy");
        mistake("""
                cajal plot: there is no run 'nowhere'
                  rule: a RUN is the folder that `cajal train` wrote, or its log.csv
                  fix:  ./cajal train makes one""", "plot", "loss", "nowhere");
        mistake("""
                cajal plot: 'x.csv' is no log of a run
                  rule: it has the columns kind, epoch, step, loss, …""", "plot", "loss", "x.csv");
        mistake("""
                cajal plot: the model m.safetensors reads inputs of shape (1, 28, 28)
                  rule: a surface is drawn over the plane of two inputs
                  fix:  ./cajal train spiral makes such a model""", "plot", "surface", "m.safetensors");
        mistake("""
                cajal plot: there is no activation of one number 'rellu'
                  rule: it is one of %s
                  fix:  did you mean 'relu'?""".formatted(String.join(", ", Plots.activations())), "plot", "activations", "rellu");
        mistake("""
                cajal plot: there is no model in runs/
                  rule: without a MODEL, the newest one in runs/ is used
                  fix:  ./cajal train makes one""", "plot", "confusion");
        Ran nothing = cajal("plot", "activations", "relu", "--out", "none/there/a.svg");
        assertThat(nothing.code()).isEqualTo(2);
        assertThat(nothing.err()).contains("none/there");
    }
}
