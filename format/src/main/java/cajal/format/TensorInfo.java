package cajal.format;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import java.util.Optional;

/// What a file says about one of its tensors: its name, the element type as the format calls it, its shape, and
/// its size in the file in bytes.
///
/// @param dtype the element type that holds the values here without loss; nothing if none does, then the tensor
///     can be listed but not read
public record TensorInfo(String name, String stored, Optional<DType> dtype, Shape shape, long bytes) {
    /// The element type that holds the values.
    ///
    /// **Throws** [FormatException] if none does.
    DType readable(Object where) {
        return dtype.orElseThrow(() -> FormatException.of(
                where,
                "tensor '" + name + "' has elements of type " + stored
                        + ", which no element type here holds without loss",
                "16-bit integers are read as I32, U32 as I64; U64, complex and 8-bit floats are not read",
                "convert it to F32 or I64 where the file is written"));
    }
}
