package cajal.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// The examples run as `./cajal run` runs them, and what they print says that they learned.
class ExamplesTest {
    private static final Path EXAMPLES = Program.ROOT.resolve("examples");
    private static final int MOST_LINES = 60;

    private static String run(String name) {
        return Program.run(EXAMPLES.resolve(name + ".java")).expected();
    }

    /// The groups of all places where the pattern fits.
    private static List<MatchResult> all(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().toList();
    }

    private static double number(String pattern, String text) {
        List<MatchResult> found = all(pattern, text);
        assertThat(found).as(pattern + " in\n" + text).hasSize(1);
        return Double.parseDouble(found.getFirst().group(1));
    }

    @Test
    void everyExampleIsShortAndHasATestHere() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            List<Path> programs =
                    files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
            assertThat(programs)
                    .extracting(f -> f.getFileName().toString())
                    .containsExactly(
                            "Autoencoder.java",
                            "CharacterGpt.java",
                            "CrossValidate.java",
                            "CustomBlock.java",
                            "FirstNetwork.java",
                            "Gan.java",
                            "LeNet.java",
                            "ManualLoop.java",
                            "MnistConvnets.java",
                            "OptimizerRace.java",
                            "ReadDigits.java",
                            "Regression.java",
                            "ResNet20.java",
                            "Search.java",
                            "SecondDerivative.java",
                            "SineLstm.java",
                            "TextClassifier.java",
                            "TransferLearning.java",
                            "VariationalAutoencoder.java");
            for (Path program : programs) {
                assertThat(Files.readAllLines(program)).as(program.toString()).hasSizeLessThan(MOST_LINES);
            }
        }
    }

    @Test
    @Tag("slow")
    void firstNetworkLearnsExclusiveOr() {
        List<MatchResult> rows = all("(\\d) xor (\\d) = (\\d\\.\\d+)", run("FirstNetwork"));
        assertThat(rows).hasSize(4);
        for (MatchResult row : rows) {
            int answer = row.group(1).equals(row.group(2)) ? 0 : 1;
            assertThat(Double.parseDouble(row.group(3))).as(row.group()).isCloseTo(answer, within(0.05));
        }
    }

    @Test
    @Tag("slow")
    void readDigitsReadsDigitsThatItNeverSaw() {
        String printed = run("ReadDigits");
        assertThat(number("accuracy on digits it never saw: (\\d\\.\\d+)", printed))
                .isGreaterThan(0.95);
        assertThat(all("a (\\d): the net says \\1", printed)).as(printed).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    @Tag("slow")
    void customBlockWindsAroundTheSpiralsAndAnswersTheSameAfterLoading() {
        String printed = run("CustomBlock");
        assertThat(number("training accuracy (\\d\\.\\d+)", printed)).isGreaterThan(0.95);
        assertThat(printed).contains("body").contains("the same answers after loading: true");
    }

    @Test
    @Tag("slow")
    void regressionFindsTheLawOfThePendulum() {
        String printed = run("Regression");
        assertThat(number("R² on rows it never saw: (\\d\\.\\d+)", printed)).isGreaterThan(0.99);
        List<MatchResult> rows = all(", (\\d+\\.\\d+)]  predicted (\\d+\\.\\d+)", printed);
        assertThat(rows).hasSize(5);
        for (MatchResult row : rows) {
            double period = Double.parseDouble(row.group(1));
            assertThat(Double.parseDouble(row.group(2))).isCloseTo(period, within(0.1 * period));
        }
    }

    @Test
    @Tag("slow")
    void optimizerRaceLetsSmallBatchesAndBetterRulesWin() {
        List<MatchResult> rows = all("([\\d,]+) updates .*loss (\\d\\.\\d+)", run("OptimizerRace"));
        assertThat(rows).extracting(r -> r.group(1)).containsExactly("30", "12,000", "390", "390", "390");
        List<Double> losses =
                rows.stream().map(r -> Double.parseDouble(r.group(2))).toList();
        assertThat(losses.getFirst()).as("all samples a step").isLessThan(0.6931); // better than a guess
        assertThat(losses.subList(1, 5)).allSatisfy(l -> assertThat(l).isLessThan(losses.getFirst() / 2));
    }

    @Test
    @Tag("slow")
    void manualLoopFindsTheLine() {
        String printed = run("ManualLoop");
        assertThat(number("y = (\\d\\.\\d+) x", printed)).isCloseTo(3, within(0.05));
        assertThat(number("x \\+ (\\d\\.\\d+)", printed)).isCloseTo(2, within(0.05));
    }

    @Test
    @Tag("slow")
    void secondDerivativeTakesNewtonIntoTheValley() {
        String printed = run("SecondDerivative");
        assertThat(number("found \\((\\d\\.\\d+),", printed)).isCloseTo(1, within(1e-8));
        assertThat(number("found \\(.*, (\\d\\.\\d+)\\)", printed)).isCloseTo(1, within(1e-8));
    }

    @Test
    @Tag("slow")
    void leNetReadsDigitsThatItNeverSaw() {
        assertThat(number("accuracy on digits it never saw: (\\d\\.\\d+)", run("LeNet")))
                .isGreaterThan(0.9);
    }

    @Test
    @Tag("slow")
    void publishedConvnetsHaveTheirPublishedParametersAndRead() {
        List<MatchResult> nets = all("net: ([\\d,]+) parameters, .*: (\\d\\.\\d+)", run("MnistConvnets"));
        assertThat(nets).extracting(m -> m.group(1)).containsExactly("1,199,882", "34,826");
        assertThat(nets)
                .allSatisfy(m -> assertThat(Double.parseDouble(m.group(2))).isGreaterThan(0.8));
    }

    @Test
    @Tag("slow")
    void resNet20ReadsWithTwentyLayers() {
        assertThat(number("pictures they never saw: (\\d\\.\\d+)", run("ResNet20")))
                .isGreaterThan(0.8);
    }

    @Test
    @Tag("slow")
    void autoencoderKeepsMostOfADigitInSixteenNumbers() {
        assertThat(number("16 numbers a digit keep (\\d+\\.\\d) %", run("Autoencoder")))
                .isGreaterThan(60);
    }

    @Test
    @Tag("slow")
    void variationalAutoencoderNeedsFarLessThanABlindGuess() {
        double blind = 784 * Math.log(2); // a half for each pixel
        assertThat(number("never saw: (\\d+\\.\\d) nats", run("VariationalAutoencoder")))
                .isBetween(50.0, 0.3 * blind);
    }

    @Test
    @Tag("slow")
    void ganDrawsDigitsThatAreAsNearToTrueOnesAsTheseToEachOtherAndNotAllTheSame() {
        String printed = run("Gan");
        double others = number("other digits (\\d+\\.\\d+)", printed);
        assertThat(number("the first drawings are (\\d+\\.\\d+)", printed)).isGreaterThan(1.5 * others);
        assertThat(number("the last (\\d+\\.\\d+)", printed)).isLessThan(1.25 * others);
        assertThat(number("the last .* spread of (\\d+\\.\\d+)", printed))
                .isGreaterThan(0.5 * number("other digits .* spread of (\\d+\\.\\d+)", printed));
    }

    @Test
    @Tag("slow")
    void transferLearningBeatsLearningFromFewSamplesAlone() {
        String printed = run("TransferLearning");
        assertThat(number("with what was learnt:  (\\d\\.\\d+)", printed))
                .isGreaterThan(number("from 20 digits alone:  (\\d\\.\\d+)", printed) + 0.05);
    }

    @Test
    @Tag("slow")
    void crossValidateTellsHowSureAnAccuracyIs() {
        List<MatchResult> rows = all("accuracy +(\\d\\.\\d+) ± (\\d\\.\\d+)", run("CrossValidate"));
        assertThat(rows).hasSize(2);
        assertThat(rows).allSatisfy(row -> {
            assertThat(Double.parseDouble(row.group(1))).isGreaterThan(0.9);
            assertThat(Double.parseDouble(row.group(2))).isBetween(0.001, 0.15);
        });
    }

    @Test
    @Tag("slow")
    void searchFindsAGoodNetworkAndDropsMost() {
        String printed = run("Search");
        assertThat(number("best: .* with accuracy (\\d\\.\\d+)", printed)).isGreaterThan(0.95);
        assertThat(all("dropped", printed)).hasSize(16);
    }

    @Test
    @Tag("slow")
    void characterGptWritesSentencesOfItsTale() {
        String printed = run("CharacterGpt");
        assertThat(number("(\\d\\.\\d+) nats a character;", printed)).isLessThan(0.3); // the tale's own chance is 0.13
        String one = "(the cat|a dog|the old man|my sister)";
        assertThat(all("\n" + one + " (sees|likes|hears) " + one + "\\.", printed))
                .as(printed)
                .hasSizeGreaterThanOrEqualTo(6);
    }

    @Test
    @Tag("slow")
    void sineLstmGoesOnWithTheWave() {
        String printed = run("SineLstm");
        assertThat(number("of its own: (\\d\\.\\d+)", printed)).isLessThan(0.1);
        assertThat(all("o   -?\\d", printed)).hasSize(20);
    }

    @Test
    @Tag("slow")
    void textClassifierHeedsTheOrderOfWords() {
        String printed = run("TextClassifier");
        assertThat(number("reviews it never saw: (\\d\\.\\d+)", printed)).isGreaterThan(0.95);
        assertThat(printed)
                .contains("but the view was not bad: content")
                .contains("but the waiter was slow: not content");
    }
}
