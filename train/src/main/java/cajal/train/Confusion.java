package cajal.train;

import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/// A metric that is read from the table of which class was taken for which; shapes as at [Metric#accuracy()].
public final class Confusion implements Metric {
    private final String name;
    private final Classes classes;
    private final ToDoubleFunction<ConfusionMatrix> figure;
    private ConfusionMatrix matrix = new ConfusionMatrix(0);

    Confusion(String name, ToDoubleFunction<ConfusionMatrix> figure) {
        this(name, new Classes(0), figure);
    }

    private Confusion(String name, Classes classes, ToDoubleFunction<ConfusionMatrix> figure) {
        this.name = name;
        this.classes = classes;
        this.figure = figure;
    }

    /// The same metric, empty, for one score a sample that says 1 if it is above `threshold`: 0.5 for a
    /// probability; 0, a logit's, unless set.
    public Confusion threshold(double threshold) {
        return new Confusion(name, new Classes(threshold), figure);
    }

    /// The table for all batches so far; of no class before the first.
    public ConfusionMatrix matrix() {
        return matrix;
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
        Classes.Pair pair = classes.of(output, target);
        add(ConfusionMatrix.of(pair.right(), pair.found(), pair.count()));
    }

    @Override
    public void merge(Metric other) {
        add(Metrics.same(this, other, Confusion.class).matrix);
    }

    private void add(ConfusionMatrix more) {
        if (more.classes() == 0) {
            return;
        }
        if (matrix.classes() != 0 && matrix.classes() != more.classes()) {
            throw new ShapeException(name + " of " + more.classes() + " classes after " + matrix.classes()
                    + "\n  rule: all batches have the same classes");
        }
        matrix = matrix.classes() == 0 ? more : matrix.plus(more);
    }

    @Override
    public double value() {
        return matrix.total() == 0 ? Double.NaN : figure.applyAsDouble(matrix);
    }

    @Override
    public Confusion fresh() {
        return new Confusion(name, classes, figure);
    }

    @Override
    public Map<String, Tensor> state() {
        return Map.of("matrix", Tensor.ofLongs(matrix.flat(), matrix.classes(), matrix.classes()));
    }

    @Override
    public void load(Map<String, ? extends Tensor> state) {
        int n = (int) Metrics.slot(this, state, "matrix").dim(0);
        matrix = ConfusionMatrix.ofCounts(Metrics.longs(this, state, "matrix", (long) n * n), n);
    }
}
