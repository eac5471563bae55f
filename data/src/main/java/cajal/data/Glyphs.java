package cajal.data;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// How people write the ten digits: families of pen strokes that we drew ourselves, by looking at how a
/// hand moves.
///
/// A **family** is one way of writing a digit (a seven with a bar, an open four). It holds several
/// **poses** with the same number of points; a hand writes something between them. A pose is text: points
/// `x,y` on a field that is 100 high, y downwards, in the order in which the pen passes them; `!` after a
/// point is a corner, `|` lifts the pen.
final class Glyphs {
    private static final Pattern SPACES = Pattern.compile("\\s+");

    private Glyphs() {}

    /// One way of writing a digit.
    ///
    /// @param digit what it means
    /// @param share how often it is written, beside the other families of the digit
    /// @param ends the index after the last point of each stroke
    /// @param corner whether the line has a corner at a point
    /// @param poses for each pose the points as x, y, x, y, ...
    record Family(int digit, double share, int[] ends, boolean[] corner, double[][] poses) {}

    /// The families of each digit.
    static final List<List<Family>> FAMILIES = families();

    private static List<List<Family>> families() {
        List<List<Family>> all = new ArrayList<>();
        for (int digit = 0; digit < 10; digit++) {
            all.add(new ArrayList<>());
        }
        for (Family family : GlyphTable.all()) {
            all.get(family.digit()).add(family);
        }
        return all;
    }

    /// Reads the poses of a family.
    ///
    /// **Throws:** `IllegalArgumentException` if the poses do not agree in their points, corners and strokes.
    static Family family(int digit, double share, String... poses) {
        List<Integer> ends = new ArrayList<>();
        List<Boolean> corners = new ArrayList<>();
        double[][] points = new double[poses.length][];
        for (int i = 0; i < poses.length; i++) {
            List<Integer> endsHere = new ArrayList<>();
            List<Boolean> cornersHere = new ArrayList<>();
            List<Double> numbers = new ArrayList<>();
            for (String token : SPACES.splitAsStream(poses[i].trim()).toList()) {
                if (token.equals("|")) {
                    endsHere.add(cornersHere.size());
                    continue;
                }
                boolean corner = token.endsWith("!");
                int comma = token.indexOf(',');
                numbers.add(Double.valueOf(token.substring(0, comma)));
                numbers.add(Double.valueOf(token.substring(comma + 1, token.length() - (corner ? 1 : 0))));
                cornersHere.add(corner);
            }
            endsHere.add(cornersHere.size());
            if (i > 0 && (!ends.equals(endsHere) || !corners.equals(cornersHere))) {
                throw new IllegalArgumentException(
                        "a family of the digit " + digit + ": pose " + i + " has strokes that end at "
                                + endsHere + " and corners " + cornersHere + ", pose 0 has " + ends + " and " + corners
                                + "; poses are blended point by point, so they must agree");
            }
            ends = endsHere;
            corners = cornersHere;
            points[i] = numbers.stream().mapToDouble(Double::doubleValue).toArray();
        }
        boolean[] corner = new boolean[corners.size()];
        for (int i = 0; i < corner.length; i++) {
            corner[i] = corners.get(i);
        }
        return new Family(
                digit, share, ends.stream().mapToInt(Integer::intValue).toArray(), corner, points);
    }
}
