package cajal.data;

import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
/// Says which samples an epoch shows, and in which order: a pure function of the epoch's key and the size
/// of the data set. [Batches#share] gives each of several workers its part of that order.

@FunctionalInterface
public interface Sampler {
    /// The numbers of the samples that an epoch shows, in order.
    ///
    /// @param epoch the key of the epoch
    /// @param size the size of the data set
    long[] order(RandomKey epoch, long size);

    /// How many samples an epoch shows.
    ///
    /// @param size the size of the data set
    default long samples(long size) {
        return size;
    }

    /// All samples in their own order.
    static Sampler inOrder() {
        return (_, size) -> Tensor.arange(size).toLongs();
    }

    /// All samples, shuffled anew each epoch.
    static Sampler shuffled() {
        return (epoch, size) -> Tensor.permutation(epoch, size).toLongs();
    }

    /// Samples drawn with replacement, sample `i` with the probability `weights[i] / sum of the weights`,
    /// so that rare samples can be shown more often.
    ///
    /// @param draws how many an epoch shows
    /// @param weights one a sample, not negative; see [ClassWeights#perSample]
    ///
    /// **Throws** [IllegalArgumentException] for a weight that is negative or not finite, if all are 0, or for
    /// less than one draw.
    static Sampler weighted(long draws, double... weights) {
        return WeightedSampler.of(draws, weights);
    }
}
