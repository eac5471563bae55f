package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How two inputs go together: `y_o = x1ᵀ·W_o·x2 + b_o`.
///
/// **Shapes** `x1 (..., in1)`, `x2 (..., in2)` with the same axes in front give `(..., out)`; `weight (out,
/// in1, in2)`, `bias (out)`.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(in1), as in PyTorch.
public final class Bilinear extends Part {
    private final long first;
    private final long second;
    private final long out;
    private boolean hasBias = true;
    private @Nullable Param weight;
    private @Nullable Param bias;

    /// A layer of `out` neurons over inputs of `first` and `second` numbers.
    public Bilinear(long first, long second, long out) {
        if (first < 1 || second < 1 || out < 1) {
            throw new ShapeException(
                    "Bilinear(" + first + ", " + second + ", " + out + ")\n  rule: sizes are at least 1");
        }
        this.first = first;
        this.second = second;
        this.out = out;
    }

    /// Without a bias.
    public Bilinear noBias() {
        checkUnsealed();
        hasBias = false;
        return this;
    }

    @Override
    protected void seal() {
        double bound = 1 / Math.sqrt((double) first);
        weight = param("weight", Init.uniform(-bound, bound), out, first, second);
        bias = hasBias ? param("bias", Init.uniform(-bound, bound), out) : null;
    }

    /// The output for two inputs.
    public Tensor apply(Tensor x1, Tensor x2) {
        return call(() -> forward(x1, x2), x1, x2);
    }

    private Tensor forward(Tensor x1, Tensor x2) {
        boolean fits = x1.rank() > 0
                && x1.rank() == x2.rank()
                && x1.dim(-1) == first
                && x2.dim(-1) == second
                && x1.shape().with(-1, 1).equals(x2.shape().with(-1, 1));
        if (!fits) {
            throw new ShapeException("Bilinear '" + Context.current().path() + "' expects (..., " + first
                    + ") and (..., " + second + ") but got " + x1.shape() + " and " + x2.shape()
                    + "\n  rule: the axes in front agree");
        }
        long n = x1.size() / first;
        Tensor w = Objects.requireNonNull(weight).permute(1, 0, 2).reshape(first, out * second);
        Tensor half = x1.reshape(n, first).matmul(w).reshape(n, out, second); // x1ᵀ·W_o
        Tensor y = half.matmul(x2.reshape(n, second, 1)); // (n, out, 1)
        long[] dims = Arrays.copyOf(x1.shape().dims(), x1.rank());
        dims[dims.length - 1] = out;
        y = y.reshape(Shape.of(dims));
        return bias == null ? y : y.add(bias);
    }

    @Override
    public String describe() {
        return "Bilinear(" + first + ", " + second + " -> " + out + ")";
    }
}
