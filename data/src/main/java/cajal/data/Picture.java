package cajal.data;

/// One picture, channel after channel, each row by row: what a [Transform] changes. Values are from 0
/// (black) to 1.
///
/// @param channels 1 for grey, 3 for red, green, blue
/// @param height rows
/// @param width pixels in a row
/// @param values `channels · height · width` numbers
public record Picture(int channels, int height, int width, float[] values) {
    /// Checks the size.
    ///
    /// **Throws** [IllegalArgumentException] unless there are as many values as the sides say.
    public Picture {
        if (channels < 1 || height < 1 || width < 1 || values.length != (long) channels * height * width) {
            throw new IllegalArgumentException("A picture of " + channels + " x " + height + " x " + width + " with "
                    + values.length + " values\n  rule: channels · height · width values, at least one");
        }
    }

    /// A black picture.
    static Picture black(int channels, int height, int width) {
        return new Picture(channels, height, width, new float[channels * height * width]);
    }

    /// A picture of the same size with other values.
    Picture with(float... other) {
        return new Picture(channels, height, width, other);
    }

    /// The pixels of one channel.
    int area() {
        return height * width;
    }

    /// How bright each pixel is, by the weights of ITU-R BT.601; of one channel, the channel.
    float[] luminance() {
        int area = area();
        float[] out = new float[area];
        for (int i = 0; i < area; i++) {
            out[i] = channels == 3
                    ? 0.299f * values[i] + 0.587f * values[area + i] + 0.114f * values[2 * area + i]
                    : values[i];
        }
        return out;
    }

    /// This picture moved by an affine map: the output's pixel at `(x, y)` from the centre is taken from
    /// `(a·x + b·y + dx, c·x + d·y + dy)` from the centre, between pixels in proportion, black outside.
    Picture warped(double a, double b, double c, double d, double dx, double dy) {
        float[] fromX = new float[area()];
        float[] fromY = new float[area()];
        double cx = (width - 1) / 2.0;
        double cy = (height - 1) / 2.0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                fromX[y * width + x] = (float) (a * (x - cx) + b * (y - cy) + dx + cx);
                fromY[y * width + x] = (float) (c * (x - cx) + d * (y - cy) + dy + cy);
            }
        }
        return taken(fromX, fromY);
    }

    /// This picture with each pixel taken from a place, between pixels in proportion, black outside.
    Picture taken(float[] fromX, float... fromY) {
        int area = area();
        float[] out = new float[values.length];
        for (int i = 0; i < area; i++) {
            int x = (int) Math.floor(fromX[i]);
            int y = (int) Math.floor(fromY[i]);
            float u = fromX[i] - x;
            float v = fromY[i] - y;
            if (x < -1 || x >= width || y < -1 || y >= height) {
                continue;
            }
            for (int c = 0; c < channels; c++) {
                float top = (1 - u) * at(c, x, y) + u * at(c, x + 1, y);
                float bottom = (1 - u) * at(c, x, y + 1) + u * at(c, x + 1, y + 1);
                out[c * area + i] = (1 - v) * top + v * bottom;
            }
        }
        return with(out);
    }

    private float at(int c, int x, int y) {
        return x < 0 || y < 0 || x >= width || y >= height ? 0 : values[(c * height + y) * width + x];
    }
}
