package cajal.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Puts something at the end of a file by one write, and explains it if that fails.
final class Appending {
    private Appending() {}

    static void append(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw failed(file, e);
        }
    }

    static void makeFolder(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw failed(folder, e);
        }
    }

    static void makeFolderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            makeFolder(folder);
        }
    }

    static TrainingException failed(Path file, IOException e) {
        return new TrainingException(
                file + " cannot be written: " + e
                        + "\n  rule: a log needs a folder that may be written to, with room\n  fix:  make room, or choose another folder");
    }
}
