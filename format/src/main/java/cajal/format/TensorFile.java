package cajal.format;

import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// A tensor file that is open for reading: what it holds is known at once, a tensor's elements are read when it
/// is asked for.
///
/// Any number of threads may read one file. Closing it lets go of the file only; tensors that were read stay.
public sealed interface TensorFile extends AutoCloseable permits SafetensorsFile, NpyFile, NpzFile {
    /// Opens a safetensors, npy or npz file, told apart by its first bytes.
    ///
    /// **Throws** [FormatException] if it cannot be read, is none of these, or breaks its format's rules.
    static TensorFile open(Path path) {
        byte[] b = beginning(path);
        if (startsWith(b, NpyHeader.MAGIC)) {
            return NpyFile.open(path);
        }
        if (startsWith(b, new byte[] {'P', 'K', 3, 4}) || startsWith(b, new byte[] {'P', 'K', 5, 6})) {
            return NpzFile.open(path);
        }
        if (b.length > 8 && b[8] == '{' || path.toString().endsWith(".safetensors")) {
            return SafetensorsFile.open(path);
        }
        throw FormatException.of(
                path,
                b.length == 0 ? "the file is empty" : "its first bytes belong to no tensor format that is known here",
                "tensor files are safetensors, npy and npz");
    }

    private static byte[] beginning(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(9);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        for (int i = 0; i < magic.length; i++) {
            if (i >= bytes.length || bytes[i] != magic[i]) {
                return false;
            }
        }
        return true;
    }

    /// The error for a file that the system does not let us read.
    static FormatException unreadable(Path path, IOException e) {
        return new FormatException(
                path + ": cannot be read: " + AtomicFile.cause(e) + "\n  rule: the file exists and may be read", e);
    }

    /// Where the file lies.
    Path path();

    /// The format: `safetensors`, `npy` or `npz`.
    String format();

    /// The text that the file carries beside its tensors; only safetensors has any.
    SequencedMap<String, String> metadata();

    /// What the file holds, by name, in the order of the file.
    SequencedMap<String, TensorInfo> entries();

    /// The tensor of that name, read now.
    ///
    /// **Throws** [FormatException] if there is none, its type cannot be held, or its elements cannot be read.
    Tensor tensor(String name);

    /// All tensors, read now, in the order of the file.
    default SequencedMap<String, Tensor> tensors() {
        var all = new LinkedHashMap<String, Tensor>();
        entries().keySet().forEach(name -> all.put(name, tensor(name)));
        return Collections.unmodifiableSequencedMap(all);
    }

    /// Lets go of the file.
    @Override
    void close();

    /// The entry of that name, or an error that lists what there is.
    default TensorInfo entry(String name) {
        TensorInfo entry = entries().get(name);
        if (entry == null) {
            var some = entries().keySet().stream().limit(8).toList();
            String more = entries().size() > some.size() ? " and " + (entries().size() - some.size()) + " more" : "";
            throw FormatException.of(
                    path(),
                    "there is no tensor '" + name + "'",
                    "a name of the file: " + String.join(", ", some) + more);
        }
        return entry;
    }
}
