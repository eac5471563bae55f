package cajal.kernel;

/// The element type of a tensor: `F32` computes fast, `F64` computes on the reference kernels, the rest is
/// storage, indices and masks.
///
/// **Numerics.** `I64` values pass through `double` in the reference kernels: exact up to 2^53.
public enum DType {
    /// True or false; one byte, 0 or 1.
    BOOL(1),
    /// Unsigned 8-bit integer, 0..255.
    U8(1),
    /// Signed 8-bit integer.
    I8(1),
    /// Signed 32-bit integer.
    I32(4),
    /// Signed 64-bit integer: the type of indices and class labels.
    I64(8),
    /// IEEE 754 half precision (storage only on the CPU).
    F16(2),
    /// bfloat16, the upper half of an `F32` (storage only on the CPU).
    BF16(2),
    /// IEEE 754 single precision: the default.
    F32(4),
    /// IEEE 754 double precision: the oracle's type.
    F64(8);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /// The size of one element in bytes.
    public int bytes() {
        return bytes;
    }

    /// Whether the type is a floating-point type, hence can have a gradient.
    public boolean isFloat() {
        return ordinal() >= F16.ordinal();
    }

    /// This type if it is a floating-point type, otherwise `F32`, in which whole numbers are computed with.
    public DType toFloat() {
        return isFloat() ? this : F32;
    }

    /// The type in which two operands meet: the wider of the two in the order of declaration; `F16` with
    /// `BF16`, and `U8` with `I8`, meet in the next type that holds both.
    public static DType promote(DType a, DType b) {
        if (a == b) {
            return a;
        }
        DType wide = a.ordinal() > b.ordinal() ? a : b;
        DType narrow = wide == a ? b : a;
        if (wide == BF16 && narrow == F16) {
            return F32;
        }
        return wide == I8 && narrow == U8 ? I32 : wide;
    }
}
