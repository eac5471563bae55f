package cajal.cli;

import cajal.format.Json;
import java.util.Map;
import picocli.CommandLine.Option;

/// For whom a command writes: a person, or a machine.
final class OutputOptions {
    @Option(names = "--json", description = "For machines: nothing on standard output but one line of JSON at the end.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only the result: no progress, no advice.")
    boolean quiet;

    /// Progress and advice: to standard error, unless it is to be quiet.
    void say(Shell shell, String text) {
        if (!quiet) {
            shell.err().println(text);
        }
    }

    /// What a person reads as the result; a machine gets [#json(Shell, Map)] instead.
    void result(Shell shell, String text) {
        if (!json) {
            shell.out().println(text);
        }
    }

    /// The one line for a machine.
    void json(Shell shell, Map<String, Object> values) {
        if (json) {
            shell.out().println(Json.write(values));
            shell.out().flush();
        }
    }
}
