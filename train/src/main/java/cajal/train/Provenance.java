package cajal.train;

import cajal.kernel.Backends;
import cajal.kernel.Workers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/// Where a result comes from: what, beside the settings, decides whether somebody else gets the same one.
public final class Provenance {
    private Provenance() {}

    /// The facts by name: version, Java, machine, kernels and threads, the command, the commit of the folder's
    /// repository, the time.
    public static SequencedMap<String, Object> facts() {
        SequencedMap<String, Object> facts = new LinkedHashMap<>();
        facts.put("cajal", version());
        facts.put("java", Runtime.version().toString());
        facts.put("vm", System.getProperty("java.vm.name") + ", " + System.getProperty("java.vm.vendor"));
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        facts.put("processor", processor());
        facts.put("processors", (long) Runtime.getRuntime().availableProcessors());
        facts.put("heap", Runtime.getRuntime().maxMemory());
        facts.put("kernels", Backends.names());
        facts.put("threads", (long) Workers.threads());
        facts.put("command", command());
        Path here = Path.of("").toAbsolutePath();
        facts.put("folder", here.toString());
        commit(here).ifPresent(commit -> facts.put("commit", commit));
        facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        return facts;
    }

    /// The version of this library; empty if it runs from class files without one.
    public static String version() {
        String version = Provenance.class.getPackage().getImplementationVersion();
        return version == null ? "" : version;
    }

    /// The model of the processor, or the operating system's name where it does not say.
    public static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(l -> l.startsWith("model name"))
                    .map(l -> l.substring(l.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException notLinux) {
            return System.getProperty("os.name");
        }
    }

    private static String command() {
        return ProcessHandle.current().info().commandLine().orElse(System.getProperty("sun.java.command", ""));
    }

    /// The commit that is checked out in the repository around a folder, read from its files; nothing if there
    /// is no repository.
    public static Optional<String> commit(Path folder) {
        for (Path at = folder.toAbsolutePath(); at != null; at = at.getParent()) {
            Path git = at.resolve(".git");
            if (Files.exists(git)) {
                try {
                    return head(git);
                } catch (IOException unreadable) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> head(Path entry) throws IOException {
        Path git = entry;
        if (Files.isRegularFile(entry)) { // a linked working tree names its folder
            String link = Files.readString(entry).strip();
            git = entry.resolveSibling(link.substring("gitdir:".length()).strip());
        }
        String head = Files.readString(git.resolve("HEAD")).strip();
        if (!head.startsWith("ref:")) {
            return hash(head);
        }
        String ref = head.substring("ref:".length()).strip();
        Path common = Files.exists(git.resolve("commondir"))
                ? git.resolve(Files.readString(git.resolve("commondir")).strip())
                : git;
        for (Path place : new Path[] {git, common}) {
            if (Files.isRegularFile(place.resolve(ref))) {
                return hash(Files.readString(place.resolve(ref)).strip());
            }
        }
        Path packed = common.resolve("packed-refs");
        return Files.exists(packed)
                ? Files.readAllLines(packed).stream()
                        .filter(l -> l.endsWith(" " + ref))
                        .map(l -> l.substring(0, l.indexOf(' ')))
                        .findFirst()
                        .flatMap(Provenance::hash)
                : Optional.empty();
    }

    private static Optional<String> hash(String text) {
        return text.matches("[0-9a-f]{40,64}") ? Optional.of(text) : Optional.empty();
    }
}
