package cajal.data;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Reads IDX files, the form in which MNIST and its kin are given, compressed by gzip or not.
///
/// A big-endian header (two zero bytes, element type, number of axes, axis lengths), then the elements in
/// row-major order.
///
/// **Source** LeCun, Cortes, Burges, "The MNIST database of handwritten digits", section "The IDX file format".
public final class Idx {
    private static final int CHUNK = 1 << 16;

    private Idx() {}

    /// The tensor that the file holds: `U8`, `I8`, `I32` (also for 16-bit integers), `F32` or `F64`.
    ///
    /// **Throws** [DataException] naming the file and the fault; memory is taken as the elements arrive, never
    /// because
    /// a header announces them.
    public static Tensor read(Path file) {
        try (InputStream in = open(file)) {
            byte[] magic = in.readNBytes(4);
            if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
                throw broken(
                        file,
                        "it does not begin like an IDX file",
                        "two zero bytes, the element type, the number of axes");
            }
            Shape shape = shape(file, in, magic[3]);
            Tensor tensor = elements(file, in, magic[2], shape);
            if (in.read() >= 0) {
                throw broken(file, "there are bytes after the last element", "the file ends with its last element");
            }
            return tensor;
        } catch (EOFException e) {
            throw broken(file, "it ends in the middle of the compressed data", "the file is whole");
        } catch (IOException e) {
            throw new DataException(
                    file + " cannot be read: " + reason(e) + "\n  rule: the file exists, may be read, and is whole", e);
        }
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.NoSuchFileException
                ? "there is no such file"
                : String.valueOf(e.getMessage());
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), CHUNK);
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        try {
            return gzip ? new BufferedInputStream(new GZIPInputStream(in, CHUNK), CHUNK) : in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static Shape shape(Path file, InputStream in, int rank) throws IOException {
        long[] dims = new long[rank & 0xff];
        long size = 1;
        for (int i = 0; i < dims.length; i++) {
            byte[] four = in.readNBytes(4);
            if (four.length < 4) {
                throw broken(file, "the header is cut off", "four bytes for each of the " + dims.length + " axes");
            }
            dims[i] = ByteBuffer.wrap(four).getInt();
            if (dims[i] < 0 || (dims[i] > 0 && size > Integer.MAX_VALUE / dims[i])) {
                throw broken(
                        file,
                        "axis " + i + " has the length " + dims[i],
                        "lengths are not negative, and there are at most 2^31 - 1 elements");
            }
            size *= dims[i];
        }
        return Shape.of(dims);
    }

    private static Tensor elements(Path file, InputStream in, int type, Shape shape) throws IOException {
        int n = (int) shape.size();
        return switch (type) {
            case 0x08 -> Tensor.wrap(new HostStorage.Bytes(DType.U8, bytes(file, in, n, 1)), shape);
            case 0x09 -> Tensor.wrap(new HostStorage.Bytes(DType.I8, bytes(file, in, n, 1)), shape);
            case 0x0B -> convert(DType.I32, shape, bytes(file, in, n, 2), b -> (double) b.getShort());
            case 0x0C -> convert(DType.I32, shape, bytes(file, in, n, 4), b -> (double) b.getInt());
            case 0x0D -> convert(DType.F32, shape, bytes(file, in, n, 4), b -> (double) b.getFloat());
            case 0x0E -> convert(DType.F64, shape, bytes(file, in, n, 8), ByteBuffer::getDouble);
            default -> throw broken(file, "its element type is " + (type & 0xff), "8, 9, 11, 12, 13 or 14");
        };
    }

    private static Tensor convert(
            DType dtype, Shape shape, byte[] raw, java.util.function.ToDoubleFunction<ByteBuffer> next) {
        HostStorage storage = HostStorage.zeros(dtype, shape.size());
        ByteBuffer buffer = ByteBuffer.wrap(raw);
        for (long i = 0; i < shape.size(); i++) {
            storage.put(i, next.applyAsDouble(buffer));
        }
        return Tensor.wrap(storage, shape);
    }

    /// `n` elements of `width` bytes; the array grows with what is really there.
    private static byte[] bytes(Path file, InputStream in, int n, int width) throws IOException {
        long wanted = (long) n * width;
        if (wanted > Integer.MAX_VALUE - 8) {
            throw broken(file, "its header announces " + wanted + " bytes of elements", "at most 2^31 - 9 bytes");
        }
        byte[] all = in.readNBytes((int) wanted);
        if (all.length < wanted) {
            throw broken(file, "it holds " + all.length + " bytes of elements", "its header announces " + wanted);
        }
        return all;
    }

    private static DataException broken(Path file, String fault, String rule) {
        return new DataException(
                file + " is no whole IDX file: " + fault + "\n  rule: " + rule + "\n  fix:  get the file again");
    }
}
