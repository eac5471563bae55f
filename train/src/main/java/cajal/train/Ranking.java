package cajal.train;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/// How well scores put what is there before what is not, at every threshold: see [Metric#rocAuc()] and
/// [Metric#averagePrecision()].
///
/// All scores are kept (a number for each sample and class) and sorted when the value is asked for, so it
/// does not depend on the order in which batches came.
///
/// **Source** Hanley and McNeil, "The meaning and use of the area under a receiver operating
/// characteristic (ROC) curve", 1982; Manning, Raghavan, Schütze, "Introduction to Information
/// Retrieval", 2008, section 8.4.
final class Ranking implements Metric {
    private final String name;
    private final Figure figure;
    private int columns;
    private int n;
    private double[] scores = new double[0]; // (n, columns)
    private int[] right = new int[0]; // (n): the class, or 0 and 1 with a single column

    /// A figure of samples in the order of their scores.
    @FunctionalInterface
    interface Figure {
        /// The figure.
        ///
        /// @param sorted the scores from low to high
        /// @param positive which of them are of positive samples
        double of(double[] sorted, boolean[] positive);
    }

    Ranking(String name, Figure figure) {
        this.name = name;
        this.figure = figure;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        Shape o = output.shape();
        Shape t = target.shape();
        boolean single = o.rank() == 1 || o.rank() == 2 && o.dim(1) == 1;
        boolean fits = single
                ? t.rank() >= 1 && t.rank() <= 2 && t.size() == o.size() && t.dim(0) == o.dim(0)
                : o.rank() == 2 && t.equals(Shape.of(o.dim(0)));
        if (!fits) {
            throw new ShapeException(name + " of outputs of shape " + o + " and targets of shape " + t
                    + "\n  rule: one score a sample, (N) or (N, 1), goes with 0 and 1; scores (N, C) with class"
                    + " indices (N)");
        }
        Ranking batch = new Ranking(name, figure);
        batch.columns = single ? 1 : (int) o.dim(1);
        batch.n = (int) o.dim(0);
        try (var _ = Grad.off()) {
            batch.scores = output.toDoubles();
        }
        batch.right = Arrays.stream(Classes.indices(target, single ? 2 : batch.columns))
                .mapToInt(c -> (int) c)
                .toArray();
        merge(batch);
    }

    @Override
    public void merge(Metric other) {
        Ranking o = Metrics.same(this, other, Ranking.class);
        if (o.n == 0) {
            return;
        }
        if (n > 0 && columns != o.columns) {
            throw new ShapeException(name + " of " + o.columns + " columns after " + columns
                    + "\n  rule: all batches have the same columns");
        }
        columns = o.columns;
        int all = Math.addExact(n, o.n);
        if (all > right.length) { // doubled, so that many batches cost no more than a few copies
            int room = Math.max(all, 2 * right.length);
            right = Arrays.copyOf(right, room);
            scores = Arrays.copyOf(scores, Math.multiplyExact(room, columns));
        }
        System.arraycopy(o.right, 0, right, n, o.n);
        System.arraycopy(o.scores, 0, scores, n * columns, o.n * columns);
        n = all;
    }

    @Override
    public double value() {
        if (columns == 1) {
            return of(0, 1);
        }
        double sum = 0;
        for (int c = 0; c < columns; c++) {
            sum += of(c, c);
        }
        return columns == 0 ? Double.NaN : sum / columns;
    }

    /// The figure of a column, `positive` being the class that should have high scores.
    private double of(int column, int positive) {
        Integer[] order = new Integer[n];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(scores[a * columns + column], scores[b * columns + column]));
        double[] sorted = new double[n];
        boolean[] hits = new boolean[n];
        for (int i = 0; i < n; i++) {
            sorted[i] = scores[order[i] * columns + column] + 0.0; // no -0: it ties with 0
            hits[i] = right[order[i]] == positive;
        }
        return figure.of(sorted, hits);
    }

    /// The share of pairs of a positive and a negative sample in which the positive one has the higher
    /// score, ties counting half; NaN if there are not both.
    static double area(double[] sorted, boolean[] positive) {
        long twice = 0; // twice the number of pairs in order
        long negatives = 0;
        long positives = 0;
        for (int start = 0, end; start < sorted.length; start = end) {
            long p = 0;
            for (end = start; end < sorted.length && sorted[end] == sorted[start]; end++) {
                p += positive[end] ? 1 : 0;
            }
            if (end == start) {
                return Double.NaN; // a score that is no number
            }
            long q = end - start - p;
            twice += p * (2 * negatives + q);
            positives += p;
            negatives += q;
        }
        return (double) twice / 2 / ((double) positives * negatives);
    }

    /// The precision at each threshold, weighted with the recall gained there; NaN without positive
    /// samples.
    static double precision(double[] sorted, boolean[] positive) {
        double sum = 0;
        long found = 0;
        for (int end = sorted.length, start; end > 0; end = start) {
            long p = 0;
            for (start = end; start > 0 && sorted[start - 1] == sorted[end - 1]; start--) {
                p += positive[start - 1] ? 1 : 0;
            }
            if (start == end) {
                return Double.NaN;
            }
            found += p;
            sum += (double) p * found / (sorted.length - start);
        }
        return sum / found;
    }

    @Override
    public Metric fresh() {
        return new Ranking(name, figure);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of(
                "scores", Tensor.ofDoubles(Arrays.copyOf(scores, n * columns), n, columns),
                "right",
                        Tensor.indices(Arrays.stream(right, 0, n).asLongStream().toArray()));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        Tensor rows = Metrics.slot(this, state, "scores");
        n = (int) rows.dim(0);
        columns = (int) rows.dim(-1);
        scores = Metrics.doubles(this, state, "scores", (long) n * columns);
        right = Arrays.stream(Metrics.longs(this, state, "right", n))
                .mapToInt(c -> (int) c)
                .toArray();
    }
}
