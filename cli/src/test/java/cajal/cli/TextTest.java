package cajal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.format.Json;
import cajal.format.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Texts: a network learns to continue them, and writes.
class TextTest extends CommandLineFixture {
    private static final String SMALL = "gpt-char:layers=1,heads=2,width=16,block=12";
    private static final String[] WORDS = {"the cat", "a dog", "sees", "hears", "one bird", "the moon", "and", "sings"};

    /// Ten thousand characters of eight words in a random order: nothing can be known of the order, but
    /// everything of the words.
    @BeforeEach
    void write() {
        StringBuilder text = new StringBuilder();
        Random random = new Random(1);
        while (text.length() < 10_000) {
            text.append(WORDS[random.nextInt(WORDS.length)]).append(random.nextInt(8) == 0 ? ".\n" : " ");
        }
        bytes("words.txt", text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private Ran small(String... more) {
        List<String> words = new ArrayList<>(
                List.of("train", "words.txt", "--model", SMALL, "--steps", "40", "--epochs", "4", "--lr", "0.01"));
        words.addAll(List.of(more));
        return cajal(words.toArray(String[]::new));
    }

    @Test
    @DisplayName("A small GPT learns the words of a text, says how well in three units, and writes them")
    void learnsAndWrites() {
        Ran ran = cajal(
                "train", "words.txt", "--model", SMALL, "--steps", "300", "--lr", "0.01", "--json", "--out", "mine");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err())
                .contains("9,")
                .contains("a sample is a window of 12 characters; losses are in nats a character")
                .contains("epoch 2/2  loss ")
                .contains("  |  validation loss ");
        Map<String, Object> line = Json.parseObject(ran.last(), "the line");
        assertThat(line.keySet())
                .containsExactly(
                        "validation_loss",
                        "perplexity",
                        "bits_per_character",
                        "epochs",
                        "steps",
                        "seconds",
                        "samples_per_second",
                        "parameters",
                        "model");
        double loss = (Double) line.get("validation_loss");
        assertThat(loss).isBetween(0.2, 1.3); // single characters by frequency alone: 2.6; a word's first letter: 2 / 6
        assertThat((Double) line.get("perplexity")).isCloseTo(Math.exp(loss), within(1e-9));
        assertThat((Double) line.get("bits_per_character")).isCloseTo(loss / Math.log(2), within(1e-9));
        assertThat(line).containsEntry("steps", 300L).containsEntry("epochs", 2L);

        Map<String, Object> again =
                Json.parseObject(cajal("eval", "mine", "--json").last(), "eval");
        assertThat((Double) again.get("validation_loss")).isCloseTo(loss, within(1e-6));

        Ran written = cajal("generate", "mine", "--prompt", "the ", "--length", "300", "--temperature", "0.5");
        assertThat(written.code()).as(written.err()).isZero();
        assertThat(written.out()).startsWith("the ").hasSize(4 + 300 + 1);
        long known = Arrays.stream(WORDS).filter(written.out()::contains).count();
        assertThat(known).as(written.out()).isGreaterThanOrEqualTo(5);
    }

    @Test
    @Tag("slow")
    @DisplayName("On tinyshakespeare a smaller GPT gets well below what pairs of characters tell (2.48) in 500 steps")
    void readsShakespeare() {
        Path text = Path.of(System.getProperty("cajal.shared", "nowhere"), "data/tinyshakespeare/input.txt");
        assumeTrue(Files.isRegularFile(text), "with -Dcajal.shared=DIR it uses DIR/data/tinyshakespeare");
        Ran ran = cajal(
                "train",
                text.toString(),
                "--model",
                "gpt-char:layers=2,heads=4,width=64,block=32",
                "--steps",
                "500",
                "--lr",
                "3e-3",
                "--json",
                "-q");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat((Double) Json.parseObject(ran.last(), "the line").get("validation_loss"))
                .isLessThan(2.35);
    }

    @Test
    @DisplayName(
            "Interrupted after some epochs and resumed a run ends with the same tensors, for any number of threads")
    void resumedIsTheSame() {
        String[] options = {
            "train",
            "words.txt",
            "--model",
            SMALL,
            "--steps",
            "800",
            "--epochs",
            "80",
            "--dropout",
            "0.1",
            "-q",
            "--out"
        };
        assertThat(cajal(with(options, "whole", "--threads", "1")).code()).isZero();
        Shell.Host impatient = new Shell.Host() {
            @Override
            public void onInterrupt(Runnable action) {
                Thread.ofVirtual().start(() -> {
                    while (epochs("parts") < 3) {
                        Thread.onSpinWait();
                    }
                    action.run();
                });
            }
        };
        Ran stopped = cajal(impatient, with(options, "parts", "--threads", "2"));
        assertThat(stopped.code()).isEqualTo(130);
        assertThat(epochs("parts")).isBetween(3L, 79L);
        assertThat(cajal("train", "--resume", "parts", "-q").code()).isZero();
        assertThat(tensors("parts")).isEqualTo(tensors("whole"));
    }

    private long epochs(String run) {
        try {
            return Files.readAllLines(folder.resolve(run).resolve("log.csv")).size() - 1L;
        } catch (IOException e) {
            return 0; // not begun
        }
    }

    private static String[] with(String[] words, String... more) {
        String[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }

    @Test
    void aFinishedRunGoesOnForMoreSteps() {
        small("--out", "mine", "-q");
        Ran more = cajal("train", "--resume", "mine", "--epochs", "6", "--json");
        assertThat(more.code()).as(more.err()).isZero();
        assertThat(Json.parseObject(more.last(), "the line"))
                .containsEntry("epochs", 6L)
                .containsEntry("steps", 60L);
    }

    @Test
    void earlyStoppingKeepsTheBest() {
        Ran ran = cajal(
                "train",
                "words.txt",
                "--model",
                SMALL,
                "--steps",
                "200",
                "--epochs",
                "40",
                "--early-stop",
                "2",
                "--lr",
                "0.2",
                "--clip",
                "100",
                "--out",
                "mine");
        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err()).contains("stopped early: epoch ");
    }

    @Test
    @DisplayName("The saved model needs nothing else to write: the seed decides what, --json tells it in one line")
    void theModelCarriesItsCharacters() {
        small("--out", "mine", "-q");
        folder.resolve("words.txt").toFile().delete();
        String[] asked = {"generate", "mine", "--length", "40", "--json", "-q"};
        Map<String, Object> line = Json.parseObject(cajal(asked).out(), "the line");
        assertThat(line.keySet()).containsExactly("prompt", "text", "characters", "seconds", "model");
        assertThat((String) line.get("text")).hasSize(40);
        assertThat(Json.parseObject(cajal(asked).out(), "again").get("text")).isEqualTo(line.get("text"));
        assertThat(cajal("generate", "mine", "--length", "40", "--seed", "7", "-q")
                        .out())
                .isNotEqualTo(line.get("text") + "\n");
        assertThat(cajal("generate", "mine", "--length", "40", "-q").out()).isEqualTo(line.get("text") + "\n");
        assertThat(cajal("info", "mine").out())
                .contains("input    (12) characters at most; the output says which of ")
                .contains("TransformerEncoder");
    }

    @Test
    void aNewTextIsMeasuredWhole() {
        small("--out", "mine", "-q");
        file("other.txt", "the cat sees the moon and a dog hears one bird.".repeat(3));
        Map<String, Object> line =
                Json.parseObject(cajal("eval", "mine", "other.txt", "--json").last(), "the line");
        assertThat(line).containsEntry("characters", 132L); // eleven windows
        assertThat(cajal("eval", "mine", "other.txt").out())
                .contains("nats a character")
                .contains("bits a character");
        file("strange.txt", "the cat sees ßtrange things, and more than twelve of them");
        assertThat(cajal("eval", "mine", "strange.txt").err()).contains("There is no token for the character 'ß'");
    }

    private void mistake(String message, String... words) {
        Ran ran = cajal(words);
        assertThat(ran.err()).contains(message);
        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
    }

    @Test
    @DisplayName("What means nothing for a text, or a text for nothing, is said")
    void mistakes() {
        mistake("there is no file 'nowhere.txt'", "train", "nowhere.txt");
        bytes("empty.txt", new byte[0]);
        mistake("the text 'empty.txt' is empty", "train", "empty.txt");
        bytes("latin.txt", new byte[] {'a', (byte) 0xe4, 'b', 'c'});
        mistake("'latin.txt' is no text in UTF-8", "train", "latin.txt");
        file("short.txt", "too short for windows of 64 characters, at least at its end");
        mistake("has 53 characters", "train", "short.txt");
        mistake("--model mlp for a text", "train", "words.txt", "--model", "mlp");
        mistake("--activation relu for a text", "train", "words.txt", "--activation", "relu");
        mistake("--loss mse for a text", "train", "words.txt", "--loss", "mse");
        mistake("--val 0", "train", "words.txt", "--val", "0");
        mistake("--steps is 2003", "train", "words.txt", "--steps", "2003");
        mistake("--steps with the data 'iris'", "train", "iris", "--steps", "100");
        mistake("gpt-char continues texts", "train", "iris", "--model", "gpt-char:layers=1");
        mistake("did you mean 'width'?", "train", "words.txt", "--model", "gpt-char:widht=16");
        mistake("a width of 18", "train", "words.txt", "--model", "gpt-char:width=16,heads=3");
        mistake("there is no model of a text in runs/", "generate");
        assertThat(folder.resolve("runs")).as("nothing is begun").doesNotExist();
    }

    @Test
    @DisplayName("Commands that are not for models of texts, and texts that a model cannot read, are refused")
    void mistakesWithAModel() {
        small("--out", "mine", "-q");
        pictureModel("pictures.safetensors");
        mistake("There is no token for the character 'Q' (U+0051, at 1)", "generate", "mine", "--prompt", "tQ");
        mistake("--prompt is empty", "generate", "mine", "--prompt", "");
        mistake("--temperature: A temperature of -1.0", "generate", "mine", "--temperature", "-1");
        mistake("--top-k: The 0 most probable tokens", "generate", "mine", "--top-k", "0");
        mistake("--length 0", "generate", "mine", "--length", "0");
        mistake("continues no texts: its inputs have the shape (1, 28, 28)", "generate", "pictures.safetensors");
        mistake("continues texts; files are not what it reads", "predict", "mine", "words.txt");
        mistake("continues texts; pictures and rows are explained", "explain", "7", "--model", "mine");
        mistake("continues texts, and 'iris' is none", "eval", "mine", "iris");
        mistake("texts are for models that were trained on one", "eval", "pictures.safetensors", "words.txt");
    }

    /// All tensors of a run's model, as the bits of their elements.
    private Map<String, List<Integer>> tensors(String run) {
        try (TensorFile file = TensorFile.open(folder.resolve(run).resolve("model.safetensors"))) {
            Map<String, List<Integer>> bits = new TreeMap<>();
            file.tensors().forEach((name, t) -> {
                List<Integer> values = new ArrayList<>();
                for (float f : t.toFloats()) {
                    values.add(Float.floatToRawIntBits(f));
                }
                bits.put(name, values);
            });
            assertThat(bits).isNotEmpty();
            return bits;
        }
    }
}
