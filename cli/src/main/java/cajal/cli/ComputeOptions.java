package cajal.cli;

import cajal.kernel.Workers;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What the machine gives to it.
final class ComputeOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads that compute (default: all processors). The results are the same.")
    Optional<Integer> threads = Optional.empty();

    /// For long computations: vector kernels, and the threads that were asked for.
    void heavy(Shell shell) {
        shell.host().fastKernels();
        threads.ifPresent(n -> Mistake.ifRefused("--threads", () -> {
            Workers.threads(n);
            return n;
        }));
    }
}
