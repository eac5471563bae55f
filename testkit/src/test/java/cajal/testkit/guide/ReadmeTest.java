package cajal.testkit.guide;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.testkit.guide.Program.Printed;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The README's program runs, and its project is built and run both ways: on the class path and as a module.
class ReadmeTest {
    private static final Path FILE = Program.ROOT.resolve("README.md");
    private static final String FLAG = "--add-modules jdk.incubator.vector";
    /// Prints the backends, best first, after the flowers' result.
    private static final String PROBE = """
            package flowers;
            public final class Probe {
                public static void main(String[] args) {
                    Flowers.main(args);
                    System.out.println(cajal.kernel.Backends.names());
                }
            }
            """;

    @TempDir
    private Path folder;

    private static String block(String beginning) {
        Page page = Page.read(FILE);
        List<String> found = page.of("java").stream()
                .map(page::text)
                .filter(t -> t.startsWith(beginning))
                .toList();
        assertThat(found).as("blocks that begin with " + beginning).hasSize(1);
        return found.getFirst();
    }

    @Test
    @Tag("slow")
    void theShortProgramPrintsWhatStandsBelowIt() throws IOException {
        Page page = Page.read(FILE);
        int block = page.of("java").getFirst();
        Path program = Files.writeString(folder.resolve("Mine.java"), page.text(block));
        String printed = Program.run(program).expected();
        if (Boolean.getBoolean("cajal.update")) {
            page = page.with(block + 1, printed.stripTrailing());
        }
        assertThat(page.touchesNext(block)).isTrue();
        assertThat(timeless(page.text(block + 1))).isEqualTo(timeless(printed));
        Matcher accuracy =
                Pattern.compile("epoch +5 .*validation accuracy (\\d\\.\\d+)").matcher(printed);
        assertThat(accuracy.find()).as(printed).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.95);
    }

    /// Without what depends on the machine.
    private static String timeless(String text) {
        return text.replaceAll("[\\d,]+ samples/s", "# samples/s")
                .replaceAll("in [\\d.]+ s", "in # s")
                .strip();
    }

    @Test
    @Tag("slow")
    void theTwoCommandsPrintTheExcerptsBelowThem() {
        List<Integer> excerpts = Page.read(FILE).of("text");
        assertHoldsTheLines(excerpts.get(0), Program.command(folder, "train"), 4);
        assertHoldsTheLines(excerpts.get(1), Program.command(folder, "explain", "7"), 18);
    }

    /// All lines of an excerpt were printed, in this order; `…` stands for what was left out.
    private static void assertHoldsTheLines(int block, Printed printed, int count) {
        assertThat(printed.code()).as(printed.err()).isZero();
        Page page = Page.read(FILE);
        if (Boolean.getBoolean("cajal.update")) {
            page = page.with(block, renewed(page.text(block), printed));
        }
        List<String> wanted = page.text(block)
                .lines()
                .map(line -> line.replaceFirst(" *….*", ""))
                .filter(line -> !line.isBlank())
                .toList();
        assertThat(wanted).hasSize(count);
        assertThat(printed.err() + printed.out()).containsSubsequence(wanted);
    }

    /// The excerpt with today's numbers: each line becomes the next printed one that differs from it in
    /// numbers only.
    private static String renewed(String excerpt, Printed printed) {
        List<String> left =
                new ArrayList<>((printed.err() + printed.out()).lines().toList());
        StringBuilder text = new StringBuilder();
        for (String line : excerpt.lines().toList()) {
            String head = line.replaceFirst(" *….*", "");
            for (int i = 0; !head.isBlank() && i < left.size(); i++) {
                Matcher same = Pattern.compile("\\Q" + head.replaceAll("[0-9.,]+", "\\\\E[0-9.,]+\\\\Q") + "\\E")
                        .matcher(left.get(i));
                if (same.lookingAt()) {
                    line = same.group() + line.substring(head.length());
                    left.subList(0, i + 1).clear();
                    break;
                }
            }
            text.append(line).append('\n');
        }
        return text.toString();
    }

    private Path compile(String name, String pathOption, String moduleInfo) throws IOException {
        Path source = Files.createDirectories(folder.resolve(name + "-src/flowers"));
        List<String> options =
                new ArrayList<>(List.of("-d", folder.resolve(name).toString(), pathOption, Program.path()));
        options.add(Files.writeString(source.resolve("Flowers.java"), block("package flowers;"))
                .toString());
        options.add(Files.writeString(source.resolve("Probe.java"), PROBE).toString());
        if (!moduleInfo.isEmpty()) {
            options.add(Files.writeString(source.resolveSibling("module-info.java"), moduleInfo)
                    .toString());
        }
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        int code = ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, options.toArray(String[]::new));
        assertThat(code).as(said.toString()).isZero();
        return folder.resolve(name);
    }

    private static void assertFlowersAreTold(Printed printed) {
        Matcher accuracy = Pattern.compile("accuracy=(\\d\\.\\d+)").matcher(printed.expected());
        assertThat(accuracy.find()).as(printed.toString()).isTrue();
        assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.95);
    }

    @Test
    @Tag("slow")
    void asAModuleItRunsOnTheVectorApiWithoutAFlag() throws IOException {
        Path built = compile("module", "-p", block("module flowers"));
        String path = built + File.pathSeparator + Program.path();
        Printed printed = Program.java(List.of("-p", path, "-m", "flowers/flowers.Probe"));
        assertFlowersAreTold(printed);
        assertThat(printed.out()).contains("[simd, scalar, reference]");
        assertThat(printed.err()).doesNotContain("scalar kernels");
    }

    @Test
    @Tag("slow")
    void onTheClassPathItRunsOnTheVectorApiWithTheFlagAndWarnsOnceWithout() throws IOException {
        Path built = compile("classes", "-cp", "");
        String path = built + File.pathSeparator + Program.path();
        Printed with = Program.java(List.of("--add-modules", "jdk.incubator.vector", "-cp", path, "flowers.Probe"));
        assertFlowersAreTold(with);
        assertThat(with.out()).contains("[simd, scalar, reference]");
        assertThat(with.err()).doesNotContain("scalar kernels");

        Printed without = Program.java(List.of("-cp", path, "flowers.Probe"));
        assertFlowersAreTold(without);
        assertThat(without.out()).contains("[scalar, reference]");
        assertThat(without.err()).containsOnlyOnce("scalar kernels").contains(FLAG);
        assertThat(without.out().lines().findFirst())
                .isEqualTo(with.out().lines().findFirst());
    }

    @Test
    void theTableOfCommandsNamesAllThatAreNotHidden() throws IOException {
        Set<String> told = new TreeSet<>();
        Matcher row = Pattern.compile("(?m)^\\| `([a-z]+)` \\|").matcher(Files.readString(FILE));
        while (row.find()) {
            told.add(row.group(1));
        }
        Set<String> there = new TreeSet<>();
        try (Stream<Path> files = Files.list(Program.ROOT.resolve("cli/src/main/java/cajal/cli"))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith("Command.java")).toList()) {
                Matcher name = Pattern.compile("@Command\\(\\s*name = \"([a-z]+)\"(?!, hidden)")
                        .matcher(Files.readString(file));
                if (name.find()) {
                    there.add(name.group(1));
                }
            }
        }
        assertThat(there).contains("train", "explain");
        assertThat(told).isEqualTo(there);
    }

    @Test
    @Tag("slow")
    void aProgramShowsItsOwnTraining(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("Mine.java"), """
                import module cajal;
                import cajal.studio.Studio;

                void main() {
                    var net = Sequential.of(new Linear(2, 8), Tensor::tanh, new Linear(8, 2));
                    var trainer = Trainer.of(net, Loss.crossEntropy(), new Adam(0.01)).epochs(2);
                    IO.println(trainer.watch(Studio.live()).fit(Toys.moons(100, 0.1, 1)).steps() + " steps");
                    System.exit(0); // it would stay until Ctrl-C
                }
                """);
        Program.Printed printed = Program.command(folder, "run", "Mine.java");
        assertThat(printed.expected()).contains("8 steps");
        assertThat(printed.err()).contains("watch the run at http://127.0.0.1:");
    }
}
