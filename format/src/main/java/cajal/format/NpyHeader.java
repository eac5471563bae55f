package cajal.format;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// The beginning of an npy file: magic, version, the length of a text, and the text, a Python dictionary
/// such as `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
///
/// **Source** NumPy's enhancement proposal 1 ("A simple file format for NumPy arrays") and `numpy.lib.format`.
record NpyHeader(ElementType type, ByteOrder order, boolean fortran, Shape shape, long bytes, int dataStart) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

    /// The longest header that is read: magic, version, length and 64 KiB of text.
    static final int MAX_BYTES = 12 + (1 << 16);

    private static final String RULE =
            "an npy file begins with its magic, a version and a dictionary of descr, fortran_order and shape";
    private static final int BEFORE_LENGTH = 8;
    private static final int ALIGNMENT = 64;

    // ---- reading

    /// Reads and checks the header at the beginning of `in`; `where` names the file.
    static NpyHeader read(Object where, InputStream in) throws IOException {
        byte[] start = in.readNBytes(BEFORE_LENGTH);
        if (start.length < BEFORE_LENGTH || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw FormatException.of(where, "it does not begin with the magic of npy, \\x93NUMPY, and a version", RULE);
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3 || start[MAGIC.length + 1] != 0) {
            throw FormatException.of(
                    where,
                    "it has the version " + (version & 0xff) + "." + (start[MAGIC.length + 1] & 0xff),
                    "versions 1.0, 2.0 and 3.0 are read");
        }
        int width = version == 1 ? 2 : 4;
        byte[] size = in.readNBytes(width);
        if (size.length < width) {
            throw FormatException.of(where, "the file ends in its header", RULE);
        }
        long length =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).put(size).getInt(0) & 0xffffffffL;
        if (length > MAX_BYTES - 12) {
            throw FormatException.of(
                    where, "its header has " + length + " bytes", "at most " + (MAX_BYTES - 12) + " bytes are read");
        }
        byte[] text = in.readNBytes((int) length);
        if (text.length < length) {
            throw FormatException.of(
                    where,
                    "its header is given as " + length + " bytes, " + text.length + " follow",
                    RULE,
                    "the file was cut off: fetch it again");
        }
        return parse(
                where,
                text(where, text, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1),
                BEFORE_LENGTH + width + (int) length);
    }

    private static String text(Object where, byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException _) {
            throw FormatException.of(where, "its header is not valid " + charset, "version 3.0 headers are UTF-8");
        }
    }

    private static NpyHeader parse(Object where, String text, int dataStart) {
        NpyDictionary d = NpyDictionary.parse(where, text);
        ElementType type = type(where, d.descr());
        try {
            Shape shape = Shape.of(d.shape());
            long bytes = Math.multiplyExact(shape.size(), (long) type.bits / 8);
            ByteOrder order = d.descr().charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            return new NpyHeader(type, order, d.fortran(), shape, bytes, dataStart);
        } catch (ShapeException | ArithmeticException _) {
            throw FormatException.of(
                    where,
                    "the shape " + Arrays.toString(d.shape()) + " overflows",
                    "its bytes are counted in 63 bits");
        }
    }

    private static ElementType type(Object where, String descr) {
        var type =
                descr.length() < 2 ? null : ElementType.npy(descr.substring(1)).orElse(null);
        boolean ordered =
                type != null && "<>|".indexOf(descr.charAt(0)) >= 0 && (descr.charAt(0) != '|' || type.bits == 8);
        if (type == null || !ordered) {
            throw FormatException.of(
                    where,
                    "its elements are of type '" + descr + "'"
                            + (descr.endsWith("O") ? " (Python objects, which would run code)" : ""),
                    "read are bool, 8- to 64-bit integers and 16- to 64-bit floats, little- or big-endian (<, >, or | for single bytes)",
                    "array.astype('<f4') before numpy.save");
        }
        return type;
    }

    /// What the file holds, under a name.
    TensorInfo info(String name) {
        String code = (type.bits == 8 ? "|" : order == ByteOrder.BIG_ENDIAN ? ">" : "<") + type.npy;
        return new TensorInfo(name, code, type.dtype(), shape, bytes);
    }

    /// The window onto elements in the order of the file: in Fortran order the first axis runs fastest.
    View view(HostStorage elements) {
        if (!fortran) {
            return View.of(elements, shape);
        }
        long[] strides = new long[shape.rank()];
        long step = 1;
        for (int i = 0; i < strides.length; i++) {
            strides[i] = step;
            step *= shape.dim(i);
        }
        return View.of(elements, shape, strides, 0);
    }

    // ---- writing

    /// The first bytes of a version 1.0 file in C order, filled up with spaces to a multiple of 64.
    static byte[] bytes(Object where, DType dtype, Shape shape) {
        ElementType type = ElementType.of(dtype);
        if (type.npy.isEmpty()) {
            throw FormatException.of(
                    where,
                    "NumPy has no type for " + dtype,
                    "npy holds NumPy's types",
                    "write t.to(DType.F32), which loses nothing");
        }
        String dims = LongStream.of(shape.dims()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '" + (type.bits == 8 ? "|" : "<") + type.npy + "', 'fortran_order': False, 'shape': ("
                + dims + (shape.rank() == 1 ? ",)" : ")") + ", }";
        int unpadded = BEFORE_LENGTH + 2 + text.length() + 1;
        int total = (unpadded + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] all = new byte[total];
        Arrays.fill(all, (byte) ' ');
        all[total - 1] = '\n';
        ByteBuffer.wrap(all)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) (total - BEFORE_LENGTH - 2))
                .put(text.getBytes(StandardCharsets.ISO_8859_1));
        return all;
    }
}
