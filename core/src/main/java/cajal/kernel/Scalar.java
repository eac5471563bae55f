package cajal.kernel;

/// The closed set of scalar functions that every pointwise operation is made of.
///
/// A backend that knows these knows every pointwise operation; [#of] is their meaning in double precision,
/// which the reference kernels evaluate. Comparisons answer 1 for true and 0 for false.
public enum Scalar {
    /// `a + b`
    ADD(2),
    /// `a - b`
    SUB(2),
    /// `a * b`
    MUL(2),
    /// `a / b`
    DIV(2),
    /// `a ^ b`
    POW(2),
    /// The larger of both; NaN if one is NaN.
    MAX(2),
    /// The smaller of both; NaN if one is NaN.
    MIN(2),
    /// `a > b`
    GT(2),
    /// `a >= b`
    GE(2),
    /// `a < b`
    LT(2),
    /// `a <= b`
    LE(2),
    /// `a == b`
    EQ(2),
    /// `a != b`
    NE(2),
    /// `b` where `a` is not 0, else `c`
    SELECT(3),
    /// `-a`
    NEG(1),
    /// `|a|`
    ABS(1),
    /// -1, 0 or 1, as the sign of `a`
    SIGN(1),
    /// `e^a`
    EXP(1),
    /// `e^a - 1`, exact near 0
    EXPM1(1),
    /// The natural logarithm.
    LOG(1),
    /// `ln(1 + a)`, exact near 0
    LOG1P(1),
    /// The square root.
    SQRT(1),
    /// The sine, in radians.
    SIN(1),
    /// The cosine, in radians.
    COS(1),
    /// The hyperbolic tangent.
    TANH(1),
    /// The logistic function `1 / (1 + e^-a)`.
    SIGMOID(1),
    /// The error function `2/sqrt(pi) * integral of e^(-t^2) from 0 to a`.
    ERF(1),
    /// The largest integer not above `a`.
    FLOOR(1),
    /// The nearest integer, halves to the even one.
    ROUND(1);

    private final int arity;

    Scalar(int arity) {
        this.arity = arity;
    }

    /// The number of operands.
    public int arity() {
        return arity;
    }

    /// The value for the operands; those beyond the arity are ignored.
    public double of(double a, double b, double c) {
        return switch (this) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
            case DIV -> a / b;
            case POW -> StrictMath.pow(a, b);
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
            case GT -> a > b ? 1 : 0;
            case GE -> a >= b ? 1 : 0;
            case LT -> a < b ? 1 : 0;
            case LE -> a <= b ? 1 : 0;
            case EQ -> a == b ? 1 : 0;
            case NE -> a != b ? 1 : 0;
            case SELECT -> a != 0 ? b : c;
            case NEG -> -a;
            case ABS -> Math.abs(a);
            case SIGN -> Math.signum(a);
            case EXP -> StrictMath.exp(a);
            case EXPM1 -> StrictMath.expm1(a);
            case LOG -> StrictMath.log(a);
            case LOG1P -> StrictMath.log1p(a);
            case SQRT -> Math.sqrt(a);
            case SIN -> StrictMath.sin(a);
            case COS -> StrictMath.cos(a);
            case TANH -> StrictMath.tanh(a);
            case SIGMOID -> a >= 0 ? 1 / (1 + StrictMath.exp(-a)) : StrictMath.exp(a) / (1 + StrictMath.exp(a));
            case ERF -> Erf.of(a);
            case FLOOR -> Math.floor(a);
            case ROUND -> Math.rint(a);
        };
    }
}
