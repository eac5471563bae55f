package cajal.tensor;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import java.util.List;

/// The derivatives of the scalar primitives, and by the chain rule those of every expression made of them.
///
/// At kinks the derivative is the one that PyTorch takes: 0 for `|x|` at 0, half to each side for a tie of
/// `max` or `min`.
final class Derivatives {
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

    private Derivatives() {}

    /// `g · d e / d arg(index)`: the expression for the gradient that reaches one argument.
    static Expr pull(Expr e, int index, Expr g) {
        return switch (e) {
            case Expr.Arg(int i) -> i == index ? g : Expr.of(0);
            case Expr.Const _ -> Expr.of(0);
            case Expr.Apply(Scalar fn, List<Expr> args) -> {
                Expr sum = Expr.of(0);
                for (int i = 0; i < args.size(); i++) {
                    if (args.get(i).contains(Expr.arg(index))) {
                        Expr inner = rule(fn, i, args, e, g);
                        sum = sum.plus(inner.is(0) ? inner : pull(args.get(i), index, inner));
                    }
                }
                yield sum;
            }
        };
    }

    /// `g · d fn / d operand i`, with `y` the value of the whole.
    private static Expr rule(Scalar fn, int i, List<Expr> args, Expr y, Expr g) {
        Expr a = args.get(0);
        Expr b = args.get(Math.min(1, args.size() - 1));
        return switch (fn) {
            case ADD -> g;
            case SUB -> i == 0 ? g : g.neg();
            case MUL -> g.times(i == 0 ? b : a);
            case DIV -> i == 0 ? g.over(b) : g.times(y).over(b).neg();
            case POW -> i == 0 ? powerByBase(a, b, g) : powerByExponent(a, y, g);
            case MAX, MIN -> {
                Expr mine = i == 0 ? a : b;
                Expr other = i == 0 ? b : a;
                Expr wins = fn == Scalar.MAX ? mine.gt(other) : other.gt(mine);
                yield wins.then(g, Expr.apply(Scalar.EQ, a, b).then(g.times(0.5), Expr.of(0)));
            }
            case SELECT -> i == 0 ? Expr.of(0) : i == 1 ? a.then(g, Expr.of(0)) : a.then(Expr.of(0), g);
            case NEG -> g.neg();
            case ABS -> g.times(a.then(Scalar.SIGN));
            case EXP -> g.times(y);
            case EXPM1 -> g.times(y.plus(1));
            case LOG -> g.over(a);
            case LOG1P -> g.over(a.plus(1));
            case SQRT -> g.times(0.5).over(y);
            case SIN -> g.times(a.then(Scalar.COS));
            case COS -> g.times(a.then(Scalar.SIN)).neg();
            case TANH -> g.times(Expr.of(1).minus(y.squared()));
            case SIGMOID -> g.times(y.times(Expr.of(1).minus(y)));
            case ERF -> g.times(a.squared().neg().then(Scalar.EXP).times(TWO_OVER_SQRT_PI));
            case GT, GE, LT, LE, EQ, NE, SIGN, FLOOR, ROUND -> Expr.of(0);
        };
    }

    /// `b·a^(b-1)`, and 0 for `b = 0` also where `a = 0`.
    private static Expr powerByBase(Expr a, Expr b, Expr g) {
        Expr d = g.times(b.times(Expr.apply(Scalar.POW, a, b.minus(1))));
        return Expr.apply(Scalar.EQ, b, Expr.of(0)).then(Expr.of(0), d);
    }

    /// `a^b·ln a`, and 0 where `a = 0`.
    private static Expr powerByExponent(Expr a, Expr y, Expr g) {
        return Expr.apply(Scalar.EQ, a, Expr.of(0)).then(Expr.of(0), g.times(y.times(a.then(Scalar.LOG))));
    }
}
