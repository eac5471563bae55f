package cajal.nn;

import cajal.tensor.Convolving;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The windows that a kernel sees when it moves over pictures, as columns: what a [Conv2d] multiplies its
/// weights with.
///
/// **Shapes** `(B, C, H, W)` gives `(B, C·Kh·Kw, T)` for `T` places, row by row.
///
/// **Gradient** each element gets the sum of those of its copies.
///
/// **Source** Chellapilla, Puri, Simard, "High performance convolutional neural networks for document
/// processing", 2006; PyTorch's `Unfold`.
public final class Unfold extends Block {
    private final long[] kernel;
    private Convolving how = Convolving.over(2);

    /// Windows of the given lengths: one number for both axes, or one an axis.
    public Unfold(long... kernel) {
        this.kernel = Windows2d.pair("Unfold", kernel);
    }

    /// With steps of the kernel: one number for both axes, or one an axis; 1 if not said.
    public Unfold stride(long... stride) {
        return with(how.stride(stride));
    }

    /// With zeros on both sides: one number for both axes, or one an axis; none if not said.
    public Unfold padding(long... padding) {
        return with(how.padding(padding));
    }

    /// With kernel elements that lie apart: one number for both axes, or one an axis; 1 if not said.
    public Unfold dilation(long... dilation) {
        return with(how.dilation(dilation));
    }

    private Unfold with(Convolving how) {
        checkUnsealed();
        this.how = how;
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.unfold(how, kernel);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("kernel", ConvLayer.list(kernel));
        Windows2d.put(constants, how);
        return Optional.of(Spec.of("Unfold", constants));
    }

    static Unfold of(Spec spec) {
        return new Unfold(ConvLayer.numbers(spec, "kernel")).with(Windows2d.of(spec));
    }

    @Override
    public String describe() {
        return "Unfold(" + kernel[0] + "x" + kernel[1] + Windows2d.text(how) + ")";
    }
}
