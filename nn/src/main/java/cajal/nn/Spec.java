package cajal.nn;

import java.util.LinkedHashMap;
import java.util.Map;

/// A built-in part as data: its registered name, its constants and its inner parts. Files hold this; they never
/// name a class to load.
///
/// @param type the registered name, as in `Linear`
/// @param constants numbers, truth values, texts and lists of them, by name
/// @param children inner parts by name, in order
public record Spec(String type, Map<String, Object> constants, Map<String, Spec> children) {
    /// Copies the maps; the order is kept.
    public Spec {
        constants = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(constants));
        children = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(children));
    }

    /// A part without inner parts.
    public static Spec of(String type, Map<String, Object> constants) {
        return new Spec(type, constants, Map.of());
    }

    /// A constant that is a whole number.
    public long number(String name) {
        return ((Number) constant(name)).longValue();
    }

    /// A constant that is a number.
    public double real(String name) {
        return ((Number) constant(name)).doubleValue();
    }

    /// A constant that is a truth value.
    public boolean flag(String name) {
        return (Boolean) constant(name);
    }

    /// A constant that is a text.
    public String text(String name) {
        return (String) constant(name);
    }

    private Object constant(String name) {
        Object value = constants.get(name);
        if (value == null) {
            throw new IllegalArgumentException("The description of " + type + " lacks '" + name + "'");
        }
        return value;
    }
}
