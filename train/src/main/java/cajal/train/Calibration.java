package cajal.train;

import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Map;

/// How far the certainty that is claimed is from the share that is right, the expected calibration error:
/// `sum over bins of n_b/n·|right_b/n_b - mean certainty_b|`.
///
/// Certainty is the probability of the class that is found; samples fall into bins of equal width by it.
///
/// **Shapes** scores of `C` classes `(N, C)` with class indices `(N)`; or a single score `(N)` or `(N,
/// 1)` with 0 and 1. Scores become probabilities by softmax or sigmoid, unless [#probabilities()] says
/// that they are.
///
/// **Source** Guo, Pleiss, Sun, Weinberger, "On calibration of modern neural networks", 2017, equation 3.
public final class Calibration implements Metric {
    private final boolean probabilities;
    private final long[] count;
    private final long[] right;
    private final double[] certainty;

    Calibration(int bins, boolean probabilities) {
        this.probabilities = probabilities;
        count = new long[(int) Options.atLeast("ece", "the number of bins", bins, 1)];
        right = new long[bins];
        certainty = new double[bins];
    }

    /// The same metric, empty, with another number of bins; 15 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if there is none.
    public Calibration bins(int bins) {
        return new Calibration(bins, probabilities);
    }

    /// The same metric, empty, for outputs that are probabilities.
    public Calibration probabilities() {
        return new Calibration(count.length, true);
    }

    @Override
    public String name() {
        return "ece";
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        boolean single = output.rank() == 1 || output.rank() == 2 && output.dim(1) == 1;
        if (output.rank() < 1 || output.rank() > 2 || target.size() != output.dim(0)) {
            throw new ShapeException("ece of outputs of shape " + output.shape() + " and targets of shape "
                    + target.shape() + "\n  rule: (N, C) goes with class indices (N), (N) or (N, 1) with 0 and 1");
        }
        try (var _ = Grad.off()) {
            double[] p = (probabilities ? output : single ? output.sigmoid() : output.softmax(1)).toDoubles();
            int columns = single ? 1 : (int) output.dim(1);
            long[] classes = Classes.indices(target, single ? 2 : columns);
            for (int i = 0; i < classes.length; i++) {
                add(p, i * columns, columns, (int) classes[i]);
            }
        }
    }

    private void add(double[] p, int from, int columns, int wanted) {
        int found = 0;
        double sure = p[from];
        for (int c = 1; c < columns; c++) {
            if (p[from + c] > sure) {
                found = c;
                sure = p[from + c];
            }
        }
        if (columns == 1) {
            found = sure > 0.5 ? 1 : 0;
            sure = Math.max(sure, 1 - sure);
        }
        int bin = (int) Math.ceil(sure * count.length) - 1; // each holds its upper bound
        bin = Math.clamp(bin, 0, count.length - 1);
        count[bin]++;
        right[bin] += found == wanted ? 1 : 0;
        certainty[bin] += sure;
    }

    @Override
    public void merge(Metric other) {
        Calibration o = Metrics.same(this, other, Calibration.class);
        if (o.count.length != count.length) {
            throw new IllegalArgumentException("ece of " + o.count.length + " bins cannot be merged into one of "
                    + count.length + "\n  rule: both are made by fresh() of the same metric");
        }
        for (int b = 0; b < count.length; b++) {
            count[b] += o.count[b];
            right[b] += o.right[b];
            certainty[b] += o.certainty[b];
        }
    }

    @Override
    public double value() {
        double apart = 0;
        long all = 0;
        for (int b = 0; b < count.length; b++) {
            apart += Math.abs(right[b] - certainty[b]);
            all += count[b];
        }
        return all == 0 ? Double.NaN : apart / all;
    }

    @Override
    public Calibration fresh() {
        return new Calibration(count.length, probabilities);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of(
                "count", Tensor.indices(count),
                "right", Tensor.indices(right),
                "certainty", Tensor.ofDoubles(certainty, certainty.length));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        int bins = count.length;
        System.arraycopy(Metrics.longs(this, state, "count", bins), 0, count, 0, bins);
        System.arraycopy(Metrics.longs(this, state, "right", bins), 0, right, 0, bins);
        System.arraycopy(Metrics.doubles(this, state, "certainty", bins), 0, certainty, 0, bins);
    }
}
