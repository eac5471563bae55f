package cajal.train;

import cajal.data.Batch;
import cajal.format.FormatException;
import cajal.format.Json;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells whoever looks how a run goes on, and does what they wish, by two files of the run's folder, so that
/// any process can look at any run.
///
/// `feed.jsonl` grows by one JSON object a line, of a `kind`: `start` (settings, machine, process), `step`
/// (loss, rate, speed, time left), `sample` ([Look]), `judged` ([Judgement]), `epoch`, `saved`, `paused`,
/// `running`, `rate`, `warning`, and at the end `end` or `failed`. Each knows its `step`, the updates made
/// before it. Numbers that JSON cannot write are texts.
///
/// `wishes.jsonl` is written by who looks: its time says when somebody looked last ([#look(Path)]), its
/// lines what they wish ([#wish(Path, String, double)]).
///
/// Samples are taken only while somebody looks, and so seldom that they cost at most 2 % of the time. A
/// step that tells nothing costs a look at the clock; files are read and written on a thread of its own.
/// Which epochs are judged follows from the cost as well; the first and the last one are. What goes wrong here
/// is told once, in the log, and harms no run.
public final class Feed implements Watcher {
    /// The name of the file that the run writes.
    public static final String FILE = "feed.jsonl";

    /// The name of the file that it reads.
    public static final String WISHES = "wishes.jsonl";

    private static final System.Logger LOG = System.getLogger("cajal.train");
    private static final double SHARE = 0.02; // of the time
    private static final double SHARE_UNSEEN = 0.002;
    private static final long SECOND = 1_000_000_000L;
    private static final Duration LOOKING = Duration.ofSeconds(5);

    private final Path folder;
    private @Nullable FeedWriter writer;
    private @Nullable Look look;
    private @Nullable Judgement judgement;
    private long begun;
    private double firstSecond;
    private long firstStep;
    private long nextStep;
    private long nextSample;
    private long nextJudgement;
    private long judging; // nanoseconds for this epoch
    private int judged; // the epoch for which it was decided
    private long lastStepSamples;
    private long lastStepTime;

    /// A feed in a run's folder, which is made if there is none.
    public Feed(Path folder) {
        this.folder = folder;
    }

    // ---- for those who look

    /// Tells the run in a folder that somebody looks; it holds for 5 seconds.
    ///
    /// **Throws** [IOException] if the folder cannot be written to.
    public static void look(Path folder) throws IOException {
        Path wishes = folder.resolve(WISHES);
        if (Files.exists(wishes)) {
            Files.setLastModifiedTime(wishes, FileTime.from(Instant.now()));
        } else {
            Files.write(wishes, new byte[0], StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /// Asks the run in a folder for something: `pause`, `go`, `stop`, `save` (a checkpoint), or `rate` with
    /// a value.
    ///
    /// **Throws** [IOException] if the folder cannot be written to; [IllegalArgumentException] for another
    /// wish, or a rate that is not above 0.
    public static void wish(Path folder, String what, double value) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("wish", what);
        switch (what) {
            case "pause", "go", "stop", "save" -> {}
            case "rate" -> line.put("value", Options.positive("Feed", "the learning rate", value));
            default ->
                throw new IllegalArgumentException(
                        "There is no wish '" + what + "'\n  rule: pause, go, stop, save or rate");
        }
        byte[] text = (Json.write(line) + "\n").getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve(WISHES), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /// Whether somebody looked at a folder within the last seconds.
    static boolean isLookedAt(Path folder) throws IOException {
        Path wishes = folder.resolve(WISHES);
        return Files.exists(wishes)
                && Files.getLastModifiedTime(wishes)
                        .toInstant()
                        .isAfter(Instant.now().minus(LOOKING));
    }

    /// Does what a line of the wishes says; answers the rate, if it says one.
    static Optional<Double> grant(Run run, String line) {
        try {
            Map<String, Object> wish = Json.parseObject(line, WISHES);
            switch (String.valueOf(wish.get("wish"))) {
                case "pause" -> run.pause();
                case "go" -> run.goOn();
                case "stop" -> run.stop();
                case "save" -> run.save();
                case "rate" -> {
                    double rate = wish.get("value") instanceof Number n ? n.doubleValue() : Double.NaN;
                    run.rate(rate);
                    return Optional.of(rate);
                }
                default -> LOG.log(System.Logger.Level.DEBUG, "no wish: {0}", line);
            }
        } catch (FormatException | IllegalArgumentException notOurs) {
            LOG.log(System.Logger.Level.DEBUG, "no wish", notOurs);
        }
        return Optional.empty();
    }

    // ---- what the run tells

    @Override
    public void started(Run run) {
        safely(() -> {
            end();
            FeedWriter fresh = new FeedWriter(folder, run);
            writer = fresh;
            look = new Look(run);
            judgement = null;
            judged = 0;
            nextJudgement = System.nanoTime();
            begun = System.nanoTime();
            firstSecond = run.seconds();
            firstStep = run.steps();
            nextStep = begun;
            nextSample = begun;
            lastStepTime = begun;
            lastStepSamples = run.samples();
            Map<String, Object> line = line("start", run);
            line.put("pid", ProcessHandle.current().pid());
            line.put(
                    "process_started",
                    ProcessHandle.current()
                            .info()
                            .startInstant()
                            .map(Instant::toEpochMilli)
                            .orElse(0L));
            line.put("time", System.currentTimeMillis());
            line.put("epochs", (long) run.epochs());
            line.put("batches", run.batches());
            line.put("epoch_samples", run.epochSamples());
            line.put("validated", run.isValidated());
            line.put("metrics", run.metricNames());
            line.put("checkpoint", run.checkpoint().isPresent());
            line.put("settings", run.settings());
            line.put("environment", Provenance.facts());
            fresh.begin(run.steps() > 0, line);
        });
    }

    @Override
    public void stepped(Run run, double loss) {
        FeedWriter to = writer;
        Look at = look;
        if (to == null || at == null) {
            return;
        }
        long now = System.nanoTime();
        if (now < nextStep && !at.isBegun() && !(to.isLookedAt() && now >= nextSample)) {
            return;
        }
        safely(() -> {
            if (at.isBegun()) {
                Map<String, Object> line = line("sample", run);
                line.putAll(at.end(run));
                to.add(line);
                nextSample = System.nanoTime() + Math.max(period(SECOND, 200), (long) (at.nanos() / SHARE));
            } else if (to.isLookedAt() && now >= nextSample) {
                at.begin(run);
            }
            if (now >= nextStep) {
                to.add(step(run, loss, now));
                nextStep = now + (to.isLookedAt() ? period(SECOND / 5, 2000) : period(SECOND, 1000));
            }
        });
    }

    /// The time between two lines: at least so long, and growing with the run, so that a long one fills no
    /// disk.
    private long period(long least, int most) {
        return Math.max(least, (System.nanoTime() - begun) / most);
    }

    private Map<String, Object> step(Run run, double loss, long now) {
        Map<String, Object> line = line("step", run);
        line.put("loss", RunRecord.finite(loss));
        line.put("rate", run.optimizer().rate());
        long samples = (run.epoch() - 1) * run.epochSamples() + run.samples();
        if (now > lastStepTime && samples > lastStepSamples && run.steps() > firstStep + 1) {
            line.put("samples_per_second", (samples - lastStepSamples) * 1e9 / (now - lastStepTime));
        }
        lastStepSamples = samples;
        lastStepTime = now;
        long left = run.batches() * (run.epochs() - run.epoch()) + run.batches() - run.batch();
        line.put("left", (run.seconds() - firstSecond) / Math.max(1, run.steps() - firstStep) * left);
        return line;
    }

    @Override
    public void validated(Run run, Batch batch, Tensor outputs) {
        FeedWriter to = writer;
        if (to == null) {
            return;
        }
        long now = System.nanoTime();
        if (judged != run.epoch()) { // the first samples of an epoch: is it one that is judged?
            judged = run.epoch();
            judgement = now >= nextJudgement || run.epoch() == run.epochs() ? new Judgement() : null;
            judging = 0;
        }
        Judgement j = judgement;
        if (j != null) {
            safely(() -> j.add(batch, outputs));
            judging += System.nanoTime() - now;
        }
    }

    @Override
    public void epochEnded(Run run, Epoch epoch) {
        FeedWriter to = writer;
        if (to == null) {
            return;
        }
        safely(() -> {
            Map<String, Object> line = line("epoch", run);
            RunLog.line(epoch)
                    .forEach((name, v) -> line.put(
                            name.equals("seconds") ? "epoch_seconds" : name,
                            v instanceof Double d ? RunRecord.finite(d) : v));
            to.add(line);
            Judgement j = judgement;
            judgement = null;
            if (j != null) {
                long start = System.nanoTime();
                j.toMap().ifPresent(said -> {
                    Map<String, Object> told = line("judged", run);
                    told.put("epoch", (long) epoch.number());
                    told.putAll(said);
                    to.add(told);
                });
                long now = System.nanoTime();
                judging += now - start;
                nextJudgement = now + (long) (judging / (to.isLookedAt() ? SHARE / 2 : SHARE_UNSEEN));
            }
        });
    }

    @Override
    public void warned(Run run, String message) {
        if (!message.equals(Run.PAUSED)) { // that is told as `paused`
            tell(run, "warning", "message", message);
        }
    }

    @Override
    public void saved(Run run, Path checkpoint) {
        tell(run, "saved", "time", System.currentTimeMillis());
    }

    @Override
    public void failed(Run run, RuntimeException cause) {
        tell(run, "failed", "message", String.valueOf(cause.getMessage()));
        end();
    }

    @Override
    public void ended(Run run, Fit fit) {
        tell(run, "end", "stop", fit.stop().name().toLowerCase(java.util.Locale.ROOT));
        end();
    }

    private void tell(Run run, String kind, String name, Object value) {
        FeedWriter to = writer;
        if (to != null) {
            safely(() -> {
                Map<String, Object> line = line(kind, run);
                line.put(name, value);
                to.add(line);
            });
        }
    }

    private void end() {
        FeedWriter to = writer;
        writer = null;
        look = null;
        if (to != null) {
            safely(to::end);
        }
    }

    static Map<String, Object> line(String kind, Run run) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("kind", kind);
        line.put("step", run.steps());
        line.put("epoch", (long) run.epoch());
        line.put("batch", run.batch());
        line.put("seconds", run.seconds());
        return line;
    }

    /// Does something of which no failure may reach the run.
    private void safely(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            FeedWriter to = writer;
            writer = null;
            look = null;
            LOG.log(System.Logger.Level.WARNING, "nobody can look at this run, but it goes on: " + e);
            LOG.log(System.Logger.Level.DEBUG, "why nobody can", e);
            if (to != null) {
                to.abandon();
            }
        }
    }
}
