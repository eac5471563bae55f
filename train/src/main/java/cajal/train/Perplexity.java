package cajal.train;

import cajal.kernel.DType;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Map;
import java.util.OptionalLong;

/// See [Metric#perplexity()].
final class Perplexity implements Metric {
    private final OptionalLong ignored;
    private double sum;
    private long all;

    Perplexity(OptionalLong ignored) {
        this.ignored = ignored;
    }

    @Override
    public String name() {
        return "perplexity";
    }

    @Override
    public boolean higherIsBetter() {
        return false;
    }

    @Override
    public void update(Tensor output, Tensor target) {
        int axis = Classes.classAxis(output.shape(), target.shape());
        try (var _ = Grad.off()) {
            Tensor t = target.to(DType.I64);
            Tensor counts =
                    ignored.isPresent() ? t.ne((double) ignored.getAsLong()) : Tensor.ones(DType.BOOL, t.shape());
            Tensor index = Tensor.where(counts, t, Tensor.scalar(0, DType.I64));
            Classes.indices(index, (int) output.dim(axis)); // says which one is out of range
            Tensor log = output.to(DType.F64)
                    .logSoftmax(axis)
                    .gather(axis, index.unsqueeze(axis))
                    .squeeze(axis);
            sum -= Tensor.where(counts, log, Tensor.scalar(0, DType.F64)).sum().item();
            all += (long) counts.sum().item();
        }
    }

    @Override
    public void merge(Metric other) {
        Perplexity o = Metrics.same(this, other, Perplexity.class);
        sum += o.sum;
        all += o.all;
    }

    @Override
    public double value() {
        return all == 0 ? Double.NaN : StrictMath.exp(sum / all);
    }

    @Override
    public Metric fresh() {
        return new Perplexity(ignored);
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
