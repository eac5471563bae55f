package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.nio.file.Path;

/// Turns a picture of one digit, on any background, into the form that digit networks read: bright ink on
/// black, the ink fitted into 20 by 20 pixels with its aspect kept, its centre of mass in the middle of 28
/// by 28.
///
/// The ink is what differs from its surroundings: the local background is subtracted, so that shadows and
/// coloured paper do not matter; whether the ink is brighter or darker is read off the picture. Specks are
/// left out, and lines that would vanish when the picture shrinks are made wider.
///
/// **Source** the layout is MNIST's, as LeCun, Cortes and Burges describe it; the threshold is Otsu's, IEEE
/// Transactions on Systems, Man and Cybernetics 9, 1979.
public final class DigitImage {
    private static final int SIDE = 28;
    private static final int BOX = 20;
    private static final long ENOUGH_PIXELS =
            4_000_000; // of more, only every second, third, ... row and column is read
    private static final int WORK = 240; // pictures are shrunk to at most this side first
    private static final double THINNEST = 1.8; // pixels of a line in the box

    private DigitImage() {}

    /// The digit in a PNG, JPEG, GIF or BMP file, as `(1, 28, 28)` from 0 to 1.
    ///
    /// **Throws** [DataException] if the file is no picture, too large, or holds no ink.
    public static Tensor load(Path file) {
        Grey grey = Grey.of(PictureFile.decode(file, ENOUGH_PIXELS));
        return normalise(grey, file.toString());
    }

    /// The digit in a picture, as `(1, 28, 28)` from 0 to 1; of a coloured one, its brightness is read.
    ///
    /// **Throws** [DataException] if the picture holds no ink.
    public static Tensor of(Picture picture) {
        return normalise(new Grey(picture.width(), picture.height(), picture.luminance()), "The picture");
    }

    /// Brings a grey picture into the layout.
    static Tensor normalise(Grey picture, String name) {
        if (picture.width() == SIDE
                && picture.height() == SIDE
                && picture.brightestBorder() < 0.1
                && picture.brightest() > 0.3) {
            return tensor(picture.values()); // it is in that form already
        }
        Grey ink = picture.shrunk(WORK).ink();
        if (ink.brightest() <= 0) {
            throw new DataException(
                    name + " shows no digit: it is of one colour\n  rule: the digit differs from its background");
        }
        Grey cut = ink.withoutSpecks().cropped();
        double scale = (double) BOX / Math.max(cut.width(), cut.height());
        Grey wide = cut.widened(THINNEST / scale);
        int width = Math.max(1, (int) Math.round(wide.width() * scale));
        int height = Math.max(1, (int) Math.round(wide.height() * scale));
        Grey small = wide.resized(Math.min(BOX, width), Math.min(BOX, height)).stretched();
        return tensor(centred(small));
    }

    /// The small picture on 28 by 28, its centre of mass in the middle.
    private static float[] centred(Grey small) {
        double mass = 0;
        double cx = 0;
        double cy = 0;
        for (int y = 0; y < small.height(); y++) {
            for (int x = 0; x < small.width(); x++) {
                double v = small.at(x, y);
                mass += v;
                cx += v * (x + 0.5);
                cy += v * (y + 0.5);
            }
        }
        int left = Math.clamp(Math.round(SIDE / 2.0 - cx / mass), 0, SIDE - small.width());
        int top = Math.clamp(Math.round(SIDE / 2.0 - cy / mass), 0, SIDE - small.height());
        float[] out = new float[SIDE * SIDE];
        for (int y = 0; y < small.height(); y++) {
            for (int x = 0; x < small.width(); x++) {
                out[(top + y) * SIDE + left + x] = small.at(x, y);
            }
        }
        return out;
    }

    private static Tensor tensor(float[] values) {
        return Tensor.wrap(new HostStorage.Floats(values), Shape.of(1, SIDE, SIDE));
    }
}
