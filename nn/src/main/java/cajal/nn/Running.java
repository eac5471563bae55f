package cajal.nn;

import cajal.kernel.Expr;
import cajal.tensor.Context;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.List;

/// Running mean and variance a channel, over the batches that training has shown.
///
/// @param mean the running mean, `(C)`
/// @param variance the running variance of a sample, `(C)`
/// @param count how many batches were seen, one `I64`
/// @param momentum the share of a new batch, or NaN for the plain average over all batches
record Running(State mean, State variance, State count, double momentum) {
    private static final Update AVERAGE = new Update(
            "runningStatistics",
            5,
            moved(Expr.arg(0), Expr.arg(2), Expr.arg(4)),
            moved(Expr.arg(1), Expr.arg(3), Expr.arg(4)));
    private static final Update COUNT = new Update("countBatch", 1, Expr.arg(0).plus(1));

    private static Expr moved(Expr before, Expr batch, Expr share) {
        return before.times(Expr.of(1).minus(share)).plus(batch.times(share));
    }

    /// Takes in a batch's mean and variance of a sample; both are operations that overwrite the states.
    void add(Tensor batchMean, Tensor batchVariance) {
        COUNT.apply(List.of(count));
        double share = Double.isNaN(momentum) ? 1 / count.item() : momentum;
        AVERAGE.apply(List.of(mean, variance), batchMean, batchVariance, Tensor.scalar(share, mean.dtype()));
    }

    /// `(x - mean) / sqrt(variance + epsilon) · w + b` a channel, the second axis, in one pass over `x`.
    Tensor apply(Tensor x, double epsilon, Tensor... weights) {
        Tensor scale = variance.detach().add(epsilon).rsqrt();
        scale = weights.length > 0 ? weights[0].mul(scale) : scale;
        Tensor shift = mean.mul(scale).neg();
        shift = weights.length > 1 ? weights[1].add(shift) : shift;
        return beside(x, shift).addcmul(x, beside(x, scale));
    }

    /// `(C)` as `(C, 1, ...)`, to stand beside `(B, C, ...)`.
    static Tensor beside(Tensor x, Tensor channels) {
        long[] dims = new long[x.rank() - 1];
        java.util.Arrays.fill(dims, 1);
        dims[0] = channels.dim(0);
        return channels.reshape(dims);
    }

    /// Whether batch statistics are taken now.
    static boolean training() {
        return Context.current().training();
    }
}
