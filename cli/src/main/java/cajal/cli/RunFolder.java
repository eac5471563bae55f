package cajal.cli;

import cajal.format.AtomicFile;
import cajal.format.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The folder of one training run: `model.safetensors` (the result), `checkpoint.safetensors` (where it
/// stands), `run.json` (its settings, so that it can go on, and where it ran), `log.csv` (a line an epoch),
/// `feed.jsonl` and `wishes.jsonl` (for the studio: [cajal.train.Feed]).
///
/// @param path where it lies
record RunFolder(Path path) {
    private static final String RUNS = "runs";
    private static final int PIECE = 1 << 16;

    Path model() {
        return path.resolve("model.safetensors");
    }

    Path checkpoint() {
        return path.resolve("checkpoint.safetensors");
    }

    Path log() {
        return path.resolve("log.csv");
    }

    Path settings() {
        return path.resolve("run.json");
    }

    /// A new folder `runs/NAME-N` below the shell's, with the lowest number that is free.
    static RunFolder fresh(Shell shell, String name) {
        Path runs = shell.path(RUNS);
        for (int n = 1; ; n++) {
            Path candidate = runs.resolve(name + "-" + n);
            if (!Files.exists(candidate)) {
                return new RunFolder(candidate);
            }
        }
    }

    /// The model that was written last in the shell's `runs`.
    static Optional<Path> newestModel(Shell shell) {
        return models(shell).stream().findFirst();
    }

    /// The models in the shell's `runs`, the one that was written last at the front.
    static List<Path> models(Shell shell) {
        Path runs = shell.path(RUNS);
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.map(f -> new RunFolder(f).model())
                    .filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(RunFolder::time)
                            .thenComparing(Path::toString)
                            .reversed())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static FileTime time(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }

    /// Refuses a folder in which another run would be overwritten.
    RunFolder requireUnused(Shell shell) {
        for (Path file : List.of(checkpoint(), model())) {
            if (Files.exists(file)) {
                String shown = shell.shown(path);
                throw Mistake.of(
                        "--out " + shown + " holds a run already (" + file.getFileName() + ")",
                        "a run never overwrites another one",
                        "cajal train --resume " + shown + " goes on with it, or choose another folder");
            }
        }
        return this;
    }

    /// Makes the folder, and makes sure that what a run will write has room there, by writing as much and
    /// deleting it again.
    ///
    /// **Throws** [Mistake] with the system's reason.
    void prepare(Shell shell, long bytes) {
        Path probe = path.resolve(".room-" + ProcessHandle.current().pid());
        try {
            Files.createDirectories(path);
            try (FileChannel channel =
                    FileChannel.open(probe, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (long written = 0; written < bytes; written += PIECE) {
                    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, bytes - written));
                    while (piece.hasRemaining()) {
                        channel.write(piece);
                    }
                }
                channel.force(true);
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            throw Mistake.of(
                    "--out " + shell.shown(path) + ": nothing can be kept there: " + reason(e),
                    "a run needs a folder that may be written to, with room for " + megabytes(bytes)
                            + "; nothing was trained yet",
                    "choose another one: --out DIR");
        }
    }

    static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException a -> "permission denied for " + a.getFile();
            case java.nio.file.FileAlreadyExistsException f -> f.getFile() + " is a file, no folder";
            case java.nio.file.NoSuchFileException n -> n.getFile() + " cannot be made";
            case java.nio.file.FileSystemException f
            when f.getReason() != null -> f.getReason() + " (" + f.getFile() + ")";
            default -> String.valueOf(e.getMessage());
        };
    }

    private static String megabytes(long bytes) {
        return bytes < 1_000_000
                ? (bytes + 999) / 1000 + " kB"
                : String.format(java.util.Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /// Writes what the run is, and how it stands.
    void write(Map<String, Object> run) {
        String text = Json.write(run) + "\n";
        AtomicFile.write(settings(), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// What [#write(Map)] wrote.
    ///
    /// **Throws** [Mistake] if there is no run in the folder.
    Map<String, Object> read(Shell shell) {
        String shown = shell.shown(path);
        if (!Files.isDirectory(path)) {
            throw Mistake.of(
                    "--resume " + shown + ": there is no such folder",
                    "it is the folder of a run, as `cajal train` makes it",
                    runs(shell));
        }
        if (!Files.isRegularFile(settings())) {
            throw Mistake.of(
                    "--resume " + shown + ": there is no run.json in it",
                    "it is the folder of a run, as `cajal train` makes it",
                    runs(shell));
        }
        try {
            return Json.parseObject(Files.readString(settings()), shell.shown(settings()));
        } catch (IOException e) {
            throw Mistake.of(shell.shown(settings()) + " cannot be read: " + reason(e), "", "");
        }
    }

    /// The runs that there are, for advice.
    private static String runs(Shell shell) {
        Path runs = shell.path(RUNS);
        if (!Files.isDirectory(runs)) {
            return "";
        }
        try (Stream<Path> all = Files.list(runs)) {
            List<String> names = all.filter(Files::isDirectory)
                    .map(shell::shown)
                    .sorted()
                    .limit(8)
                    .toList();
            return names.isEmpty() ? "" : "there are " + String.join(", ", names);
        } catch (IOException e) {
            return "";
        }
    }
}
