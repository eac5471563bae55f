package cajal.data;

import java.util.Arrays;
import java.util.stream.LongStream;

/// Counts how often each class occurs, and what weighs rare ones up.
public final class ClassWeights {
    private static final int BLOCK = 1 << 16;

    private ClassWeights() {}

    /// The class index of each sample.
    ///
    /// **Throws** [DataException] if the data set has no classes.
    public static long[] labels(Dataset data) {
        if (data.classes().isEmpty()) {
            throw new DataException("The data set has no classes\n  rule: its targets are class indices, and its"
                    + " classes have names: Dataset.of(inputs, targets, \"cat\", \"dog\")");
        }
        long[] labels = new long[Math.toIntExact(data.size())];
        for (int from = 0; from < labels.length; from += BLOCK) {
            int to = Math.min(labels.length, from + BLOCK);
            long[] part = data.targets(LongStream.range(from, to).toArray()).toLongs();
            System.arraycopy(part, 0, labels, from, to - from);
        }
        return labels;
    }

    /// The number of samples of each class.
    public static long[] counts(Dataset data) {
        long[] counts = new long[data.classes().size()];
        for (long label : labels(data)) {
            counts[(int) label]++;
        }
        return counts;
    }

    /// Balanced weights `w_c = n / (C·n_c)` for `n` samples of `C` classes: with them, in a loss, each class
    /// counts the same in sum, and the mean weight of a sample is 1.
    ///
    /// **Throws** [DataException] for a class without samples: no weight makes up for none.
    ///
    /// **Source** King, Zeng, "Logistic regression in rare events data", Political Analysis 9, 2001.
    public static double[] balanced(long... counts) {
        double all = Arrays.stream(counts).sum();
        double[] weights = new double[counts.length];
        for (int c = 0; c < counts.length; c++) {
            if (counts[c] < 1) {
                throw new DataException("Class " + c + " has " + counts[c]
                        + " samples\n  rule: a weight can balance a class that occurs\n"
                        + "  fix:  leave the class out, or find samples of it");
            }
            weights[c] = all / (counts.length * (double) counts[c]);
        }
        return weights;
    }

    /// Balanced weights of the classes of a data set, for a loss.
    public static double[] balanced(Dataset data) {
        return balanced(counts(data));
    }

    /// The balanced weight of each sample's class, for [Sampler#weighted].
    public static double[] perSample(Dataset data) {
        double[] weights = balanced(data);
        return Arrays.stream(labels(data)).mapToDouble(l -> weights[(int) l]).toArray();
    }
}
