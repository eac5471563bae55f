package cajal.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/// How it is trained.
final class FitOptions {
    @Option(
            names = "--loss",
            paramLabel = "NAME",
            completionCandidates = Named.Losses.class,
            description = "What becomes small (default: cross-entropy for classes, mse for values):"
                    + " ${COMPLETION-CANDIDATES}.")
    Optional<String> loss = Optional.empty();

    @Option(
            names = "--optimizer",
            paramLabel = "NAME",
            completionCandidates = Named.Optimizers.class,
            description = "How it becomes small (default: adam, or what was published with the model), as in"
                    + " sgd:momentum=0.9: ${COMPLETION-CANDIDATES}.")
    Optional<String> optimizer = Optional.empty();

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "The learning rate (default: the optimiser's usual one).")
    Optional<Double> rate = Optional.empty();

    @Option(
            names = "--momentum",
            paramLabel = "M",
            description = "The share of the last direction that is kept, for optimisers that keep one.")
    Optional<Double> momentum = Optional.empty();

    @Option(names = "--weight-decay", paramLabel = "L", description = "How strongly weights are pulled towards 0.")
    Optional<Double> weightDecay = Optional.empty();

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "The largest norm that all gradients together may have.")
    Optional<Double> clip = Optional.empty();

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            completionCandidates = Named.Schedules.class,
            description = "How the rate changes, as in step:10:0.5 or warmup:100:cosine: ${COMPLETION-CANDIDATES}.")
    Optional<String> schedule = Optional.empty();

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training samples.")
    Optional<Integer> epochs = Optional.empty();

    @Option(
            names = "--steps",
            paramLabel = "N",
            description =
                    "For texts, of which windows are drawn without end: the updates (default: 2000), in --epochs equal"
                            + " parts, after each of which the validation loss is measured.")
    Optional<Long> steps = Optional.empty();

    @Option(
            names = "--batch",
            paramLabel = "N|all|1",
            description = "Samples a step: some (mini-batch), all (gradient descent), or 1 (stochastic).")
    Optional<String> batch = Optional.empty();

    @Option(names = "--seed", paramLabel = "N", description = "The seed of everything random (default: 42).")
    Optional<Long> seed = Optional.empty();

    @Option(
            names = "--val",
            paramLabel = "SHARE",
            description =
                    "The share of the training samples kept for validation (default: 0.1; digits: 0.02); of a text, its end.")
    Optional<Double> validation = Optional.empty();

    @Option(
            names = "--augment",
            description =
                    "Change training pictures at random: shifts of up to 4 pixels; coloured ones are mirrored too.")
    boolean augment;

    @Option(
            names = "--early-stop",
            paramLabel = "N",
            description = "Stop when N epochs brought no better validation loss; keep the best weights.")
    Optional<Integer> earlyStop = Optional.empty();

    @Option(
            names = "--find-lr",
            description = "Do not train: try learning rates in 100 steps, show the loss over them and suggest one;"
                    + " with --out also as a picture, learning-rates.svg.")
    boolean findRate;
}
