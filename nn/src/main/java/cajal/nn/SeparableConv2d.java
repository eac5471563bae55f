package cajal.nn;

import cajal.tensor.Tensor;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A convolution in two steps: each channel by itself, then all channels at each place, with a fraction of the
/// weights and products of a [Conv2d] of the same sizes.
///
/// **Shapes** `(B, in, H, W)` gives `(B, out, H', W')`; `depthwise.weight (in, 1, Kh, Kw)`,
/// `pointwise.weight (out, in, 1, 1)`, `pointwise.bias (out)`.
///
/// **Source** Chollet, "Xception: deep learning with depthwise separable convolutions", 2017; Keras'
/// `SeparableConv2D`.
public final class SeparableConv2d extends Block {
    private final DepthwiseConv2d depthwise;
    private final Conv2d pointwise;

    /// A layer of `out` channels whose input channels are inferred from the first input; the kernel is square.
    public SeparableConv2d(long out, long kernel) {
        this(0, out, kernel);
    }

    /// A layer from `in` to `out` channels; the kernel has one length for both axes, or one an axis. With
    /// `in` 0 the input channels are inferred.
    public SeparableConv2d(long in, long out, long... kernel) {
        this(new DepthwiseConv2d(in, kernel).noBias(), new Conv2d(in, out, 1));
    }

    private SeparableConv2d(DepthwiseConv2d depthwise, Conv2d pointwise) {
        this.depthwise = add("depthwise", depthwise);
        this.pointwise = add("pointwise", pointwise);
    }

    /// With steps of the kernel: one number for both axes, or one an axis; 1 if not said.
    public SeparableConv2d stride(long... stride) {
        depthwise.stride(stride);
        return this;
    }

    /// With zeros on both sides: one number for both axes, or one an axis; none if not said.
    public SeparableConv2d padding(long... padding) {
        depthwise.padding(padding);
        return this;
    }

    /// With kernel elements that lie apart: one number for both axes, or one an axis; 1 if not said.
    public SeparableConv2d dilation(long... dilation) {
        depthwise.dilation(dilation);
        return this;
    }

    /// With as many zeros around that a stride of 1 keeps the lengths.
    public SeparableConv2d same() {
        depthwise.same();
        return this;
    }

    /// Without a bias.
    public SeparableConv2d noBias() {
        pointwise.noBias();
        return this;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return pointwise.apply(depthwise.apply(x));
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("SeparableConv2d", Map.of()));
    }

    static SeparableConv2d of(Spec spec) {
        return new SeparableConv2d(
                DepthwiseConv2d.of(Objects.requireNonNull(spec.children().get("depthwise"), "a depthwise part")),
                Conv2d.of(Objects.requireNonNull(spec.children().get("pointwise"), "a pointwise part")));
    }
}
