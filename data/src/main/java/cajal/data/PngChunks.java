package cajal.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/// Checks the checksums of a PNG file's chunks, which Java's own reader passes over.
///
/// **Source** ISO/IEC 15948, clause 5.
final class PngChunks {
    private static final long SIGNATURE = 0x89504E470D0A1A0AL;

    private PngChunks() {}

    /// Reads a file through if it is a PNG file.
    ///
    /// **Throws** [IOException] if a checksum is wrong; [java.io.EOFException] if the file ends before its
    /// last chunk.
    static void check(Path file) throws IOException {
        try (InputStream raw = Files.newInputStream(file);
                DataInputStream in = new DataInputStream(new BufferedInputStream(raw, 1 << 16))) {
            byte[] first = in.readNBytes(8);
            if (first.length < 8 || java.nio.ByteBuffer.wrap(first).getLong() != SIGNATURE) {
                return;
            }
            byte[] piece = new byte[1 << 16];
            String name;
            do {
                long left = in.readInt() & 0xffffffffL;
                CRC32 crc = new CRC32();
                in.readFully(piece, 0, 4);
                crc.update(piece, 0, 4);
                name = new String(piece, 0, 4, StandardCharsets.ISO_8859_1);
                while (left > 0) {
                    int n = (int) Math.min(left, piece.length);
                    in.readFully(piece, 0, n);
                    crc.update(piece, 0, n);
                    left -= n;
                }
                if (in.readInt() != (int) crc.getValue()) {
                    throw new IOException("the checksum of its part " + name + " is wrong");
                }
            } while (!name.equals("IEND"));
        }
    }
}
