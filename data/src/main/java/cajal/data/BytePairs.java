package cajal.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/// Words in tokens, and how often each pair of neighbours occurs in them: what byte-pair encoding is
/// learned from.
final class BytePairs {
    private final List<int[]> words = new ArrayList<>();
    private final List<Integer> counts = new ArrayList<>();
    private final Map<Long, Integer> pairs = new HashMap<>();
    private final Map<Long, Set<Integer>> where = new HashMap<>(); // the words in which a pair may occur

    void add(int[] word, int count) {
        words.add(word);
        counts.add(count);
        count(words.size() - 1, 1);
    }

    private void count(int index, int sign) {
        int[] word = words.get(index);
        for (int i = 0; i + 1 < word.length; i++) {
            long pair = BytePairTokenizer.key(word[i], word[i + 1]);
            int sum = pairs.merge(pair, sign * counts.get(index), Integer::sum);
            if (sum == 0) {
                pairs.remove(pair);
                where.remove(pair);
            } else if (sign > 0) {
                where.computeIfAbsent(pair, _ -> new LinkedHashSet<>()).add(index);
            }
        }
    }

    /// The pair that occurs most often, at least twice; of equally frequent ones the smallest.
    OptionalLong most() {
        long best = -1;
        int most = 1;
        for (Map.Entry<Long, Integer> e : pairs.entrySet()) {
            if (e.getValue() > most || e.getValue() == most && best >= 0 && e.getKey() < best) {
                best = e.getKey();
                most = e.getValue();
            }
        }
        return best < 0 ? OptionalLong.empty() : OptionalLong.of(best);
    }

    /// Replaces a pair by a token, wherever it occurs.
    void merge(long pair, int token) {
        for (int index : List.copyOf(where.getOrDefault(pair, Set.of()))) {
            count(index, -1);
            int[] word = words.get(index).clone();
            words.set(index, java.util.Arrays.copyOf(word, replace(word, word.length, pair, token)));
            count(index, 1);
        }
        where.remove(pair);
    }

    /// Replaces a pair by a token among the first `n`, from left to right, and answers how many are left.
    static int replace(int[] ids, int n, long pair, int token) {
        int to = 0;
        for (int i = 0; i < n; i++) {
            boolean here = i + 1 < n && BytePairTokenizer.key(ids[i], ids[i + 1]) == pair;
            ids[to++] = here ? token : ids[i];
            i += here ? 1 : 0;
        }
        return to;
    }
}
