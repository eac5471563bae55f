package cajal.data;

import java.awt.image.BufferedImage;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/// Decodes PNG, JPEG, GIF and BMP files.
final class PictureFile {
    private static final long MOST_PIXELS = 100_000_000;

    private PictureFile() {}

    /// The picture in a file; of one with more than `enough` pixels only every second, third, ... row and
    /// column.
    ///
    /// **Throws** [DataException] if the file is no picture, too large, or damaged.
    static BufferedImage decode(Path file, long enough) {
        if (!Files.isRegularFile(file)) {
            throw new DataException("There is no file " + file);
        }
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = in == null ? Collections.emptyIterator() : ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataException(file + " is no picture that can be read\n  rule: a PNG, JPEG, GIF or BMP file");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long width = reader.getWidth(0);
                long height = reader.getHeight(0);
                if (width * height > MOST_PIXELS) {
                    throw new DataException(file + " has " + width + " x " + height
                            + " pixels\n  rule: at most 100 million\n  fix:  make it smaller");
                }
                ImageReadParam every = reader.getDefaultReadParam();
                int step = (int) Math.ceil(Math.sqrt((double) width * height / enough));
                every.setSourceSubsampling(step, step, 0, 0);
                BufferedImage image = reader.read(0, every);
                PngChunks.check(file);
                return image;
            } finally {
                reader.dispose();
            }
        } catch (DataException known) {
            throw known;
        } catch (IOException | RuntimeException e) { // readers throw all sorts of things at damaged files
            throw new DataException(
                    file + " is damaged: " + fault(e) + "\n  rule: a whole PNG, JPEG, GIF or BMP file", e);
        }
    }

    private static String fault(Exception e) {
        return e instanceof EOFException ? "it ends too early" : String.valueOf(e.getMessage());
    }
}
