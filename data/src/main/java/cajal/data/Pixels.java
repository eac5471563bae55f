package cajal.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.util.Arrays;

/// A picture in bytes, row by row, the channels of a pixel beside each other.
///
/// @param width pixels in a row
/// @param height rows
/// @param channels 1 for grey, 3 for red, green, blue
/// @param values one byte a pixel and channel
record Pixels(int width, int height, int channels, byte[] values) {
    private static final int BITS = 22; // of the weights' fixed point

    /// The colours of a picture as they stand in the file; transparency is left out.
    static Pixels of(BufferedImage image, boolean grey) {
        int w = image.getWidth();
        int h = image.getHeight();
        int channels = grey ? 1 : 3;
        byte[] values = new byte[Math.multiplyExact(w * h, channels)];
        int[] row = new int[w];
        int[] band = new int[w];
        int to = 0;
        for (int y = 0; y < h; y++) {
            colours(image, y, row, band);
            for (int rgb : row) {
                if (grey) {
                    values[to++] = luminance(rgb);
                } else {
                    values[to++] = (byte) (rgb >> 16);
                    values[to++] = (byte) (rgb >> 8);
                    values[to++] = (byte) rgb;
                }
            }
        }
        return new Pixels(w, h, channels, values);
    }

    /// A row as 24-bit colours. Java would convert what is not sRGB, and takes grey values for linear
    /// light: where there are samples, they are taken instead.
    private static void colours(BufferedImage image, int y, int[] row, int... band) {
        ColorModel model = image.getColorModel();
        int type = model.getColorSpace().getType();
        boolean samples =
                model instanceof ComponentColorModel && (type == ColorSpace.TYPE_GRAY || type == ColorSpace.TYPE_RGB);
        if (!samples) {
            image.getRGB(0, y, row.length, 1, row, 0, row.length);
            return;
        }
        Arrays.fill(row, 0);
        int most = (1 << model.getComponentSize(0)) - 1;
        for (int c = 0; c < 3; c++) {
            if (c == 0 || type == ColorSpace.TYPE_RGB) {
                image.getRaster().getSamples(0, y, row.length, 1, c, band);
            }
            for (int x = 0; x < row.length; x++) {
                row[x] = row[x] << 8 | band[x] * 255 / most;
            }
        }
    }

    /// **Source** the weights of ITU-R BT.601, in sixteen bits.
    private static byte luminance(int rgb) {
        return (byte) (((rgb >> 16 & 0xff) * 19595 + (rgb >> 8 & 0xff) * 38470 + (rgb & 0xff) * 7471 + 0x8000) >> 16);
    }

    /// This picture in another size: each pixel is the mean of those around its place, weighted by a
    /// triangle as wide as two pixels of the coarser picture; first along the rows, then along the columns.
    ///
    /// **Numerics** weights in fixed point of 22 bits, each pass rounded to bytes, a pass is left out where
    /// the size stays: the same bytes as Pillow's `resize(size, BILINEAR)`.
    Pixels resized(int toWidth, int toHeight) {
        Pixels across = toWidth == width ? this : along(toWidth, true);
        return toHeight == height ? across : across.along(toHeight, false);
    }

    private Pixels along(int size, boolean rows) {
        int n = rows ? width : height;
        int w = rows ? size : width;
        int h = rows ? height : size;
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(w, h), channels)];
        int step = rows ? channels : width * channels; // between neighbours along the axis
        int toStep = rows ? channels : w * channels;
        int lines = rows ? height : width * channels; // what lies across it
        double scale = (double) n / size;
        double reach = Math.max(scale, 1);
        for (int i = 0; i < size; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - reach + 0.5));
            int last = Math.min(n, (int) (centre + reach + 0.5));
            int[] weights = weights(centre, reach, first, last);
            if (rows) {
                for (int y = 0; y < lines; y++) {
                    for (int c = 0; c < channels; c++) {
                        out[(y * w + i) * channels + c] = mean((y * width + first) * channels + c, step, weights);
                    }
                }
            } else {
                for (int x = 0; x < lines; x++) {
                    out[i * toStep + x] = mean(first * step + x, step, weights);
                }
            }
        }
        return new Pixels(w, h, channels, out);
    }

    private byte mean(int from, int step, int... weights) {
        int sum = 1 << BITS - 1;
        for (int k = 0, at = from; k < weights.length; k++, at += step) {
            sum += weights[k] * (values[at] & 0xff);
        }
        return (byte) Math.clamp(sum >> BITS, 0, 255);
    }

    private static int[] weights(double centre, double reach, int first, int last) {
        double[] exact = new double[last - first];
        double sum = 0;
        for (int k = first; k < last; k++) {
            exact[k - first] = Math.max(0, 1 - Math.abs((k - centre + 0.5) / reach));
            sum += exact[k - first];
        }
        int[] weights = new int[exact.length];
        for (int k = 0; k < weights.length; k++) {
            weights[k] = (int) (0.5 + exact[k] / sum * (1 << BITS));
        }
        return weights;
    }

    /// The middle of this picture; it is black where there is none.
    Pixels centre(int toWidth, int toHeight) {
        int left = (int) Math.rint((width - toWidth) / 2.0); // halves to even, as torchvision's CenterCrop does
        int top = (int) Math.rint((height - toHeight) / 2.0);
        byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(toWidth, toHeight), channels)];
        int x0 = Math.max(0, left);
        int x1 = Math.min(width, left + toWidth);
        for (int y = Math.max(0, top); y < Math.min(height, top + toHeight); y++) {
            System.arraycopy(
                    values,
                    (y * width + x0) * channels,
                    out,
                    ((y - top) * toWidth + x0 - left) * channels,
                    (x1 - x0) * channels);
        }
        return new Pixels(toWidth, toHeight, channels, out);
    }

    /// The values channel after channel, as networks read them.
    byte[] planes() {
        byte[] out = new byte[values.length];
        int area = width * height;
        for (int i = 0, at = 0; i < area; i++) {
            for (int c = 0; c < channels; c++) {
                out[c * area + i] = values[at++];
            }
        }
        return out;
    }
}
