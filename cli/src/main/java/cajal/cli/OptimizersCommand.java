package cajal.cli;

import cajal.studio.Race;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cajal optimizers`: the ways to go downhill, side by side.
@Command(
        name = "optimizers",
        header = "Race gradient descent, SGD, mini-batches, momentum and Adam on one problem.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal optimizers [OPTION…]%n",
        footer = {
            "",
            "All start from the same weights and read the same digits. A pass costs each the same arithmetic; what differs is how",
            "often it changes the weights, and how much memory a step takes. Below, their paths over a surface of two weights.",
            "",
            "Examples:",
            "  ./cajal optimizers",
            "  ./cajal optimizers --samples 4000 --epochs 8 --json"
        })
final class OptimizersCommand implements Callable<Integer> {
    @Option(names = "--samples", paramLabel = "N", description = "Digits to train on (default: 2000).")
    private int samples = 2_000;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over them (default: 4).")
    private int epochs = 4;

    @Option(names = "--seed", paramLabel = "N", description = "Of the digits, the weights and the order (default: 1).")
    private long seed = 1;

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    OptimizersCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (samples < 100 || samples > 100_000) {
            throw Mistake.of("--samples " + samples, "from 100 to 100000", "--samples 2000");
        }
        if (epochs < 1 || epochs > 1000) {
            throw Mistake.of("--epochs " + epochs, "from 1 to 1000", "--epochs 4");
        }
        compute.heavy(shell);
        Race race = new Race(samples, epochs, seed);
        output.say(
                shell,
                String.format(
                        Locale.ROOT, "%,d digits, a network of 784 -> 32 -> 10, %d passes each ...", samples, epochs));
        List<Race.Result> results = new ArrayList<>();
        for (Race.Runner runner : Race.RUNNERS) {
            output.say(shell, "  " + runner.name());
            results.add(race.run(runner));
        }
        output.json(
                shell,
                Map.of("race", results.stream().map(OptimizersCommand::json).toList()));
        output.result(shell, table(results));
        output.result(shell, "");
        output.result(shell, Valley.drawn(seed));
        return 0;
    }

    private static String table(List<Race.Result> results) {
        Grid grid = new Grid(
                "way",
                ">rate",
                ">batch",
                ">updates",
                ">samples seen",
                ">loss after ¼",
                ">½",
                ">all",
                ">seconds",
                ">memory a step");
        for (Race.Result r : results) {
            grid.row(
                    r.runner().name(),
                    r.runner().rate(),
                    r.batch(),
                    format("%,d", r.at(1).updates()),
                    format("%,d", r.at(1).samplesSeen()),
                    format("%.4f", r.at(0.25).loss()),
                    format("%.4f", r.at(0.5).loss()),
                    format("%.4f", r.at(1).loss()),
                    format("%.2f", r.at(1).seconds()),
                    memory(r.bytes()));
        }
        return grid
                + "\n\nThe loss is that of all training digits, after a quarter, half and all of the passes. Memory: what the operations"
                + "\nof one forward and backward pass put out. Gradient descent on all data needs the most and changes the weights least"
                + "\noften. Single samples need the least, but a step is a guess and cannot fill the processor's vectors, so a pass takes"
                + "\nlongest. Mini-batches lie between: little memory, many updates, little time.";
    }

    private static String memory(long bytes) {
        return bytes < 1 << 20 ? format("%.0f kB", bytes / 1024.0) : format("%.1f MB", bytes / 1048576.0);
    }

    private static Map<String, Object> json(Race.Result r) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("name", r.runner().name());
        m.put("batch", r.batch());
        m.put("rate", r.runner().rate());
        m.put("updates", r.at(1).updates());
        m.put("samples_seen", r.at(1).samplesSeen());
        m.put("losses", r.points().stream().map(Race.Point::loss).toList());
        m.put("seconds", r.at(1).seconds());
        m.put("bytes_a_step", r.bytes());
        return m;
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
