package cajal.kernel;

import java.util.List;

/// A scalar expression over arguments and constants: pointwise functions as data, which the reference kernels
/// evaluate, other backends match or translate, and autograd differentiates.
///
/// The building methods simplify what is trivially so (`x * 1`, `x + 0`, constants), nothing that changes a
/// result.
public sealed interface Expr {
    /// The `index`-th argument of the function.
    record Arg(int index) implements Expr {
        @Override
        public String toString() {
            return index < 3 ? String.valueOf((char) ('x' + index)) : "x" + index;
        }
    }

    /// A constant.
    record Const(double value) implements Expr {
        @Override
        public String toString() {
            return value == Math.rint(value) && Math.abs(value) < 1e9
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
    }

    /// A scalar function applied to expressions.
    record Apply(Scalar fn, List<Expr> args) implements Expr {
        /// Copies the list of operands.
        public Apply {
            args = List.copyOf(args);
        }

        @Override
        public String toString() {
            String a = args.get(0).toString();
            return switch (fn) {
                case ADD -> "(" + a + " + " + args.get(1) + ")";
                case SUB -> "(" + a + " - " + args.get(1) + ")";
                case MUL -> a + "·" + args.get(1);
                case DIV -> a + "/" + args.get(1);
                case NEG -> "-" + a;
                default ->
                    fn.name().toLowerCase(java.util.Locale.ROOT)
                            + args.toString().replace('[', '(').replace(']', ')');
            };
        }
    }

    /// The `index`-th argument.
    static Expr arg(int index) {
        return new Arg(index);
    }

    /// A constant.
    static Expr of(double value) {
        return new Const(value);
    }

    /// `fn` of the operands, without simplification.
    static Expr apply(Scalar fn, Expr... args) {
        return new Apply(fn, List.of(args));
    }

    /// Whether this is the constant `value`.
    default boolean is(double value) {
        return this instanceof Const c && c.value == value;
    }

    /// `this + e`
    default Expr plus(Expr e) {
        return is(0) ? e : e.is(0) ? this : apply(Scalar.ADD, this, e);
    }

    /// `this + c`
    default Expr plus(double c) {
        return plus(of(c));
    }

    /// `this - e`
    default Expr minus(Expr e) {
        return e.is(0) ? this : is(0) ? e.neg() : apply(Scalar.SUB, this, e);
    }

    /// `this - c`
    default Expr minus(double c) {
        return minus(of(c));
    }

    /// `this * e`
    default Expr times(Expr e) {
        return is(1) ? e : e.is(1) ? this : is(-1) ? e.neg() : e.is(-1) ? neg() : apply(Scalar.MUL, this, e);
    }

    /// `this * c`
    default Expr times(double c) {
        return times(of(c));
    }

    /// `this / e`
    default Expr over(Expr e) {
        return e.is(1) ? this : apply(Scalar.DIV, this, e);
    }

    /// `this / c`
    default Expr over(double c) {
        return over(of(c));
    }

    /// `-this`
    default Expr neg() {
        return this instanceof Const c ? of(-c.value) : apply(Scalar.NEG, this);
    }

    /// `this^2`
    default Expr squared() {
        return times(this);
    }

    /// A function of one operand.
    default Expr then(Scalar fn) {
        return apply(fn, this);
    }

    /// The larger of `this` and `e`.
    default Expr max(Expr e) {
        return apply(Scalar.MAX, this, e);
    }

    /// The smaller of `this` and `e`.
    default Expr min(Expr e) {
        return apply(Scalar.MIN, this, e);
    }

    /// 1 if `this > e`, else 0.
    default Expr gt(Expr e) {
        return apply(Scalar.GT, this, e);
    }

    /// 1 if `this > c`, else 0.
    default Expr gt(double c) {
        return gt(of(c));
    }

    /// `yes` where this is not 0, else `no`.
    default Expr then(Expr yes, Expr no) {
        return yes.equals(no) ? yes : apply(Scalar.SELECT, this, yes, no);
    }

    /// This expression with every occurrence of `part` replaced.
    default Expr replace(Expr part, Expr by) {
        if (equals(part)) {
            return by;
        }
        return this instanceof Apply(var fn, var args)
                ? new Apply(fn, args.stream().map(a -> a.replace(part, by)).toList())
                : this;
    }

    /// Whether `part` occurs in this expression.
    default boolean contains(Expr part) {
        return equals(part) || this instanceof Apply a && a.args.stream().anyMatch(x -> x.contains(part));
    }
}
