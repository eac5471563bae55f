package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// How the columns of a table become a network's inputs and targets: numbers are standardised to mean 0 and
/// variance 1, texts become one input a category, the target becomes class indices or a standardised value.
///
/// It is fitted on training rows and kept with the model ([#toMap]), so that new rows are treated alike.
public final class Columns {
    private static final TreeSet<String> MISSING = new TreeSet<>(List.of("", "?", "NA", "N/A", "NaN", "nan", "null"));
    private static final int MOST_CLASSES = 50;

    private final List<Column> inputs;
    private final Optional<Column> target;
    private final Missing missing;

    /// What is done about cells without a value (empty, `?`, `NA`, `NaN`, `null`).
    public enum Missing {
        /// They are refused, with line and column.
        REFUSE,
        /// They get the mean of the training rows; texts become a category of their own.
        MEAN,
        /// Their row is left out.
        DROP
    }

    /// One column.
    ///
    /// @param name its name
    /// @param categories the texts that occur in it, in order; none if it holds numbers
    /// @param mean what is subtracted from a number
    /// @param scale what it is divided by then
    public record Column(String name, List<String> categories, double mean, double scale) {
        /// Copies the list.
        public Column {
            categories = List.copyOf(categories);
        }

        /// Whether it holds texts, or numbers that name classes.
        public boolean isCategorical() {
            return !categories.isEmpty();
        }

        int width() {
            return isCategorical() ? categories.size() : 1;
        }
    }

    private Columns(List<Column> inputs, Optional<Column> target, Missing missing) {
        this.inputs = List.copyOf(inputs);
        this.target = target;
        this.missing = missing;
    }

    /// Fits the columns of a table; the target is the named column, or the last one for an empty name.
    ///
    /// A column holds numbers if its first value is one. A target of numbers counts as classes if they are at
    /// most 50 different whole numbers from 0 on without a gap, each at least twice.
    ///
    /// **Throws** [DataException] for a text in a column of numbers, with line and column; for a missing value
    /// under
    /// [Missing#REFUSE]; and if nothing is left to learn from.
    public static Columns fit(Table table, String target, Missing missing) {
        int at = target.isEmpty() ? table.header().size() - 1 : table.column(target);
        if (table.header().size() < 2) {
            boolean other = table.header().getFirst().matches("(?s).*[;\t|].*");
            throw new DataException(
                    table.name() + " has one column, '" + table.header().getFirst()
                            + "'\n  rule: at least one input and the target, separated by commas"
                            + (other ? "\n  fix:  write commas between the cells" : ""));
        }
        List<Column> inputs = new ArrayList<>();
        for (int i = 0; i < table.header().size(); i++) {
            if (i != at) {
                inputs.add(column(table, i, missing, false));
            }
        }
        return new Columns(
                inputs,
                Optional.of(column(table, at, missing == Missing.MEAN ? Missing.REFUSE : missing, true)),
                missing);
    }

    private static Column column(Table table, int at, Missing missing, boolean target) {
        String name = table.header().get(at);
        List<Table.Row> present =
                table.rows().stream().filter(r -> !isMissing(r.cells().get(at))).toList();
        if (present.isEmpty()) {
            throw new DataException(table.name() + ": the column '" + name + "' has no value");
        }
        if (present.size() < table.rows().size() && missing == Missing.REFUSE) {
            long line = table.rows().stream()
                    .filter(r -> isMissing(r.cells().get(at)))
                    .findFirst()
                    .orElseThrow()
                    .line();
            throw new DataException(table.name() + ", line " + line + ", column '" + name
                    + "': there is no value\n  rule: every cell has one\n"
                    + "  fix:  fill it in, or say what to do: --missing mean, --missing drop");
        }
        if (!Table.isNumber(present.getFirst().cells().get(at))) {
            TreeSet<String> texts = new TreeSet<>();
            table.rows()
                    .forEach(r -> texts.add(
                            isMissing(r.cells().get(at)) ? "" : r.cells().get(at)));
            if (missing == Missing.DROP) {
                texts.remove("");
            }
            return new Column(name, List.copyOf(texts), 0, 1);
        }
        double[] values =
                present.stream().mapToDouble(r -> number(table, r, at)).toArray();
        List<String> classes = target ? classes(values) : List.of();
        return classes.isEmpty() ? standardised(name, values) : new Column(name, classes, 0, 1);
    }

    private static Column standardised(String name, double[] values) {
        double mean = java.util.Arrays.stream(values).average().orElse(0);
        double variance = java.util.Arrays.stream(values)
                .map(v -> (v - mean) * (v - mean))
                .average()
                .orElse(0);
        return new Column(name, List.of(), mean, variance > 0 ? Math.sqrt(variance) : 1);
    }

    /// The class names of a target of numbers, or none if they are values.
    private static List<String> classes(double[] values) {
        Map<Long, Integer> counts = new java.util.TreeMap<>();
        for (double v : values) {
            if (v != Math.rint(v) || v < 0 || v >= MOST_CLASSES) {
                return List.of();
            }
            counts.merge((long) v, 1, Integer::sum);
        }
        boolean dense = counts.keySet().stream().mapToLong(l -> l).max().orElse(0) == counts.size() - 1;
        boolean repeated = counts.values().stream().allMatch(n -> n > 1);
        return dense && repeated && counts.size() > 1
                ? counts.keySet().stream().map(String::valueOf).toList()
                : List.of();
    }

    private static boolean isMissing(String cell) {
        return MISSING.contains(cell);
    }

    private static double number(Table table, Table.Row row, int at) {
        String cell = row.cells().get(at);
        if (!Table.isNumber(cell)) {
            throw new DataException(
                    table.name() + ", line " + row.line() + ", column '"
                            + table.header().get(at) + "': '" + cell + "' is no number\n"
                            + "  rule: a column that begins with a number holds numbers\n  fix:  correct the cell, or write all of the column as text");
        }
        return Double.parseDouble(cell);
    }

    /// The input columns.
    public List<Column> inputs() {
        return inputs;
    }

    /// The target column, if there is one.
    public Optional<Column> target() {
        return target;
    }

    /// The names of the classes; none if a value is to be predicted.
    public List<String> classes() {
        return target.map(Column::categories).orElse(List.of());
    }

    /// The number of inputs of the network.
    public int width() {
        return inputs.stream().mapToInt(Column::width).sum();
    }

    /// The rows as samples.
    ///
    /// **Throws** [DataException] if a cell does not fit its column.
    public Dataset dataset(Table table) {
        Column goal = target.orElseThrow(() -> new DataException("These columns have no target"));
        Table rows = kept(table, true);
        int at = table.column(goal.name());
        Tensor x = encoded(rows);
        if (goal.isCategorical()) {
            long[] y = rows.rows().stream()
                    .mapToLong(r -> category(table, r, at, goal))
                    .toArray();
            return Dataset.of(
                    x,
                    Tensor.wrap(new HostStorage.Longs(y), Shape.of(y.length)),
                    goal.categories().toArray(String[]::new));
        }
        float[] y = new float[rows.rows().size()];
        for (int i = 0; i < y.length; i++) {
            y[i] = (float) ((number(table, rows.rows().get(i), at) - goal.mean()) / goal.scale());
        }
        return Dataset.of(x, Tensor.wrap(new HostStorage.Floats(y), Shape.of(y.length, 1)));
    }

    /// The rows as inputs `(n, width)`; the table may lack the target.
    public Tensor inputs(Table table) {
        return encoded(kept(table, false));
    }

    private Table kept(Table table, boolean withTarget) {
        if (missing != Missing.DROP) {
            return table;
        }
        List<Integer> at = new ArrayList<>();
        inputs.forEach(c -> at.add(table.column(c.name())));
        target.filter(_ -> withTarget).ifPresent(c -> at.add(table.column(c.name())));
        List<Table.Row> rows = table.rows().stream()
                .filter(r -> at.stream().noneMatch(i -> isMissing(r.cells().get(i))))
                .toList();
        return new Table(table.name(), table.header(), rows);
    }

    private Tensor encoded(Table table) {
        int width = width();
        float[] x = new float[Math.multiplyExact(table.rows().size(), width)];
        int column = 0;
        for (Column c : inputs) {
            int at = table.column(c.name());
            for (int i = 0; i < table.rows().size(); i++) {
                Table.Row row = table.rows().get(i);
                if (c.isCategorical()) {
                    x[i * width + column + category(table, row, at, c)] = 1;
                } else if (isMissing(row.cells().get(at)) && missing == Missing.MEAN) {
                    x[i * width + column] = 0; // the mean, standardised
                } else {
                    x[i * width + column] = (float) ((number(table, row, at) - c.mean()) / c.scale());
                }
            }
            column += c.width();
        }
        return Tensor.wrap(new HostStorage.Floats(x), Shape.of(table.rows().size(), width));
    }

    private static int category(Table table, Table.Row row, int at, Column c) {
        String cell = isMissing(row.cells().get(at)) ? "" : row.cells().get(at);
        int index = c.categories().indexOf(cell);
        if (index < 0 && Table.isNumber(cell)) { // "1.0" names the class "1"
            double v = Double.parseDouble(cell);
            index = v == Math.rint(v) ? c.categories().indexOf(Long.toString((long) v)) : -1;
        }
        if (index < 0) {
            throw new DataException(table.name() + ", line " + row.line() + ", column '" + c.name() + "': '" + cell
                    + "' did not occur when the columns were fitted\n  rule: it is one of " + c.categories());
        }
        return index;
    }

    // ---- as data

    /// The columns as nested maps, for a model file.
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", "columns");
        map.put("missing", missing.name());
        map.put("inputs", inputs.stream().map(Columns::toMap).toList());
        target.ifPresent(t -> map.put("target", toMap(t)));
        return map;
    }

    private static Map<String, Object> toMap(Column c) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", c.name());
        if (c.isCategorical()) {
            map.put("categories", c.categories());
        } else {
            map.put("mean", c.mean());
            map.put("scale", c.scale());
        }
        return map;
    }

    /// The columns that [#toMap] described.
    ///
    /// **Throws** [DataException] if the data make no sense.
    public static Columns of(Map<String, ?> map) {
        try {
            List<Column> inputs = new ArrayList<>();
            for (Object o : (List<?>) java.util.Objects.requireNonNull(map.get("inputs"))) {
                inputs.add(column((Map<?, ?>) o));
            }
            Optional<Column> target =
                    Optional.ofNullable((Map<?, ?>) map.get("target")).map(Columns::column);
            return new Columns(inputs, target, Missing.valueOf(String.valueOf(map.get("missing"))));
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new DataException("The description of the columns makes no sense: " + e.getMessage(), e);
        }
    }

    private static Column column(Map<?, ?> m) {
        List<String> categories = m.get("categories") instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
        return new Column(String.valueOf(m.get("name")), categories, real(m.get("mean"), 0), real(m.get("scale"), 1));
    }

    private static double real(@org.jspecify.annotations.Nullable Object value, double otherwise) {
        return value instanceof Number n ? n.doubleValue() : otherwise;
    }
}
