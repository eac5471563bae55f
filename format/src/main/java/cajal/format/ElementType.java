package cajal.format;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How the elements of a tensor are written in a file, and the element type that holds them here without
/// loss, if one does.
///
/// **Source** The data types of safetensors 0.8 and NumPy's array protocol type strings.
enum ElementType {
    BOOL("b1", 8, DType.BOOL),
    U8("u1", 8, DType.U8),
    I8("i1", 8, DType.I8),
    U16("u2", 16, DType.I32),
    I16("i2", 16, DType.I32),
    U32("u4", 32, DType.I64),
    I32("i4", 32, DType.I32),
    I64("i8", 64, DType.I64),
    U64("u8", 64, null),
    F16("f2", 16, DType.F16),
    BF16("", 16, DType.BF16),
    F32("f4", 32, DType.F32),
    F64("f8", 64, DType.F64),
    C64("c8", 64, null),
    F8_E4M3("", 8, null),
    F8_E5M2("", 8, null),
    F8_E8M0("", 8, null),
    F8_E4M3FNUZ("", 8, null),
    F8_E5M2FNUZ("", 8, null),
    F6_E2M3("", 6, null),
    F6_E3M2("", 6, null),
    F4("", 4, null);

    /// NumPy's code, without the byte order; empty if NumPy has none.
    final String npy;

    /// The size of an element.
    final int bits;

    private final @Nullable DType dtype;

    ElementType(String npy, int bits, @Nullable DType dtype) {
        this.npy = npy;
        this.bits = bits;
        this.dtype = dtype;
    }

    /// The type that holds the values here without loss, or nothing.
    Optional<DType> dtype() {
        return Optional.ofNullable(dtype);
    }

    /// The type under its name in safetensors.
    static Optional<ElementType> named(String name) {
        return Arrays.stream(values()).filter(t -> t.name().equals(name)).findFirst();
    }

    /// The type under NumPy's code, without the byte order.
    static Optional<ElementType> npy(String code) {
        return Arrays.stream(values())
                .filter(t -> !code.isEmpty() && t.npy.equals(code))
                .findFirst();
    }

    /// The type in which a tensor is written.
    static ElementType of(DType dtype) {
        return valueOf(dtype.name());
    }

    /// Reads `n` elements that lie at `offset` of `from` into `to`, from its element `at` on.
    void decode(MemorySegment from, long offset, ByteOrder order, HostStorage to, int at, int n) {
        var shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
        var ints = ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
        switch (to.array()) {
            case float[] a ->
                MemorySegment.copy(from, ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order), offset, a, at, n);
            case double[] a ->
                MemorySegment.copy(from, ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order), offset, a, at, n);
            case short[] a -> MemorySegment.copy(from, shorts, offset, a, at, n);
            case byte[] a -> MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, a, at, n);
            case int[] a when this == I32 -> MemorySegment.copy(from, ints, offset, a, at, n);
            case int[] a -> {
                int mask = this == U16 ? 0xffff : -1;
                for (int i = 0; i < n; i++) {
                    a[at + i] = from.get(shorts, offset + 2L * i) & mask;
                }
            }
            case long[] a
            when this == I64 ->
                MemorySegment.copy(from, ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), offset, a, at, n);
            case long[] a -> {
                for (int i = 0; i < n; i++) {
                    a[at + i] = Integer.toUnsignedLong(from.get(ints, offset + 4L * i));
                }
            }
            default ->
                throw new IllegalStateException(
                        "no array of elements: " + to.array().getClass());
        }
    }
}
