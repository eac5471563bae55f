package cajal.cli;

import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import cajal.train.ConfusionMatrix;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The plots of `cajal plot`, each on a [Sheet].
final class Plots {
    private static final int WIDE = 860;
    private static final int HIGH = 520;
    private static final int POINTS = 241;
    private static final String EMPTY = "#f4f2ee";

    private Plots() {}

    /// A run's values over its epochs.
    ///
    /// @param name the run
    /// @param dashed whether they were measured in validation
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Curve(String name, boolean dashed, double[] epochs, double[] values) {}

    /// Curves over epochs; those of one run have one colour.
    static Sheet curves(String what, List<Curve> curves, boolean log) {
        double[] all = curves.stream()
                .flatMapToDouble(c -> Arrays.stream(c.values))
                .filter(v -> Double.isFinite(v) && (!log || v > 0))
                .toArray();
        double low = Arrays.stream(all).min().orElse(log ? 0.1 : 0);
        double high = Arrays.stream(all).max().orElse(1);
        double room = high > low ? 0.05 * (high - low) : Math.max(1e-3, 0.1 * Math.abs(high));
        double last = curves.stream()
                .flatMapToDouble(c -> Arrays.stream(c.epochs))
                .max()
                .orElse(1);
        double first = curves.stream()
                .flatMapToDouble(c -> Arrays.stream(c.epochs))
                .min()
                .orElse(0);
        Sheet sheet = new Sheet(WIDE, HIGH);
        List<String> runs = curves.stream().map(Curve::name).distinct().toList();
        double top = 56 + 22 * runs.size();
        Axes axes = new Axes(
                sheet,
                70,
                top,
                WIDE - 95,
                HIGH - top - 52,
                first == last ? first - 1 : first,
                last,
                log ? low / 1.1 : low - room,
                log ? high * 1.1 : high + room,
                log);
        axes.draw("epoch", what);
        for (int i = 0; i < runs.size(); i++) {
            String colour = Sheet.COLOURS.get(i % Sheet.COLOURS.size());
            String name = runs.get(i);
            double y = 26 + 22 * i;
            boolean validated = false;
            for (Curve c : curves) {
                if (c.name.equals(name)) {
                    axes.line(colour, c.dashed, c.epochs, c.values);
                    if (c.epochs.length == 1) {
                        sheet.dot(colour, axes.x(c.epochs[0]), axes.y(c.values[0]), 4);
                    }
                    validated |= c.dashed;
                }
            }
            sheet.line(colour, 2.5, false, 70, y - 5, 100, y - 5);
            sheet.text(Sheet.INK, 14, Sheet.Anchor.START, 108, y, name + (validated ? ": training" : ""));
            if (validated) {
                sheet.line(colour, 2.5, true, WIDE - 190, y - 5, WIDE - 160, y - 5);
                sheet.text(Sheet.INK, 14, Sheet.Anchor.START, WIDE - 152, y, "validation");
            }
        }
        return sheet;
    }

    /// Which class was taken for which: a cell is as dark as its share of its row.
    static Sheet confusion(ConfusionMatrix m) {
        int n = m.classes();
        int names = Math.clamp(m.names().stream().mapToInt(String::length).max().orElse(1) * 8L, 30, 150);
        double cell = Math.clamp(560.0 / Math.max(1, n), 7, 64);
        double left = names + 44;
        double top = 96;
        Sheet sheet = new Sheet((int) (left + n * cell + 90), (int) (top + n * cell + 40));
        String share = String.format(Locale.ROOT, "Accuracy %.2f %% of %,d samples", 100 * m.accuracy(), m.total());
        sheet.text(Sheet.INK, 17, Sheet.Anchor.START, 16, 28, share);
        sheet.text(Sheet.FAINT, 13, Sheet.Anchor.START, left, 52, "found");
        sheet.text(Sheet.FAINT, 13, Sheet.Anchor.START, 16, top - 8, "right");
        sheet.text(Sheet.FAINT, 13, Sheet.Anchor.START, left + n * cell + 10, top - 8, "recall");
        for (int i = 0; i < n; i++) {
            long row = 0;
            for (int j = 0; j < n; j++) {
                row += m.count(i, j);
            }
            double y = top + i * cell;
            for (int j = 0; j < n; j++) {
                double part = row == 0 ? 0 : (double) m.count(i, j) / row;
                String colour = mixed(EMPTY, i == j ? "#1f6fb2" : "#c2570c", StrictMath.sqrt(part));
                double x = left + j * cell;
                sheet.box(colour, x + 0.5, y + 0.5, cell - 1, cell - 1);
                if (m.count(i, j) > 0 && cell >= 22) {
                    String ink = StrictMath.sqrt(part) > 0.6 ? Sheet.PAPER : Sheet.INK;
                    sheet.text(
                            ink,
                            cell > 34 ? 13 : 10,
                            Sheet.Anchor.MIDDLE,
                            x + cell / 2,
                            y + cell / 2 + 5,
                            "" + m.count(i, j));
                }
            }
            if (cell >= 13) {
                String name = m.names().get(i);
                int most = Math.max(2, (int) (cell / 7.5));
                String above = name.length() <= most ? name : name.substring(0, most - 1) + "…";
                sheet.text(Sheet.INK, 13, Sheet.Anchor.MIDDLE, left + i * cell + cell / 2, top - 8, above);
                sheet.text(Sheet.INK, 13, Sheet.Anchor.END, left - 8, y + cell / 2 + 5, name);
                String recall = row == 0 ? "" : String.format(Locale.ROOT, "%.1f %%", 100 * m.recall(i));
                sheet.text(Sheet.FAINT, 13, Sheet.Anchor.START, left + n * cell + 10, y + cell / 2 + 5, recall);
            }
        }
        return sheet;
    }

    /// Activations, each with its derivative by autograd.
    static Sheet activations(List<String> names) {
        int across = Math.min(3, names.size());
        int down = Math.ceilDiv(names.size(), across);
        Sheet sheet = new Sheet(300 * across + 20, 250 * down + 44);
        sheet.line(Sheet.COLOURS.get(0), 2.5, false, 40, 20, 66, 20);
        sheet.text(Sheet.INK, 14, Sheet.Anchor.START, 74, 25, "f(x)");
        sheet.line(Sheet.COLOURS.get(1), 2.5, true, 130, 20, 156, 20);
        sheet.text(Sheet.INK, 14, Sheet.Anchor.START, 164, 25, "f'(x)");
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            Block f = Mistake.ifRefused(() -> Activation.named(name));
            Tensor x = Tensor.linspace(-5, 5, POINTS).requireGrad();
            Tensor y = f.apply(x);
            Tensor slope = Grad.of(y.sum(), List.of(x)).getFirst();
            double left = 44 + 300 * (i % across);
            double top = 72 + 250 * (i / across);
            Axes axes = new Axes(sheet, left, top, 244, 160, -5, 5, -2, 3, false);
            axes.draw("", "");
            sheet.text(Sheet.INK, 15, Sheet.Anchor.START, left, top - 10, name);
            axes.line(Sheet.COLOURS.get(1), true, x.toDoubles(), slope.toDoubles());
            axes.line(Sheet.COLOURS.get(0), false, x.toDoubles(), y.detach().toDoubles());
        }
        return sheet;
    }

    /// The names of the activations that are functions of one number.
    static List<String> activations() {
        List<String> names = new ArrayList<>(Activation.names());
        names.removeAll(List.of("softmax", "log-softmax", "prelu"));
        return names;
    }

    /// What a network of two inputs answers over the plane, and samples.
    ///
    /// @param x samples `(N, 2)`
    /// @param targets their classes or values
    static Sheet surface(TrainedModel model, Tensor x, double[] targets) {
        double[] p = x.toDoubles();
        double[] first = even(p, 0);
        double[] second = even(p, 1);
        double[] across = range(first);
        double[] up = range(second);
        List<String> classes = model.classes();
        double legend = 30 + 22 * (classes.isEmpty() ? 1 : Math.min(6, classes.size()));
        int side = 560;
        Sheet sheet = new Sheet(70 + side + 170, 40 + side + 56);
        double[] values = model.answers(grid(across, up)).toDoubles();
        double[] shown = classes.isEmpty()
                ? Stream.of(values, targets).flatMapToDouble(Arrays::stream).toArray()
                : values;
        double low = Arrays.stream(shown).min().orElse(0);
        double high = Arrays.stream(shown).max().orElse(1);
        Axes axes = new Axes(sheet, 70, 40, side, side, across[0], across[1], up[0], up[1], false);
        axes.draw("first input", "second input");
        sheet.picture(surface(values, classes.size(), low, high), 70, 40, side, side);
        for (int i = 0; i < first.length; i++) {
            double y = targets[i];
            String colour = classes.isEmpty() ? value(model.inUnits(y), low, high) : colour((int) y);
            sheet.dot(colour, axes.x(first[i]), axes.y(second[i]), 4);
        }
        double at = 70 + side + 22;
        for (int c = 0; c < Math.min(6, classes.size()); c++) {
            sheet.dot(colour(c), at + 6, 50 + 22 * c, 6);
            sheet.text(Sheet.INK, 14, Sheet.Anchor.START, at + 20, 55 + 22 * c, classes.get(c));
        }
        if (classes.isEmpty()) {
            for (int k = 0; k <= 4; k++) {
                double v = low + (high - low) * k / 4;
                sheet.box(value(v, low, high), at, legend + 28 * (4 - k), 22, 28);
                String text = String.format(Locale.ROOT, "%.3g", v);
                sheet.text(Sheet.INK, 13, Sheet.Anchor.START, at + 30, legend + 28 * (4 - k) + 19, text);
            }
        }
        return sheet;
    }

    private static double[] even(double[] p, int at) {
        double[] out = new double[p.length / 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = p[2 * i + at];
        }
        return out;
    }

    private static double[] range(double[] v) {
        double low = Arrays.stream(v).min().orElse(-1);
        double high = Arrays.stream(v).max().orElse(1);
        double room = high > low ? 0.12 * (high - low) : 1;
        return new double[] {low - room, high + room};
    }

    /// The points of the plane, row by row from the top.
    private static Tensor grid(double[] across, double[] up) {
        float[] points = new float[2 * POINTS * POINTS];
        for (int i = 0; i < POINTS; i++) {
            for (int j = 0; j < POINTS; j++) {
                points[2 * (i * POINTS + j)] = (float) (across[0] + (across[1] - across[0]) * j / (POINTS - 1));
                points[2 * (i * POINTS + j) + 1] = (float) (up[1] - (up[1] - up[0]) * i / (POINTS - 1));
            }
        }
        return Tensor.of(points, (long) POINTS * POINTS, 2);
    }

    private static BufferedImage surface(double[] values, int classes, double low, double high) {
        BufferedImage image = new BufferedImage(POINTS, POINTS, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < POINTS * POINTS; i++) {
            int rgb = 0;
            if (classes == 0) {
                rgb = Color.decode(value(values[i], low, high)).getRGB();
            } else {
                double[] sum = new double[3];
                for (int c = 0; c < classes; c++) {
                    Color pure = Color.decode(mixed(Sheet.PAPER, colour(c), 0.55));
                    double p = values[i * classes + c];
                    sum[0] += p * pure.getRed();
                    sum[1] += p * pure.getGreen();
                    sum[2] += p * pure.getBlue();
                }
                for (double s : sum) {
                    rgb = rgb << 8 | Math.clamp(Math.round(s), 0, 255);
                }
            }
            image.setRGB(i % POINTS, i / POINTS, rgb);
        }
        return image;
    }

    private static String colour(int c) {
        return Sheet.COLOURS.get(c % Sheet.COLOURS.size());
    }

    /// From blue (low) over paper to orange (high).
    private static String value(double v, double low, double high) {
        double share = high > low ? Math.clamp(2 * (v - low) / (high - low) - 1, -1, 1) : 0;
        return mixed(Sheet.PAPER, share < 0 ? "#1f6fb2" : "#c2570c", 0.85 * Math.abs(share));
    }

    private static String mixed(String from, String to, double share) {
        Color a = Color.decode(from);
        Color b = Color.decode(to);
        return String.format(
                "#%02x%02x%02x",
                Math.round(a.getRed() + share * (b.getRed() - a.getRed())),
                Math.round(a.getGreen() + share * (b.getGreen() - a.getGreen())),
                Math.round(a.getBlue() + share * (b.getBlue() - a.getBlue())));
    }
}
