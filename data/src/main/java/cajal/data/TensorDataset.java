package cajal.data;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// A data set whose samples lie in two tensors.
record TensorDataset(Tensor inputs, Tensor targets, List<String> classes) implements Dataset {
    TensorDataset {
        if (inputs.rank() < 1 || targets.rank() < 1 || inputs.dim(0) != targets.dim(0)) {
            throw new ShapeException("A data set of inputs " + inputs.shape() + " and targets " + targets.shape()
                    + "\n  rule: one row a sample in both");
        }
        if (!classes.isEmpty() && targets.size() > 0) {
            double low = targets.min().item();
            double high = targets.max().item();
            if (low < 0 || high >= classes.size()) {
                throw new DataException("A data set of " + classes.size() + " classes has targets from " + low + " to "
                        + high + "\n  rule: a target is the index of its class, 0 .. " + (classes.size() - 1));
            }
        }
    }

    @Override
    public long size() {
        return inputs.dim(0);
    }

    @Override
    public Shape inputShape() {
        return Shape.of(Arrays.copyOfRange(inputs.shape().dims(), 1, inputs.rank()));
    }

    @Override
    public Batch batch(long... samples) {
        try (var _ = Grad.off()) {
            Tensor rows = Tensor.indices(samples);
            return new Batch(inputs.indexSelect(0, rows), targets.indexSelect(0, rows));
        }
    }

    @Override
    public Tensor targets(long... samples) {
        try (var _ = Grad.off()) {
            return targets.indexSelect(0, Tensor.indices(samples));
        }
    }
}
