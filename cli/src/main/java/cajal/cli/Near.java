package cajal.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/// Did you mean …? The known name that a mistyped one is nearest to.
final class Near {
    private Near() {}

    /// The known name of which `asked` is the beginning, or that is at most a third of its letters away.
    static Optional<String> to(String asked, Collection<String> known) {
        String name = asked.toLowerCase(Locale.ROOT);
        return known.stream()
                .filter(k ->
                        name.length() > 1 && k.startsWith(name) || distance(name, k) <= Math.max(1, k.length() / 3))
                .min(Comparator.comparingInt(k -> distance(name, k)));
    }

    /// A mistake: there is no such thing; these are known, and perhaps one was meant.
    static Mistake unknown(String thing, String asked, Collection<String> known) {
        return Mistake.of(
                "there is no " + thing + " '" + asked + "'",
                "it is one of " + String.join(", ", known),
                to(asked, known).map(k -> "did you mean '" + k + "'?").orElse(""));
    }

    /// The least number of letters to insert, delete, replace or swap with their neighbour to turn `a` into
    /// `b`.
    ///
    /// **Source** Damerau, "A technique for computer detection and correction of spelling errors", 1964;
    /// in the form in which no letter is touched twice.
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
