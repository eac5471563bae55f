package cajal.tensor;

import static cajal.tensor.Functions.*;

/// The pointwise operations of a tensor; each is described by its formula in [Functions].
///
/// Operands are broadcast; a number stands for a tensor of that one value.
public sealed interface Pointwise permits Tensor {
    private Tensor self() {
        return (Tensor) this;
    }

    private Tensor with(double value) {
        return Tensor.like(self(), value);
    }

    /// `x + y`
    default Tensor add(Tensor y) {
        return Engine.one(ADD, self(), y);
    }

    /// `x + y`
    default Tensor add(double y) {
        return add(with(y));
    }

    /// `x - y`
    default Tensor sub(Tensor y) {
        return Engine.one(SUB, self(), y);
    }

    /// `x - y`
    default Tensor sub(double y) {
        return sub(with(y));
    }

    /// `x · y`, element by element.
    default Tensor mul(Tensor y) {
        return Engine.one(MUL, self(), y);
    }

    /// `x · y`
    default Tensor mul(double y) {
        return mul(with(y));
    }

    /// `x / y`
    default Tensor div(Tensor y) {
        return Engine.one(DIV, self(), y);
    }

    /// `x / y`
    default Tensor div(double y) {
        return div(with(y));
    }

    /// `x ^ y`
    default Tensor pow(Tensor y) {
        return Engine.one(POW, self(), y);
    }

    /// `x ^ y`
    default Tensor pow(double y) {
        return y == 2 && self().dtype().isFloat() ? square() : pow(with(y));
    }

    /// The larger of `x` and `y`; NaN wins.
    default Tensor maximum(Tensor y) {
        return Engine.one(MAX, self(), y);
    }

    /// The smaller of `x` and `y`; NaN wins.
    default Tensor minimum(Tensor y) {
        return Engine.one(MIN, self(), y);
    }

    /// `x > y`
    default Tensor gt(Tensor y) {
        return Engine.one(GT, self(), y);
    }

    /// `x > y`
    default Tensor gt(double y) {
        return gt(with(y));
    }

    /// `x >= y`
    default Tensor ge(Tensor y) {
        return Engine.one(GE, self(), y);
    }

    /// `x >= y`
    default Tensor ge(double y) {
        return ge(with(y));
    }

    /// `x < y`
    default Tensor lt(Tensor y) {
        return Engine.one(LT, self(), y);
    }

    /// `x < y`
    default Tensor lt(double y) {
        return lt(with(y));
    }

    /// `x <= y`
    default Tensor le(Tensor y) {
        return Engine.one(LE, self(), y);
    }

    /// `x <= y`
    default Tensor le(double y) {
        return le(with(y));
    }

    /// `x == y`
    default Tensor eq(Tensor y) {
        return Engine.one(EQ, self(), y);
    }

    /// `x == y`
    default Tensor eq(double y) {
        return eq(with(y));
    }

    /// `x != y`
    default Tensor ne(Tensor y) {
        return Engine.one(NE, self(), y);
    }

    /// `x != y`
    default Tensor ne(double y) {
        return ne(with(y));
    }

    /// Whether both are true (not 0).
    default Tensor and(Tensor y) {
        return Engine.one(AND, self(), y);
    }

    /// Whether one of both is true (not 0).
    default Tensor or(Tensor y) {
        return Engine.one(OR, self(), y);
    }

    /// Whether `x` is false (0).
    default Tensor not() {
        return Engine.one(NOT, self());
    }

    /// Whether `x` is not a number.
    default Tensor isNaN() {
        return Engine.one(IS_NAN, self());
    }

    /// `x` held between two bounds.
    default Tensor clamp(double low, double high) {
        return clamp(with(low), with(high));
    }

    /// `x` held between two bounds.
    default Tensor clamp(Tensor low, Tensor high) {
        return Engine.one(CLAMP, self(), low, high);
    }

    /// `x + y·z` in one pass over the elements, the product rounded before the sum.
    default Tensor addcmul(Tensor y, Tensor z) {
        return Engine.one(ADDCMUL, self(), y, z);
    }

    /// `-x`
    default Tensor neg() {
        return Engine.one(NEG, self());
    }

    /// `|x|`
    default Tensor abs() {
        return Engine.one(ABS, self());
    }

    /// -1, 0 or 1
    default Tensor sign() {
        return Engine.one(SIGN, self());
    }

    /// The largest integer not above `x`.
    default Tensor floor() {
        return Engine.one(FLOOR, self());
    }

    /// The smallest integer not below `x`.
    default Tensor ceil() {
        return Engine.one(CEIL, self());
    }

    /// The nearest integer, halves to the even one.
    default Tensor round() {
        return Engine.one(ROUND, self());
    }

    /// `x²`
    default Tensor square() {
        return Engine.one(SQUARE, self());
    }

    /// `e^x`
    default Tensor exp() {
        return Engine.one(EXP, self());
    }

    /// `e^x - 1`, exact near 0.
    default Tensor expm1() {
        return Engine.one(EXPM1, self());
    }

    /// `ln x`
    default Tensor log() {
        return Engine.one(LOG, self());
    }

    /// `ln(1 + x)`, exact near 0.
    default Tensor log1p() {
        return Engine.one(LOG1P, self());
    }

    /// `sqrt x`
    default Tensor sqrt() {
        return Engine.one(SQRT, self());
    }

    /// `1 / sqrt x`
    default Tensor rsqrt() {
        return Engine.one(RSQRT, self());
    }

    /// `1 / x`
    default Tensor reciprocal() {
        return Engine.one(RECIPROCAL, self());
    }

    /// `sin x`, in radians.
    default Tensor sin() {
        return Engine.one(SIN, self());
    }

    /// `cos x`, in radians.
    default Tensor cos() {
        return Engine.one(COS, self());
    }

    /// The hyperbolic tangent.
    default Tensor tanh() {
        return Engine.one(TANH, self());
    }

    /// `1 / (1 + e^-x)`
    default Tensor sigmoid() {
        return Engine.one(SIGMOID, self());
    }

    /// The error function.
    default Tensor erf() {
        return Engine.one(ERF, self());
    }

    /// `max(x, 0)`
    default Tensor relu() {
        return Engine.one(RELU, self());
    }

    /// `min(max(x, 0), 6)`
    default Tensor relu6() {
        return Engine.one(RELU6, self());
    }

    /// `x` above 0, else `0.01·x`.
    default Tensor leakyRelu() {
        return leakyRelu(0.01);
    }

    /// `x` above 0, else `slope·x`.
    default Tensor leakyRelu(double slope) {
        return leakyRelu(with(slope));
    }

    /// `x` above 0, else `slope·x`; with a trainable slope this is PReLU.
    default Tensor leakyRelu(Tensor slope) {
        return Engine.one(LEAKY_RELU, self(), slope);
    }

    /// `x` above 0, else `e^x - 1`.
    default Tensor elu() {
        return elu(1);
    }

    /// `x` above 0, else `alpha·(e^x - 1)`.
    default Tensor elu(double alpha) {
        return Engine.one(ELU, self(), with(alpha));
    }

    /// `1.0507·(x above 0, else 1.6733·(e^x - 1))`: keeps mean 0 and variance 1 through deep nets.
    default Tensor selu() {
        return Engine.one(SELU, self());
    }

    /// `x` above 0, else `alpha·(e^(x/alpha) - 1)`.
    default Tensor celu(double alpha) {
        return Engine.one(CELU, self(), with(alpha));
    }

    /// `x·Φ(x)` with the standard normal distribution function.
    default Tensor gelu() {
        return Engine.one(GELU, self());
    }

    /// GELU by its tanh approximation.
    default Tensor geluTanh() {
        return Engine.one(GELU_TANH, self());
    }

    /// `x·sigmoid(x)`, also called swish.
    default Tensor silu() {
        return Engine.one(SILU, self());
    }

    /// `x·tanh(softplus(x))`
    default Tensor mish() {
        return Engine.one(MISH, self());
    }

    /// `ln(1 + e^x)`
    default Tensor softplus() {
        return Engine.one(SOFTPLUS, self());
    }

    /// `ln sigmoid(x)`
    default Tensor logSigmoid() {
        return Engine.one(LOG_SIGMOID, self());
    }

    /// `x / (1 + |x|)`
    default Tensor softsign() {
        return Engine.one(SOFTSIGN, self());
    }

    /// `min(max(x + 3, 0), 6) / 6`
    default Tensor hardSigmoid() {
        return Engine.one(HARD_SIGMOID, self());
    }

    /// `x·hardSigmoid(x)`
    default Tensor hardSwish() {
        return Engine.one(HARD_SWISH, self());
    }

    /// `x` held between -1 and 1.
    default Tensor hardTanh() {
        return hardTanh(-1, 1);
    }

    /// `x` held between `low < high`, the gradient being 0 at both; [#clamp(double, double)] has 1 there.
    default Tensor hardTanh(double low, double high) {
        return Engine.one(HARD_TANH, self(), with(low), with(high));
    }
}
