package cajal.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal run`: a single-file program with the library on its module path.
///
/// The JDK compiles the file in memory and runs it in a process of its own, which has this one's terminal;
/// its exit code is passed on.
@Command(
        name = "run",
        header = "Run a single-file Java program with the library on its path.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal run [-J=FLAG…] FILE.java [ARGUMENT…]%n",
        description = {
            "",
            "The file needs no class around its `void main()`; `import module cajal;` brings in everything.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  ./cajal run examples/FirstNetwork.java",
            "  ./cajal run -J=-Xmx4g Mine.java --my-option 3"
        })
final class RunCommand implements Callable<Integer> {
    @Mixin
    final HelpOptions help = new HelpOptions();

    @Option(names = "-J", paramLabel = "FLAG", description = "A flag for the program's JVM, as in -J=-Xmx4g.")
    private List<String> flags = List.of();

    @Parameters(index = "0", paramLabel = "FILE.java", description = "the program")
    private String file = "";

    @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = "what the program gets")
    private List<String> arguments = List.of();

    private final Shell shell;

    RunCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path program = shell.path(file);
        if (!Files.isRegularFile(program)) {
            throw Mistake.of("there is no file '" + file + "'", "the first word after `run` is a Java source file", "");
        }
        if (!file.endsWith(".java")) {
            throw Mistake.of("'" + file + "' is no Java source file", "its name ends in .java", "");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-p", modulePath(), "--add-modules", "cajal,cajal.studio", program.toString()));
        command.addAll(arguments);
        // The terminal sends Ctrl-C to both: the program decides what it means, this process waits for it.
        shell.host().onInterrupt(() -> {});
        shell.out().flush();
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /// The folder of the launcher's build, or what this process itself runs from.
    private static String modulePath() {
        String lib = System.getProperty("cajal.lib", "");
        if (!lib.isEmpty()) {
            return lib;
        }
        String own = System.getProperty("jdk.module.path", "");
        return own.isEmpty() ? System.getProperty("java.class.path", "").replace("*", "") : own + File.pathSeparator;
    }
}
