package cajal.nn;

import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A function without parameters that bends what linear layers make, `y = f(x)`: `Activation.gelu()`.
///
/// One class stands for all of them, since they differ in a formula and a constant or two; `Tensor::gelu` as a
/// layer does the same where neither a constant nor a name is needed. The one with parameters is [PReLU]. Files
/// and tables call them by the names that PyTorch's classes have; [#named(String)] makes one of a name that a
/// person typed.
///
/// **Shapes** any; the output has the input's.
///
/// **Gradient** derived from the formula; at a kink the one that PyTorch takes.
///
/// **Source** ReLU: Nair and Hinton 2010; leaky: Maas, Hannun, Ng 2013; ELU: Clevert, Unterthiner, Hochreiter
/// 2015;
/// SELU: Klambauer et al. 2017; CELU: Barron 2017; GELU: Hendrycks and Gimpel 2016; SiLU: Elfwing, Uchibe, Doya
/// 2017; Mish: Misra 2019; softplus: Dugas et al. 2001; hard swish: Howard et al. 2019. Defaults: PyTorch.
public final class Activation extends Block {
    private final ActivationKind kind;
    private final double[] constants;

    private Activation(ActivationKind kind, double... constants) {
        this.kind = kind;
        this.constants = constants;
    }

    /// `max(x, 0)`
    public static Activation relu() {
        return new Activation(ActivationKind.RELU);
    }

    /// `x` above 0, else `0.01·x`.
    public static Activation leakyRelu() {
        return leakyRelu(0.01);
    }

    /// `x` above 0, else `slope·x`: no neuron is ever quite dead.
    public static Activation leakyRelu(double slope) {
        return new Activation(ActivationKind.LEAKY_RELU, slope);
    }

    /// `min(max(x, 0), 6)`
    public static Activation relu6() {
        return new Activation(ActivationKind.RELU6);
    }

    /// `x` above 0, else `e^x - 1`.
    public static Activation elu() {
        return elu(1);
    }

    /// `x` above 0, else `alpha·(e^x - 1)`.
    public static Activation elu(double alpha) {
        return new Activation(ActivationKind.ELU, alpha);
    }

    /// `1.0507·(x above 0, else 1.6733·(e^x - 1))`: keeps mean 0 and variance 1 through deep nets with
    /// [Init#lecunNormal()].
    public static Activation selu() {
        return new Activation(ActivationKind.SELU);
    }

    /// `x` above 0, else `e^x - 1`: as [#elu()].
    public static Activation celu() {
        return celu(1);
    }

    /// `x` above 0, else `alpha·(e^(x/alpha) - 1)`: an ELU whose slope has no jump at 0.
    ///
    /// **Throws** [IllegalArgumentException] for `alpha = 0`.
    public static Activation celu(double alpha) {
        if (alpha == 0 || Double.isNaN(alpha)) {
            throw new IllegalArgumentException("celu(alpha " + alpha + ")\n  rule: alpha is not 0");
        }
        return new Activation(ActivationKind.CELU, alpha);
    }

    /// `x·Φ(x)`, with the standard normal distribution function `Φ(x) = (1 + erf(x / sqrt 2)) / 2`.
    public static Activation gelu() {
        return new Activation(ActivationKind.GELU);
    }

    /// GELU by its approximation `x/2·(1 + tanh(sqrt(2/π)·(x + 0.044715·x³)))`.
    public static Activation geluTanh() {
        return new Activation(ActivationKind.GELU_TANH);
    }

    /// `x·sigmoid(x)`, also called swish.
    public static Activation silu() {
        return new Activation(ActivationKind.SILU);
    }

    /// `x·tanh(ln(1 + e^x))`
    public static Activation mish() {
        return new Activation(ActivationKind.MISH);
    }

    /// `ln(1 + e^x)`, a ReLU with a round corner.
    public static Activation softplus() {
        return softplus(1, 20);
    }

    /// `ln(1 + e^(beta·x)) / beta`, and `x` itself where `beta·x > threshold`.
    ///
    /// **Throws** [IllegalArgumentException] unless `beta > 0`.
    public static Activation softplus(double beta, double threshold) {
        if (!(beta > 0)) {
            throw new IllegalArgumentException(
                    "softplus(beta " + beta + ", threshold " + threshold + ")\n  rule: beta > 0");
        }
        return new Activation(ActivationKind.SOFTPLUS, beta, threshold);
    }

    /// `x / (1 + |x|)`
    public static Activation softsign() {
        return new Activation(ActivationKind.SOFTSIGN);
    }

    /// `1 / (1 + e^-x)`, in 0..1.
    public static Activation sigmoid() {
        return new Activation(ActivationKind.SIGMOID);
    }

    /// `ln(1 / (1 + e^-x))`, without overflow.
    public static Activation logSigmoid() {
        return new Activation(ActivationKind.LOG_SIGMOID);
    }

    /// `min(max(x + 3, 0), 6) / 6`
    public static Activation hardSigmoid() {
        return new Activation(ActivationKind.HARD_SIGMOID);
    }

    /// `x·min(max(x + 3, 0), 6) / 6`
    public static Activation hardSwish() {
        return new Activation(ActivationKind.HARD_SWISH);
    }

    /// `x` held between -1 and 1.
    public static Activation hardTanh() {
        return hardTanh(-1, 1);
    }

    /// `x` held between `min` and `max`.
    ///
    /// **Throws** [IllegalArgumentException] unless `min < max`.
    public static Activation hardTanh(double min, double max) {
        if (!(min < max)) {
            throw new IllegalArgumentException("hardTanh(" + min + ", " + max + ")\n  rule: min < max");
        }
        return new Activation(ActivationKind.HARD_TANH, min, max);
    }

    /// The hyperbolic tangent, in -1..1.
    public static Activation tanh() {
        return new Activation(ActivationKind.TANH);
    }

    /// `e^x_i / sum_j e^x_j` along the last axis: positive numbers that sum to 1.
    public static Activation softmax() {
        return softmax(-1);
    }

    /// `e^x_i / sum_j e^x_j` along an axis; negative axes count from the end.
    ///
    /// Not before [Loss#crossEntropy()], which takes the scores themselves.
    public static Activation softmax(int axis) {
        return new Activation(ActivationKind.SOFTMAX, axis);
    }

    /// The logarithm of [#softmax()], without overflow.
    public static Activation logSoftmax() {
        return logSoftmax(-1);
    }

    /// The logarithm of [#softmax(int)], without overflow.
    public static Activation logSoftmax(int axis) {
        return new Activation(ActivationKind.LOG_SOFTMAX, axis);
    }

    // ---- by name

    /// A new activation by name, with constants behind a colon: `relu`, `leaky-relu:0.2`, `prelu`. Small and
    /// capital letters, `-` and `_` are alike.
    ///
    /// **Throws** [UnknownNameException] with the names that there are and the nearest one;
    /// [IllegalArgumentException] for constants that do not fit.
    public static Block named(String text) {
        Choice choice = Choice.of("activation", text, names(), Map.of("swish", "silu"));
        if (choice.name().equals("prelu")) {
            return new PReLU().slope(choice.constantsOr("activation", 0.25)[0]);
        }
        for (ActivationKind kind : ActivationKind.values()) {
            if (kind.label().equals(choice.name())) {
                return of(kind, choice.constantsOr("activation", kind.standard()));
            }
        }
        throw new IllegalStateException(choice.name());
    }

    /// The names that [#named(String)] knows.
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (ActivationKind kind : ActivationKind.values()) {
            names.add(kind.label());
        }
        names.add("prelu");
        return List.copyOf(names);
    }

    /// The registered types of this class, for the table of layers.
    static List<String> types() {
        return Arrays.stream(ActivationKind.values()).map(ActivationKind::type).toList();
    }

    static Activation of(Spec spec) {
        for (ActivationKind kind : ActivationKind.values()) {
            if (kind.type().equals(spec.type())) {
                return of(
                        kind,
                        kind.constants().stream()
                                .mapToDouble(c -> spec.real(c.name()))
                                .toArray());
            }
        }
        throw new IllegalArgumentException("'" + spec.type() + "' is no activation");
    }

    /// With the checks of the public factories.
    private static Activation of(ActivationKind kind, double... c) {
        return switch (kind) {
            case CELU -> celu(c[0]);
            case SOFTPLUS -> softplus(c[0], c[1]);
            case HARD_TANH -> hardTanh(c[0], c[1]);
            default -> new Activation(kind, c);
        };
    }

    @Override
    protected Tensor forward(Tensor x) {
        return kind.of(x, constants);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < constants.length; i++) {
            named.put(kind.constants().get(i).name(), constants[i]);
        }
        return Optional.of(Spec.of(kind.type(), named));
    }

    /// The type, and constants in parentheses.
    @Override
    public String describe() {
        if (constants.length == 0) {
            return kind.type();
        }
        List<String> texts =
                Arrays.stream(constants).mapToObj(Activation::shortest).toList();
        return kind.type() + "(" + String.join(", ", texts) + ")";
    }

    private static String shortest(double c) {
        return c == Math.rint(c) && Math.abs(c) < 1e9 ? Long.toString((long) c) : Double.toString(c);
    }
}
