package cajal.train;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.data.Sampler;
import cajal.nn.Block;
import cajal.nn.Loss;
import cajal.nn.Part;
import cajal.nn.PathPattern;
import cajal.tensor.Grad;
import cajal.tensor.Memory;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjDoubleConsumer;

/// Trains a network: for each batch forward, loss, backward, update.
///
/// ```java
/// var result = Trainer.of(net, Loss.crossEntropy(), new
/// Adam(1e-3)).seed(42).batch(64).epochs(5).fit(train, test);
/// ```
///
/// The three regimes of gradient descent are [#fullBatch()] (all samples a step: the true gradient, but all
/// activations of all samples in memory at once), [#stochastic()] (one sample a step: cheap, noisy) and
/// [#miniBatch(long)] (some).
///
/// **Numerics** the same seed gives the same weights, bit for bit, for any number of threads, and when a run is
/// stopped or killed and goes on from its checkpoint.
public final class Trainer {
    final Part part;
    final Objective objective;
    final Optimizer optimizer;
    final Optional<Block> net;
    final Optional<Loss> loss;
    long seed;
    long batch = 32;
    int accumulate = 1;
    int epochs = 1;
    boolean shuffle = true;
    Optional<Sampler> sampler = Optional.empty();
    int ahead = 1;
    Schedule schedule = Schedule.constant();
    Consumer<Map<String, Param>> exchange = _ -> {};
    double clipNorm = Double.POSITIVE_INFINITY;
    double clipValue = Double.POSITIVE_INFINITY;
    int patience = Integer.MAX_VALUE;
    boolean keepBest;
    Optional<Path> checkpoint = Optional.empty();
    boolean resume;
    Map<String, String> notes = Map.of();
    final List<Term> terms = new ArrayList<>();
    Optional<Integer> averageFrom = Optional.empty();
    final List<Metric> metrics = new ArrayList<>();
    final List<Watcher> watchers = new ArrayList<>();

    /// A penalty on the parameters whose path fits a pattern.
    record Term(PathPattern pattern, Penalty penalty) {}

    private Trainer(Part part, Objective objective, Optimizer optimizer, Optional<Block> net, Optional<Loss> loss) {
        this.part = part;
        this.objective = objective;
        this.optimizer = optimizer;
        this.net = net;
        this.loss = loss;
    }

    /// A trainer that makes `objective` small by changing the parameters of `part`.
    public static Trainer of(Part part, Objective objective, Optimizer optimizer) {
        return new Trainer(part, objective, optimizer, Optional.empty(), Optional.empty());
    }

    /// A trainer that makes `loss(net(inputs), targets)` small.
    public static Trainer of(Block net, Loss loss, Optimizer optimizer) {
        return new Trainer(
                net, b -> loss.of(net.apply(b.inputs()), b.targets()), optimizer, Optional.of(net), Optional.of(loss));
    }

    /// The seed of everything random: initial weights, the order of samples, dropout. Default 0.
    public Trainer seed(long seed) {
        this.seed = seed;
        return this;
    }

    /// The number of samples a step; [Batches#ALL] means all. Default 32.
    public Trainer batch(long samples) {
        if (samples < 1) {
            throw new IllegalArgumentException("A batch of " + samples + " samples\n  rule: at least 1");
        }
        this.batch = samples;
        return this;
    }

    /// Takes a step's samples in `n` parts, one behind the other, and adds up their gradients: the step of
    /// the whole batch for the memory of a part. Default 1.
    ///
    /// A batch of `B` samples becomes parts of `⌈B/n⌉`, the last one being what is left; an epoch's last batch,
    /// if it is smaller, becomes fewer parts of the same size. Each part counts by its share of the samples,
    /// `b/B`, or fully if the loss is a sum. The loss is then that of the joined batch if it is a mean over
    /// samples; one that weighs its samples, or layers that look across the batch, see each part by itself.
    /// Random numbers are drawn for each part anew.
    public Trainer accumulate(int n) {
        this.accumulate = (int) Options.atLeast("Trainer", "the number of parts of a step", n, 1);
        return this;
    }

    /// All samples a step: full-batch gradient descent.
    public Trainer fullBatch() {
        return batch(Batches.ALL);
    }

    /// One sample a step: stochastic gradient descent.
    public Trainer stochastic() {
        return batch(1);
    }

    /// Some samples a step: mini-batch gradient descent.
    public Trainer miniBatch(long samples) {
        return batch(samples);
    }

    /// The number of passes over the training samples. Default 1.
    public Trainer epochs(int epochs) {
        if (epochs < 0) {
            throw new IllegalArgumentException(epochs + " epochs\n  rule: 0 or more");
        }
        this.epochs = epochs;
        return this;
    }

    /// Takes the samples in their own order each epoch, instead of shuffled.
    public Trainer inOrder() {
        shuffle = false;
        return this;
    }

    /// Lets a sampler say which samples an epoch shows, and in which order: rare ones more often, for one.
    public Trainer sampler(Sampler sampler) {
        this.sampler = Optional.of(sampler);
        return this;
    }

    /// Makes up to `ahead` batches on background threads while the network trains, where a batch is slow to
    /// make: files are decoded, pictures changed. The weights are the same for any number. Default 1.
    public Trainer prefetch(int ahead) {
        if (ahead < 0) {
            throw new IllegalArgumentException(ahead + " batches ahead\n  rule: 0 or more");
        }
        this.ahead = ahead;
        return this;
    }

    /// How the learning rate changes during the run. Default: not at all.
    public Trainer schedule(Schedule schedule) {
        this.schedule = schedule;
        return this;
    }

    /// Metrics to measure besides the loss, on training and on validation samples.
    public Trainer metrics(Metric... more) {
        metrics.addAll(List.of(more));
        return this;
    }

    /// Adds a price on the size of the parameters whose path fits a pattern ([PathPattern], as in `*.weight`)
    /// to the training loss. (Weight decay, which is not part of the loss, is the optimiser's.)
    public Trainer penalty(String pattern, Penalty penalty) {
        terms.add(new Term(new PathPattern(pattern), penalty));
        return this;
    }

    /// Averages the weights at the end of each epoch from a number on (the first is 1), and evaluates and ends
    /// with the averages: [Optimizer#swa], counted in epochs.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public Trainer swa(int fromEpoch) {
        averageFrom = Optional.of((int) Options.atLeast("Trainer", "the first epoch that is averaged", fromEpoch, 1));
        return this;
    }

    /// Scales all gradients down together whenever their global norm exceeds `max`.
    public Trainer clipNorm(double max) {
        clipNorm = max;
        return this;
    }

    /// Holds every gradient element within ±`max`.
    public Trainer clipValue(double max) {
        clipValue = max;
        return this;
    }

    /// Ends the run when the validation loss has not improved for `patience` epochs, and keeps the best
    /// weights.
    public Trainer earlyStopping(int patience) {
        if (patience < 1) {
            throw new IllegalArgumentException("A patience of " + patience + " epochs\n  rule: at least 1");
        }
        this.patience = patience;
        return keepBest();
    }

    /// At the end puts back the weights of the epoch with the best validation loss.
    public Trainer keepBest() {
        keepBest = true;
        return this;
    }

    /// Where checkpoints are written: at the beginning, after each epoch, every 30 seconds, and when the run is
    /// interrupted.
    public Trainer checkpoint(Path file) {
        checkpoint = Optional.of(file);
        return this;
    }

    /// Goes on from the checkpoint, if there is one.
    public Trainer resume() {
        resume = true;
        return this;
    }

    /// Texts that a checkpoint keeps beside the run, for whoever resumes it.
    public Trainer notes(Map<String, String> notes) {
        this.notes = Map.copyOf(notes);
        return this;
    }

    /// Tells somebody how the run goes on.
    public Trainer watch(Watcher watcher) {
        watchers.add(watcher);
        return this;
    }

    /// Calls somebody after each epoch, validation included.
    public Trainer onEpoch(Consumer<Epoch> after) {
        return watch(new Watcher() {
            @Override
            public void epochEnded(Run run, Epoch epoch) {
                after.accept(epoch);
            }
        });
    }

    /// Calls somebody after each step with the loss of its batch; the run says where it stands, and can be
    /// stopped.
    public Trainer onStep(ObjDoubleConsumer<Run> after) {
        return watch(new Watcher() {
            @Override
            public void stepped(Run run, double loss) {
                after.accept(run, loss);
            }
        });
    }

    /// Keeps the run in a folder: `checkpoint.safetensors` to go on from, `log.csv` ([RunLog]), `run.json` with
    /// what is needed to repeat it ([RunRecord]), and `feed.jsonl` for who wants to see it live ([Feed]).
    ///
    /// **Throws** [TrainingException] if the folder cannot be made.
    public Trainer folder(Path folder) {
        Appending.makeFolder(folder);
        return checkpoint(folder.resolve("checkpoint.safetensors"))
                .watch(RunLog.csv(folder.resolve("log.csv")))
                .watch(new RunRecord(folder.resolve("run.json")))
                .watch(new Feed(folder));
    }

    /// The seam between backward and update, where gradients can be exchanged with other workers. Default:
    /// none.
    public Trainer exchange(Consumer<Map<String, Param>> exchange) {
        this.exchange = exchange;
        return this;
    }

    /// A trainer of the same network, loss and optimiser that shares what decides about a step, but no files,
    /// watchers, metrics or end.
    Trainer bare(Schedule rates) {
        Trainer t = new Trainer(part, objective, optimizer, net, loss);
        t.seed = seed;
        t.batch = batch;
        t.accumulate = accumulate;
        t.shuffle = shuffle;
        t.exchange = exchange;
        t.clipNorm = clipNorm;
        t.clipValue = clipValue;
        t.schedule = rates;
        return t;
    }

    /// A run that has not made a step.
    Run begin(Dataset train) {
        return new Run(this, train, Optional.empty());
    }

    /// A run that has not made a step, with validation.
    Run begin(Dataset train, Dataset validation) {
        return new Run(this, train, Optional.of(validation));
    }

    /// Trains without validation.
    public Fit fit(Dataset train) {
        return begin(train).go(epochs);
    }

    /// Trains, and measures the validation samples after each epoch.
    ///
    /// **Throws** [TrainingException] if a loss or gradient is not a number, naming step and layer.
    public Fit fit(Dataset train, Dataset validation) {
        return begin(train, validation).go(epochs);
    }

    /// The loss and the metrics on a data set, in inference behaviour.
    public Evaluation evaluate(Dataset data) {
        return evaluate(data, (_, _) -> {});
    }

    /// The same; the outputs of each batch are shown to somebody, if there is a net.
    Evaluation evaluate(Dataset data, BiConsumer<Batch, Tensor> seen) {
        double total = 0;
        List<Metric> fresh = metrics.stream().map(Metric::fresh).toList();
        Batches batches = Batches.inOrder(data, Math.max(256, Math.min(batch, 4096)));
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            for (long i = 0; i < batches.count(); i++) {
                try (var _ = Memory.step()) {
                    Batch b = batches.at(0, i);
                    if (net.isPresent() && loss.isPresent()) {
                        Tensor out = net.get().apply(b.inputs());
                        total += loss.get().of(out, b.targets()).item() * b.size();
                        fresh.forEach(m -> m.update(out, b.targets()));
                        seen.accept(b, out);
                    } else {
                        total += objective.of(b).item() * b.size();
                    }
                }
            }
        }
        return new Evaluation(total / data.size(), values(fresh), data.size());
    }

    /// Passes over a data set in training behaviour without changing a parameter, so that running statistics
    /// (batch normalisation) become those of the present weights: needed after averaging ([#swa],
    /// [Optimizer#ema]), because the statistics were taken with other weights.
    ///
    /// **Throws** [IllegalStateException] if the trainer was made of an objective alone.
    public void refreshStatistics(Dataset data) {
        Block block = net.orElseThrow(() ->
                new IllegalStateException("refreshStatistics() needs a network: Trainer.of(net, loss, optimizer)"));
        RandomKey key = RandomKey.of(seed).fold("statistics");
        Batches batches = shuffle ? Batches.shuffled(data, batch, key) : Batches.inOrder(data, batch);
        for (long i = 0; i < batches.count(); i++) {
            try (var _ = Memory.step();
                    var _ = Grad.off();
                    var _ = Mode.training(key.fold(i))) {
                block.apply(batches.at(0, i).inputs());
            }
        }
    }

    static Map<String, Double> values(List<Metric> metrics) {
        Map<String, Double> values = new LinkedHashMap<>();
        metrics.forEach(m -> values.put(m.name(), m.value()));
        return values;
    }

    /// The outputs for some inputs, in inference behaviour, computed some at a time.
    ///
    /// **Throws** [IllegalStateException] if the trainer was made of an objective alone.
    public Tensor predict(Tensor inputs) {
        Block block = net.orElseThrow(
                () -> new IllegalStateException("predict() needs a network: Trainer.of(net, loss, optimizer)"));
        List<Tensor> parts = new ArrayList<>();
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            for (long at = 0; at < inputs.dim(0) || parts.isEmpty(); at += 256) {
                parts.add(block.apply(inputs.slice(0, at, at + 256)));
            }
            return Tensor.concat(0, parts.toArray(Tensor[]::new));
        }
    }
}
