package cajal.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.util.ArrayDeque;
import java.util.Arrays;

/// A grey picture, row by row, 0 black and 1 white, and what is done to it on the way to a network.
record Grey(int width, int height, float[] values) {
    private static final double SPECK = 0.04; // a part with a smaller share of the largest part's ink is a speck

    /// The luminance of a picture; what is transparent gets the background that the rest stands out from.
    ///
    /// **Source** the weights of ITU-R BT.601.
    static Grey of(BufferedImage image) {
        int w = image.getWidth();
        int h = image.getHeight();
        float[] light = new float[Math.multiplyExact(w, h)];
        float[] cover = new float[light.length];
        light(image, light, cover);
        double weight = 0;
        double sum = 0;
        for (int i = 0; i < light.length; i++) {
            weight += cover[i];
            sum += (double) light[i] * cover[i];
        }
        float paper = weight < 0.99 * light.length && sum > 0.5 * weight ? 0 : 1;
        for (int i = 0; i < light.length; i++) {
            light[i] = light[i] * cover[i] + paper * (1 - cover[i]);
        }
        return new Grey(w, h, light);
    }

    /// The luminance of each pixel, and how much of it is there.
    private static void light(BufferedImage image, float[] light, float[] cover) {
        int w = image.getWidth();
        ColorModel model = image.getColorModel();
        boolean grey =
                model instanceof ComponentColorModel && model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        float most = (1 << model.getComponentSize(0)) - 1;
        int[] row = new int[w];
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRGB(0, y, w, 1, row, 0, w);
            for (int x = 0; x < w; x++) {
                int p = row[x];
                // Java takes grey values for linear light and would brighten them: they are read as they stand
                light[y * w + x] = grey
                        ? image.getRaster().getSample(x, y, 0) / most
                        : (0.299f * (p >> 16 & 0xff) + 0.587f * (p >> 8 & 0xff) + 0.114f * (p & 0xff)) / 255;
                cover[y * w + x] = (p >>> 24) / 255f;
            }
        }
    }

    float at(int x, int y) {
        return values[y * width + x];
    }

    float brightest() {
        float most = 0;
        for (float v : values) {
            most = Math.max(most, v);
        }
        return most;
    }

    float brightestBorder() {
        float most = 0;
        for (int x = 0; x < width; x++) {
            most = Math.max(most, Math.max(at(x, 0), at(x, height - 1)));
        }
        for (int y = 0; y < height; y++) {
            most = Math.max(most, Math.max(at(0, y), at(width - 1, y)));
        }
        return most;
    }

    /// This picture with its longer side at most `side`.
    Grey shrunk(int side) {
        int longer = Math.max(width, height);
        return longer <= side
                ? this
                : resized(
                        Math.max(1, Math.round((float) width * side / longer)),
                        Math.max(1, Math.round((float) height * side / longer)));
    }

    /// Another size: each new pixel is the mean of the area it covers.
    Grey resized(int w, int h) {
        float[] wide = new float[w * height];
        for (int y = 0; y < height; y++) {
            line(values, y * width, 1, width, wide, y * w, 1, w);
        }
        float[] out = new float[w * h];
        for (int x = 0; x < w; x++) {
            line(wide, x, w, height, out, x, w, h);
        }
        return new Grey(w, h, out);
    }

    private static void line(float[] from, int at, int step, int n, float[] to, int target, int stride, int m) {
        double ratio = (double) n / m;
        for (int i = 0; i < m; i++) {
            double begin = i * ratio;
            double end = begin + ratio;
            double sum = 0;
            for (int k = (int) begin; k < Math.min(n, Math.ceil(end)); k++) {
                sum += from[at + k * step] * (Math.min(end, k + 1) - Math.max(begin, k));
            }
            to[target + i * stride] = (float) (sum / ratio);
        }
    }

    /// The ink: how much each pixel differs from its surroundings towards the rarer side, stretched to 0..1.
    Grey ink() {
        Grey paper = blurred(Math.max(4, Math.max(width, height) / 3));
        float[] d = new float[values.length];
        double skew = 0;
        for (int i = 0; i < d.length; i++) {
            d[i] = values[i] - paper.values[i];
            skew += (double) d[i] * d[i] * d[i];
        }
        for (int i = 0; i < d.length; i++) {
            d[i] = Math.max(0, skew < 0 ? -d[i] : d[i]);
        }
        float[] sorted = d.clone();
        Arrays.sort(sorted);
        float top = sorted[(int) ((sorted.length - 1) * 0.9995)]; // small digits on large sheets are little ink
        if (top < 0.04) {
            return new Grey(width, height, new float[d.length]);
        }
        float threshold = otsu(d, top);
        double inked = 0;
        int count = 0;
        for (float v : d) {
            if (v > threshold) {
                inked += v;
                count++;
            }
        }
        float full = (float) (inked / Math.max(1, count));
        float low = threshold * 0.6f;
        for (int i = 0; i < d.length; i++) {
            d[i] = Math.clamp((d[i] - low) / Math.max(1e-6f, full - low), 0f, 1f);
        }
        return new Grey(width, height, d);
    }

    /// Otsu's threshold: the value that splits the pixels into two groups with the largest variance between
    /// them.
    private static float otsu(float[] d, float top) {
        int bins = 128;
        double[] count = new double[bins];
        for (float v : d) {
            count[Math.min(bins - 1, (int) (v / top * (bins - 1)))]++;
        }
        double total = d.length;
        double sum = 0;
        for (int i = 0; i < bins; i++) {
            sum += i * count[i];
        }
        double below = 0;
        double sumBelow = 0;
        double best = -1;
        int at = 0;
        for (int i = 0; i < bins - 1; i++) {
            below += count[i];
            sumBelow += i * count[i];
            double above = total - below;
            if (below > 0 && above > 0) {
                double gap = sumBelow / below - (sum - sumBelow) / above;
                double between = below * above * gap * gap;
                if (between > best) {
                    best = between;
                    at = i;
                }
            }
        }
        return (at + 0.5f) / (bins - 1) * top;
    }

    /// The mean over squares of side `2·radius + 1`, cut at the border.
    private Grey blurred(int radius) {
        double[] table = new double[(width + 1) * (height + 1)]; // sums over the rectangles from the corner
        for (int y = 0; y < height; y++) {
            double row = 0;
            for (int x = 0; x < width; x++) {
                row += at(x, y);
                table[(y + 1) * (width + 1) + x + 1] = table[y * (width + 1) + x + 1] + row;
            }
        }
        float[] out = new float[values.length];
        for (int y = 0; y < height; y++) {
            int y0 = Math.max(0, y - radius);
            int y1 = Math.min(height, y + radius + 1);
            for (int x = 0; x < width; x++) {
                int x0 = Math.max(0, x - radius);
                int x1 = Math.min(width, x + radius + 1);
                double sum = table[y1 * (width + 1) + x1]
                        - table[y0 * (width + 1) + x1]
                        - table[y1 * (width + 1) + x0]
                        + table[y0 * (width + 1) + x0];
                out[y * width + x] = (float) (sum / ((y1 - y0) * (x1 - x0)));
            }
        }
        return new Grey(width, height, out);
    }

    /// Without connected parts that have little ink beside the largest one.
    Grey withoutSpecks() {
        int[] part = new int[values.length];
        double[] mass = new double[values.length + 1];
        int parts = 0;
        for (int i = 0; i < values.length; i++) {
            if (part[i] == 0 && values[i] > 0.25f) {
                mass[++parts] = flood(i, parts, part);
            }
        }
        double most = Arrays.stream(mass).max().orElse(0);
        float[] out = values.clone();
        for (int i = 0; i < out.length; i++) {
            if (part[i] == 0 ? !touches(i, part, mass, most) : mass[part[i]] < SPECK * most) {
                out[i] = 0;
            }
        }
        return new Grey(width, height, out);
    }

    /// Whether a faint pixel lies at the edge of a part that stays.
    private boolean touches(int i, int[] part, double[] mass, double most) {
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                int x = i % width + dx;
                int y = i / width + dy;
                if (x >= 0
                        && x < width
                        && y >= 0
                        && y < height
                        && part[y * width + x] > 0
                        && mass[part[y * width + x]] >= SPECK * most) {
                    return true;
                }
            }
        }
        return false;
    }

    private double flood(int start, int number, int[] part) {
        ArrayDeque<Integer> open = new ArrayDeque<>();
        open.push(start);
        part[start] = number;
        double mass = 0;
        while (!open.isEmpty()) {
            int i = open.pop();
            mass += values[i];
            for (int dy = -1; dy <= 1; dy++) {
                for (int dx = -1; dx <= 1; dx++) {
                    int x = i % width + dx;
                    int y = i / width + dy;
                    if (x >= 0 && x < width && y >= 0 && y < height) {
                        int k = y * width + x;
                        if (part[k] == 0 && values[k] > 0.25f) {
                            part[k] = number;
                            open.push(k);
                        }
                    }
                }
            }
        }
        return mass;
    }

    /// The rectangle around the ink.
    Grey cropped() {
        int x0 = width;
        int x1 = 0;
        int y0 = height;
        int y1 = 0;
        for (int i = 0; i < values.length; i++) {
            if (values[i] > 0.25f) {
                x0 = Math.min(x0, i % width);
                x1 = Math.max(x1, i % width + 1);
                y0 = Math.min(y0, i / width);
                y1 = Math.max(y1, i / width + 1);
            }
        }
        float[] out = new float[(x1 - x0) * (y1 - y0)];
        for (int y = y0; y < y1; y++) {
            System.arraycopy(values, y * width + x0, out, (y - y0) * (x1 - x0), x1 - x0);
        }
        return new Grey(x1 - x0, y1 - y0, out);
    }

    /// With lines of at least the given width, estimated as twice the area of the ink over its edge.
    Grey widened(double least) {
        double area = 0;
        double edge = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean here = at(x, y) > 0.5f;
                area += at(x, y);
                edge += here != (x + 1 < width && at(x + 1, y) > 0.5f) ? 1 : 0;
                edge += here != (y + 1 < height && at(x, y + 1) > 0.5f) ? 1 : 0;
            }
        }
        double line = edge == 0
                ? Math.min(width, height)
                : 2 * area / (edge * 0.8); // edges run in steps: about a fifth too long
        int radius = (int) Math.round((least - line) / 2);
        if (radius < 1) {
            return this;
        }
        int w = width + 2 * radius;
        int h = height + 2 * radius;
        float[] out = new float[w * h];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (at(x, y) > 0) {
                    stamp(out, w, x + radius, y + radius, radius, at(x, y));
                }
            }
        }
        return new Grey(w, h, out);
    }

    private static void stamp(float[] out, int w, int cx, int cy, int radius, float v) {
        for (int dy = -radius; dy <= radius; dy++) {
            for (int dx = -radius; dx <= radius; dx++) {
                if (dx * dx + dy * dy <= radius * radius) {
                    int k = (cy + dy) * w + cx + dx;
                    out[k] = Math.max(out[k], v);
                }
            }
        }
    }

    /// Brighter, so that the brightest pixels are white.
    Grey stretched() {
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        float top = Math.max(1e-3f, sorted[(int) ((sorted.length - 1) * 0.97)]);
        float[] out = new float[values.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = Math.min(1, values[i] / top);
        }
        return new Grey(width, height, out);
    }
}
