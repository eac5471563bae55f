package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The files are written here byte by byte, after the format's specification: plain encoding, no compression.
class ParquetTest {
    private static final int BOOLEAN = 0;
    private static final int INT32 = 1;
    private static final int INT64 = 2;
    private static final int FLOAT = 4;
    private static final int DOUBLE = 5;
    private static final int TEXT = 6;
    private static final int UTF8 = 0;
    private static final int DATE = 6;

    @TempDir
    Path folder;

    /// Thrift's compact protocol, as far as the format's headers need it.
    private static final class Thrift {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final List<Integer> last = new ArrayList<>(List.of(0));

        void varint(long v) {
            while ((v & ~0x7fL) != 0) {
                out.write((int) (v & 0x7f | 0x80));
                v >>>= 7;
            }
            out.write((int) v);
        }

        Thrift field(int id, int type) {
            out.write(id - last.getLast() << 4 | type);
            last.set(last.size() - 1, id);
            return this;
        }

        Thrift number(int id, long v, int type) { // type 5: 32 bits, 6: 64 bits
            field(id, type).varint(v << 1 ^ v >> 63);
            return this;
        }

        void text(String s) {
            varint(s.length());
            out.writeBytes(s.getBytes(StandardCharsets.US_ASCII));
        }

        Thrift list(int id, int type, int size) {
            field(id, 9);
            out.write(size << 4 | type);
            return this;
        }

        Thrift begin() {
            last.add(0);
            return this;
        }

        Thrift end() {
            out.write(0);
            last.removeLast();
            return this;
        }
    }

    /// A column: missing values are null.
    private record Column(String name, int type, int converted, Object... values) {
        boolean optional() {
            return Arrays.asList(values).contains(null);
        }

        byte[] page() {
            ByteBuffer data = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);
            if (optional()) { // definition levels: a length, then runs of one level each
                ByteArrayOutputStream runs = new ByteArrayOutputStream();
                for (Object v : values) {
                    runs.write(1 << 1);
                    runs.write(v == null ? 0 : 1);
                }
                data.putInt(runs.size()).put(runs.toByteArray());
            }
            int bits = 0;
            int n = 0;
            for (Object v : values) {
                switch (v) {
                    case Integer i -> data.putInt(i);
                    case Long l -> data.putLong(l);
                    case Float f -> data.putFloat(f);
                    case Double d -> data.putDouble(d);
                    case String s ->
                        data.putInt(s.getBytes(StandardCharsets.UTF_8).length).put(s.getBytes(StandardCharsets.UTF_8));
                    case Boolean b -> bits |= (b ? 1 : 0) << n++;
                    case null, default -> {}
                }
            }
            if (type == BOOLEAN) {
                data.put((byte) bits);
            }
            byte[] bytes = new byte[data.position()];
            data.get(0, bytes);
            return bytes;
        }
    }

    private Path write(Column... columns) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
        int rows = columns[0].values.length;
        Thrift meta = new Thrift();
        meta.number(1, 1, 5).list(2, 12, columns.length + 1);
        meta.begin().field(4, 8).text("schema");
        meta.number(5, columns.length, 5).end();
        for (Column c : columns) {
            meta.begin().number(1, c.type, 5).number(3, c.optional() ? 1 : 0, 5);
            meta.field(4, 8).text(c.name);
            if (c.converted >= 0) {
                meta.number(6, c.converted, 5);
            }
            meta.end();
        }
        meta.number(3, rows, 6).list(4, 12, 1).begin().list(1, 12, columns.length);
        for (Column c : columns) {
            byte[] page = c.page();
            long at = file.size();
            Thrift header = new Thrift();
            header.number(1, 0, 5).number(2, page.length, 5).number(3, page.length, 5);
            header.field(5, 12)
                    .begin()
                    .number(1, rows, 5)
                    .number(2, 0, 5)
                    .number(3, 3, 5)
                    .number(4, 3, 5)
                    .end();
            header.out.write(0);
            file.writeBytes(header.out.toByteArray());
            file.writeBytes(page);
            long size = file.size() - at;
            meta.begin().number(2, at, 6).field(3, 12).begin();
            meta.number(1, c.type, 5).list(2, 5, 2);
            meta.varint(0);
            meta.varint(6); // encodings plain and RLE, zigzag
            meta.list(3, 8, 1).text(c.name);
            meta.number(4, 0, 5)
                    .number(5, rows, 6)
                    .number(6, size, 6)
                    .number(7, size, 6)
                    .number(9, at, 6);
            meta.end().end();
        }
        meta.number(2, file.size(), 6).number(3, rows, 6).end();
        meta.out.write(0);
        byte[] footer = meta.out.toByteArray();
        file.writeBytes(footer);
        file.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(footer.length)
                .array());
        file.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
        return Files.write(folder.resolve("x.parquet"), file.toByteArray());
    }

    private Path flowers() throws IOException {
        return write(
                new Column("length", DOUBLE, -1, 5.25, 4.5, null, 6.0),
                new Column("count", INT32, -1, 3, -1, 7, 0),
                new Column("id", INT64, -1, 1L << 40, 2L, 3L, 4L),
                new Column("width", FLOAT, -1, 0.5f, 1.5f, 2.5f, 3.5f),
                new Column("wild", BOOLEAN, -1, true, false, false, true),
                new Column("kind", TEXT, UTF8, "rose", "tulpe", "röschen", "rose"));
    }

    @Test
    void columnsBecomeATable() throws IOException {
        Table table = Parquet.table(flowers());
        assertThat(table.header()).containsExactly("length", "count", "id", "width", "wild", "kind");
        assertThat(table.rows().get(0).cells()).containsExactly("5.25", "3", "1099511627776", "0.5", "true", "rose");
        assertThat(table.rows().get(2).cells()).containsExactly("", "7", "3", "2.5", "false", "röschen");
        Columns columns = Columns.fit(table, "kind", Columns.Missing.DROP);
        assertThat(columns.classes()).contains("rose", "tulpe");
    }

    @Test
    void columnsOfNumbersBecomeATensor() throws IOException {
        Path file = flowers();
        float[] x = Parquet.numbers(file, "width", "length", "wild").toFloats();
        assertThat(x).containsExactly(0.5f, 5.25f, 1, 1.5f, 4.5f, 0, 2.5f, Float.NaN, 0, 3.5f, 6, 1);
        assertThatThrownBy(() -> Parquet.numbers(file, "height")).hasMessageContaining("no column 'height'");
        assertThatThrownBy(() -> Parquet.numbers(file)).hasMessageContaining("'kind' holds texts");
    }

    @Test
    void whatCannotBeReadIsRefused() throws IOException {
        Path dates = write(new Column("day", INT32, DATE, 3, 4));
        assertThatThrownBy(() -> Parquet.table(dates))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("the column 'day'");
        byte[] whole = Files.readAllBytes(flowers());
        for (int n : new int[] {0, 3, 8, whole.length / 2, whole.length - 1}) {
            Path cut = Files.write(folder.resolve("cut.parquet"), Arrays.copyOf(whole, n));
            assertThatThrownBy(() -> Parquet.table(cut))
                    .as("%d bytes", n)
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("cut.parquet");
        }
        assertThatThrownBy(() -> Parquet.table(folder.resolve("none"))).hasMessageContaining("no file");
    }
}
