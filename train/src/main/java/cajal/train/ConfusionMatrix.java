package cajal.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Which class was taken for which, and how often: rows are the right classes, columns the found ones.
/// Immutable.
///
/// A share of nothing (the precision of a class that was never found) is 0. Means over classes leave out
/// those that are neither there nor found. As in scikit-learn.
public final class ConfusionMatrix {
    private final long[][] counts;
    private final List<String> names;

    private ConfusionMatrix(long[][] counts, List<String> names) {
        this.counts = counts;
        this.names = List.copyOf(names);
    }

    /// An empty table.
    ///
    /// **Throws** [IllegalArgumentException] for a negative number of classes.
    public ConfusionMatrix(int classes) {
        this(
                new long[(int) Options.atLeast("ConfusionMatrix", "the number of classes", classes, 0)][classes],
                IntStream.range(0, classes).mapToObj(String::valueOf).toList());
    }

    /// The table of the samples whose right and found classes are given.
    ///
    /// **Throws** [IllegalArgumentException] if the arrays differ in length or a class is not in `0 ..
    /// classes-1`.
    public static ConfusionMatrix of(long[] right, long[] found, int classes) {
        if (right.length != found.length) {
            throw new IllegalArgumentException("There are " + right.length + " right classes and " + found.length
                    + " found ones" + "\n  rule: one of each for every sample");
        }
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < right.length; i++) {
            matrix.counts[matrix.checked(right[i])][matrix.checked(found[i])]++;
        }
        return matrix;
    }

    /// The table of counts that are given row by row.
    static ConfusionMatrix ofCounts(long[] flat, int classes) {
        ConfusionMatrix matrix = new ConfusionMatrix(classes);
        for (int i = 0; i < classes; i++) {
            System.arraycopy(flat, i * classes, matrix.counts[i], 0, classes);
        }
        return matrix;
    }

    /// The counts row by row.
    long[] flat() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).toArray();
    }

    private int checked(long c) {
        if (c < 0 || c >= counts.length) {
            throw new IllegalArgumentException(
                    "There is no class " + c + "\n  rule: it lies in 0 .. " + (counts.length - 1));
        }
        return (int) c;
    }

    /// The sum of two tables of the same classes, with this one's names.
    ///
    /// **Throws** [IllegalArgumentException] if the numbers of classes differ.
    public ConfusionMatrix plus(ConfusionMatrix other) {
        if (other.classes() != classes()) {
            throw new IllegalArgumentException("A table of " + other.classes() + " classes cannot be added to one of "
                    + classes() + "\n  rule: both have the same classes");
        }
        long[][] sum = new long[classes()][classes()];
        for (int i = 0; i < sum.length; i++) {
            for (int j = 0; j < sum.length; j++) {
                sum[i][j] = counts[i][j] + other.counts[i][j];
            }
        }
        return new ConfusionMatrix(sum, names);
    }

    /// The same table with names for the classes.
    ///
    /// **Throws** [IllegalArgumentException] unless there is one name a class.
    public ConfusionMatrix named(List<String> classNames) {
        if (classNames.size() != classes()) {
            throw new IllegalArgumentException(
                    classNames.size() + " names " + classNames + " for " + classes() + " classes\n  rule: one a class");
        }
        return new ConfusionMatrix(counts, classNames);
    }

    /// The number of classes.
    public int classes() {
        return counts.length;
    }

    /// The names of the classes; their indices unless [#named] was called.
    public List<String> names() {
        return names;
    }

    /// How often the class `right` was taken for `found`.
    public long count(int right, int found) {
        return counts[checked(right)][checked(found)];
    }

    /// The number of samples.
    public long total() {
        return Arrays.stream(counts).flatMapToLong(Arrays::stream).sum();
    }

    private long there(int c) {
        return Arrays.stream(counts[c]).sum();
    }

    private long found(int c) {
        return Arrays.stream(counts).mapToLong(row -> row[c]).sum();
    }

    /// The share of samples whose class was found; NaN without samples.
    public double accuracy() {
        return (double) IntStream.range(0, classes())
                        .mapToLong(c -> counts[c][c])
                        .sum()
                / total();
    }

    /// The pooled precision, recall and F1, counted over all classes together: with one class a sample, all
    /// three are the accuracy.
    public double micro() {
        return accuracy();
    }

    /// Of those taken for `c`, the share that is.
    public double precision(int c) {
        return share(counts[checked(c)][c], found(c));
    }

    /// Of those that are `c`, the share taken for it.
    public double recall(int c) {
        return share(counts[checked(c)][c], there(c));
    }

    /// The harmonic mean of precision and recall of `c`: `2·hits / (there + found)`.
    public double f1(int c) {
        return share(2 * counts[checked(c)][c], there(c) + found(c));
    }

    private static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    /// The mean of the classes' precision (macro average).
    public double precision() {
        return macro(this::precision);
    }

    /// The mean of the classes' recall (macro average).
    public double recall() {
        return macro(this::recall);
    }

    /// The mean of the classes' F1 (macro average).
    public double f1() {
        return macro(this::f1);
    }

    /// The correlation of right and found classes, from -1 to 1, 0 for guessing; of two classes `(TP·TN
    /// - FP·FN) / sqrt((TP + FP)(TP + FN)(TN + FP)(TN + FN))`; 0 where one class is all there is or all
    /// that was found.
    ///
    /// **Source** Matthews, "Comparison of the predicted and observed secondary structure of T4 phage
    /// lysozyme", 1975; several classes: Gorodkin, "Comparing two K-category assignments by a
    /// K-category correlation coefficient", 2004.
    public double mcc() {
        double n = total();
        double rightByChance = 0;
        double thereSquared = 0;
        double foundSquared = 0;
        for (int c = 0; c < classes(); c++) {
            rightByChance += (double) there(c) * found(c);
            thereSquared += (double) there(c) * there(c);
            foundSquared += (double) found(c) * found(c);
        }
        double spread = StrictMath.sqrt((n * n - thereSquared) * (n * n - foundSquared));
        return spread == 0 ? 0 : (hits() * n - rightByChance) / spread;
    }

    /// Cohen's kappa, `(a - e) / (1 - e)`: the accuracy `a` beyond the agreement `e` by chance; NaN if
    /// chance agrees always.
    ///
    /// **Source** Cohen, "A coefficient of agreement for nominal scales", 1960.
    public double kappa() {
        double n = total();
        double chance = 0;
        for (int c = 0; c < classes(); c++) {
            chance += (double) there(c) * found(c) / (n * n);
        }
        return (accuracy() - chance) / (1 - chance);
    }

    /// The overlap of what is `c` and what was taken for it, their intersection over their union
    /// (Jaccard's index).
    public double iou(int c) {
        long hits = counts[checked(c)][c];
        return share(hits, there(c) + found(c) - hits);
    }

    /// The mean of the classes' [#iou(int)] (mean intersection over union).
    public double iou() {
        return macro(this::iou);
    }

    private double hits() {
        return IntStream.range(0, classes()).mapToLong(c -> counts[c][c]).sum();
    }

    /// Precision, recall, F1 and number of samples of each class, then the accuracy, the means over the
    /// classes and the means weighted by their numbers, as a table.
    public String report() {
        int n = classes();
        String[][] cells = new String[n + 4][5];
        cells[0] = new String[] {"", "precision", "recall", "f1", "samples"};
        for (int c = 0; c < n; c++) {
            cells[c + 1] = line(names.get(c), precision(c), recall(c), f1(c), there(c));
        }
        cells[n + 1] = new String[] {"accuracy", "", "", twoDigits(accuracy()), String.valueOf(total())};
        cells[n + 2] = line("mean", precision(), recall(), f1(), total());
        cells[n + 3] =
                line("weighted mean", weighted(this::precision), weighted(this::recall), weighted(this::f1), total());
        return aligned(cells);
    }

    private static String[] line(String name, double precision, double recall, double f1, long samples) {
        return new String[] {name, twoDigits(precision), twoDigits(recall), twoDigits(f1), String.valueOf(samples)};
    }

    private static String twoDigits(double share) {
        return String.format(java.util.Locale.ROOT, "%.2f", share);
    }

    /// The mean of a figure over the classes, each counting as often as it is there.
    private double weighted(IntToDoubleFunction figure) {
        return IntStream.range(0, classes())
                        .mapToDouble(c -> figure.applyAsDouble(c) * there(c))
                        .sum()
                / total();
    }

    private double macro(IntToDoubleFunction figure) {
        return IntStream.range(0, classes())
                .filter(c -> there(c) + found(c) > 0)
                .mapToDouble(figure)
                .average()
                .orElse(Double.NaN);
    }

    /// The table with the recall of each row and the precision of each column, in percent; 0 is a dot.
    @Override
    public String toString() {
        int n = classes();
        String[][] cells = new String[n + 2][n + 2];
        for (String[] row : cells) {
            Arrays.fill(row, "");
        }
        cells[0][0] = "right \\ found";
        cells[0][n + 1] = "recall";
        cells[n + 1][0] = "precision";
        cells[n + 1][n + 1] = total() == 0 ? "" : percent(accuracy());
        for (int i = 0; i < n; i++) {
            cells[0][i + 1] = names.get(i);
            cells[i + 1][0] = names.get(i);
            cells[i + 1][n + 1] = there(i) == 0 ? "" : percent(recall(i));
            cells[n + 1][i + 1] = found(i) == 0 ? "" : percent(precision(i));
            for (int j = 0; j < n; j++) {
                cells[i + 1][j + 1] = counts[i][j] == 0 ? "·" : String.valueOf(counts[i][j]);
            }
        }
        return aligned(cells);
    }

    private static String percent(double share) {
        return String.format(java.util.Locale.ROOT, "%.1f%%", 100 * share);
    }

    /// The cells in columns as wide as their widest cell: the first one to the left, the others to the right.
    private static String aligned(String[][] cells) {
        StringBuilder text = new StringBuilder();
        int[] width = new int[cells[0].length];
        for (String[] row : cells) {
            for (int j = 0; j < row.length; j++) {
                width[j] = Math.max(width[j], row[j].length());
            }
        }
        for (String[] row : cells) {
            StringBuilder line = new StringBuilder();
            for (int j = 0; j < row.length; j++) {
                String gap = " ".repeat(width[j] - row[j].length());
                line.append(j == 0 ? row[j] + gap : "  " + gap + row[j]);
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.substring(0, text.length() - 1);
    }
}
