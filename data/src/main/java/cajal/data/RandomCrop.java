package cajal.data;

import java.util.random.RandomGenerator;

/// Cuts a rectangle out of a picture at a random place, after black was put around it.
///
/// @param height of what is cut out, or 0 for the picture's own
/// @param width of what is cut out, or 0 for the picture's own
/// @param border the pixels that are put around it
public record RandomCrop(int height, int width, int border) implements Transform {
    /// Checks the numbers.
    public RandomCrop {
        if (height < 0 || width < 0 || border < 0) {
            throw new IllegalArgumentException("RandomCrop of " + height + " x " + width + " with a border of " + border
                    + "\n  rule: no number is negative");
        }
    }

    /// Puts so many pixels around a picture and cuts out one of its own size: a shift of up to so many pixels.
    public static RandomCrop padding(int border) {
        return new RandomCrop(0, 0, border);
    }

    /// Cuts out a rectangle.
    public static RandomCrop of(int height, int width) {
        return new RandomCrop(height, width, 0);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        int h = height == 0 ? picture.height() : height;
        int w = width == 0 ? picture.width() : width;
        int tall = picture.height() + 2 * border - h;
        int wide = picture.width() + 2 * border - w;
        if (tall < 0 || wide < 0) {
            throw new DataException(
                    "RandomCrop of " + h + " x " + w + " out of " + picture.height() + " x " + picture.width()
                            + " with a border of " + border + "\n  rule: it fits into the picture and its border");
        }
        int top = Chance.below(random, tall + 1) - border;
        int left = Chance.below(random, wide + 1) - border;
        Picture out = Picture.black(picture.channels(), h, w);
        int x0 = Math.max(0, left);
        int n = Math.min(picture.width(), left + w) - x0;
        for (int c = 0; c < picture.channels() && n > 0; c++) {
            for (int y = Math.max(0, top); y < Math.min(picture.height(), top + h); y++) {
                int from = (c * picture.height() + y) * picture.width() + x0;
                System.arraycopy(picture.values(), from, out.values(), (c * h + y - top) * w + x0 - left, n);
            }
        }
        return out;
    }
}
