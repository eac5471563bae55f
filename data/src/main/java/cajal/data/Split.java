package cajal.data;

import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Two parts of a data set that share no sample.
///
/// @param first the larger part, to train on
/// @param second the smaller part, to measure on
public record Split(Dataset first, Dataset second) {
    /// Draws `share` of the samples into the second part, of each class alike if there are classes.
    ///
    /// @param data the whole
    /// @param share between 0 and 1
    /// @param key the source of randomness
    ///
    /// **Throws** [IllegalArgumentException] unless `0 < share < 1`.
    public static Split of(Dataset data, double share, RandomKey key) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("A split by " + share + "\n  rule: the share lies between 0 and 1");
        }
        List<Long> first = new ArrayList<>();
        List<Long> second = new ArrayList<>();
        for (List<Long> group : groups(data)) {
            long[] order = Tensor.permutation(key.fold("split").fold(group.getFirst()), group.size())
                    .toLongs();
            long cut = Math.round(group.size() * share);
            for (int i = 0; i < order.length; i++) {
                (i < cut ? second : first).add(group.get((int) order[i]));
            }
        }
        if (first.isEmpty() || second.isEmpty()) {
            throw new IllegalArgumentException(
                    "A split of " + data.size() + " samples by " + share + " leaves one part empty");
        }
        return new Split(data.subset(sorted(first)), data.subset(sorted(second)));
    }

    private static long[] sorted(List<Long> samples) {
        return samples.stream().mapToLong(l -> l).sorted().toArray();
    }

    /// The samples by class, or all of them as one group.
    private static Iterable<List<Long>> groups(Dataset data) {
        TreeMap<Long, List<Long>> groups = new TreeMap<>();
        long[] labels = data.classes().isEmpty() ? new long[Math.toIntExact(data.size())] : ClassWeights.labels(data);
        for (int i = 0; i < labels.length; i++) {
            groups.computeIfAbsent(labels[i], _ -> new ArrayList<>()).add((long) i);
        }
        return groups.values();
    }
}
