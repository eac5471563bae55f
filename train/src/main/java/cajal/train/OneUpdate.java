package cajal.train;

import cajal.tensor.Lasting;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Updates of one kind that run as one operation.
final class OneUpdate {
    private @Nullable Update update;
    private final List<Lasting> targets;
    private final List<Tensor> others;

    /// Updates of so many parameters: about, for lists that need not grow.
    OneUpdate(int parameters) {
        targets = new ArrayList<>(3 * parameters);
        others = new ArrayList<>(6 * parameters);
    }

    void add(Update next, Param p, Map<String, State> slots, Tensor gradient, Tensor[] numbers) {
        if (update != next) {
            run();
            update = next;
        }
        targets.add(p);
        for (State slot : slots.values()) { // addAll would make an array
            targets.add(slot);
        }
        others.add(gradient);
        Collections.addAll(others, numbers);
    }

    void run() {
        Update now = update;
        if (now != null) {
            now.apply(targets, others.toArray(Tensor[]::new));
        }
        update = null;
        targets.clear();
        others.clear();
    }
}
