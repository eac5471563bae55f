package cajal.studio;

import cajal.data.Dataset;
import cajal.data.Table;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Points of one's own as a text that fits into an address: for each six letters, two for x, y, and its
/// class or value.
///
/// Two letters of the alphabet of base 64 for addresses are a number from 0 to 4095, which is the class, or
/// a thousandth from -2.048 to 2.047.
final class OwnPoints {
    static final int MOST = 2000;
    static final int MOST_CLASSES = 6;
    private static final int ZERO = 2048;
    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// The widest that a table's points are spread.
    private static final double SPAN = 1.2;

    private OwnPoints() {}

    /// Three whole numbers for each point.
    ///
    /// **Throws** [StudioException] if the text makes no sense, or there are fewer than two points.
    static List<int[]> of(String text) {
        if (text.length() % 6 != 0) {
            throw new StudioException("The points cannot be read\n  rule: six letters a point");
        }
        List<int[]> all = new ArrayList<>();
        for (int i = 0; i < text.length(); i += 6) {
            all.add(new int[] {number(text, i), number(text, i + 2), number(text, i + 4)});
        }
        if (all.size() < 2) {
            throw new StudioException("There are " + all.size() + " points\n  rule: at least two, to learn from");
        }
        return all;
    }

    private static int number(String text, int at) {
        int high = DIGITS.indexOf(text.charAt(at));
        int low = DIGITS.indexOf(text.charAt(at + 1));
        if (high < 0 || low < 0) {
            throw new StudioException("The points cannot be read: '" + text.substring(at, at + 2) + "'");
        }
        return high * 64 + low;
    }

    private static void put(StringBuilder to, int number) {
        to.append(DIGITS.charAt(number >> 6)).append(DIGITS.charAt(number & 63));
    }

    private static int thousandths(double x) {
        return (int) Math.max(0, Math.min(4095, Math.round(x * 1000) + ZERO));
    }

    /// The text of points.
    static String text(double[] x, double[] y, double[] targets, boolean regression) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < x.length; i++) {
            put(all, thousandths(x[i]));
            put(all, thousandths(y[i]));
            put(all, regression ? thousandths(targets[i]) : (int) targets[i]);
        }
        return all.toString();
    }

    /// The points as rows of a program: x, y, class or value.
    static List<String> rows(String text, boolean regression) {
        return of(text).stream()
                .map(p -> decimal(p[0]) + " " + decimal(p[1]) + " " + (regression ? decimal(p[2]) : p[2]))
                .toList();
    }

    private static float decimal(int number) {
        return (number - ZERO) / 1000f;
    }

    /// The points as a data set.
    ///
    /// **Throws** [StudioException] for a class beyond the largest, or names that are too few.
    static Dataset dataset(String text, List<String> names, boolean regression) {
        List<int[]> all = of(text);
        float[] inputs = new float[2 * all.size()];
        float[] values = new float[all.size()];
        long[] labels = new long[all.size()];
        int classes = 2;
        for (int i = 0; i < all.size(); i++) {
            int[] p = all.get(i);
            inputs[2 * i] = decimal(p[0]);
            inputs[2 * i + 1] = decimal(p[1]);
            values[i] = decimal(p[2]);
            labels[i] = p[2];
            classes = Math.max(classes, regression ? 0 : p[2] + 1);
        }
        if (classes > MOST_CLASSES) {
            throw new StudioException("There are " + classes + " classes\n  rule: at most " + MOST_CLASSES);
        }
        Tensor x = Tensor.of(inputs).reshape(all.size(), 2);
        return regression
                ? Dataset.of(x, Tensor.of(values).reshape(all.size(), 1))
                : Dataset.of(x, Tensor.ofLongs(labels, all.size()), classNames(names, classes));
    }

    static String[] classNames(List<String> names, int classes) {
        String[] all = new String[classes];
        for (int i = 0; i < classes; i++) {
            all[i] = i < names.size() && !names.get(i).isBlank() ? names.get(i) : Integer.toString(i);
        }
        return all;
    }

    /// What a table came to.
    record Read(String points, boolean regression, List<String> names, String summary) {}

    /// The points of a table: its first two columns of numbers, moved and scaled into the picture, and its
    /// last column as the answer: classes if there are few different texts or whole numbers in it, else
    /// values between -1 and 1.
    ///
    /// **Throws** [StudioException] if it has no such columns.
    static Read read(Table table) {
        int columns = table.header().size();
        int rows = table.rows().size();
        if (columns < 3 || rows < 2 || rows > MOST) {
            throw new StudioException(
                    "The table has " + columns + " columns and " + rows + " rows\n  rule: two columns of"
                            + " numbers and, as the last one, the answer; 2 to " + MOST + " rows");
        }
        List<Integer> numeric = new ArrayList<>();
        for (int c = 0; c < columns - 1 && numeric.size() < 2; c++) {
            int column = c;
            if (table.rows().stream().allMatch(r -> isNumber(r.cells().get(column)))) {
                numeric.add(c);
            }
        }
        if (numeric.size() < 2) {
            throw new StudioException(
                    "The table has no two columns of numbers before its last one\n  rule: the first two"
                            + " such columns are x and y");
        }
        int last = columns - 1;
        Set<String> different = new LinkedHashSet<>();
        table.rows().forEach(r -> different.add(r.cells().get(last)));
        boolean numbers = different.stream().allMatch(OwnPoints::isNumber);
        boolean regression = numbers
                && (different.size() > MOST_CLASSES || different.stream().anyMatch(s -> s.contains(".")));
        if (!regression && different.size() > MOST_CLASSES) {
            throw new StudioException("The last column has " + different.size() + " classes\n  rule: at most "
                    + MOST_CLASSES + "; values are numbers in every row");
        }
        List<String> names = different.stream()
                .map(s -> s.replace(",", " ").strip())
                .sorted()
                .toList();
        double[] targets = regression
                ? scaled(column(table, last), 1)
                : table.rows().stream()
                        .mapToDouble(r -> names.indexOf(
                                r.cells().get(last).replace(",", " ").strip()))
                        .toArray();
        String x = table.header().get(numeric.get(0));
        String y = table.header().get(numeric.get(1));
        String text = text(
                scaled(column(table, numeric.get(0)), SPAN),
                scaled(column(table, numeric.get(1)), SPAN),
                targets,
                regression);
        return new Read(
                text,
                regression,
                regression ? List.of() : names,
                rows + " points: x is " + x + ", y is " + y + ", scaled into the picture; the answer is "
                        + table.header().get(last)
                        + (regression ? ", scaled to -1 .. 1" : ": " + String.join(", ", names)));
    }

    private static boolean isNumber(String text) {
        try {
            return Double.isFinite(Double.parseDouble(text));
        } catch (NumberFormatException notANumber) {
            return false;
        }
    }

    private static double[] column(Table table, int column) {
        return table.rows().stream()
                .mapToDouble(r -> Double.parseDouble(r.cells().get(column)))
                .toArray();
    }

    /// Moved and scaled so that the lowest and the highest lie at ±`span`.
    private static double[] scaled(double[] values, double span) {
        double low = java.util.Arrays.stream(values).min().orElse(0);
        double high = java.util.Arrays.stream(values).max().orElse(0);
        double half = high > low ? (high - low) / 2 : 1;
        return java.util.Arrays.stream(values)
                .map(v -> (v - low - half) / half * span)
                .toArray();
    }
}
