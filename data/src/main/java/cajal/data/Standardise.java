package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Standardises each feature, or each channel: `(x - mean) / scale`, so that over the samples it was fitted
/// on each has mean 0 and variance 1.
///
/// It is fitted on training samples and kept with the model ([#toMap]), so that what comes later is treated
/// alike.
///
/// **Numerics** sums in double, variances by deviations from the mean; a feature that is the same in all
/// samples gets the scale 1, so that it becomes 0 and not NaN.
///
/// @param mean what is subtracted from each feature, or channel
/// @param scale what it is divided by then
public record Standardise(List<Double> mean, List<Double> scale) {
    private static final long BATCH = 1024;

    /// Copies the lists.
    ///
    /// **Throws** [IllegalArgumentException] unless both are equally long and scales are finite and above 0.
    public Standardise {
        mean = List.copyOf(mean);
        scale = List.copyOf(scale);
        if (mean.size() != scale.size() || !mean.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "Means " + mean + " and scales " + scale + "\n  rule: one finite mean and one scale a feature");
        }
        for (double s : scale) {
            if (!(s > 0 && s < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("The scale " + s + "\n  rule: scales are finite and above 0");
            }
        }
    }

    /// Measures mean and standard deviation of each feature: each number in an input, whatever its shape.
    ///
    /// **Throws** [DataException] for no samples, and for a number that is not finite, naming sample and
    /// feature.
    public static Standardise fit(Dataset train) {
        return fit(train, Math.toIntExact(train.inputShape().size()));
    }

    /// Measures mean and standard deviation of each channel, the first axis of an input `(C, ...)`, over
    /// all its positions: what pictures are standardised by.
    ///
    /// **Throws** [DataException] for inputs without axes, and as [#fit] does.
    public static Standardise channels(Dataset train) {
        if (train.inputShape().rank() < 1 || train.inputShape().dim(0) < 1) {
            throw new DataException("Standardise: inputs " + train.inputShape()
                    + " have no channels\n  rule: an input is (C, ...), as (3, 32, 32) for colour pictures");
        }
        return fit(train, Math.toIntExact(train.inputShape().dim(0)));
    }

    /// By one mean and one deviation a channel that are known already, such as those of a published network.
    public static Standardise channels(double[] mean, double[] deviation) {
        return new Standardise(
                Arrays.stream(mean).boxed().toList(),
                Arrays.stream(deviation).boxed().toList());
    }

    private static Standardise fit(Dataset train, int features) {
        int sample = Math.toIntExact(train.inputShape().size());
        int inner = sample / features; // the numbers of one feature in a sample
        double[] mean = new double[features];
        double[] square = new double[features];
        Batches batches = Batches.inOrder(train, BATCH);
        if (train.size() == 0) {
            throw new DataException("Standardise: there are no samples to measure\n  rule: at least one");
        }
        double count = (double) train.size() * inner;
        for (long b = 0; b < batches.count(); b++) {
            double[] x = batches.at(0, b).inputs().toDoubles();
            for (int i = 0; i < x.length; i++) {
                if (!Double.isFinite(x[i])) {
                    throw new DataException("Standardise: feature " + i % sample + " of sample "
                            + (b * batches.batchSize() + i / sample) + " is " + x[i]
                            + "\n  rule: numbers are finite");
                }
                mean[i % sample / inner] += x[i] / count;
            }
        }
        for (long b = 0; b < batches.count(); b++) {
            double[] x = batches.at(0, b).inputs().toDoubles();
            for (int i = 0; i < x.length; i++) {
                double d = x[i] - mean[i % sample / inner];
                square[i % sample / inner] += d * d / count;
            }
        }
        List<Double> means = new ArrayList<>();
        List<Double> scales = new ArrayList<>();
        for (int f = 0; f < features; f++) {
            boolean varies = square[f] > 1e-24 * mean[f] * mean[f]; // less than that is rounding
            means.add(mean[f]);
            scales.add(varies ? Math.sqrt(square[f]) : 1.0);
        }
        return new Standardise(means, scales);
    }

    /// The inputs `(B, ...)`, standardised: the axes after the first hold as many numbers as there are
    /// features, or the second axis has one index a feature, for channels.
    public Tensor apply(Tensor inputs) {
        int features = mean.size();
        long sample = inputs.rank() < 1 ? 0 : inputs.size() / Math.max(1, inputs.dim(0));
        boolean fits = inputs.rank() >= 1
                && (inputs.dim(0) == 0 || sample == features || inputs.rank() > 1 && inputs.dim(1) == features);
        if (!fits) {
            throw new ShapeException("Standardise expects (B, ...) with " + features + " features a sample but got "
                    + inputs.shape() + "\n  rule: it was fitted on samples of " + features + " features");
        }
        double[] x = inputs.toDoubles();
        float[] y = new float[x.length];
        int inner = (int) Math.max(1, sample / Math.max(1, features));
        for (int at = 0, f = 0; at < x.length; f = (f + 1) % features) {
            double m = mean.get(f);
            double s = scale.get(f);
            for (int end = at + inner; at < end; at++) {
                y[at] = (float) ((x[at] - m) / s);
            }
        }
        return Tensor.wrap(new HostStorage.Floats(y), inputs.shape());
    }

    /// The data set with its inputs standardised, batch by batch.
    public Dataset apply(Dataset data) {
        return new Standardised(data, this);
    }

    /// The constants by name, for a model file.
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", "standardise");
        map.put("mean", mean);
        map.put("scale", scale);
        return map;
    }

    /// The transform that [#toMap] described.
    ///
    /// **Throws** [DataException] if the data make no sense.
    public static Standardise of(Map<String, ?> map) {
        try {
            return new Standardise(numbers(map, "mean"), numbers(map, "scale"));
        } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
            throw new DataException("The description of Standardise makes no sense: " + e.getMessage(), e);
        }
    }

    private static List<Double> numbers(Map<String, ?> map, String name) {
        return ((List<?>) Objects.requireNonNull(map.get(name), name))
                .stream().map(v -> ((Number) v).doubleValue()).toList();
    }

    private record Standardised(Dataset whole, Standardise how) implements Dataset {
        @Override
        public long size() {
            return whole.size();
        }

        @Override
        public Shape inputShape() {
            return whole.inputShape();
        }

        @Override
        public List<String> classes() {
            return whole.classes();
        }

        @Override
        public Batch batch(long... samples) {
            return standardised(whole.batch(samples));
        }

        @Override
        public Batch draw(RandomKey epoch, long... samples) {
            return standardised(whole.draw(epoch, samples));
        }

        @Override
        public Tensor targets(long... samples) {
            return whole.targets(samples);
        }

        @Override
        public String name(long sample) {
            return whole.name(sample);
        }

        private Batch standardised(Batch batch) {
            return new Batch(how.apply(batch.inputs()), batch.targets(), batch.extras());
        }
    }
}
