package cajal.format;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/// Writes a file whole or not at all: readers see the old contents or the new ones, also after a power cut.
///
/// The contents go to a temporary file beside the target, which is flushed to the disk and then renamed; at
/// last the folder is flushed. If anything fails (a full disk, a read-only folder) the old file is as it
/// was and the temporary one is deleted. One that a killed process left behind is deleted by a later write
/// of the same target, an hour after it was last touched.
public final class AtomicFile {
    private static final AtomicLong COUNT = new AtomicLong();
    private static final Duration ABANDONED = Duration.ofHours(1);

    /// What writes the contents.
    @FunctionalInterface
    public interface Body {
        /// Writes everything; the stream is buffered, and flushed and closed by the caller.
        void write(OutputStream out) throws IOException;
    }

    private AtomicFile() {}

    /// Replaces the contents of `target` by what `body` writes.
    ///
    /// **Throws** [FormatException], naming the path and the cause, if that fails; the old file is untouched
    /// then.
    public static void write(Path target, Body body) {
        try {
            Path file = Files.isSymbolicLink(target) ? target.toRealPath() : target.toAbsolutePath();
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw FormatException.of(
                        target, "cannot be written: it is no regular file", "only regular files are replaced");
            }
            Path folder = file.getParent();
            if (folder == null || !Files.isDirectory(folder)) {
                throw FormatException.of(
                        target,
                        "cannot be written: there is no folder '" + folder + "'",
                        "the folder exists before a file is written",
                        "mkdir -p " + folder);
            }
            sweep(folder, "." + file.getFileName() + ".");
            replace(file, folder, body);
        } catch (IOException e) {
            throw new FormatException(
                    target + ": cannot be written: " + cause(e)
                            + "\n  rule: nothing was changed; a file that was there is as before\n  fix:  "
                            + "free some space, or choose a folder that may be written to",
                    e);
        }
    }

    private static void replace(Path file, Path folder, Body body) throws IOException {
        String name =
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + ".tmp";
        Path temporary = folder.resolve(name);
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
                body.write(out);
                out.flush();
                channel.force(true);
            }
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (Throwable e) {
            try {
                Files.deleteIfExists(temporary);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        flush(folder);
    }

    /// Makes the rename itself last. Where a folder cannot be flushed (Windows, some network disks) the system
    /// does it in its own time; the contents are safe in either case.
    private static void flush(Path folder) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException _) { // see above: nothing is lost but the moment
        }
    }

    private static void sweep(Path folder, String prefix) {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(
                folder,
                p -> p.getFileName().toString().startsWith(prefix)
                        && p.toString().endsWith(".tmp"))) {
            for (Path p : left) {
                if (Files.getLastModifiedTime(p)
                        .toInstant()
                        .isBefore(Instant.now().minus(ABANDONED))) {
                    Files.deleteIfExists(p);
                }
            }
        } catch (IOException
                | DirectoryIteratorException _) { // they cost only space, and the write itself reports what is wrong
        }
    }

    /// What an input or output error says, with its kind where the text alone is only a path.
    static String cause(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "access denied";
            case FileSystemException f -> f.getReason() == null ? e.toString() : f.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
