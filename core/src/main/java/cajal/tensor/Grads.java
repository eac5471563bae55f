package cajal.tensor;

import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The gradients of an operation's inputs, each computed when it is wanted.
public final class Grads {
    private final IntFunction<@Nullable Tensor> rule;

    private Grads(IntFunction<@Nullable Tensor> rule) {
        this.rule = rule;
    }

    /// One supplier an input, in order; inputs beyond the last have no gradient.
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static Grads of(Supplier<Tensor>... each) {
        return new Grads(i -> i < each.length ? each[i].get() : null);
    }

    /// The gradient of input `i` as a function of `i`.
    public static Grads each(IntFunction<Tensor> rule) {
        return new Grads(rule::apply);
    }

    /// One gradient an input, in order, that one computation makes together, when the first of them is wanted;
    /// inputs beyond the last have no gradient.
    public static Grads joint(Supplier<@Nullable Tensor[]> all) {
        @Nullable Tensor[][] made = {{}};
        return new Grads(i -> {
            if (made[0].length == 0) {
                made[0] = all.get();
            }
            return i < made[0].length ? made[0][i] : null;
        });
    }

    /// As [#each], where the answer may be nothing: no gradient reaches that input.
    static Grads some(IntFunction<@Nullable Tensor> rule) {
        return new Grads(rule);
    }

    @Nullable
    Tensor of(int i) {
        return rule.apply(i);
    }
}
