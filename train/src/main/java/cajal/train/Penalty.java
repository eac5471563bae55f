package cajal.train;

import cajal.tensor.Tensor;

/// A price on large weights, which is added to the loss: `l1·Σ|w| + l2·Σw²`.
///
/// Unlike weight decay it is part of what is made small, so it shows in the training loss, and an optimiser
/// that divides by the gradient's size divides its gradient as well.
///
/// @param l1 the price of magnitudes: it makes weights exactly 0 where they do not pay
/// @param l2 the price of squares; weight decay `λ` of plain [SGD] is `l2 = λ/2`
public record Penalty(double l1, double l2) {
    /// Checks that both are finite and not negative.
    public Penalty {
        Options.notNegative("Penalty", "l1", l1);
        Options.notNegative("Penalty", "l2", l2);
    }

    /// `price·Σ|w|`
    public static Penalty l1(double price) {
        return new Penalty(price, 0);
    }

    /// `price·Σw²`
    public static Penalty l2(double price) {
        return new Penalty(0, price);
    }

    /// The penalty of some weights, one number.
    public Tensor of(Tensor weights) {
        if (l1 == 0) {
            return weights.square().sum().mul(l2);
        }
        Tensor sizes = weights.abs().sum().mul(l1);
        return l2 == 0 ? sizes : sizes.add(weights.square().sum().mul(l2));
    }
}
