package cajal.tensor;

import cajal.kernel.View;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A result that is not computed before something is done with it: see [Engine#joining].
final class Waiting extends Tensor {
    private final Context context = Context.current();
    private final Function<Optional<Elementwise>, Tensor> compute;
    private @Nullable Tensor plain;
    private boolean computed;
    private boolean ended;

    Waiting(Function<Optional<Elementwise>, Tensor> compute) {
        super(null, null, 0);
        this.compute = compute;
    }

    /// Whether the result itself was not computed yet.
    boolean isOpen() {
        return plain == null && !ended;
    }

    /// The value of a function of it.
    Tensor then(Elementwise f) {
        return compute(Optional.of(f));
    }

    /// Lets it wait no longer; what was made of it is answered.
    Tensor end(Tensor made) {
        if (!computed || made == this) {
            plain();
        }
        ended = true;
        return made == this ? plain() : made;
    }

    private Tensor plain() {
        Tensor known = plain;
        if (known == null && ended) {
            throw new IllegalStateException("What lay between two layers is used after both have run, but they ran as"
                    + " one operation, which did not keep it"
                    + "\n  rule: a function in a sequence uses its input while it runs"
                    + "\n  fix:  x.keep() there makes a copy that lasts");
        }
        if (known == null) {
            plain = known = compute(Optional.empty());
        }
        return known;
    }

    /// Where it is computed a second time, states were written the first time.
    private Tensor compute(Optional<Elementwise> then) {
        Context c = computed ? context.repeating(context, context.randomness()) : context;
        computed = true;
        try (var _ = c.recording(context.recording()).enter()) {
            return compute.apply(then);
        }
    }

    @Override
    public View view() {
        return plain().view();
    }

    @Override
    View layout() {
        return plain().layout();
    }

    @Override
    @Nullable
    Origin origin() {
        return plain().origin();
    }

    @Override
    int slot() {
        return plain().slot();
    }
}
