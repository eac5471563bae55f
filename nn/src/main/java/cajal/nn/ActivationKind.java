package cajal.nn;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.util.List;

/// The table of activations: name for people, registered type for files, constants with their defaults, and the
/// function.
///
/// Legend: `x` the input, `c` the constants.
@SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing, the list is a copy
enum ActivationKind {
    RELU("relu", "ReLU", (x, _) -> x.relu()),
    LEAKY_RELU("leaky-relu", "LeakyReLU", (x, c) -> x.leakyRelu(c[0]), new Constant("slope", 0.01)),
    RELU6("relu6", "ReLU6", (x, _) -> x.relu6()),
    ELU("elu", "ELU", (x, c) -> x.elu(c[0]), new Constant("alpha", 1)),
    SELU("selu", "SELU", (x, _) -> x.selu()),
    CELU("celu", "CELU", (x, c) -> x.celu(c[0]), new Constant("alpha", 1)),
    GELU("gelu", "GELU", (x, _) -> x.gelu()),
    GELU_TANH("gelu-tanh", "GELUTanh", (x, _) -> x.geluTanh()),
    SILU("silu", "SiLU", (x, _) -> x.silu()),
    MISH("mish", "Mish", (x, _) -> x.mish()),
    SOFTPLUS("softplus", "Softplus", ActivationKind::softplus, new Constant("beta", 1), new Constant("threshold", 20)),
    SOFTSIGN("softsign", "Softsign", (x, _) -> x.softsign()),
    SIGMOID("sigmoid", "Sigmoid", (x, _) -> x.sigmoid()),
    LOG_SIGMOID("log-sigmoid", "LogSigmoid", (x, _) -> x.logSigmoid()),
    HARD_SIGMOID("hard-sigmoid", "Hardsigmoid", (x, _) -> x.hardSigmoid()),
    HARD_SWISH("hard-swish", "Hardswish", (x, _) -> x.hardSwish()),
    HARD_TANH(
            "hard-tanh", "Hardtanh", (x, c) -> x.hardTanh(c[0], c[1]), new Constant("min", -1), new Constant("max", 1)),
    TANH("tanh", "Tanh", (x, _) -> x.tanh()),
    SOFTMAX("softmax", "Softmax", (x, c) -> x.softmax((int) c[0]), new Constant("axis", -1)),
    LOG_SOFTMAX("log-softmax", "LogSoftmax", (x, c) -> x.logSoftmax((int) c[0]), new Constant("axis", -1));

    private final String label;
    private final String type;
    private final Function function;
    private final List<Constant> constants;

    /// A named number of a function, and its default.
    record Constant(String name, double standard) {}

    /// A function of an input and constants.
    @FunctionalInterface
    interface Function {
        Tensor of(Tensor x, double[] c);
    }

    ActivationKind(String label, String type, Function function, Constant... constants) {
        this.label = label;
        this.type = type;
        this.function = function;
        this.constants = List.of(constants);
    }

    /// The name for people, as in `leaky-relu`.
    String label() {
        return label;
    }

    /// The registered name in files, PyTorch's class name.
    String type() {
        return type;
    }

    List<Constant> constants() {
        return constants;
    }

    double[] standard() {
        return constants.stream().mapToDouble(Constant::standard).toArray();
    }

    Tensor of(Tensor x, double[] c) {
        return function.of(x, c);
    }

    /// `ln(1 + e^(beta·x)) / beta`, and `x` itself where `beta·x` exceeds the threshold. From 20 on both
    /// are the same number in single precision.
    private static Tensor softplus(Tensor x, double[] c) {
        double beta = c[0];
        double threshold = c[1];
        if (beta == 1 && threshold >= 20 && x.dtype() == DType.F32) {
            return x.softplus();
        }
        Tensor scaled = beta == 1 ? x : x.mul(beta);
        Tensor soft = beta == 1 ? x.softplus() : scaled.softplus().div(beta);
        return Tensor.where(scaled.gt(threshold), x, soft);
    }
}
