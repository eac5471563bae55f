package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.tensor.RandomKey;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Digits are painted onto all sorts of paper, stored, and must come back as they were.
class DigitImageTest {
    private static final int SIDE = 28;
    private static final int AREA = SIDE * SIDE;

    @TempDir
    Path folder;

    /// A way of showing a digit.
    enum Paper {
        BLACK_ON_WHITE(10, Color.WHITE, Color.BLACK, "png"),
        WHITE_ON_BLACK(10, Color.BLACK, Color.WHITE, "png"),
        GREY_ON_GREY(6, new Color(150, 150, 150), new Color(90, 90, 90), "png"),
        BLUE_ON_YELLOW(8, new Color(250, 240, 130), new Color(30, 40, 160), "png"),
        RED_ON_GREEN(8, new Color(30, 120, 60), new Color(240, 130, 120), "png"),
        TINY(1, Color.WHITE, Color.BLACK, "png"),
        HUGE(40, Color.WHITE, new Color(20, 20, 60), "jpg"),
        COARSE_JPEG(5, new Color(240, 238, 230), new Color(40, 40, 50), "jpg"),
        TRANSPARENT_DARK(8, new Color(0, 0, 0, 0), Color.BLACK, "png"),
        TRANSPARENT_LIGHT(8, new Color(0, 0, 0, 0), Color.WHITE, "png"),
        SHADOW(12, Color.WHITE, Color.BLACK, "png"),
        LARGE_SHEET(8, Color.WHITE, Color.BLACK, "png"),
        CORNER(8, Color.WHITE, Color.BLACK, "png"),
        SPECKS(8, Color.WHITE, Color.BLACK, "png"),
        NOISE(8, new Color(225, 220, 215), new Color(60, 60, 70), "png");

        final int zoom;
        final Color paper;
        final Color ink;
        final String format;

        Paper(int zoom, Color paper, Color ink, String format) {
            this.zoom = zoom;
            this.paper = paper;
            this.ink = ink;
            this.format = format;
        }
    }

    private Path paint(byte[] digit, Paper how) throws IOException {
        int side = SIDE * how.zoom;
        boolean clear = how.paper.getAlpha() == 0;
        BufferedImage shape = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        for (int i = 0; i < AREA; i++) {
            shape.setRGB(i % SIDE, i / SIDE, (digit[i] & 0xff) << 24 | how.ink.getRGB() & 0xffffff);
        }
        int margin =
                how == Paper.LARGE_SHEET ? 6 * side : how == Paper.CORNER ? 3 * side : how == Paper.TINY ? 3 : side / 3;
        int width = side + margin;
        int height = side + margin;
        BufferedImage image =
                new BufferedImage(width, height, clear ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(how.paper);
        if (!clear) {
            g.fillRect(0, 0, width, height);
        }
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        int at = how == Paper.CORNER ? margin - side / 10 : margin / 2;
        g.drawImage(shape, at, how == Paper.CORNER ? side / 10 : at, side, side, null);
        if (how == Paper.SPECKS) {
            g.setColor(how.ink);
            g.fillRect(4, 4, 5, 5);
            g.fillOval(width - 12, height - 40, 6, 6);
        }
        Random random = new Random(1);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (how == Paper.SHADOW) {
                    image.setRGB(x, y, scaled(image.getRGB(x, y), 1 - 0.65 * (x + 0.5 * y) / (1.5 * width), 0));
                } else if (how == Paper.NOISE) {
                    image.setRGB(x, y, scaled(image.getRGB(x, y), 1, 14 * random.nextGaussian()));
                }
            }
        }
        g.dispose();
        Path file = folder.resolve("digit." + how.format);
        assertThat(ImageIO.write(image, how.format, file.toFile())).isTrue();
        return file;
    }

    private static int scaled(int rgb, double factor, double more) {
        int out = 0xff;
        for (int shift = 16; shift >= 0; shift -= 8) {
            out = out << 8 | (int) Math.clamp(Math.round((rgb >> shift & 0xff) * factor + more), 0L, 255L);
        }
        return out;
    }

    /// How alike two pictures are, from -1 to 1, at the best of small shifts of one pixel.
    private static double alike(float[] a, byte[] b) {
        double best = -1;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                double sx = 0;
                double sy = 0;
                double xx = 0;
                double yy = 0;
                double xy = 0;
                for (int i = 0; i < AREA; i++) {
                    int column = i % SIDE + dx;
                    int row = i / SIDE + dy;
                    boolean inside = column >= 0 && column < SIDE && row >= 0 && row < SIDE;
                    double u = a[i];
                    double v = inside ? (b[row * SIDE + column] & 0xff) / 255.0 : 0;
                    sx += u;
                    sy += v;
                    xx += u * u;
                    yy += v * v;
                    xy += u * v;
                }
                double cov = xy - sx * sy / AREA;
                best = Math.max(best, cov / Math.sqrt((xx - sx * sx / AREA) * (yy - sy * sy / AREA)));
            }
        }
        return best;
    }

    @ParameterizedTest
    @EnumSource(Paper.class)
    void aDigitOnAnyPaperComesBackAsItWas(Paper paper) throws IOException {
        Handwriting writer = new Handwriting(RandomKey.of(4), Handwriting.CALM);
        double sum = 0;
        double least = 1;
        int count = 8;
        for (int i = 0; i < count; i++) {
            byte[] digit = new byte[AREA];
            writer.write(i, digit, 0);
            var tensor = DigitImage.load(paint(digit, paper));
            assertThat(tensor.shape().dims()).containsExactly(1, SIDE, SIDE);
            float[] read = tensor.toFloats();
            for (float v : read) {
                assertThat(v).isBetween(0f, 1f);
            }
            double r = alike(read, digit);
            sum += r;
            least = Math.min(least, r);
        }
        assertThat(sum / count).as("mean likeness, %s", paper).isGreaterThan(0.93);
        assertThat(least).as("least likeness, %s", paper).isGreaterThan(0.8);
    }

    @Test
    void aPictureInMnistsFormIsTakenAsItIs() throws IOException {
        byte[] digit = new byte[AREA];
        new Handwriting(RandomKey.of(1), 0).write(3, digit, 0);
        BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setDataElements(0, 0, SIDE, SIDE, digit);
        Path file = folder.resolve("mnist.png");
        ImageIO.write(image, "png", file.toFile());
        float[] read = DigitImage.load(file).toFloats();
        for (int i = 0; i < AREA; i++) {
            assertThat(Math.round(read[i] * 255)).isBetween((digit[i] & 0xff) - 1, (digit[i] & 0xff) + 1);
        }
    }

    @Test
    void thinLinesAreReadableAfterShrinking() throws IOException {
        BufferedImage image = new BufferedImage(1200, 1200, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, 1200, 1200);
        g.setColor(Color.BLACK);
        g.setStroke(new java.awt.BasicStroke(6));
        g.drawLine(300, 200, 900, 200);
        g.drawLine(900, 200, 500, 1000);
        Path file = folder.resolve("seven.png");
        ImageIO.write(image, "png", file.toFile());
        float[] read = DigitImage.load(file).toFloats();
        double ink = 0;
        float most = 0;
        for (float v : read) {
            ink += v;
            most = Math.max(most, v);
        }
        assertThat(most).isGreaterThan(0.9f);
        assertThat(ink).as("ink, an MNIST seven has about 90").isBetween(35.0, 140.0);
    }

    @Test
    void theDigitIsCentredByItsMass() throws IOException {
        byte[] digit = new byte[AREA];
        new Handwriting(RandomKey.of(1), 0).write(7, 5, digit, 0);
        float[] read = DigitImage.load(paint(digit, Paper.CORNER)).toFloats();
        double mass = 0;
        double mx = 0;
        double my = 0;
        for (int i = 0; i < AREA; i++) {
            int row = i / SIDE;
            mass += read[i];
            mx += read[i] * (i % SIDE);
            my += read[i] * row;
        }
        assertThat(mx / mass).isBetween(12.9, 14.1);
        assertThat(my / mass).isBetween(12.9, 14.1);
    }

    // ---- what is no digit

    private void refused(byte[] bytes, String name, String word) throws IOException {
        Path file = Files.write(folder.resolve(name), bytes);
        assertThatThrownBy(() -> DigitImage.load(file))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(name)
                .hasMessageContaining(word);
    }

    @Test
    void whatIsNoPictureIsRefused() throws IOException {
        refused(new byte[0], "empty.png", "no picture");
        refused("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "text.png", "no picture");
        assertThatThrownBy(() -> DigitImage.load(folder.resolve("nowhere.png")))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("nowhere.png");
        assertThatThrownBy(() -> DigitImage.load(folder)).isInstanceOf(DataException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"BLACK_ON_WHITE", "COARSE_JPEG"})
    void aDamagedPictureIsRefusedOrReadButBreaksNothing(Paper paper) throws IOException {
        byte[] digit = new byte[AREA];
        new Handwriting(RandomKey.of(1), 0).write(3, digit, 0);
        byte[] whole = Files.readAllBytes(paint(digit, paper));
        long seed = Long.getLong("cajal.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 80; i++) {
            byte[] bytes = i % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (i % 2 == 1) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Path file = Files.write(folder.resolve("broken." + paper.format), bytes);
            try {
                DigitImage.load(file);
            } catch (DataException e) {
                assertThat(e).as("seed %d", seed).hasMessageContaining("broken.");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", try " + i, e);
            }
        }
    }

    @Test
    void theDamagedPicturesOfTheCollectionAreRefusedAndTheOthersDecoded() throws IOException {
        Path suite = SharedData.path("png-suite");
        int refused = 0;
        int decoded = 0;
        try (var files = Files.list(suite)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".png")).toList()) {
                try {
                    DigitImage.load(file);
                    decoded++;
                } catch (DataException e) {
                    boolean plain = e.getMessage().contains("no digit"); // it was decoded, but is of one colour
                    refused += plain ? 0 : 1;
                    decoded += plain ? 1 : 0;
                    assertThat(plain ? "" : file.getFileName().toString())
                            .as(e.getMessage())
                            .matches("|x.*");
                }
            }
        }
        assertThat(decoded).isEqualTo(20);
        assertThat(refused).isEqualTo(5);
    }

    /// A PNG whose header announces 100,000 x 100,000 pixels, in 50 bytes.
    @Test
    void aPictureOfTooManyPixelsIsRefusedBeforeItIsDecoded() throws IOException {
        ByteBuffer b = ByteBuffer.allocate(57);
        b.putLong(0x89504E470D0A1A0AL);
        byte[] header = ByteBuffer.allocate(17)
                .put("IHDR".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .putInt(100_000)
                .putInt(100_000)
                .put(new byte[] {8, 0, 0, 0, 0})
                .array();
        CRC32 crc = new CRC32();
        crc.update(header);
        b.putInt(13).put(header).putInt((int) crc.getValue());
        refused(b.array(), "large.png", "100000 x 100000");
    }

    @Test
    void aPictureOfOneColourShowsNoDigit() throws IOException {
        for (Color color : new Color[] {Color.WHITE, Color.BLACK, new Color(90, 120, 30)}) {
            BufferedImage image = new BufferedImage(200, 100, BufferedImage.TYPE_INT_RGB);
            Graphics2D g = image.createGraphics();
            g.setColor(color);
            g.fillRect(0, 0, 200, 100);
            Path file = folder.resolve("plain.png");
            ImageIO.write(image, "png", file.toFile());
            assertThatThrownBy(() -> DigitImage.load(file))
                    .isInstanceOf(DataException.class)
                    .hasMessageContainingAll("plain.png", "no digit");
        }
    }
}
