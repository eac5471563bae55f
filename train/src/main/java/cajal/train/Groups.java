package cajal.train;

import cajal.kernel.Shape;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The groups of an optimiser, and which rule each parameter follows.
final class Groups {
    private static final int RANKS = 9; // more than any parameter has

    private final List<Group> groups = new ArrayList<>();
    private final Map<BitSet, Variant> variants = new HashMap<>();

    /// The owner with what some groups change.
    private record Variant(Optimizer optimizer, double factor, boolean frozen) {}

    /// How one parameter is changed.
    ///
    /// @param rule whose formula
    /// @param factor what the owner's rate is multiplied by
    /// @param frozen whether it is left alone
    record Member(Optimizer rule, double factor, boolean frozen) {}

    void add(Group group) {
        groups.add(group);
    }

    /// Makes variants anew: options of the owner may have changed.
    void forget() {
        variants.clear();
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    List<Object> describe() {
        return new ArrayList<>(groups.stream().map(Group::describe).toList());
    }

    /// The rule of a parameter. All groups that fit apply, a later one over an earlier one.
    Member member(Optimizer owner, String path, Shape shape) {
        Variant variant = variant(owner, path, shape.rank());
        Optimizer rule = variant.optimizer.rule(shape);
        return new Member(rule, variant.factor * variant.optimizer.factor(rule), variant.frozen);
    }

    /// The lists of slots that a parameter of some rank can have under a path.
    Set<List<String>> slots(Optimizer owner, String path) {
        Set<List<String>> all = new LinkedHashSet<>();
        for (int rank = 0; rank < (groups.isEmpty() ? 1 : RANKS); rank++) {
            variant(owner, path, rank).optimizer.rules().forEach(r -> all.addAll(r.slotLists()));
        }
        return all;
    }

    private Variant variant(Optimizer owner, String path, int rank) {
        BitSet fitting = new BitSet();
        for (int i = 0; i < groups.size(); i++) {
            fitting.set(i, groups.get(i).fits(path, rank));
        }
        return variants.computeIfAbsent(fitting, f -> make(owner, f));
    }

    private Variant make(Optimizer owner, BitSet fitting) {
        Map<String, Object> changes = new LinkedHashMap<>();
        double factor = 1;
        boolean frozen = false;
        for (int i = fitting.nextSetBit(0); i >= 0; i = fitting.nextSetBit(i + 1)) {
            Group g = groups.get(i);
            g.changes(changes);
            factor = g.factor(factor);
            frozen |= g.isFrozen();
        }
        return new Variant(changes.isEmpty() ? owner : changed(owner, changes), factor, frozen);
    }

    private Optimizer changed(Optimizer owner, Map<String, Object> changes) {
        Map<String, Object> all = new LinkedHashMap<>(owner.constants());
        changes.forEach((name, value) -> {
            if (!all.containsKey(name)) {
                throw Names.unknown("constant of " + owner.name(), name, all.keySet());
            }
            all.put(name, value);
        });
        all.put("name", owner.name());
        all.put("rate", owner.baseRate());
        return Optimizers.plain(all);
    }
}
