package cajal.train;

import cajal.data.Batch;
import cajal.data.Batches;
import cajal.data.Dataset;
import cajal.nn.Block;
import cajal.nn.Loss;
import cajal.nn.Spec;
import cajal.nn.Specs;
import cajal.tensor.GraphException;
import cajal.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// The settings of a run as data.
final class RunSettings {
    private RunSettings() {}

    static Map<String, Object> of(Trainer t, Dataset train, Optional<Dataset> validation, Batches batches) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("seed", t.seed);
        all.put("batch", t.batch == Batches.ALL ? "all" : t.batch);
        all.put("accumulate", (long) t.accumulate);
        all.put("epochs", (long) t.epochs);
        all.put("shuffle", t.shuffle);
        all.put("optimizer", t.optimizer.describe());
        all.put("schedule", t.schedule.describe());
        all.put("loss", loss(t));
        bounded(all, "clip_norm", t.clipNorm);
        bounded(all, "clip_value", t.clipValue);
        if (t.patience < Integer.MAX_VALUE) {
            all.put("patience", (long) t.patience);
        }
        all.put("keep_best", t.keepBest);
        all.put("metrics", t.metrics.stream().map(Metric::name).toList());
        all.put("parameters", t.part.parameterCount());
        t.net.flatMap(net -> network(net, train)).ifPresent(net -> all.put("network", net));
        all.put("data", data(train, validation, batches));
        if (!t.notes.isEmpty()) {
            all.put("notes", t.notes);
        }
        return all;
    }

    private static void bounded(Map<String, Object> all, String name, double value) {
        if (Double.isFinite(value)) {
            all.put(name, value);
        }
    }

    private static Object loss(Trainer t) {
        if (t.loss.isEmpty()) {
            return "objective";
        }
        Loss loss = t.loss.get();
        Optional<Spec> spec = loss.spec();
        return spec.isPresent() ? Specs.toMap(spec.get()) : loss.name();
    }

    /// The network as data; nothing if it, or one of its parts, cannot be described.
    private static Optional<Map<String, Object>> network(Block net, Dataset train) {
        try {
            return Optional.of(Specs.toMap(Specs.of(net, train.inputShape())));
        } catch (GraphException notDescribable) {
            return Optional.empty();
        }
    }

    private static Map<String, Object> data(Dataset train, Optional<Dataset> validation, Batches batches) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("samples", train.size());
        validation.ifPresent(v -> data.put("validation_samples", v.size()));
        data.put("input", List.of(boxed(train.inputShape().dims())));
        data.put("classes", train.classes());
        Batch first = batches.at(0, 0);
        CRC32C sum = new CRC32C();
        add(sum, first.inputs());
        add(sum, first.targets());
        data.put("first_batch_crc32c", String.format(java.util.Locale.ROOT, "%08x", sum.getValue()));
        return data;
    }

    private static Object[] boxed(long[] dims) {
        return java.util.Arrays.stream(dims).boxed().toArray();
    }

    private static void add(CRC32C sum, Tensor t) {
        double[] values = t.toDoubles();
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length);
        for (double v : values) {
            bytes.putDouble(v);
        }
        sum.update(bytes.flip());
    }
}
