package cajal.nn;

/// Checks of the numbers that options take.
final class Numbers {
    private Numbers() {}

    /// A number above 0.
    static double positive(String layer, String option, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new IllegalArgumentException(layer + "." + option + "(" + value + ")\n  rule: above 0");
        }
        return value;
    }

    /// A number from 0 to 1.
    static double share(String layer, String option, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(layer + "." + option + "(" + value + ")\n  rule: from 0 to 1");
        }
        return value;
    }
}
