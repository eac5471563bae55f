package cajal.train;

import cajal.data.Batch;
import cajal.kernel.Shape;
import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a network says to the validation samples of an epoch: for classes the counts of their
/// [ConfusionMatrix] by rows, and the worst mistakes, those in which it was surest of a wrong class; for
/// values the samples with the largest distance.
///
/// Inputs of up to 4,096 numbers are told with the mistakes: a byte each, from the smallest (0) to the
/// largest (255) of the sample.
final class Judgement {
    private static final int WORST = 12;
    private static final int LARGEST = 4096; // numbers of an input that is told
    private static final int CLASSES = 100;

    private static final Comparator<Mistake> BY_ERROR =
            Comparator.comparingDouble(Mistake::error).reversed().thenComparingLong(Mistake::sample);

    private record Mistake(long sample, double right, double found, double error, Shape shape, float[] input) {}

    private final List<Mistake> mistakes = new ArrayList<>();
    private Optional<ConfusionMatrix> matrix = Optional.empty();
    private boolean values;
    private boolean unreadable;
    private long samples;

    void add(Batch batch, Tensor outputs) {
        long first = samples;
        samples += batch.size();
        if (unreadable) {
            return;
        }
        try (var _ = Grad.off()) {
            if (batch.targets().dtype().isFloat() && batch.targets().shape().equals(outputs.shape())) {
                distances(first, batch, outputs);
            } else if (outputs.rank() == 2
                    && outputs.dim(1) > 1
                    && batch.targets().rank() == 1) {
                classes(first, batch, outputs);
            } else {
                unreadable = true;
            }
        } catch (IllegalArgumentException other) {
            unreadable = true; // targets of a kind of their own
        }
    }

    private void classes(long first, Batch batch, Tensor outputs) {
        Classes.Pair pair = new Classes(0).of(outputs, batch.targets());
        if (pair.count() > CLASSES) {
            unreadable = true;
            return;
        }
        ConfusionMatrix more = ConfusionMatrix.of(pair.right(), pair.found(), pair.count());
        matrix = Optional.of(matrix.map(m -> m.plus(more)).orElse(more));
        float[] p = (isProbability(outputs) ? outputs : outputs.softmax(1)).toFloats();
        for (int i = 0; i < pair.right().length; i++) {
            if (pair.found()[i] != pair.right()[i]) {
                int found = i * pair.count() + (int) pair.found()[i];
                mistake(batch, i, first, pair.right()[i], pair.found()[i], p[found]);
            }
        }
    }

    /// Whether the outputs are probabilities already.
    private static boolean isProbability(Tensor outputs) {
        float[] sums = outputs.sum(1).toFloats();
        for (float s : sums) {
            if (!(Math.abs(s - 1) < 1e-3)) {
                return false;
            }
        }
        for (float x : outputs.toFloats()) {
            if (x < 0) {
                return false;
            }
        }
        return true;
    }

    private void distances(long first, Batch batch, Tensor outputs) {
        int size = (int) batch.size();
        float[] found = outputs.toFloats();
        float[] right = batch.targets().toFloats();
        if (size == 0 || found.length != size) {
            unreadable = true; // several values a sample
            return;
        }
        values = true;
        for (int i = 0; i < size; i++) {
            mistake(batch, i, first, right[i], found[i], Math.abs((double) right[i] - found[i]));
        }
    }

    private void mistake(Batch batch, int i, long first, double right, double found, double error) {
        if (!Double.isFinite(error) || mistakes.size() == WORST && error <= mistakes.getLast().error) {
            return;
        }
        Tensor input = batch.inputs().at(i);
        float[] numbers = input.size() <= LARGEST && input.dtype().isFloat() ? input.toFloats() : new float[0];
        mistakes.add(new Mistake(first + i, right, found, error, input.shape(), numbers));
        mistakes.sort(BY_ERROR);
        if (mistakes.size() > WORST) {
            mistakes.removeLast();
        }
    }

    /// As data; nothing if the outputs are of another kind.
    Optional<Map<String, Object>> toMap() {
        if (unreadable || samples == 0) {
            return Optional.empty();
        }
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("samples", samples);
        m.put("values", values);
        matrix.ifPresent(c -> {
            m.put("classes", (long) c.classes());
            List<Long> counts = new ArrayList<>();
            for (long n : c.flat()) {
                counts.add(n);
            }
            m.put("confusion", counts);
        });
        List<Object> worst = new ArrayList<>();
        for (Mistake x : mistakes) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("sample", x.sample);
            one.put("right", x.right);
            one.put("found", x.found);
            one.put("error", x.error);
            List<Long> shape = new ArrayList<>();
            for (long d : x.shape.dims()) {
                shape.add(d);
            }
            one.put("shape", shape);
            if (x.input.length > 0) {
                one.put("input", bytes(x.input));
            }
            worst.add(one);
        }
        m.put("worst", worst);
        return Optional.of(m);
    }

    private static String bytes(float[] values) {
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        for (float v : values) {
            low = Math.min(low, v);
            high = Math.max(high, v);
        }
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) (high > low ? Math.round(255 * (values[i] - low) / (high - low)) : 0);
        }
        return Base64.getEncoder().encodeToString(bytes);
    }
}
