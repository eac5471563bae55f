package cajal.cli;

import cajal.studio.Descent;
import cajal.studio.Surface;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The paths of optimisers over a surface of two weights: a straight line `y = w·x + b` through 64 noisy
/// points, whose squared error over `w` and `b` is a long valley.
final class Valley {
    private static final int WIDTH = 46;
    private static final int HEIGHT = 17;
    private static final double LOW = -1.2;
    private static final double HIGH = 3.2;
    private static final int STEPS = 40;
    private static final String SHADES = " ·:-=+*#%@";

    private final Surface surface = Surface.named("ravine");

    private Valley() {}

    static String drawn(long seed) {
        Valley valley = new Valley();
        int all = valley.surface.samples();
        Map<String, Descent.Runner> runners = new LinkedHashMap<>();
        runners.put("all data", new Descent.Runner("sgd", 0.3, all));
        runners.put("one sample", new Descent.Runner("sgd", 0.3, 1));
        runners.put("mini-batch of 8", new Descent.Runner("sgd", 0.3, 8));
        runners.put("momentum 0.9", new Descent.Runner("momentum", 0.1, 8));
        runners.put("Adam", new Descent.Runner("adam", 0.15, 8));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "The first %d steps of each over the loss of two weights, w to the right and b upwards: o start, ● path, X the minimum",
                STEPS));
        List<String[]> panels = new ArrayList<>();
        runners.forEach((name, runner) ->
                panels.add(valley.panel(name, Descent.walk(valley.surface, runner, -0.8, -0.8, STEPS, seed))));
        for (int i = 0; i < panels.size(); i += 2) {
            text.append('\n');
            for (int line = 0; line < panels.get(i).length; line++) {
                String right = i + 1 < panels.size() ? "   " + panels.get(i + 1)[line] : "";
                text.append('\n').append((panels.get(i)[line] + right).stripTrailing());
            }
        }
        return text.toString();
    }

    /// The surface as shades of the loss's logarithm, with a path on it; a caption below.
    private String[] panel(String name, List<Descent.Place> path) {
        double[][] heights = new double[HEIGHT][WIDTH];
        double low = Double.MAX_VALUE;
        double high = -Double.MAX_VALUE;
        int[] best = {0, 0};
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                double v = Math.log(surface.loss(
                        LOW + (HIGH - LOW) * column / (WIDTH - 1), HIGH - (HIGH - LOW) * row / (HEIGHT - 1)));
                heights[row][column] = v;
                high = Math.max(high, v);
                if (v < low) {
                    low = v;
                    best = new int[] {row, column};
                }
            }
        }
        char[][] cells = new char[HEIGHT][WIDTH];
        for (int row = 0; row < HEIGHT; row++) {
            for (int column = 0; column < WIDTH; column++) {
                cells[row][column] =
                        SHADES.charAt((int) ((heights[row][column] - low) / (high - low) * (SHADES.length() - 1)));
            }
        }
        for (Descent.Place p : path) {
            mark(cells, p, '●');
        }
        cells[best[0]][best[1]] = 'X';
        mark(cells, path.getFirst(), 'o');
        String[] lines = new String[HEIGHT + 1];
        for (int row = 0; row < HEIGHT; row++) {
            lines[row] = new String(cells[row]);
        }
        Descent.Place end = path.getLast();
        String caption =
                String.format(Locale.ROOT, "%s: loss %.3f at w %.2f, b %.2f", name, end.loss(), end.x(), end.y());
        lines[HEIGHT] = caption + " ".repeat(Math.max(0, WIDTH - caption.length()));
        return lines;
    }

    private static void mark(char[][] cells, Descent.Place p, char sign) {
        int column = (int) Math.round((p.x() - LOW) / (HIGH - LOW) * (WIDTH - 1));
        int row = (int) Math.round((HIGH - p.y()) / (HIGH - LOW) * (HEIGHT - 1));
        if (row >= 0 && row < HEIGHT && column >= 0 && column < WIDTH) {
            cells[row][column] = sign;
        }
    }
}
