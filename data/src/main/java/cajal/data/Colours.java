package cajal.data;

import java.util.Arrays;

/// What can be done to a picture's values where they stand.
final class Colours {
    private static final int LEVELS = 256;

    private Colours() {}

    /// A value of a picture's, changed.
    private interface Change {
        float of(float value);
    }

    private static Picture each(Picture picture, Change change) {
        float[] out = new float[picture.values().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = change.of(picture.values()[i]);
        }
        return picture.with(out);
    }

    private static float clamp(float v) {
        return Math.clamp(v, 0f, 1f);
    }

    /// `f·x`.
    static Picture brightness(Picture picture, double factor) {
        float f = (float) factor;
        return each(picture, v -> clamp(f * v));
    }

    /// `m + f·(x - m)` for the mean luminance `m`.
    static Picture contrast(Picture picture, double factor) {
        double sum = 0;
        for (float v : picture.luminance()) {
            sum += v;
        }
        float mean = (float) (sum / picture.area());
        float f = (float) factor;
        return each(picture, v -> clamp(mean + f * (v - mean)));
    }

    /// `g + f·(x - g)` for the luminance `g` of the pixel; nothing to grey pictures.
    static Picture saturation(Picture picture, double factor) {
        if (picture.channels() != 3) {
            return picture;
        }
        float[] grey = picture.luminance();
        float[] out = new float[picture.values().length];
        for (int i = 0; i < out.length; i++) {
            float g = grey[i % grey.length];
            out[i] = clamp(g + (float) factor * (picture.values()[i] - g));
        }
        return picture.with(out);
    }

    /// `s + f·(x - s)` for the mean `s` of the pixel (weight 5) and its eight neighbours (weight 1); the
    /// border stays.
    static Picture sharpness(Picture picture, double factor) {
        float[] in = picture.values();
        float[] out = in.clone();
        int w = picture.width();
        int h = picture.height();
        for (int row = 0; row < picture.channels() * h; row++) {
            if (row % h == 0 || row % h == h - 1) {
                continue;
            }
            for (int x = 1; x < w - 1; x++) {
                int i = row * w + x;
                float sum = in[i - w - 1]
                        + in[i - w]
                        + in[i - w + 1]
                        + in[i - 1]
                        + in[i + 1]
                        + in[i + w - 1]
                        + in[i + w]
                        + in[i + w + 1];
                float soft = (sum + 5 * in[i]) / 13;
                out[i] = clamp(soft + (float) factor * (in[i] - soft));
            }
        }
        return picture.with(out);
    }

    /// Values from the threshold on are turned into their opposite.
    static Picture solarise(Picture picture, double threshold) {
        float limit = (float) threshold;
        return each(picture, v -> v >= limit ? 1 - v : v);
    }

    /// Values in so many bits: the lower ones of eight are cleared.
    static Picture posterise(Picture picture, int bits) {
        int mask = 0xff << (8 - bits) & 0xff;
        return each(picture, v -> (level(v) & mask) / 255f);
    }

    private static int level(float v) {
        return Math.clamp(Math.round(v * 255), 0, 255);
    }

    /// Each channel stretched so that it reaches from 0 to 1.
    static Picture autoContrast(Picture picture) {
        float[] out = picture.values().clone();
        int area = picture.area();
        for (int from = 0; from < out.length; from += area) {
            float low = Float.POSITIVE_INFINITY;
            float high = Float.NEGATIVE_INFINITY;
            for (int i = from; i < from + area; i++) {
                low = Math.min(low, out[i]);
                high = Math.max(high, out[i]);
            }
            for (int i = from; i < from + area && high > low; i++) {
                out[i] = (out[i] - low) / (high - low);
            }
        }
        return picture.with(out);
    }

    /// Each channel mapped so that all levels of 256 occur about equally often.
    static Picture equalise(Picture picture) {
        float[] out = picture.values().clone();
        int area = picture.area();
        for (int from = 0; from < out.length; from += area) {
            int[] counts = new int[LEVELS];
            for (int i = from; i < from + area; i++) {
                counts[level(out[i])]++;
            }
            int last = LEVELS - 1;
            while (counts[last] == 0) {
                last--;
            }
            int step = (area - counts[last]) / 255;
            if (step == 0) {
                continue;
            }
            float[] map = new float[LEVELS];
            int sum = step / 2;
            for (int v = 0; v < LEVELS; v++) {
                map[v] = Math.min(255, sum / step) / 255f;
                sum += counts[v];
            }
            for (int i = from; i < from + area; i++) {
                out[i] = map[level(out[i])];
            }
        }
        return picture.with(out);
    }

    /// A rectangle filled with one value.
    static Picture filled(Picture picture, int top, int left, int height, int width, float value) {
        float[] out = picture.values().clone();
        int x0 = Math.max(0, left);
        int x1 = Math.min(picture.width(), left + width);
        for (int c = 0; c < picture.channels() && x0 < x1; c++) {
            for (int y = Math.max(0, top); y < Math.min(picture.height(), top + height); y++) {
                int row = (c * picture.height() + y) * picture.width();
                Arrays.fill(out, row + x0, row + x1, value);
            }
        }
        return picture.with(out);
    }
}
