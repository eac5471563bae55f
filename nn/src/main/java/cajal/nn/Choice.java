package cajal.nn;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/// What a person typed to choose something by name: `leaky-relu`, `LeakyReLU` and `leaky_relu` are one name,
/// and
/// constants may follow a colon, as in `leaky-relu:0.2` or `normal:0,0.01`.
///
/// @param name the name as it is registered
/// @param constants the numbers behind the colon
@SuppressWarnings("ArrayRecordComponent") // never compared
record Choice(String name, double... constants) {
    /// Other names of initialisers.
    static final Map<String, String> INIT_ALIASES = Map.of(
            "glorot-uniform",
            "xavier-uniform",
            "glorot-normal",
            "xavier-normal",
            "kaiming-uniform",
            "he-uniform",
            "kaiming-normal",
            "he-normal",
            "trunc-normal",
            "truncated-normal",
            "eye",
            "identity");

    /// The registered name that `text` means.
    ///
    /// @param kind what is chosen, as in `activation`
    /// @param names the registered names
    /// @param aliases other names, and what they stand for
    ///
    /// **Throws** [UnknownNameException] if there is none, [IllegalArgumentException] if a constant is no
    /// number.
    static Choice of(String kind, String text, Collection<String> names, Map<String, String> aliases) {
        int colon = text.indexOf(':');
        String typed = colon < 0 ? text : text.substring(0, colon);
        double[] constants = colon < 0 ? new double[0] : numbers(kind, text, text.substring(colon + 1));
        for (String name : names) {
            if (bare(name).equals(bare(typed))) {
                return new Choice(name, constants);
            }
        }
        for (Map.Entry<String, String> alias : aliases.entrySet()) {
            if (bare(alias.getKey()).equals(bare(typed))) {
                return new Choice(alias.getValue(), constants);
            }
        }
        String nearest = nearest(typed, names);
        throw new UnknownNameException("Unknown " + kind + " '" + typed + "'\n  rule: there are "
                + String.join(", ", names) + (nearest.isEmpty() ? "" : "\n  fix:  did you mean '" + nearest + "'?"));
    }

    /// The constants, with the standard ones where fewer were typed.
    ///
    /// **Throws** [IllegalArgumentException] if there are more than the function has.
    double[] constantsOr(String kind, double... standard) {
        if (constants.length > standard.length) {
            throw new IllegalArgumentException(
                    "The " + kind + " '" + name + "' was given " + Arrays.toString(constants) + "\n  rule: it has "
                            + (standard.length == 0
                                    ? "no constants"
                                    : "at most " + standard.length + ", by default " + Arrays.toString(standard)));
        }
        double[] all = standard.clone();
        System.arraycopy(constants, 0, all, 0, constants.length);
        return all;
    }

    private static double[] numbers(String kind, String text, String list) {
        try {
            return Arrays.stream(list.split(",", -1))
                    .mapToDouble(n -> Double.parseDouble(n.strip()))
                    .toArray();
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException("'" + text + "' does not name a kind of " + kind
                    + "\n  rule: a name, or a name with numbers as in 'name:0,0.01'");
        }
    }

    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
    }

    /// The name that few changes of letters lead to; empty if none is near.
    private static String nearest(String typed, Collection<String> names) {
        String best = "";
        int least = Math.max(1, typed.length() / 3) + 1;
        for (String name : names) {
            int d = distance(bare(typed), bare(name));
            if (d < least) {
                least = d;
                best = name;
            }
        }
        return best;
    }

    /// The number of letters to insert, drop, replace or exchange with their neighbour.
    ///
    /// **Source** Damerau, "A technique for computer detection and correction of spelling errors", 1964
    /// (optimal string alignment).
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replace = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replace, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
