package cajal.studio;

import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A tensor in figures and as a picture.
///
/// @param size how many numbers it has
/// @param finite how many of them are numbers: neither infinite nor NaN; the rest of the figures is about these
/// @param mean their mean
/// @param deviation their standard deviation
/// @param zeros the share of exact zeros
/// @param counts how many lie in each of equal bins from `min` to `max`
/// @param picture what they look like
@Json
record WeightFigures(
        String name,
        String shape,
        String type,
        long size,
        long finite,
        double mean,
        double deviation,
        double min,
        double max,
        double zeros,
        String counts,
        Picture picture) {
    private static final int BINS = 48;
    private static final int SIDE = 256; // pixels
    private static final int MOST_TILES = 1024;
    private static final int ACROSS = 64; // tiles
    private static final int FEW = 8; // inputs, so that the kernels of several outputs fit into a row
    private static final int PIECE = 4_096; // numbers in one text

    /// Tiles of `rows` by `columns` pixels, `across` of them in a row.
    ///
    /// @param values the pixels tile by tile, in several texts
    /// @param says what a tile and a pixel are
    @Json
    record Picture(int rows, int columns, int across, List<String> values, String says) {}

    /// The figures of a tensor.
    ///
    /// @param input the shape of the network's input: rows of a matrix that has a weight for each of its pixels
    ///     are drawn as pictures of it
    static WeightFigures of(String name, String type, Tensor t, Shape input) {
        float[] v = t.toFloats();
        double sum = 0;
        long finite = 0;
        long zeros = 0;
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (float x : v) {
            if (Float.isFinite(x)) {
                finite++;
                sum += x;
                zeros += x == 0 ? 1 : 0;
                min = Math.min(min, x);
                max = Math.max(max, x);
            }
        }
        double mean = finite == 0 ? 0 : sum / finite;
        double squares = 0;
        float[] counts = new float[BINS];
        for (float x : v) {
            if (Float.isFinite(x)) {
                squares += (x - mean) * (x - mean);
                double share = max > min ? (x - min) / (max - min) : 0.5;
                counts[Math.min(BINS - 1, (int) (share * BINS))]++;
            }
        }
        return new WeightFigures(
                name,
                t.shape().toString(),
                type,
                v.length,
                finite,
                mean,
                finite == 0 ? 0 : Math.sqrt(squares / finite),
                finite == 0 ? 0 : min,
                finite == 0 ? 0 : max,
                finite == 0 ? 0 : (double) zeros / finite,
                Numbers.of(counts),
                picture(v, t.shape(), input));
    }

    private static Picture picture(float[] v, Shape shape, Shape input) {
        if (v.length == 0) {
            return new Picture(0, 0, 1, List.of(), "It is empty.");
        }
        if (shape.rank() >= 4) {
            long in = v.length / (shape.dim(0) * shape.dim(-1) * shape.dim(-2));
            if (shape.dim(-1) * shape.dim(-2) == 1) {
                return matrix(v, (int) shape.dim(0), (int) in, "A row for each output, a column for each input.");
            }
            return kernels(v, shape, (int) in);
        }
        int rows = shape.rank() < 2 ? Math.ceilDiv(v.length, 64) : (int) shape.dim(0);
        if (shape.rank() < 2) {
            int columns = Math.min(64, v.length);
            return matrix(Arrays.copyOf(v, rows * columns), rows, columns, "One number after the other, row by row.");
        }
        boolean pixels = input.rank() >= 2
                && input.dim(-1) > 1
                && input.dim(-2) > 1
                && shape.rank() == 2
                && shape.dim(1) == input.size();
        if (pixels) {
            return pictures(v, rows, input);
        }
        return matrix(v, rows, v.length / rows, "A row for each output, a column for each input.");
    }

    /// The first kernels: a row of tiles for each output, a tile for each input.
    private static Picture kernels(float[] v, Shape shape, int in) {
        int out = (int) shape.dim(0);
        int area = (int) (shape.dim(-1) * shape.dim(-2));
        int wide = Math.min(in, ACROSS);
        int high = Math.min(out, Math.max(1, MOST_TILES / wide));
        float[] shown = new float[wide * high * area];
        for (int o = 0; o < high; o++) {
            System.arraycopy(v, o * in * area, shown, o * wide * area, wide * area);
        }
        boolean few = in <= FEW;
        int across = few ? in * Math.clamp(2 * FEW / in, 1, high) : wide;
        String says = in == 1
                ? "A kernel for each output"
                : few
                        ? "For each output its " + in + " kernels, one for each input, beside each other"
                        : "A kernel for each pair of an output (down) and an input (across)";
        return tiles(shown, shape.dim(-2), shape.dim(-1), across, says + some(high, out, wide, in));
    }

    /// Each row as a picture of the network's input, channel by channel.
    private static Picture pictures(float[] v, int rows, Shape input) {
        int area = (int) (input.dim(-1) * input.dim(-2));
        int channels = (int) (input.size() / area);
        int most = Math.max(1, Math.min(rows, 2 * SIDE * SIDE / (area * channels)));
        float[] shown = Arrays.copyOf(v, most * channels * area);
        int across = channels > 1 ? channels : Math.min(most, 12);
        String says = "A picture for each neuron: its weight for each pixel of the input";
        return tiles(shown, input.dim(-2), input.dim(-1), across, says + some(most, rows, 1, 1));
    }

    private static String some(int high, int out, int wide, int in) {
        return high == out && wide == in
                ? "."
                : "; the first " + high + " of " + out + (in > 1 ? ", " + wide + " of " + in : "") + ".";
    }

    private static Picture tiles(float[] shown, long rows, long columns, int across, String says) {
        return new Picture((int) rows, (int) columns, across, texts(shown), says);
    }

    /// A matrix of at most [#SIDE] pixels each way; where it is larger, a pixel is the mean of a block.
    private static Picture matrix(float[] v, int rows, int columns, String says) {
        int high = Math.ceilDiv(rows, Math.ceilDiv(rows, SIDE));
        int wide = Math.ceilDiv(columns, Math.ceilDiv(columns, SIDE));
        int down = Math.ceilDiv(rows, high);
        int right = Math.ceilDiv(columns, wide);
        double[] sums = new double[high * wide];
        int[] count = new int[high * wide];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                int at = i / down * wide + j / right;
                sums[at] += v[i * columns + j];
                count[at]++;
            }
        }
        float[] shown = new float[sums.length];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = (float) (sums[i] / Math.max(1, count[i]));
        }
        String block = down * right == 1 ? "" : " A pixel is the mean of " + down + " by " + right + " weights.";
        return tiles(shown, high, wide, 1, says + block);
    }

    private static List<String> texts(float[] values) {
        List<String> texts = new ArrayList<>();
        for (int at = 0; at < values.length; at += PIECE) {
            texts.add(Numbers.of(Arrays.copyOfRange(values, at, Math.min(values.length, at + PIECE))));
        }
        return texts;
    }
}
