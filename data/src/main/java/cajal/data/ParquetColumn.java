package cajal.data;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.LogicalType;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.reader.Validity;
import dev.hardwood.schema.ColumnSchema;
import dev.hardwood.schema.FileSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One column of a Parquet file: numbers with NaN for a missing one, or none and texts with an empty one
/// for a missing one. Only this class knows the reader, so that all others do without it.
///
/// @param name its name
/// @param numbers the numbers, or none
/// @param cells the values as text
record ParquetColumn(String name, double[] numbers, List<String> cells) {
    int size() {
        return cells.size();
    }

    String cell(int row) {
        return cells.get(row);
    }

    static List<ParquetColumn> read(Path file) {
        try (ParquetFileReader reader = ParquetFileReader.open(InputFile.of(file))) {
            FileSchema schema = reader.getFileSchema();
            if (!schema.isFlatSchema()) {
                throw new DataException(file + " has nested columns\n  rule: each column holds one value a row");
            }
            List<ParquetColumn> columns = new ArrayList<>();
            for (ColumnSchema column : schema.getColumns()) {
                columns.add(read(file, reader, column));
            }
            return columns;
        } catch (DataException known) {
            throw known;
        } catch (IOException | RuntimeException e) { // the reader throws all sorts of things at damaged files
            throw new DataException(
                    file + " is no whole Parquet file: " + e.getMessage()
                            + "\n"
                            + "  rule: a Parquet file, its columns compressed in a way that the program has a library"
                            + " for",
                    e);
        }
    }

    private static ParquetColumn read(Path file, ParquetFileReader reader, ColumnSchema column) {
        boolean text = column.type() == PhysicalType.BYTE_ARRAY;
        if (!isKnown(column)) {
            throw new DataException(file + ": the column '" + column.name() + "' is " + column.type() + " "
                    + column.logicalType() + "\n  rule: numbers, booleans or texts\n"
                    + "  fix:  convert it in the program that writes the file");
        }
        List<String> cells = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        try (ColumnReader values = reader.columnReader(column.columnIndex())) {
            while (values.nextBatch()) {
                Validity valid = values.getLeafValidity();
                String[] batch = batch(values, column);
                for (int i = 0; i < values.getRecordCount(); i++) {
                    boolean there = valid.isNotNull(i);
                    cells.add(there ? batch[i] : "");
                    if (!text) {
                        numbers.add(there ? number(batch[i]) : Double.NaN);
                    }
                }
            }
        }
        return new ParquetColumn(
                column.name(), numbers.stream().mapToDouble(d -> d).toArray(), cells);
    }

    private static boolean isKnown(ColumnSchema column) {
        LogicalType logical = column.logicalType();
        return switch (column.type()) {
            case INT32, INT64 -> logical == null || logical instanceof LogicalType.IntType;
            case FLOAT, DOUBLE, BOOLEAN -> logical == null;
            case BYTE_ARRAY -> logical instanceof LogicalType.StringType || logical instanceof LogicalType.EnumType;
            default -> false;
        };
    }

    private static double number(String text) {
        return switch (text) {
            case "true" -> 1;
            case "false" -> 0;
            default -> Double.parseDouble(text);
        };
    }

    private static String[] batch(ColumnReader values, ColumnSchema column) {
        int n = values.getRecordCount();
        if (column.type() == PhysicalType.BYTE_ARRAY) {
            return values.getStrings();
        }
        boolean unsigned = column.logicalType() instanceof LogicalType.IntType i && !i.isSigned();
        String[] out = new String[n];
        for (int k = 0; k < n; k++) {
            out[k] = switch (column.type()) {
                case INT32 ->
                    unsigned ? Integer.toUnsignedString(values.getInts()[k]) : Integer.toString(values.getInts()[k]);
                case INT64 ->
                    unsigned ? Long.toUnsignedString(values.getLongs()[k]) : Long.toString(values.getLongs()[k]);
                case FLOAT -> Float.toString(values.getFloats()[k]);
                case DOUBLE -> Double.toString(values.getDoubles()[k]);
                default -> Boolean.toString(values.getBooleans()[k]);
            };
        }
        return out;
    }
}
