package cajal.cli;

import picocli.CommandLine.Option;

/// What every command understands.
final class HelpOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(names = "--stacktrace", description = "After a failure, show where in the code it happened.")
    boolean stacktrace;
}
