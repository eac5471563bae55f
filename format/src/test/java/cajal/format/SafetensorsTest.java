package cajal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void aTrainedNetworkHasTheSumsAndBytesThatItsWritersStated() throws Exception {
        Path path = SharedData.path("torch-pt/mnist.safetensors");
        String text = Files.readString(SharedData.path("torch-pt/mnist-expected.json"));
        Map<?, ?> expected = tensorsOf(Json.parseObject(text, "expected"), "mnist.safetensors");
        Map<String, Tensor> found = Safetensors.read(path);
        assertThat(found.keySet()).hasSizeGreaterThan(10).isEqualTo(expected.keySet());
        for (var entry : found.entrySet()) {
            Tensor t = entry.getValue();
            Map<?, ?> e = (Map<?, ?>) expected.get(entry.getKey());
            double[] v = t.toDoubles();
            assertThat(t.dtype()).isEqualTo(e.get("dtype").equals("int64") ? DType.I64 : DType.F32);
            assertThat(t.shape().dims())
                    .containsExactly(((List<?>) e.get("shape"))
                            .stream().mapToLong(x -> (Long) x).toArray());
            assertThat(java.util.Arrays.stream(v).sum()).isCloseTo(number(e.get("sum")), within(1e-6 * v.length));
            assertThat(java.util.Arrays.stream(v).map(x -> x * x).sum())
                    .isCloseTo(number(e.get("sum_of_squares")), within(1e-6 * v.length));
            List<?> first = (List<?>) e.get("first");
            assertThat(first).isNotEmpty();
            for (int i = 0; i < first.size(); i++) {
                assertThat((float) v[i]).isEqualTo((float) number(first.get(i)));
            }
            var bytes = new ByteArrayOutputStream();
            Encoder.write(t.view(), bytes);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
            assertThat(HexFormat.of().formatHex(digest)).isEqualTo(e.get("sha256_of_little_endian_bytes"));
        }
    }

    private static Map<?, ?> tensorsOf(Map<String, Object> expected, String file) {
        return ((List<?>) expected.get("files"))
                .stream()
                        .map(f -> (Map<?, ?>) f)
                        .filter(f -> file.equals(f.get("file")))
                        .map(f -> (Map<?, ?>) f.get("tensors"))
                        .findFirst()
                        .orElseThrow();
    }

    private static double number(Object o) {
        return ((Number) o).doubleValue();
    }

    @Test
    void writingWhatTheReferenceWriterWroteGivesItsBytes() throws IOException {
        Path reference = SharedData.path("torch-pt/mnist.safetensors");
        Path ours = folder.resolve("ours.safetensors");
        try (TensorFile f = Safetensors.open(reference)) {
            Safetensors.write(ours, f.tensors(), f.metadata());
        }
        assertThat(Files.mismatch(reference, ours)).isEqualTo(-1);
    }

    @Test
    void theBytesAreWhatTheFormatDescribes() throws IOException {
        Path path = folder.resolve("small.safetensors");
        Safetensors.write(path, Map.of("b", Tensor.of(1, -2).to(DType.U8), "a", Tensor.of(1.5f)), Map.of("k", "é\n"));
        String header =
                "{\"__metadata__\":{\"k\":\"é\\n\"},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]}}";
        byte[] bytes = Files.readAllBytes(path);
        int length = bytes[0] & 0xff;
        assertThat(length % 8).isZero();
        assertThat(new String(bytes, 8, length, StandardCharsets.UTF_8).stripTrailing())
                .isEqualTo(header);
        assertThat(ByteBuffer.wrap(bytes, 8 + length, 6).slice())
                .isEqualTo(ByteBuffer.wrap(new byte[] {0, 0, (byte) 0xc0, 0x3f, 1, 0}));
        assertThat(bytes).hasSize(8 + length + 6);
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyElementTypeComesBackBitForBit(DType dtype) {
        var random = new Random(7);
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("scalar", TestFiles.random(dtype, random));
        tensors.put("none", TestFiles.random(dtype, random, 3, 0, 2));
        tensors.put("matrix", TestFiles.random(dtype, random, 5, 7));
        tensors.put("large", TestFiles.random(dtype, random, 3, 70_000));
        tensors.put("", TestFiles.random(dtype, random, 1));
        tensors.put("ein Name \"mit\" \\ é😀\n", TestFiles.random(dtype, random, 2));
        Path path = folder.resolve("types.safetensors");
        Safetensors.write(path, tensors, Map.of());
        Map<String, Tensor> back = Safetensors.read(path);
        assertThat(new ArrayList<>(back.keySet())).isEqualTo(new ArrayList<>(tensors.keySet()));
        tensors.forEach((name, t) ->
                assertThat(TestFiles.same(t, back.get(name))).as(name).isTrue());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void viewsAreWrittenInTheirOwnOrderOfElements(DType dtype) {
        Tensor t = TestFiles.random(dtype, new Random(8), 4, 5, 6);
        var views = new LinkedHashMap<String, Tensor>();
        views.put("permuted", Tensor.of(t.view().permute(2, 0, 1)));
        views.put("sliced", Tensor.of(t.view().slice(new long[] {1, 0, 5}, Shape.of(2, 3, 3), new long[] {2, 2, -2})));
        views.put("flipped", Tensor.of(t.view().flip(new boolean[] {true, false, true})));
        views.put(
                "repeated",
                Tensor.of(t.view()
                        .slice(new long[3], Shape.of(1, 5, 1), new long[] {1, 1, 1})
                        .expand(Shape.of(2, 5, 3))));
        views.put("row", Tensor.of(t.view().slice(new long[] {3, 0, 0}, Shape.of(1, 5, 6), new long[] {1, 1, 1})));
        views.put(
                "long",
                Tensor.of(
                        TestFiles.random(dtype, new Random(9), 300, 301).view().permute(1, 0)));
        Path path = folder.resolve("views.safetensors");
        Safetensors.write(path, views);
        Map<String, Tensor> back = Safetensors.read(path);
        views.forEach((name, v) -> {
            assertThat(TestFiles.same(v, back.get(name))).as(name).isTrue();
            assertThat(back.get(name).view().isDense()).isTrue();
        });
    }

    @Test
    void orderIsKeptAndTheSameContentGivesTheSameBytes() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (String name : List.of("z", "a", "m")) {
            tensors.put(name, Tensor.of(1, 2, 3).to(name.equals("z") ? DType.I8 : DType.F64));
        }
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        Safetensors.write(a, tensors, Map.of("one", "1", "two", "2", "three", "3"));
        Safetensors.write(b, new LinkedHashMap<>(tensors), new HashMap<>(Map.of("three", "3", "two", "2", "one", "1")));
        assertThat(Files.mismatch(a, b)).isEqualTo(-1);
        try (TensorFile f = Safetensors.open(a)) {
            assertThat(f.entries().keySet()).containsExactly("z", "a", "m");
            assertThat(f.metadata())
                    .containsExactly(Map.entry("one", "1"), Map.entry("three", "3"), Map.entry("two", "2"));
            assertThat(f.entries().get("a").bytes()).isEqualTo(24);
        }
    }

    @Test
    void parametersAreWrittenByTheirContents() {
        Path path = folder.resolve("p.safetensors");
        Safetensors.write(path, Map.of("w", new Param("weight", Tensor.of(1, 2))));
        assertThat(Safetensors.read(path).get("w").toFloats()).containsExactly(1, 2);
    }

    @Test
    void integersThatNoTypeHoldsAreWidenedWithoutLoss() throws IOException {
        Path path = TestFiles.safetensors(
                folder,
                "{\"i\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[0,4]},\"u\":{\"dtype\":\"U16\",\"shape\":[2],\"data_offsets\":[4,8]},"
                        + "\"w\":{\"dtype\":\"U32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
                16);
        byte[] bytes = Files.readAllBytes(path);
        byte[] data = {
            0,
            (byte) 0x80,
            (byte) 0xff,
            0x7f,
            0,
            (byte) 0x80,
            (byte) 0xff,
            (byte) 0xff,
            0,
            0,
            0,
            (byte) 0x80,
            -1,
            -1,
            -1,
            -1
        };
        System.arraycopy(data, 0, bytes, bytes.length - 16, 16);
        Files.write(path, bytes);
        Map<String, Tensor> t = Safetensors.read(path);
        assertThat(t.get("i").dtype()).isEqualTo(DType.I32);
        assertThat(t.get("i").toLongs()).containsExactly(-32768, 32767);
        assertThat(t.get("u").toLongs()).containsExactly(32768, 65535);
        assertThat(t.get("w").dtype()).isEqualTo(DType.I64);
        assertThat(t.get("w").toLongs()).containsExactly(1L << 31, (1L << 32) - 1);
    }

    @Test
    void typesThatCannotBeHeldAreListedAndRefusedByName() throws IOException {
        for (String dtype : List.of(
                "U64",
                "C64",
                "F8_E4M3",
                "F8_E5M2",
                "F8_E8M0",
                "F8_E4M3FNUZ",
                "F8_E5M2FNUZ",
                "F4",
                "F6_E2M3",
                "F6_E3M2")) {
            int bytes = ElementType.valueOf(dtype).bits;
            Path path = TestFiles.safetensors(
                    folder,
                    "{\"scale\":{\"dtype\":\"" + dtype + "\",\"shape\":[2,4],\"data_offsets\":[1," + (bytes + 1)
                            + "]},\"ok\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
                    bytes + 1);
            try (TensorFile f = TensorFile.open(path)) {
                assertThat(f.entries().get("scale").stored()).isEqualTo(dtype);
                assertThat(f.entries().get("scale").dtype()).isEmpty();
                assertThat(f.tensor("ok").toLongs()).containsExactly(0);
                assertThatThrownBy(() -> f.tensor("scale"))
                        .isInstanceOf(FormatException.class)
                        .hasMessageContainingAll("made.safetensors", "'scale'", dtype, "rule:", "fix:");
            }
        }
    }

    @Test
    void oneTensorOfALargeFileIsReadWithoutTheOthers() throws IOException {
        long huge = 1L << 33;
        Path path = TestFiles.safetensors(
                folder,
                "{\"huge\":{\"dtype\":\"F32\",\"shape\":[" + huge / 4 + "],\"data_offsets\":[0," + huge
                        + "]},\"last\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[" + huge + "," + (huge + 4)
                        + "]}}",
                0);
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(file.length() + huge + 4); // 8 GiB of nothing: a hole that takes no space
        }
        long start = System.nanoTime();
        try (TensorFile f = TensorFile.open(path)) {
            assertThat(f.tensor("last").item()).isZero();
            assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
            assertThatThrownBy(() -> f.tensor("huge"))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("2147483648 elements");
        }
    }

    @Test
    void aFileThatIsCutShortWhileItIsOpenGivesAnErrorAndNoCrash() throws IOException {
        Path path = folder.resolve("cut.safetensors");
        Safetensors.write(path, Map.of("w", Tensor.zeros(100_000)));
        try (TensorFile f = Safetensors.open(path);
                var raf = new RandomAccessFile(path.toFile(), "rw")) {
            raf.setLength(4096);
            assertThatThrownBy(() -> f.tensor("w"))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("went away");
        }
    }

    @Test
    void theErrorForAMissingTensorListsWhatThereIs() {
        Path path = folder.resolve("m.safetensors");
        Safetensors.write(path, Map.of("a", Tensor.of(1), "b", Tensor.of(1)));
        try (TensorFile f = Safetensors.open(path)) {
            assertThatThrownBy(() -> f.tensor("c"))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContainingAll("'c'", "a, b");
        }
    }

    @Test
    void namesThatTheFormatCannotHoldAreRefused() {
        for (String name : List.of("__metadata__", "\udc00")) {
            Path path = folder.resolve("n.safetensors");
            assertThatThrownBy(() -> Safetensors.write(path, Map.of(name, Tensor.of(1))))
                    .isInstanceOf(FormatException.class);
            assertThat(path).doesNotExist();
        }
    }
}
