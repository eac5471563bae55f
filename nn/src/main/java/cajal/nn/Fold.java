package cajal.nn;

import cajal.tensor.Convolving;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The sum of windows at their places in pictures: the transpose of [Unfold], not its inverse, for windows
/// overlap.
///
/// **Shapes** `(B, C·Kh·Kw, T)` gives `(B, C, H, W)`, `T` being the number of places in a picture of that size.
///
/// **Gradient** each column gets the window that it was laid onto.
///
/// **Source** PyTorch's `Fold`.
public final class Fold extends Block {
    private final long[] size;
    private final long[] kernel;
    private Convolving how = Convolving.over(2);

    /// Pictures of `height` and `width` from windows of the given lengths: one number for both axes, or one
    /// an axis.
    public Fold(long height, long width, long... kernel) {
        this.size = Windows2d.pair("Fold", height, width);
        this.kernel = Windows2d.pair("Fold", kernel);
    }

    /// With steps of the kernel: one number for both axes, or one an axis; 1 if not said.
    public Fold stride(long... stride) {
        return with(how.stride(stride));
    }

    /// With zeros on both sides: one number for both axes, or one an axis; none if not said.
    public Fold padding(long... padding) {
        return with(how.padding(padding));
    }

    /// With kernel elements that lie apart: one number for both axes, or one an axis; 1 if not said.
    public Fold dilation(long... dilation) {
        return with(how.dilation(dilation));
    }

    private Fold with(Convolving how) {
        checkUnsealed();
        this.how = how;
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.fold(how, size, kernel);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("size", ConvLayer.list(size));
        constants.put("kernel", ConvLayer.list(kernel));
        Windows2d.put(constants, how);
        return Optional.of(Spec.of("Fold", constants));
    }

    static Fold of(Spec spec) {
        long[] size = ConvLayer.numbers(spec, "size");
        return new Fold(size[0], size[1], ConvLayer.numbers(spec, "kernel")).with(Windows2d.of(spec));
    }

    @Override
    public String describe() {
        return "Fold(" + size[0] + "x" + size[1] + ", " + kernel[0] + "x" + kernel[1] + Windows2d.text(how) + ")";
    }
}
