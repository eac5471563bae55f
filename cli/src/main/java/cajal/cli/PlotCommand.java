package cajal.cli;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.data.Table;
import cajal.format.AtomicFile;
import cajal.tensor.Tensor;
import cajal.train.ConfusionMatrix;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal plot`: curves, confusion matrices, activations and decision surfaces as files, without a browser.
@Command(
        name = "plot",
        header = "Draw curves, a confusion matrix, activations or a decision surface into an SVG or PNG file.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = {
            "cajal plot loss [RUN…] [OPTION…]",
            "       cajal plot confusion [MODEL] [DATA] [OPTION…]",
            "       cajal plot surface [MODEL] [DATA] [OPTION…]",
            "       cajal plot activations [NAME…] [OPTION…]%n"
        },
        footer = {
            "",
            "Examples:",
            "  ./cajal plot loss                                        the newest run in runs/, into loss.svg",
            "  ./cajal plot loss runs/digits-1 runs/digits-2 --metric accuracy --out both.png",
            "  ./cajal plot confusion runs/digits-1 mnist               which digit is taken for which",
            "  ./cajal plot surface runs/spiral-1 --out spiral.png      what a network of two inputs answers where",
            "  ./cajal plot activations relu gelu"
        })
final class PlotCommand implements Callable<Integer> {
    private static final List<String> KINDS = List.of("loss", "confusion", "surface", "activations");
    private static final int MOST_SAMPLES = 1_000; // drawn on a surface

    @Parameters(index = "0", paramLabel = "WHAT", description = "loss, confusion, surface or activations")
    private String what = "";

    @Parameters(
            index = "1..*",
            paramLabel = "OF",
            arity = "0..*",
            description =
                    "runs for loss; a model and data for confusion and surface; names for activations (default: the newest in runs/; all)")
    private List<String> words = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The file, which ends with .svg or .png (default: WHAT.svg).")
    private Optional<String> out = Optional.empty();

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            description = "For loss: another column of the run's log.csv, as in accuracy.")
    private String metric = "loss";

    @Option(names = "--log", description = "For loss: a logarithmic axis.")
    private boolean log;

    @Mixin
    private final DataOptions from = new DataOptions();

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    PlotCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (!KINDS.contains(what)) {
            throw Near.unknown("plot", what, KINDS);
        }
        String name = out.orElse(what + ".svg");
        Path file = shell.path(name);
        boolean png = name.toLowerCase(Locale.ROOT).endsWith(".png");
        if (!png && !name.toLowerCase(Locale.ROOT).endsWith(".svg")) {
            throw Mistake.of("--out " + name, "the name ends with .svg or .png", "--out " + name + ".svg");
        }
        Sheet sheet = switch (what) {
            case "loss" -> curves();
            case "confusion" -> confusion();
            case "surface" -> surface();
            default -> activations();
        };
        byte[] bytes = png ? sheet.png() : sheet.svg().getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, stream -> stream.write(bytes));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", shell.shown(file));
        line.put("plot", what);
        output.json(shell, line);
        output.result(shell, shell.shown(file));
        return 0;
    }

    // ---- curves

    private Sheet curves() {
        shell.host().readyKernels();
        List<Plots.Curve> curves = new ArrayList<>();
        for (String run : words.isEmpty() ? List.of(newestRun()) : words) {
            curves.addAll(curves(run));
        }
        return Plots.curves(metric, curves, log);
    }

    private String newestRun() {
        return RunFolder.newestModel(shell)
                .map(m -> shell.shown(m.resolveSibling(".").normalize()))
                .orElseThrow(() -> Mistake.of(
                        "there is no run in runs/",
                        "without a RUN, the newest one in runs/ is drawn",
                        "./cajal train makes one"));
    }

    private List<Plots.Curve> curves(String run) {
        Path path = shell.path(run);
        Path file = Files.isDirectory(path) ? new RunFolder(path).log() : path;
        if (!Files.isRegularFile(file)) {
            throw Mistake.of(
                    Files.isDirectory(path) ? "there is no log.csv in '" + run + "'" : "there is no run '" + run + "'",
                    "a RUN is the folder that `cajal train` wrote, or its log.csv",
                    RunFolder.newestModel(shell)
                            .map(m -> "the newest one is " + newestRun())
                            .orElse("./cajal train makes one"));
        }
        Table table = Table.read(file);
        List<String> measured = new ArrayList<>(table.header());
        measured.removeAll(List.of("kind", "epoch", "step"));
        measured.removeIf(c -> c.startsWith("validation_") && measured.contains(c.substring(11)));
        if (!table.header().contains("epoch") || !table.header().contains("kind")) {
            throw Mistake.of(
                    "'" + shell.shown(file) + "' is no log of a run",
                    "it has the columns kind, epoch, step, loss, …",
                    "");
        }
        if (!measured.contains(metric)) {
            throw Near.unknown("--metric", metric, measured);
        }
        String name = Files.isDirectory(path) ? String.valueOf(path.normalize().getFileName()) : run;
        List<Plots.Curve> curves = new ArrayList<>();
        for (String column : List.of(metric, "validation_" + metric)) {
            if (table.header().contains(column)) {
                curves.add(curve(name, table, column));
            }
        }
        return curves;
    }

    private static Plots.Curve curve(String name, Table table, String column) {
        int kind = table.column("kind");
        int epoch = table.column("epoch");
        int value = table.column(column);
        List<Table.Row> rows = table.rows().stream()
                .filter(r -> r.cells().get(kind).equals("epoch"))
                .toList();
        double[] epochs = rows.stream().mapToDouble(r -> number(r, epoch)).toArray();
        double[] values = rows.stream().mapToDouble(r -> number(r, value)).toArray();
        return new Plots.Curve(name, column.startsWith("validation_"), epochs, values);
    }

    private static double number(Table.Row row, int column) {
        try {
            return Double.parseDouble(row.cells().get(column));
        } catch (NumberFormatException empty) {
            return Double.NaN;
        }
    }

    // ---- models

    private TrainedModel model() {
        compute.heavy(shell);
        boolean named = words.size() >= 2 || words.size() == 1 && TrainedModel.isMeant(shell, words.getFirst());
        if (words.size() > 2) {
            throw Mistake.of("'" + words.get(2) + "' is one word too many", "a model and data", "");
        }
        TrainedModel model = named ? TrainedModel.open(shell, words.getFirst()) : TrainedModel.newest(shell);
        return model.requireNoText(shell, "it has no " + what);
    }

    private Dataset data(TrainedModel model) {
        boolean named = words.size() == 2 || words.size() == 1 && !TrainedModel.isMeant(shell, words.getFirst());
        return Sources.forModel(shell, output, model, named ? words.getLast() : "", from);
    }

    private Sheet confusion() {
        TrainedModel model = model();
        if (!model.isClassifier()) {
            throw Mistake.of(
                    "the model " + shell.shown(model.path()) + " tells no classes apart: it predicts values",
                    "a confusion matrix says which class was taken for which",
                    "./cajal eval " + shell.shown(model.path()) + " shows its errors");
        }
        Dataset data = data(model);
        int n = model.classes().size();
        ConfusionMatrix matrix = new ConfusionMatrix(n);
        Batches batches = Batches.inOrder(data, 1024);
        for (long b = 0; b < batches.count(); b++) {
            Batch batch = batches.at(0, b);
            long[] found = model.outputs(batch.inputs()).argmax(1).toLongs();
            matrix = matrix.plus(ConfusionMatrix.of(batch.targets().toLongs(), found, n));
        }
        return Plots.confusion(matrix.named(model.classes()));
    }

    private Sheet surface() {
        TrainedModel model = model();
        if (model.inputShape().size() != 2) {
            throw Mistake.of(
                    "the model " + shell.shown(model.path()) + " reads inputs of shape " + model.inputShape(),
                    "a surface is drawn over the plane of two inputs",
                    "./cajal train spiral makes such a model");
        }
        Dataset data = data(model);
        Tensor x = data.all().inputs();
        double[] targets = data.all().targets().toDoubles();
        long shown = Math.min(MOST_SAMPLES, x.dim(0));
        return Plots.surface(model, x.slice(0, 0, shown), targets);
    }

    // ---- activations

    private Sheet activations() {
        shell.host().readyKernels();
        List<String> known = Plots.activations();
        for (String name : words) {
            if (!known.contains(name)) {
                throw Near.unknown("activation of one number", name, known);
            }
        }
        return Plots.activations(words.isEmpty() ? known : words);
    }
}
