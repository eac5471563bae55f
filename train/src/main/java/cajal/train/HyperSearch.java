package cajal.train;

import cajal.data.Dataset;
import cajal.tensor.RandomKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;

/// Looks for good hyper-parameters by trying some: all of a grid, random ones, or random ones of which the
/// worse are given up early (successive halving, Hyperband).
///
/// ```java
/// var found = HyperSearch.halving(27, 1, 27).seed(42)
///         .logUniform("rate", 1e-4, 1e-1).choice("width", 16, 32, 64).by("accuracy")
///         .run(train, validation, v -> Trainer.of(net(v.whole("width")), Loss.crossEntropy(), new
/// Adam(v.real("rate")))
///                 .metrics(Metric.accuracy()));
/// IO.println(found);                       // a table, best first
/// ```
///
/// Several trials run at once, one a core. The same seed gives the same trials and scores, bit for bit, for
/// any number of threads. A trial that fails is reported in the table and ends nothing.
///
/// **Source** Bergstra and Bengio, "Random search for hyper-parameter optimization", 2012; Jamieson and
/// Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization", 2016; Li et al.,
/// "Hyperband", 2018.
public final class HyperSearch {
    private static final int ETA = 3;

    private final String kind;
    private final List<Bracket> brackets; // none for a grid: its size depends on the parameters
    private final int most; // epochs; 0 for those of each trainer
    private final Map<String, Range> ranges = new LinkedHashMap<>();
    private long seed;
    private String by = "loss";

    private HyperSearch(String kind, List<Bracket> brackets, int most) {
        this.kind = kind;
        this.brackets = brackets;
        this.most = most;
    }

    /// Some trials that compete with each other.
    ///
    /// @param trials how many there are at first
    /// @param least the epochs after which the first are given up; 0 for never
    private record Bracket(int trials, int least) {}

    /// Where a hyper-parameter's values come from.
    ///
    /// @param draw a value at random
    /// @param all every value, if they can be counted
    private record Range(Function<RandomGenerator, Object> draw, List<Object> all) {}

    // ---- kinds

    /// Tries every combination of the values of [#choice] and [#whole].
    public static HyperSearch grid() {
        return new HyperSearch("grid", List.of(), 0);
    }

    /// Tries so many combinations drawn at random.
    public static HyperSearch random(int trials) {
        return new HyperSearch("random", List.of(new Bracket(atLeastOne("trials", trials), 0)), 0);
    }

    /// Successive halving: `trials` random combinations train for `least` epochs, the best third of them go on
    /// to three times as many, and so on up to `most` epochs.
    public static HyperSearch halving(int trials, int least, int most) {
        checkEpochs(least, most);
        return new HyperSearch("halving", List.of(new Bracket(atLeastOne("trials", trials), least)), most);
    }

    /// Hyperband: successive halving several times, from many trials with few epochs at first to few trials
    /// that all get `most`: right both where early results tell much and where they tell nothing.
    public static HyperSearch hyperband(int least, int most) {
        checkEpochs(least, most);
        List<Bracket> brackets = new ArrayList<>();
        int deepest = 0;
        for (long r = least; r * ETA <= most; r *= ETA) {
            deepest++;
        }
        for (int s = deepest; s >= 0; s--) {
            int power = 1;
            for (int i = 0; i < s; i++) {
                power *= ETA;
            }
            int trials = ((deepest + 1) * power + s) / (s + 1); // rounded up
            brackets.add(new Bracket(trials, s == 0 ? 0 : most / power));
        }
        return new HyperSearch("hyperband", brackets, most);
    }

    private static int atLeastOne(String name, int n) {
        return (int) Options.atLeast("HyperSearch", "the number of " + name, n, 1);
    }

    private static void checkEpochs(int least, int most) {
        atLeastOne("epochs at first", least);
        Options.atLeast("HyperSearch", "the largest number of epochs", most, least);
    }

    // ---- what is looked for

    /// A real number between two limits, any as likely as any other.
    public HyperSearch uniform(String name, double low, double high) {
        checkRange(name, low, high);
        return range(name, r -> low + (high - low) * r.nextDouble(), List.of());
    }

    /// A real number between two limits above 0, any order of magnitude as likely as any other: for learning
    /// rates and penalties.
    public HyperSearch logUniform(String name, double low, double high) {
        Options.positive("HyperSearch", "the lower limit of '" + name + "'", low);
        checkRange(name, low, high);
        double width = StrictMath.log(high / low);
        return range(name, r -> Math.min(high, low * StrictMath.exp(width * r.nextDouble())), List.of());
    }

    /// A whole number from `low` to `high`, both included.
    public HyperSearch whole(String name, long low, long high) {
        checkRange(name, low, high);
        List<Object> all = new ArrayList<>();
        for (long v = low; v <= high && all.size() <= 10_000; v++) {
            all.add(v);
        }
        return range(name, r -> r.nextLong(low, high + 1), all);
    }

    /// One of some values: numbers, texts, truth values.
    public HyperSearch choice(String name, Object... values) {
        atLeastOne("values of '" + name + "'", values.length);
        List<Object> all = List.of(values);
        return range(name, r -> all.get(r.nextInt(all.size())), all);
    }

    private static void checkRange(String name, double low, double high) {
        if (!(low < high) || !Double.isFinite(high - low)) {
            throw Options.wrong(
                    "HyperSearch", "the range of '" + name + "'", low + " .. " + high, "from low to high", "");
        }
    }

    private HyperSearch range(String name, Function<RandomGenerator, Object> draw, List<Object> all) {
        if (ranges.putIfAbsent(name, new Range(draw, all)) != null) {
            throw new IllegalArgumentException(
                    "HyperSearch has '" + name + "' already\n  rule: a hyper-parameter is named once");
        }
        return this;
    }

    /// The seed that the combinations are drawn by. Default 0.
    public HyperSearch seed(long seed) {
        this.seed = seed;
        return this;
    }

    /// Ranks trials by a metric of the trainer on the validation samples instead of by their loss.
    public HyperSearch by(String metric) {
        by = metric;
        return this;
    }

    // ---- what comes out

    /// A combination of values.
    ///
    /// @param all the values by name
    public record Values(Map<String, Object> all) {
        /// Copies the map; the order is kept.
        public Values {
            all = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(all));
        }

        /// The number called `name`.
        public double real(String name) {
            return of(name) instanceof Number n ? n.doubleValue() : wrong(name, "number");
        }

        /// The whole number called `name`.
        public int whole(String name) {
            return of(name) instanceof Number n ? n.intValue() : (int) wrong(name, "number");
        }

        /// The value called `name` as text.
        public String text(String name) {
            return of(name).toString();
        }

        /// The truth value called `name`.
        public boolean flag(String name) {
            return of(name) instanceof Boolean b ? b : wrong(name, "truth value") > 0;
        }

        private Object of(String name) {
            Object value = all.get(name);
            if (value == null) {
                throw new IllegalArgumentException(
                        "There is no hyper-parameter '" + name + "'; there are " + all.keySet());
            }
            return value;
        }

        private double wrong(String name, String kind) {
            throw new IllegalArgumentException("The hyper-parameter '" + name + "' is " + of(name) + ", no " + kind);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            all.forEach((name, v) -> text.append(text.isEmpty() ? "" : " ")
                    .append(name)
                    .append('=')
                    .append(v instanceof Double d ? String.format(Locale.ROOT, "%.4g", d) : v));
            return text.toString();
        }
    }

    /// How a trial ended.
    public enum End {
        /// It had all its epochs.
        COMPLETE,
        /// Others were better when it was given up.
        DROPPED,
        /// It threw an exception, or its score is no number.
        FAILED,
        /// The search was interrupted before it was done.
        INTERRUPTED
    }

    /// One combination that was tried.
    ///
    /// @param number in the order of drawing, from 1
    /// @param values the combination
    /// @param end how it ended
    /// @param score the validation loss or metric of the weights at its end; NaN if there is none
    /// @param epochs how many it had
    /// @param remark what went wrong; empty if nothing did
    public record Trial(int number, Values values, End end, double score, int epochs, String remark) {}

    /// All that was tried.
    ///
    /// @param trials the best first: complete ones before those that were given up, failed ones last
    /// @param by what they are ranked by
    public record Result(List<Trial> trials, String by) {
        /// Copies the list.
        public Result {
            trials = List.copyOf(trials);
        }

        /// The best trial.
        ///
        /// **Throws** [TrainingException] if none has a score.
        public Trial best() {
            Trial first = trials.getFirst();
            if (Double.isNaN(first.score)) {
                throw new TrainingException("None of the " + trials.size() + " trials has a score\n  the first: "
                        + first.values + ": " + first.end + " " + first.remark);
            }
            return first;
        }

        /// A table, a line a trial.
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder(
                    String.format(Locale.ROOT, "%5s  %-12s %6s  %s%n", "trial", by, "epochs", "values"));
            for (Trial t : trials) {
                String score = Double.isNaN(t.score) ? "-" : String.format(Locale.ROOT, "%.5f", t.score);
                String end = t.end == End.COMPLETE ? "" : "  " + t.end.name().toLowerCase(Locale.ROOT);
                text.append(String.format(
                        Locale.ROOT,
                        "%5d  %-12s %6d  %s%s%s%n",
                        t.number,
                        score,
                        t.epochs,
                        t.values,
                        end,
                        t.remark.isEmpty() ? "" : ": " + t.remark));
            }
            return text.toString();
        }
    }

    // ---- the search

    /// Trains every combination and ranks them by the validation samples. An interrupt ends the search;
    /// what was found until then is the result.
    ///
    /// @param trainer makes a trainer, with a network and an optimiser of its own, for a combination; it is
    ///     called on several threads
    ///
    /// **Throws** [IllegalArgumentException] if nothing was said to look for, or a grid has a range that cannot
    /// be counted.
    public Result run(Dataset train, Dataset validation, Function<Values, Trainer> trainer) {
        Together together = new Together();
        return search(together, values -> {
            Trainer t = trainer.apply(values).watch(together);
            return new Training(most > 0 ? t.epochs(most) : t, train, validation);
        });
    }

    /// Ranks every combination by a function of one's own, the lower the better: the mean of a
    /// cross-validation, say.
    ///
    /// **Throws** as [#run]; [IllegalStateException] for halving and Hyperband, which need to stop in between.
    public Result minimise(ToDoubleFunction<Values> score) {
        if (most > 0) {
            throw new IllegalStateException(
                    "A " + kind + " search of a function\n  rule: it gives up trainings early, and a"
                            + " function has no epochs\n  fix:  run(train, validation, ...), or random(n)");
        }
        return search(new Together(), values -> new Computed(score, values));
    }

    private Result search(Together together, Function<Values, Candidate.Work> maker) {
        if (ranges.isEmpty()) {
            throw new IllegalArgumentException(
                    "HyperSearch has nothing to look for\n  fix:  logUniform(\"rate\", 1e-4, 1e-1), choice(...), ...");
        }
        List<Candidate> all = new ArrayList<>();
        if (brackets.isEmpty()) {
            combinations().forEach(v -> all.add(new Candidate(all.size() + 1, v)));
            compete(together, all, 0, maker);
        }
        for (Bracket b : brackets) {
            List<Candidate> mine = new ArrayList<>();
            for (int i = 0; i < b.trials; i++) {
                int number = all.size() + 1;
                Candidate c = new Candidate(number, draw(number));
                mine.add(c);
                all.add(c);
            }
            compete(together, mine, b.least, maker);
        }
        return new Result(
                all.stream().sorted(Candidate.BEST_FIRST).map(Candidate::trial).toList(), by);
    }

    /// Lets candidates train, the worse two thirds of them being given up at `least`, `3·least`, ... epochs.
    private void compete(
            Together together, List<Candidate> candidates, int least, Function<Values, Candidate.Work> maker) {
        List<Candidate> left = candidates;
        for (long until = least == 0 ? Integer.MAX_VALUE : least; ; until *= ETA) {
            boolean last = least == 0 || until >= most;
            int epochs = (int) Math.min(until, Integer.MAX_VALUE);
            List<Candidate> running = left;
            together.run(running.size(), i -> running.get(i).advance(together, maker, by, epochs, last));
            if (last || together.isStopped()) {
                return;
            }
            List<Candidate> ranked = running.stream()
                    .filter(Candidate::isRunning)
                    .sorted(Candidate.BEST_FIRST)
                    .toList();
            int kept = Math.min(ranked.size(), Math.max(1, running.size() / ETA));
            ranked.subList(kept, ranked.size()).forEach(Candidate::drop);
            left = ranked.subList(0, kept);
            if (left.isEmpty()) {
                return;
            }
        }
    }

    private Values draw(int number) {
        Map<String, Object> values = new LinkedHashMap<>();
        RandomKey key = RandomKey.of(seed).fold("search").fold(number);
        ranges.forEach((name, range) ->
                values.put(name, range.draw.apply(key.fold(name).generator())));
        return new Values(values);
    }

    private List<Values> combinations() {
        List<Map<String, Object>> all = List.of(Map.of());
        for (Map.Entry<String, Range> e : ranges.entrySet()) {
            if (e.getValue().all.isEmpty()) {
                throw new IllegalArgumentException("A grid over '" + e.getKey()
                        + "', a range of real numbers\n  rule: a grid tries all values\n  fix:  choice(\"" + e.getKey()
                        + "\", ...), or random(n)");
            }
            List<Map<String, Object>> longer = new ArrayList<>();
            for (Map<String, Object> begun : all) {
                for (Object v : e.getValue().all) {
                    Map<String, Object> more = new LinkedHashMap<>(begun);
                    more.put(e.getKey(), v);
                    longer.add(more);
                }
            }
            all = longer;
        }
        return all.stream().map(Values::new).toList();
    }

    // ---- how a candidate is scored

    /// A training that can pause.
    private static final class Training implements Candidate.Work {
        private final Trainer trainer;
        private final Run run;

        Training(Trainer trainer, Dataset train, Dataset validation) {
            this.trainer = trainer;
            this.run = trainer.begin(train, validation);
        }

        @Override
        public Optional<Candidate.Score> until(int epochs, String by) {
            Fit fit = run.go(epochs);
            if (fit.stop() == Fit.Stop.INTERRUPTED) {
                return Optional.empty();
            }
            if (fit.epochs().isEmpty()) {
                throw new TrainingException("it has no epochs");
            }
            Epoch e = fit.epochs().get(Math.max(1, fit.bestEpoch()) - 1);
            if (by.equals("loss")) {
                return Optional.of(new Candidate.Score(
                        e.validationLoss().orElseThrow(), false, fit.epochs().size()));
            }
            Metric metric = trainer.metrics.stream()
                    .filter(m -> m.name().equals(by))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("the trainer does not measure '" + by + "', only "
                            + run.metricNames() + "; give it metrics(...)"));
            return Optional.of(new Candidate.Score(
                    e.validationMetrics().getOrDefault(by, Double.NaN),
                    metric.higherIsBetter(),
                    fit.epochs().size()));
        }
    }

    /// A function's value.
    private record Computed(ToDoubleFunction<Values> score, Values values) implements Candidate.Work {
        @Override
        public Optional<Candidate.Score> until(int epochs, String by) {
            return Optional.of(new Candidate.Score(score.applyAsDouble(values), false, 0));
        }
    }
}
