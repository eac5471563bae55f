package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
    @TempDir
    Path folder;

    @Test
    void theFirstThousandPicturesHaveTheirKnownValues() throws IOException {
        Path file = SharedData.path("cifar10-small/data_1000.bin");
        Dataset data = Cifar10.files(file);
        assertThat(data.size()).isEqualTo(1000);
        assertThat(data.inputShape().dims()).containsExactly(3, 32, 32);
        assertThat(data.classes()).isEqualTo(Files.readAllLines(file.resolveSibling("classes.txt")));
        assertThat(ClassWeights.counts(data)).containsExactly(102, 112, 99, 92, 99, 85, 107, 102, 99, 103);
        Batch batch = data.batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(batch.targets().toLongs()).containsExactly(6, 9, 9, 4, 1, 1, 2, 7, 8, 3);
        double[] first = Arrays.copyOf(batch.inputs().mul(255).toDoubles(), 3072);
        assertThat(Arrays.copyOf(first, 6)).containsExactly(new double[] {59, 43, 50, 68, 98, 119}, within(1e-4));
        assertThat(DoubleStream.of(first).sum()).isEqualTo(317790, within(0.1));
    }

    @Test
    void channelsAreStandardisedByTheirMeanAndDeviation() {
        Dataset data = Cifar10.files(SharedData.path("cifar10-small/data_1000.bin"));
        Standardise by = Standardise.channels(data);
        assertThat(by.mean()).hasSize(3);
        double[] mean = {0.490339, 0.482853, 0.445516};
        double[] deviation = {0.245659, 0.242936, 0.261934};
        for (int c = 0; c < 3; c++) {
            assertThat(by.mean().get(c)).isEqualTo(mean[c], within(5e-7));
            assertThat(by.scale().get(c)).isEqualTo(deviation[c], within(5e-7));
        }
        Standardise again = Standardise.channels(by.apply(data));
        for (int c = 0; c < 3; c++) {
            assertThat(again.mean().get(c)).isEqualTo(0, within(1e-6));
            assertThat(again.scale().get(c)).isEqualTo(1, within(1e-6));
        }
        assertThat(Standardise.of(by.toMap())).isEqualTo(by);
    }

    /// Records whose label is `from + i` modulo 10 and whose pixels are all `i`.
    private static byte[] records(int count, int from) {
        byte[] all = new byte[count * 3073];
        for (int i = 0; i < count; i++) {
            Arrays.fill(all, i * 3073, (i + 1) * 3073, (byte) i);
            all[i * 3073] = (byte) ((from + i) % 10);
        }
        return all;
    }

    @Test
    void aFolderOfFilesIsRead() throws IOException {
        Path below = Files.createDirectories(folder.resolve("cifar-10-batches-bin"));
        assertThatThrownBy(() -> Cifar10.read(folder)).hasMessageContaining("no CIFAR-10 files in");
        Files.write(below.resolve("data_batch_1.bin"), records(3, 0));
        Files.write(below.resolve("data_batch_2.bin"), records(2, 7));
        Files.write(below.resolve("test_batch.bin"), records(1, 4));
        Cifar10 cifar = Cifar10.read(folder);
        assertThat(ClassWeights.labels(cifar.train())).containsExactly(0, 1, 2, 7, 8);
        assertThat(ClassWeights.labels(cifar.test())).containsExactly(4);
        assertThat(cifar.train().batch(4).inputs().mean().item()).isEqualTo(1 / 255.0, within(1e-9));
    }

    @Test
    void theArchiveIsReadWithoutUnpackingIt() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 1; i <= 5; i++) {
            files.put("cifar-10-batches-bin/data_batch_" + i + ".bin", records(i, i));
        }
        files.put("cifar-10-batches-bin/readme.html", "<html>".getBytes(StandardCharsets.UTF_8));
        files.put("cifar-10-batches-bin/test_batch.bin", records(2, 3));
        Path archive = folder.resolve("cifar-10-binary.tar.gz");
        byte[] whole = tar(files);
        Files.write(archive, gzip(whole));
        Cifar10 cifar = Cifar10.read(folder);
        assertThat(ClassWeights.labels(cifar.train())).containsExactly(1, 2, 3, 3, 4, 5, 4, 5, 6, 7, 5, 6, 7, 8, 9);
        assertThat(ClassWeights.labels(cifar.test())).containsExactly(3, 4);

        Files.write(archive, gzip(Arrays.copyOf(whole, whole.length / 2)));
        assertThatThrownBy(() -> Cifar10.read(folder))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("cifar-10-binary.tar.gz");
        Files.write(archive, Arrays.copyOf(gzip(whole), 300));
        assertThatThrownBy(() -> Cifar10.read(folder)).hasMessageContaining("ends too early");
        files.remove("cifar-10-batches-bin/test_batch.bin");
        Files.write(archive, gzip(tar(files)));
        assertThatThrownBy(() -> Cifar10.read(folder)).hasMessageContaining("lacks test_batch.bin");
        byte[] header = tar(files);
        header[0] ^= 1;
        Files.write(archive, gzip(header));
        assertThatThrownBy(() -> Cifar10.read(folder)).hasMessageContaining("checksum of a file's header");
    }

    @Test
    void damagedRecordsAreRefused() throws IOException {
        Path file = folder.resolve("x.bin");
        Files.write(file, new byte[3072]);
        assertThatThrownBy(() -> Cifar10.files(file))
                .hasMessageContaining("3072 bytes")
                .hasMessageContaining("3073");
        Files.write(file, new byte[0]);
        assertThatThrownBy(() -> Cifar10.files(file)).hasMessageContaining("0 bytes");
        byte[] label = records(3, 0);
        label[2 * 3073] = 10;
        Files.write(file, label);
        assertThatThrownBy(() -> Cifar10.files(file)).hasMessageContaining("record 2: the label is 10");
        assertThatThrownBy(() -> Cifar10.files(folder.resolve("none.bin"))).hasMessageContaining("cannot be read");
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gz = new GZIPOutputStream(out)) {
            gz.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] tar(Map<String, byte[]> files) {
        var out = new ByteArrayOutputStream();
        files.forEach((name, bytes) -> {
            byte[] header = new byte[512];
            put(header, 0, name);
            put(header, 124, "%011o".formatted(bytes.length));
            header[156] = '0';
            put(header, 148, "        ");
            int sum = 0;
            for (byte b : header) {
                sum += b & 0xff;
            }
            put(header, 148, "%06o\0 ".formatted(sum));
            out.writeBytes(header);
            out.writeBytes(bytes);
            out.writeBytes(new byte[(512 - bytes.length % 512) % 512]);
        });
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, header, at, ascii.length);
    }
}
