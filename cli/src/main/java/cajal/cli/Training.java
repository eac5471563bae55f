package cajal.cli;

import cajal.data.Augment;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.data.HorizontalFlip;
import cajal.data.RandomCrop;
import cajal.format.FormatException;
import cajal.kernel.Shape;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.train.Adam;
import cajal.train.Epoch;
import cajal.train.Evaluation;
import cajal.train.Feed;
import cajal.train.Fit;
import cajal.train.LearningRates;
import cajal.train.Metric;
import cajal.train.Optimizer;
import cajal.train.Provenance;
import cajal.train.Run;
import cajal.train.RunLog;
import cajal.train.SavedModel;
import cajal.train.Schedule;
import cajal.train.TerminalProgress;
import cajal.train.Trainer;
import cajal.train.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// One run of `cajal train`, from settings to a saved model.
///
/// @param settings what was chosen
/// @param material the data, made ready
/// @param folder where the results go
/// @param resumed whether it goes on from the folder's checkpoint
record Training(Settings settings, Material material, RunFolder folder, boolean resumed) {
    private static final int AHEAD = 4; // batches that are made on worker threads where making one takes time

    /// What it came to.
    ///
    /// @param fit the training
    /// @param measures the figures on the test samples, by their names for machines
    /// @param tested the number of test samples
    /// @param samplesPerSecond training samples a second, over all epochs
    /// @param folder where the results are
    record Result(Fit fit, Map<String, Double> measures, long tested, double samplesPerSecond, RunFolder folder) {
        double measure(String name) {
            return measures.getOrDefault(name, Double.NaN);
        }

        double accuracy() {
            return measure("test_accuracy");
        }
    }

    /// Trains, measures the test samples, and keeps the model.
    ///
    /// @param interrupted is told if a person ends it by Ctrl-C
    Result run(Shell shell, OutputOptions output, Runnable interrupted) {
        Dataset[] parts = parts();
        Dataset train = augmented(parts[0]);
        Optional<Dataset> validation = parts.length > 1 ? Optional.of(parts[1]) : Optional.empty();
        Sequential net = net();
        Trainer trainer = trainer(net);
        prepare(shell, net);
        Watch watch = new Watch(shell, output, interrupted);
        trainer.watch(watch);
        if (!material.isText()) {
            trainer.watch(new Moments(net));
        }
        trainer.watch(RunLog.csv(folder.log())).watch(new Feed(folder.path()));
        if (!output.quiet) {
            trainer.watch(new TerminalProgress(shell.err(), shell.terminal()));
            introduce(shell, net, train, validation);
        }
        Fit fit;
        try {
            fit = validation.isPresent() ? trainer.fit(train, validation.get()) : trainer.fit(train);
        } catch (FormatException e) {
            throw watch.running.isPresent() ? rescue(shell, net, watch.running.get(), e) : e;
        }
        if (fit.stop() == Fit.Stop.INTERRUPTED) {
            farewell(shell, watch);
            return new Result(fit, Map.of(), 0, 0, folder);
        }
        return finish(shell, net, trainer, fit, watch);
    }

    /// The learning-rate range test of this run's network and data; nothing is kept.
    LearningRates rates() {
        return LearningRates.find(trainer(net()), augmented(parts()[0]));
    }

    /// What is trained on, and if there are any the validation samples: of a text, its end.
    private Dataset[] parts() {
        return material.isText()
                ? new Dataset[] {material.train(), material.test()}
                : Sources.validation(material.train(), settings.validation(), settings.seed());
    }

    // ---- before

    private Sequential net() {
        Shape input = material.train().inputShape();
        Outputs meaning = Outputs.of(settings.loss(), material.isClasses());
        Sequential net = Architectures.build(
                new Architectures.Plan(material.name(), input, material.outputs(), meaning, settings));
        net.init(settings.seed(), batch(input));
        return net;
    }

    /// Pictures shifted by up to 4 pixels, and coloured ones mirrored at times; grey ones are letters and
    /// digits, which mirrored mean something else.
    private Dataset augmented(Dataset train) {
        if (!settings.augment()) {
            return train;
        }
        RandomCrop shift = RandomCrop.padding(4);
        boolean coloured = train.inputShape().dim(0) == 3;
        return (coloured ? Augment.of(shift, HorizontalFlip.half()) : Augment.of(shift)).apply(train);
    }

    private static Shape batch(Shape input) {
        long[] dims = new long[input.rank() + 1];
        dims[0] = 1;
        System.arraycopy(input.dims(), 0, dims, 1, input.rank());
        return Shape.of(dims);
    }

    private Trainer trainer(Sequential net) {
        Loss loss = material.isText()
                ? Loss.crossEntropy().eachPlace()
                : Outputs.loss(settings.loss(), material.isClasses());
        Trainer trainer = Trainer.of(net, loss, optimizer())
                .seed(settings.seed())
                .batch(settings.batch() == 0 ? Batches.ALL : settings.batch())
                .epochs(settings.epochs())
                .schedule(Mistake.ifRefused("--schedule", () -> Schedule.of(settings.schedule())))
                .checkpoint(folder.checkpoint());
        if (material.isClasses()) {
            trainer.metrics(Metric.accuracy());
        } else if (!material.isText()) {
            trainer.metrics(Metric.r2(), Metric.mae(), Metric.mse());
        }
        if (settings.clip() > 0) {
            trainer.clipNorm(settings.clip());
        }
        if (settings.augment()) {
            trainer.prefetch(AHEAD);
        }
        if (settings.patience() > 0) {
            trainer.earlyStopping(settings.patience());
        }
        return resumed ? trainer.resume() : trainer;
    }

    private Optimizer optimizer() {
        String name = settings.optimizer();
        Mistake.ifRefused("--optimizer", () -> Optimizer.named(name));
        String text = name + constant("--momentum", name, "momentum", settings.momentum());
        text += constant("--weight-decay", text, "weightDecay", settings.weightDecay());
        String whole = text;
        Optimizer o = Mistake.ifRefused(
                "--optimizer",
                () -> settings.rate() == 0 ? Optimizer.named(whole) : Optimizer.named(whole, settings.rate()));
        return material.isText() && o instanceof Adam ? o.decayMatricesOnly() : o;
    }

    /// What is written behind an optimiser's name to set a constant; nothing if none was chosen.
    private static String constant(String option, String optimizer, String name, double value) {
        if (value < 0) {
            return "";
        }
        String text = ":" + name + "=" + value;
        try {
            Optimizer.named(optimizer + text);
        } catch (IllegalArgumentException refused) {
            throw Mistake.of(
                    option + " " + value + " with --optimizer " + optimizer,
                    "those that take it: " + String.join(", ", taking(text)),
                    "leave it out, or take one of those");
        }
        return text;
    }

    private static List<String> taking(String constant) {
        return Optimizer.names().stream()
                .filter(o -> {
                    try {
                        return !Optimizer.named(o + constant).name().isEmpty();
                    } catch (IllegalArgumentException refused) {
                        return false;
                    }
                })
                .toList();
    }

    /// What would only be found out at the end is found out now: whether the network can be saved, and
    /// whether there is room.
    private void prepare(Shell shell, Sequential net) {
        SavedModel.check(net, material.train().inputShape());
        long numbers = net.parameterCount();
        int copies =
                1 + 2 + (settings.patience() > 0 ? 1 : 0); // weights, what an optimiser remembers, the best weights
        long checkpoint = 4 * numbers * copies + 65_536;
        folder.prepare(
                shell, 2 * checkpoint + 4 * numbers + 65_536); // the old checkpoint stays until the new one is whole
        if (!resumed) {
            folder.write(state("running", Map.of()));
        }
    }

    private void introduce(Shell shell, Sequential net, Dataset train, Optional<Dataset> validation) {
        if (material.isText()) {
            shell.err().println(material.text().orElseThrow().introduced(material, settings));
        } else {
            introduce(shell, train, validation);
        }
        if (!material.remark().isEmpty()) {
            shell.err().println(shell.styled("faint", material.remark()));
        }
        List<String> layers = new ArrayList<>();
        net.parts().values().forEach(p -> layers.add(p.describe()));
        shell.err()
                .println(String.format(
                        Locale.ROOT,
                        "%s; %,d parameters, %s %s",
                        String.join(" -> ", layers),
                        net.parameterCount(),
                        resumed ? "resumed from" : "kept in",
                        shell.shown(folder.path())));
    }

    private void introduce(Shell shell, Dataset train, Optional<Dataset> validation) {
        String kind = material.isClasses() ? "classes" : material.outputs() == 1 ? "value" : "values";
        shell.err()
                .println(String.format(
                        Locale.ROOT,
                        "%s: %,d training, %,d validation, %,d test samples; %s -> %,d %s",
                        material.name(),
                        train.size(),
                        validation.map(Dataset::size).orElse(0L),
                        material.test().size(),
                        material.train().inputShape(),
                        material.outputs(),
                        kind));
    }

    /// What `run.json` says.
    private Map<String, Object> state(String state, Map<String, ?> results) {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("cajal", Main.Version.text());
        run.put("state", state);
        run.put("settings", settings.toMap());
        run.put("provenance", Provenance.facts());
        if (!results.isEmpty()) {
            run.put("results", results);
        }
        return run;
    }

    // ---- while it runs

    /// Keeps the run at hand, for Ctrl-C and for what goes wrong.
    private static final class Watch implements Watcher {
        private final Shell shell;
        private final OutputOptions output;
        private final Runnable interrupted;
        private Optional<Run> running = Optional.empty();

        Watch(Shell shell, OutputOptions output, Runnable interrupted) {
            this.shell = shell;
            this.output = output;
            this.interrupted = interrupted;
        }

        @Override
        public void started(Run run) {
            running = Optional.of(run);
            shell.host().onInterrupt(() -> {
                output.say(shell, "\nfinishing the step ... (Ctrl-C again ends at once)");
                interrupted.run();
                run.stop();
            });
        }
    }

    /// Keeps the network as it is before training and after the first epoch, for `cajal explain`.
    private final class Moments implements Watcher {
        private final Sequential net;

        Moments(Sequential net) {
            this.net = net;
        }

        @Override
        public void started(Run run) {
            if (run.steps() == 0) {
                keep("untrained");
            }
        }

        @Override
        public void epochEnded(Run run, Epoch epoch) {
            if (epoch.number() == 1) {
                keep("after 1 epoch");
            }
        }

        private void keep(String moment) {
            model(net, Map.of()).write(folder.path().resolve(Objects.requireNonNull(Stages.KEPT.get(moment))));
        }
    }

    private void farewell(Shell shell, Watch watch) {
        Run run = watch.running.orElseThrow();
        shell.err()
                .println(String.format(
                        Locale.ROOT,
                        "stopped in epoch %d of %d, after %,d steps; nothing is lost",
                        Math.min(run.epoch(), run.epochs()),
                        run.epochs(),
                        run.steps()));
        shell.err().println("go on with:  ./cajal train --resume " + shell.shown(folder.path()));
    }

    /// A checkpoint or the model could not be written: keeps the weights elsewhere and says where everything
    /// is.
    private Mistake rescue(Shell shell, Sequential net, Run run, FormatException e) {
        StringBuilder text = new StringBuilder(
                String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        text.append("\n  stopped in epoch ")
                .append(Math.min(run.epoch(), run.epochs()))
                .append(", after ")
                .append(run.steps())
                .append(" steps");
        if (Files.isRegularFile(folder.checkpoint())) {
            text.append("\n  the last checkpoint is whole: ").append(shell.shown(folder.checkpoint()));
        }
        try {
            Path elsewhere = Files.createTempDirectory("cajal-rescued-").resolve("model.safetensors");
            model(net, Map.of("steps", run.steps())).write(elsewhere);
            text.append("\n  the weights as they were then are in ").append(elsewhere);
        } catch (IOException | FormatException again) {
            text.append("\n  the weights could not be kept elsewhere either: ")
                    .append(String.valueOf(again.getMessage())
                            .lines()
                            .findFirst()
                            .orElse(""));
        }
        text.append("\n  rule: a run needs a folder that can be written to until its end");
        if (Files.isRegularFile(folder.checkpoint())) {
            text.append("\n  fix:  make room, then ./cajal train --resume ").append(shell.shown(folder.path()));
        }
        return new Mistake(text.toString());
    }

    // ---- after

    private Result finish(Shell shell, Sequential net, Trainer trainer, Fit fit, Watch watch) {
        Evaluation test = trainer.evaluate(material.test());
        Map<String, Double> measures = new LinkedHashMap<>();
        if (material.isText()) {
            measures.putAll(Text.measures(test.loss()));
        } else if (material.isClasses()) {
            measures.put("test_accuracy", test.metrics().getOrDefault("accuracy", Double.NaN));
            measures.put("test_loss", test.loss());
        } else {
            measures.put("test_r2", test.metrics().getOrDefault("r2", Double.NaN));
            measures.put("test_mae", test.metrics().getOrDefault("mae", Double.NaN) * material.targetScale());
            measures.put(
                    "test_rmse", Math.sqrt(test.metrics().getOrDefault("mse", Double.NaN)) * material.targetScale());
            measures.put("test_loss", test.loss());
        }
        Map<String, Object> results = new LinkedHashMap<>(measures);
        results.put("epochs", (long) fit.epochs().size());
        results.put("steps", fit.steps());
        results.put("seconds", fit.seconds());
        try {
            model(net, results).write(folder.model());
            folder.write(state("finished", results));
        } catch (FormatException e) {
            throw rescue(shell, net, watch.running.orElseThrow(), e);
        }
        return new Result(fit, measures, material.test().size(), samplesPerSecond(fit), folder);
    }

    /// All epochs have the same number of samples, so their mean speed is the harmonic mean of their speeds.
    private static double samplesPerSecond(Fit fit) {
        double seconds =
                fit.epochs().stream().mapToDouble(e -> 1 / e.samplesPerSecond()).sum();
        return seconds == 0 ? 0 : fit.epochs().size() / seconds;
    }

    private SavedModel model(Sequential net, Map<String, ?> results) {
        Map<String, Object> run = new LinkedHashMap<>();
        run.put("outputs", Outputs.of(settings.loss(), material.isClasses()).name());
        run.put("targetMean", material.targetMean());
        run.put("targetScale", material.targetScale());
        run.put("settings", settings.toMap());
        run.put("results", results);
        return new SavedModel(
                net, material.train().inputShape(), material.train().classes(), material.input(), run);
    }
}
