package cajal.data;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The rows of a large array in a file: IDX, npy or raw numbers. The file stays where it is and may be
/// larger than the memory; the system reads the pages of the rows that are asked for.
public final class MappedRows {
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([<>|=]?)([a-z]\\d)'");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)");
    private static final Pattern C_ORDER = Pattern.compile("'fortran_order'\\s*:\\s*False");

    private final Path file;
    private final MemorySegment bytes;
    private final DType dtype;
    private final ByteOrder order;
    private final long offset;
    private final long rows;
    private final Shape row;
    private final double factor;

    private MappedRows(
            Path file,
            MemorySegment bytes,
            DType dtype,
            ByteOrder order,
            long offset,
            long rows,
            Shape row,
            double factor) {
        this.file = file;
        this.bytes = bytes;
        this.dtype = dtype;
        this.order = order;
        this.offset = offset;
        this.rows = rows;
        this.row = row;
        this.factor = factor;
    }

    /// Raw numbers, little-endian, from `offset` on to the end of the file.
    ///
    /// @param file the file
    /// @param dtype what is stored: `U8`, `I8`, `I32`, `I64`, `F32` or `F64`
    /// @param offset the first byte
    /// @param row the shape of one row
    ///
    /// **Throws** [DataException] if the file cannot be read or does not end with a whole row.
    public static MappedRows raw(Path file, DType dtype, long offset, long... row) {
        MemorySegment bytes = MappedFile.open(file);
        Shape shape = Shape.of(row);
        long width = shape.size() * width(file, dtype);
        long all = bytes.byteSize() - offset;
        if (offset < 0 || all < 0 || width < 1 || all % width != 0) {
            throw new DataException(file + " has " + bytes.byteSize() + " bytes, from " + offset + " on rows of "
                    + width + "\n  rule: it ends with a whole row");
        }
        return new MappedRows(file, bytes, dtype, ByteOrder.LITTLE_ENDIAN, offset, all / width, shape, 1);
    }

    /// The array of an IDX file that is not compressed; its first axis are the rows.
    ///
    /// **Throws** [DataException] naming the file and the fault.
    public static MappedRows idx(Path file) {
        MemorySegment bytes = MappedFile.open(file);
        ByteBuffer header = head(bytes, 4 + 4 * 255);
        if (header.remaining() < 8 || header.get(0) != 0 || header.get(1) != 0) {
            boolean gzip = header.remaining() > 1 && header.get(0) == 0x1f && header.get(1) == (byte) 0x8b;
            throw broken(
                    file,
                    gzip ? "it is compressed" : "it does not begin like an IDX file",
                    "an IDX file" + (gzip ? "\n  fix:  unpack it: gunzip -k " + file : ""));
        }
        int axes = header.get(3) & 0xff;
        long[] dims = new long[axes];
        if (axes < 1 || header.remaining() < 4 + 4 * axes) {
            throw broken(file, "it has " + axes + " axes and " + bytes.byteSize() + " bytes", "a whole header");
        }
        for (int i = 0; i < axes; i++) {
            dims[i] = header.getInt(4 + 4 * i) & 0xffffffffL;
        }
        DType dtype = switch (header.get(2)) {
            case 0x08 -> DType.U8;
            case 0x09 -> DType.I8;
            case 0x0C -> DType.I32;
            case 0x0D -> DType.F32;
            case 0x0E -> DType.F64;
            default -> throw broken(file, "its element type is " + header.get(2), "8, 9, 12, 13 or 14");
        };
        return array(file, bytes, dtype, ByteOrder.BIG_ENDIAN, 4 + 4L * axes, dims);
    }

    /// The array of an npy file in C order; its first axis are the rows.
    ///
    /// **Throws** [DataException] naming the file and the fault.
    public static MappedRows npy(Path file) {
        MemorySegment bytes = MappedFile.open(file);
        ByteBuffer head = head(bytes, 1 << 16).order(ByteOrder.LITTLE_ENDIAN);
        int version = head.remaining() < 12 || head.getInt(0) != 0x4d554e93 ? 0 : head.get(6); // \x93NUM
        if (version < 1 || version > 3) {
            throw broken(file, "it does not begin like an npy file", "an npy file of version 1, 2 or 3");
        }
        int from = version == 1 ? 10 : 12;
        long length = version == 1 ? head.getShort(8) & 0xffff : head.getInt(8) & 0xffffffffL;
        if (from + length > head.remaining()) {
            throw broken(file, "its header announces " + length + " bytes", "a whole header of at most 64 KiB");
        }
        byte[] header = new byte[(int) length];
        head.get(from, header);
        String text = new String(header, StandardCharsets.ISO_8859_1);
        Matcher descr = DESCR.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!descr.find() || !shape.find() || !C_ORDER.matcher(text).find()) {
            throw broken(file, "its header is " + text.strip(), "numbers in C order, with descr and shape");
        }
        DType dtype = switch (descr.group(2)) {
            case "u1" -> DType.U8;
            case "i1" -> DType.I8;
            case "i4" -> DType.I32;
            case "i8" -> DType.I64;
            case "f4" -> DType.F32;
            case "f8" -> DType.F64;
            default -> throw broken(file, "its elements are " + descr.group(2), "u1, i1, i4, i8, f4 or f8");
        };
        long[] dims;
        try {
            dims = Stream.of(shape.group(1).split(","))
                    .map(String::strip)
                    .filter(s -> !s.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (NumberFormatException e) {
            throw broken(file, "its shape is (" + shape.group(1) + ")", "whole numbers");
        }
        ByteOrder order = descr.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        return array(file, bytes, dtype, order, from + length, dims);
    }

    private static MappedRows array(
            Path file, MemorySegment bytes, DType dtype, ByteOrder order, long offset, long... dims) {
        if (dims.length < 1) {
            throw broken(file, "it holds a single number", "an array of one axis or more");
        }
        Shape row = Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
        long wanted;
        try {
            wanted = Math.addExact(offset, Math.multiplyExact(dims[0], row.size() * width(file, dtype)));
        } catch (ArithmeticException e) {
            throw broken(file, "its header announces " + Arrays.toString(dims) + " elements", "as many as there are");
        }
        if (wanted != bytes.byteSize()) {
            throw broken(file, "it has " + bytes.byteSize() + " bytes", "its header announces " + wanted);
        }
        return new MappedRows(file, bytes, dtype, order, offset, dims[0], row, 1);
    }

    private static ByteBuffer head(MemorySegment bytes, int most) {
        return ByteBuffer.wrap(
                bytes.asSlice(0, Math.min(most, bytes.byteSize())).toArray(ValueLayout.JAVA_BYTE));
    }

    private static int width(Path file, DType dtype) {
        return switch (dtype) {
            case U8, I8 -> 1;
            case I32, F32 -> 4;
            case I64, F64 -> 8;
            default -> throw broken(file, "its elements are " + dtype, "U8, I8, I32, I64, F32 or F64");
        };
    }

    private static DataException broken(Path file, String fault, String rule) {
        return new DataException(file + " cannot be used: " + fault + "\n  rule: " + rule);
    }

    /// The same rows, each number times a factor: `1.0 / 255` makes numbers from 0 to 1 of bytes.
    public MappedRows times(double factor) {
        return new MappedRows(file, bytes, dtype, order, offset, rows, row, this.factor * factor);
    }

    /// The same rows in another shape: `(1, 28, 28)` for grey pictures `(28, 28)`.
    ///
    /// **Throws** [DataException] unless it has as many elements.
    public MappedRows reshape(long... shape) {
        Shape other = Shape.of(shape);
        if (other.size() != row.size()) {
            throw broken(file, "rows " + row + " cannot have the shape " + other, "as many elements");
        }
        return new MappedRows(file, bytes, dtype, order, offset, rows, other, factor);
    }

    /// The number of rows.
    public long size() {
        return rows;
    }

    /// The shape of one row.
    public Shape row() {
        return row;
    }

    /// Some rows, as `F32`, one after another on the first axis.
    ///
    /// **Throws** [IndexOutOfBoundsException] for a row that there is not.
    public Tensor rows(long... numbers) {
        int n = Math.toIntExact(row.size());
        float[] out = new float[Math.multiplyExact(numbers.length, n)];
        int width = width(file, dtype);
        byte[] raw = new byte[Math.multiplyExact(n, width)];
        ByteBuffer buffer = ByteBuffer.wrap(raw).order(order);
        for (int i = 0; i < numbers.length; i++) {
            long from = offset + Objects.checkIndex(numbers[i], rows) * raw.length;
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, raw, 0, raw.length);
            convert(buffer, out, i * n, n);
        }
        long[] dims = new long[row.rank() + 1];
        dims[0] = numbers.length;
        System.arraycopy(row.dims(), 0, dims, 1, row.rank());
        return Tensor.wrap(new HostStorage.Floats(out), Shape.of(dims));
    }

    private void convert(ByteBuffer in, float[] out, int to, int n) {
        for (int k = 0; k < n; k++) {
            double v = switch (dtype) {
                case U8 -> in.get(k) & 0xff;
                case I8 -> in.get(k);
                case I32 -> in.getInt(4 * k);
                case I64 -> in.getLong(8 * k);
                case F32 -> in.getFloat(4 * k);
                default -> in.getDouble(8 * k);
            };
            out[to + k] = (float) (v * factor);
        }
    }

    /// A data set of these rows; without class names, the targets are values.
    ///
    /// @param targets one a row: class indices `(n)` as `I64`, or values `(n, ...)`
    /// @param classes the names of the classes, or none
    ///
    /// **Throws** [DataException] unless there is one target a row.
    public Dataset with(Tensor targets, String... classes) {
        if (targets.rank() < 1 || targets.dim(0) != rows) {
            throw broken(file, "it has " + rows + " rows, the targets are " + targets.shape(), "one target a row");
        }
        Dataset labels = Dataset.of(targets, targets, classes);
        return new Mapped(this, labels);
    }

    private record Mapped(MappedRows inputs, Dataset labels) implements Dataset {
        @Override
        public long size() {
            return inputs.rows;
        }

        @Override
        public Shape inputShape() {
            return inputs.row;
        }

        @Override
        public List<String> classes() {
            return labels.classes();
        }

        @Override
        public Batch batch(long... samples) {
            return new Batch(inputs.rows(samples), targets(samples));
        }

        @Override
        public Tensor targets(long... samples) {
            return labels.targets(samples);
        }

        @Override
        public String name(long sample) {
            return inputs.file + ", row " + sample;
        }
    }
}
