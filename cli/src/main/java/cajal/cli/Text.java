package cajal.cli;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.CharacterTokenizer;
import cajal.data.Corpus;
import cajal.data.Dataset;
import cajal.data.TextWindows;
import cajal.data.Tokenizer;
import cajal.nn.Loss;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A text to learn from: its beginning is trained on, its end is kept to measure on.
///
/// @param tokenizer cuts it into characters
/// @param tokens its characters
record Text(Tokenizer tokenizer, Corpus tokens) {
    /// What a model's description of its input says of models that read texts.
    static final String KIND = "text";

    private static final String ENDING = ".txt";

    static boolean isMeant(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(ENDING);
    }

    // ---- reading

    /// The text that is asked for, with the characters that occur in it; not yet cut into windows.
    static Material material(Sources.Request r) {
        String text = read(r.shell(), r.name());
        if (text.isEmpty()) {
            throw Mistake.of("the text '" + r.name() + "' is empty", "there is something to learn from", "");
        }
        Tokenizer tokenizer = CharacterTokenizer.fit(text);
        Text whole = new Text(tokenizer, Corpus.of(tokenizer.encode(text)));
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("kind", KIND);
        input.put("tokenizer", tokenizer.toMap());
        String file = Optional.ofNullable(Path.of(r.name()).getFileName())
                .map(Path::toString)
                .orElse(r.name());
        TextWindows uncut = whole.windows(whole.tokens, "the text '" + r.name() + "'", 1);
        return new Material(
                file.substring(0, file.length() - ENDING.length()), uncut, uncut, input, 0, 1, "", Optional.of(whole));
    }

    /// What a text file says.
    static String read(Shell shell, String file) {
        Path path = shell.path(file);
        if (!Files.isRegularFile(path)) {
            throw Mistake.of(
                    "there is no file '" + file + "'", "a text is a file in UTF-8 whose name ends in .txt", "");
        }
        try {
            return Files.readString(path);
        } catch (CharacterCodingException e) {
            throw Mistake.of(
                    "'" + file + "' is no text in UTF-8", "other encodings are turned into it", "iconv -t UTF-8");
        } catch (IOException e) {
            throw Mistake.of("'" + file + "' cannot be read: " + RunFolder.reason(e), "", "");
        }
    }

    /// Refuses options that mean nothing for a text.
    static void check(DataOptions from, NetOptions net, FitOptions fit, double validation) {
        if (validation == 0) {
            throw Mistake.of("--val 0", "a part at the end of a text is kept to measure on", "--val 0.1");
        }
        String model = net.model.orElse(CharacterGpt.NAME);
        if (!CharacterGpt.isMeant(model)) {
            throw Mistake.of(
                    "--model " + model + " for a text",
                    "what continues texts is " + CharacterGpt.NAME,
                    "--model " + CharacterGpt.NAME);
        }
        refuse("--loss", fit.loss.filter(l -> !l.equalsIgnoreCase("cross-entropy")), "it is cross-entropy");
        refuse("--activation", net.activation, CharacterGpt.NAME + " has GELU");
        refuse("--init", net.init, CharacterGpt.NAME + " has its own");
        refuse("--limit", from.limit.map(String::valueOf), "a shorter text is a shorter file");
        refuse("--batch", fit.batch.filter(b -> b.equalsIgnoreCase("all")), "windows are drawn without end");
    }

    private static void refuse(String option, Optional<String> chosen, String rule) {
        chosen.ifPresent(value -> {
            throw Mistake.of(option + " " + value + " for a text", rule, "leave it out");
        });
    }

    // ---- windows

    /// Where the end begins that is kept to measure on.
    private long cut(Settings settings) {
        return (long) (tokens.size() * (1 - settings.validation()));
    }

    /// The part that is trained on: as many windows as an epoch of the settings has, anywhere in it.
    TextWindows train(Settings settings) {
        Corpus part = tokens.part(0, cut(settings));
        int block = CharacterGpt.of(settings.model()).block();
        windows(part, "the training part of the text", block);
        return TextWindows.random(part, block, settings.epochSteps() * settings.batch());
    }

    /// The part that is kept: windows one after another.
    TextWindows validation(Settings settings) {
        return windows(
                tokens.part(cut(settings), tokens.size()),
                "the validation part of the text",
                CharacterGpt.of(settings.model()).block());
    }

    private TextWindows windows(Corpus part, String what, int block) {
        return windows(part, what, block, "a longer text, or --model " + CharacterGpt.NAME + ":block=" + 8);
    }

    /// Windows one after another.
    ///
    /// **Throws** [Mistake] if the text is too short.
    static TextWindows windows(Corpus part, String what, int block, String fix) {
        if (part.size() <= block) {
            throw Mistake.of(
                    what + " has " + part.size() + (part.size() == 1 ? " character" : " characters"),
                    "more than the " + block + " that the network sees at once",
                    fix);
        }
        return TextWindows.inOrder(part, block);
    }

    // ---- what commands say

    /// What there is to train on, before it begins.
    String introduced(Material cut, Settings settings) {
        long end = cut(settings);
        return String.format(
                Locale.ROOT,
                "%s: %,d characters to train on, the last %,d to validate on; %d different ones%n"
                        + "a sample is a window of %d characters; losses are in nats a character, %.3f for a guess",
                cut.name(),
                end,
                tokens.size() - end,
                tokenizer.size(),
                cut.train().inputShape().size(),
                Math.log(tokenizer.size()));
    }

    /// The same loss in the units that people use.
    static Map<String, Double> measures(double loss) {
        Map<String, Double> measures = new LinkedHashMap<>();
        measures.put("validation_loss", loss);
        measures.put("perplexity", Math.exp(loss));
        measures.put("bits_per_character", loss / Math.log(2));
        return measures;
    }

    static String shown(Map<String, Double> measures, long characters) {
        return String.format(
                Locale.ROOT,
                "Loss %.4f nats a character on %,d that it was not trained on, perplexity %.2f, %.3f bits a character",
                measures.getOrDefault("validation_loss", Double.NaN),
                characters,
                measures.getOrDefault("perplexity", Double.NaN),
                measures.getOrDefault("bits_per_character", Double.NaN));
    }

    /// The text on which a model is measured: the whole of a named one, or the end of its own.
    static Dataset forModel(Shell shell, OutputOptions output, TrainedModel model, String name, DataOptions from) {
        int block = Math.toIntExact(model.inputShape().size());
        Optional<Settings> own =
                model.settings().isEmpty() ? Optional.empty() : Optional.of(Settings.fromMap(model.settings()));
        if (name.isEmpty() && own.isPresent()) {
            Settings s = own.get();
            return Sources.material(shell, output, s.data(), from.or(s), s.seed())
                    .cut(s)
                    .test();
        }
        if (!isMeant(name)) {
            throw Mistake.of(
                    "the model " + shell.shown(model.path()) + " continues texts, and "
                            + (name.isEmpty() ? "does not say on which it was trained" : "'" + name + "' is none"),
                    "it is measured on a file whose name ends in .txt",
                    "./cajal eval " + shell.shown(model.path()) + " FILE.txt");
        }
        Corpus tokens = Corpus.of(model.tokenizer(shell).encode(read(shell, name)));
        return windows(tokens, "the text '" + name + "'", block, "a longer text");
    }

    /// The mean loss of a model at all places of windows, in nats.
    static double loss(TrainedModel model, Dataset windows) {
        Loss loss = Loss.crossEntropy().eachPlace();
        Batches batches = Batches.inOrder(windows, 256);
        double sum = 0;
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            for (long b = 0; b < batches.count(); b++) {
                Batch batch = batches.at(0, b);
                sum += loss.of(model.net().apply(batch.inputs()), batch.targets())
                                .item()
                        * batch.size();
            }
        }
        return sum / windows.size();
    }
}
