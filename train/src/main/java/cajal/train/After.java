package cajal.train;

import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.nn.PathPattern;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What follows the update of each parameter: weights pulled back (lookahead), held within bounds (constraints)
/// or averaged. It may keep a slot, which begins as a copy of the parameter.
sealed interface After {
    /// `a = a + share·(p - a)`
    Update AVERAGE = average();

    /// `slow = slow + share·(p - slow)`, `p = slow`
    Update PULL = pull();

    private static Update average() {
        Formula f = new Formula();
        Expr a = f.in();
        Expr p = f.in();
        Expr share = f.in();
        return f.update("average", share.minus(1).then(Formula.towards(a, p, share), p));
    }

    private static Update pull() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr slow = f.in();
        slow = Formula.towards(slow, p, f.in());
        return f.update("lookahead", slow, slow);
    }

    private static Tensor scalar(double value, Param p) {
        return Tensor.scalar(value, p.dtype() == DType.F64 ? DType.F64 : DType.F32);
    }

    /// The name of its slot, if it keeps one.
    default Optional<String> slot() {
        return Optional.empty();
    }

    /// Whether its slot holds averaged weights once so many steps are made.
    default boolean averages(long steps) {
        return false;
    }

    /// Its place among others: pulling, bounds, averages.
    int order();

    /// What it does to a parameter after the optimiser's step number `step`: 1, 2, ...
    void apply(long step, String path, Param p, @Nullable State slot);

    /// Adds itself to a description.
    void describe(Map<String, Object> all);

    /// `a = decay·a + (1-decay)·p` after every step.
    record Ema(double decay) implements After {
        @Override
        public Optional<String> slot() {
            return Optional.of("ema");
        }

        @Override
        public boolean averages(long steps) {
            return steps > 0;
        }

        @Override
        public int order() {
            return 2;
        }

        @Override
        public void apply(long step, String path, Param p, @Nullable State slot) {
            AVERAGE.apply(List.of(slotOf(slot)), p, scalar(step == 1 ? 1 : 1 - decay, p));
        }

        @Override
        public void describe(Map<String, Object> all) {
            all.put("ema", decay);
        }
    }

    /// The mean of the weights after the steps `from`, `from + every`, ...
    record Swa(long from, long every) implements After {
        @Override
        public Optional<String> slot() {
            return Optional.of("swa");
        }

        @Override
        public boolean averages(long steps) {
            return steps >= from;
        }

        @Override
        public int order() {
            return 2;
        }

        @Override
        public void apply(long step, String path, Param p, @Nullable State slot) {
            if (step >= from && (step - from) % every == 0) {
                AVERAGE.apply(List.of(slotOf(slot)), p, scalar(1.0 / ((step - from) / every + 1), p));
            }
        }

        @Override
        public void describe(Map<String, Object> all) {
            Map<String, Object> mine = new LinkedHashMap<>();
            mine.put("from", from);
            mine.put("every", every);
            all.put("swa", mine);
        }
    }

    /// Every `steps` steps back to the share `share` of the way that they made.
    record Lookahead(long steps, double share) implements After {
        @Override
        public Optional<String> slot() {
            return Optional.of("slow");
        }

        @Override
        public int order() {
            return 0;
        }

        @Override
        public void apply(long step, String path, Param p, @Nullable State slot) {
            if (step % steps == 0) {
                PULL.apply(List.of(p, slotOf(slot)), scalar(share, p));
            }
        }

        @Override
        public void describe(Map<String, Object> all) {
            Map<String, Object> mine = new LinkedHashMap<>();
            mine.put("steps", steps);
            mine.put("share", share);
            all.put("lookahead", mine);
        }
    }

    /// The nearest allowed weights.
    record Bound(PathPattern pattern, Constraint constraint) implements After {
        @Override
        public int order() {
            return 1;
        }

        @Override
        public void apply(long step, String path, Param p, @Nullable State slot) {
            if (pattern.matches(path)) {
                p.set(constraint.of(p));
            }
        }

        @Override
        public void describe(Map<String, Object> all) {
            Map<String, Object> mine = new LinkedHashMap<>();
            mine.put("pattern", pattern.text());
            mine.put("is", constraint.describe());
            List<Object> list = new java.util.ArrayList<>((List<?>) all.getOrDefault("constraints", List.of()));
            list.add(mine);
            all.put("constraints", list);
        }
    }

    private static State slotOf(@Nullable State slot) {
        return java.util.Objects.requireNonNull(slot);
    }
}
