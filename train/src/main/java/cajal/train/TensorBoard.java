package cajal.train;

import cajal.format.Json;
import java.nio.file.Path;
import java.util.Optional;

/// Writes a run for TensorBoard: the losses, the metrics and the learning rate, the distribution of every
/// parameter and of its last gradient each epoch, and the settings as a text. The axis is the number of
/// steps.
///
/// ```java
/// Trainer.of(net, loss, optimizer).watch(new TensorBoard(Path.of("runs/first"))) ...   // tensorboard
/// --logdir runs
/// ```
///
/// A resumed run goes on in a new file of the folder, which also says from which step on the older ones do
/// not count.
public final class TensorBoard implements Watcher {
    private final Path folder;
    private long everySteps;
    private int everyEpochs = 1;
    private Optional<EventFile> file = Optional.empty();

    /// A writer into a folder: one folder a run.
    public TensorBoard(Path folder) {
        this.folder = folder;
    }

    /// Also writes the loss of every `n`-th step, and its rate. Default: not.
    public TensorBoard steps(long n) {
        everySteps = Options.atLeast("TensorBoard", "the number of steps between two points", n, 1);
        return this;
    }

    /// Writes the distributions every `n` epochs; 0 for never. Default 1.
    public TensorBoard histograms(int n) {
        everyEpochs = (int) Options.atLeast("TensorBoard", "the number of epochs between two histograms", n, 0);
        return this;
    }

    @Override
    public void started(Run run) {
        EventFile events = new EventFile(folder);
        file = Optional.of(events);
        if (run.steps() > 0) {
            events.restart(run.steps() + 1);
        } else {
            StringBuilder table = new StringBuilder("| setting | value |\n|---|---|\n");
            run.settings()
                    .forEach((name, value) -> table.append("| ")
                            .append(name)
                            .append(" | ")
                            .append(value instanceof String s ? s : Json.write(value))
                            .append(" |\n"));
            events.text("settings", 0, table.toString());
        }
    }

    @Override
    public void stepped(Run run, double loss) {
        if (everySteps > 0 && run.steps() % everySteps == 0) {
            EventFile events = file.orElseThrow();
            events.scalar("loss/step", run.steps(), loss);
            events.scalar("rate/step", run.steps(), run.optimizer().rate());
        }
    }

    @Override
    public void epochEnded(Run run, Epoch e) {
        EventFile events = file.orElseThrow();
        events.scalar("loss/train", e.steps(), e.loss());
        e.validationLoss().ifPresent(v -> events.scalar("loss/validation", e.steps(), v));
        e.metrics().forEach((name, v) -> events.scalar(name + "/train", e.steps(), v));
        e.validationMetrics().forEach((name, v) -> events.scalar(name + "/validation", e.steps(), v));
        events.scalar("rate", e.steps(), e.rate());
        events.scalar("samples per second", e.steps(), e.samplesPerSecond());
        if (everyEpochs > 0 && e.number() % everyEpochs == 0) {
            run.part().parameters().forEach((path, p) -> {
                events.histogram("weights/" + path, e.steps(), p);
                if (p.hasGrad()) {
                    events.histogram("gradients/" + path, e.steps(), p.grad());
                }
            });
        }
    }

    @Override
    public void warned(Run run, String message) {
        file.ifPresent(events -> events.text("warnings", run.steps(), message));
    }
}
