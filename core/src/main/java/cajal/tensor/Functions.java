package cajal.tensor;

import static cajal.kernel.Expr.arg;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Elementwise.Result;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The table of all pointwise functions: name, formula over `x`, `y`, `z`, and where it matters for memory or
/// precision the gradient; every other gradient follows from the formula.
///
/// Legend: `x`, `y`, `z` the arguments; `v` the value; `g` the incoming gradient.
///
/// **Source** of the activations: ReLU Nair and Hinton 2010; ELU Clevert et al. 2015; SELU Klambauer et al.
/// 2017; CELU Barron 2017; GELU Hendrycks and Gimpel 2016; SiLU Elfwing et al. 2017; Mish Misra 2019; hard
/// swish Howard et al. 2019.
public final class Functions {
    private static final Map<String, Elementwise> TABLE = new LinkedHashMap<>();
    private static final Expr X = arg(0);
    private static final Expr Y = arg(1);
    private static final Expr Z = arg(2);
    private static final Expr ZERO = Expr.of(0);
    private static final Expr ONE = Expr.of(1);

    // arithmetic
    static final Elementwise ADD = binary("add", Result.SAME, X.plus(Y));
    static final Elementwise SUB = binary("sub", Result.SAME, X.minus(Y));
    static final Elementwise MUL = binary("mul", Result.SAME, X.times(Y));
    static final Elementwise DIV = binary("div", Result.FLOAT, X.over(Y));
    static final Elementwise ADDCMUL = add(new Elementwise("addcmul", 3, Result.SAME, X.plus(Y.times(Z))));
    static final Elementwise POW = binary("pow", Result.FLOAT, Expr.apply(Scalar.POW, X, Y));
    static final Elementwise MAX = binary("maximum", Result.SAME, X.max(Y));
    static final Elementwise MIN = binary("minimum", Result.SAME, X.min(Y));
    static final Elementwise NEG = unary("neg", Result.SAME, X.neg());
    static final Elementwise ABS = unary("abs", Result.SAME, X.then(Scalar.ABS));
    static final Elementwise SIGN = unary("sign", Result.SAME, X.then(Scalar.SIGN));
    static final Elementwise FLOOR = unary("floor", Result.SAME, X.then(Scalar.FLOOR));
    static final Elementwise CEIL =
            unary("ceil", Result.SAME, X.neg().then(Scalar.FLOOR).neg());
    static final Elementwise ROUND = unary("round", Result.SAME, X.then(Scalar.ROUND));
    static final Elementwise SQUARE = unary("square", Result.SAME, X.squared());
    static final Elementwise CLAMP = add(new Elementwise(
            "clamp",
            3,
            Result.SAME,
            X.max(Y).min(Z), // the gradient passes where the bounds do not bind
            inside(X, Y, Z).then(arg(4), ZERO),
            inside(Y, X, Z).times(Y.gt(X)).then(arg(4), ZERO),
            X.max(Y).gt(Z).then(arg(4), ZERO)));

    // comparison and choice
    static final Elementwise GT = compare("gt", Scalar.GT);
    static final Elementwise GE = compare("ge", Scalar.GE);
    static final Elementwise LT = compare("lt", Scalar.LT);
    static final Elementwise LE = compare("le", Scalar.LE);
    static final Elementwise EQ = compare("eq", Scalar.EQ);
    static final Elementwise NE = compare("ne", Scalar.NE);
    static final Elementwise AND = binary("and", Result.BOOL, X.then(Y.then(ONE, ZERO), ZERO));
    static final Elementwise OR = binary("or", Result.BOOL, X.then(ONE, Y.then(ONE, ZERO)));
    static final Elementwise NOT = unary("not", Result.BOOL, X.then(ZERO, ONE));
    static final Elementwise IS_NAN = unary("isNaN", Result.BOOL, Expr.apply(Scalar.NE, X, X));
    static final Elementwise WHERE = add(new Elementwise("where", 3, Result.CHOICE, X.then(Y, Z)));

    // elementary functions
    static final Elementwise EXP = unary("exp", Result.FLOAT, X.then(Scalar.EXP));
    static final Elementwise EXPM1 = unary("expm1", Result.FLOAT, X.then(Scalar.EXPM1));
    static final Elementwise LOG = unary("log", Result.FLOAT, X.then(Scalar.LOG));
    static final Elementwise LOG1P = unary("log1p", Result.FLOAT, X.then(Scalar.LOG1P));
    static final Elementwise SQRT = unary("sqrt", Result.FLOAT, X.then(Scalar.SQRT));
    static final Elementwise RSQRT = unary("rsqrt", Result.FLOAT, ONE.over(X.then(Scalar.SQRT)));
    static final Elementwise RECIPROCAL = unary("reciprocal", Result.FLOAT, ONE.over(X));
    static final Elementwise SIN = unary("sin", Result.FLOAT, X.then(Scalar.SIN));
    static final Elementwise COS = unary("cos", Result.FLOAT, X.then(Scalar.COS));
    static final Elementwise TANH = unary("tanh", Result.FLOAT, X.then(Scalar.TANH));
    static final Elementwise SIGMOID = unary("sigmoid", Result.FLOAT, X.then(Scalar.SIGMOID));
    static final Elementwise ERF = unary("erf", Result.FLOAT, X.then(Scalar.ERF));

    // activations
    static final Elementwise RELU =
            add(new Elementwise("relu", 1, Result.SAME, X.max(ZERO), Y.gt(0).then(Z, ZERO)));
    static final Elementwise LEAKY_RELU =
            binary("leakyRelu", Result.FLOAT, X.gt(0).then(X, X.times(Y)));
    static final Elementwise ELU =
            binary("elu", Result.FLOAT, X.gt(0).then(X, Y.times(negative(X).then(Scalar.EXPM1))));
    static final Elementwise CELU = binary(
            "celu", Result.FLOAT, X.gt(0).then(X, Y.times(negative(X).over(Y).then(Scalar.EXPM1))));
    static final Elementwise SELU = unary(
            "selu",
            Result.FLOAT,
            X.gt(0)
                    .then(X, negative(X).then(Scalar.EXPM1).times(1.6732632423543772))
                    .times(1.0507009873554805));
    static final Elementwise GELU =
            add(new Elementwise("gelu", 1, Result.FLOAT, X.times(gaussian(X)), geluGradient(), new Expr[0]));
    static final Elementwise GELU_TANH = unary(
            "geluTanh", Result.FLOAT, X.times(0.5).times(ONE.plus(innerOfGelu(X).then(Scalar.TANH))));
    static final Elementwise SILU = unary("silu", Result.FLOAT, X.times(X.then(Scalar.SIGMOID)));
    static final Elementwise SOFTPLUS =
            unary("softplus", Result.FLOAT, softplus(X), arg(2).times(X.then(Scalar.SIGMOID)));
    static final Elementwise LOG_SIGMOID = unary(
            "logSigmoid",
            Result.FLOAT,
            softplus(X.neg()).neg(),
            arg(2).times(X.neg().then(Scalar.SIGMOID)));
    static final Elementwise MISH =
            unary("mish", Result.FLOAT, X.times(softplus(X).then(Scalar.TANH)), mishGradient());
    static final Elementwise SOFTSIGN =
            unary("softsign", Result.FLOAT, X.over(X.then(Scalar.ABS).plus(1)), softsignGradient());
    static final Elementwise HARD_SIGMOID =
            unary("hardSigmoid", Result.FLOAT, sixth(X), within(X, -3, 3).then(arg(2).over(6), ZERO));
    static final Elementwise HARD_SWISH = unary("hardSwish", Result.FLOAT, X.times(sixth(X)), hardSwishGradient());
    static final Elementwise RELU6 = unary(
            "relu6", Result.SAME, X.max(ZERO).min(Expr.of(6)), within(X, 0, 6).then(arg(2), ZERO));
    static final Elementwise HARD_TANH = add(new Elementwise(
            "hardTanh",
            3,
            Result.SAME,
            X.max(Y).min(Z), // as clamp, but at the bounds themselves the gradient is theirs
            X.gt(Y).times(Z.gt(X)).then(arg(4), ZERO),
            Expr.apply(Scalar.GE, Y, X).then(arg(4), ZERO),
            Expr.apply(Scalar.GE, X, Z).then(arg(4), ZERO)));

    private Functions() {}

    /// All pointwise functions by name, in the order of the table.
    public static Map<String, Elementwise> table() {
        return Collections.unmodifiableMap(TABLE);
    }

    private static Elementwise add(Elementwise fn) {
        TABLE.put(fn.name(), fn);
        return fn;
    }

    private static Elementwise unary(String name, Result result, Expr value, Expr... rule) {
        return add(new Elementwise(name, 1, result, value, rule));
    }

    private static Elementwise binary(String name, Result result, Expr value) {
        return add(new Elementwise(name, 2, result, value));
    }

    private static Elementwise compare(String name, Scalar fn) {
        return binary(name, Result.BOOL, Expr.apply(fn, X, Y));
    }

    /// `x` below 0, else 0: keeps `e^x` from overflowing on the side of a choice that is not taken.
    private static Expr negative(Expr x) {
        return x.gt(0).then(ZERO, x);
    }

    private static Expr inside(Expr x, Expr low, Expr high) {
        return Expr.apply(Scalar.GE, x, low).times(Expr.apply(Scalar.LE, x, high));
    }

    private static Expr within(Expr x, double low, double high) {
        return x.gt(low).times(Expr.of(high).gt(x));
    }

    /// The standard normal distribution function, `(1 + erf(x / sqrt 2)) / 2`.
    private static Expr gaussian(Expr x) {
        return x.times(0.7071067811865476).then(Scalar.ERF).plus(1).times(0.5);
    }

    /// `g·(Φ(x) + x·φ(x))` with the density `φ`, and with `Φ(x) = y / x` instead of another error function. Nearer to 0
    /// than `1e-20`, where the value may have lost digits, that is a half.
    private static Expr geluGradient() {
        Expr share = X.then(Scalar.ABS).gt(1e-20).then(Y.over(X), Expr.of(0.5));
        Expr density = X.times(0.7071067811865476).squared().neg().then(Scalar.EXP);
        return arg(2).times(share.plus(X.times(0.3989422804014327).times(density)));
    }

    private static Expr innerOfGelu(Expr x) {
        return x.plus(x.squared().times(x).times(0.044715)).times(0.7978845608028654);
    }

    /// `ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|)`, which does not overflow.
    private static Expr softplus(Expr x) {
        return x.max(ZERO).plus(x.then(Scalar.ABS).neg().then(Scalar.EXP).then(Scalar.LOG1P));
    }

    private static Expr sixth(Expr x) {
        return x.plus(3).max(ZERO).min(Expr.of(6)).over(6);
    }

    private static Expr mishGradient() {
        Expr t = softplus(X).then(Scalar.TANH);
        return arg(2).times(t.plus(X.times(ONE.minus(t.squared())).times(X.then(Scalar.SIGMOID))));
    }

    private static Expr softsignGradient() {
        return arg(2).over(X.then(Scalar.ABS).plus(1).squared());
    }

    private static Expr hardSwishGradient() {
        Expr middle = arg(2).times(X.over(3).plus(0.5));
        return Expr.apply(Scalar.GE, X, Expr.of(3)).then(arg(2), X.gt(-3).then(middle, ZERO));
    }
}
