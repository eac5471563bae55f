package cajal.format;

import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;

/// Safetensors files: named tensors and a map of texts in one file that holds nothing else, least of all code.
///
/// Reading maps the file into memory, so that one tensor of a large file costs the reading of that tensor.
/// What the format can say and [cajal.kernel.DType] cannot is widened without loss (`I16` and `U16` to
/// `I32`, `U32` to `I64`) or refused by name (`U64`, complex and 8-bit floats).
///
/// Writing is atomic ([AtomicFile]) and repeatable: the same tensors and metadata give the same bytes. Maps
/// that have an order ([SequencedMap], as `LinkedHashMap`) keep it, others are written in the order of
/// their names. The data begins at a multiple of 8 bytes, and every tensor at a multiple of its element
/// size, in row-major order whatever its strides.
///
/// **Source** The safetensors format, version 0.8.
public final class Safetensors {
    private Safetensors() {}

    /// Opens a file for reading one tensor at a time.
    ///
    /// **Throws** [FormatException] if the file cannot be read or its header breaks a rule.
    public static TensorFile open(Path path) {
        return SafetensorsFile.open(path);
    }

    /// All tensors of a file, in the order of its header.
    ///
    /// **Throws** [FormatException] if the file cannot be read or breaks a rule, or a tensor's type cannot be
    /// held.
    public static SequencedMap<String, Tensor> read(Path path) {
        try (TensorFile file = open(path)) {
            return file.tensors();
        }
    }

    /// Writes tensors to a file, replacing it whole or not at all.
    ///
    /// **Throws** [FormatException] if that fails; an old file is untouched then.
    public static void write(Path path, Map<String, ? extends Tensor> tensors) {
        write(path, tensors, Map.of());
    }

    /// Writes tensors and texts beside them to a file, replacing it whole or not at all.
    ///
    /// **Throws** [FormatException] if that fails; an old file is untouched then.
    public static void write(Path path, Map<String, ? extends Tensor> tensors, Map<String, String> metadata) {
        SequencedMap<String, Tensor> ordered = Json.ordered(tensors);
        var header = SafetensorsHeader.of(path, ordered, Json.ordered(metadata));
        byte[] beginning = header.bytes(path);
        AtomicFile.write(path, out -> {
            out.write(beginning);
            for (SafetensorsHeader.Slot slot : header.inFileOrder()) {
                Encoder.write(
                        Objects.requireNonNull(ordered.get(slot.info().name())).view(), out);
            }
        });
    }
}
