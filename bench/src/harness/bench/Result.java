package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What one process measured.
///
/// @param median seconds a step
/// @param losses of the first steps, or the first number of the result
/// @param first seconds from the start of `main` to the end of the first steps
/// @param peakKiB the most memory that the process held
record Result(
        String peer, int threads, String setting, String version, double median, double low, double[] losses, double first, long peakKiB) {
    static Result of(Contender c, Map<String, String> fields) {
        String[] parts = fields.getOrDefault("losses", "").split(",");
        double[] losses = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            losses[i] = Double.parseDouble(parts[i]);
        }
        return new Result(c.name(), c.threads(), c.setting(), fields.getOrDefault("version", "").replace('_', ' '),
                Double.parseDouble(fields.get("median")), Double.parseDouble(fields.get("low")), losses,
                Double.parseDouble(fields.get("first")), Long.parseLong(fields.get("peakKiB")));
    }

    /// The median of several processes.
    static double median(List<Result> results) {
        List<Double> sorted = new ArrayList<>(results.stream().map(Result::median).toList());
        sorted.sort(null);
        int n = sorted.size();
        return n == 0 ? Double.NaN : n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }

    /// The largest relative difference of the losses.
    double distance(Result other) {
        double most = 0;
        for (int i = 0; i < Math.min(losses.length, other.losses.length); i++) {
            double d = Math.abs(losses[i] - other.losses[i]) / Math.max(1e-3, Math.abs(losses[i]));
            most = d <= most ? most : d; // NaN wins
        }
        return most;
    }

    String json() {
        StringBuilder l = new StringBuilder();
        for (double d : losses) {
            l.append(l.isEmpty() ? "" : ",").append(Double.isFinite(d) ? Double.toString(d) : "null");
        }
        return String.format(Locale.ROOT,
                "{\"peer\":\"%s\",\"version\":\"%s\",\"threads\":%d,\"setting\":\"%s\",\"median_us\":%.4f,\"low_us\":%.4f,\"peak_kib\":%d,\"losses\":[%s]}",
                peer, version, threads, setting, median * 1e6, low * 1e6, peakKiB, l);
    }
}
