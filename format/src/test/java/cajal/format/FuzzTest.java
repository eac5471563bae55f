package cajal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Valid files, damaged at random: only a [FormatException] or a success may come of it. The module's tests run
/// in a heap of 128 MiB, so that memory taken for a length that nobody checked ends in an error that fails the
/// test.
class FuzzTest {
    private static final int ROUNDS = Integer.getInteger("cajal.fuzz.rounds", 1000);
    private static final long SEED = Long.getLong("cajal.fuzz.seed", 42);

    @TempDir
    Path folder;

    private static SequencedMap<String, Tensor> tensors(boolean bfloat) {
        var random = new Random(SEED);
        var all = new LinkedHashMap<String, Tensor>();
        for (DType dtype : DType.values()) {
            if (bfloat || dtype != DType.BF16) {
                all.put("layer." + dtype, TestFiles.random(dtype, random, 2, 3));
            }
        }
        return all;
    }

    @Test
    void damagedSafetensors() throws IOException {
        Path path = folder.resolve("f.safetensors");
        Safetensors.write(path, tensors(true), Map.of("format", "pt", "note", "é\"\\"));
        fuzz(path, "-Xmx");
    }

    @Test
    void damagedNpy() throws IOException {
        Path path = folder.resolve("f.npy");
        Npy.write(path, TestFiles.random(DType.F32, new Random(SEED), 3, 4));
        fuzz(path, "-Xmx");
    }

    @Test
    void damagedStoredNpz() throws IOException {
        Path path = folder.resolve("s.npz");
        Npz.write(path, tensors(false));
        fuzz(path, "table of contents");
    }

    @Test
    void damagedDeflatedNpz() throws IOException {
        Path path = folder.resolve("d.npz");
        Npz.writeCompressed(path, tensors(false));
        fuzz(path, "table of contents");
    }

    /// `never` is a text that no message may hold: the file is too small to run out of memory by right.
    private void fuzz(Path path, String never) throws IOException {
        byte[] valid = Files.readAllBytes(path);
        var random = new Random(SEED);
        int read = 0;
        int refused = 0;
        long start = System.nanoTime();
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bad = damaged(valid, random);
            Files.write(path, bad);
            try (TensorFile f = TensorFile.open(path)) {
                f.tensors();
                read++;
            } catch (FormatException e) {
                refused++;
                assertThat(e.getMessage())
                        .contains(path.getFileName().toString(), "rule:")
                        .doesNotContain(never);
            } catch (Throwable e) {
                Path kept = Files.write(Files.createTempFile("cajal-fuzz", "." + path.getFileName()), bad);
                fail("seed " + SEED + ", round " + i + ", file kept as " + kept, e);
            }
        }
        assertThat(refused).as("refused, while %d were read", read).isGreaterThan(ROUNDS / 3);
        assertThat(read + refused).isEqualTo(ROUNDS);
        assertThat((System.nanoTime() - start) / 1e9).as("seconds").isLessThan(0.04 * ROUNDS);
    }

    private static byte[] damaged(byte[] valid, Random random) {
        byte[] b = valid.clone();
        int at = random.nextInt(b.length);
        switch (random.nextInt(6)) {
            case 0 -> b = Arrays.copyOf(b, at);
            case 1 -> b = Arrays.copyOf(b, b.length + random.nextInt(1, 64));
            case 2 -> { // a whole word of extremes
                byte fill = (byte) new int[] {0, 0xff, 0x7f, 0x80}[random.nextInt(4)];
                Arrays.fill(b, at, Math.min(b.length, at + 1 + random.nextInt(8)), fill);
            }
            case 3 -> { // digits grow: lengths and offsets that lie
                for (int i = at; i < Math.min(b.length, at + 40); i++) {
                    b[i] = b[i] >= '0' && b[i] <= '9' ? (byte) ('0' + random.nextInt(10)) : b[i];
                }
            }
            case 4 -> { // a piece moves
                int n = random.nextInt(Math.min(32, b.length - at));
                System.arraycopy(valid, random.nextInt(b.length - n), b, at, n);
            }
            default -> {
                for (int i = random.nextInt(1, 5); i > 0; i--) {
                    b[random.nextInt(b.length)] ^= (byte) (1 << random.nextInt(8));
                }
            }
        }
        return b;
    }
}
