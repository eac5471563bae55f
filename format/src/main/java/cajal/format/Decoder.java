package cajal.format;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Reads the elements of one tensor, whose bytes the caller has counted, into an array of their own.
record Decoder(Object where, TensorInfo info, ElementType type, ByteOrder order) {
    private static final int CHUNK = 1 << 16;

    /// From mapped bytes.
    HostStorage read(MemorySegment from, long offset) {
        HostStorage to = allocate();
        type.decode(from, offset, order, to, 0, (int) to.size());
        return checked(to);
    }

    /// From a stream, a piece at a time.
    HostStorage read(InputStream in) throws IOException {
        HostStorage to = allocate();
        int width = type.bits / 8;
        for (int at = 0; at < to.size(); at += CHUNK) {
            int n = (int) Math.min(CHUNK, to.size() - at);
            byte[] piece = in.readNBytes(n * width);
            if (piece.length < n * width) {
                throw FormatException.of(
                        where,
                        "tensor '" + info.name() + "' ends early",
                        "all of its " + info.bytes() + " bytes are there");
            }
            type.decode(MemorySegment.ofArray(piece), 0, order, to, at, n);
        }
        return checked(to);
    }

    private HostStorage allocate() {
        return Heap.allocate(where, info.name(), info.readable(where), info.shape());
    }

    private HostStorage checked(HostStorage s) {
        if (s.dtype() == DType.BOOL && s.array() instanceof byte[] a) {
            for (int i = 0; i < a.length; i++) {
                if ((a[i] & 0xfe) != 0) {
                    throw FormatException.of(
                            where,
                            "element " + i + " of the boolean tensor '" + info.name() + "' is " + (a[i] & 0xff),
                            "a truth value is the byte 0 or 1");
                }
            }
        }
        return s;
    }
}
