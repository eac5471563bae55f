package cajal.train;

import cajal.kernel.Expr;
import cajal.tensor.Update;

/// The inputs of an update's formulas, numbered in the order in which they are declared: the parameter, its
/// slots, the gradient, the numbers of the step.
final class Formula {
    private int inputs;

    /// The next input.
    Expr in() {
        return Expr.arg(inputs++);
    }

    /// The operation: one formula for the parameter and one for each slot.
    Update update(String name, Expr... formulas) {
        return new Update(name, inputs, formulas);
    }

    /// The moving average that goes the share `share` of the way from `average` to `value`.
    static Expr towards(Expr average, Expr value, Expr share) {
        return average.plus(value.minus(average).times(share));
    }
}
