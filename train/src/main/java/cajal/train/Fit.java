package cajal.train;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a training run came to.
///
/// @param epochs what each epoch came to
/// @param stop why it ended
/// @param steps the updates that were made
/// @param seconds the wall time
/// @param parameters the number of trainable numbers
/// @param bestEpoch the number of the epoch whose weights the network holds now, or of the last one
public record Fit(List<Epoch> epochs, Stop stop, long steps, double seconds, long parameters, int bestEpoch) {
    /// Copies the list.
    public Fit {
        epochs = List.copyOf(epochs);
    }

    /// Why a run ended.
    public enum Stop {
        /// All epochs were done.
        FINISHED,
        /// The validation value did not improve any more.
        EARLY,
        /// Somebody asked it to stop; a checkpoint says where to go on.
        INTERRUPTED
    }

    /// The last epoch, if one was completed.
    public Optional<Epoch> last() {
        return epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.getLast());
    }

    /// A table, one line an epoch.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Epoch e : epochs) {
            text.append(String.format(Locale.ROOT, "epoch %3d  loss %.4f", e.number(), e.loss()));
            append(text, "", e.metrics());
            e.validationLoss().ifPresent(v -> text.append(String.format(Locale.ROOT, "  validation loss %.4f", v)));
            append(text, "validation ", e.validationMetrics());
            text.append(String.format(Locale.ROOT, "  %,.0f samples/s%n", e.samplesPerSecond()));
        }
        text.append(String.format(
                Locale.ROOT, "%s after %d steps in %.1f s, %,d parameters", stop, steps, seconds, parameters));
        return text.toString();
    }

    private static void append(StringBuilder text, String prefix, Map<String, Double> metrics) {
        metrics.forEach((name, v) -> text.append(String.format(Locale.ROOT, "  %s%s %.4f", prefix, name, v)));
    }
}
