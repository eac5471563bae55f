package cajal.train;

import cajal.tensor.Tensor;
import java.util.Map;

/// See [Metric#accuracy()].
final class Accuracy implements Metric {
    private final Classes classes;
    private long right;
    private long all;

    Accuracy(Classes classes) {
        this.classes = classes;
    }

    @Override
    public String name() {
        return "accuracy";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        Classes.Pair pair = classes.of(output, target);
        for (int i = 0; i < pair.found().length; i++) {
            right += pair.found()[i] == pair.right()[i] ? 1 : 0;
        }
        all += pair.found().length;
    }

    @Override
    public void merge(Metric other) {
        Accuracy o = Metrics.same(this, other, Accuracy.class);
        right += o.right;
        all += o.all;
    }

    @Override
    public double value() {
        return all == 0 ? Double.NaN : (double) right / all;
    }

    @Override
    public Metric fresh() {
        return new Accuracy(classes);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("counts", Tensor.indices(right, all));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        long[] counts = Metrics.longs(this, state, "counts", 2);
        right = counts[0];
        all = counts[1];
    }
}
