package cajal.studio;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.nn.Loss;
import cajal.nn.PathPattern;
import cajal.nn.Sequential;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Evaluation;
import cajal.train.Metric;
import cajal.train.Optimizer;
import cajal.train.Penalty;
import cajal.train.Schedule;
import cajal.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A training run that can go forward and back: the steps of [Trainer], one at a time.
///
/// Going back puts back what a snapshot before holds and makes the steps from there again. A step is a
/// function of the weights, the optimiser's state and its number, so the numbers are the same to the last
/// bit. Snapshots are taken at distances that grow with the run, so that their number is bounded.
final class PlaygroundRun {
    private static final int NEAR = 24; // steps before a place that was gone back to, each with a snapshot
    private static final long LARGEST =
            4_000_000; // numbers in all snapshots; an optimiser's state may grow to several times its first size
    private static final PathPattern WEIGHTS = new PathPattern("*.weight");

    final Recipe recipe;
    final Problem problem;
    final Sequential net;
    final Map<String, Param> params;
    final Loss loss;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final Trainer judge;
    private final Batches batches;
    private final RandomKey key;
    private final Optional<Penalty> penalty;
    private final TreeMap<Long, Snapshot> snapshots = new TreeMap<>();
    private final TreeMap<Long, Snapshot> near = new TreeMap<>();
    private final List<Edit> edits;
    private final PlaygroundCurves curves = new PlaygroundCurves();
    private long stride = 16;
    private int most = 64;
    private long step;

    /// All that the steps from here on depend on.
    private record Snapshot(Map<String, Tensor> params, Map<String, Tensor> optimizer) {
        long size() {
            return params.values().stream().mapToLong(Tensor::size).sum()
                    + optimizer.values().stream().mapToLong(Tensor::size).sum();
        }
    }

    /// A run before its first step, with the weights that were set by hand then.
    PlaygroundRun(Recipe recipe) {
        this.recipe = recipe;
        problem = Problem.of(recipe);
        Dataset train = problem.train();
        boolean values = Problem.isRegression(recipe.problem());
        net = recipe.network(values ? 1 : problem.all().classes().size());
        net.init(recipe.seed());
        params = net.parameters();
        loss = recipe.lossChoice().loss();
        optimizer = Optimizer.named(recipe.optimizer(), recipe.rate());
        schedule = Schedule.of(recipe.schedule());
        judge = Trainer.of(net, loss, optimizer).metrics(values ? Metric.r2() : Metric.accuracy());
        key = RandomKey.of(recipe.seed());
        batches = Batches.shuffled(train, recipe.batch() == 0 ? Batches.ALL : recipe.batch(), key);
        penalty = recipe.l1() + recipe.l2() > 0 ? Optional.of(recipe.penalty()) : Optional.empty();
        edits = new ArrayList<>(Edit.all(recipe.edits()));
        edits.forEach(e -> requireWeight(e, params));
        arrived();
    }

    private static void requireWeight(Edit e, Map<String, Param> params) {
        Param p = params.get(e.path());
        if (p == null || e.index() < 0 || e.index() >= p.size()) {
            throw new StudioException("There is no weight " + e.index() + " in '" + e.path()
                    + "'\n  rule: the network has " + params.keySet());
        }
    }

    // ---- where it stands

    long step() {
        return step;
    }

    long stepsPerEpoch() {
        return batches.count();
    }

    /// The number of the last step.
    long last() {
        return batches.count() * recipe.epochs();
    }

    List<Edit> edits() {
        return List.copyOf(edits);
    }

    /// How many snapshots are kept.
    int snapshots() {
        return snapshots.size() + near.size();
    }

    PlaygroundCurves curves() {
        return curves;
    }

    /// The rate of the next step.
    double rate() {
        return schedule.rate(optimizer.baseRate(), position());
    }

    private Schedule.Position position() {
        return new Schedule.Position(step, batches.count(), last());
    }

    /// Loss and accuracy (or R²) of the training samples, or of those for testing.
    Evaluation evaluate(Dataset data) {
        return judge.evaluate(data);
    }

    // ---- forward

    /// Goes towards a step until it is reached or so many nanoseconds are over.
    ///
    /// **Throws** [StudioException] if a loss or a gradient is not a number; the run then stands before
    /// that step.
    void forward(long to, long nanos) {
        long end = System.nanoTime() + nanos;
        do {
            if (step >= Math.min(to, last())) {
                return;
            }
            advance();
            if (step > to - NEAR && !near.isEmpty()) {
                near.computeIfAbsent(step, _ -> snapshot());
                while (near.size() > 2 * NEAR) {
                    near.pollFirstEntry();
                }
            }
        } while (System.nanoTime() < end);
    }

    private void advance() {
        Batch batch = batches.at(step / batches.count(), step % batches.count());
        optimizer.rate(rate());
        double value = differentiate(batch);
        if (!Double.isFinite(value)) {
            throw diverged("loss");
        }
        for (Param p : params.values()) {
            if (p.hasGrad() && !Double.isFinite(p.grad().sum().item())) {
                throw diverged("gradient of '" + p.name() + "'");
            }
        }
        optimizer.step(params, value, () -> differentiate(batch));
        step++;
        arrived();
    }

    /// Loss and gradients of a step, as the Trainer finds them.
    private double differentiate(Batch batch) {
        params.values().forEach(Param::zeroGrad);
        double value = 0;
        if (penalty.isPresent()) {
            Tensor sum = params.entrySet().stream()
                    .filter(e -> WEIGHTS.matches(e.getKey()))
                    .map(e -> penalty.get().of(e.getValue()))
                    .reduce(Tensor::add)
                    .orElseThrow();
            value = sum.item();
            if (Double.isFinite(value)) {
                sum.backward();
            }
        }
        try (var _ = Mode.training(key.fold("step").fold(step))) {
            Tensor of = loss.of(net.apply(batch.inputs()), batch.targets());
            double mean = of.item();
            if (Double.isFinite(mean)) {
                of.backward();
            }
            return value + mean;
        }
    }

    private StudioException diverged(String what) {
        return new StudioException(
                "After " + step + " steps the " + what + " is not a number any more: the weights flew"
                        + " apart.\n  fix:  a lower learning rate; then restart");
    }

    /// What belongs to a place: weights set by hand there, the curves' values, a snapshot.
    private void arrived() {
        edits.stream().filter(e -> e.step() == step).forEach(e -> e.apply(params));
        if (step % stride == 0 && !snapshots.containsKey(step)) {
            Snapshot s = snapshot();
            if (snapshots.isEmpty()) {
                most = (int) Math.clamp(LARGEST / Math.max(1, s.size() * 4), 4, 64);
            }
            snapshots.put(step, s);
            while (snapshots.size() > most) {
                stride *= 2;
                snapshots.keySet().removeIf(at -> at % stride != 0);
            }
        }
        if (curves.wants(step)) {
            Evaluation train = evaluate(problem.train());
            @Nullable
            Evaluation test = problem.split().map(s -> evaluate(s.second())).orElse(null);
            curves.add(step, train, test);
        }
    }

    private Snapshot snapshot() {
        Map<String, Tensor> copies = new LinkedHashMap<>();
        params.forEach((path, p) -> copies.put(path, p.copy()));
        return new Snapshot(copies, optimizer.state());
    }

    // ---- back

    /// Puts back the last snapshot that is not after a step; [#forward] makes the rest of the way.
    void back(long to) {
        if (to >= step) {
            return;
        }
        Map.Entry<Long, Snapshot> from = snapshots.floorEntry(to);
        Map.Entry<Long, Snapshot> closer = near.floorEntry(to);
        if (closer != null && closer.getKey() >= from.getKey()) {
            from = closer;
        }
        net.load(from.getValue().params);
        optimizer.load(from.getValue().optimizer);
        step = from.getKey();
        near.putIfAbsent(step, from.getValue());
        curves.cut(to);
    }

    // ---- by hand

    /// Sets a weight here. What was set by hand later is forgotten: it belonged to another future.
    ///
    /// **Throws** [StudioException] if there is no such weight.
    void edit(String path, int index, float value) {
        Edit edit = new Edit(step, path, index, value);
        requireWeight(edit, params);
        List<Edit> all = new ArrayList<>(edits);
        all.removeIf(e -> e.step() > step);
        all.removeIf(e -> e.step() == step && e.path().equals(path) && e.index() == index);
        all.add(edit);
        Edit.all(Edit.text(all));
        edits.clear();
        edits.addAll(all);
        edit.apply(params);
        snapshots.tailMap(step, true).clear();
        near.tailMap(step, true).clear();
        (snapshots.isEmpty() ? snapshots : near).put(step, snapshot());
        curves.cut(step - 1);
        curves.add(
                step,
                evaluate(problem.train()),
                problem.split().map(s -> evaluate(s.second())).orElse(null));
    }
}
