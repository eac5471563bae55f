package cajal.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Supplier;

/// A file whose bytes are looked at where they lie: the system reads the pages that are touched, and no others.
record Mapped(Path path, Arena arena, MemorySegment bytes) implements AutoCloseable {
    /// Maps the whole file.
    ///
    /// **Throws** [FormatException] if the system does not let us.
    @SuppressWarnings("MustBeClosedChecker") // the arena is closed by close()
    static Mapped open(Path path) {
        Arena arena = Arena.ofShared();
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new Mapped(path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            arena.close();
            throw TensorFile.unreadable(path, e);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /// Up to `n` bytes from `offset` on, as a copy.
    byte[] copy(long offset, long n) {
        long length = Math.clamp(bytes.byteSize() - offset, 0, n);
        return guarded(() -> bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    /// Runs a read. A file that another process cuts short while it is mapped makes the virtual machine throw
    /// an [InternalError] at the missing page.
    <T> T guarded(Supplier<T> read) {
        try {
            return read.get();
        } catch (InternalError e) {
            throw new FormatException(
                    path + ": its bytes went away while they were read\n  rule: a file stays as it is while it is open",
                    e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
