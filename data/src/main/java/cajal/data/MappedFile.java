package cajal.data;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Looks at a file's bytes where they lie: the system reads the pages that are touched, and no others, so
/// that the file may be larger than the memory. The garbage collector ends it.
final class MappedFile {
    private MappedFile() {}

    static MemorySegment open(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (NoSuchFileException e) {
            throw new DataException("There is no file " + file, e);
        } catch (IOException e) {
            throw new DataException(file + " cannot be read: " + e + "\n  rule: it is a file that may be read", e);
        }
    }
}
