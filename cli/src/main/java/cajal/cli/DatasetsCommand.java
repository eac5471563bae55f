package cajal.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cajal datasets`: what can be trained on by name.
@Command(
        name = "datasets",
        header = "List the data sets that have a name.",
        synopsisHeading = "%nUsage: ",
        footer = {"", "Any CSV file is a data set too: ./cajal train FILE.csv --target COLUMN"})
final class DatasetsCommand implements Callable<Integer> {
    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    DatasetsCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        output.result(shell, Sources.table().toString());
        output.json(shell, Sources.json());
        return 0;
    }
}
