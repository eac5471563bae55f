package cajal.train;

import cajal.data.Batch;
import cajal.tensor.Tensor;
import java.nio.file.Path;

/// Is told how a training run goes on, on the training thread; progress displays, logs and live views do.
public interface Watcher {
    /// The run is about to begin, or to go on.
    default void started(Run run) {}

    /// A step was made: forward, backward, update.
    ///
    /// @param loss the loss of its batch
    default void stepped(Run run, double loss) {}

    /// Validation samples were measured after an epoch, some at a time; [#epochEnded] follows.
    ///
    /// @param outputs the network's, in inference behaviour
    default void validated(Run run, Batch batch, Tensor outputs) {}

    /// An epoch is over, validation included.
    default void epochEnded(Run run, Epoch epoch) {}

    /// Something deserves attention, but does not stop the run.
    default void warned(Run run, String message) {}

    /// A checkpoint was written.
    default void saved(Run run, Path checkpoint) {}

    /// The run is about to end by an exception, which goes on to whoever called `fit`.
    default void failed(Run run, RuntimeException cause) {}

    /// The run is over.
    default void ended(Run run, Fit fit) {}
}
