package cajal.train;

import cajal.format.Json;
import cajal.format.Safetensors;
import cajal.format.TensorFile;
import cajal.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Reads and writes everything that a run needs to go on as if it had never stopped: parameters, states,
/// the optimiser's and the schedule's memory, the position in the data, the metrics of an epoch that was
/// not finished, the best weights so far and the
/// history. Random numbers need no state: they are functions of the seed and the step.
///
/// One safetensors file, replaced in one move, so that a crash at any moment leaves the old or the new one
/// whole.
final class Checkpoints {
    private static final String MODEL = "model/";
    private static final String OPTIMIZER = "optimizer/";
    private static final String METRIC = "metric/";
    private static final String BEST = "best/";

    private Checkpoints() {}

    static void write(Path file, Trainer trainer, Run run) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        trainer.part.tensors().forEach((name, t) -> tensors.put(MODEL + name, t));
        trainer.optimizer.state().forEach((name, t) -> tensors.put(OPTIMIZER + name, t));
        run.position.best.forEach((name, t) -> tensors.put(BEST + name, t));
        if (run.position.batch > 0) {
            for (int i = 0; i < run.trainMetrics.size(); i++) {
                String prefix = metric(run.trainMetrics, i);
                run.trainMetrics.get(i).state().forEach((name, t) -> tensors.put(prefix + name, t));
            }
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("cajal.checkpoint", "1");
        metadata.put("run", Json.write(identity(trainer, run)));
        metadata.put("position", Json.write(position(run.position)));
        metadata.put("schedule", Json.write(trainer.schedule.state()));
        trainer.notes.forEach((name, text) -> metadata.put("note." + name, text));
        Safetensors.write(file, tensors, metadata);
    }

    /// Where a metric's state stands: by place and name, for two may have one name.
    private static String metric(List<Metric> metrics, int i) {
        return METRIC + i + ":" + metrics.get(i).name() + "/";
    }

    /// What must not change between the parts of one run.
    private static Map<String, Object> identity(Trainer trainer, Run run) {
        Map<String, Object> id = new LinkedHashMap<>();
        id.put("seed", trainer.seed);
        id.put("batch", trainer.batch);
        id.put("accumulate", (long) trainer.accumulate);
        id.put("samples", run.epochSamples());
        id.put("optimizer", trainer.optimizer.describe());
        id.put("shuffle", trainer.shuffle);
        if (!trainer.terms.isEmpty()) {
            id.put("penalties", trainer.terms.toString());
        }
        return id;
    }

    private static Map<String, Object> position(Run.Position p) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("epoch", (long) p.epoch);
        m.put("batch", p.batch);
        m.put("step", p.step);
        m.put("lossSum", exact(p.lossSum));
        m.put("samples", p.samples);
        m.put("seconds", p.seconds);
        m.put("bestEpoch", (long) p.bestEpoch);
        m.put("bestLoss", exact(p.bestLoss));
        m.put("sinceBest", (long) p.sinceBest);
        if (p.rateFactor != 1) {
            m.put("rateFactor", exact(p.rateFactor));
        }
        List<Object> history = new ArrayList<>();
        p.history.forEach(e -> history.add(epoch(e)));
        m.put("history", history);
        return m;
    }

    private static Map<String, Object> epoch(Epoch e) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("number", (long) e.number());
        m.put("steps", e.steps());
        m.put("loss", exact(e.loss()));
        m.put("metrics", exact(e.metrics()));
        e.validationLoss().ifPresent(v -> m.put("validationLoss", exact(v)));
        m.put("validationMetrics", exact(e.validationMetrics()));
        m.put("rate", exact(e.rate()));
        m.put("seconds", e.seconds());
        m.put("samplesPerSecond", e.samplesPerSecond());
        return m;
    }

    /// Doubles as text that reads back to the same bits, infinities included.
    private static String exact(double x) {
        return Double.toString(x);
    }

    private static Map<String, Object> exact(Map<String, Double> values) {
        Map<String, Object> m = new LinkedHashMap<>();
        values.forEach((name, v) -> m.put(name, exact(v)));
        return m;
    }

    /// Puts a run back to where its checkpoint was written; answers false if there is none.
    ///
    /// **Throws** [TrainingException] if the checkpoint belongs to another run.
    static boolean restore(Trainer trainer, Run run) {
        Path file = trainer.checkpoint.orElseThrow(
                () -> new TrainingException("resume() without a checkpoint file\n  fix:  name it: checkpoint(file)"));
        if (!Files.exists(file)) {
            return false;
        }
        try (TensorFile saved = Safetensors.open(file)) {
            Map<String, String> metadata = saved.metadata();
            if (!metadata.containsKey("cajal.checkpoint")) {
                throw new TrainingException(
                        file
                                + " is no checkpoint of a training run\n  rule: a run is resumed from the file that checkpoint(file) wrote");
            }
            checkSame(file, json(file, metadata, "run"), Json.parseObject(Json.write(identity(trainer, run)), "run"));
            trainer.part.load(under(saved, MODEL));
            trainer.optimizer.load(under(saved, OPTIMIZER));
            trainer.schedule.load(json(file, metadata, "schedule"));
            restore(run.position, json(file, metadata, "position"));
            run.position.best = under(saved, BEST);
            run.trainMetrics = run.freshMetrics();
            for (int i = 0; i < run.trainMetrics.size(); i++) {
                Map<String, Tensor> state = under(saved, metric(run.trainMetrics, i));
                if (!state.isEmpty()) { // another metric, or a file of before they were kept
                    run.trainMetrics.get(i).load(state);
                }
            }
        }
        return true;
    }

    private static Map<String, Object> json(Path file, Map<String, String> metadata, String name) {
        return Json.parseObject(metadata.getOrDefault(name, "{}"), file + ", " + name);
    }

    private static void checkSame(Path file, Map<String, Object> saved, Map<String, Object> now) {
        saved.putIfAbsent("accumulate", 1L); // files of before there was a choice
        now.forEach((name, value) -> {
            if (!value.equals(saved.get(name))) {
                throw new TrainingException("The checkpoint " + file + " was written by a run with other settings: "
                        + name + " was " + saved.get(name)
                        + ", now it is " + value
                        + "\n  rule: a resumed run has the settings of the one that was stopped"
                        + "\n  fix:  use the same settings, or another checkpoint file");
            }
        });
    }

    private static Map<String, Tensor> under(TensorFile saved, String prefix) {
        Map<String, Tensor> part = new LinkedHashMap<>();
        saved.entries().keySet().stream()
                .filter(n -> n.startsWith(prefix))
                .forEach(n -> part.put(n.substring(prefix.length()), saved.tensor(n)));
        return part;
    }

    private static void restore(Run.Position p, Map<String, Object> m) {
        p.epoch = (int) whole(m, "epoch");
        p.batch = whole(m, "batch");
        p.step = whole(m, "step");
        p.lossSum = real(m, "lossSum");
        p.samples = whole(m, "samples");
        p.seconds = real(m, "seconds");
        p.bestEpoch = (int) whole(m, "bestEpoch");
        p.bestLoss = real(m, "bestLoss");
        p.sinceBest = (int) whole(m, "sinceBest");
        p.rateFactor = m.containsKey("rateFactor") ? real(m, "rateFactor") : 1;
        p.history.clear();
        for (Object o : (List<?>) m.getOrDefault("history", List.of())) {
            p.history.add(epochOf(map(o)));
        }
    }

    private static Epoch epochOf(Map<String, Object> m) {
        OptionalDouble validation =
                m.containsKey("validationLoss") ? OptionalDouble.of(real(m, "validationLoss")) : OptionalDouble.empty();
        return new Epoch(
                (int) whole(m, "number"),
                whole(m, "steps"),
                real(m, "loss"),
                reals(m, "metrics"),
                validation,
                reals(m, "validationMetrics"),
                real(m, "rate"),
                real(m, "seconds"),
                real(m, "samplesPerSecond"));
    }

    private static Map<String, Double> reals(Map<String, Object> m, String name) {
        Map<String, Double> values = new LinkedHashMap<>();
        map(m.getOrDefault(name, Map.of())).forEach((k, v) -> values.put(k, Double.valueOf(v.toString())));
        return values;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object o) {
        return (Map<String, Object>) o;
    }

    private static long whole(Map<String, Object> m, String name) {
        return ((Number) m.getOrDefault(name, 0L)).longValue();
    }

    private static double real(Map<String, Object> m, String name) {
        return Double.parseDouble(m.getOrDefault(name, "0").toString());
    }
}
