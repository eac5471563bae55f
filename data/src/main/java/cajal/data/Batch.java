package cajal.data;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Some samples at once: what a training step sees.
///
/// @param inputs the inputs, one a row (first axis)
/// @param targets the right answers: class indices `(B)` as `I64`, or values `(B, ...)`
/// @param extras what else belongs to the samples, by name: the lengths of padded texts, for one
public record Batch(Tensor inputs, Tensor targets, Map<String, Tensor> extras) {
    /// Copies the map.
    public Batch {
        extras = Map.copyOf(extras);
    }

    /// Inputs and targets alone.
    public Batch(Tensor inputs, Tensor targets) {
        this(inputs, targets, Map.of());
    }

    /// The number of samples.
    public long size() {
        return inputs.dim(0);
    }

    /// What else belongs to the samples, under that name.
    ///
    /// **Throws** [DataException] if there is none.
    public Tensor extra(String name) {
        return Optional.ofNullable(extras.get(name))
                .orElseThrow(() -> new DataException("The batch has no '" + name + "'\n  rule: it has inputs, targets"
                        + (extras.isEmpty() ? "" : " and " + String.join(", ", extras.keySet()))));
    }
}
