package cajal.train;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Map;

/// See [Metric#topK(int)]. Of equal scores, the class with the smaller index comes first.
final class TopK implements Metric {
    private final int k;
    private long hits;
    private long all;

    TopK(int k) {
        this.k = (int) Options.atLeast("topK", "k", k, 1);
    }

    @Override
    public String name() {
        return "top" + k;
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        Shape o = output.shape();
        if (o.rank() != 2 || !target.shape().equals(Shape.of(o.dim(0)))) {
            throw new ShapeException("top" + k + " of outputs of shape " + o + " and targets of shape " + target.shape()
                    + "\n  rule: scores (N, C) go with class indices (N)");
        }
        if (k > o.dim(1)) {
            throw new ShapeException(
                    "top" + k + " of outputs of shape " + o + "\n  rule: there are at least " + k + " classes");
        }
        long[] right = Classes.indices(target, (int) o.dim(1));
        try (var _ = Grad.off()) {
            long[] best = output.topK(k, 1).indices().toLongs(); // (N, k)
            for (int i = 0; i < best.length; i++) {
                hits += best[i] == right[i / k] ? 1 : 0;
            }
        }
        all += right.length;
    }

    @Override
    public void merge(Metric other) {
        TopK o = Metrics.same(this, other, TopK.class);
        hits += o.hits;
        all += o.all;
    }

    @Override
    public double value() {
        return all == 0 ? Double.NaN : (double) hits / all;
    }

    @Override
    public Metric fresh() {
        return new TopK(k);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("counts", Tensor.indices(hits, all));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        long[] counts = Metrics.longs(this, state, "counts", 2);
        hits = counts[0];
        all = counts[1];
    }
}
