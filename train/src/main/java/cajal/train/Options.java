package cajal.train;

import java.util.List;
import java.util.Map;

/// Checks of constants that a person chose, with the value, the rule and the fix in the message.
final class Options {
    private Options() {}

    static IllegalArgumentException wrong(String owner, String name, Object value, String rule, String fix) {
        return new IllegalArgumentException(owner + ": " + name + " is " + value + "\n  rule: it is " + rule
                + (fix.isEmpty() ? "" : "\n  fix:  " + fix));
    }

    /// A learning rate to begin with: a finite number above 0.
    static double rate(String owner, double rate) {
        if (rate > 0 && Double.isFinite(rate)) {
            return rate;
        }
        String fix = rate == 0
                ? "to leave weights as they are, freeze them: net.freeze(\"\", true)"
                : rate < 0 && Double.isFinite(rate)
                        ? "the update already goes against the gradient, so write " + -rate
                        : "";
        throw wrong(owner, "the learning rate", rate, "a finite number above 0", fix);
    }

    /// A number in [0, 1).
    static double fraction(String owner, String name, double value) {
        if (value >= 0 && value < 1) {
            return value;
        }
        throw wrong(owner, name, value, "at least 0 and below 1", "");
    }

    /// A finite number that is not negative.
    static double notNegative(String owner, String name, double value) {
        if (value >= 0 && Double.isFinite(value)) {
            return value;
        }
        throw wrong(owner, name, value, "a finite number of at least 0", "");
    }

    /// A finite number above 0.
    static double positive(String owner, String name, double value) {
        if (value > 0 && Double.isFinite(value)) {
            return value;
        }
        throw wrong(owner, name, value, "a finite number above 0", "");
    }

    /// A whole number of at least `least`.
    static long atLeast(String owner, String name, long value, long least) {
        if (value >= least) {
            return value;
        }
        throw wrong(owner, name, value, "at least " + least, "");
    }

    /// The number called `name` in constants that were read from a file.
    static double real(Map<String, Object> constants, String name) {
        if (constants.get(name) instanceof Number n) {
            return n.doubleValue();
        }
        throw missing(constants, name, "a number");
    }

    /// The truth value called `name` in constants that were read from a file.
    static boolean flag(Map<String, Object> constants, String name) {
        if (constants.get(name) instanceof Boolean b) {
            return b;
        }
        throw missing(constants, name, "true or false");
    }

    /// The text called `name` in constants that were read from a file.
    static String text(Map<String, Object> constants, String name) {
        if (constants.get(name) instanceof String s) {
            return s;
        }
        throw missing(constants, name, "a text");
    }

    /// The constants called `name` within constants that were read from a file.
    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Map<String, Object> constants, String name) {
        if (constants.get(name) instanceof Map<?, ?> m) {
            return (Map<String, Object>) m;
        }
        throw missing(constants, name, "a map");
    }

    /// The list of constants called `name` within constants that were read from a file; empty if there is none.
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> maps(Map<String, Object> constants, String name) {
        if (constants.getOrDefault(name, List.of()) instanceof List<?> l
                && l.stream().allMatch(Map.class::isInstance)) {
            return (List<Map<String, Object>>) l;
        }
        throw missing(constants, name, "a list of maps");
    }

    private static IllegalArgumentException missing(Map<String, Object> constants, String name, String rule) {
        return new IllegalArgumentException("The constant '" + name + "' of " + constants + " is "
                + (constants.containsKey(name) ? "'" + constants.get(name) + "'" : "missing") + "\n  rule: it is "
                + rule);
    }
}
