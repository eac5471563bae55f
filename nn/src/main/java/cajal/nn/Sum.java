package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Branches side by side, added up: `y = f_1(x) + f_2(x) + ... + f_n(x)`.
///
/// The branches are named `0`, `1`, ...; [Residual] is the case of a body and its input.
///
/// **Shapes** all branches give one shape, which is the output's; nothing is broadcast.
public final class Sum extends Block {
    private final List<Layer> branches = new ArrayList<>();

    private Sum() {}

    /// The sum of branches.
    ///
    /// **Throws** [IllegalArgumentException] for none.
    public static Sum of(Layer... branches) {
        if (branches.length == 0) {
            throw new IllegalArgumentException("Sum.of()\n  rule: at least one branch");
        }
        Sum sum = new Sum();
        for (int i = 0; i < branches.length; i++) {
            sum.branches.add(sum.add(Integer.toString(i), branches[i]));
        }
        return sum;
    }

    @Override
    protected Tensor forward(Tensor x) {
        Tensor y = branches.getFirst().apply(x);
        for (int i = 1; i < branches.size(); i++) {
            Tensor next = branches.get(i).apply(x);
            if (!next.shape().equals(y.shape())) {
                throw new ShapeException(
                        "Sum '" + Context.current().path() + "' adds " + y.shape() + " of branch 0 and " + next.shape()
                                + " of branch " + i + "\n  rule: all branches give one shape");
            }
            y = y.add(next);
        }
        return y;
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Sum", Map.of()));
    }

    static Sum of(Spec spec) {
        return of(spec.children().values().stream().map(Specs::build).toArray(Layer[]::new));
    }
}
