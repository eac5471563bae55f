package cajal.format;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;

/// Memory for what a file holds, asked for only after the file's bytes were counted, and refused with words.
final class Heap {
    private static final long MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private Heap() {}

    /// Refuses what the whole heap could not hold.
    static void require(Object where, String what, long bytes) {
        long heap = Runtime.getRuntime().maxMemory();
        if (bytes > heap) {
            throw tooLarge(where, what, bytes);
        }
    }

    /// A storage for a tensor whose bytes were found in the file.
    static HostStorage allocate(Object where, String name, DType dtype, Shape shape) {
        if (shape.size() > MAX_ELEMENTS) {
            throw FormatException.of(
                    where,
                    "tensor '" + name + "' " + shape + " has " + shape.size() + " elements",
                    "a tensor on the CPU has at most " + MAX_ELEMENTS,
                    "split it along its first axis where the file is written");
        }
        String what = "tensor '" + name + "' " + shape;
        long bytes = shape.size() * dtype.bytes();
        require(where, what, bytes);
        try {
            return HostStorage.zeros(dtype, shape.size());
        } catch (OutOfMemoryError _) { // one large array was refused; everything else is still in order
            throw tooLarge(where, what, bytes);
        }
    }

    static FormatException tooLarge(Object where, String what, long bytes) {
        long mib = 1 << 20;
        long heap = Runtime.getRuntime().maxMemory();
        return FormatException.of(
                where,
                what + " needs about " + (bytes / mib + 1) + " MiB, the heap has " + heap / mib + " MiB",
                "what is read lies on the heap",
                "start Java with a larger -Xmx");
    }
}
