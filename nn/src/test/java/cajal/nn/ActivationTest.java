package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Activations against their formulas in plain double arithmetic, against published values, and their
/// gradients.
class ActivationTest {
    /// Points on both sides of every kink, and far out.
    private static final double[] POINTS = {
        -40, -25, -10.5, -6.5, -3.3, -2.9, -1.7, -1.01, -0.9, -0.5, -0.123, -1e-3, 1e-3, 0.2, 0.77, 0.99, 1.3, 2.8, 3.2,
        5.9, 6.1, 10, 19.5, 30, 40
    };

    /// The formulas as the papers state them; `erf` by its series and continued fraction.
    static Stream<Entry<String, DoubleUnaryOperator>> formulas() {
        Map<String, DoubleUnaryOperator> f = new LinkedHashMap<>();
        f.put("relu", x -> Math.max(x, 0));
        f.put("leaky-relu", x -> x > 0 ? x : 0.01 * x);
        f.put("leaky-relu:0.3", x -> x > 0 ? x : 0.3 * x);
        f.put("relu6", x -> Math.min(Math.max(x, 0), 6));
        f.put("elu", x -> x > 0 ? x : Math.expm1(x));
        f.put("elu:0.5", x -> x > 0 ? x : 0.5 * Math.expm1(x));
        f.put(
                "selu",
                x -> 1.0507009873554804934193349852946
                        * (x > 0 ? x : 1.6732632423543772848170429916717 * Math.expm1(x)));
        f.put("celu", x -> Math.max(0, x) + Math.min(0, Math.expm1(x)));
        f.put("celu:2.5", x -> Math.max(0, x) + Math.min(0, 2.5 * Math.expm1(x / 2.5)));
        f.put("gelu", x -> x * phi(x));
        f.put("gelu-tanh", x -> 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
        f.put("silu", x -> x / (1 + Math.exp(-x)));
        f.put("mish", x -> x * Math.tanh(softplus(x)));
        f.put("softplus", x -> x > 20 ? x : softplus(x));
        f.put("softplus:2,5", x -> 2 * x > 5 ? x : softplus(2 * x) / 2);
        f.put("softsign", x -> x / (1 + Math.abs(x)));
        f.put("sigmoid", x -> 1 / (1 + Math.exp(-x)));
        f.put("log-sigmoid", x -> -softplus(-x));
        f.put("hard-sigmoid", x -> x <= -3 ? 0 : x >= 3 ? 1 : x / 6 + 0.5);
        f.put("hard-swish", x -> x <= -3 ? 0 : x >= 3 ? x : x * (x + 3) / 6);
        f.put("hard-tanh", x -> Math.clamp(x, -1.0, 1.0));
        f.put("hard-tanh:-2,0.5", x -> Math.clamp(x, -2, 0.5));
        f.put("tanh", Math::tanh);
        f.put("prelu", x -> x > 0 ? x : 0.25 * x);
        return f.entrySet().stream();
    }

    private static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    /// The standard normal distribution function by numerical integration of its density (Simpson's rule).
    private static double phi(double x) {
        if (x < -38) {
            return 0;
        }
        double a = Math.abs(x);
        int n = 20_000;
        double h = Math.min(a, 12) / n;
        double sum = 0;
        for (int i = 0; i <= n; i++) {
            double t = i * h;
            sum += Math.exp(-t * t / 2) * (i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2);
        }
        double half = sum * h / 3 / Math.sqrt(2 * Math.PI);
        return x > 0 ? 0.5 + half : 0.5 - half;
    }

    @ParameterizedTest
    @MethodSource("formulas")
    void followsItsFormulaInBothPrecisions(Entry<String, DoubleUnaryOperator> f) {
        Block layer = Activation.named(f.getKey());
        double[] y = layer.apply(Check.doubles(POINTS)).toDoubles();
        Tensor single = layer.apply(Check.doubles(POINTS).to(DType.F32));
        double[] y32 = single.toDoubles();
        assertThat(single.dtype()).isEqualTo(DType.F32);
        for (int i = 0; i < POINTS.length; i++) {
            double expected = f.getValue().applyAsDouble(POINTS[i]);
            double tolerance = f.getKey().equals("prelu") ? 1e-6 : 1e-12;
            assertThat(y[i])
                    .as("%s(%s)", f.getKey(), POINTS[i])
                    .isCloseTo(expected, within(tolerance * Math.max(1, Math.abs(expected))));
            assertThat(y32[i])
                    .as("%s(%s) F32", f.getKey(), POINTS[i])
                    .isCloseTo(expected, within(2e-6 * Math.max(1, Math.abs(expected))));
        }
    }

    @ParameterizedTest
    @MethodSource("formulas")
    void hasTheGradientOfItsFormula(Entry<String, DoubleUnaryOperator> f) {
        Block layer = Activation.named(f.getKey());
        Tensor seed = Check.random(3, 0.5, 1.5, POINTS.length);
        Check.gradients(f.getKey(), in -> layer.apply(in.getFirst()).mul(seed).sum(), Check.doubles(POINTS));
    }

    /// Published expectations, computed with PyTorch by others (tests of the burn project).
    @ParameterizedTest
    @CsvSource({
        "mish, -0.4240, -0.19709",
        "mish, -0.9574, -0.30056",
        "mish, 0.7218, 0.58235",
        "silu, 1, 0.7311",
        "silu, 2, 1.7616",
        "silu, 4, 3.9281",
    })
    void givesPublishedValues(String name, double x, double y) {
        assertThat(Activation.named(name).apply(Tensor.of((float) x)).item()).isCloseTo(y, within(5e-5));
    }

    @Test
    void theDefaultsArePyTorchs() {
        List<String> described = Activation.names().stream()
                .map(n -> Activation.named(n).describe())
                .toList();
        assertThat(described)
                .containsExactly(
                        "ReLU",
                        "LeakyReLU(0.01)",
                        "ReLU6",
                        "ELU(1)",
                        "SELU",
                        "CELU(1)",
                        "GELU",
                        "GELUTanh",
                        "SiLU",
                        "Mish",
                        "Softplus(1, 20)",
                        "Softsign",
                        "Sigmoid",
                        "LogSigmoid",
                        "Hardsigmoid",
                        "Hardswish",
                        "Hardtanh(-1, 1)",
                        "Tanh",
                        "Softmax(-1)",
                        "LogSoftmax(-1)",
                        "PReLU(1)");
    }

    @Test
    void staysFiniteFarOutWithItsGradient() {
        for (String name : Activation.names()) {
            Tensor x = Tensor.of(-1e4f, -200f, -0f, 0f, 200f, 1e4f).requireGrad();
            Tensor y = Activation.named(name).apply(x);
            y.sum().backward();
            for (float v : y.toFloats()) {
                assertThat(v).as("%s", name).isFinite();
            }
            for (float v : x.grad().toFloats()) {
                assertThat(v).as("gradient of %s", name).isFinite();
            }
        }
    }

    @Test
    void softmaxSumsToOneAlongItsAxis() {
        Tensor x = Check.random(5, -4, 4, 2, 3, 5);
        for (int axis : new int[] {0, 1, 2, -1}) {
            Tensor y = Activation.softmax(axis).apply(x);
            double[] in = x.toDoubles();
            assertThat(y.sum(axis).sub(1).abs().max().item()).isLessThan(1e-12);
            assertThat(y.log().allClose(Activation.logSoftmax(axis).apply(x), 1e-12, 1e-12))
                    .isTrue();
            double sum = 0; // by hand, for the element (1, 2, 3)
            long[] at = {1, 2, 3};
            int a = axis < 0 ? axis + 3 : axis;
            for (int i = 0; i < x.dim(a); i++) {
                long[] other = at.clone();
                other[a] = i;
                sum += Math.exp(in[(int) ((other[0] * 3 + other[1]) * 5 + other[2])]);
            }
            assertThat(y.get(at)).isCloseTo(Math.exp(in[(1 * 3 + 2) * 5 + 3]) / sum, within(1e-12));
        }
    }

    @Test
    void preluLearnsOneSlopeAChannel() {
        PReLU layer = new PReLU(3);
        layer.load(Map.of("weight", Check.doubles(0.1, 0.2, -0.5)));
        Tensor x = Check.random(9, -2, 2, 4, 3, 2);
        double[] in = x.toDoubles();
        double[] y = layer.apply(x).toDoubles();
        double[] slopes = {0.1, 0.2, -0.5};
        for (int i = 0; i < in.length; i++) {
            assertThat(y[i]).isCloseTo(in[i] > 0 ? in[i] : slopes[i / 2 % 3] * in[i], within(1e-15));
        }
        layer.apply(x).sum().backward();
        for (int c = 0; c < 3; c++) {
            double expected = 0;
            for (int i = 0; i < in.length; i++) {
                expected += i / 2 % 3 == c && in[i] < 0 ? in[i] : 0;
            }
            assertThat(layer.parameters().get("weight").grad().get(c)).isCloseTo(expected, within(1e-12));
        }
        assertThatThrownBy(() -> layer.apply(Tensor.zeros(4, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessage(
                        "PReLU '' expects (B, 3, ...) but got (4, 2)\n  rule: the second axis holds the channels, one slope each");
    }

    @Test
    void itsDescriptionMakesAnEqualLayer() {
        Tensor x = Check.random(1, -5, 5, 3, 4);
        for (String name : List.of(
                "leaky-relu:0.2", "elu:2", "softplus:2,5", "hard-tanh:-2,0.5", "softmax:0", "gelu-tanh", "relu")) {
            Activation layer = (Activation) Activation.named(name);
            Activation again = Activation.of(layer.spec().orElseThrow());
            assertThat(again.describe()).isEqualTo(layer.describe());
            assertThat(again.apply(x).toDoubles())
                    .containsExactly(layer.apply(x).toDoubles());
        }
        assertThat(Activation.leakyRelu(0.2).spec()).contains(Spec.of("LeakyReLU", Map.of("slope", 0.2)));
        assertThat(Activation.relu().spec()).contains(Spec.of("ReLU", Map.of()));
        assertThat(Activation.types()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void anyUsualSpellingOfANameWorks() {
        for (String name : List.of("LeakyReLU", "leaky_relu", "leaky-relu", "LEAKYRELU")) {
            assertThat(Activation.named(name).describe()).isEqualTo("LeakyReLU(0.01)");
        }
        assertThat(Activation.named("swish").describe()).isEqualTo("SiLU");
    }

    @Test
    void aWrongNameOrConstantIsExplained() {
        assertThatThrownBy(() -> Activation.named("rleu"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessage(
                        "Unknown activation 'rleu'\n  rule: there are relu, leaky-relu, relu6, elu, selu, celu, gelu, gelu-tanh, silu, mish, softplus, "
                                + "softsign, sigmoid, log-sigmoid, hard-sigmoid, hard-swish, hard-tanh, tanh, softmax, log-softmax, prelu"
                                + "\n  fix:  did you mean 'relu'?");
        assertThatThrownBy(() -> Activation.named("quantum")).hasMessageNotContaining("fix:");
        assertThatThrownBy(() -> Activation.named("relu:1"))
                .hasMessage("The activation 'relu' was given [1.0]\n  rule: it has no constants");
        assertThatThrownBy(() -> Activation.named("elu:x"))
                .hasMessage(
                        "'elu:x' does not name a kind of activation\n  rule: a name, or a name with numbers as in 'name:0,0.01'");
        assertThatThrownBy(() -> Activation.named("hard-tanh:1,-1"))
                .hasMessage("hardTanh(1.0, -1.0)\n  rule: min < max");
        assertThatThrownBy(() -> Activation.softplus(0, 20))
                .hasMessage("softplus(beta 0.0, threshold 20.0)\n  rule: beta > 0");
        assertThatThrownBy(() -> Activation.celu(0)).hasMessage("celu(alpha 0.0)\n  rule: alpha is not 0");
    }

    @Test
    void everyActivationKeepsTheShape() {
        for (String name : Activation.names()) {
            Shape s = Activation.named(name).apply(Tensor.zeros(2, 1, 3)).shape();
            assertThat(s).as(name).isEqualTo(Shape.of(2, 1, 3));
        }
    }
}
