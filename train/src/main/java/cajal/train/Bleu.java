package cajal.train;

import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How much texts share with reference texts, from 0 to 1, over a whole corpus:
/// `b·(p_1·p_2·p_3·p_4)^(1/4)` with the share `p_n` of the runs of `n` words that occur in a reference
/// (each at most as often as there) and the brevity penalty `b = min(1, e^(1 - r/c))` for `c` words
/// where the nearest references have `r`.
///
/// **Shapes** as a metric of tensors: rows of word indices `(N, T)` and `(N, S)`, integers, ended by a
/// negative one. [#add] takes lists of words and any number of references.
///
/// **Numerics** counts are whole numbers. Where a run of no length is shared the value is 0, as in the
/// paper; with [#smoothing(boolean)] the shares of runs longer than 1 are `(shared + 1)/(runs + 1)`.
///
/// **Source** Papineni, Roukos, Ward, Zhu, "BLEU: a method for automatic evaluation of machine
/// translation", 2002; the smoothing: Lin and Och, "ORANGE: a method for evaluating automatic
/// evaluation metrics", 2004.
public final class Bleu implements Metric {
    private final boolean smooth;
    private final long[] shared;
    private final long[] runs;
    private long words;
    private long wanted;

    Bleu(int longest, boolean smooth) {
        this.smooth = smooth;
        shared = new long[(int) Options.atLeast("bleu", "the longest run", longest, 1)];
        runs = new long[longest];
    }

    /// The same metric, empty, with runs of up to `words` words; 4 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if it is below 1.
    public Bleu longest(int words) {
        return new Bleu(words, smooth);
    }

    /// The same metric, empty, with or without one more shared run of each length above 1, so that
    /// short texts are not all worth nothing; without unless set.
    public Bleu smoothing(boolean on) {
        return new Bleu(shared.length, on);
    }

    /// Takes a text into account.
    ///
    /// @param text its words
    /// @param references the words of each text that would be right
    ///
    /// **Throws** [IllegalArgumentException] without a reference.
    public void add(List<?> text, List<? extends List<?>> references) {
        if (references.isEmpty()) {
            throw new IllegalArgumentException("bleu of a text without references\n  rule: at least one");
        }
        int nearest = references.getFirst().size();
        for (List<?> r : references) {
            int nearer = Math.abs(r.size() - text.size()) - Math.abs(nearest - text.size());
            nearest = nearer < 0 || nearer == 0 && r.size() < nearest ? r.size() : nearest;
        }
        words += text.size();
        wanted += nearest;
        for (int n = 1; n <= runs.length; n++) {
            Map<List<?>, Integer> most = new HashMap<>();
            for (List<?> r : references) {
                runs(r, n).forEach((run, times) -> most.merge(run, times, Math::max));
            }
            for (Map.Entry<List<?>, Integer> run : runs(text, n).entrySet()) {
                shared[n - 1] += Math.min(run.getValue(), most.getOrDefault(run.getKey(), 0));
                runs[n - 1] += run.getValue();
            }
        }
    }

    /// How often each run of `n` words occurs.
    private static Map<List<?>, Integer> runs(List<?> text, int n) {
        Map<List<?>, Integer> counts = new HashMap<>();
        for (int i = 0; i + n <= text.size(); i++) {
            counts.merge(List.copyOf(text.subList(i, i + n)), 1, Integer::sum);
        }
        return counts;
    }

    /// The share of the runs of `n` words that occur in a reference; NaN without such runs.
    ///
    /// **Throws** [IllegalArgumentException] unless `n` lies in 1 .. the longest run.
    public double precision(int n) {
        if (n < 1 || n > runs.length) {
            throw Options.wrong("bleu", "the length of runs", n, "in 1 .. " + runs.length, "");
        }
        return (double) shared[n - 1] / runs[n - 1];
    }

    @Override
    public String name() {
        return "bleu";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        if (output.rank() != 2
                || target.rank() != 2
                || output.dim(0) != target.dim(0)
                || output.dtype().isFloat()
                || target.dtype().isFloat()) {
            throw new ShapeException("bleu of outputs " + output.shape() + " " + output.dtype() + " and targets "
                    + target.shape() + " " + target.dtype()
                    + "\n  rule: word indices (N, T) and (N, S) of an integer type");
        }
        List<List<Long>> texts = rows(output);
        List<List<Long>> references = rows(target);
        for (int i = 0; i < texts.size(); i++) {
            add(texts.get(i), List.of(references.get(i)));
        }
    }

    /// The rows as lists, up to the first negative number.
    private static List<List<Long>> rows(Tensor t) {
        long[] all = t.toLongs();
        int length = (int) t.dim(1);
        List<List<Long>> rows = new ArrayList<>();
        for (int i = 0; i < t.dim(0); i++) {
            List<Long> row = new ArrayList<>();
            for (int j = 0; j < length && all[i * length + j] >= 0; j++) {
                row.add(all[i * length + j]);
            }
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void merge(Metric other) {
        Bleu o = Metrics.same(this, other, Bleu.class);
        if (o.runs.length != runs.length) {
            throw new IllegalArgumentException("bleu with runs of " + o.runs.length
                    + " words cannot be merged into one of " + runs.length
                    + "\n  rule: both are made by fresh() of the same metric");
        }
        for (int n = 0; n < runs.length; n++) {
            shared[n] += o.shared[n];
            runs[n] += o.runs[n];
        }
        words += o.words;
        wanted += o.wanted;
    }

    @Override
    public double value() {
        if (wanted == 0 && words == 0) {
            return Double.NaN;
        }
        double logs = 0;
        for (int n = 0; n < runs.length; n++) {
            int more = smooth && n > 0 ? 1 : 0;
            if (shared[n] + more == 0) {
                return 0;
            }
            logs += StrictMath.log((double) (shared[n] + more) / (runs[n] + more)) / runs.length;
        }
        double brevity = Math.min(0, 1 - (double) wanted / words);
        return StrictMath.exp(brevity + logs);
    }

    @Override
    public Bleu fresh() {
        return new Bleu(runs.length, smooth);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of(
                "shared", Tensor.indices(shared),
                "runs", Tensor.indices(runs),
                "lengths", Tensor.indices(words, wanted));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        int longest = runs.length;
        System.arraycopy(Metrics.longs(this, state, "shared", longest), 0, shared, 0, longest);
        System.arraycopy(Metrics.longs(this, state, "runs", longest), 0, runs, 0, longest);
        long[] lengths = Metrics.longs(this, state, "lengths", 2);
        words = lengths[0];
        wanted = lengths[1];
    }
}
