package cajal.data;

import cajal.kernel.Philox;
import cajal.tensor.RandomKey;
import java.util.random.RandomGenerator;

/// See [Sampler#weighted].
///
/// @param draws how many samples an epoch shows
/// @param sums the sums of the weights up to and with each sample
record WeightedSampler(long draws, double[] sums) implements Sampler {
    static WeightedSampler of(long draws, double... weights) {
        if (draws < 1 || draws > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(draws + " draws an epoch\n  rule: 1 .. " + (Integer.MAX_VALUE - 8));
        }
        double[] sums = new double[weights.length];
        double sum = 0;
        for (int i = 0; i < weights.length; i++) {
            if (!(weights[i] >= 0 && weights[i] < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("The weight of sample " + i + " is " + weights[i]
                        + "\n  rule: weights are finite and not negative");
            }
            sum += weights[i];
            sums[i] = sum;
        }
        if (!(sum > 0 && sum < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "The weights sum up to " + sum + "\n  rule: a finite sum above 0, so that something can be drawn");
        }
        return new WeightedSampler(draws, sums);
    }

    @Override
    public long samples(long size) {
        return draws;
    }

    @Override
    public long[] order(RandomKey epoch, long size) {
        if (size != sums.length) {
            throw new IllegalArgumentException("Weights of " + sums.length + " samples for a data set of " + size
                    + "\n  rule: one weight a sample");
        }
        RandomGenerator random = epoch.generator();
        long[] order = new long[(int) draws];
        for (int i = 0; i < order.length; i++) {
            order[i] = firstAbove(Philox.unit(random.nextLong()) * sums[sums.length - 1]);
        }
        return order;
    }

    /// The first sample whose sum is above `u`, or is the whole sum: a sample of weight 0 has the sum of
    /// the one before it, and is passed over.
    private long firstAbove(double u) {
        double all = sums[sums.length - 1];
        int low = 0;
        int high = sums.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (sums[middle] > u || sums[middle] == all) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
