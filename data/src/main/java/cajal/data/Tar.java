package cajal.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads the files of a tar archive one after another.
///
/// **Source** POSIX.1-1988, "ustar" interchange format.
final class Tar {
    private static final int BLOCK = 512;

    private final InputStream in;
    private long left; // of the file that is open
    private long padding;

    /// A file in the archive.
    ///
    /// @param name its name, with folders
    /// @param size its bytes
    record Entry(String name, long size) {}

    Tar(InputStream in) {
        this.in = in;
    }

    /// The next file of the archive, past whatever was not read of the one before; none at the end.
    ///
    /// **Throws** [IOException] if the header makes no sense.
    Optional<Entry> next() throws IOException {
        while (true) {
            in.skipNBytes(left + padding);
            left = 0;
            padding = 0;
            byte[] header = in.readNBytes(BLOCK);
            if (header.length == 0 || header.length == BLOCK && header[0] == 0) {
                return Optional.empty();
            }
            if (header.length < BLOCK) {
                throw new EOFException();
            }
            check(header);
            long size = octal(header, 124, 12);
            left = size;
            padding = (BLOCK - size % BLOCK) % BLOCK;
            byte type = header[156];
            if (type == '0' || type == 0) {
                return Optional.of(new Entry(text(header, 0, 100), size));
            }
        }
    }

    /// All bytes of the file that is open.
    byte[] bytes() throws IOException {
        byte[] all = in.readNBytes(Math.toIntExact(left));
        if (all.length < left) {
            throw new EOFException();
        }
        left = 0;
        return all;
    }

    private static void check(byte[] header) throws IOException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        if (sum != octal(header, 148, 8)) {
            throw new IOException("the checksum of a file's header is wrong");
        }
    }

    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] header, int from, int length) throws IOException {
        String digits = text(header, from, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseUnsignedLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("a number in a file's header is '" + digits + "'", e);
        }
    }
}
