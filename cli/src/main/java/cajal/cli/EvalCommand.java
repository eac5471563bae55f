package cajal.cli;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.nn.Loss;
import cajal.tensor.Tensor;
import cajal.train.ConfusionMatrix;
import cajal.train.Metric;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal eval`: how good a model is on samples that it was not trained on, and where it errs most.
@Command(
        name = "eval",
        header = "Measure a model: confusion matrix, each class, the worst mistakes; of a text, the loss a character.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal eval [MODEL] [DATA] [OPTION…]%n",
        footer = {
            "",
            "Examples:",
            "  ./cajal eval                                     the newest model in runs/, on its own test samples",
            "  ./cajal eval runs/digits-1 mnist                 real digits, for a model that saw only drawn ones",
            "  ./cajal eval runs/iris-1/model.safetensors new.csv",
            "  ./cajal eval runs/shakespeare-1 marlowe.txt      loss, perplexity and bits a character"
        })
final class EvalCommand implements Callable<Integer> {
    private static final int DRAWN_A_ROW = 3;

    @Parameters(
            paramLabel = "MODEL DATA",
            arity = "0..2",
            description =
                    "a model file or a run's folder (default: the newest in runs/), and a data set or CSV file (default: the model's own)")
    private List<String> words = List.of();

    @Option(
            names = "--mistakes",
            paramLabel = "N",
            description = "How many of the worst mistakes are shown (default: 6).")
    private int mistakes = 6;

    @Mixin
    private final DataOptions from = new DataOptions();

    @Mixin
    private final ComputeOptions compute = new ComputeOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    EvalCommand(Shell shell) {
        this.shell = shell;
    }

    /// One sample's answer.
    ///
    /// @param index its number in the data
    /// @param right the right class, or value
    /// @param found the found one
    /// @param error how wrong it is: the probability denied to the right class, or the distance
    /// @param sure the probability given to the found class
    private record Answer(long index, double right, double found, double error, double sure) {
        boolean isWrong() {
            return right != found;
        }
    }

    @Override
    public Integer call() {
        compute.heavy(shell);
        boolean named = words.size() == 2 || words.size() == 1 && TrainedModel.isMeant(shell, words.getFirst());
        TrainedModel model = named ? TrainedModel.open(shell, words.getFirst()) : TrainedModel.newest(shell);
        String wanted = named && words.size() < 2 || words.isEmpty() ? "" : words.getLast();
        if (model.isText()) {
            text(model, wanted);
            return 0;
        }
        Dataset data = Sources.forModel(shell, output, model, wanted, from);
        output.say(shell, shell.shown(model.path()) + ", " + String.format(Locale.ROOT, "%,d samples", data.size()));
        List<Answer> answers = new ArrayList<>();
        double loss = answer(model, data, answers);
        if (model.isClassifier()) {
            classes(model, data, answers, loss);
        } else {
            values(model, answers, loss);
        }
        return 0;
    }

    /// How well a model continues a text: what is named, or the end of its own that it was not trained on.
    private void text(TrainedModel model, String wanted) {
        Dataset data = Text.forModel(shell, output, model, wanted, from);
        long characters = data.size() * model.inputShape().size();
        output.say(shell, shell.shown(model.path()) + ", " + String.format(Locale.ROOT, "%,d characters", characters));
        Map<String, Double> measures = Text.measures(Text.loss(model, data));
        Map<String, Object> line = new LinkedHashMap<>(measures);
        line.put("characters", characters);
        line.put("model", shell.shown(model.path()));
        output.json(shell, line);
        output.result(shell, shell.styled("bold", Text.shown(measures, characters)));
    }

    /// Runs all samples; gives the mean loss.
    private double answer(TrainedModel model, Dataset data, List<Answer> answers) {
        Loss loss = Outputs.loss(
                model.settings().get("loss") instanceof String s ? s : model.isClassifier() ? "cross-entropy" : "mse",
                model.isClassifier());
        double sum = 0;
        Batches batches = Batches.inOrder(data, 1024);
        for (long b = 0; b < batches.count(); b++) {
            Batch batch = batches.at(0, b);
            sum += loss.of(model.outputs(batch.inputs()), batch.targets()).item() * batch.size();
            Tensor p = model.answers(batch.inputs());
            double[] right = batch.targets().toDoubles();
            if (model.isClassifier()) {
                addClasses(answers, p, right);
            } else {
                addValues(model, answers, p, right);
            }
        }
        return sum / data.size();
    }

    private static void addClasses(List<Answer> answers, Tensor probabilities, double[] right) {
        int classes = (int) probabilities.dim(1);
        float[] p = probabilities.toFloats();
        long[] found = probabilities.argmax(1).toLongs();
        for (int i = 0; i < right.length; i++) {
            answers.add(new Answer(
                    answers.size(),
                    right[i],
                    found[i],
                    1 - p[i * classes + (int) right[i]],
                    p[i * classes + (int) found[i]]));
        }
    }

    private static void addValues(TrainedModel model, List<Answer> answers, Tensor values, double[] targets) {
        double[] found = values.toDoubles();
        for (int i = 0; i < targets.length; i++) {
            double right = model.inUnits(targets[i]);
            answers.add(new Answer(answers.size(), right, found[i], Math.abs(right - found[i]), 1));
        }
    }

    private List<Answer> worst(List<Answer> answers) {
        return answers.stream()
                .filter(Answer::isWrong)
                .sorted(Comparator.comparingDouble(Answer::error).reversed())
                .limit(Math.max(0, mistakes))
                .toList();
    }

    // ---- classes

    private void classes(TrainedModel model, Dataset data, List<Answer> answers, double loss) {
        ConfusionMatrix matrix = ConfusionMatrix.of(
                        answers.stream().mapToLong(a -> (long) a.right).toArray(),
                        answers.stream().mapToLong(a -> (long) a.found).toArray(),
                        model.classes().size())
                .named(model.classes());
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("test_accuracy", matrix.accuracy());
        line.put("test_loss", loss);
        line.put("samples", (long) answers.size());
        line.put("confusion", counts(matrix));
        line.put("model", shell.shown(model.path()));
        output.json(shell, line);
        output.result(shell, matrix + "\n\n" + report(matrix, answers));
        long wrong = answers.stream().filter(Answer::isWrong).count();
        if (wrong > 0 && mistakes > 0 && !output.quiet) {
            output.result(shell, "\nThe worst mistakes, of " + wrong + ":\n" + drawn(model, data, worst(answers)));
        }
        output.result(
                shell,
                shell.styled(
                        "bold",
                        String.format(
                                Locale.ROOT,
                                "%nAccuracy %.2f %% (%,d of %,d), loss %.4f",
                                100 * matrix.accuracy(),
                                answers.size() - wrong,
                                answers.size(),
                                loss)));
    }

    private static List<Object> counts(ConfusionMatrix matrix) {
        List<Object> rows = new ArrayList<>();
        for (int i = 0; i < matrix.classes(); i++) {
            List<Object> row = new ArrayList<>();
            for (int j = 0; j < matrix.classes(); j++) {
                row.add(matrix.count(i, j));
            }
            rows.add(row);
        }
        return rows;
    }

    private static Grid report(ConfusionMatrix matrix, List<Answer> answers) {
        Grid table = new Grid("class", ">precision", ">recall", ">F1", ">samples");
        for (int c = 0; c < matrix.classes(); c++) {
            int here = c;
            table.row(
                    matrix.names().get(c),
                    percent(matrix.precision(c)),
                    percent(matrix.recall(c)),
                    percent(matrix.f1(c)),
                    answers.stream().filter(a -> a.right == here).count());
        }
        return table.row(
                "mean", percent(matrix.precision()), percent(matrix.recall()), percent(matrix.f1()), answers.size());
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private String drawn(TrainedModel model, Dataset data, List<Answer> worst) {
        StringBuilder text = new StringBuilder();
        List<String> captions = worst.stream()
                .map(a -> String.format(
                        Locale.ROOT,
                        "#%d: %s, said %s %.0f%%",
                        a.index,
                        model.classes().get((int) a.right),
                        model.classes().get((int) a.found),
                        100 * a.sure))
                .toList();
        if (!model.isPictures()) {
            return String.join("\n", captions);
        }
        for (int from = 0; from < worst.size(); from += DRAWN_A_ROW) {
            int to = Math.min(worst.size(), from + DRAWN_A_ROW);
            List<Tensor> pictures = worst.subList(from, to).stream()
                    .map(a -> model.picture(data.batch(a.index).inputs().at(0)))
                    .toList();
            text.append(Picture.beside(pictures, captions.subList(from, to), 3, shell.colour()))
                    .append(to < worst.size() ? "\n\n" : "");
        }
        return text.toString();
    }

    // ---- values

    private void values(TrainedModel model, List<Answer> answers, double loss) {
        Metric r2 = Metric.r2();
        r2.update(
                column(answers.stream().mapToDouble(Answer::found).toArray()),
                column(answers.stream().mapToDouble(Answer::right).toArray()));
        double mae = answers.stream().mapToDouble(Answer::error).average().orElse(Double.NaN);
        double rmse = Math.sqrt(
                answers.stream().mapToDouble(a -> a.error * a.error).average().orElse(Double.NaN));
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("test_r2", r2.value());
        line.put("test_mae", mae);
        line.put("test_rmse", rmse);
        line.put("test_loss", loss);
        line.put("samples", (long) answers.size());
        line.put("model", shell.shown(model.path()));
        output.json(shell, line);
        if (mistakes > 0 && !output.quiet) {
            Grid table = new Grid("sample", ">right", ">found", ">distance");
            worst(answers).forEach(a -> table.row("#" + a.index, number(a.right), number(a.found), number(a.error)));
            output.result(shell, "The worst mistakes:\n" + table + "\n");
        }
        output.result(
                shell,
                shell.styled(
                        "bold",
                        String.format(Locale.ROOT, "R² %.4f, MAE %s, RMSE %s", r2.value(), number(mae), number(rmse))));
    }

    private static Tensor column(double[] values) {
        return Tensor.ofDoubles(values, values.length, 1);
    }

    private static String number(double x) {
        return String.format(Locale.ROOT, "%.5g", x);
    }
}
