package cajal.train;

import cajal.nn.PathPattern;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is different for some parameters in an [Optimizer#group]: their rate, their constants, whether they are
/// changed at all.
public final class Group {
    private final PathPattern pattern;
    private final Map<String, Object> constants = new LinkedHashMap<>();
    private double factor = 1;
    private boolean factorSet;
    private boolean frozen;
    private int axes = Integer.MAX_VALUE;

    Group(String pattern) {
        this.pattern = new PathPattern(pattern);
    }

    /// Multiplies their learning rate, whatever the schedule makes of it.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Group rateFactor(double factor) {
        this.factor = Options.notNegative("Group '" + pattern + "'", "the rate's factor", factor);
        factorSet = true;
        return this;
    }

    /// Their weight decay.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Group decay(double decay) {
        return constant("weightDecay", Options.notNegative("Group '" + pattern + "'", "weight decay", decay));
    }

    /// Another constant of the optimiser, under its name in [Optimizer#describe()]: `constant("beta1", 0.8)`.
    public Group constant(String name, Object value) {
        constants.put(name, value);
        return this;
    }

    /// Leaves them as they are. (`net.freeze(pattern, true)` spares their gradients' computation, too.)
    public Group frozen() {
        frozen = true;
        return this;
    }

    /// Holds only for those with fewer axes: `rankBelow(2)` for biases and the scales of normalisations.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public Group rankBelow(int axes) {
        this.axes = (int) Options.atLeast("Group '" + pattern + "'", "the number of axes", axes, 1);
        return this;
    }

    boolean fits(String path, int rank) {
        return rank < axes && pattern.matches(path);
    }

    /// Adds what it changes to what earlier groups changed.
    void changes(Map<String, Object> constants) {
        constants.putAll(this.constants);
    }

    double factor(double before) {
        return factorSet ? factor : before;
    }

    boolean isFrozen() {
        return frozen;
    }

    Map<String, Object> describe() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("pattern", pattern.text());
        if (axes != Integer.MAX_VALUE) {
            all.put("rankBelow", (long) axes);
        }
        if (factorSet) {
            all.put("rateFactor", factor);
        }
        if (frozen) {
            all.put("frozen", true);
        }
        if (!constants.isEmpty()) {
            all.put("constants", Map.copyOf(constants));
        }
        return all;
    }

    static Group from(Map<String, Object> description) {
        Group g = new Group(Options.text(description, "pattern"));
        if (description.containsKey("rankBelow")) {
            g.rankBelow((int) Options.real(description, "rankBelow"));
        }
        if (description.containsKey("rateFactor")) {
            g.rateFactor(Options.real(description, "rateFactor"));
        }
        if (description.containsKey("frozen") && Options.flag(description, "frozen")) {
            g.frozen();
        }
        if (description.containsKey("constants")) {
            g.constants.putAll(Options.map(description, "constants"));
        }
        return g;
    }
}
