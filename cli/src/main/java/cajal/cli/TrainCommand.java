package cajal.cli;

import cajal.format.AtomicFile;
import cajal.format.Json;
import cajal.studio.Studio;
import cajal.train.Fit;
import cajal.train.LearningRates;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cajal train`: a network learns from a data set; the result, and all that is needed to go on after an
/// interruption, is kept in a folder.
@Command(
        name = "train",
        header = "Train a network.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal train [DATA] [OPTION…]%n",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ./cajal train                                        handwritten digits that the program draws itself",
            "  ./cajal train mnist --data-dir ~/mnist --model 784-128-10 --epochs 5",
            "  ./cajal train mnist --model cnn                      a published network with its published settings",
            "  ./cajal train cifar10 --model resnet20 --augment     colour pictures, changed at random",
            "  ./cajal train spiral --model 2-32-32-3 --activation tanh --epochs 100",
            "  ./cajal train houses.csv --target price --early-stop 10",
            "  ./cajal train iris --optimizer sgd --lr 0.5 --batch all    the whole data set in each step",
            "  ./cajal train shakespeare.txt --steps 2000           a small GPT learns to write, character by character",
            "  ./cajal train mnist --studio                         watch it learn in the browser",
            "  ./cajal train --resume runs/digits-1                 go on with a run that was interrupted",
            "",
            "Ctrl-C finishes the step, writes a checkpoint and says how to go on; a second one ends at once.",
            "Exit codes: 0 done, 2 something must be put right, 1 a failure, 130 interrupted."
        })
final class TrainCommand implements Callable<Integer> {
    /// What may be said beside --resume: nothing that would make it another run.
    private static final List<String> WITH_RESUME =
            List.of("--resume", "--epochs", "--threads", "--data-dir", "--json", "--quiet", "--stacktrace", "--studio");

    @Parameters(
            index = "0",
            paramLabel = "DATA",
            arity = "0..1",
            description = "A data set (`cajal datasets` lists them), a CSV file or a text; default: digits")
    private Optional<String> data = Optional.empty();

    @ArgGroup(validate = false, heading = "%nData:%n")
    private final DataOptions from = new DataOptions();

    @ArgGroup(validate = false, heading = "%nNetwork:%n")
    private final NetOptions net = new NetOptions();

    @ArgGroup(validate = false, heading = "%nTraining:%n")
    private final FitOptions fit = new FitOptions();

    @ArgGroup(validate = false, heading = "%nThe run:%n")
    private final Where where = new Where();

    static final class Where {
        @Option(
                names = "--out",
                paramLabel = "DIR",
                description = "Where the results go (default: runs/DATA-N, the first that is free).")
        Optional<String> out = Optional.empty();

        @Option(
                names = "--resume",
                paramLabel = "DIR",
                description = "Go on with the run in this folder; its settings are kept.")
        Optional<String> resume = Optional.empty();
    }

    @Mixin
    private final StudioOptions studio = new StudioOptions();

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Shell shell;

    TrainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        refuseRepeated();
        compute.heavy(shell);
        if (fit.findRate) {
            return findRate();
        }
        Training training = where.resume.isPresent() ? resumed(where.resume.get()) : begun();
        return studio.port.isEmpty() ? trained(training, () -> {}) : seen(training);
    }

    private int trained(Training training, Runnable interrupted) {
        Training.Result result = training.run(shell, output, interrupted);
        if (result.fit().stop() == Fit.Stop.INTERRUPTED) {
            return Errors.INTERRUPTED;
        }
        output.json(shell, json(training, result));
        output.result(shell, text(training, result));
        return 0;
    }

    /// Trains beside a studio, which stays when the run is over until Ctrl-C; a Ctrl-C before ends both.
    private int seen(Training training) throws InterruptedException {
        AtomicBoolean interrupted = new AtomicBoolean();
        try (Studio open = studio.open(shell, training.folder().path())) {
            int code = trained(training, () -> interrupted.set(true));
            if (!interrupted.get()) {
                CountDownLatch enough = new CountDownLatch(1);
                shell.host().onInterrupt(enough::countDown);
                shell.out().flush();
                output.say(shell, "\nThe studio stays: " + open.address() + "   (Ctrl-C ends it)");
                enough.await();
            }
            return code;
        }
    }

    /// An option that is written twice would take back all others of its group without a word.
    private void refuseRepeated() {
        List<String> words = spec.commandLine().getParseResult().originalArgs();
        for (OptionSpec used : spec.commandLine().getParseResult().matchedOptions()) {
            List<String> names = List.of(used.names());
            long times = words.stream()
                    .filter(w -> names.contains(w.indexOf('=') < 0 ? w : w.substring(0, w.indexOf('='))))
                    .count();
            if (times > 1) {
                throw Mistake.of(
                        used.longestName() + " is written " + times + " times", "an option is written once", "");
            }
        }
    }

    /// Shows what the loss does as the learning rate rises, and trains nothing.
    private int findRate() {
        if (where.resume.isPresent()) {
            throw Mistake.of(
                    "--find-lr with --resume",
                    "a run that goes on keeps its learning rate",
                    "leave --resume out, and say what is to be trained");
        }
        Training training = begun();
        LearningRates found = training.rates();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put(
                "suggested_lr",
                found.suggestion().isPresent() ? (Object) found.suggestion().getAsDouble() : Json.NULL);
        if (where.out.isPresent()) {
            training.folder().prepare(shell, 65_536);
            Path picture = training.folder().path().resolve("learning-rates.svg");
            AtomicFile.write(picture, out -> out.write(found.svg().getBytes(StandardCharsets.UTF_8)));
            line.put("picture", shell.shown(picture));
        }
        output.json(shell, line);
        output.result(shell, found.toString());
        return 0;
    }

    private Training begun() {
        String name = data.orElse("digits");
        Material material = Sources.material(shell, output, name, from, fit.seed.orElse(42L));
        Settings settings = Settings.of(name, from, net, fit, material);
        RunFolder folder = where.out
                .map(out -> new RunFolder(shell.path(out)).requireUnused(shell))
                .orElseGet(() -> RunFolder.fresh(shell, material.name()));
        return new Training(settings, material.cut(settings), folder, false);
    }

    private Training resumed(String folder) {
        for (OptionSpec used : spec.commandLine().getParseResult().matchedOptions()) {
            if (!WITH_RESUME.contains(used.longestName())) {
                throw Mistake.of(
                        used.longestName() + " with --resume",
                        "a run goes on with the settings that it began with; only --epochs, --threads and --data-dir may change",
                        "leave it out, or begin another run without --resume");
            }
        }
        if (data.isPresent()) {
            throw Mistake.of("'" + data.get() + "' with --resume", "a run goes on with its own data", "leave it out");
        }
        RunFolder run = new RunFolder(shell.path(folder));
        Settings settings = settings(run);
        if (fit.epochs.isPresent()) {
            settings = settings.withEpochs(fit.epochs.get());
        }
        Material material = Sources.material(shell, output, settings.data(), from.or(settings), settings.seed());
        return new Training(settings, material.cut(settings), run, true);
    }

    @SuppressWarnings("unchecked")
    private Settings settings(RunFolder run) {
        Object saved = run.read(shell).get("settings");
        if (!(saved instanceof Map<?, ?> map)) {
            throw Mistake.of(shell.shown(run.settings()) + " has no settings", "it is written by `cajal train`", "");
        }
        return Settings.fromMap((Map<String, Object>) map);
    }

    private Map<String, Object> json(Training training, Training.Result r) {
        Map<String, Object> line = new LinkedHashMap<>(r.measures());
        line.put("epochs", (long) r.fit().epochs().size());
        if (training.material().isText()) {
            line.put("steps", r.fit().steps());
        }
        line.put("seconds", rounded(r.fit().seconds(), 3));
        line.put("samples_per_second", rounded(r.samplesPerSecond(), 0));
        line.put("parameters", r.fit().parameters());
        line.put("model", shell.shown(r.folder().model()));
        return line;
    }

    private static double rounded(double x, int digits) {
        double unit = Math.pow(10, digits);
        return Math.round(x * unit) / unit;
    }

    private String text(Training training, Training.Result r) {
        StringBuilder text = new StringBuilder();
        text.append(shell.styled("bold", quality(training.material(), r)));
        boolean endless = training.material().isText();
        long passed = endless ? r.fit().steps() : r.fit().epochs().size();
        text.append(String.format(
                Locale.ROOT,
                "; %,d %s%s in %.1f s (%,.0f samples/s), %,d parameters%n",
                passed,
                endless ? "step" : "epoch",
                passed == 1 ? "" : "s",
                r.fit().seconds(),
                r.samplesPerSecond(),
                r.fit().parameters()));
        text.append("Model: ").append(shell.shown(r.folder().model()));
        if (!output.quiet) {
            text.append("\n\nTry next:");
            for (String[] next : next(training, r)) {
                text.append(String.format("%n  %-46s %s", next[0], shell.styled("faint", next[1])));
            }
        }
        return text.toString();
    }

    private static String quality(Material material, Training.Result r) {
        if (material.isText()) {
            return Text.shown(
                    r.measures(), r.tested() * material.train().inputShape().size());
        }
        String measured = material.isClasses()
                ? String.format(
                        Locale.ROOT,
                        "Test accuracy %.2f %% (%,d of %,d)",
                        100 * r.accuracy(),
                        Math.round(r.accuracy() * r.tested()),
                        r.tested())
                : String.format(
                        Locale.ROOT,
                        "Test R² %.4f, MAE %s, RMSE %s",
                        r.measure("test_r2"),
                        short4(r.measure("test_mae")),
                        short4(r.measure("test_rmse")));
        return String.format(Locale.ROOT, "%s, loss %.4f", measured, r.measure("test_loss"));
    }

    private static String short4(double x) {
        return String.format(Locale.ROOT, "%.4g", x);
    }

    private List<String[]> next(Training training, Training.Result r) {
        String model = shell.shown(r.folder().model());
        String[] eval = {"./cajal eval " + model, "what it confuses, and its worst mistakes"};
        if (training.material().isText()) {
            return List.of(
                    new String[] {"./cajal generate " + model, "let it write"},
                    new String[] {"./cajal eval " + model, "measure it; a further text can be named"});
        }
        if (!training.material().isPictures()) {
            return List.of(eval, new String[] {"./cajal info " + model, "what is in the file"});
        }
        return List.of(
                new String[] {"./cajal predict PICTURE.png", "read a digit of your own"},
                new String[] {"./cajal explain 7", "see a seven go through it, in slow motion"},
                eval);
    }
}
