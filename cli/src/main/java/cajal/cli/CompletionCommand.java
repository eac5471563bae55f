package cajal.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cajal completion`: a script that teaches a shell the commands and options.
@Command(
        name = "completion",
        header = "Print a completion script for bash or zsh.",
        synopsisHeading = "%nUsage: ",
        footer = {"", "Example:", "  source <(./cajal completion bash)"})
final class CompletionCommand implements Callable<Integer> {
    @Mixin
    final HelpOptions help = new HelpOptions();

    @Parameters(paramLabel = "SHELL", arity = "0..1", description = "bash (default) or zsh")
    private String kind = "bash";

    private final Shell shell;

    CompletionCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (!List.of("bash", "zsh").contains(kind)) {
            throw Near.unknown("completion for the shell", kind, List.of("bash", "zsh"));
        }
        String script = AutoComplete.bash("cajal", Main.line(shell));
        // The script is called by the name of the command; here it is mostly called as ./cajal.
        String both = script.replace(" cajal cajal.sh cajal.bash", " cajal ./cajal cajal.sh cajal.bash");
        shell.out().print(kind.equals("zsh") ? "autoload -U +X bashcompinit && bashcompinit\n" + both : both);
        return 0;
    }
}
