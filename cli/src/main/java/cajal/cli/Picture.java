package cajal.cli;

import cajal.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;

/// Pictures in the terminal: two rows of pixels a line, each character cell split by a half block.
final class Picture {
    private static final String SHADES = " ░▒▓█";

    private Picture() {}

    /// The lines of a picture `(height, width)`, `(1, height, width)` or, in colour, `(3, height, width)` of
    /// values in 0..1, bright on dark.
    ///
    /// @param colour whether greys and colours may be used; otherwise a pixel is on or off, or a shade
    static List<String> lines(Tensor picture, boolean colour) {
        if (picture.rank() == 3 && picture.dim(0) == 3) {
            return colour ? coloured(picture) : shaded(luminance(picture));
        }
        Tensor p = picture.rank() == 3 ? picture.at(0) : picture;
        int height = (int) p.dim(0);
        int width = (int) p.dim(1);
        float[] v = p.toFloats();
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < height; y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < width; x++) {
                float top = v[y * width + x];
                float bottom = y + 1 < height ? v[(y + 1) * width + x] : 0;
                line.append(colour ? grey(top, bottom) : plain(top, bottom));
            }
            lines.add(line.append(colour ? "\u001b[0m" : "").toString());
        }
        return lines;
    }

    /// Brightness as the eye sees it (ITU-R BT.601).
    private static Tensor luminance(Tensor rgb) {
        return rgb.at(0).mul(0.299).add(rgb.at(1).mul(0.587)).add(rgb.at(2).mul(0.114));
    }

    /// A photo without colours: a shade for each two pixels above each other.
    private static List<String> shaded(Tensor grey) {
        int width = (int) grey.dim(1);
        float[] v = grey.toFloats();
        List<String> lines = new ArrayList<>();
        for (int y = 0; y + 1 < grey.dim(0); y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < width; x++) {
                float mean = (v[y * width + x] + v[(y + 1) * width + x]) / 2;
                line.append(SHADES.charAt(Math.clamp((int) (mean * SHADES.length()), 0, SHADES.length() - 1)));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    private static List<String> coloured(Tensor rgb) {
        int height = (int) rgb.dim(1);
        int width = (int) rgb.dim(2);
        float[] v = rgb.toFloats();
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < height; y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < width; x++) {
                line.append("\u001b[38;2;")
                        .append(colour(v, height, width, y, x))
                        .append(";48;2;");
                line.append(colour(v, height, width, Math.min(y + 1, height - 1), x))
                        .append("m▀");
            }
            lines.add(line.append("\u001b[0m").toString());
        }
        return lines;
    }

    private static String colour(float[] v, int height, int width, int y, int x) {
        StringBuilder text = new StringBuilder();
        for (int c = 0; c < 3; c++) {
            text.append(c == 0 ? "" : ";")
                    .append(Math.clamp(Math.round(v[(c * height + y) * width + x] * 255), 0, 255));
        }
        return text.toString();
    }

    /// Pictures beside each other, each under its caption.
    static String beside(List<Tensor> pictures, List<String> captions, int gap, boolean colour) {
        StringBuilder text = new StringBuilder();
        List<List<String>> drawn = pictures.stream().map(p -> lines(p, colour)).toList();
        for (int i = 0; i < pictures.size(); i++) {
            int width = (int) pictures.get(i).dim(-1) + gap;
            String caption = captions.get(i);
            String cut = caption.length() > width - 1 ? caption.substring(0, width - 1) : caption;
            text.append(cut).append(" ".repeat(width - cut.length()));
        }
        String spaces = " ".repeat(gap);
        for (int y = 0; y < drawn.getFirst().size(); y++) {
            text.append('\n');
            for (List<String> lines : drawn) {
                text.append(lines.get(y)).append(spaces);
            }
        }
        return text.toString()
                .lines()
                .map(String::stripTrailing)
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }

    private static String grey(float top, float bottom) {
        return "\u001b[38;5;" + level(top) + ";48;5;" + level(bottom) + "m▀";
    }

    /// The nearest of the 24 greys of a 256-colour terminal.
    private static int level(float value) {
        return 232 + Math.clamp(Math.round(value * 23), 0, 23);
    }

    private static String plain(float top, float bottom) {
        boolean up = top >= 0.5f;
        boolean down = bottom >= 0.5f;
        if (up || down) {
            return up && down ? "█" : up ? "▀" : "▄";
        }
        float mean = (top + bottom) / 2;
        return String.valueOf(SHADES.charAt(Math.clamp((int) (mean * 4), 0, 2)));
    }

    /// A bar of `width` cells of which the share `value` is full.
    static String bar(double value, int width) {
        int eighths = (int) Math.round(Math.clamp(value, 0, 1) * width * 8);
        String full = "█".repeat(eighths / 8);
        return eighths % 8 == 0 ? full : full + " ▏▎▍▌▋▊▉".charAt(eighths % 8);
    }

    /// Writes a picture `(1, height, width)` of values in 0..1 as a grey PNG file.
    static void write(Path file, Tensor picture) throws IOException {
        int height = (int) picture.dim(1);
        int width = (int) picture.dim(2);
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                image.getRaster().setSample(x, y, 0, (int) Math.round(255 * picture.get(0, y, x)));
            }
        }
        ImageIO.write(image, "png", file.toFile());
    }
}
