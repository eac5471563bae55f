package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.tensor.Engine;
import cajal.tensor.Functions;
import cajal.tensor.Tensor;
import java.util.List;

/// One line for each function of the pointwise table; oracles are StrictMath and the papers' formulas.
final class PointwiseSamples {
    private PointwiseSamples() {}

    static List<Sample> arithmetic() {
        return List.of(
                op("add", Tensor::add).oracle((x, y) -> x + y),
                op("sub", Tensor::sub).oracle((x, y) -> x - y),
                op("mul", Tensor::mul).oracle((x, y) -> x * y),
                op("div", Tensor::div).range(0.4, 3).oracle((x, y) -> x / y),
                op("pow", Tensor::pow).range(0.3, 2.5).oracle(StrictMath::pow),
                op("pow 3", x -> x.pow(3)).oracle(x -> x * x * x),
                op("pow 1.5", x -> x.pow(1.5)).range(0.2, 3).oracle(x -> x * StrictMath.sqrt(x)),
                op("maximum", Tensor::maximum).oracle(Math::max),
                op("minimum", Tensor::minimum).oracle(Math::min),
                op("neg", Tensor::neg).oracle(x -> -x).exact(),
                op("abs", Tensor::abs).kinks(0).oracle(x -> x < 0 ? -x : x).exact(),
                op("sign", Tensor::sign)
                        .oracle(x -> x < 0 ? -1 : x > 0 ? 1 : 0)
                        .flat()
                        .exact(),
                op("floor", Tensor::floor)
                        .range(-4, 4)
                        .oracle(StrictMath::floor)
                        .flat()
                        .exact(),
                op("ceil", Tensor::ceil)
                        .range(-4, 4)
                        .oracle(StrictMath::ceil)
                        .flat()
                        .exact(),
                op("round", Tensor::round)
                        .range(-4, 4)
                        .oracle(StrictMath::rint)
                        .flat()
                        .exact(),
                op("square", Tensor::square).oracle(x -> x * x),
                op("clamp", x -> x.clamp(-0.7, 0.9)).kinks(-0.7, 0.9).oracle(x -> Math.min(Math.max(x, -0.7), 0.9)),
                op("clamp", (x, lo, hi) -> x.clamp(lo, hi))
                        .on(s(4, 5), s(4, 5), s(4, 5))
                        .on(s(2, 3), s(3), s(2, 1))
                        .on(s(), s(2), s(3, 1))
                        .on(s(0), s(1), s())
                        .answer(in -> in[0].zip(in[1], Math::max).zip(in[2], Math::min)),
                op("addcmul", (x, y, z) -> x.addcmul(y, z))
                        .on(s(4, 5), s(4, 5), s(4, 5))
                        .on(s(2, 1, 1), s(3, 2, 4, 5), s(2, 1, 1))
                        .on(s(), s(2), s(3, 1))
                        .on(s(0), s(1), s())
                        .answer(in -> in[0].zip(in[1].zip(in[2], (y, z) -> y * z), Double::sum)));
    }

    static List<Sample> choices() {
        return List.of(
                op("gt", (x, y) -> x.round().gt(y.round()))
                        .oracle((x, y) -> Math.rint(x) > Math.rint(y) ? 1 : 0)
                        .flat()
                        .exact(),
                op("ge", (x, y) -> x.round().ge(y.round()))
                        .oracle((x, y) -> Math.rint(x) >= Math.rint(y) ? 1 : 0)
                        .flat()
                        .exact(),
                op("lt", (x, y) -> x.round().lt(y.round()))
                        .oracle((x, y) -> Math.rint(x) < Math.rint(y) ? 1 : 0)
                        .flat()
                        .exact(),
                op("le", (x, y) -> x.round().le(y.round()))
                        .oracle((x, y) -> Math.rint(x) <= Math.rint(y) ? 1 : 0)
                        .flat()
                        .exact(),
                op("eq", (x, y) -> x.round().eq(y.round()))
                        .oracle((x, y) -> Math.rint(x) == Math.rint(y) ? 1 : 0)
                        .flat()
                        .exact(),
                op("ne", (x, y) -> x.round().ne(y.round()))
                        .oracle((x, y) -> Math.rint(x) != Math.rint(y) ? 1 : 0)
                        .flat()
                        .exact(),
                op("and", Tensor::and)
                        .mask(0)
                        .mask(1)
                        .oracle((x, y) -> x != 0 && y != 0 ? 1 : 0)
                        .flat()
                        .exact(),
                op("or", Tensor::or)
                        .mask(0)
                        .mask(1)
                        .oracle((x, y) -> x != 0 || y != 0 ? 1 : 0)
                        .flat()
                        .exact(),
                op("not", Tensor::not)
                        .mask(0)
                        .oracle(x -> x == 0 ? 1 : 0)
                        .flat()
                        .exact(),
                op("isNaN", x -> x.log().isNaN())
                        .oracle(x -> x < 0 ? 1 : 0)
                        .flat()
                        .exact(),
                op("where", Tensor::where)
                        .mask(0)
                        .on(s(2, 3), s(2, 3), s(2, 3))
                        .on(s(3), s(2, 1), s(2, 3))
                        .on(s(2, 1), s(), s(3))
                        .on(s(), s(2), s(2))
                        .on(s(0), s(1), s(0))
                        .on(s(), s(), s())
                        .answer(in -> Values.fill(
                                Values.broadcast(Values.broadcast(in[0].dims(), in[1].dims()), in[2].dims()),
                                i -> in[0].stretched(i) != 0 ? in[1].stretched(i) : in[2].stretched(i)))
                        .exact());
    }

    static List<Sample> elementary() {
        return List.of(
                op("exp", Tensor::exp).range(-5, 5).oracle(StrictMath::exp),
                op("expm1", Tensor::expm1).range(-3, 3).oracle(StrictMath::expm1),
                op("log", Tensor::log).range(0.2, 5).oracle(StrictMath::log),
                op("log1p", Tensor::log1p).range(-0.7, 5).oracle(StrictMath::log1p),
                op("sqrt", Tensor::sqrt).range(0.2, 5).oracle(x -> StrictMath.pow(x, 0.5)),
                op("rsqrt", Tensor::rsqrt).range(0.2, 5).oracle(x -> StrictMath.pow(x, -0.5)),
                op("reciprocal", Tensor::reciprocal).range(0.3, 4).oracle(x -> 1 / x),
                op("sin", Tensor::sin).range(-7, 7).oracle(StrictMath::sin),
                op("cos", Tensor::cos).range(-7, 7).oracle(StrictMath::cos),
                op("tanh", Tensor::tanh).range(-3, 3).oracle(StrictMath::tanh),
                op("sigmoid", Tensor::sigmoid).range(-6, 6).oracle(PointwiseSamples::sigmoid),
                op("erf", Tensor::erf).range(-3, 3).oracle(PointwiseSamples::erf));
    }

    static List<Sample> activations() {
        return List.of(
                op("relu", Tensor::relu).kinks(0).oracle(x -> x > 0 ? x : 0).exact(),
                op("relu6", Tensor::relu6)
                        .range(-3, 9)
                        .kinks(0, 6)
                        .oracle(x -> x < 0 ? 0 : x > 6 ? 6 : x)
                        .exact(),
                op("leakyRelu", x -> x.leakyRelu()).kinks(0).oracle(x -> x > 0 ? x : 0.01 * x),
                op("leakyRelu", (x, a) -> x.leakyRelu(a)).kinks(0).oracle((x, a) -> x > 0 ? x : a * x),
                op("elu", x -> x.elu()).kinks(0).oracle(x -> x > 0 ? x : StrictMath.expm1(x)),
                op("elu", (x, a) -> apply("elu", x, a)).kinks(0).oracle((x, a) -> x > 0 ? x : a * StrictMath.expm1(x)),
                op("celu", x -> x.celu(1.5)).kinks(0).oracle(x -> x > 0 ? x : 1.5 * StrictMath.expm1(x / 1.5)),
                op("celu", (x, a) -> apply("celu", x, a.abs().add(0.5)))
                        .kinks(0)
                        .oracle((x, a) -> x > 0 ? x : (Math.abs(a) + 0.5) * StrictMath.expm1(x / (Math.abs(a) + 0.5))),
                op("selu", Tensor::selu)
                        .kinks(0)
                        .oracle(x -> 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * StrictMath.expm1(x))),
                op("gelu", Tensor::gelu).range(-4, 4).oracle(x -> x * (1 + erf(x / StrictMath.sqrt(2))) / 2),
                op("geluTanh", Tensor::geluTanh)
                        .range(-4, 4)
                        .oracle(x -> 0.5
                                * x
                                * (1 + StrictMath.tanh(StrictMath.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))),
                op("silu", Tensor::silu).range(-5, 5).oracle(x -> x * sigmoid(x)),
                op("mish", Tensor::mish)
                        .range(-5, 5)
                        .oracle(x -> x * StrictMath.tanh(StrictMath.log1p(StrictMath.exp(x)))),
                op("softplus", Tensor::softplus).range(-5, 5).oracle(x -> StrictMath.log1p(StrictMath.exp(x))),
                op("logSigmoid", Tensor::logSigmoid).range(-5, 5).oracle(x -> StrictMath.log(sigmoid(x))),
                op("softsign", Tensor::softsign).kinks(0).oracle(x -> x / (1 + Math.abs(x))),
                op("hardSigmoid", Tensor::hardSigmoid)
                        .range(-5, 5)
                        .kinks(-3, 3)
                        .oracle(x -> Math.min(Math.max(x + 3, 0), 6) / 6),
                op("hardSwish", Tensor::hardSwish)
                        .range(-5, 5)
                        .kinks(-3, 3)
                        .oracle(x -> x * Math.min(Math.max(x + 3, 0), 6) / 6),
                op("hardTanh", x -> x.hardTanh())
                        .kinks(-1, 1)
                        .oracle(x -> x < -1 ? -1 : x > 1 ? 1 : x)
                        .exact());
    }

    private static Tensor apply(String name, Tensor... in) {
        return Engine.one(Functions.table().get(name), in);
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /// The error function by Simpson's rule on its integral: slow, and another way than the library's series.
    static double erf(double x) {
        int n = 2000;
        double h = x / n;
        double sum = 1 + StrictMath.exp(-x * x);
        for (int i = 1; i < n; i++) {
            double t = i * h;
            sum += (i % 2 == 0 ? 2 : 4) * StrictMath.exp(-t * t);
        }
        return 2 / StrictMath.sqrt(Math.PI) * sum * h / 3;
    }
}
