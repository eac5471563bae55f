package cajal.train;

import cajal.kernel.DType;
import cajal.tensor.Grad;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Map;

/// What is done to gradients between the backward pass and the optimiser's step: clipping.
///
/// Parameters without a gradient are passed over. Sums run in the map's order, so the same gradients give
/// the same bits.
public final class Gradients {
    private Gradients() {}

    /// The length of all gradients taken as one vector: `√(sum of g²)`; 0 if there are none.
    public static double norm(Map<String, Param> params) {
        try (var _ = Grad.off()) {
            return total(params).sqrt().item();
        }
    }

    /// Shrinks all gradients by the common factor `max / (norm + 1e-6)`, if that is below 1; directions stay.
    ///
    /// **Numerics.** If the norm is not finite the gradients are left as they are, so that a guard finds the
    /// bad number.
    ///
    /// **Source** Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML
    /// 2013, section 3.2; the 1e-6 as in PyTorch.
    ///
    /// @return the norm before
    ///
    /// **Throws** [IllegalArgumentException] unless `max` is above 0.
    public static double clipNorm(Map<String, Param> params, double max) {
        check("clipNorm", "the largest norm", max);
        double norm = norm(params);
        double factor = max / (norm + 1e-6);
        if (Double.isFinite(norm) && factor < 1) {
            try (var _ = Grad.off()) {
                params.values().stream()
                        .filter(Param::hasGrad)
                        .forEach(p -> p.grad(p.grad().mul(factor)));
            }
        }
        return norm;
    }

    /// Cuts every element of every gradient to `-limit .. limit`.
    ///
    /// **Throws** [IllegalArgumentException] unless `limit` is above 0.
    public static void clipValue(Map<String, Param> params, double limit) {
        check("clipValue", "the limit", limit);
        try (var _ = Grad.off()) {
            params.values().stream()
                    .filter(Param::hasGrad)
                    .forEach(p -> p.grad(p.grad().clamp(-limit, limit)));
        }
    }

    private static void check(String owner, String name, double value) {
        if (!(value > 0)) {
            throw Options.wrong(owner, name, value, "above 0", "");
        }
    }

    private static Tensor total(Map<String, Param> params) {
        Tensor total = Tensor.scalar(0, DType.F64);
        for (Param p : params.values()) {
            if (p.hasGrad()) {
                total = total.add(p.grad().square().sum().to(DType.F64));
            }
        }
        return total;
    }
}
