package cajal.nn;

import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;

/// A named number of a built-in loss, its default, and what it may be.
///
/// @param name the name in descriptions
/// @param standard the default
/// @param rule what it may be, as in `> 0`
/// @param allowed whether a value may be taken
record Constant(String name, double standard, String rule, DoublePredicate allowed) {
    static Constant any(String name, double standard) {
        return new Constant(name, standard, "is a number", c -> !Double.isNaN(c));
    }

    static Constant positive(String name, double standard) {
        return new Constant(name, standard, "> 0", c -> c > 0);
    }

    static Constant notNegative(String name, double standard) {
        return new Constant(name, standard, ">= 0", c -> c >= 0);
    }

    /// A truth value: 1 is true.
    static Constant flag(String name, boolean standard) {
        return new Constant(name, standard ? 1 : 0, "is 0 or 1", c -> c == 0 || c == 1);
    }

    /// The defaults, in order.
    static double[] standard(List<Constant> all) {
        return all.stream().mapToDouble(Constant::standard).toArray();
    }

    /// The values in a description, the default where one is missing.
    static double[] of(List<Constant> all, Map<String, Object> described) {
        return all.stream()
                .mapToDouble(c -> described.get(c.name) instanceof Number n ? n.doubleValue() : c.standard)
                .toArray();
    }

    /// **Throws** [IllegalArgumentException] for a value that may not be taken.
    static void check(String owner, List<Constant> all, double... values) {
        for (int i = 0; i < all.size(); i++) {
            Constant c = all.get(i);
            if (!c.allowed.test(values[i])) {
                throw new IllegalArgumentException(
                        owner + "(" + c.name + " " + values[i] + ")\n  rule: " + c.name + " " + c.rule);
            }
        }
    }
}
