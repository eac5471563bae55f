package cajal.testkit.goldens;

import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.nn.PReLU;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Activations give the values and gradients that PyTorch gives, also at their kinks and far from 0.
class ActivationGoldensTest {
    private static final Map<String, Supplier<Block>> ACTIVATIONS = new LinkedHashMap<>();

    static {
        for (String name : List.of(
                "relu",
                "leaky-relu",
                "relu6",
                "elu",
                "selu",
                "celu",
                "gelu",
                "gelu-tanh",
                "silu",
                "mish",
                "softplus",
                "softsign",
                "sigmoid",
                "log-sigmoid",
                "hard-sigmoid",
                "hard-swish",
                "hard-tanh",
                "tanh",
                "softmax",
                "log-softmax",
                "prelu")) {
            ACTIVATIONS.put(name, () -> Activation.named(name));
        }
        ACTIVATIONS.put("leaky-relu-0.2", () -> Activation.leakyRelu(0.2));
        ACTIVATIONS.put("elu-0.5", () -> Activation.elu(0.5));
        ACTIVATIONS.put("celu-2", () -> Activation.celu(2));
        ACTIVATIONS.put("softplus-2-5", () -> Activation.softplus(2, 5));
        ACTIVATIONS.put("hard-tanh-0-2", () -> Activation.hardTanh(0, 2));
        ACTIVATIONS.put("softmax-1", () -> Activation.softmax(1));
        ACTIVATIONS.put("log-softmax-1", () -> Activation.logSoftmax(1));
        ACTIVATIONS.put("prelu-channels", () -> new PReLU(3));
    }

    @TestFactory
    Stream<DynamicTest> agreeWithPyTorch() {
        return Goldens.tests("activations", ACTIVATIONS, (golden, activation) -> golden.check(activation));
    }
}
