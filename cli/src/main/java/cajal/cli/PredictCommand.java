package cajal.cli;

import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cajal predict`: what a model says about files.
///
/// It stays on the scalar kernels: a process that computes this little ends before vector code would be warm.
@Command(
        name = "predict",
        header = "Ask a model: pictures of digits, rows of a CSV file, arrays.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal predict [MODEL] FILE… [OPTION…]%n",
        footer = {
            "",
            "A picture (PNG, JPEG, …) may show the digit on any background, dark on bright or bright on dark; it is cut",
            "out, scaled and centred as the training pictures are. An npy file holds one input, or one a row.",
            "",
            "Examples:",
            "  ./cajal predict seven.png                          the newest model in runs/",
            "  ./cajal predict runs/iris-1 flowers.csv --json"
        })
final class PredictCommand implements Callable<Integer> {
    private static final int BEST = 3;
    private static final int BAR = 24;

    @Parameters(
            paramLabel = "MODEL FILE",
            arity = "1..*",
            description = "a model file or a run's folder (default: the newest in runs/), and the files")
    private List<String> words = List.of();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    PredictCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.host().readyKernels();
        boolean named = TrainedModel.isMeant(shell, words.getFirst());
        List<String> files = named ? words.subList(1, words.size()) : words;
        if (files.isEmpty()) {
            throw Mistake.of(
                    "there is nothing to predict",
                    "files follow the model",
                    "./cajal predict " + words.getFirst() + " PICTURE.png");
        }
        boolean picture = files.getFirst().toLowerCase(Locale.ROOT).matches(".*\\.(png|jpe?g|gif|bmp)");
        TrainedModel model = named
                ? TrainedModel.open(shell, words.getFirst())
                : TrainedModel.newest(shell, m -> !picture || m.isPictures())
                        .orElseGet(() -> TrainedModel.newest(shell));
        if (!named) {
            output.say(shell, "model: " + shell.shown(model.path()));
        }
        model.requireNoText(shell, "files are not what it reads");
        for (String file : files) {
            predict(model, file);
        }
        return 0;
    }

    private void predict(TrainedModel model, String file) {
        Tensor inputs = Inputs.read(shell, model, file);
        Tensor answers = model.answers(inputs);
        boolean picture = inputs.dim(0) == 1 && model.isPictures();
        if (picture && !output.quiet && shell.terminal()) {
            output.result(shell, String.join("\n", Picture.lines(model.picture(inputs.at(0)), shell.colour())));
        }
        for (long row = 0; row < inputs.dim(0); row++) {
            String name = inputs.dim(0) == 1 ? file : file + " #" + (row + 1);
            float[] answer = answers.at(row).toFloats();
            output.json(shell, json(model, file, row, inputs.dim(0), answer));
            output.result(
                    shell,
                    model.isClassifier()
                            ? classes(model, name, answer, inputs.dim(0) == 1)
                            : name + ": " + values(answer));
        }
    }

    private static String values(float[] answer) {
        List<String> texts = new ArrayList<>();
        for (float a : answer) {
            texts.add(String.format(Locale.ROOT, "%.6g", a));
        }
        return String.join(", ", texts);
    }

    private String classes(TrainedModel model, String name, float[] p, boolean bars) {
        Integer[] order = best(p);
        StringBuilder text = new StringBuilder(name + ": ")
                .append(shell.styled("bold", model.classes().get(order[0])))
                .append(String.format(Locale.ROOT, " (%.1f %%)", 100 * p[order[0]]));
        if (bars && !output.quiet) {
            int width = model.classes().stream().mapToInt(String::length).max().orElse(1);
            for (int i = 0; i < Math.min(BEST, p.length); i++) {
                String label = model.classes().get(order[i]);
                text.append(String.format(
                        Locale.ROOT,
                        "%n  %s%s %5.1f %%  %s",
                        " ".repeat(width - label.length()),
                        label,
                        100 * p[order[i]],
                        Picture.bar(p[order[i]], BAR)));
            }
        }
        return text.toString();
    }

    private static Integer[] best(float[] p) {
        Integer[] order = new Integer[p.length];
        for (int i = 0; i < p.length; i++) {
            order[i] = i;
        }
        java.util.Arrays.sort(order, (a, b) -> Float.compare(p[b], p[a]));
        return order;
    }

    private static Map<String, Object> json(TrainedModel model, String file, long row, long rows, float[] answer) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", file);
        if (rows > 1) {
            line.put("row", row + 1);
        }
        if (model.isClassifier()) {
            line.put("label", model.classes().get(best(answer)[0]));
            Map<String, Object> probabilities = new LinkedHashMap<>();
            for (int i = 0; i < answer.length; i++) {
                probabilities.put(model.classes().get(i), answer[i]);
            }
            line.put("probabilities", probabilities);
        } else {
            List<Object> values = new ArrayList<>();
            for (float a : answer) {
                values.add(a);
            }
            line.put(answer.length == 1 ? "value" : "values", answer.length == 1 ? values.getFirst() : values);
        }
        return line;
    }
}
