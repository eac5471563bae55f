package cajal.nn;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// `y = x`: a place holder where a network may or may not do something.
final class Identity extends Block {
    @Override
    protected Tensor forward(Tensor x) {
        return x;
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("Identity", Map.of()));
    }
}
