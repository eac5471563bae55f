package cajal.train;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Unknown names, explained: what was asked for, what there is, what was probably meant.
final class Names {
    private Names() {}

    /// An exception for a name that is not among `known`.
    static IllegalArgumentException unknown(String what, String name, Collection<String> known) {
        String fix = closest(name, known)
                .map(k -> "\n  fix:  did you mean '" + k + "'?")
                .orElse("");
        return new IllegalArgumentException(
                "There is no " + what + " '" + name + "'\n  rule: it is one of " + String.join(", ", known) + fix);
    }

    /// The known name that is at most a third of its letters away, by [#distance].
    private static Optional<String> closest(String name, Collection<String> known) {
        String asked = name.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(k ->
                        !asked.isEmpty() && k.startsWith(asked) || distance(asked, k) <= Math.max(1, k.length() / 3))
                .min(Comparator.comparingInt(k -> distance(asked, k)));
    }

    /// The least number of letters to insert, delete, replace or swap with their neighbour to turn `a` into
    /// `b`.
    ///
    /// **Source** Damerau, "A technique for computer detection and correction of spelling errors", 1964;
    /// Wagner and Fischer, "The string-to-string correction problem", 1974.
    static int distance(String a, String b) {
        int[][] d =
                new int[a.length() + 1][b.length() + 1]; // d[i][j]: from the first i letters of a to the first j of b
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                d[i][j] = Math.min(d[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
