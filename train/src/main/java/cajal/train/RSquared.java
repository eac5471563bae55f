package cajal.train;

import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Map;

/// See [Metric#r2()]: `1 - sum (y - o)² / sum (y - mean y)²` for each column, then the mean over the columns.
///
/// **Shapes** `(N)` or `(N, D)`, output and target alike.
///
/// **Numerics.** Each batch gives its column means and squared deviations, in double precision, which are
/// brought together without cancellation. A column whose target never changes counts 1 if it is met
/// exactly, else 0, as in scikit-learn; NaN before the second sample.
///
/// **Source** Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
/// variances",
/// 1979.
final class RSquared implements Metric {
    private long n;
    private double[] mean = new double[0];
    private double[] deviation = new double[0]; // sum (y - mean)²
    private double[] residual = new double[0]; // sum (y - o)²

    @Override
    public String name() {
        return "r2";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        Mean.checkShapes("r2", output, target);
        if (output.rank() < 1 || output.rank() > 2) {
            throw new ShapeException("r2 of outputs of shape " + output.shape() + "\n  rule: it is (N) or (N, D)");
        }
        try (var _ = Grad.off()) {
            RSquared batch = new RSquared();
            batch.fill(output.toDoubles(), target.toDoubles(), (int) output.dim(0));
            merge(batch);
        }
    }

    private void fill(double[] output, double[] target, int rows) {
        n = rows;
        int columns = rows == 0 ? 0 : target.length / rows;
        mean = new double[columns];
        deviation = new double[columns];
        residual = new double[columns];
        for (int i = 0; i < target.length; i++) {
            mean[i % columns] += target[i] / rows;
        }
        for (int i = 0; i < target.length; i++) {
            double fromMean = target[i] - mean[i % columns];
            double fromOutput = target[i] - output[i];
            deviation[i % columns] += fromMean * fromMean;
            residual[i % columns] += fromOutput * fromOutput;
        }
    }

    @Override
    public void merge(Metric other) {
        RSquared o = Metrics.same(this, other, RSquared.class);
        if (o.n == 0) {
            return;
        }
        if (n == 0) {
            n = o.n;
            mean = o.mean.clone();
            deviation = o.deviation.clone();
            residual = o.residual.clone();
            return;
        }
        if (mean.length != o.mean.length) {
            throw new ShapeException("r2 of " + o.mean.length + " columns after " + mean.length
                    + "\n  rule: all batches have the same columns");
        }
        double all = n + o.n;
        for (int j = 0; j < mean.length; j++) {
            double apart = o.mean[j] - mean[j];
            mean[j] += apart * o.n / all;
            deviation[j] += o.deviation[j] + apart * apart * n * o.n / all;
            residual[j] += o.residual[j];
        }
        n += o.n;
    }

    @Override
    public double value() {
        if (n < 2 || mean.length == 0) {
            return Double.NaN;
        }
        double sum = 0;
        for (int j = 0; j < mean.length; j++) {
            sum += deviation[j] > 0 ? 1 - residual[j] / deviation[j] : residual[j] == 0 ? 1 : 0;
        }
        return sum / mean.length;
    }

    @Override
    public Metric fresh() {
        return new RSquared();
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of(
                "samples", Tensor.indices(n),
                "mean", Tensor.ofDoubles(mean, mean.length),
                "deviation", Tensor.ofDoubles(deviation, mean.length),
                "residual", Tensor.ofDoubles(residual, mean.length));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        n = Metrics.longs(this, state, "samples", 1)[0];
        long columns = Metrics.slot(this, state, "mean").size();
        mean = Metrics.doubles(this, state, "mean", columns);
        deviation = Metrics.doubles(this, state, "deviation", columns);
        residual = Metrics.doubles(this, state, "residual", columns);
    }
}
