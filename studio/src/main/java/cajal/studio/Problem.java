package cajal.studio;

import cajal.data.Dataset;
import cajal.data.Split;
import cajal.data.Toys;
import cajal.tensor.RandomKey;
import java.util.Arrays;
import java.util.List;

/// The data of a recipe.
///
/// @param all all points
/// @param split to train on and to test on; none if nothing is kept for testing
record Problem(Dataset all, java.util.Optional<Split> split) {
    /// The names of the problems; the last two are one's own points.
    static final List<String> NAMES = List.of(
            "circles",
            "xor",
            "blobs",
            "spiral",
            "moons",
            "three-spirals",
            "four-blobs",
            "plane",
            "bumps",
            "own",
            "own-values");

    static boolean isRegression(String name) {
        return List.of("plane", "bumps", "own-values").contains(name);
    }

    static boolean isOwn(String name) {
        return name.startsWith("own");
    }

    static Problem of(Recipe r) {
        Dataset all = all(r);
        if (!isSplit(r, all)) {
            return new Problem(all, java.util.Optional.empty());
        }
        return new Problem(all, java.util.Optional.of(Split.of(all, r.test(), RandomKey.of(r.draw()))));
    }

    /// Whether some points are kept for testing: not if there are so few that none would be left on one side.
    private static boolean isSplit(Recipe r, Dataset all) {
        if (r.test() == 0) {
            return false;
        }
        try {
            Split.of(all, r.test(), RandomKey.of(r.draw()));
            return true;
        } catch (IllegalArgumentException tooFew) {
            return false;
        }
    }

    Dataset train() {
        return split.map(Split::first).orElse(all);
    }

    private static Dataset all(Recipe r) {
        return switch (r.problem()) {
            case "circles" -> Toys.circles(r.samples(), r.noise(), r.draw());
            case "xor" -> Toys.xor(r.samples(), r.noise(), r.draw());
            case "blobs" -> Toys.blobs(r.samples(), 2, r.noise(), r.draw());
            case "four-blobs" -> Toys.blobs(r.samples(), 4, r.noise(), r.draw());
            case "spiral" -> Toys.spirals(r.samples(), 2, r.noise(), r.draw());
            case "three-spirals" -> Toys.spirals(r.samples(), 3, r.noise(), r.draw());
            case "moons" -> Toys.moons(r.samples(), r.noise(), r.draw());
            case "plane" -> Toys.plane(r.samples(), r.noise(), r.draw());
            case "bumps" -> Toys.bumps(r.samples(), r.noise(), r.draw());
            case "own" -> OwnPoints.dataset(r.points(), Arrays.asList(r.names().split(",", -1)), false);
            case "own-values" -> OwnPoints.dataset(r.points(), List.of(), true);
            default ->
                throw new StudioException("There is no problem '" + r.problem() + "'\n  rule: there are " + NAMES);
        };
    }

    /// How a program makes all points; `points` stands for the rows of one's own.
    static String java(Recipe r, List<String> classes) {
        String draw = ", " + r.noise() + ", " + r.draw() + "); // samples, noise, seed";
        String counted = ", " + r.noise() + ", " + r.draw() + "); // samples, classes, noise, seed";
        return switch (r.problem()) {
            case "blobs" -> "Toys.blobs(" + r.samples() + ", 2" + counted;
            case "four-blobs" -> "Toys.blobs(" + r.samples() + ", 4" + counted;
            case "spiral" -> "Toys.spirals(" + r.samples() + ", 2" + counted;
            case "three-spirals" -> "Toys.spirals(" + r.samples() + ", 3" + counted;
            case "own" ->
                "Dataset.of(numbers(0, 1), numbers(2).squeeze(1).to(DType.I64), "
                        + String.join(
                                ", ", classes.stream().map(Problem::quoted).toList()) + ");";
            case "own-values" -> "Dataset.of(numbers(0, 1), numbers(2));";
            default -> "Toys." + r.problem() + "(" + r.samples() + draw;
        };
    }

    private static String quoted(String text) {
        StringBuilder all = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            all.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? " " : String.valueOf(c));
        }
        return all.append('"').toString();
    }
}
