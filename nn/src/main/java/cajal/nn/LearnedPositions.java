package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Adds to each place's vector one that is learnt for that place: `y_t = x_t + w_t`.
///
/// **Shapes** `(..., T, E)` gives the same, `T <= places`; `weight (places, E)`.
///
/// **Initial values** normal with standard deviation 0.02, as in BERT and GPT-2.
///
/// **Source** Gehring et al., "Convolutional sequence to sequence learning", 2017.
public final class LearnedPositions extends Block {
    private final long places;
    private final long width;
    private Init init = Init.normal(0, 0.02);
    private @Nullable Param weight;

    /// For up to `places` places with vectors of `width` numbers.
    public LearnedPositions(long places, long width) {
        if (places < 1 || width < 1) {
            throw new ShapeException("LearnedPositions(" + places + ", " + width + ")\n  rule: sizes are at least 1");
        }
        this.places = places;
        this.width = width;
    }

    /// With other initial values.
    public LearnedPositions init(Init init) {
        checkUnsealed();
        this.init = init;
        return this;
    }

    @Override
    protected void seal() {
        weight = param("weight", init, places, width);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return added(x, 0);
    }

    /// As [#apply(Tensor)], where the first place is number `from`.
    public Tensor apply(Tensor x, long from) {
        return call(() -> added(x, from), x);
    }

    private Tensor added(Tensor x, long from) {
        if (x.rank() < 2 || x.dim(-1) != width || from < 0 || from + x.dim(-2) > places) {
            throw new ShapeException("LearnedPositions '" + Context.current().path() + "' expects (..., T, " + width
                    + ") with T up to " + (places - from) + " but got " + x.shape()
                    + "\n  rule: there are " + places + " places"
                    + (from > 0 ? ", and the first one here is number " + from : ""));
        }
        return x.add(java.util.Objects.requireNonNull(weight).slice(0, from, from + x.dim(-2)));
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("places", places);
        constants.put("width", width);
        return Optional.of(Spec.of("LearnedPositions", constants));
    }

    @Override
    public String describe() {
        return "LearnedPositions(" + places + ", " + width + ")";
    }
}
