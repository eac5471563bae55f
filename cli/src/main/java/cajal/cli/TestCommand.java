package cajal.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cajal test`: the launcher runs the tests, without this program; here is its place in the help.
@Command(
        name = "test",
        header = "Run the test suite of the repository that the launcher stands in.",
        synopsisHeading = "%nUsage: ",
        footer = {
            "",
            "Examples:",
            "  ./cajal test                     everything, with all checks",
            "  ./cajal test --fast              all but the tests tagged slow, in under two minutes",
            "  ./cajal test -pl nn              one module and what it stands on",
            "  ./cajal test -Dtest=LinearTest   one class; everything but --fast goes to Maven"
        })
final class TestCommand implements Callable<Integer> {
    @Mixin
    final HelpOptions help = new HelpOptions();

    @Parameters(paramLabel = "ARGUMENT", arity = "0..*", description = "--fast, and what goes to Maven")
    private List<String> arguments = List.of();

    TestCommand() {}

    @Override
    public Integer call() {
        throw Mistake.of(
                "the tests are run by the launcher, not by this program",
                "",
                "./cajal test " + String.join(" ", arguments) + ", in the repository");
    }
}
