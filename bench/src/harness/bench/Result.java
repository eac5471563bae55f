package bench;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What one process measured.
///
/// @param commit of Cajal
/// @param wall seconds that the process took
/// @param median seconds a step
/// @param losses of the first steps, or the first number of the result
/// @param first seconds from the start of `main` to the end of the first steps
/// @param peakKiB the most memory that the process held
/// @param objects bytes of Java objects that a step left to the garbage collector
record Result(
        String commit, double wall, String peer, int threads, String setting, String version, double median, double low, double[] losses, double first, long peakKiB,
        long objects) {
    private static final String NONE = "-"; // a field that is empty

    static Result of(Contender c, double wall, Map<String, String> fields) {
        return new Result(System.getProperty("bench.commit", "unknown"), wall, c.name(), c.threads(), c.setting(), fields.getOrDefault("version", "").replace('_', ' '),
                Double.parseDouble(fields.get("median")), Double.parseDouble(fields.get("low")),
                numbers(fields.getOrDefault("losses", "")),
                Double.parseDouble(fields.get("first")), Long.parseLong(fields.get("peakKiB")), Long.parseLong(fields.getOrDefault("objects", "0")));
    }

    private static double[] numbers(String text) {
        return text.isEmpty() ? new double[0] : Arrays.stream(text.split(",")).mapToDouble(Double::parseDouble).toArray();
    }

    /// A line that [#parse] reads: the fields, with tabs between them.
    String line() {
        String all = Arrays.stream(losses).mapToObj(Double::toString).collect(Collectors.joining(","));
        return Stream.of(commit, wall, peer, threads, setting, version, median, low, all, first, peakKiB, objects)
                .map(Object::toString)
                .map(field -> field.isEmpty() ? NONE : field)
                .collect(Collectors.joining("\t"));
    }

    static Result parse(String line) {
        String[] f = Arrays.stream(line.split("\t")).map(field -> field.equals(NONE) ? "" : field).toArray(String[]::new);
        return new Result(f[0], Double.parseDouble(f[1]), f[2], Integer.parseInt(f[3]), f[4], f[5], Double.parseDouble(f[6]),
                Double.parseDouble(f[7]), numbers(f[8]), Double.parseDouble(f[9]), Long.parseLong(f[10]), f.length > 11 ? Long.parseLong(f[11]) : 0);
    }

    /// Of several processes the fastest: other work on the machine only adds. NaN of none.
    static double fastest(List<Result> results) {
        return results.stream().mapToDouble(Result::median).min().orElse(Double.NaN);
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
                "{\"commit\":\"%s\",\"peer\":\"%s\",\"version\":\"%s\",\"threads\":%d,\"setting\":\"%s\",\"median_us\":%.4f,\"low_us\":%.4f,\"peak_kib\":%d,\"objects\":%d,\"losses\":[%s]}",
                commit, peer, version, threads, setting, median * 1e6, low * 1e6, peakKiB, objects, l);
    }
}
