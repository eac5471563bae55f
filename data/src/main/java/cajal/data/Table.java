package cajal.data;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// A CSV file as text: named columns, and for each row its cells and the line it stands in.
///
/// **Source** RFC 4180; the reader is FastCSV.
///
/// @param name what it is called in messages: usually the file
/// @param header the names of the columns
/// @param rows the rows
public record Table(String name, List<String> header, List<Row> rows) {
    /// One row.
    ///
    /// @param line the line in the file, from 1
    /// @param cells one a column
    public record Row(long line, List<String> cells) {}

    /// Copies the lists.
    public Table {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
    }

    /// The table in a file whose first row names the columns.
    ///
    /// **Throws** [DataException] naming the file, and where in it a row has another number of cells than the
    /// header.
    public static Table read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return read(file.toString(), in);
        } catch (NoSuchFileException e) {
            throw new DataException("There is no file " + file, e);
        } catch (IOException e) {
            throw new DataException(
                    file + " cannot be read: " + e.getMessage() + "\n  rule: the file exists and may be read", e);
        }
    }

    /// The table in a text whose first row names the columns.
    ///
    /// @param name what it is called in messages
    ///
    /// **Throws** [DataException] naming where in it a row has another number of cells than the header.
    public static Table parse(String name, String text) {
        try {
            return read(name, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Fisher's irises: 150 flowers of three species, four lengths in centimetres each.
    ///
    /// **Source** Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7, 1936,
    /// table
    /// I.
    public static Table iris() {
        try (InputStream in = Table.class.getResourceAsStream("iris.csv")) {
            return read("iris", java.util.Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Table read(String name, InputStream in) throws IOException {
        CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
        List<String> header = List.of();
        List<Row> rows = new ArrayList<>();
        try (Reader text = withoutMark(new InputStreamReader(in, utf8));
                CsvReader<CsvRecord> csv = CsvReader.builder()
                        .extraFieldStrategy(FieldMismatchStrategy.IGNORE) // they are refused below, with their line
                        .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                        .ofCsvRecord(text)) {
            for (CsvRecord record : csv) {
                List<String> cells =
                        record.getFields().stream().map(String::strip).toList();
                if (header.isEmpty()) {
                    header = named(name, cells);
                } else if (cells.size() != header.size()) {
                    throw new DataException(name + ", line " + record.getStartingLineNumber() + ": " + cells.size()
                            + " cells\n  rule: as many as the header names: " + header.size());
                } else {
                    rows.add(new Row(record.getStartingLineNumber(), cells));
                }
            }
        } catch (CsvParseException e) {
            throw new DataException(name + " is no CSV file: " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new DataException(name + " is no text in UTF-8: " + e.getCause(), e);
        }
        if (rows.isEmpty()) {
            throw new DataException(
                    name + " has no rows\n  rule: a first row that names the columns, then one a sample");
        }
        return new Table(name, header, rows);
    }

    /// The text after a byte order mark, which some programs put before it.
    private static Reader withoutMark(Reader text) throws IOException {
        PushbackReader all = new PushbackReader(text);
        try {
            int first = all.read();
            if (first >= 0 && first != '\uFEFF') {
                all.unread(first);
            }
        } catch (CharacterCodingException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static List<String> named(String table, List<String> cells) {
        for (String cell : cells) {
            if (cell.isEmpty() || isNumber(cell)) {
                throw new DataException(table + ", line 1: '" + cell
                        + "' cannot name a column\n  rule: the first row names the columns\n"
                        + "  fix:  put a line of names on top, as in: " + example(cells.size()));
            }
        }
        if (new HashSet<>(cells).size() < cells.size()) {
            throw new DataException(
                    table + ", line 1: two columns have one name: " + cells + "\n  rule: names are unique");
        }
        return cells;
    }

    private static String example(int columns) {
        List<String> names = new ArrayList<>();
        for (int i = 1; i < Math.min(columns, 4); i++) {
            names.add("input" + i);
        }
        return String.join(",", names) + (columns > 4 ? ",…" : "") + ",target";
    }

    static boolean isNumber(String cell) {
        try {
            return Double.isFinite(Double.parseDouble(cell)) && !cell.endsWith("d") && !cell.endsWith("f");
        } catch (NumberFormatException _) {
            return false;
        }
    }

    /// The position of a column, by name or by number from 0.
    ///
    /// **Throws** [DataException] if there is none.
    public int column(String nameOrNumber) {
        int at = header.indexOf(nameOrNumber);
        if (at < 0 && nameOrNumber.matches("\\d{1,6}") && Integer.parseInt(nameOrNumber) < header.size()) {
            at = Integer.parseInt(nameOrNumber);
        }
        if (at < 0) {
            throw new DataException(
                    name + " has no column '" + nameOrNumber + "'; there are " + String.join(", ", header));
        }
        return at;
    }

    /// The table with some of its rows.
    public Table rows(long... numbers) {
        List<Row> some = new ArrayList<>();
        for (long n : numbers) {
            some.add(rows.get((int) n));
        }
        return new Table(name, header, some);
    }
}
