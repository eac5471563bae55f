package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MappedRowsTest {
    @TempDir
    Path folder;

    private Path npy(String header, ByteBuffer data) throws IOException {
        byte[] text = (header + "\n").getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer all = ByteBuffer.allocate(10 + text.length + data.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        all.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) text.length);
        all.put(text).put(data.rewind());
        return Files.write(folder.resolve("x.npy"), all.array());
    }

    @Test
    void rowsOfAnNpyFileAreReadWhereTheyLie() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(24).order(ByteOrder.BIG_ENDIAN);
        for (int i = 0; i < 6; i++) {
            data.putFloat(i + 0.5f);
        }
        MappedRows rows = MappedRows.npy(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }", data));
        assertThat(rows.size()).isEqualTo(3);
        assertThat(rows.rows(2, 0).toFloats()).containsExactly(4.5f, 5.5f, 0.5f, 1.5f);
        assertThat(rows.rows(1).shape().dims()).containsExactly(1, 2);
        Dataset set = rows.reshape(1, 2).times(2).with(Tensor.indices(1, 0, 1), "a", "b");
        assertThat(set.batch(1, 2).inputs().toFloats()).containsExactly(5, 7, 9, 11);
        assertThat(set.batch(1, 2).targets().toLongs()).containsExactly(0, 1);
        assertThat(set.inputShape().dims()).containsExactly(1, 2);
        assertThat(set.name(1)).endsWith("x.npy, row 1");
        assertThatThrownBy(() -> rows.rows(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rows.reshape(3)).hasMessageContaining("as many elements");
        assertThatThrownBy(() -> rows.with(Tensor.indices(1, 0))).hasMessageContaining("one target a row");
    }

    @ParameterizedTest
    @CsvSource({"u1,1", "i1,1", "i4,4", "i8,8", "f4,4", "f8,8"})
    void allKindsOfNumbersAreRead(String kind, int width) throws IOException {
        ByteBuffer data = ByteBuffer.allocate(2 * width).order(ByteOrder.LITTLE_ENDIAN);
        for (int v : new int[] {3, 100}) {
            switch (kind) {
                case "f4" -> data.putFloat(v);
                case "f8" -> data.putDouble(v);
                default -> data.put((byte) v).position(data.position() + width - 1);
            }
        }
        String header = "{'descr': '%s', 'fortran_order': False, 'shape': (2,), }".formatted("<" + kind);
        assertThat(MappedRows.npy(npy(header, data)).rows(0, 1).toFloats()).containsExactly(3, 100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }",
                "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }",
                "{'descr': '<c8', 'fortran_order': False, 'shape': (3, 1), }",
                "{'descr': '|O', 'fortran_order': False, 'shape': (3, 2), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 2), }",
                "nonsense"
            })
    void npyFilesThatCannotBeUsedAreRefused(String header) throws IOException {
        Path file = npy(header, ByteBuffer.allocate(24));
        assertThatThrownBy(() -> MappedRows.npy(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("x.npy")
                .hasMessageContaining("rule:");
    }

    @Test
    void mnistIsTheSameFromMemoryAndFromTheFile() throws IOException {
        Path gz = SharedData.path("mnist/t10k-images-idx3-ubyte.gz");
        Path file = folder.resolve("pictures");
        try (var in = new GZIPInputStream(Files.newInputStream(gz))) {
            Files.copy(in, file);
        }
        MappedRows rows = MappedRows.idx(file);
        assertThat(rows.size()).isEqualTo(10_000);
        assertThat(rows.row().dims()).containsExactly(28, 28);
        assertThat(rows.rows(0).sum().item()).isEqualTo(18454);
        Tensor whole = Idx.read(gz);
        assertThat(rows.rows(9999).toFloats())
                .isEqualTo(whole.slice(0, 9999, 10_000).toFloats());
        assertThatThrownBy(() -> MappedRows.idx(gz)).hasMessageContaining("gunzip -k");
        Path labels = SharedData.path("mnist/t10k-labels-idx1-ubyte.gz");
        assertThat(rows.reshape(1, 28, 28)
                        .times(1.0 / 255)
                        .with(Tensor.indices(Idx.read(labels).toLongs()))
                        .batch(0)
                        .inputs()
                        .max()
                        .item())
                .isLessThanOrEqualTo(1);
    }

    @Test
    void rawNumbersAreRead() throws IOException {
        Path file = Files.write(folder.resolve("x.bin"), new byte[] {9, 1, 2, 3, 4, 5, 6});
        assertThat(MappedRows.raw(file, DType.U8, 1, 3).rows(1).toFloats()).containsExactly(4, 5, 6);
        assertThatThrownBy(() -> MappedRows.raw(file, DType.U8, 0, 3)).hasMessageContaining("7 bytes");
        assertThatThrownBy(() -> MappedRows.raw(file, DType.U8, 8, 3)).hasMessageContaining("7 bytes");
        assertThatThrownBy(() -> MappedRows.raw(file, DType.BF16, 1, 3)).hasMessageContaining("BF16");
        assertThatThrownBy(() -> MappedRows.idx(file)).hasMessageContaining("does not begin like an IDX file");
        Path header = Files.write(folder.resolve("y.bin"), new byte[] {0, 0, 8, 2, 0, 0, 0, 1});
        assertThatThrownBy(() -> MappedRows.idx(header)).hasMessageContaining("whole header");
        Path cut = Files.write(folder.resolve("z.bin"), new byte[] {0, 0, 8, 1, 0x7f, 0, 0, 1, 5});
        assertThatThrownBy(() -> MappedRows.idx(cut)).hasMessageContaining("9 bytes");
        assertThatThrownBy(() -> MappedRows.npy(cut)).hasMessageContaining("npy");
        assertThatThrownBy(() -> MappedRows.raw(folder.resolve("none"), DType.U8, 0, 1))
                .hasMessageContaining("no file");
    }
}
