package cajal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileFilesTest {
    private static final String A = "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";

    @TempDir
    Path folder;

    @Test
    void theCollectionOfBadFilesIsRefusedAndItsGoodOnesAreRead() throws IOException {
        Path root = SharedData.path("malformed");
        List<String> tried = new ArrayList<>();
        for (String line : Files.readAllLines(root.resolve("MANIFEST.tsv"))) {
            String[] cells = line.split("\t", -1);
            if (!cells[0].startsWith("safetensors/") && !cells[0].startsWith("npy/")) {
                continue;
            }
            Path file = root.resolve(cells[0]);
            tried.add(cells[0]);
            if (cells[2].equals("valid")) {
                assertThat(read(file)).as(cells[0]).isEqualTo(1);
            } else {
                assertThatThrownBy(() -> read(file))
                        .as(cells[0])
                        .isInstanceOf(FormatException.class)
                        .hasMessageContainingAll(file.getFileName().toString(), "rule:");
            }
        }
        assertThat(tried).hasSize(15);
    }

    private static int read(Path file) {
        try (TensorFile f = TensorFile.open(file)) {
            return f.tensors().size();
        }
    }

    static Stream<String> badHeaders() {
        String[] members = {
            "\"dtype\":\"U9\",\"shape\":[1],\"data_offsets\":[0,1]",
            "\"dtype\":\"u8\",\"shape\":[1],\"data_offsets\":[0,1]",
            "\"dtype\":8,\"shape\":[1],\"data_offsets\":[0,1]",
            "\"shape\":[1],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[1]",
            "\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1],\"extra\":1",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,0]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[-1,0]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,9223372036854775808]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1.0]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1e0]",
            "\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]",
            "\"dtype\":\"U16\",\"shape\":[1],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[[1]],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[true],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":null",
            "\"dtype\":\"F64\",\"shape\":[2305843009213693952],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[4294967296,4294967296,0],\"data_offsets\":[0,0]",
            "\"dtype\":\"F4\",\"shape\":[1],\"data_offsets\":[0,1]",
            "\"dtype\":\"U8\",\"shape\":[" + "1,".repeat(64) + "1],\"data_offsets\":[0,1]",
        };
        Stream<String> whole = Stream.of(
                "",
                "{",
                "}",
                "[]",
                "null",
                "\"a\"",
                " {}",
                "\n{" + A + "}",
                "{" + A,
                "{" + A + "}}",
                "{" + A + "} x",
                "{" + A + "}\0",
                "{" + A + "," + A + "}",
                "{" + A + ",}",
                "{\"a\":1}",
                "{\"a\":{}}",
                "{\"a\":[]}",
                "{\"a\":null}",
                "{" + A + ",\"__metadata__\":{\"k\":null}}",
                "{" + A + ",\"__metadata__\":[]}",
                "{" + A + ",\"__metadata__\":{\"k\":{}}}",
                "{" + A + ",\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
                "{\"__metadata__\":{}," + A + ",\"__metadata__\":{}}",
                "{" + A + ",\"\\u0061\":" + A.substring(4) + "}",
                "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}",
                "{" + A + ",\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[1,1]}}",
                "{\"a\":".repeat(100_000),
                "{\"__metadata__\":{\"a\":" + "[".repeat(100_000));
        return Stream.concat(whole, Stream.of(members).map(m -> "{\"a\":{" + m + "}}"));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void aSafetensorsHeaderThatBreaksARuleIsRefused(String header) throws IOException {
        Path file = TestFiles.safetensors(folder, header, 1);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("made.safetensors", "rule:");
    }

    @Test
    void theHeaderThatTheBadOnesWereMadeOfIsRead() throws IOException {
        assertThat(Safetensors.read(TestFiles.safetensors(folder, "{" + A + "}", 1)))
                .containsOnlyKeys("a");
        assertThat(Safetensors.read(TestFiles.safetensors(folder, "{ " + A + " ,\"__metadata__\" : {}\n}  ", 1)))
                .containsOnlyKeys("a");
        assertThat(Safetensors.read(TestFiles.safetensors(folder, "{}", 0))).isEmpty();
    }

    @Test
    void aHeaderThatIsNotUtf8IsRefused() throws IOException {
        Path file = TestFiles.safetensors(folder, "{" + A.replace("a", "?") + "}", 1);
        byte[] bytes = Files.readAllBytes(file);
        bytes[10] = (byte) 0xc0; // an overlong form
        bytes[11] = (byte) 0x80;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("UTF-8");
    }

    @Test
    void aTruthValueThatIsNeitherIsRefused() throws IOException {
        Path file = TestFiles.safetensors(folder, "{" + A.replace("U8", "BOOL") + "}", 1);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] = 2;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("element 0", "'a'", "is 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{'descr': '<f4', 'fortran_order': False}",
                "{'descr': '<f4', 'shape': (1,)}",
                "{'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': [1]}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1.0,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 8)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999999999, 8)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999, 8)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
                "{'descr': '<f4', 'fortran_order': False, 'shape': ()} x",
                "{'descr': '<f4', 'fortran_order': False, 'shape': ()",
                "{'descr': 'f4', 'fortran_order': False, 'shape': ()}",
                "{'descr': '=f4', 'fortran_order': False, 'shape': ()}",
                "{'descr': '|f4', 'fortran_order': False, 'shape': ()}",
                "{'descr': '<f3', 'fortran_order': False, 'shape': ()}",
                "{'descr': '<c16', 'fortran_order': False, 'shape': ()}",
                "{'descr': '<', 'fortran_order': False, 'shape': ()}",
                "{'descr': '', 'fortran_order': False, 'shape': ()}",
                "{'descr': '<U1', 'fortran_order': False, 'shape': ()}",
                "{'descr': '<M8[s]', 'fortran_order': False, 'shape': ()}",
                "{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': ()}",
                "{'descr': '|V4', 'fortran_order': False, 'shape': ()}",
                "{'descr': '<f4, 'fortran_order': False, 'shape': ()}",
                "{'descr': '<\\x664', 'fortran_order': False, 'shape': ()}"
            })
    void anNpyHeaderThatBreaksARuleIsRefused(String header) throws IOException {
        Path file = TestFiles.npy(folder, header, 4);
        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("made.npy", "rule:");
    }

    @Test
    void theNpyHeaderThatTheBadOnesWereMadeOfIsRead() throws IOException {
        String good = "{'descr': '<f4', 'fortran_order': False, 'shape': ()}";
        assertThat(Npy.read(TestFiles.npy(folder, good, 4)).rank()).isZero();
        assertThat(Npy.read(TestFiles.npy(folder, "{\"shape\":(1L,),\"descr\":'>f4',\"fortran_order\":True,}   \n", 4))
                        .rank())
                .isOne();
    }

    @Test
    void anNpyVersionFromTheFutureAndALongHeaderAreRefused() throws IOException {
        Path file = TestFiles.npy(folder, "{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 4);
        byte[] bytes = Files.readAllBytes(file);
        bytes[6] = 4;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("version 4.0");
        bytes[6] = 2;
        bytes[8] = bytes[9] = bytes[10] = bytes[11] = -1;
        Files.write(file, bytes);
        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("4294967295");
    }

    @Test
    void whatIsNoTensorFileIsRefused() throws IOException {
        assumeTrue(Files.isDirectory(folder));
        assertThatThrownBy(() -> TensorFile.open(folder))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(folder.toString());
        assertThatThrownBy(() -> TensorFile.open(folder.resolve("none.npy")))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("none.npy", "no such file");
        assertThatThrownBy(() -> TensorFile.open(Files.writeString(folder.resolve("x.txt"), "hello, this is text")))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("safetensors, npy and npz");
        assertThatThrownBy(() -> TensorFile.open(Files.write(folder.resolve("e.bin"), new byte[0])))
                .hasMessageContaining("empty");
    }

    @Test
    void aPyTorchFileIsRecognisedAndRefused() {
        Path file = SharedData.path("torch-pt/mnist.pt");
        assertThatThrownBy(() -> TensorFile.open(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("PyTorch", "fix:");
    }
}
