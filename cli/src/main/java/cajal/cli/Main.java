package cajal.cli;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The command `cajal`.
@Command(
        name = "cajal",
        header = "Neural networks in pure Java that you can see inside.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal COMMAND [OPTION…]%n",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        versionProvider = Main.Version.class,
        footer = {
            "",
            "Begin here:",
            "  cajal train                      learn to read handwritten digits, in about a minute",
            "  cajal predict seven.png          read one",
            "  cajal train iris                 another data set; `cajal datasets` lists them",
            "  cajal train --help               all that can be chosen",
        })
public final class Main implements Runnable {
    @Mixin
    final HelpOptions help = new HelpOptions();

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    private final Shell shell;

    Main(Shell shell) {
        this.shell = shell;
    }

    /// The commands, in the order of the help.
    private static List<Object> commands(Shell shell) {
        return List.of(
                new TrainCommand(shell),
                new EvalCommand(shell),
                new PredictCommand(shell),
                new GenerateCommand(shell),
                new ExplainCommand(shell),
                new OptimizersCommand(shell),
                new StudioCommand(shell),
                new PlotCommand(shell),
                new InfoCommand(shell),
                new DatasetsCommand(shell),
                new RunCommand(shell),
                new FiguresCommand(shell),
                new TestCommand(),
                new CompletionCommand(shell),
                new RehearseCommand(shell));
    }

    /// Runs the command line on slow kernels and ends the process with its exit code.
    public static void main(String[] args) {
        System.exit(run(Shell.ofProcess(new Shell.Host() {}), args));
    }

    /// Runs a command and answers the exit code: 0, 2 for a person's mistake, 1 for a failure, 130 after an
    /// interrupt.
    static int run(Shell shell, String... args) {
        int code = line(shell).execute(args);
        shell.out().flush();
        shell.err().flush();
        return code;
    }

    /// The whole command line, ready to run.
    static CommandLine line(Shell shell) {
        CommandLine line = new CommandLine(new Main(shell));
        commands(shell).forEach(line::addSubcommand);
        java.util.Objects.requireNonNull(line.getSubcommands().get("run"))
                .setStopAtPositional(true); // what follows the program is the program's
        Errors errors = new Errors(shell);
        return line.setOut(new PrintWriter(shell.out(), true, shell.out().charset()))
                .setErr(new PrintWriter(shell.err(), true, shell.err().charset()))
                .setColorScheme(Help.defaultColorScheme(shell.colour() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setParameterExceptionHandler(errors)
                .setExecutionExceptionHandler(errors)
                .setUsageHelpWidth(110)
                .setUsageHelpLongOptionsMaxWidth(40)
                .setAbbreviatedOptionsAllowed(false)
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    /// Without a command: the help.
    @Override
    public void run() {
        line(shell).usage(shell.out());
    }

    /// The version from the jar's manifest.
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {
                "cajal " + text(),
                "JDK " + Runtime.version() + ", " + Runtime.getRuntime().availableProcessors() + " processors"
            };
        }

        static String text() {
            String version = Main.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }
    }
}
