package cajal.train;

import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.data.Standardise;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/// k-fold cross-validation: the samples are cut into `k` folds; each is tested once, by a network that was
/// trained on the others. The mean over folds says how well the method does on samples it has not seen, the
/// deviation how sure that is.
///
/// ```java
/// var result = CrossValidation.of(10).standardise().run(data, fold ->
///         Trainer.of(net(), Loss.crossEntropy(), new
/// Adam(1e-2)).seed(fold.seed()).epochs(50).metrics(Metric.accuracy()));
/// ```
///
/// Of each class every fold has the same number of samples, give or take one (stratified), if there are
/// classes. The folds are trained several at once, one a core; the results are the same bits for any number
/// of threads.
///
/// **Source** Kohavi, "A study of cross-validation and bootstrap for accuracy estimation and model
/// selection", 1995.
public final class CrossValidation {
    private final int folds;
    private int repeats = 1;
    private long seed;
    private boolean stratified = true;
    private boolean standardised;

    private CrossValidation(int folds) {
        this.folds = folds;
    }

    /// One of the trainings.
    ///
    /// @param number of the fold, from 1
    /// @param repeat of the whole, from 1
    /// @param train the samples to train on
    /// @param test the samples to test on
    /// @param seed a seed for the trainer, another one for each training
    public record Fold(int number, int repeat, Dataset train, Dataset test, long seed) {}

    /// What came out.
    ///
    /// @param folds how well each network did on the fold that it had not seen, fold by fold, repeat by repeat
    public record Result(List<Evaluation> folds) {
        /// Copies the list.
        public Result {
            folds = List.copyOf(folds);
        }

        /// The mean over folds of a metric, or of the `loss`.
        ///
        /// **Throws** [IllegalArgumentException] for a metric that was not measured.
        public double mean(String metric) {
            return values(metric).stream().mapToDouble(d -> d).sum() / folds.size();
        }

        /// The standard deviation between folds, `√(sum of (x - mean)² / (n - 1))`.
        ///
        /// **Throws** [IllegalArgumentException] for a metric that was not measured.
        public double deviation(String metric) {
            double mean = mean(metric);
            double squares = 0;
            for (double v : values(metric)) {
                squares += (v - mean) * (v - mean);
            }
            return Math.sqrt(squares / (folds.size() - 1));
        }

        /// The metrics that were measured; `loss` first.
        public Set<String> metrics() {
            Set<String> names = new LinkedHashSet<>(List.of("loss"));
            names.addAll(folds.getFirst().metrics().keySet());
            return names;
        }

        private List<Double> values(String metric) {
            if (!metrics().contains(metric)) {
                throw new IllegalArgumentException("'" + metric + "' was not measured; there are " + metrics()
                        + "\n  fix:  give the trainer that metric: metrics(Metric.named(\"" + metric + "\"))");
            }
            return folds.stream()
                    .map(e -> metric.equals("loss")
                            ? Double.valueOf(e.loss())
                            : e.metrics().getOrDefault(metric, Double.NaN))
                    .toList();
        }

        /// A line a metric: mean, deviation, lowest and highest.
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (String metric : metrics()) {
                text.append(String.format(
                        Locale.ROOT,
                        "%-12s %.4f ± %.4f  (%.4f .. %.4f)%n",
                        metric,
                        mean(metric),
                        deviation(metric),
                        values(metric).stream().mapToDouble(d -> d).min().orElseThrow(),
                        values(metric).stream().mapToDouble(d -> d).max().orElseThrow()));
            }
            return text.append(folds.size()).append(" folds").toString();
        }
    }

    /// Cross-validation with `k` folds.
    ///
    /// **Throws** [IllegalArgumentException] if `k` is below 2.
    public static CrossValidation of(int k) {
        return new CrossValidation((int) Options.atLeast("CrossValidation", "the number of folds", k, 2));
    }

    /// Does it all `n` times, with other folds each time. Default 1.
    public CrossValidation repeats(int n) {
        repeats = (int) Options.atLeast("CrossValidation", "the number of repeats", n, 1);
        return this;
    }

    /// The seed of the folds, and of the trainers' seeds. Default 0.
    public CrossValidation seed(long seed) {
        this.seed = seed;
        return this;
    }

    /// Draws folds without a look at the classes.
    public CrossValidation unstratified() {
        stratified = false;
        return this;
    }

    /// Standardises the inputs of each training by its own training samples: the samples it is tested on
    /// have no say in it.
    public CrossValidation standardise() {
        standardised = true;
        return this;
    }

    /// The folds, repeat by repeat.
    ///
    /// **Throws** [IllegalArgumentException] if there are fewer samples than folds.
    public List<Fold> folds(Dataset data) {
        if (data.size() < folds) {
            throw new IllegalArgumentException("CrossValidation of " + data.size() + " samples in " + folds
                    + " folds\n  rule: at least one sample a fold");
        }
        List<Fold> all = new ArrayList<>();
        Map<Long, List<Long>> classes = classes(data);
        for (int repeat = 0; repeat < repeats; repeat++) {
            RandomKey key = RandomKey.of(seed).fold("folds").fold(repeat);
            List<List<Long>> parts = parts(classes, key);
            for (int f = 0; f < folds; f++) {
                List<Long> train = new ArrayList<>();
                for (int other = 0; other < folds; other++) {
                    if (other != f) {
                        train.addAll(parts.get(other));
                    }
                }
                all.add(fold(
                        data,
                        f,
                        repeat,
                        train,
                        parts.get(f),
                        key.fold("seed").fold(f).bits()));
            }
        }
        return all;
    }

    private Fold fold(Dataset data, int f, int repeat, List<Long> train, List<Long> test, long trainerSeed) {
        Dataset trainSet = data.subset(sorted(train));
        Dataset testSet = data.subset(sorted(test));
        if (standardised) {
            Standardise s = Standardise.fit(trainSet);
            trainSet = s.apply(trainSet);
            testSet = s.apply(testSet);
        }
        return new Fold(f + 1, repeat + 1, trainSet, testSet, trainerSeed);
    }

    private static long[] sorted(List<Long> samples) {
        return samples.stream().mapToLong(l -> l).sorted().toArray();
    }

    /// Deals the samples out like cards, each class shuffled by itself, one class behind the other.
    private List<List<Long>> parts(Map<Long, List<Long>> classes, RandomKey key) {
        List<List<Long>> parts = new ArrayList<>();
        for (int f = 0; f < folds; f++) {
            parts.add(new ArrayList<>());
        }
        int card = 0;
        for (Map.Entry<Long, List<Long>> c : classes.entrySet()) {
            List<Long> samples = c.getValue();
            for (long i :
                    Tensor.permutation(key.fold(c.getKey()), samples.size()).toLongs()) {
                parts.get(card++ % folds).add(samples.get((int) i));
            }
        }
        return parts;
    }

    private Map<Long, List<Long>> classes(Dataset data) {
        Map<Long, List<Long>> classes = new TreeMap<>();
        Batches batches = Batches.inOrder(data, 1024);
        boolean alike = !stratified || data.classes().isEmpty();
        long sample = 0;
        for (long b = 0; b < batches.count(); b++) {
            Tensor targets = batches.at(0, b).targets();
            long[] labels = alike ? new long[(int) targets.dim(0)] : targets.toLongs();
            for (long label : labels) {
                classes.computeIfAbsent(label, _ -> new ArrayList<>()).add(sample++);
            }
        }
        return classes;
    }

    /// Trains and tests on each fold.
    ///
    /// @param data all samples
    /// @param trainer makes a trainer, with a network and an optimiser of its own, for a fold; called on
    ///     several threads
    ///
    /// **Throws** what a training throws; [TrainingException] if the calling thread is interrupted.
    public Result run(Dataset data, Function<Fold, Trainer> trainer) {
        List<Fold> all = folds(data);
        Evaluation[] evaluations = new Evaluation[all.size()];
        Together together = new Together();
        together.run(all.size(), i -> {
            Fold fold = all.get(i);
            Trainer t = trainer.apply(fold).watch(together);
            if (t.fit(fold.train()).stop() == Fit.Stop.INTERRUPTED) {
                together.stop();
            } else {
                evaluations[i] = t.evaluate(fold.test());
            }
        });
        if (together.isStopped()) {
            throw new TrainingException(
                    "The cross-validation was interrupted\n  rule: it is complete or worth nothing");
        }
        return new Result(List.of(evaluations));
    }
}
