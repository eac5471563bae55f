package cajal.train;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.DoubleUnaryOperator;

/// See [Metric#mean].
final class Mean implements Metric {
    private final String name;
    private final boolean higherIsBetter;
    private final BinaryOperator<Tensor> figure;
    private final DoubleUnaryOperator last;
    private double sum;
    private long all;

    Mean(String name, boolean higherIsBetter, BinaryOperator<Tensor> figure) {
        this(name, higherIsBetter, figure, mean -> mean);
    }

    /// @param last what is done to the mean in the end, as a square root
    Mean(String name, boolean higherIsBetter, BinaryOperator<Tensor> figure, DoubleUnaryOperator last) {
        this.name = name;
        this.higherIsBetter = higherIsBetter;
        this.figure = figure;
        this.last = last;
    }

    /// Refuses shapes that differ: broadcasting `(N, 1)` against `(N)` would compare every output with every
    /// target.
    static void checkShapes(String name, Tensor output, Tensor target) {
        Shape o = output.shape();
        Shape t = target.shape();
        if (!o.equals(t)) {
            String fix = o.rank() == t.rank() + 1 && o.dim(-1) == 1 && o.size() == t.size()
                    ? "\n  fix:  target.unsqueeze(-1) has shape " + o
                    : t.rank() == o.rank() + 1 && t.dim(-1) == 1 && o.size() == t.size()
                            ? "\n  fix:  target.squeeze(-1) has shape " + o
                            : "";
            throw new ShapeException(name + " of outputs of shape " + o + " and targets of shape " + t
                    + "\n  rule: both have the same shape" + fix);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean higherIsBetter() {
        return higherIsBetter;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        checkShapes(name, output, target);
        try (var _ = Grad.off()) {
            Tensor figures = figure.apply(output, target);
            sum += figures.sum().item();
            all += figures.size();
        }
    }

    @Override
    public void merge(Metric other) {
        Mean o = Metrics.same(this, other, Mean.class);
        sum += o.sum;
        all += o.all;
    }

    @Override
    public double value() {
        return all == 0 ? Double.NaN : last.applyAsDouble(sum / all);
    }

    @Override
    public Metric fresh() {
        return new Mean(name, higherIsBetter, figure, last);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("sum", Tensor.ofDoubles(new double[] {sum}, 1), "counts", Tensor.indices(all));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        sum = Metrics.doubles(this, state, "sum", 1)[0];
        all = Metrics.longs(this, state, "counts", 1)[0];
    }
}
