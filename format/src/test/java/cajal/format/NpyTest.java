package cajal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    Path folder;

    private Tensor numpy(String name) throws IOException {
        return Npy.read(TestFiles.numpy(folder, name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void integersOfEveryWidthAreReadInBothByteOrders(String order) throws IOException {
        check(numpy("i2-" + order + ".npy"), DType.I32, -32768, -1, 0, 1, 2, 32767);
        check(numpy("u2-" + order + ".npy"), DType.I32, 0, 1, 2, 32768, 65534, 65535);
        check(numpy("i4-" + order + ".npy"), DType.I32, Integer.MIN_VALUE, -1, 0, 1, 2, Integer.MAX_VALUE);
        check(numpy("u4-" + order + ".npy"), DType.I64, 0, 1, 2, 1L << 31, (1L << 32) - 2, (1L << 32) - 1);
        check(numpy("i8-" + order + ".npy"), DType.I64, Long.MIN_VALUE, -1, 0, 1, (1L << 53) + 1, Long.MAX_VALUE);
    }

    @Test
    void singleBytesAreRead() throws IOException {
        check(numpy("b1.npy"), DType.BOOL, 0, 1, 1, 0, 1, 0);
        check(numpy("i1.npy"), DType.I8, 0, 1, 127, -128, 5, 6);
        check(numpy("u1.npy"), DType.U8, 0, 1, 127, 255, 5, 6);
    }

    private static void check(Tensor t, DType dtype, long... values) {
        assertThat(t.dtype()).isEqualTo(dtype);
        assertThat(t.shape().dims()).containsExactly(2, 3);
        assertThat(t.toLongs()).containsExactly(values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"little", "big"})
    void floatsOfEveryWidthAreReadInBothByteOrders(String order) throws IOException {
        Tensor half = numpy("f2-" + order + ".npy");
        assertThat(half.dtype()).isEqualTo(DType.F16);
        assertThat(half.toDoubles())
                .containsExactly(0, -1.5, 65504, 0x1p-24, Double.POSITIVE_INFINITY, 0.0999755859375);
        Tensor single = numpy("f4-" + order + ".npy");
        assertThat(single.dtype()).isEqualTo(DType.F32);
        assertThat(single.toFloats())
                .containsExactly(0, -1.5f, Float.MAX_VALUE, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, 0.1f);
        Tensor two = numpy("f8-" + order + ".npy");
        assertThat(two.dtype()).isEqualTo(DType.F64);
        assertThat(two.toDoubles())
                .containsExactly(0, -1.5, Double.MAX_VALUE, Double.MIN_VALUE, Double.POSITIVE_INFINITY, 0.1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"fortran.npy", "version2.npy", "version3.npy"})
    void everyVersionAndOrderGivesTheSameTensor(String name) throws IOException {
        Tensor t = numpy(name);
        assertThat(t.shape().dims()).containsExactly(2, 3, 4);
        assertThat(t.toFloats()).containsExactly(counted());
        assertThat(t.get(1, 2, 3)).isEqualTo(23);
        assertThat(t.get(1, 0, 0)).isEqualTo(12);
    }

    private static float[] counted() {
        float[] all = new float[24];
        IntStream.range(0, 24).forEach(i -> all[i] = i);
        return all;
    }

    @Test
    void scalarsVectorsAndEmptyArraysAreRead() throws IOException {
        assertThat(numpy("scalar.npy").rank()).isZero();
        assertThat(numpy("scalar.npy").item()).isEqualTo(2.5);
        assertThat(numpy("vector.npy").toLongs()).containsExactly(0, 1, 2);
        assertThat(numpy("empty.npy").shape().dims()).containsExactly(2, 0, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "b1.npy",
                "i1.npy",
                "u1.npy",
                "i4-little.npy",
                "i8-little.npy",
                "f2-little.npy",
                "f4-little.npy",
                "f8-little.npy",
                "scalar.npy",
                "vector.npy",
                "empty.npy"
            })
    void whatWeWriteIsByteForByteWhatNumPyWrites(String name) throws IOException {
        Path theirs = TestFiles.numpy(folder, name);
        Path ours = folder.resolve("ours.npy");
        Npy.write(ours, Npy.read(theirs));
        assertThat(Files.mismatch(theirs, ours)).isEqualTo(-1);
    }

    @Test
    void otherTypesAreRefusedByName() throws IOException {
        for (Map.Entry<String, String> e : Map.of(
                        "u8.npy", "<u8", "c8.npy", "<c8", "strings.npy", "<U2", "objects.npy", "Python objects")
                .entrySet()) {
            assertThatThrownBy(() -> numpy(e.getKey()))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContainingAll(e.getKey(), e.getValue(), "fix:");
        }
        assertThatThrownBy(() -> Npy.write(folder.resolve("b.npy"), Tensor.of(1).to(DType.BF16)))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("BF16", "fix:");
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"BF16"},
            mode = EnumSource.Mode.EXCLUDE)
    void everyTypeComesBackBitForBitAlsoFromViewsAndArchives(DType dtype) {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("z", TestFiles.random(dtype, new Random(1), 300, 301));
        tensors.put(
                "a.b/c",
                Tensor.of(TestFiles.random(dtype, new Random(2), 3, 4, 5).view().permute(2, 0, 1)));
        tensors.put("scalar:0", TestFiles.random(dtype, new Random(3)));
        tensors.put("none", TestFiles.random(dtype, new Random(3), 0, 4));
        Path npy = folder.resolve("t.npy");
        tensors.forEach((name, t) -> {
            Npy.write(npy, t);
            assertThat(TestFiles.same(t, Npy.read(npy))).as(name).isTrue();
        });
        Path stored = folder.resolve("stored.npz");
        Path deflated = folder.resolve("deflated.npz");
        Npz.write(stored, tensors);
        Npz.writeCompressed(deflated, tensors);
        for (Path p : List.of(stored, deflated)) {
            Map<String, Tensor> back = Npz.read(p);
            assertThat(back.keySet()).containsExactlyElementsOf(tensors.keySet());
            tensors.forEach((name, t) ->
                    assertThat(TestFiles.same(t, back.get(name))).as(name).isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stored.npz", "deflated.npz"})
    void archivesThatNumPyWroteAreRead(String name) throws IOException {
        Path path = TestFiles.numpy(folder, name);
        Map<String, Tensor> t = Npz.read(path);
        assertThat(t.keySet()).containsExactly("w", "layer.0/b");
        assertThat(t.get("w").toFloats()).containsExactly(counted());
        assertThat(t.get("layer.0/b").toLongs()).containsExactly(1, 2, 3);
        try (TensorFile f = TensorFile.open(path)) {
            assertThat(f.format()).isEqualTo("npz");
            assertThat(f.entries().get("layer.0/b").stored()).isEqualTo("<i4");
            assertThat(f.tensor("w").dim(2)).isEqualTo(4);
        }
    }

    @Test
    void theSameTensorsGiveTheSameArchive() throws IOException {
        Path a = folder.resolve("a.npz");
        Path b = folder.resolve("b.npz");
        Npz.write(a, Map.of("x", Tensor.of(1), "y", Tensor.of(2), "z", Tensor.of(3)));
        Npz.write(b, new java.util.TreeMap<>(Map.of("z", Tensor.of(3), "y", Tensor.of(2), "x", Tensor.of(1))));
        assertThat(Files.mismatch(a, b)).isEqualTo(-1);
    }

    @Test
    void namesThatLeadOutOfTheArchiveAreRefusedInBothDirections() throws IOException {
        for (String name :
                List.of("../evil", "a/../../evil", "/etc/evil", "\\evil", "C:\\evil", "a\\..\\evil", "c:/evil")) {
            Path path = folder.resolve("slip.npz");
            assertThatThrownBy(() -> Npz.write(path, Map.of(name, Tensor.of(1))))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("'..'");
            zip(path, name + ".npy", npyBytes("(1,)", 4), ZipEntry.DEFLATED);
            assertThatThrownBy(() -> Npz.open(path))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("points out of the archive");
        }
    }

    private byte[] npyBytes(String shape, int dataBytes) throws IOException {
        return Files.readAllBytes(
                TestFiles.npy(folder, "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + "}", dataBytes));
    }

    private static void zip(Path path, String name, byte[] bytes, int method) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(path))) {
            var entry = new ZipEntry(name);
            entry.setMethod(method);
            if (method == ZipEntry.STORED) {
                var crc = new CRC32();
                crc.update(bytes);
                entry.setSize(bytes.length);
                entry.setCrc(crc.getValue());
            }
            zip.putNextEntry(entry);
            zip.write(bytes);
            zip.closeEntry();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
    void anEntryThatHoldsMoreOrLessThanItsShapeSaysIsRefused(int method) throws IOException {
        Path path = folder.resolve("size.npz");
        for (String shape : List.of("(2,)", "(0,)", "(15000000,)", "(999999999,)", "(999999999999,)")) {
            zip(path, "x.npy", npyBytes(shape, 4), method);
            try (TensorFile f = Npz.open(path)) {
                assertThatThrownBy(() -> f.tensor("x"))
                        .as(shape)
                        .isInstanceOf(FormatException.class)
                        .hasMessageContaining("size.npz");
            }
        }
    }

    @Test
    void anEntryThatInflatesPastItsShapeIsLeftThere() throws IOException {
        Path path = folder.resolve("bomb.npz");
        byte[] bytes = npyBytes("(1,)", 64 << 20); // 64 MiB of zeros, 64 KiB deflated
        zip(path, "x.npy", bytes, ZipEntry.DEFLATED);
        assertThat(Files.size(path)).isLessThan(1 << 17);
        try (TensorFile f = Npz.open(path)) {
            assertThatThrownBy(() -> f.tensor("x"))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("takes 4 bytes");
        }
    }

    @Test
    void aFlippedByteInAnArchiveIsNoticed() throws IOException {
        Path path = folder.resolve("crc.npz");
        Npz.write(path, Map.of("x", Tensor.of(1, 2, 3, 4)));
        byte[] bytes = Files.readAllBytes(path);
        for (int i = 0; i < bytes.length - 4; i++) {
            if (bytes[i] == 0x40
                    && bytes[i + 1] == 0
                    && bytes[i + 2] == 0
                    && bytes[i + 3] == 0x40) { // the end of 2, the beginning of 3
                bytes[i] ^= 1;
            }
        }
        Files.write(path, bytes);
        assertThatThrownBy(() -> Npz.read(path))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void anArchiveOfOtherThingsIsRefused() throws IOException {
        Path path = folder.resolve("other.npz");
        zip(path, "notes.txt", new byte[] {1}, ZipEntry.STORED);
        assertThatThrownBy(() -> TensorFile.open(path))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("notes.txt", ".npy");
        zip(path, "x.npy", new byte[] {1}, ZipEntry.STORED);
        assertThatThrownBy(() -> TensorFile.open(path))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("entry 'x'", "NUMPY");
    }
}
