package cajal.nn;

import cajal.kernel.Shape;
import java.util.Collection;
import java.util.List;

/// Explains why values do not fit a network.
final class Loading {
    private Loading() {}

    static void check(Collection<String> wanted, Collection<String> offered) {
        List<String> missing = wanted.stream().filter(n -> !offered.contains(n)).toList();
        List<String> left = offered.stream().filter(n -> !wanted.contains(n)).toList();
        if (!missing.isEmpty() || !left.isEmpty()) {
            throw new IllegalArgumentException("The values do not belong to this network"
                    + (missing.isEmpty() ? "" : "\n  missing:   " + some(missing))
                    + (left.isEmpty() ? "" : "\n  left over: " + some(left))
                    + "\n  rule: one tensor for every parameter and state, by path");
        }
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(8, names.size())))
                + (names.size() > 8 ? " and " + (names.size() - 8) + " more" : "");
    }

    static void checkShape(String path, Shape wanted, Shape offered) {
        if (!wanted.equals(offered)) {
            throw new IllegalArgumentException(
                    "'" + path + "' has shape " + wanted + ", the values " + offered + "\n  rule: both agree");
        }
    }
}
