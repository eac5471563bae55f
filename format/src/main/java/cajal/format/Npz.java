package cajal.format;

import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// NumPy's npz files: named arrays, each an npy file in a zip archive.
///
/// A name becomes the entry `name.npy`. Entries are read stored or deflated; before an array is made, its entry
/// is inflated once in constant memory, and its length and checksum are compared with what the archive says.
/// Names that lead out of the archive are refused. The same tensors give the same bytes: entries keep the map's
/// order ([SequencedMap], else that of the names) and carry a fixed date.
///
/// **Source** `numpy.savez`; PKWARE's application note for zip.
public final class Npz {
    private static final LocalDateTime DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

    private Npz() {}

    /// Opens a file for reading one array at a time.
    ///
    /// **Throws** [FormatException] if the file cannot be read or breaks a rule.
    public static TensorFile open(Path path) {
        return NpzFile.open(path);
    }

    /// All arrays of a file, in the order of the archive.
    ///
    /// **Throws** [FormatException] if the file cannot be read or breaks a rule.
    public static SequencedMap<String, Tensor> read(Path path) {
        try (TensorFile file = open(path)) {
            return file.tensors();
        }
    }

    /// Writes tensors uncompressed, as `numpy.savez` does, replacing the file whole or not at all.
    ///
    /// **Throws** [FormatException] if that fails (an old file is untouched then), for a name that leads out of
    /// the archive, or for `BF16`, which NumPy lacks.
    public static void write(Path path, Map<String, ? extends Tensor> tensors) {
        write(path, tensors, ZipEntry.STORED);
    }

    /// Writes tensors deflated, as `numpy.savez_compressed` does, replacing the file whole or not at all.
    ///
    /// **Throws** [FormatException] as [#write].
    public static void writeCompressed(Path path, Map<String, ? extends Tensor> tensors) {
        write(path, tensors, ZipEntry.DEFLATED);
    }

    private record Part(ZipEntry entry, byte[] header, View view) {}

    private static void write(Path path, Map<String, ? extends Tensor> tensors, int method) {
        var parts = new ArrayList<Part>();
        for (Map.Entry<String, Tensor> e : Json.<Tensor>ordered(tensors).entrySet()) {
            Tensor t = e.getValue();
            var entry = new ZipEntry(NpzFile.safe(path, e.getKey() + NpzFile.SUFFIX));
            entry.setTimeLocal(DATE);
            entry.setMethod(method);
            parts.add(new Part(entry, NpyHeader.bytes(path, t.dtype(), t.shape()), t.view()));
        }
        AtomicFile.write(path, out -> {
            var zip = new ZipOutputStream(out);
            for (Part part : parts) {
                if (method == ZipEntry.STORED) {
                    measure(part);
                }
                zip.putNextEntry(part.entry());
                Npy.write(zip, part.header(), part.view());
                zip.closeEntry();
            }
            zip.finish();
        });
    }

    /// A stored entry states its length and checksum before its bytes.
    private static void measure(Part part) throws IOException {
        var checksum = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
        Npy.write(checksum, part.header(), part.view());
        part.entry()
                .setSize(part.header().length
                        + part.view().size() * part.view().dtype().bytes());
        part.entry().setCrc(checksum.getChecksum().getValue());
    }
}
