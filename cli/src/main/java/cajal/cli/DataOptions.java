package cajal.cli;

import cajal.data.Columns;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Where samples come from, beside the name of the data set.
final class DataOptions {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where the data set's files lie; nothing is downloaded then.")
    Optional<String> folder = Optional.empty();

    @Option(
            names = "--target",
            paramLabel = "COLUMN",
            description = "For CSV: the column to be predicted (default: the last).")
    Optional<String> target = Optional.empty();

    @Option(
            names = "--missing",
            paramLabel = "refuse|mean|drop",
            description = "For CSV: what is done about cells without a value (default: refuse).")
    Optional<String> missing = Optional.empty();

    @Option(names = "--limit", paramLabel = "N", description = "Use only the first N training samples.")
    Optional<Long> limit = Optional.empty();

    /// These options, and for what they leave open those that a run began with.
    DataOptions or(Settings run) {
        DataOptions both = new DataOptions();
        both.folder = folder.or(() -> Optional.of(run.folder()).filter(f -> !f.isEmpty()));
        both.target = target.or(() -> Optional.of(run.target()).filter(t -> !t.isEmpty()));
        both.missing = missing.or(() -> Optional.of(run.missing()));
        both.limit = limit.or(() -> Optional.of(run.limit()).filter(n -> n < Long.MAX_VALUE));
        return both;
    }

    /// What is done about cells without a value.
    Columns.Missing missing() {
        String name = missing.orElse("refuse");
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "refuse" -> Columns.Missing.REFUSE;
            case "mean" -> Columns.Missing.MEAN;
            case "drop" -> Columns.Missing.DROP;
            default -> throw Near.unknown("--missing", name, List.of("refuse", "mean", "drop"));
        };
    }
}
