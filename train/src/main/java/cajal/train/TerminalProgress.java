package cajal.train;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/// Shows a run in the terminal: a bar with loss, metrics, samples a second and time left, one line an epoch;
/// where the output is no terminal, only the lines.
///
/// The one class of the libraries that writes to the terminal.
public final class TerminalProgress implements Watcher {
    private static final long REFRESH_NANOS = 100_000_000;
    private static final int BAR = 20;

    private final PrintStream out;
    private final boolean interactive;
    private long lastShown;
    private long begun;
    private long firstStep;
    private int lastWidth;

    /// Progress on standard error, with a bar if it is a terminal.
    public TerminalProgress() {
        this(System.err, System.console() != null && System.console().isTerminal());
    }

    /// Progress on a stream.
    ///
    /// @param out where it is written
    /// @param interactive whether a line can be overwritten, as on a terminal
    public TerminalProgress(PrintStream out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    @Override
    public void started(Run run) {
        begun = System.nanoTime();
        firstStep = run.steps();
    }

    @Override
    public void stepped(Run run, double loss) {
        long now = System.nanoTime();
        if (!interactive || now - lastShown < REFRESH_NANOS) {
            return;
        }
        lastShown = now;
        double done = (double) run.batch() / run.batches();
        double seconds = (now - begun) / 1e9;
        long steps = run.steps() - firstStep;
        long left = run.batches() * (run.epochs() - run.epoch()) + run.batches() - run.batch();
        String bar = "━".repeat((int) (done * BAR)) + "─".repeat(BAR - (int) (done * BAR));
        String line = String.format(
                Locale.ROOT,
                "epoch %d/%d %s loss %.4f%s  %,.0f samples/s  %s left",
                run.epoch(),
                run.epochs(),
                bar,
                run.loss(),
                text("", run.metrics()),
                steps / seconds * run.samples() / Math.max(1, run.batch()),
                time(steps == 0 ? 0 : seconds / steps * left));
        overwrite(line);
    }

    @Override
    public void epochEnded(Run run, Epoch e) {
        overwrite("");
        StringBuilder line = new StringBuilder(
                String.format(Locale.ROOT, "epoch %d/%d  loss %.4f", e.number(), run.epochs(), e.loss()));
        line.append(text("", e.metrics()));
        e.validationLoss().ifPresent(v -> line.append(String.format(Locale.ROOT, "  |  validation loss %.4f", v)));
        line.append(text("", e.validationMetrics()));
        line.append(String.format(Locale.ROOT, "  |  %,.0f samples/s", e.samplesPerSecond()));
        out.println(line);
    }

    @Override
    public void warned(Run run, String message) {
        overwrite("");
        out.println("warning: " + message);
    }

    @Override
    public void ended(Run run, Fit fit) {
        overwrite("");
        if (fit.stop() == Fit.Stop.EARLY) {
            out.printf(Locale.ROOT, "stopped early: epoch %d was the best%n", fit.bestEpoch());
        }
    }

    private void overwrite(String line) {
        if (interactive) {
            out.print("\r" + line + " ".repeat(Math.max(0, lastWidth - line.length())) + (line.isEmpty() ? "\r" : ""));
            out.flush();
            lastWidth = line.length();
        }
    }

    private static String text(String prefix, Map<String, Double> metrics) {
        StringBuilder text = new StringBuilder();
        metrics.forEach((name, v) -> text.append(String.format(Locale.ROOT, "  %s%s %.4f", prefix, name, v)));
        return text.toString();
    }

    private static String time(double seconds) {
        long s = Math.round(seconds);
        return s < 60
                ? s + " s"
                : s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s % 3600 / 60 + " min";
    }
}
