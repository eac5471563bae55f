package cajal.format;

import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/// NumPy's npy files: one array with its shape and type.
///
/// Versions 1.0 to 3.0 are read, in C and Fortran order, little- and big-endian; an array in Fortran order
/// becomes a tensor with such strides, without a copy. 16-bit integers are widened to `I32`, `u4` to `I64`;
/// records, strings, complex numbers and Python objects (which would run code) are refused. Written is version
/// 1.0 in C order, byte for byte what NumPy writes.
///
/// **Source** NumPy's enhancement proposal 1, `numpy.lib.format`.
public final class Npy {
    private Npy() {}

    /// The array of a file.
    ///
    /// **Throws** [FormatException] if the file cannot be read or breaks a rule.
    public static Tensor read(Path path) {
        try (NpyFile file = NpyFile.open(path)) {
            return file.tensor(file.info().name());
        }
    }

    /// Writes a tensor to a file, replacing it whole or not at all.
    ///
    /// **Throws** [FormatException] if that fails (an old file is untouched then), or for `BF16`, which NumPy
    /// lacks.
    public static void write(Path path, Tensor tensor) {
        byte[] header = NpyHeader.bytes(path, tensor.dtype(), tensor.shape());
        View view = tensor.view();
        AtomicFile.write(path, out -> write(out, header, view));
    }

    /// Writes header and elements.
    static void write(OutputStream out, byte[] header, View view) throws IOException {
        out.write(header);
        Encoder.write(view, out);
    }
}
