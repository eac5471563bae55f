package cajal.cli;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// What surrounds a command: where it speaks, where relative paths start, and what the process can do for it.
///
/// Results go to `out`; progress, advice and errors to `err`, so that `out` can be piped.
///
/// @param out results
/// @param err everything else
/// @param terminal whether a person looks at both: lines may be overwritten and coloured
/// @param colour whether colours are wanted
/// @param folder where relative paths start
/// @param host what the process can do
record Shell(PrintStream out, PrintStream err, boolean terminal, boolean colour, Path folder, Host host) {
    /// What a process can do for its commands.
    interface Host {
        /// Brings in fast kernels, which only pay for long computations. Does nothing where there are none.
        default void fastKernels() {}

        /// Chooses kernels that begin at once, for a command that computes little. To be called before
        /// anything is computed.
        default void readyKernels() {}

        /// From now on a Ctrl-C (or a polite kill) runs `action` instead of ending the process; a second
        /// one ends it at once.
        default void onInterrupt(Runnable action) {}
    }

    /// The shell of this process.
    static Shell ofProcess(Host host) {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        boolean colour = terminal
                && System.getenv().getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(System.getenv("TERM"));
        return new Shell(
                stream(FileDescriptor.out, "stdout.encoding"),
                stream(FileDescriptor.err, "stderr.encoding"),
                terminal,
                colour,
                Path.of(""),
                host);
    }

    /// A stream in the terminal's encoding. Where that is said to be plain ASCII, nobody said anything: then
    /// it is UTF-8.
    private static PrintStream stream(FileDescriptor descriptor, String property) {
        Charset said = Charset.forName(System.getProperty(property, "UTF-8"), StandardCharsets.UTF_8);
        Charset charset = said.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : said;
        return new PrintStream(new java.io.BufferedOutputStream(new FileOutputStream(descriptor), 8192), true, charset);
    }

    /// A path that a person wrote, from where this shell stands.
    Path path(String written) {
        try {
            return folder.resolve(written);
        } catch (java.nio.file.InvalidPathException e) {
            throw Mistake.of(
                    "'" + written + "' is no path: " + e.getReason(), "names of files have no such characters", "");
        }
    }

    /// A path as a person would write it here: relative where that is shorter.
    String shown(Path path) {
        Path here = folder.toAbsolutePath().normalize();
        Path full = path.toAbsolutePath().normalize();
        String relative = full.startsWith(here) ? here.relativize(full).toString() : full.toString();
        return relative.isEmpty() ? "." : relative;
    }

    /// The text in a style, if colours are wanted: `bold`, `faint`, `red`, `green`, `yellow`, `blue`, `cyan`.
    String styled(String style, String text) {
        return colour ? Style.valueOf(style.toUpperCase(java.util.Locale.ROOT)).of(text) : text;
    }

    private enum Style {
        BOLD(1, 22),
        FAINT(2, 22),
        RED(31, 39),
        GREEN(32, 39),
        YELLOW(33, 39),
        BLUE(34, 39),
        CYAN(36, 39);

        private final int on;
        private final int off;

        Style(int on, int off) {
            this.on = on;
            this.off = off;
        }

        String of(String text) {
            return "\u001b[" + on + "m" + text + "\u001b[" + off + "m";
        }
    }
}
