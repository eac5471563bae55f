package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Convolving;
import cajal.tensor.Elementwise;
import cajal.tensor.Tensor;
import java.util.Optional;

/// A convolution over volumes, or over pictures and time: as [Conv2d], with one axis more.
///
/// **Shapes** `(B, in, D, H, W)` gives `(B, out, D', H', W')`, each `(n + 2·padding - dilation·(K - 1) - 1) /
/// stride + 1`, rounded down; `weight (out, in / groups, Kd, Kh, Kw)`, `bias (out)`.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(in / groups · kernel), as in PyTorch.
///
/// **Source** Ji, Xu, Yang, Yu, "3D convolutional neural networks for human action recognition", 2013.
public final class Conv3d extends ConvLayer<Conv3d> {
    private boolean same;

    /// A layer of `out` channels whose input channels are inferred from the first input; the kernel is a cube.
    public Conv3d(long out, long kernel) {
        this(0, out, kernel);
    }

    /// A layer from `in` to `out` channels; the kernel has one length for all axes, or one an axis. With
    /// `in` 0 the input channels are inferred.
    public Conv3d(long in, long out, long... kernel) {
        super(3, in, out, kernel);
    }

    /// With the channels cut into groups, each with outputs of its own; 1 if not said.
    public Conv3d groups(long groups) {
        return with(how.groups(groups));
    }

    /// With as many zeros around that a stride of 1 keeps the lengths, and a stride of `s` makes them `1/s`,
    /// rounded up; an odd zero stands behind.
    public Conv3d same() {
        checkUnsealed();
        same = true;
        return this;
    }

    @Override
    public Conv3d padding(long... padding) {
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

    static Conv3d of(Spec spec) {
        Conv3d layer = new Conv3d(spec.number("in"), spec.number("out"), numbers(spec, "kernel"));
        return Same.isNoted(spec) ? configured(layer, spec).same() : configured(layer, spec);
    }
}
