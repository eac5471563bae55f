package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Damps a neuron by its neighbours in other channels at the same place:
/// `y_c = x_c / (k + alpha/size · sum of x² over the size channels around c)^beta`.
///
/// **Shapes** `(B, C, ...)` gives the same.
///
/// **Initial values** alpha 1e-4, beta 0.75, k 1, as in PyTorch.
///
/// **Source** Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural
/// networks", 2012, section 3.3.
public final class LocalResponseNorm extends Block {
    private final long size;
    private double alpha = 1e-4;
    private double beta = 0.75;
    private double k = 1;

    /// A layer that looks at `size` channels around each.
    public LocalResponseNorm(long size) {
        if (size < 1) {
            throw new ShapeException("LocalResponseNorm(" + size + ")\n  rule: at least 1 channel");
        }
        this.size = size;
    }

    /// With another strength.
    public LocalResponseNorm alpha(double alpha) {
        checkUnsealed();
        this.alpha = alpha;
        return this;
    }

    /// With another exponent.
    public LocalResponseNorm beta(double beta) {
        checkUnsealed();
        this.beta = beta;
        return this;
    }

    /// With another number that is added to the neighbours' activity.
    public LocalResponseNorm k(double k) {
        checkUnsealed();
        this.k = k;
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 2) {
            throw new ShapeException("LocalResponseNorm '" + Context.current().path() + "' expects (B, C, ...) but got "
                    + x.shape() + "\n  rule: the second axis holds the channels");
        }
        long[] margin = new long[2 * (x.rank() - 1)]; // pairs from the last axis to the second
        margin[margin.length - 2] = size / 2;
        margin[margin.length - 1] = (size - 1) / 2;
        Tensor squares = x.square().pad(margin);
        Tensor around = squares.slice(1, 0, x.dim(1));
        for (long i = 1; i < size; i++) {
            around = around.add(squares.slice(1, i, i + x.dim(1)));
        }
        return x.div(around.mul(alpha / size).add(k).pow(beta));
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("size", size);
        constants.put("alpha", alpha);
        constants.put("beta", beta);
        constants.put("k", k);
        return Optional.of(Spec.of("LocalResponseNorm", constants));
    }

    static LocalResponseNorm of(Spec spec) {
        return new LocalResponseNorm(spec.number("size"))
                .alpha(spec.real("alpha"))
                .beta(spec.real("beta"))
                .k(spec.real("k"));
    }

    @Override
    public String describe() {
        return "LocalResponseNorm(" + size + ")";
    }
}
