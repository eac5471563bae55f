package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.tensor.RandomKey;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    Path root;

    /// A picture whose pixel `(x, y)` has the red `x`, the green `y` and the blue 7.
    private static void ramp(Path file, int width, int height) throws IOException {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.setRGB(x, y, x << 16 | y << 8 | 7);
            }
        }
        Files.createDirectories(file.getParent());
        ImageIO.write(image, "png", file.toFile());
    }

    @Test
    void classesAndFilesAreInTheOrderOfTheirNames() throws IOException {
        for (String file : List.of("b/2.png", "b/1.png", "a/x/9.png", "a/3.PNG", "c/1.png", ".hidden/1.png")) {
            ramp(root.resolve(file), 8, 8);
        }
        Files.writeString(root.resolve("a/notes.txt"), "no picture");
        ImageFolder data = ImageFolder.of(root, 8);
        assertThat(data.classes()).containsExactly("a", "b", "c");
        assertThat(data.files().stream().map(f -> root.relativize(f).toString().replace('\\', '/')))
                .containsExactly("a/3.PNG", "a/x/9.png", "b/1.png", "b/2.png", "c/1.png");
        assertThat(ClassWeights.labels(data)).containsExactly(0, 0, 1, 1, 2);
        assertThat(data.name(4)).endsWith("1.png");
        assertThat(data.inputShape().dims()).containsExactly(3, 8, 8);
    }

    @Test
    void aPictureIsResizedAndItsMiddleCutOut() throws IOException {
        ramp(root.resolve("a/1.png"), 10, 6);
        float[] x = ImageFolder.of(root, 6).batch(0).inputs().mul(255).toFloats();
        assertThat(x).hasSize(3 * 36);
        assertThat(Math.round(x[0])).isEqualTo(2); // columns 2 .. 7
        assertThat(Math.round(x[5])).isEqualTo(7);
        assertThat(Math.round(x[36 + 6])).isEqualTo(1);
        assertThat(Math.round(x[72])).isEqualTo(7);
        ImageFolder wide = ImageFolder.of(root, 6).crop(8, 10);
        float[] y = wide.batch(0).inputs().mul(255).toFloats();
        assertThat(Arrays.copyOf(y, 10)).containsOnly(0); // black above
        assertThat(Math.round(y[19])).isEqualTo(9);
        assertThat(wide.grey().inputShape().dims()).containsExactly(1, 8, 10);
        assertThat(ImageFolder.of(root, 6).resize(12).crop(12, 20).inputShape().dims())
                .containsExactly(3, 12, 20);
        assertThatThrownBy(() -> ImageFolder.of(root, 0)).hasMessageContaining("[0] pixels");
    }

    /// The pictures were made by Pillow: resized to 256 x 256, cut to 227 x 227.
    @Test
    void photosAreDecodedAndResizedToTheBytesOfPillow() throws IOException {
        Path photos = SharedData.path("squeezenet/photos");
        try (Stream<Path> crops = Files.list(photos.resolveSibling("crops"))) {
            List<Path> expected = crops.sorted().toList();
            assertThat(expected).hasSize(12);
            for (Path crop : expected) {
                String name = crop.getFileName().toString().replace(".png", ".");
                Path photo;
                try (Stream<Path> all = Files.list(photos)) {
                    photo = all.filter(p -> p.getFileName().toString().startsWith(name))
                            .findFirst()
                            .orElseThrow();
                }
                Pixels made = Pixels.of(PictureFile.decode(photo, Long.MAX_VALUE), false)
                        .resized(256, 256)
                        .centre(227, 227);
                Pixels wanted = Pixels.of(PictureFile.decode(crop, Long.MAX_VALUE), false);
                if (name.equals("dog_bike_car.")) { // Java's decoder differs in this file's colours, by 8 at most
                    assertThat(distance(made.values(), wanted.values())).isBetween(0.0, 0.5);
                } else {
                    assertThat(made.values()).as("%s", photo).isEqualTo(wanted.values());
                }
            }
        }
    }

    private static double distance(byte[] a, byte... b) {
        assertThat(a).hasSameSizeAs(b);
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            int difference = Math.abs((a[i] & 0xff) - (b[i] & 0xff));
            assertThat(difference).isLessThanOrEqualTo(8);
            sum += difference;
        }
        return sum / a.length;
    }

    @Test
    void antsAndBeesAreRead() {
        ImageFolder data = ImageFolder.of(SharedData.path("ants-bees/train"), 64);
        assertThat(data.classes()).containsExactly("ants", "bees");
        assertThat(ClassWeights.counts(data)).containsExactly(123, 121);
        Batch batch = Batches.shuffled(data, 32, RandomKey.of(1)).prefetch(2).at(0, 0);
        assertThat(batch.inputs().shape().dims()).containsExactly(32, 3, 64, 64);
        assertThat(batch.inputs().min().item()).isBetween(0.0, 0.1);
        assertThat(batch.inputs().max().item()).isBetween(0.9, 1.0);
        assertThat(batch.inputs().mean().item()).isBetween(0.3, 0.6);
        assertThat(data.input(data.files().get(3)).toFloats())
                .isEqualTo(data.batch(3).inputs().toFloats());
    }

    @Test
    void brokenFilesAreRefusedByNameOrLeftOut() throws IOException {
        ramp(root.resolve("a/1.png"), 8, 8);
        ramp(root.resolve("a/2.png"), 8, 8);
        ramp(root.resolve("b/3.png"), 8, 8);
        Path cut = root.resolve("a/2.png");
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
        Path text = Files.writeString(root.resolve("b/4.jpg"), "I am no picture");
        ImageFolder all = ImageFolder.of(root, 8);
        assertThatThrownBy(() -> Batches.inOrder(all, 2).prefetch(2).at(0, 0))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("2.png")
                .hasMessageContaining("skipBroken()");
        ImageFolder whole = all.skipBroken();
        assertThat(whole.size()).isEqualTo(2);
        assertThat(whole.broken()).containsOnlyKeys(cut, text);
        assertThat(whole.broken().get(text)).contains("no picture");
        assertThat(ClassWeights.labels(whole)).containsExactly(0, 1);
        assertThat(whole.all().inputs().dim(0)).isEqualTo(2);
        Files.write(root.resolve("a/1.png"), new byte[9]);
        Files.write(root.resolve("b/3.png"), new byte[9]);
        assertThatThrownBy(all::skipBroken).hasMessageContaining("None of the 4 pictures");
    }

    @Test
    void foldersThatAreNoDataSetAreRefused() throws IOException {
        assertThatThrownBy(() -> ImageFolder.of(root.resolve("none"), 8)).hasMessageContaining("no folder");
        assertThatThrownBy(() -> ImageFolder.of(root, 8)).hasMessageContaining("holds no folders");
        Files.createDirectories(root.resolve("a"));
        assertThatThrownBy(() -> ImageFolder.of(root, 8)).hasMessageContaining("a holds no picture");
    }
}
