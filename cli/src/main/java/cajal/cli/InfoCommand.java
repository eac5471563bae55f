package cajal.cli;

import cajal.format.TensorFile;
import cajal.format.TensorInfo;
import cajal.train.SavedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cajal info`: what is in a file of tensors.
@Command(
        name = "info",
        header = "Show what is in a model or tensor file (safetensors, npy, npz).",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal info [OPTION…] FILE%n",
        footer = {"", "Examples:", "  ./cajal info runs/digits-1/model.safetensors", "  ./cajal info weights.npz --json"
        })
final class InfoCommand implements Callable<Integer> {
    private static final int LONG_TEXT = 100;

    @Parameters(paramLabel = "FILE", description = "the file, or the folder of a run")
    private String file = "";

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    InfoCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.host().readyKernels();
        Path path = shell.path(file);
        Path inside = Files.isDirectory(path) ? new RunFolder(path).model() : path;
        if (!Files.isRegularFile(inside)) {
            throw Mistake.of(
                    "there is no file '" + shell.shown(inside) + "'", "a tensor file, or the folder of a run", "");
        }
        try (TensorFile tensors = TensorFile.open(inside)) {
            boolean model = tensors.metadata().containsKey("cajal.model");
            if (model) {
                output.result(shell, model(inside));
            }
            output.result(shell, (model ? "\n" : "") + tensors(inside, tensors, model));
            output.json(shell, json(inside, tensors));
        }
        return 0;
    }

    private String model(Path path) {
        TrainedModel model = new TrainedModel(path, SavedModel.read(path));
        long[] dims = model.inputShape().dims();
        long[] batch = new long[dims.length + 1];
        batch[0] = 1;
        System.arraycopy(dims, 0, batch, 1, dims.length);
        StringBuilder text = new StringBuilder(model.net().summary(batch).toString());
        text.append("input    ").append(model.inputShape());
        if (model.isText()) {
            text.append(" characters at most; the output says which of ")
                    .append(model.tokenizer(shell).size())
                    .append(" comes next");
        }
        if (model.isClassifier()) {
            text.append("\nclasses  ").append(String.join(", ", model.classes()));
        }
        model.saved()
                .input()
                .forEach((name, value) ->
                        text.append("\ninput.").append(name).append("  ").append(cut(String.valueOf(value))));
        model.settings().forEach((name, value) -> {
            boolean left = value instanceof Number n && (n.doubleValue() < 0 || n.longValue() == Long.MAX_VALUE);
            if (!"".equals(value) && !left) {
                text.append("\nrun.").append(name).append("  ").append(value);
            }
        });
        if (model.saved().run().get("results") instanceof Map<?, ?> results) {
            results.forEach((name, value) ->
                    text.append("\nresult.").append(name).append("  ").append(value));
        }
        return text.toString();
    }

    private static String cut(String text) {
        return text.length() <= LONG_TEXT ? text : text.substring(0, LONG_TEXT) + " …";
    }

    private String tensors(Path path, TensorFile file, boolean model) {
        Grid table = new Grid("tensor", "shape", "type", ">bytes");
        long bytes = 0;
        for (Map.Entry<String, TensorInfo> e : file.entries().entrySet()) {
            TensorInfo t = e.getValue();
            table.row(
                    e.getKey().isEmpty() ? "(unnamed)" : e.getKey(),
                    t.shape(),
                    t.stored(),
                    String.format(Locale.ROOT, "%,d", t.bytes()));
            bytes += t.bytes();
        }
        StringBuilder text = new StringBuilder(table.toString());
        text.append(String.format(
                Locale.ROOT,
                "%n%s: %s, %d tensors, %,d bytes",
                shell.shown(path),
                file.format(),
                file.entries().size(),
                bytes));
        if (!model) {
            file.metadata()
                    .forEach((name, value) ->
                            text.append("\n").append(name).append(": ").append(cut(value)));
        }
        return text.toString();
    }

    private Map<String, Object> json(Path path, TensorFile file) {
        List<Object> tensors = new ArrayList<>();
        file.entries().forEach((name, t) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", name);
            List<Object> shape = new ArrayList<>();
            for (long d : t.shape().dims()) {
                shape.add(d);
            }
            one.put("shape", shape);
            one.put("dtype", t.stored());
            one.put("bytes", t.bytes());
            tensors.add(one);
        });
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("file", shell.shown(path));
        all.put("format", file.format());
        all.put("tensors", tensors);
        all.put("metadata", new LinkedHashMap<>(file.metadata()));
        return all;
    }
}
