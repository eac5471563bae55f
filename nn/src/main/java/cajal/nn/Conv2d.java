package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Convolving;
import cajal.tensor.Elementwise;
import cajal.tensor.Tensor;
import java.util.Optional;

/// A convolution over pictures: each output channel looks for one pattern, `weight[o]`, at every place.
///
/// **Shapes** `(B, in, H, W)` gives `(B, out, H', W')`, `H' = (H + 2·padding - dilation·(K - 1) - 1) /
/// stride + 1`, rounded down; `weight (out, in / groups, Kh, Kw)`, `bias (out)`.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(in / groups · kernel), as in PyTorch.
///
/// **Source** LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998;
/// Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
public final class Conv2d extends ConvLayer<Conv2d> {
    private boolean same;

    /// A layer of `out` channels whose input channels are inferred from the first input; the kernel is square.
    public Conv2d(long out, long kernel) {
        this(0, out, kernel);
    }

    /// A layer from `in` to `out` channels; the kernel has one length for all axes, or one an axis. With
    /// `in` 0 the input channels are inferred.
    public Conv2d(long in, long out, long... kernel) {
        super(2, in, out, kernel);
    }

    /// With the channels cut into groups, each with outputs of its own; 1 if not said.
    public Conv2d groups(long groups) {
        return with(how.groups(groups));
    }

    /// With as many zeros around that a stride of 1 keeps the lengths, and a stride of `s` makes them `1/s`,
    /// rounded up; an odd zero stands behind.
    public Conv2d same() {
        checkUnsealed();
        same = true;
        return this;
    }

    @Override
    public Conv2d padding(long... padding) {
        same = false;
        return super.padding(padding);
    }

    @Override
    long[] weightChannels() {
        return new long[] {out(), in() / groups()};
    }

    @Override
    long channelsOf(Shape weight) {
        return weight.dim(1) * groups();
    }

    @Override
    Tensor convolve(Tensor x, Tensor weight, Optional<Tensor> bias, Optional<Elementwise> then) {
        Convolving by = same ? Same.padded(how, x.shape(), kernel()) : how;
        return x.conv(weight, bias, by, then);
    }

    @Override
    String paddingText() {
        return same ? ", same" : super.paddingText();
    }

    @Override
    protected Optional<Spec> spec() {
        return super.spec().map(s -> Same.noted(s, same));
    }

    static Conv2d of(Spec spec) {
        Conv2d layer = new Conv2d(spec.number("in"), spec.number("out"), numbers(spec, "kernel"));
        return Same.isNoted(spec) ? configured(layer, spec).same() : configured(layer, spec);
    }
}
