package cajal.cli;

import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Feature maps and kernels of convolutional layers as small pictures for the terminal.
final class FeatureMaps {
    private static final int MOST = 8; // kernels
    private static final int STRONGEST = 5; // maps: a line of them
    private static final int WIDTH = 78;
    private static final int LARGEST = 14; // columns of a drawn map; larger ones are averaged down
    private static final String SHADES = " ·░▒▓█";

    private FeatureMaps() {}

    /// The maps that fire most, brightest where the filter found what it looks for.
    ///
    /// @param maps `(C, H, W)`
    static String strongest(Tensor maps) {
        int channels = (int) maps.dim(0);
        double[] fire = new double[channels];
        for (int c = 0; c < channels; c++) {
            fire[c] = maps.at(c).maximum(Tensor.scalar(0)).sum().item();
        }
        List<Integer> order = IntStream.range(0, channels)
                .boxed()
                .sorted(Comparator.comparingDouble(c -> -fire[c]))
                .limit(STRONGEST)
                .toList();
        List<List<String>> drawn = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (int c : order) {
            double[][] map = reduced(maps.at(c));
            double most =
                    Arrays.stream(map).flatMapToDouble(Arrays::stream).max().orElse(0);
            drawn.add(shaded(map, 0, Math.max(most, 1e-12), 1));
            captions.add(
                    String.format(Locale.ROOT, "#%d %.2f", c, maps.at(c).max().item()));
        }
        return beside(drawn, captions);
    }

    /// The kernels with the largest weights: bright where a weight is positive, dark where it is negative.
    ///
    /// @param weight `(out, in, h, w)`; of the inputs the one with the largest weights is drawn
    static String kernels(Tensor weight) {
        int filters = (int) weight.dim(0);
        List<List<String>> drawn = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (int f = 0; f < Math.min(MOST, filters); f++) {
            Tensor filter = weight.at(f);
            int channel = (int) filter.square().sum(1, 2).argmax(0).item();
            double[][] kernel = rows(filter.at(channel));
            double most = filter.abs().max().item();
            drawn.add(shaded(kernel, -Math.max(most, 1e-12), Math.max(most, 1e-12), 2));
            captions.add(filter.dim(0) == 1 ? "#" + f : "#" + f + "·" + channel);
        }
        return beside(drawn, captions);
    }

    private static double[][] rows(Tensor picture) {
        int width = (int) picture.dim(1);
        double[] v = picture.toDoubles();
        double[][] rows = new double[(int) picture.dim(0)][width];
        for (int i = 0; i < v.length; i++) {
            rows[i / width][i % width] = v[i];
        }
        return rows;
    }

    /// A map small enough to be drawn: means of squares of pixels.
    private static double[][] reduced(Tensor map) {
        double[][] rows = rows(map);
        int step = (rows[0].length + LARGEST - 1) / LARGEST;
        if (step == 1) {
            return rows;
        }
        double[][] small = new double[(rows.length + step - 1) / step][(rows[0].length + step - 1) / step];
        for (int y = 0; y < small.length; y++) {
            for (int x = 0; x < small[0].length; x++) {
                double sum = 0;
                int count = 0;
                for (int i = y * step; i < Math.min(rows.length, (y + 1) * step); i++) {
                    for (int j = x * step; j < Math.min(rows[0].length, (x + 1) * step); j++) {
                        sum += rows[i][j];
                        count++;
                    }
                }
                small[y][x] = sum / count;
            }
        }
        return small;
    }

    /// One shade a value, `repeat` characters wide.
    private static List<String> shaded(double[][] rows, double low, double high, int repeat) {
        List<String> lines = new ArrayList<>();
        for (double[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (double v : row) {
                double share = Math.clamp((v - low) / (high - low), 0, 1);
                String shade = String.valueOf(SHADES.charAt((int) Math.round(share * (SHADES.length() - 1))));
                line.append(shade.repeat(repeat));
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /// Pictures of one size beside and below each other, each under its caption.
    private static String beside(List<List<String>> pictures, List<String> captions) {
        int width = captions.stream().mapToInt(String::length).max().orElse(0);
        width = Math.max(width, pictures.getFirst().getFirst().length()) + 2;
        int perRow = Math.max(1, WIDTH / width);
        StringBuilder text = new StringBuilder();
        for (int first = 0; first < pictures.size(); first += perRow) {
            int end = Math.min(pictures.size(), first + perRow);
            List<String> lines = new ArrayList<>();
            lines.add(joined(captions.subList(first, end), width));
            for (int y = 0; y < pictures.getFirst().size(); y++) {
                int row = y;
                lines.add(joined(
                        pictures.subList(first, end).stream()
                                .map(p -> p.get(row))
                                .toList(),
                        width));
            }
            text.append(text.isEmpty() ? "" : "\n").append(String.join("\n", lines));
        }
        return text.toString();
    }

    private static String joined(List<String> cells, int width) {
        StringBuilder line = new StringBuilder();
        for (String cell : cells) {
            line.append(cell).append(" ".repeat(width - cell.length()));
        }
        return line.toString().stripTrailing();
    }
}
