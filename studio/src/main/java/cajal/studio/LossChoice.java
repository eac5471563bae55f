package cajal.studio;

import cajal.nn.Loss;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.function.UnaryOperator;

/// A loss that a playground offers.
///
/// @param name as it stands in the address
/// @param regression whether it compares values, not classes
/// @param java how a program writes it
/// @param loss the loss
/// @param share what the outputs say as shares from 0 to 1, for the picture; for values they themselves
record LossChoice(String name, boolean regression, String java, Loss loss, UnaryOperator<Tensor> share) {
    private static final UnaryOperator<Tensor> SOFTMAX = out -> out.softmax(-1);
    private static final UnaryOperator<Tensor> CLAMP = out -> out.clamp(0, 1);

    static final List<LossChoice> ALL = List.of(
            new LossChoice("cross-entropy", false, "Loss.crossEntropy()", Loss.crossEntropy(), SOFTMAX),
            new LossChoice("focal", false, "Loss.focal()", Loss.focal(), SOFTMAX),
            new LossChoice("multi-margin", false, "Loss.multiMargin()", Loss.multiMargin(), SOFTMAX),
            new LossChoice(
                    "bce-with-logits",
                    false,
                    "Loss.bceWithLogits().oneHot()",
                    Loss.bceWithLogits().oneHot(),
                    Tensor::sigmoid),
            new LossChoice(
                    "hinge",
                    false,
                    "Loss.hinge().oneHot()",
                    Loss.hinge().oneHot(),
                    out -> out.clamp(-1, 1).add(1).div(2)),
            new LossChoice("mse", false, "Loss.mse().oneHot()", Loss.mse().oneHot(), CLAMP),
            new LossChoice(
                    "quadratic",
                    false,
                    "Loss.quadratic().oneHot()",
                    Loss.quadratic().oneHot(),
                    CLAMP),
            new LossChoice("mse", true, "Loss.mse()", Loss.mse(), out -> out),
            new LossChoice("l1", true, "Loss.l1()", Loss.l1(), out -> out),
            new LossChoice("huber", true, "Loss.huber()", Loss.huber(), out -> out),
            new LossChoice("log-cosh", true, "Loss.logCosh()", Loss.logCosh(), out -> out));

    /// The loss of a name; the first one that fits if the name is empty.
    ///
    /// **Throws** [StudioException] if there is none.
    static LossChoice of(String name, boolean regression) {
        return ALL.stream()
                .filter(c -> c.regression == regression && (name.isEmpty() || c.name.equals(name)))
                .findFirst()
                .orElseThrow(() -> new StudioException("The loss '" + name + "' does not fit\n  rule: there are "
                        + names(regression) + (regression ? " for values" : " for classes")));
    }

    static List<String> names(boolean regression) {
        return ALL.stream()
                .filter(c -> c.regression == regression)
                .map(LossChoice::name)
                .toList();
    }
}
