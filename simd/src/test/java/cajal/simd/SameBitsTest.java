package cajal.simd;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.FloatMath;
import cajal.kernel.ScalarFloats;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same bits interpreted and compiled, cold and warm, at every vector width, with the Vector API and
/// without, for any number of threads: each of them its own Java process.
@Timeout(120)
class SameBitsTest {
    private static final String EXPECTED = Long.toHexString(PrimitivesHash.of(new ScalarFloats()));

    private static String place(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The folder of this module's test classes: where this class is loaded from, unless it is patched into
    /// its module.
    private static String tests() {
        Path maven = Path.of(System.getProperty("basedir", ""), "target", "test-classes")
                .toAbsolutePath();
        return maven.resolve("cajal/simd/PrimitivesHash.class").toFile().exists()
                ? maven.toString()
                : place(PrimitivesHash.class);
    }

    private static List<String> hashes(String primitives, int threads, int rounds, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+UseSerialGC"));
        command.addAll(List.of(options));
        String separator = System.getProperty("path.separator");
        command.addAll(List.of("-cp", String.join(separator, tests(), place(Gemm.class), place(FloatMath.class))));
        command.addAll(List.of("cajal.simd.PrimitivesHash", primitives, "" + threads, "" + rounds));
        Process process = new ProcessBuilder(command).start();
        try (InputStream out = process.getInputStream();
                InputStream err = process.getErrorStream()) {
            List<String> lines = new String(out.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            String trouble = new String(err.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as("%s%n%s", command, trouble).isZero();
            return lines;
        }
    }

    @Test
    void inThisProcessVectorsGiveTheBitsOfPlainLoops() {
        for (int i = 0; i < 20; i++)
            assertThat(Long.toHexString(PrimitivesHash.of(new VectorFloats()))).isEqualTo(EXPECTED);
    }

    @ParameterizedTest
    @ValueSource(ints = {128, 256, 512})
    void everyVectorWidthGivesTheSameBitsColdAndWarm(int bits) throws IOException, InterruptedException {
        assertThat(hashes("vector", 2, 20, "-Dcajal.simd.bits=" + bits))
                .hasSize(20)
                .containsOnly(EXPECTED);
    }

    @Test
    void interpretedVectorCodeGivesTheSameBits() throws IOException, InterruptedException {
        assertThat(hashes("vector", 1, 1, "-Xint")).containsExactly(EXPECTED);
    }

    @Test
    void interpretedPlainLoopsGiveTheSameBits() throws IOException, InterruptedException {
        assertThat(hashes("scalar", 3, 1, "-Xint")).hasSize(1).containsOnly(EXPECTED);
    }

    @Test
    void warmPlainLoopsGiveTheSameBits() throws IOException, InterruptedException {
        assertThat(hashes("scalar", 1, 30)).hasSize(30).containsOnly(EXPECTED);
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-Xint -Dcajal.simd.bits=128",
                "-Xint -Dcajal.simd.bits=256",
                "-Xint -Dcajal.simd.bits=512",
                "-XX:TieredStopAtLevel=1",
                "-XX:-TieredCompilation",
                "-XX:UseAVX=2",
                "-Dcajal.simd.bits=512 -XX:UseAVX=2"
            })
    void everyCompilerGivesTheSameBits(String options) throws IOException, InterruptedException {
        boolean interpreted = options.contains("-Xint"); // takes seconds, and shares work as compiled code does
        int rounds = interpreted ? 1 : 30;
        for (int threads = interpreted ? 3 : 1; threads <= 3; threads++) {
            var all = new ArrayList<>(List.of(options.split(" ")));
            all.add("-XX:+IgnoreUnrecognizedVMOptions");
            assertThat(hashes("vector", threads, rounds, all.toArray(String[]::new)))
                    .hasSize(rounds)
                    .containsOnly(EXPECTED);
        }
    }
}
