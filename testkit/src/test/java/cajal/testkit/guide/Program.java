package cajal.testkit.guide;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Runs Java programs in processes of their own, the way a user does.
final class Program {
    /// The repository.
    static final Path ROOT = root();

    private static final Set<String> NEEDED = Set.of(
            "cajal",
            "cajal.core",
            "cajal.simd",
            "cajal.data",
            "cajal.format",
            "cajal.nn",
            "cajal.train",
            "de.siegmar.fastcsv");
    private static final Set<String> COMMANDS = Set.of(
            "cajal.cli",
            "info.picocli",
            "cajal.studio",
            "io.avaje.jex",
            "io.avaje.jsonb",
            "io.avaje.json",
            "io.avaje.applog");

    private Program() {}

    /// Found when the first program runs.
    private static final class Modules {
        static final Map<String, Path> FOUND = modules();
    }

    /// What a process printed.
    ///
    /// @param code the exit code
    /// @param out standard output
    /// @param err standard error
    record Printed(int code, String out, String err) {
        /// Standard output of a program that must not fail.
        String expected() {
            if (code != 0) {
                throw new AssertionError("exit code " + code + "\n" + err + out);
            }
            return out;
        }
    }

    /// Runs a single-file program as `./cajal run` does: the JDK compiles it in memory, with the library on
    /// its module path.
    static Printed run(Path file, String... arguments) {
        List<String> command = new ArrayList<>(List.of("-p", path(), "--add-modules", "cajal", file.toString()));
        command.addAll(List.of(arguments));
        return java(command);
    }

    /// Runs a command as `./cajal` does, in a folder.
    static Printed command(Path folder, String... words) {
        List<String> command = new ArrayList<>(List.of("--add-modules", "jdk.incubator.vector", "-p", path(true)));
        command.addAll(List.of("-m", "cajal.cli/cajal.cli.Main"));
        command.addAll(List.of(words));
        return java(folder, command);
    }

    /// Runs `java` in the repository; numbers are written as in English.
    static Printed java(List<String> options) {
        return java(ROOT, options);
    }

    private static Printed java(Path folder, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Duser.language=en", "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-Xmx2g"));
        command.addAll(options);
        try {
            Path out = Files.createTempFile("cajal", ".out");
            Path err = Files.createTempFile("cajal", ".err");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            if (!process.waitFor(5, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError(command + " still runs after 5 minutes");
            }
            Printed printed = new Printed(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return printed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// The library and what it stands on, as a module path or class path.
    static String path() {
        return path(false);
    }

    private static String path(boolean commands) {
        return Modules.FOUND.entrySet().stream()
                .filter(m -> commands || NEEDED.contains(m.getKey()))
                .map(m -> m.getValue().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Map<String, Path> modules() {
        Map<String, Path> found = new LinkedHashMap<>();
        Stream.of("jdk.module.path", "surefire.test.class.path", "java.class.path")
                .flatMap(name -> Arrays.stream(System.getProperty(name, "").split(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty() && Files.exists(Path.of(entry)))
                .forEach(entry -> names(Path.of(entry)).forEach(name -> found.putIfAbsent(name, Path.of(entry))));
        if (!found.keySet().containsAll(NEEDED) || !found.keySet().containsAll(COMMANDS)) {
            throw new IllegalStateException(
                    "the tests' own path has " + found + "; needed are " + NEEDED + " and " + COMMANDS);
        }
        return found;
    }

    private static List<String> names(Path entry) {
        try {
            return ModuleFinder.of(entry).findAll().stream()
                    .map(m -> m.descriptor().name())
                    .filter(name -> NEEDED.contains(name) || COMMANDS.contains(name))
                    .toList();
        } catch (FindException _) { // a folder of tests is no module
            return List.of();
        }
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path at = here; at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("cajal")) && Files.isRegularFile(at.resolve("pom.xml"))) {
                return at;
            }
        }
        throw new IllegalStateException("no folder above " + here + " holds the launcher 'cajal'");
    }
}
