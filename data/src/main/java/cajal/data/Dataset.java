package cajal.data;

import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.List;

/// Samples by number: inputs and the right answers.
public interface Dataset {
    /// The number of samples.
    long size();

    /// The shape of one input, without the batch axis.
    Shape inputShape();

    /// The names of the classes, in the order of their indices; none if the targets are values.
    List<String> classes();

    /// The samples with the given numbers, in that order.
    Batch batch(long... samples);

    /// The samples with the given numbers as one epoch shows them: what [#batch] answers, unless the data
    /// set draws something anew each epoch, as [Augment] and windows of a text do. What is drawn is a
    /// function of the key and of the samples' numbers alone, so that it does not matter which thread makes
    /// a batch, and when.
    ///
    /// @param epoch the key of the epoch, from the seed of the run
    default Batch draw(RandomKey epoch, long... samples) {
        return batch(samples);
    }

    /// The targets of the samples with the given numbers, without their inputs where that is cheaper.
    default Tensor targets(long... samples) {
        return batch(samples).targets();
    }

    /// What a sample is called in messages: its file, if it has one.
    default String name(long sample) {
        return "sample " + sample;
    }

    /// All samples as one batch: the memory that full-batch gradient descent costs.
    default Batch all() {
        return batch(Tensor.arange(size()).toLongs());
    }

    /// The samples with the given numbers as a data set of their own; nothing is copied.
    default Dataset subset(long... samples) {
        return new Subset(this, samples.clone());
    }

    /// The first `n` samples, or all if there are fewer.
    default Dataset take(long n) {
        return n >= size() ? this : subset(Tensor.arange(n).toLongs());
    }

    /// A data set in memory; without class names, the targets are values.
    ///
    /// @param inputs one a row
    /// @param targets one a row: class indices `(n)` as `I64`, or values `(n, ...)`
    /// @param classes the names of the classes, or none
    static Dataset of(Tensor inputs, Tensor targets, String... classes) {
        return new TensorDataset(inputs, targets, List.of(classes));
    }
}
