package cajal.cli;

import cajal.studio.Studio;
import cajal.studio.StudioException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// Whether, and where, a command can be watched in the browser.
final class StudioOptions {
    private static final int USUAL = 7171;
    private static final String ANY = "any";

    @Option(
            names = "--studio",
            paramLabel = "PORT",
            arity = "0..1",
            preprocessor = Attached.class,
            description = "Watch it in the browser, at the address that is printed (default port: 7171, or any that is"
                    + " free). The page stays when the run is over, until Ctrl-C.")
    Optional<String> port = Optional.empty();

    /// Takes only a port that stands behind `=`: the next word is another option's, or the data.
    static final class Attached implements IParameterPreprocessor {
        @Override
        @SuppressWarnings("JdkObsolete") // picocli's signature
        public boolean preprocess(Stack<String> words, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            if (!"=".equals(info.get("separator"))) {
                words.push(ANY);
            }
            return false;
        }
    }

    /// A studio that shows a run's folder beside those in the shell's `runs`; its address is printed.
    Studio open(Shell shell, Path run) {
        Path runs = shell.path("runs");
        boolean among = run.toAbsolutePath()
                .normalize()
                .startsWith(runs.toAbsolutePath().normalize());
        Path root = among ? runs : run;
        Studio studio = start(root);
        String name =
                among ? root.toAbsolutePath().relativize(run.toAbsolutePath()).toString() : ".";
        shell.err().println("Cajal Studio: " + studio.address(name));
        return studio;
    }

    private Studio start(Path runs) {
        String wanted = port.orElse(ANY);
        try {
            if (!wanted.equals(ANY)) {
                return Studio.on(number(wanted)).runs(runs).start();
            }
            try {
                return Studio.on(USUAL).runs(runs).start();
            } catch (StudioException taken) {
                return Studio.on(0).runs(runs).start();
            }
        } catch (StudioException e) {
            throw new Mistake(String.valueOf(e.getMessage()));
        }
    }

    private static int number(String text) {
        try {
            int n = Integer.parseInt(text);
            if (n >= 0 && n <= 65_535) {
                return n;
            }
        } catch (NumberFormatException noNumber) {
            // said below
        }
        throw Mistake.of("--studio=" + text, "a port is a number from 0 to 65535", "--studio, or --studio=0");
    }
}
