package cajal.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cajal.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFullDiskLeavesTheOldFileAndNothingElse() throws IOException {
        Path target = Files.writeString(folder.resolve("model"), "old");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll(target.toString(), "No space left on device", "rule:")
                .hasCauseInstanceOf(IOException.class);
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("model");
    }

    @Test
    void anErrorOfAnyKindLeavesTheOldFileAndNothingElse() throws IOException {
        Path target = Files.writeString(folder.resolve("model"), "old");
        assertThatThrownBy(() -> AtomicFile.write(target, out -> {
                    out.write(1);
                    throw new IllegalStateException("stop");
                }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("model");
    }

    @Test
    void theOldFileIsThereWhileTheNewOneIsWritten() throws IOException {
        Path target = Files.writeString(folder.resolve("model"), "old");
        AtomicFile.write(target, out -> {
            out.write("new".getBytes(StandardCharsets.UTF_8));
            out.flush();
            assertThat(target).hasContent("old");
        });
        assertThat(target).hasContent("new");
        assertThat(names()).containsExactly("model");
    }

    @Test
    void aFolderThatMayNotBeWrittenToGivesAnErrorWithPathAndCause() throws IOException {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        assumeTrue(Files.getFileStore(closed).supportsFileAttributeView("posix"));
        Path target = Files.writeString(closed.resolve("model.safetensors"), "old");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeFalse(Files.isWritable(closed), "this user may write anywhere");
            assertThatThrownBy(() -> Safetensors.write(target, Map.of("a", Tensor.of(1))))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContainingAll(target.toString(), "access denied");
            assertThat(target).hasContent("old");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void aFileSystemThatTakesNoFilesGivesAnErrorWithPathAndCause() {
        assumeTrue(Files.isDirectory(Path.of("/proc/self")));
        assertThatThrownBy(() -> Safetensors.write(Path.of("/proc/x.safetensors"), Map.of("a", Tensor.of(1))))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("/proc/x.safetensors", "cannot be written");
    }

    @Test
    void folderAndTargetThatCannotBeAreNamed() throws IOException {
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("no/such/model"), _ -> {}))
                .isInstanceOf(FormatException.class)
                .hasMessageContainingAll("no folder", "fix:");
        assertThatThrownBy(() -> AtomicFile.write(folder, _ -> {}))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("no regular file");
        assertThat(names()).isEmpty();
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path real = Files.writeString(folder.resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        AtomicFile.write(link, out -> out.write('n'));
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(real).hasContent("n");
    }

    @Test
    void whatAKilledProcessLeftIsSweptUpLaterAndWhatIsBeingWrittenIsNot() throws IOException {
        Path left = Files.writeString(folder.resolve(".model.123-1.tmp"), "half");
        Path other = Files.writeString(folder.resolve(".model.124-1.tmp"), "half");
        Path foreign = Files.writeString(folder.resolve(".other.123-1.tmp"), "half");
        FileTime old = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
        Files.setLastModifiedTime(left, old);
        Files.setLastModifiedTime(foreign, old);
        AtomicFile.write(folder.resolve("model"), out -> out.write('n'));
        assertThat(left).doesNotExist();
        assertThat(other).exists();
        assertThat(foreign).exists();
    }

    @Test
    void readersSeeTheOldFileOrTheNewOneAndNeverAPart() throws Exception {
        Path target = folder.resolve("model.safetensors");
        Safetensors.write(target, Map.of("w", Tensor.full(0, 50_000)));
        var done = new AtomicBoolean();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 1; i <= 20; i++) {
                Safetensors.write(target, Map.of("w", Tensor.full(i, 50_000)));
            }
            done.set(true);
        });
        int seen = 0;
        while (!done.get()) {
            float[] w = Safetensors.read(target).get("w").toFloats();
            for (float x : w) {
                assertThat(x == w[0]).isTrue();
            }
            seen++;
        }
        writer.join();
        assertThat(seen).isPositive();
        assertThat(Safetensors.read(target).get("w").get(49_999)).isEqualTo(20);
    }
}
