package cajal.train;

import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an optimiser keeps of one parameter.
final class Slots {
    final Map<String, State> own = new LinkedHashMap<>(); // the rule's
    final Map<String, State> extra = new LinkedHashMap<>(); // of what follows it
    long steps;
    private Groups.@Nullable Member member;

    /// The rule that the parameter follows.
    Groups.Member member(Optimizer owner, Groups groups, String path, Param p) {
        Groups.Member m = member;
        if (m == null) {
            m = groups.member(owner, path, p.shape());
            member = m;
        }
        return m;
    }

    /// The slot of what follows the update, if that keeps one.
    @Nullable
    State extra(After after) {
        return after.slot().map(extra::get).orElse(null);
    }

    /// Adds copies to a state.
    void save(String path, Map<String, Tensor> all) {
        own.forEach((name, s) -> all.put(path + "/" + name, new State(name, s)));
        extra.forEach((name, s) -> all.put(path + "/" + name, new State(name, s)));
        all.put(path + "/steps", Tensor.ofLongs(new long[] {steps}));
    }
}
