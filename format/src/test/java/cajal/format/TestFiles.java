package cajal.format;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// Files and tensors for the tests of this package.
final class TestFiles {
    private TestFiles() {}

    /// A safetensors file of the given header text and data.
    static Path safetensors(Path folder, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var all = ByteBuffer.allocate(8 + text.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text);
        return Files.write(folder.resolve("made.safetensors"), all.array());
    }

    /// An npy file of version 1.0 with the given header text and data.
    static Path npy(Path folder, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var all = ByteBuffer.allocate(10 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        all.put(NpyHeader.MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length)
                .put(text);
        return Files.write(folder.resolve("made.npy"), all.array());
    }

    /// A copy of a file that NumPy wrote.
    static Path numpy(Path folder, String name) throws IOException {
        try (InputStream in = TestFiles.class.getResourceAsStream("numpy/" + name)) {
            return Files.write(folder.resolve(name), in.readAllBytes());
        }
    }

    /// Random bit patterns of an element type, NaNs with payloads and all.
    static Tensor random(DType dtype, Random random, long... dims) {
        Shape shape = Shape.of(dims);
        HostStorage s = HostStorage.zeros(dtype, shape.size());
        for (int i = 0; i < s.size(); i++) {
            switch (s.array()) {
                case float[] a -> a[i] = Float.intBitsToFloat(random.nextInt());
                case double[] a -> a[i] = Double.longBitsToDouble(random.nextLong());
                case long[] a -> a[i] = random.nextLong();
                case int[] a -> a[i] = random.nextInt();
                case short[] a -> a[i] = (short) random.nextInt();
                case byte[] a -> a[i] = (byte) (dtype == DType.BOOL ? random.nextInt(2) : random.nextInt());
                default -> throw new IllegalStateException();
            }
        }
        return Tensor.wrap(s, shape);
    }

    /// The bits of an element, in row-major order.
    static long bits(Tensor t, long i) {
        int at = (int) t.view().position(i);
        Object array = t.view().host().array();
        return switch (array) {
            case float[] a -> Float.floatToRawIntBits(a[at]);
            case double[] a -> Double.doubleToRawLongBits(a[at]);
            case long[] a -> a[at];
            case int[] a -> a[at];
            case short[] a -> a[at];
            case byte[] a -> a[at];
            default -> throw new IllegalStateException();
        };
    }

    /// Whether two tensors agree in type, shape and every bit.
    static boolean same(Tensor a, Tensor b) {
        boolean same = a.dtype() == b.dtype() && a.shape().equals(b.shape());
        for (long i = 0; same && i < a.size(); i++) {
            same = bits(a, i) == bits(b, i);
        }
        return same;
    }
}
