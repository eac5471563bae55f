package cajal.cli;

import cajal.data.DataException;
import cajal.data.Tokenizer;
import cajal.nn.Generation;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal generate`: a model of texts writes on, character by character.
@Command(
        name = "generate",
        header = "Let a model that was trained on a text write.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal generate [MODEL] [OPTION…]%n",
        footer = {
            "",
            "Each character is drawn with the probability that the network gives it. A low temperature makes it careful, a",
            "high one daring; with --temperature 0 it always takes the most probable one.",
            "",
            "Examples:",
            "  ./cajal generate                                      the newest model of a text in runs/",
            "  ./cajal generate runs/shakespeare-1 --prompt \"ROMEO:\" --length 1000 --temperature 0.8 --top-k 20"
        })
final class GenerateCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "MODEL",
            arity = "0..1",
            description = "a model file or a run's folder (default: the newest model of a text in runs/)")
    private Optional<String> chosen = Optional.empty();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "What it goes on from (default: the end of a line).")
    private Optional<String> prompt = Optional.empty();

    @Option(names = "--length", paramLabel = "N", description = "How many characters it writes (default: 500).")
    private int length = 500;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "How daring it is: 0 is always the most probable, 1 (default) as the network says.")
    private double temperature = 1;

    @Option(
            names = "--top-k",
            paramLabel = "K",
            description = "Draw among the K most probable characters only (default: among all).")
    private Optional<Integer> topK = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "The seed of the draws (default: 42).")
    private long seed = 42;

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    GenerateCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (length < 1) {
            throw Mistake.of("--length " + length, "at least 1 character", "--length 500");
        }
        compute.heavy(shell);
        TrainedModel model = chosen.map(m -> TrainedModel.open(shell, m))
                .orElseGet(() -> TrainedModel.newest(shell, TrainedModel::isText)
                        .orElseThrow(() -> Mistake.of(
                                "there is no model of a text in runs/",
                                "without a MODEL, the newest one in runs/ is used",
                                "./cajal train FILE.txt makes one")));
        Tokenizer tokenizer = model.tokenizer(shell);
        long[] begun = encoded(tokenizer);
        Generation generation =
                new Generation(model.net(), Math.toIntExact(model.inputShape().size())).seed(seed);
        Mistake.ifRefused("--temperature", () -> generation.temperature(temperature));
        topK.ifPresent(k -> Mistake.ifRefused("--top-k", () -> generation.topK(k)));
        if (chosen.isEmpty()) {
            output.say(shell, "model: " + shell.shown(model.path()));
        }
        write(model, tokenizer, generation, begun);
        return 0;
    }

    private long[] encoded(Tokenizer tokenizer) {
        String text = prompt.orElse(tokenizer.id("\n").isPresent() ? "\n" : tokenizer.token(0));
        if (text.isEmpty()) {
            throw Mistake.of("--prompt is empty", "it goes on from at least one character", "leave it out");
        }
        try {
            return tokenizer.encode(text);
        } catch (DataException unknown) {
            throw new Mistake("--prompt: " + unknown.getMessage());
        }
    }

    private void write(TrainedModel model, Tokenizer tokenizer, Generation generation, long... begun) {
        StringBuilder text = new StringBuilder();
        if (!output.json) {
            prompt.ifPresent(p -> shell.out().print(shell.styled("bold", p)));
        }
        long start = System.nanoTime();
        generation.after(begun).limit(length).forEach(token -> {
            String piece = tokenizer.decode(token);
            text.append(piece);
            if (!output.json) {
                shell.out().print(piece);
                shell.out().flush();
            }
        });
        double seconds = (System.nanoTime() - start) / 1e9;
        output.result(shell, "");
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("prompt", prompt.orElse(""));
        line.put("text", text.toString());
        line.put("characters", (long) length);
        line.put("seconds", Math.round(seconds * 1000) / 1000.0);
        line.put("model", shell.shown(model.path()));
        output.json(shell, line);
        output.say(
                shell,
                String.format(
                        Locale.ROOT, "(%,d characters in %.1f s: %.0f a second)", length, seconds, length / seconds));
    }
}
