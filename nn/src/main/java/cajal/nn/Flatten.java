package cajal.nn;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// All axes but the first as one: pictures become rows.
///
/// **Shapes** `(B, a, b, ...)` gives `(B, a·b·...)`.
public final class Flatten extends Block {
    /// A layer that keeps the batch axis.
    public Flatten() {}

    @Override
    protected Tensor forward(Tensor x) {
        return x.rank() == 1 ? x.unsqueeze(1) : x.flatten(1);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Flatten", Map.of()));
    }
}
