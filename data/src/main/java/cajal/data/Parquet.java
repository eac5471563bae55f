package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads flat Parquet files: columns of numbers, booleans and texts.
///
/// The reader is Hardwood, which is not needed otherwise: a program that reads Parquet adds
/// `dev.hardwood:hardwood-core`
/// to its own dependencies, and for compressed columns the codec that Hardwood names.
///
/// **Source** the Apache Parquet format, 2.11.
public final class Parquet {
    private Parquet() {}

    /// The table in a file; a value that is missing becomes an empty cell.
    ///
    /// **Throws** [DataException] naming the file and the fault, if the reader is missing, or for a column
    /// that is nested or of another kind (decimals, dates, bytes).
    public static Table table(Path file) {
        List<ParquetColumn> columns = columns(file);
        List<Table.Row> rows = new ArrayList<>();
        for (int i = 0; i < columns.getFirst().size(); i++) {
            List<String> cells = new ArrayList<>();
            for (ParquetColumn c : columns) {
                cells.add(c.cell(i));
            }
            rows.add(new Table.Row(i + 1L, cells));
        }
        return new Table(
                file.toString(), columns.stream().map(ParquetColumn::name).toList(), rows);
    }

    /// Some columns of numbers, or all if none is named, as `F32` `(rows, columns)`; missing values are NaN.
    ///
    /// **Throws** [DataException] as [#table] does, for a column that there is not, and for one of texts.
    public static Tensor numbers(Path file, String... names) {
        List<ParquetColumn> all = columns(file);
        List<ParquetColumn> chosen = new ArrayList<>(names.length == 0 ? all : List.of());
        for (String name : names) {
            chosen.add(all.stream()
                    .filter(c -> c.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new DataException(file + " has no column '" + name + "'; there are "
                            + String.join(
                                    ", ", all.stream().map(ParquetColumn::name).toList()))));
        }
        int n = all.getFirst().size();
        int width = chosen.size();
        float[] out = new float[Math.multiplyExact(n, width)];
        for (int c = 0; c < width; c++) {
            double[] numbers = chosen.get(c).numbers();
            if (numbers.length < n) {
                throw new DataException(file + ": the column '" + chosen.get(c).name()
                        + "' holds texts\n  rule: a tensor is made of numbers\n"
                        + "  fix:  name the columns of numbers, or read the file as a table");
            }
            for (int i = 0; i < n; i++) {
                out[i * width + c] = (float) numbers[i];
            }
        }
        return Tensor.wrap(new HostStorage.Floats(out), Shape.of(n, width));
    }

    private static List<ParquetColumn> columns(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DataException("There is no file " + file);
        }
        try {
            List<ParquetColumn> columns = ParquetColumn.read(file);
            if (columns.isEmpty()) {
                throw new DataException(file + " has no columns\n  rule: at least one");
            }
            return columns;
        } catch (NoClassDefFoundError e) {
            throw new DataException(
                    file + " cannot be read: " + e.getMessage() + " is missing\n"
                            + "  rule: Parquet files need the library"
                            + " dev.hardwood:hardwood-core\n"
                            + "  fix:  add it to the program's dependencies, and"
                            + " on the module path --add-modules"
                            + " dev.hardwood.core",
                    e);
        }
    }
}
