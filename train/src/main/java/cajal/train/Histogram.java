package cajal.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How many of some numbers lie where: bins of the same width from the smallest to the largest one.
///
/// Numbers that are not finite are left out. If all are the same, there is one bin.
///
/// @param low the smallest number; 0 if there is none
/// @param high the largest one
/// @param counts how many lie in each bin; the largest number is in the last one
public record Histogram(double low, double high, List<Long> counts) {
    /// Copies the list.
    public Histogram {
        counts = List.copyOf(counts);
    }

    /// The histogram of some numbers.
    ///
    /// **Throws** [IllegalArgumentException] for fewer bins than one.
    public static Histogram of(float[] values, int bins) {
        Options.atLeast("Histogram", "the number of bins", bins, 1);
        float low = Float.POSITIVE_INFINITY;
        float high = Float.NEGATIVE_INFINITY;
        long count = 0;
        for (float v : values) {
            if (Float.isFinite(v)) {
                low = Math.min(low, v);
                high = Math.max(high, v);
                count++;
            }
        }
        if (count == 0) {
            return new Histogram(0, 0, List.of(0L));
        }
        if (!(high > low)) {
            return new Histogram(low, high, List.of(count));
        }
        long[] counts = new long[bins];
        double scale = bins / ((double) high - low);
        for (float v : values) {
            if (Float.isFinite(v)) {
                counts[Math.min(bins - 1, (int) ((v - (double) low) * scale))]++;
            }
        }
        List<Long> list = new ArrayList<>();
        for (long c : counts) {
            list.add(c);
        }
        return new Histogram(low, high, list);
    }

    /// As data: `low`, `high`, `counts`.
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("low", low);
        map.put("high", high);
        map.put("counts", counts);
        return map;
    }
}
