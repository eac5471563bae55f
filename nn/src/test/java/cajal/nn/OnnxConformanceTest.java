package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Activations and losses against the inputs and outputs of ONNX's own conformance tests, where these are
/// at hand.
class OnnxConformanceTest {
    private static Onnx.Example example(String test) {
        Optional<Path> zip = Check.shared("data/onnx-node-tests/node.zip");
        assumeTrue(zip.isPresent(), "ONNX's node tests are not at hand (system property cajal.shared)");
        return Onnx.read(zip.orElseThrow(), test);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "test_relu | relu",
                "test_elu | elu:2",
                "test_elu_example | elu:2",
                "test_selu | selu:",
                "test_celu_expanded | celu:2",
                "test_gelu_default_1_expanded | gelu",
                "test_gelu_default_2 | gelu",
                "test_gelu_tanh_1 | gelu-tanh",
                "test_hardswish | hard-swish",
                "test_leakyrelu_default | leaky-relu",
                "test_mish_expanded | mish",
                "test_softplus | softplus",
                "test_softsign | softsign",
                "test_softsign_example | softsign",
                "test_sigmoid_example | sigmoid",
                "test_swish | silu",
                "test_tanh | tanh",
                "test_tanh_example | tanh",
                "test_logsoftmax_axis_0 | log-softmax:0",
                "test_logsoftmax_axis_1 | log-softmax:1",
                "test_logsoftmax_axis_2_expanded | log-softmax:2",
                "test_logsoftmax_default_axis_expanded_ver18 | log-softmax",
                "test_logsoftmax_large_number_expanded | log-softmax",
                "test_softmax_axis_1 | softmax:1",
                "test_softmax_default_axis | softmax",
                "test_softmax_example | softmax:1",
                "test_softmax_large_number | softmax",
                "test_softmax_axis_0_expanded_ver18 | softmax:0",
            })
    void activationsGiveTheExpectedOutputs(String test, String name) {
        Onnx.Example e = example(test);
        Tensor y = name.equals("selu:")
                ? selu(e)
                : Activation.named(name).apply(e.inputs().getFirst());
        assertThat(y.allClose(e.output(), 1e-5, 1e-7))
                .as("%s %s, expected %s", test, y, e.output())
                .isTrue();
    }

    /// ONNX's example takes constants of its own: SELU is linear in the scale, its lower branch in alpha.
    private static Tensor selu(Onnx.Example e) {
        double alpha = (Double) e.attributes().get("alpha");
        double gamma = (Double) e.attributes().get("gamma");
        Tensor x = e.inputs().getFirst();
        Tensor y = Activation.selu().apply(x).div(1.0507009873554805).mul(gamma);
        return Tensor.where(x.gt(0), y, y.mul(alpha / 1.6732632423543772));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "test_nllloss_NC",
                "test_nllloss_NCd1_ii",
                "test_nllloss_NCd1_mean_weight_negative_ii",
                "test_nllloss_NCd1_weight",
                "test_nllloss_NCd1_weight_ii",
                "test_nllloss_NCd1d2",
                "test_nllloss_NCd1d2_reduction_mean",
                "test_nllloss_NCd1d2_with_weight_reduction_mean",
                "test_nllloss_NCd1d2_with_weight_reduction_sum",
                "test_nllloss_NCd1d2d3_none_no_weight_negative_ii",
                "test_sce_NCd1_mean_weight_negative_ii",
                "test_sce_NCd1d2d3_sum_weight_high_ii_log_prob",
                "test_sce_NCd1d2d3d4d5_mean_weight",
                "test_sce_NCd1d2d3d4d5_none_no_weight_log_prob",
                "test_sce_mean_no_weight_ii",
                "test_sce_mean_no_weight_ii_3d",
                "test_sce_mean_no_weight_ii_4d",
                "test_sce_mean_weight_ii",
                "test_sce_mean_weight_ii_3d",
                "test_sce_mean_weight_ii_4d_log_prob",
                "test_sce_mean_weight_log_prob",
                "test_sce_none_log_prob",
                "test_sce_sum",
            })
    void lossesOverClassesGiveTheExpectedOutputs(String test) {
        Onnx.Example e = example(test);
        Map<String, Object> a = e.attributes();
        ClassLoss loss = test.contains("nllloss") ? Loss.nll() : Loss.crossEntropy();
        loss = loss.reduction(Loss.Reduction.valueOf(
                a.getOrDefault("reduction", "mean").toString().toUpperCase(Locale.ROOT)));
        if (a.containsKey("ignore_index")) {
            loss = loss.ignoreIndex((Long) a.get("ignore_index"));
        }
        if (e.inputs().size() > 2) {
            loss = loss.classWeights(e.inputs().get(2).toDoubles());
        }
        Tensor y = loss.of(e.inputs().get(0), e.inputs().get(1));
        assertThat(y.allClose(e.output(), 1e-5, 1e-6))
                .as("%s %s: %s, expected %s", test, a, y, e.output())
                .isTrue();
    }
}
