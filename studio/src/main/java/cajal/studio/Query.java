package cajal.studio;

import io.avaje.jex.http.Context;

/// A request's parameters, checked.
final class Query {
    private static final int LONGEST = 200;

    private Query() {}

    /// A text that must be there.
    ///
    /// **Throws** [StudioException] if it is not, or is longer than a name can be.
    static String text(Context c, String name) {
        String value = c.queryParam(name);
        if (value == null || value.isEmpty() || value.length() > LONGEST) {
            throw new StudioException("The request lacks '" + name + "'");
        }
        return value;
    }

    /// A whole number.
    ///
    /// **Throws** [StudioException] if it is none, or lies outside `low .. high`.
    static long whole(Context c, String name, long standard, long low, long high) {
        double value = real(c, name, standard, low, high);
        if (value != Math.rint(value)) {
            throw new StudioException(name + " is " + value + "\n  rule: a whole number");
        }
        return (long) value;
    }

    /// A number.
    ///
    /// **Throws** [StudioException] if it is none, or lies outside `low .. high`.
    static double real(Context c, String name, double standard, double low, double high) {
        String text = c.queryParam(name);
        if (text == null || text.isEmpty()) {
            return standard;
        }
        try {
            double value = Double.parseDouble(text);
            if (value >= low && value <= high) {
                return value;
            }
        } catch (NumberFormatException notANumber) {
            // said below, like a number out of range
        }
        throw new StudioException(name + " is '" + text + "'\n  rule: a number from " + low + " to " + high);
    }
}
