package cajal.format;

import cajal.kernel.View;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Writes the elements of any view in row-major order, little-endian, bit for bit.
final class Encoder {
    private static final int CHUNK = 1 << 16;
    private static final ByteOrder LITTLE = ByteOrder.LITTLE_ENDIAN;

    private final View view;
    private final long[] index;
    private final long[] strides;
    private long position;

    private Encoder(View view) {
        this.view = view;
        this.index = new long[view.rank()];
        this.strides = new long[view.rank()];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = view.stride(i);
        }
        this.position = view.offset();
    }

    /// Writes all elements.
    static void write(View view, OutputStream out) throws IOException {
        new Encoder(view).write(out);
    }

    private void write(OutputStream out) throws IOException {
        int width = view.dtype().bytes();
        byte[] bytes = new byte[(int) Math.min(CHUNK, view.size()) * width];
        MemorySegment segment = MemorySegment.ofArray(bytes);
        int[] positions = view.isDense() ? new int[0] : new int[bytes.length / width];
        for (long done = 0; done < view.size(); done += CHUNK) {
            int n = (int) Math.min(CHUNK, view.size() - done);
            if (view.isDense()) {
                copy(segment, (int) (view.offset() + done), n);
            } else {
                gather(segment, next(positions, n), n);
            }
            out.write(bytes, 0, n * width);
        }
    }

    private void copy(MemorySegment to, int at, int n) {
        ValueLayout layout = switch (view.host().array()) {
            case float[] _ -> ValueLayout.JAVA_FLOAT_UNALIGNED;
            case double[] _ -> ValueLayout.JAVA_DOUBLE_UNALIGNED;
            case long[] _ -> ValueLayout.JAVA_LONG_UNALIGNED;
            case int[] _ -> ValueLayout.JAVA_INT_UNALIGNED;
            case short[] _ -> ValueLayout.JAVA_SHORT_UNALIGNED;
            default -> ValueLayout.JAVA_BYTE;
        };
        MemorySegment.copy(view.host().array(), at, to, layout.withOrder(LITTLE), 0, n);
    }

    /// The storage positions of the next `n` elements: the last axis runs fastest, like an odometer.
    private int[] next(int[] positions, int n) {
        for (int i = 0; i < n; i++) {
            positions[i] = (int) position;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                position += strides[axis];
                if (++index[axis] < view.shape().dim(axis)) {
                    break;
                }
                position -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return positions;
    }

    private void gather(MemorySegment to, int[] positions, int n) {
        var shorts = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE);
        var ints = ValueLayout.JAVA_INT_UNALIGNED.withOrder(LITTLE);
        var longs = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE);
        Object array = view.host().array();
        for (int i = 0; i < n; i++) {
            int p = positions[i];
            switch (array) {
                case float[] a -> to.set(ints, 4L * i, Float.floatToRawIntBits(a[p]));
                case double[] a -> to.set(longs, 8L * i, Double.doubleToRawLongBits(a[p]));
                case long[] a -> to.set(longs, 8L * i, a[p]);
                case int[] a -> to.set(ints, 4L * i, a[p]);
                case short[] a -> to.set(shorts, 2L * i, a[p]);
                case byte[] a -> to.set(ValueLayout.JAVA_BYTE, i, a[p]);
                default -> throw new IllegalStateException("no array of elements: " + array.getClass());
            }
        }
    }
}
