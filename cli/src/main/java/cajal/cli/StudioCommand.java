package cajal.cli;

import cajal.studio.Studio;
import cajal.studio.StudioException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal studio`: the live view in the browser.
@Command(
        name = "studio",
        header = "See inside networks in the browser.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal studio [RUNS] [OPTION…]%n",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  ./cajal studio                 open the address that it prints in a browser",
            "  ./cajal studio runs --port 0   with the training runs in a folder, on any free port",
            "",
            "Runs that go on can be watched, paused, stopped, and given another learning rate.",
            "Only this computer can reach it. Ctrl-C ends it."
        })
final class StudioCommand implements Callable<Integer> {
    @Parameters(
            index = "0",
            paramLabel = "RUNS",
            arity = "0..1",
            description = "The folder with the training runs (default: runs).")
    private Optional<String> runs = Optional.empty();

    @Option(names = "--port", paramLabel = "N", description = "The port (default: 7171; 0: any that is free).")
    private int port = 7171;

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    StudioCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (port < 0 || port > 65_535) {
            throw Mistake.of("--port " + port, "a number from 0 to 65535", "--port 0");
        }
        shell.host().fastKernels();
        try (Studio studio =
                Studio.on(port).runs(shell.path(runs.orElse("runs"))).start()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("address", studio.address().toString());
            output.json(shell, line);
            output.result(shell, "Cajal Studio: " + studio.address() + "   (Ctrl-C ends it)");
            shell.out().flush();
            CountDownLatch interrupted = new CountDownLatch(1);
            shell.host().onInterrupt(interrupted::countDown);
            interrupted.await();
            return 0;
        } catch (StudioException e) {
            throw new Mistake(String.valueOf(e.getMessage()));
        }
    }
}
