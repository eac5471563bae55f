package cajal.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A proof that takes its time.
///
/// @param claim what it shows, as a clause
/// @param measure how
record Figure(String claim, Measure measure) {
    /// How something is shown.
    @FunctionalInterface
    interface Measure {
        Outcome run(Bench bench) throws IOException, InterruptedException;
    }

    /// What came out.
    ///
    /// @param holds whether the claim is true
    /// @param result the measured figures, as a sentence
    record Outcome(boolean holds, String result) {}

    /// What a command line did.
    ///
    /// @param code the exit code
    /// @param out what it wrote as its result
    /// @param seconds wall time, start of the JVM included
    record Ran(int code, String out, double seconds) {
        /// The last line, which `--json` makes.
        String json() {
            return out.strip().lines().reduce((_, last) -> last).orElse("");
        }
    }

    /// Where a figure is made.
    ///
    /// @param root the repository
    /// @param scratch an empty folder
    /// @param mnist where the real MNIST is
    /// @param progress where progress goes
    record Bench(Path root, Path scratch, Path mnist, PrintStream progress) {
        /// Runs the launcher as a person would, in the scratch folder.
        Ran cajal(String... words) throws IOException, InterruptedException {
            return run(List.of(root.resolve("cajal").toString()), words);
        }

        private Ran run(List<String> launcher, String... words) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(launcher);
            command.addAll(List.of(words));
            long begun = System.nanoTime();
            Process process = start(command);
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            double seconds = (System.nanoTime() - begun) / 1e9;
            progress.printf(
                    java.util.Locale.ROOT,
                    "  cajal %s: %.2f s, exit code %d%n",
                    String.join(" ", words),
                    seconds,
                    code);
            return new Ran(code, out, seconds);
        }

        /// As [#cajal], killed without warning after some time, if it still runs then.
        boolean killed(double afterSeconds, String... words) throws IOException, InterruptedException {
            List<String> command = new ArrayList<>(List.of(root.resolve("cajal").toString()));
            command.addAll(List.of(words));
            Process process = start(command);
            boolean ended = process.waitFor((long) (afterSeconds * 1000), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            return !ended;
        }

        private Process start(List<String> command) throws IOException {
            return new ProcessBuilder(command)
                    .directory(scratch.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        boolean hasMnist() {
            return Files.isDirectory(mnist);
        }
    }
}
