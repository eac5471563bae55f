package cajal.train;

import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The metrics by name, for command lines and files.
final class Metrics {
    private static final Map<String, Supplier<Metric>> NAMED = new LinkedHashMap<>();
    private static final Map<String, IntFunction<Metric>> OF_CLASS =
            Map.of("precision", Metric::precision, "recall", Metric::recall, "f1", Metric::f1);
    private static final Pattern TOP = Pattern.compile("top-?(\\d{1,9})");
    private static final Pattern CLASS = Pattern.compile("(precision|recall|f1):(\\d{1,9})");

    static {
        NAMED.put("accuracy", Metric::accuracy);
        NAMED.put("top5", () -> Metric.topK(5));
        NAMED.put("precision", Metric::precision);
        NAMED.put("recall", Metric::recall);
        NAMED.put("f1", Metric::f1);
        NAMED.put("precision-micro", () -> micro("precision-micro"));
        NAMED.put("recall-micro", () -> micro("recall-micro"));
        NAMED.put("f1-micro", () -> micro("f1-micro"));
        NAMED.put("confusion", Metric::confusion);
        NAMED.put("mcc", Metric::mcc);
        NAMED.put("kappa", Metric::kappa);
        NAMED.put("iou", Metric::iou);
        NAMED.put("roc-auc", Metric::rocAuc);
        NAMED.put("pr-auc", Metric::averagePrecision);
        NAMED.put("ece", Metric::calibration);
        NAMED.put("perplexity", Metric::perplexity);
        NAMED.put("bleu", Metric::bleu);
        NAMED.put("mse", Metric::mse);
        NAMED.put("rmse", Metric::rmse);
        NAMED.put("mae", Metric::mae);
        NAMED.put("mape", Metric::mape);
        NAMED.put("r2", Metric::r2);
    }

    private Metrics() {}

    private static Metric micro(String name) {
        return new Confusion(name, ConfusionMatrix::micro);
    }

    static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    static Metric named(String name) {
        String asked = name.strip().toLowerCase(Locale.ROOT);
        Matcher top = TOP.matcher(asked);
        if (top.matches()) {
            return Metric.topK(Integer.parseInt(top.group(1)));
        }
        Matcher ofClass = CLASS.matcher(asked);
        if (ofClass.matches()) {
            IntFunction<Metric> maker = java.util.Objects.requireNonNull(OF_CLASS.get(ofClass.group(1)));
            return maker.apply(Integer.parseInt(ofClass.group(2)));
        }
        Supplier<Metric> maker = NAMED.get(asked);
        if (maker == null) {
            throw Names.unknown("metric", name, NAMED.keySet());
        }
        return maker.get();
    }

    /// Whether `other` is of the class of `mine`.
    ///
    /// **Throws** [IllegalArgumentException] if not.
    static <M extends Metric> M same(M mine, Metric other, Class<M> type) {
        if (!type.isInstance(other) || !mine.name().equals(other.name())) {
            throw new IllegalArgumentException("'" + other.name() + "' cannot be merged into '" + mine.name()
                    + "'\n  rule: both are made by fresh() of the same metric");
        }
        return type.cast(other);
    }

    /// A tensor of a metric's saved state.
    ///
    /// **Throws** [IllegalArgumentException] if there is none.
    static Tensor slot(Metric metric, Map<String, ? extends Tensor> state, String slot) {
        Tensor t = state.get(slot);
        if (t == null) {
            throw SavedState.misfit(
                    "'" + metric.name() + "'",
                    "lacks '" + slot + "', it has " + state.keySet(),
                    "it is what state() gave");
        }
        return t;
    }

    static long[] longs(Metric metric, Map<String, ? extends Tensor> state, String slot, long size) {
        return sized(metric, state, slot, size).toLongs();
    }

    static double[] doubles(Metric metric, Map<String, ? extends Tensor> state, String slot, long size) {
        return sized(metric, state, slot, size).toDoubles();
    }

    private static Tensor sized(Metric metric, Map<String, ? extends Tensor> state, String slot, long size) {
        Tensor t = slot(metric, state, slot);
        if (t.size() != size) {
            throw SavedState.misfit(
                    "'" + metric.name() + "'",
                    "has '" + slot + "' of " + t.size() + " numbers",
                    "a metric with these constants has " + size);
        }
        return t;
    }
}
