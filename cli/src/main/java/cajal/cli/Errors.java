package cajal.cli;

import cajal.data.DataException;
import cajal.format.FormatException;
import cajal.kernel.ShapeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// The one place where errors become text and an exit code: [#MISTAKE] for what a person can put right,
/// [#FAILURE] for the rest. A stack trace is shown only with `--stacktrace`.
final class Errors implements IParameterExceptionHandler, IExecutionExceptionHandler {
    static final int MISTAKE = 2;
    static final int FAILURE = 1;
    static final int INTERRUPTED = 130;

    private final Shell shell;

    Errors(Shell shell) {
        this.shell = shell;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
        CommandLine line = e.getCommandLine();
        String name = line.getCommandSpec().qualifiedName(" ");
        Optional<String> near = e instanceof UnmatchedArgumentException u
                ? near(line, u.getUnmatched().getFirst())
                : Optional.empty();
        String fix =
                near.map(n -> "did you mean '" + n + "'? ").orElse("") + "`" + name + " --help` shows what there is";
        show(name, text(Mistake.of(firstLine(e), "", fix)));
        return MISTAKE;
    }

    /// picocli's own words, without its list of suggestions.
    private static String firstLine(ParameterException e) {
        if (e instanceof UnmatchedArgumentException u) {
            String word = u.getUnmatched().getFirst();
            boolean command = u.getCommandLine().getParent() == null && !word.startsWith("-");
            return word.startsWith("-")
                    ? "there is no option '" + word + "'"
                    : command ? "there is no command '" + word + "'" : "'" + word + "' is one word too many";
        }
        String message = String.valueOf(e.getMessage());
        return message.lines().findFirst().orElse("");
    }

    private static Optional<String> near(CommandLine line, String word) {
        List<String> known = new ArrayList<>();
        if (word.startsWith("-")) {
            line.getCommandSpec().options().forEach(o -> known.addAll(List.of(o.names())));
        } else {
            known.addAll(line.getSubcommands().keySet());
        }
        int value = word.indexOf('=');
        return Near.to(value < 0 ? word : word.substring(0, value), known);
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
        String name = line.getCommandSpec().qualifiedName(" ");
        boolean trace = line.getParseResult() != null && line.getParseResult().hasMatchedOption("--stacktrace");
        boolean mistake = isMistake(e);
        String text = text(e);
        show(name, mistake || trace ? text : text + "\n  (with --stacktrace it shows where)");
        if (trace) {
            StringWriter where = new StringWriter();
            e.printStackTrace(new PrintWriter(where));
            shell.err().print(where);
        }
        return mistake ? MISTAKE : FAILURE;
    }

    private void show(String name, String message) {
        shell.out().flush();
        shell.err().println(shell.styled("red", name + ":") + " " + message);
        shell.err().flush();
    }

    private static boolean isMistake(Throwable e) {
        return e instanceof Mistake
                || e instanceof FormatException
                || e instanceof DataException
                || e instanceof ShapeException
                || e instanceof UncheckedIOException u && u.getCause() instanceof FileSystemException
                || e instanceof FileSystemException;
    }

    private static String text(Throwable e) {
        return switch (e) {
            case UncheckedIOException u when u.getCause() instanceof IOException cause -> text(cause);
            case NoSuchFileException n -> "there is no file '" + n.getFile() + "'";
            case AccessDeniedException a -> "'" + a.getFile() + "' may not be opened: permission denied";
            default -> {
                String message = e.getMessage();
                yield message != null && (e instanceof IOException || isOurs(e)) ? message : e.toString();
            }
        };
    }

    /// Whether the message was written for people: by this library, not by the JDK for programmers.
    private static boolean isOurs(Throwable e) {
        return e.getClass().getName().startsWith("cajal.");
    }
}
