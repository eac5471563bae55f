package cajal.cli;

import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.nn.ElementLoss;
import cajal.nn.Loss;
import cajal.tensor.Tensor;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a network's outputs mean; it follows from the loss that it was trained with.
enum Outputs {
    /// Scores whose softmax are the classes' probabilities.
    SCORES,
    /// A probability for each class, by itself.
    PROBABILITIES,
    /// The logarithms of probabilities.
    LOG_PROBABILITIES,
    /// Values.
    VALUES;

    /// What the outputs mean under a loss.
    ///
    /// @param classes whether the network tells classes apart
    static Outputs of(String loss, boolean classes) {
        return classes ? ofClasses(loss) : VALUES;
    }

    private static Outputs ofClasses(String loss) {
        return switch (loss.replace("_", "-").toLowerCase(java.util.Locale.ROOT).split(":", 2)[0]) {
            case "nll", "kl-divergence", "kl-div" -> LOG_PROBABILITIES;
            case "quadratic",
                    "bce",
                    "mse",
                    "mean-squared-error",
                    "l1",
                    "mae",
                    "huber",
                    "smooth-l1",
                    "log-cosh",
                    "msle",
                    "mape",
                    "dice",
                    "tversky" -> PROBABILITIES;
            default -> SCORES;
        };
    }

    /// The last layer that this meaning needs, if it needs one.
    Optional<Block> layer() {
        return switch (this) {
            case PROBABILITIES -> Optional.of(Activation.sigmoid());
            case LOG_PROBABILITIES -> Optional.of(Activation.logSoftmax());
            case SCORES, VALUES -> Optional.empty();
        };
    }

    /// The loss of this name, for class indices or for values as targets.
    static Loss loss(String name, boolean classes) {
        Loss loss = Mistake.ifRefused("--loss", () -> Loss.named(name));
        if (classes) {
            return loss instanceof ElementLoss e ? e.oneHot() : loss;
        }
        if (!isOfValues(loss)) {
            throw Mistake.of(
                    "--loss " + name + " needs classes, but the target is a column of values",
                    "for values there are "
                            + Loss.names().stream()
                                    .filter(n -> isOfValues(Loss.named(n)))
                                    .collect(Collectors.joining(", ")),
                    "--loss mse");
        }
        return loss;
    }

    private static boolean isOfValues(Loss loss) {
        return loss instanceof ElementLoss e && e.isOfValues();
    }

    /// The outputs of a batch as probabilities that sum to 1.
    Tensor probabilities(Tensor outputs) {
        return switch (this) {
            case SCORES -> outputs.softmax(-1);
            case LOG_PROBABILITIES -> outputs.exp();
            case PROBABILITIES -> outputs.div(outputs.sumKeep(-1).maximum(Tensor.scalar(1e-12)));
            case VALUES -> outputs;
        };
    }
}
