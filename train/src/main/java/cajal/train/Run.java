package cajal.train;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.data.Sampler;
import cajal.nn.Loss;
import cajal.tensor.Context;
import cajal.tensor.Listener;
import cajal.tensor.Memory;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/// One training run: where it stands, and the loop that moves it on.
public final class Run {
    private static final long PREFETCH =
            16_384; // elements of a batch from which on handing it over costs less than making it
    private static final long CHECKPOINT_NANOS = 30_000_000_000L;
    private static final long PAUSE_MILLIS = 20;

    /// What is told at the beginning of a pause, to whom does not see it otherwise.
    static final String PAUSED = "the run rests: it goes on when whoever paused it says so";

    private final Trainer trainer;
    private final Dataset train;
    private final Optional<Dataset> validation;
    private final Batches batches;
    private final RandomKey key;
    private final Map<String, Param> params;
    final Position position = new Position();
    List<Metric> trainMetrics = List.of();
    private volatile boolean stopping;
    private volatile boolean pausing;
    private volatile boolean saving;
    private volatile double wishedRate = Double.NaN;
    private long lastCheckpoint;
    private long idle; // nanoseconds of pauses: no part of any measured time

    /// Where a run stands: all that, beside the tensors, a checkpoint must hold.
    static final class Position {
        int epoch; // from 0
        long batch; // the next one within the epoch
        long step; // updates made
        double lossSum; // of this epoch's samples so far
        long samples; // of this epoch so far
        double seconds; // in this run and those before
        int bestEpoch;
        double bestLoss = Double.POSITIVE_INFINITY;
        int sinceBest;
        double rateFactor = 1; // by which somebody changed the rates while it ran
        final List<Epoch> history = new ArrayList<>();
        Map<String, Tensor> best = Map.of();
    }

    Run(Trainer trainer, Dataset train, Optional<Dataset> validation) {
        this.trainer = trainer;
        this.train = train;
        this.validation = validation;
        if (train.size() == 0) {
            throw new TrainingException("There are no training samples\n  rule: at least one");
        }
        this.key = RandomKey.of(trainer.seed);
        Sampler order = trainer.sampler.orElse(trainer.shuffle ? Sampler.shuffled() : Sampler.inOrder());
        this.batches = Batches.of(train, trainer.batch, order, key);
        Batch first = batches.at(0, 0);
        if (first.inputs().size() >= PREFETCH || trainer.ahead > 1) {
            batches.prefetch(trainer.ahead);
        }
        trainer.part.init(trainer.seed, first.inputs().shape());
        this.params = trainer.part.parameters();
        if (params.values().stream().allMatch(Param::isFrozen)) {
            throw new TrainingException(
                    "The network has no parameter that may change\n  rule: at least one is not frozen");
        }
        trainer.averageFrom.ifPresent(epoch -> trainer.optimizer.swa(epoch * batches.count(), batches.count()));
    }

    // ---- what watchers ask

    /// The trainer's network or part.
    public cajal.nn.Part part() {
        return trainer.part;
    }

    /// The optimiser.
    public Optimizer optimizer() {
        return trainer.optimizer;
    }

    /// The number of the running epoch, from 1.
    public int epoch() {
        return position.epoch + 1;
    }

    /// The number of epochs of the run.
    public int epochs() {
        return trainer.epochs;
    }

    /// The number of the next batch within the epoch, from 0.
    public long batch() {
        return position.batch;
    }

    /// The number of batches in an epoch.
    public long batches() {
        return batches.count();
    }

    /// The updates made so far.
    public long steps() {
        return position.step;
    }

    /// The training samples of this epoch that were used so far.
    public long samples() {
        return position.samples;
    }

    /// The number of training samples in an epoch.
    public long epochSamples() {
        return batches.samples();
    }

    /// The mean loss of this epoch so far.
    public double loss() {
        return position.samples == 0 ? Double.NaN : position.lossSum / position.samples;
    }

    /// The training metrics of this epoch so far.
    public Map<String, Double> metrics() {
        return position.samples == 0 ? Map.of() : Trainer.values(trainMetrics);
    }

    /// What the epochs so far came to, those before a resumption included.
    public List<Epoch> history() {
        return List.copyOf(position.history);
    }

    /// The names of the metrics that are measured besides the loss.
    public List<String> metricNames() {
        return trainer.metrics.stream().map(Metric::name).toList();
    }

    /// Whether there are validation samples.
    public boolean isValidated() {
        return validation.isPresent();
    }

    /// Everything that decides what the run computes, as data: numbers, texts, truth values, lists and maps by
    /// name; the network as a description if it can be described, and a check sum of the first batch for the
    /// data.
    public Map<String, Object> settings() {
        return RunSettings.of(trainer, train, validation, batches);
    }

    /// The file that the run can be resumed from, if it writes one.
    public Optional<java.nio.file.Path> checkpoint() {
        return trainer.checkpoint;
    }

    /// Ends the run after the step that is being made; a checkpoint is written. May be called from any thread.
    public void stop() {
        stopping = true;
    }

    /// Lets the run rest after the step that is being made, until [#goOn()] or [#stop()]. May be called
    /// from any thread.
    public void pause() {
        pausing = true;
    }

    /// Ends a pause. May be called from any thread.
    public void goOn() {
        pausing = false;
    }

    /// Whether the run rests, or will after the step that is being made.
    public boolean isPaused() {
        return pausing;
    }

    /// Writes a checkpoint after the step that is being made, if the run has a file for it. May be called from
    /// any thread.
    public void save() {
        saving = true;
    }

    /// Makes `rate` the learning rate of the next step; a schedule goes on from there, all its rates
    /// multiplied by the same factor, and so does a resumed run. Nothing happens while the schedule's own
    /// rate is 0. May be called from any thread.
    ///
    /// **Throws** [IllegalArgumentException] unless it is a finite number above 0.
    public void rate(double rate) {
        wishedRate = Options.positive("Run", "the learning rate", rate);
    }

    /// The wall time so far in seconds, that of sessions before a resumption included, pauses not.
    public double seconds() {
        return position.seconds;
    }

    /// The first training samples, as they are in the data set: what a net can be looked at with.
    ///
    /// @param most at most so many
    public Batch probe(long most) {
        return train.take(most).all();
    }

    // ---- the loop

    private long clock() {
        return System.nanoTime() - idle;
    }

    /// Rests while somebody wishes it.
    private void rest() {
        if (!pausing) {
            return;
        }
        long begun = System.nanoTime();
        trainer.watchers.forEach(c -> c.warned(this, PAUSED));
        save(saving);
        while (pausing && !stopping) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                stopping = true;
            }
            save(saving);
        }
        idle += System.nanoTime() - begun;
    }

    /// Goes on until so many epochs are done; less than all of them is a pause, after which the run goes on
    /// with the next call as if there had been none.
    Fit go(int until) {
        long begun = clock();
        boolean resumed = position.step > 0 || trainer.resume && Checkpoints.restore(trainer, this);
        double before = position.seconds;
        if (!resumed) {
            write();
        }
        lastCheckpoint = begun;
        trainer.watchers.forEach(c -> c.started(this));
        try {
            return finish(loop(until, begun, before), begun, before);
        } catch (RuntimeException e) {
            trainer.watchers.forEach(c -> c.failed(this, e));
            throw e;
        }
    }

    private Fit.Stop loop(int until, long begun, double before) {
        Fit.Stop stop = Fit.Stop.FINISHED;
        while (position.epoch < Math.min(until, trainer.epochs) && stop == Fit.Stop.FINISHED) {
            if (position.sinceBest >= trainer.patience) {
                stop = Fit.Stop.EARLY;
            } else if (!epoch(begun, before)) {
                stop = Fit.Stop.INTERRUPTED;
            }
        }
        return stop;
    }

    private Fit finish(Fit.Stop stop, long begun, double before) {
        position.seconds = before + (clock() - begun) / 1e9;
        write();
        boolean over = stop == Fit.Stop.EARLY || position.epoch >= trainer.epochs;
        if (over && stop != Fit.Stop.INTERRUPTED && trainer.keepBest && !position.best.isEmpty()) {
            trainer.part.load(position.best);
        } else if (stop != Fit.Stop.INTERRUPTED) {
            trainer.optimizer.useAverages(params);
        }
        int best = trainer.keepBest && position.bestEpoch > 0 ? position.bestEpoch : position.history.size();
        Fit fit = new Fit(position.history, stop, position.step, position.seconds, trainer.part.parameterCount(), best);
        trainer.watchers.forEach(c -> c.ended(this, fit));
        return fit;
    }

    List<Metric> freshMetrics() {
        return trainer.metrics.stream().map(Metric::fresh).toList();
    }

    /// Runs the rest of the epoch; answers false if the run was stopped in it.
    private boolean epoch(long begun, double before) {
        long start = clock();
        if (position.batch == 0) { // else they go on where the epoch was left
            trainMetrics = freshMetrics();
        }
        long firstSample = position.samples;
        while (position.batch < batches.count()) {
            rest();
            if (stopping || Thread.interrupted()) {
                return false;
            }
            double loss = step();
            position.seconds = before + (clock() - begun) / 1e9;
            trainer.watchers.forEach(c -> c.stepped(this, loss));
            save(saving || clock() - lastCheckpoint > CHECKPOINT_NANOS);
        }
        double trained = (clock() - start) / 1e9;
        Epoch epoch;
        try (var _ = trainer.optimizer.averaged(params)) {
            epoch = judged(start, (position.samples - firstSample) / trained);
        }
        position.history.add(epoch);
        position.epoch++;
        position.batch = 0;
        position.samples = 0;
        position.lossSum = 0;
        position.seconds = before + (clock() - begun) / 1e9;
        write();
        trainer.watchers.forEach(c -> c.epochEnded(this, epoch));
        return true;
    }

    /// Measures the validation samples and closes the epoch.
    private Epoch judged(long start, double samplesPerSecond) {
        Optional<Evaluation> evaluation = validation.map(data ->
                trainer.evaluate(data, (b, out) -> trainer.watchers.forEach(c -> c.validated(this, b, out))));
        double loss = position.lossSum / position.samples;
        Epoch epoch = new Epoch(
                position.epoch + 1,
                position.step,
                loss,
                Trainer.values(trainMetrics),
                evaluation.map(e -> OptionalDouble.of(e.loss())).orElse(OptionalDouble.empty()),
                evaluation.map(Evaluation::metrics).orElse(Map.of()),
                trainer.optimizer.rate(),
                (clock() - start) / 1e9,
                samplesPerSecond);
        judge(epoch, evaluation.map(Evaluation::loss).orElse(loss));
        return epoch;
    }

    private void judge(Epoch epoch, double loss) {
        trainer.schedule.observe(loss, false);
        if (loss < position.bestLoss) {
            position.bestLoss = loss;
            position.bestEpoch = epoch.number();
            position.sinceBest = 0;
            if (trainer.keepBest) {
                Map<String, Tensor> copy = new LinkedHashMap<>();
                trainer.part.tensors().forEach((path, t) -> copy.put(path, t.copy()));
                position.best = copy;
            }
        } else {
            position.sinceBest++;
        }
    }

    /// The step of the `index`-th batch of the run; answers its loss.
    double step(long index) {
        try (var _ = Memory.step()) {
            return step(batches.at(index / batches.count(), index % batches.count()));
        }
    }

    private double step() {
        try (var _ = Memory.step()) {
            return step(batches.at(position.epoch, position.batch));
        }
    }

    private double step(Batch batch) {
        Schedule.Position at = new Schedule.Position(position.step, batches.count(), batches.count() * trainer.epochs);
        trainer.optimizer.rate(wished(trainer.schedule.rate(trainer.optimizer.baseRate(), at)));
        params.values().forEach(Param::zeroGrad);
        double value = position.step == 0 ? watched(batch, new Reached()) : differentiate(batch);
        if (!Double.isFinite(value)) {
            throw blamed(batch, "The loss is " + value);
        }
        trainer.exchange.accept(params);
        if (trainer.clipNorm < Double.POSITIVE_INFINITY) {
            Gradients.clipNorm(params, trainer.clipNorm);
        }
        if (trainer.clipValue < Double.POSITIVE_INFINITY) {
            Gradients.clipValue(params, trainer.clipValue);
        }
        for (Map.Entry<String, Param> p : params.entrySet()) {
            if (p.getValue().hasGrad() && NanGuard.isBadGradient(p.getValue().grad())) {
                throw blamed(batch, "The gradient of '" + p.getKey() + "' is not finite");
            }
        }
        trainer.optimizer.step(params, value, () -> again(batch));
        position.step++;
        position.batch++;
        position.samples += batch.size();
        position.lossSum += value * batch.size();
        return value;
    }

    /// The rate that a schedule says, as somebody changed it.
    private double wished(double scheduled) {
        double wish = wishedRate;
        if (!Double.isNaN(wish) && scheduled > 0) {
            position.rateFactor = wish / scheduled;
            wishedRate = Double.NaN;
            return wish;
        }
        return scheduled * position.rateFactor;
    }

    /// Loss and gradients at the same samples, for optimisers that look more than once.
    private double again(Batch batch) {
        List<Metric> kept = trainMetrics;
        trainMetrics = List.of();
        params.values().forEach(Param::zeroGrad);
        double value = differentiate(batch);
        trainer.exchange.accept(params);
        trainMetrics = kept;
        return value;
    }

    /// Forward and backward, part by part; leaves the gradients in the parameters and answers the loss.
    private double differentiate(Batch batch) {
        RandomKey ofStep = key.fold("step").fold(position.step);
        double value = penalties();
        if (trainer.accumulate == 1) {
            return value + differentiate(batch, 1, ofStep);
        }
        long size = batch.size();
        long part = (Math.min(batches.batchSize(), batches.samples()) - 1) / trainer.accumulate + 1;
        for (long at = 0; at < size && Double.isFinite(value); at += part) {
            long end = Math.min(size, at + part);
            Batch some =
                    new Batch(batch.inputs().slice(0, at, end), batch.targets().slice(0, at, end));
            double weight = sums() ? 1 : (double) (end - at) / size;
            value += weight * differentiate(some, weight, ofStep.fold("part").fold(at / part));
        }
        return value;
    }

    /// What the loss is raised by for the weights themselves, once a step however many parts it has; its
    /// gradients are left in the parameters too.
    private double penalties() {
        List<Tensor> each = new ArrayList<>();
        for (Trainer.Term term : trainer.terms) {
            params.forEach((path, p) -> {
                if (term.pattern().matches(path)) {
                    each.add(term.penalty().of(p));
                }
            });
        }
        if (each.isEmpty()) {
            return 0;
        }
        Tensor sum = each.stream().reduce(Tensor::add).orElseThrow();
        double value = sum.item();
        if (Double.isFinite(value)) {
            sum.backward();
        }
        return value;
    }

    /// Whether the loss of a batch is the sum, not the mean, of those of its parts.
    private boolean sums() {
        return trainer.loss
                .flatMap(Loss::spec)
                .map(spec ->
                        "sum".equalsIgnoreCase(String.valueOf(spec.constants().get("reduction"))))
                .orElse(false);
    }

    private double differentiate(Batch batch, double weight, RandomKey random) {
        try (var _ = Memory.step(); // a part's or another look's memory does not wait for the end of the step
                var _ = Mode.training(random)) {
            Tensor loss;
            if (trainer.net.isPresent() && trainer.loss.isPresent()) {
                Tensor out = trainer.net.get().apply(batch.inputs());
                loss = trainer.loss.get().of(out, batch.targets());
                trainMetrics.forEach(m -> m.update(out.detach(), batch.targets()));
            } else {
                loss = trainer.objective.of(batch);
            }
            double value = loss.item();
            if (Double.isFinite(value)) {
                (weight == 1 ? loss : loss.mul(weight)).backward();
            }
            return value;
        }
    }

    /// The first step, during which it is noticed which parameters are used.
    private double watched(Batch batch, Reached reached) {
        double value;
        try (var _ = Context.current().listener(reached).enter()) {
            value = differentiate(batch);
        }
        Set<Param> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.addAll(params.values());
        for (Param p : reached.params) {
            if (!known.contains(p)) {
                throw new TrainingException("The parameter '" + p.name() + "' " + p.shape()
                        + " takes part in the loss but is not registered, so it would never change\n"
                        + "  rule: parameters are made by param(name, ...), inner layers added by add(name, layer)\n"
                        + "  fix:  add the layer that owns it in the constructor of the block that uses it");
            }
        }
        params.forEach((path, p) -> {
            if (!reached.params.contains(p) && !p.isFrozen()) {
                String message = "The parameter '" + path + "' " + p.shape()
                        + " is registered but did not take part in the loss: it will not change";
                trainer.watchers.forEach(c -> c.warned(this, message));
            }
        });
        return value;
    }

    /// Notes which parameters operations read.
    private static final class Reached implements Listener {
        final Set<Param> params = Collections.newSetFromMap(new IdentityHashMap<>());

        @Override
        public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
            for (Tensor t : in) {
                if (t instanceof Param p) {
                    params.add(p);
                }
            }
        }
    }

    /// Runs the step again, the same numbers in the same order, to find where the first bad one comes from.
    private TrainingException blamed(Batch batch, String what) {
        NanGuard guard = new NanGuard();
        String origin = "";
        if (NanGuard.isBad(batch.inputs())) {
            origin = "the input data hold it already";
        } else {
            params.values().forEach(Param::zeroGrad);
            List<Metric> kept = trainMetrics;
            trainMetrics = List.of();
            try (var _ = Context.current().listener(guard).enter()) {
                differentiate(batch);
            }
            trainMetrics = kept;
            origin = guard.first().orElse("unknown: the step is fine when it is repeated");
        }
        return new TrainingException(what + " in step " + (position.step + 1) + " (epoch " + (position.epoch + 1)
                + ", batch " + (position.batch + 1)
                + ")\n  first bad number: " + origin + "\n  rate: " + trainer.optimizer.rate()
                + "\n  fix:  lower the learning rate, clip gradients (clipNorm(1)), or look at the data"
                + trainer.checkpoint
                        .map(f -> "\n  the last good state is in " + f)
                        .orElse(""));
    }

    private void save(boolean now) {
        if (now) {
            saving = false;
            write();
        }
    }

    private void write() {
        lastCheckpoint = clock();
        trainer.checkpoint.ifPresent(file -> {
            Checkpoints.write(file, trainer, this);
            trainer.watchers.forEach(c -> c.saved(this, file));
        });
    }
}
