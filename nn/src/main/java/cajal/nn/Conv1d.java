package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Convolving;
import cajal.tensor.Elementwise;
import cajal.tensor.Tensor;
import java.util.Optional;

/// A convolution along one axis, such as time: `y[o, t] = b_o + sum over c, k of w[o, c, k]·x[c, t·stride +
/// k·dilation - padding]`.
///
/// **Shapes** `(B, in, L)` gives `(B, out, T)`, `T = (L + 2·padding - dilation·(K - 1) - 1) / stride + 1`,
/// rounded down; `weight (out, in / groups, K)`, `bias (out)`.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(in / groups · kernel), as in PyTorch.
///
/// **Source** Waibel, Hanazawa, Hinton, Shikano, Lang, "Phoneme recognition using time-delay neural
/// networks", 1989.
public final class Conv1d extends ConvLayer<Conv1d> {
    private boolean same;

    /// A layer of `out` channels whose input channels are inferred from the first input.
    public Conv1d(long out, long kernel) {
        this(0, out, kernel);
    }

    /// A layer from `in` to `out` channels; the kernel has one length for all axes, or one an axis. With
    /// `in` 0 the input channels are inferred.
    public Conv1d(long in, long out, long... kernel) {
        super(1, in, out, kernel);
    }

    /// With the channels cut into groups, each with outputs of its own; 1 if not said.
    public Conv1d groups(long groups) {
        return with(how.groups(groups));
    }

    /// With as many zeros around that a stride of 1 keeps the lengths, and a stride of `s` makes them `1/s`,
    /// rounded up; an odd zero stands behind.
    public Conv1d same() {
        checkUnsealed();
        same = true;
        return this;
    }

    @Override
    public Conv1d padding(long... padding) {
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

    static Conv1d of(Spec spec) {
        Conv1d layer = new Conv1d(spec.number("in"), spec.number("out"), numbers(spec, "kernel"));
        return Same.isNoted(spec) ? configured(layer, spec).same() : configured(layer, spec);
    }
}
