package cajal.train;

import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// An optimiser's state as it is read: `steps`, `rate`, `PATH/SLOT`, and `/NAME` for what belongs to no
/// parameter.
final class SavedState {
    private final Optimizer owner;
    private final Map<String, Tensor> single = new LinkedHashMap<>();
    private final Map<String, Tensor> memory = new LinkedHashMap<>();
    private final Map<String, Map<String, Tensor>> found = new LinkedHashMap<>();

    SavedState(Optimizer owner, Map<String, ? extends Tensor> state) {
        this.owner = owner;
        state.forEach((key, t) -> {
            int slash = key.lastIndexOf('/');
            if (slash > 0) {
                found.computeIfAbsent(key.substring(0, slash), _ -> new LinkedHashMap<>())
                        .put(key.substring(slash + 1), t);
            } else if (slash == 0) {
                memory.put(key.substring(1), t);
            } else if (key.equals("steps") || key.equals("rate")) {
                single.put(key, t);
            } else {
                throw owner.misfit(
                        "has an unknown entry '" + key + "'",
                        "besides 'steps' and 'rate', entries are called PATH/SLOT");
            }
        });
    }

    /// What belongs to no parameter.
    Map<String, Tensor> memory() {
        return memory;
    }

    Tensor required(String key) {
        Tensor t = single.get(key);
        if (t == null) {
            throw lacks(key);
        }
        return t;
    }

    /// The slots by path, in the owner's order.
    Map<String, Slots> slots(Groups groups, List<After> afters) {
        Map<String, Slots> read = new LinkedHashMap<>();
        found.forEach((path, tensors) -> read.put(path, slots(path, tensors, groups, afters)));
        return read;
    }

    private Slots slots(String path, Map<String, Tensor> tensors, Groups groups, List<After> afters) {
        Slots mine = new Slots();
        Map<String, Tensor> left = new LinkedHashMap<>(tensors);
        mine.steps = (long) take(left, path, "steps").item();
        for (After a : afters) {
            a.slot().ifPresent(name -> mine.extra.put(name, new State(name, take(left, path, name))));
        }
        for (String name : choose(path, left.keySet(), groups.slots(owner, path))) {
            mine.own.put(name, new State(name, Objects.requireNonNull(left.get(name))));
        }
        return mine;
    }

    private Tensor take(Map<String, Tensor> left, String path, String name) {
        Tensor t = left.remove(name);
        if (t == null) {
            throw lacks(path + "/" + name);
        }
        return t;
    }

    /// Which of the possible lists of slots was saved.
    private List<String> choose(String path, Set<String> saved, Set<List<String>> possible) {
        for (List<String> names : possible) {
            if (saved.equals(Set.copyOf(names))) {
                return names;
            }
        }
        for (String slot : saved) {
            if (possible.stream().noneMatch(names -> names.contains(slot))) {
                throw owner.misfit(
                        "has '" + path + "/" + slot + "'",
                        "the slots of " + owner + " are " + owner.slots() + "; another optimiser wrote this state");
            }
        }
        List<String> names = possible.iterator().next();
        throw lacks(path + "/"
                + names.stream().filter(n -> !saved.contains(n)).findFirst().orElse(""));
    }

    private IllegalArgumentException lacks(String key) {
        return owner.misfit(
                "lacks '" + key + "'",
                "it has 'steps', 'rate', and for each parameter PATH/steps and the slots " + owner.slots());
    }

    static IllegalArgumentException misfit(String name, String what, String rule) {
        return new IllegalArgumentException("The saved state of " + name + " " + what + "\n  rule: " + rule);
    }

    /// Refuses slots of other names, shapes or types than a parameter would begin with.
    static void checkFits(String name, String path, Slots found, Slots wanted) {
        Map<String, State> all = new LinkedHashMap<>(found.own);
        all.putAll(found.extra);
        Map<String, State> fit = new LinkedHashMap<>(wanted.own);
        fit.putAll(wanted.extra);
        all.forEach((slot, tensor) -> {
            State like = fit.get(slot);
            if (like == null || !tensor.shape().equals(like.shape()) || tensor.dtype() != like.dtype()) {
                throw misfit(
                        name,
                        "has '" + path + "/" + slot + "' of shape " + tensor.shape() + " and type " + tensor.dtype(),
                        like == null
                                ? "a parameter of this shape has the slots " + fit.keySet()
                                : "a slot is like its parameter: " + like.shape() + " " + like.dtype());
            }
        });
    }
}
