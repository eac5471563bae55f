package cajal.cli;

import cajal.data.Columns;
import cajal.data.Dataset;
import cajal.data.Table;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.CrossValidation;
import cajal.train.Metric;
import cajal.train.SGD;
import cajal.train.Trainer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// The figure `cross-validation`: ten-fold cross-validation, ten times, on three classic tables, beside
/// accuracies that others published for them.
final class CrossValidated {
    private static final int REPEATS = 10;

    private CrossValidated() {}

    /// A table.
    ///
    /// @param name the file without its ending
    /// @param published what others found
    /// @param least the accuracy that both networks must reach
    private record Case(String name, String published, double least) {}

    private static final List<Case> CASES = List.of(
            new Case("iris", "linear discriminant, leave one out: 98.0 %", 0.95),
            new Case("wine", "linear discriminant 98.9 %, nearest neighbour 96.1 %, leave one out (wine.names)", 0.97),
            new Case(
                    "breast-cancer",
                    "separating planes on three chosen inputs, ten-fold: 97.5 % (Wolberg, Street, Mangasarian)",
                    0.97));

    static Figure.Outcome measure(Figure.Bench b) {
        boolean holds = true;
        StringBuilder text = new StringBuilder();
        for (Case c : CASES) {
            Path file = b.mnist().resolveSibling("tabular").resolve(c.name + ".csv");
            if (!Files.isRegularFile(file)) {
                return new Figure.Outcome(false, "Not measured: there is no " + file + ".");
            }
            Table table = Table.read(file);
            Dataset data = Columns.fit(table, "", Columns.Missing.REFUSE).dataset(table);
            CrossValidation.Result softmax = run(data, fold -> softmax(data, fold));
            CrossValidation.Result hidden = run(data, fold -> hidden(data, fold));
            b.progress()
                    .println("  " + c.name + ", softmax: " + softmax + "\n  " + c.name + ", hidden layer: " + hidden);
            double worse = Math.min(softmax.mean("accuracy"), hidden.mean("accuracy"));
            holds &= worse >= c.least;
            text.append(text.isEmpty() ? "" : "; ")
                    .append(c.name)
                    .append(": softmax regression ")
                    .append(percent(softmax))
                    .append(", 16 hidden neurons ")
                    .append(percent(hidden))
                    .append(" (published: ")
                    .append(c.published)
                    .append(')');
        }
        return new Figure.Outcome(
                holds, "Mean ± standard deviation between folds, " + REPEATS + " x 10 folds. " + text + ".");
    }

    private static CrossValidation.Result run(Dataset data, Function<CrossValidation.Fold, Trainer> trainer) {
        return CrossValidation.of(10).repeats(REPEATS).seed(42).standardise().run(data, trainer);
    }

    private static String percent(CrossValidation.Result r) {
        return String.format(Locale.ROOT, "%.1f ± %.1f %%", 100 * r.mean("accuracy"), 100 * r.deviation("accuracy"));
    }

    private static Trainer softmax(Dataset data, CrossValidation.Fold fold) {
        Sequential net = Sequential.of(
                new Linear(data.inputShape().size(), data.classes().size()));
        return Trainer.of(net, Loss.crossEntropy(), new SGD(0.2).momentum(0.9).weightDecay(5e-3))
                .seed(fold.seed())
                .fullBatch()
                .epochs(300)
                .metrics(Metric.accuracy());
    }

    private static Trainer hidden(Dataset data, CrossValidation.Fold fold) {
        Sequential net = Sequential.of(
                new Linear(data.inputShape().size(), 16),
                Tensor::tanh,
                new Linear(16, data.classes().size()));
        return Trainer.of(net, Loss.crossEntropy(), new Adam(0.01).weightDecay(5e-3))
                .seed(fold.seed())
                .batch(32)
                .epochs(40)
                .metrics(Metric.accuracy());
    }
}
