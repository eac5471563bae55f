package cajal.cli;

import cajal.format.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal figures`: the long proofs. Each runs what a person would run, and its result goes into
/// `docs/figures.md`.
@Command(
        name = "figures",
        header = "Run the long proofs and write their results into docs/figures.md.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal figures [NAME…] [OPTION…]%n",
        footer = {
            "",
            "Examples:",
            "  ./cajal figures                  list them",
            "  ./cajal figures train predict    run two",
            "  ./cajal figures all              run all"
        })
final class FiguresCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", arity = "0..*", description = "which; `all` for all; without one they are listed")
    private List<String> names = List.of();

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description =
                    "Where the real MNIST lies, and beside it other data (default: ../shared/data/mnist beside the repository).")
    private String folder = "";

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    FiguresCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Map<String, Figure> all = Figures.all();
        if (names.isEmpty()) {
            Grid table = new Grid("name", "shows that");
            all.forEach((name, f) -> table.row(name, f.claim()));
            shell.out().println(table);
            return 0;
        }
        for (String name : names) {
            if (!name.equals("all") && !all.containsKey(name)) {
                throw Near.unknown("figure", name, all.keySet());
            }
        }
        Path root = root();
        boolean held = true;
        for (Map.Entry<String, Figure> f : all.entrySet()) {
            if (names.contains("all") || names.contains(f.getKey())) {
                held &= run(root, f.getKey(), f.getValue());
            }
        }
        return held ? 0 : Errors.FAILURE;
    }

    /// The repository that the launcher stands in.
    private static Path root() {
        String home = System.getProperty("cajal.home", "");
        if (home.isEmpty()) {
            throw Mistake.of(
                    "the figures run the launcher, and there is none",
                    "they are run from a repository",
                    "./cajal figures");
        }
        return Path.of(home);
    }

    private boolean run(Path root, String name, Figure figure) throws IOException, InterruptedException {
        shell.err().println(name + ": " + figure.claim());
        Path data =
                folder.isEmpty() ? root.resolveSibling("shared").resolve("data").resolve("mnist") : shell.path(folder);
        Path scratch = Files.createTempDirectory("cajal-figure-");
        Figure.Outcome outcome = figure.measure().run(new Figure.Bench(root, scratch, data, shell.err()));
        shell.out()
                .println(name + ": "
                        + (outcome.holds() ? shell.styled("green", "holds") : shell.styled("red", "DOES NOT HOLD"))
                        + ": " + outcome.result());
        record(root, name, figure, outcome);
        return outcome.holds();
    }

    /// Replaces the figure's section in the file, or appends one.
    private static void record(Path root, String name, Figure figure, Figure.Outcome outcome) throws IOException {
        Path file = root.resolve("docs").resolve("figures.md");
        List<String> lines = Files.exists(file)
                ? new ArrayList<>(Files.readAllLines(file))
                : new ArrayList<>(List.of(
                        "# Figures", "", "What `./cajal figures NAME` measured, each with its commit and machine."));
        int from = lines.indexOf("## " + name);
        int to = from + 1;
        while (from >= 0 && to < lines.size() && !lines.get(to).startsWith("## ")) {
            to++;
        }
        List<String> section = new ArrayList<>(List.of(
                "## " + name,
                "",
                figure.claim() + ".",
                "",
                (outcome.holds() ? "**Holds.** " : "**Does not hold.** ") + outcome.result(),
                "",
                "Commit " + Figures.commit(root) + ", " + Figures.machine() + "."));
        if (from >= 0) {
            lines.subList(from, to).clear();
        } else {
            from = lines.size();
            section.addFirst("");
        }
        if (from < lines.size()) {
            section.add("");
        }
        lines.addAll(from, section);
        String text = String.join("\n", lines).stripTrailing() + "\n";
        AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
