package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {
    @TempDir
    Path folder;

    private Path file(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("made.idx"), bytes);
    }

    private static byte[] gz(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    /// A header, with room for elements after it.
    private static ByteBuffer header(int type, int... dims) {
        ByteBuffer b = ByteBuffer.allocate(256);
        b.put((byte) 0).put((byte) 0).put((byte) type).put((byte) dims.length);
        for (int d : dims) {
            b.putInt(d);
        }
        return b;
    }

    private static byte[] done(ByteBuffer b) {
        byte[] bytes = new byte[b.position()];
        b.get(0, bytes);
        return bytes;
    }

    private void refused(byte[] bytes, String... words) throws IOException {
        Path file = file(bytes);
        assertThatThrownBy(() -> Idx.read(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("rule:")
                .satisfies(e ->
                        assertThat(List.of(words)).allSatisfy(w -> assertThat(e).hasMessageContaining(w)));
    }

    @Test
    void theCollectionOfBadFilesIsRefusedAndItsGoodOneIsRead() throws IOException {
        Path root = SharedData.path("malformed");
        List<String> tried = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("MANIFEST.tsv"))) {
            String[] cells = line.split("\t", -1);
            if (!cells[0].startsWith("idx/")) {
                continue;
            }
            tried.add(cells[0]);
            Path file = root.resolve(cells[0]);
            if (cells[2].equals("valid")) {
                Tensor t = Idx.read(file);
                assertThat(t.shape().dims()).containsExactly(2, 2, 2);
                assertThat(t.toLongs()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
            } else {
                assertThatThrownBy(() -> Idx.read(file))
                        .as(cells[0])
                        .isInstanceOf(DataException.class)
                        .hasMessageContainingAll(file.getFileName().toString(), "rule:");
            }
        }
        assertThat(tried).hasSize(3);
    }

    @Test
    void everyElementTypeOfTheFormatIsRead() throws IOException {
        Tensor u8 =
                Idx.read(file(done(header(0x08, 3).put((byte) 0).put((byte) 127).put((byte) 255))));
        assertThat(u8.dtype()).isEqualTo(DType.U8);
        assertThat(u8.toLongs()).containsExactly(0, 127, 255);
        Tensor i8 = Idx.read(
                file(done(header(0x09, 3).put((byte) -128).put((byte) -1).put((byte) 127))));
        assertThat(i8.dtype()).isEqualTo(DType.I8);
        assertThat(i8.toLongs()).containsExactly(-128, -1, 127);
        Tensor i16 = Idx.read(file(done(header(0x0B, 2).putShort((short) -32768).putShort((short) 258))));
        assertThat(i16.toLongs()).containsExactly(-32768, 258);
        Tensor i32 =
                Idx.read(file(done(header(0x0C, 2).putInt(Integer.MIN_VALUE).putInt(16_777_217))));
        assertThat(i32.toLongs()).containsExactly(Integer.MIN_VALUE, 16_777_217);
        Tensor f32 = Idx.read(file(done(header(0x0D, 2, 1).putFloat(-1.5f).putFloat(Float.MIN_VALUE))));
        assertThat(f32.dtype()).isEqualTo(DType.F32);
        assertThat(f32.shape().dims()).containsExactly(2, 1);
        assertThat(f32.toFloats()).containsExactly(-1.5f, Float.MIN_VALUE);
        Tensor f64 = Idx.read(file(done(header(0x0E, 2).putDouble(Math.PI).putDouble(-0.0))));
        assertThat(f64.dtype()).isEqualTo(DType.F64);
        assertThat(f64.toDoubles()).containsExactly(Math.PI, -0.0);
    }

    @Test
    void compressedFilesAreReadWhateverTheirName() throws IOException {
        assertThat(Idx.read(file(gz(done(header(0x08, 2).put((byte) 5).put((byte) 6)))))
                        .toLongs())
                .containsExactly(5, 6);
    }

    @Test
    void emptyAxesAreRead() throws IOException {
        assertThat(Idx.read(file(done(header(0x08, 0, 28, 28)))).shape().dims()).containsExactly(0, 28, 28);
    }

    @Test
    void faultsAreNamed() throws IOException {
        refused(new byte[0], "begin");
        refused("P5 28 28".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "begin");
        refused(done(header(0x0A, 1).put((byte) 1)), "element type is 10");
        refused(done(header(0xF0, 1).put((byte) 1)), "element type is 240");
        refused(new byte[] {0, 0, 8, 2, 0, 0, 0, 1, 0}, "header is cut off");
        refused(done(header(0x08, -1)), "axis 0", "-1");
        refused(done(header(0x08, 4).put(new byte[3])), "3 bytes", "4");
        refused(done(header(0x0E, 2).put(new byte[15])), "15 bytes", "16");
        refused(done(header(0x08, 2).put(new byte[3])), "after the last element");
        byte[] zip = gz(done(header(0x08, 100).put(new byte[100])));
        refused(Arrays.copyOf(zip, zip.length - 3));
        refused(Arrays.copyOf(zip, 12));
        zip[zip.length - 6] ^= 1; // the checksum
        refused(zip);
    }

    /// Lengths of gigabytes in files of some bytes: no time and no memory to speak of.
    @Test
    void lengthsThatAreNotThereCostNothing() throws IOException {
        long begun = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            refused(done(header(0x08, 2_000_000_000).put(new byte[9])), "9 bytes");
            refused(done(header(0x08, Integer.MAX_VALUE).put(new byte[9])), "2147483647 bytes");
            refused(done(header(0x0E, 1 << 27).put(new byte[9])), "9 bytes");
            refused(done(header(0x0E, Integer.MAX_VALUE).put(new byte[9])), "17179869176 bytes");
            refused(done(header(0x08, 65536, 65536)), "axis 1");
            refused(done(header(0x08, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)), "axis 1");
        }
        assertThat((System.nanoTime() - begun) / 1e9).as("seconds").isLessThan(10);
    }

    @Test
    void missingFilesAndFoldersAreNamed() {
        assertThatThrownBy(() -> Idx.read(folder.resolve("nowhere")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("nowhere")
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> Idx.read(folder)).isInstanceOf(DataException.class);
    }

    @Test
    void damagedFilesAreReadOrRefusedButNeverBreakTheReader() throws IOException {
        long seed = Long.getLong("cajal.seed", System.nanoTime());
        Random random = new Random(seed);
        byte[] plain = done(header(0x0D, 3, 4).put(new byte[48]));
        byte[] zipped = gz(plain);
        for (int i = 0; i < 1000; i++) {
            byte[] bytes = (i % 2 == 0 ? plain : zipped).clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                bytes[random.nextInt(Math.min(bytes.length, random.nextBoolean() ? 16 : bytes.length))] =
                        (byte) random.nextInt(256);
            }
            Path file = file(random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes);
            try {
                Idx.read(file);
            } catch (DataException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("made.idx");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", file " + Arrays.toString(Files.readAllBytes(file)), e);
            }
        }
    }
}
