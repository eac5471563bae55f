package cajal.cli;

import java.util.Optional;
import picocli.CommandLine.Option;

/// What network is trained.
final class NetOptions {
    @Option(
            names = "--model",
            paramLabel = "NAME|SIZES",
            completionCandidates = Named.Models.class,
            description = "${COMPLETION-CANDIDATES}; or the layers' sizes as in 784-128-10, first the inputs, last the"
                    + " outputs. For texts gpt-char, as in gpt-char:layers=4,heads=4,width=128,block=64.")
    Optional<String> model = Optional.empty();

    @Option(
            names = "--activation",
            paramLabel = "NAME",
            completionCandidates = Named.Activations.class,
            description = "What bends between the layers (default: relu): ${COMPLETION-CANDIDATES}.")
    Optional<String> activation = Optional.empty();

    @Option(
            names = "--init",
            paramLabel = "NAME",
            completionCandidates = Named.Inits.class,
            description = "Initial weights (default: PyTorch's), as in normal:0,0.01: ${COMPLETION-CANDIDATES}.")
    Optional<String> init = Optional.empty();

    @Option(
            names = "--dropout",
            paramLabel = "P",
            description = "The share of hidden neurons left out in each step (default: 0).")
    Optional<Double> dropout = Optional.empty();
}
