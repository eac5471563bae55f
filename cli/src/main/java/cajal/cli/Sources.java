package cajal.cli;

import cajal.data.Columns;
import cajal.data.DataException;
import cajal.data.Dataset;
import cajal.data.Digits;
import cajal.data.Download;
import cajal.data.Split;
import cajal.data.Table;
import cajal.data.Toys;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/// The data sets that a command line can name: a further one is an entry in the table.
final class Sources {
    /// Where nothing says which samples are for testing, a fifth of them is.
    static final double TEST_SHARE = 0.2;
    private static final String OWN = "Apache-2.0";
    private static final Map<String, Source> NAMED = new LinkedHashMap<>();

    static {
        NAMED.put(
                "digits",
                new Source(
                        "10 classes",
                        count(Digits.TRAIN) + " + " + count(Digits.TEST),
                        OWN,
                        "drawn by the program itself",
                        Sources::digits));
        NAMED.put("mnist", pictures("10 classes", "commonly CC BY-SA 3.0", "LeCun, Cortes, Burges", "mnist"));
        NAMED.put("fashion-mnist", pictures("10 classes", "MIT", "Xiao, Rasul, Vollgraf (Zalando)", "fashion-mnist"));
        NAMED.put("kmnist", pictures("10 classes", "CC BY-SA 4.0", "Clanuwat et al. (CODH)", "kmnist"));
        NAMED.put(
                "cifar10",
                new Source("10 classes", "50,000 + 10,000", "none stated", "Krizhevsky (CIFAR-10)", Coloured::cifar10));
        NAMED.put("iris", new Source("3 classes", "150", "public domain", "Fisher 1936", r -> table(r, Table.iris())));
        NAMED.put("blobs", toy("4 classes", 2000, seed -> Toys.blobs(2000, 4, 0.3, seed)));
        NAMED.put("circles", toy("2 classes", 2000, seed -> Toys.circles(2000, 0.1, seed)));
        NAMED.put("moons", toy("2 classes", 2000, seed -> Toys.moons(2000, 0.15, seed)));
        NAMED.put("xor", toy("2 classes", 2000, seed -> Toys.xor(2000, 0.1, seed)));
        NAMED.put("spiral", toy("3 classes", 3000, seed -> Toys.spirals(3000, 3, 0.1, seed)));
        NAMED.put("sine", toy("1 value", 2000, seed -> Toys.sine(2000, 0.05, seed)));
    }

    /// What is asked for.
    ///
    /// @param name the name of the data set, or the path of a CSV file
    /// @param from where it comes from
    /// @param seed of what is random in it
    record Request(Shell shell, OutputOptions output, String name, DataOptions from, long seed) {}

    /// A data set with a name.
    private record Source(String task, String samples, String licence, String origin, Maker maker) {}

    @FunctionalInterface
    private interface Maker {
        Material make(Request request);
    }

    private Sources() {}

    // ---- what commands ask for

    /// The data set of a name, of a CSV file or of a text, made ready.
    static Material material(Shell shell, OutputOptions output, String name, DataOptions from, long seed) {
        Request request = new Request(shell, output, name, from, seed);
        from.limit.ifPresent(n -> {
            if (n < 1) {
                throw Mistake.of("--limit is " + n, "a number of samples of at least 1", "");
            }
        });
        if (Text.isMeant(name)) {
            return Text.material(request);
        }
        return isTable(name)
                ? table(request, read(shell, name))
                : source(request).maker.make(request);
    }

    /// The samples on which a model is measured: what is named, or the test samples of its own data. Rows of
    /// another CSV file are treated as the model's own were, and all of them count.
    static Dataset forModel(Shell shell, OutputOptions output, TrainedModel model, String name, DataOptions from) {
        Optional<Settings> own =
                model.settings().isEmpty() ? Optional.empty() : Optional.of(Settings.fromMap(model.settings()));
        if (name.isEmpty() && own.isEmpty()) {
            throw Mistake.of(
                    "the model does not say what it was trained on",
                    "DATA is named then",
                    "./cajal eval " + shell.shown(model.path()) + " DATA");
        }
        String data = name.isEmpty() ? own.get().data() : name;
        if (Text.isMeant(data) != model.isText()) {
            throw Mistake.of(
                    "the model " + shell.shown(model.path()) + " and the data '" + data + "' do not fit",
                    model.isText()
                            ? "a model that continues texts is measured on a text, FILE.txt"
                            : "texts are for models that were trained on one",
                    "");
        }
        boolean same = own.isPresent() && data.equals(own.get().data());
        if (isTable(data) && !same) {
            return columns(model).dataset(read(shell, data));
        }
        Material material = material(
                shell,
                output,
                data,
                same ? from.or(own.get()) : from,
                own.map(Settings::seed).orElse(42L));
        model.requireFit(material);
        return material.test();
    }

    /// How a model reads tables.
    static Columns columns(TrainedModel model) {
        if (!"columns".equals(model.saved().input().get("kind"))) {
            throw Mistake.of(
                    "the model " + model.path() + " reads no tables: its inputs have the shape " + model.inputShape(),
                    "CSV files go with models that were trained on one",
                    "");
        }
        return Columns.of(model.saved().input());
    }

    /// The training samples, and if a share is wanted those that are kept for validation.
    static Dataset[] validation(Dataset train, double share, long seed) {
        if (share == 0) {
            return new Dataset[] {train};
        }
        Split split = Mistake.ifRefused(
                "--val", () -> Split.of(train, share, RandomKey.of(seed).fold("validation")));
        return new Dataset[] {split.first(), split.second()};
    }

    /// The rows of a CSV file.
    static Table read(Shell shell, String file) {
        Path path = shell.path(file);
        if (!Files.isRegularFile(path)) {
            throw Mistake.of(
                    "there is no file '" + file + "'",
                    "DATA is a name (`cajal datasets` lists them) or a CSV file",
                    "");
        }
        return Table.read(path);
    }

    static boolean isTable(String name) {
        return name.toLowerCase(Locale.ROOT).endsWith(".csv");
    }

    private static Source source(Request request) {
        Source source = NAMED.get(request.name);
        if (source != null) {
            return source;
        }
        Mistake unknown = Near.unknown("data set", request.name, NAMED.keySet());
        throw request.name.matches(".*[./\\\\].*")
                ? new Mistake(unknown.getMessage() + "\n  or the path of a file that ends in .csv or .txt")
                : unknown;
    }

    // ---- the table for people and machines

    static Grid table() {
        Grid table = new Grid("name", "task", "samples", "licence", "source", "where");
        NAMED.forEach((name, s) -> table.row(name, s.task, s.samples, s.licence, s.origin, where(name, s)));
        return table;
    }

    static Map<String, Object> json() {
        Map<String, Object> all = new LinkedHashMap<>();
        NAMED.forEach((name, s) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("task", s.task);
            one.put("samples", s.samples);
            one.put("licence", s.licence);
            one.put("source", s.origin);
            one.put("where", where(name, s));
            all.put(name, one);
        });
        return all;
    }

    private static String where(String name, Source source) {
        if (!source.samples.contains("0,000 + 10,000") || source.licence.equals(OWN)) {
            return "built in";
        }
        Path folder = Download.cache().resolve(name);
        return Files.isRegularFile(folder.resolve("t10k-labels-idx1-ubyte.gz"))
                        || Files.isRegularFile(folder.resolve(Coloured.ARCHIVE))
                ? folder.toString()
                : "downloaded on first use, or --data-dir";
    }

    // ---- makers

    private static Material digits(Request r) {
        Digits d = Digits.handwriting(r.seed);
        return Material.of(r.name, limited(d.train(), r.from), d.test(), picture())
                .remark(
                        "(the training digits are written more wildly than the test digits, so they are harder to read)");
    }

    private static Source pictures(String task, String licence, String origin, String name) {
        return new Source(task, "60,000 + 10,000", licence, origin, r -> {
            Optional<Path> folder = r.from.folder.map(f -> folder(r.shell, f));
            Digits d = folder.map(f -> Digits.read(name, f)).orElseGet(() -> Digits.fetch(name, downloads(r)));
            return Material.of(r.name, limited(d.train(), r.from), d.test(), picture());
        });
    }

    /// Shows downloads: one line that changes on a terminal, else one line a file.
    static Download.Listener downloads(Request r) {
        return (file, done, total) -> {
            boolean whole = done == total;
            if (!r.output.quiet && (whole || r.shell.terminal())) {
                String share = total > 0 ? String.format(Locale.ROOT, " of %.1f MB", total / 1e6) : "";
                String line = String.format(Locale.ROOT, "downloading %s: %.1f MB%s", file, done / 1e6, share);
                r.shell.err().print(r.shell.terminal() ? "\r" + line + (whole ? "\n" : "") : line + "\n");
                r.shell.err().flush();
            }
        };
    }

    static Path folder(Shell shell, String written) {
        Path folder = shell.path(written);
        if (!Files.isDirectory(folder)) {
            throw Mistake.of(
                    "--data-dir: there is no folder '" + written + "'", "the folder with the data set's files", "");
        }
        return folder;
    }

    /// How a picture becomes an input: grey values from 0 (paper) to 1 (ink).
    private static Map<String, Object> picture() {
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("kind", "digit");
        input.put("from", 0L);
        input.put("to", 1L);
        return input;
    }

    private static String count(int n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static Source toy(String task, int samples, LongFunction<Dataset> maker) {
        return new Source(task, count(samples), OWN, "made by the program itself", r -> {
            Split split = Split.of(
                    maker.apply(r.seed), TEST_SHARE, RandomKey.of(r.seed).fold("test"));
            return Material.of(r.name, limited(split.first(), r.from), split.second(), Map.of("kind", "numbers"));
        });
    }

    static Dataset limited(Dataset train, DataOptions from) {
        return from.limit.isPresent() ? train.take(from.limit.get()) : train;
    }

    /// A table: a fifth of the rows, of each class alike, is kept for testing; numbers are standardised by
    /// the other rows.
    private static Material table(Request r, Table whole) {
        Columns.Missing missing = r.from.missing();
        String target = r.from.target.orElse("");
        Columns all = Columns.fit(whole, target, missing);
        Table rows = missing == Columns.Missing.DROP ? complete(all, whole) : whole;
        Split split = Mistake.ifRefused(() -> Split.of(
                numbered(all.dataset(rows)), TEST_SHARE, RandomKey.of(r.seed).fold("test")));
        Table train = rows.rows(numbers(split.first()));
        Columns columns = scaled(all, train, target, missing);
        Columns.Column goal = columns.target().orElseThrow();
        String name = Optional.ofNullable(Path.of(r.name).getFileName())
                .map(Path::toString)
                .orElse(r.name)
                .replaceAll("(?i)\\.csv$", "");
        return new Material(
                name,
                limited(columns.dataset(train), r.from),
                columns.dataset(rows.rows(numbers(split.second()))),
                columns.toMap(),
                goal.isCategorical() ? 0 : goal.mean(),
                goal.isCategorical() ? 1 : goal.scale(),
                "",
                Optional.empty());
    }

    /// The rows in which no value is missing.
    private static Table complete(Columns columns, Table table) {
        return table.rows(LongStream.range(0, table.rows().size())
                .filter(i -> columns.dataset(table.rows(i)).size() == 1)
                .toArray());
    }

    /// The categories of all rows, so that none is unknown when it is tested, and the scales of the training
    /// rows alone.
    private static Columns scaled(Columns all, Table train, String target, Columns.Missing missing) {
        Map<String, Object> merged = all.toMap();
        Map<String, Object> fitted;
        try {
            fitted = Columns.fit(train, target.isEmpty() ? train.header().getLast() : target, missing)
                    .toMap();
        } catch (DataException mixed) { // texts and numbers in one column: its kind depends on its first row
            return all;
        }
        List<Object> inputs = new ArrayList<>();
        for (int i = 0; i < all.inputs().size(); i++) {
            boolean texts = all.inputs().get(i).isCategorical();
            inputs.add(((List<?>) (texts ? merged : fitted).getOrDefault("inputs", List.of())).get(i));
        }
        merged.put("inputs", inputs);
        if (!all.target().orElseThrow().isCategorical()) {
            merged.put("target", fitted.getOrDefault("target", Map.of()));
        }
        return Columns.of(merged);
    }

    /// The same samples with their own numbers as inputs, so that a split of them tells which they are.
    private static Dataset numbered(Dataset data) {
        return Dataset.of(
                Tensor.arange(data.size()), data.all().targets(), data.classes().toArray(String[]::new));
    }

    private static long[] numbers(Dataset part) {
        return part.all().inputs().toLongs();
    }
}
