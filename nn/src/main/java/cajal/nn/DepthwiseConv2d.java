package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Convolving;
import cajal.tensor.Elementwise;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A convolution of each channel by itself: a [Conv2d] with as many groups as input channels.
///
/// **Shapes** `(B, in, H, W)` gives `(B, in·multiplier, H', W')`; `weight (in·multiplier, 1, Kh, Kw)`, `bias
/// (in·multiplier)`.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(kernel), as in PyTorch.
///
/// **Source** Chollet, "Xception: deep learning with depthwise separable convolutions", 2017; Keras'
/// `DepthwiseConv2D`.
public final class DepthwiseConv2d extends ConvLayer<DepthwiseConv2d> {
    private long multiplier = 1;
    private boolean same;

    /// A layer whose channels are inferred from the first input; the kernel is square.
    public DepthwiseConv2d(long kernel) {
        this(0, kernel);
    }

    /// A layer of `in` channels; the kernel has one length for both axes, or one an axis. With `in` 0 the
    /// channels are inferred.
    public DepthwiseConv2d(long in, long... kernel) {
        super(2, in, 1, kernel);
    }

    /// With so many output channels an input channel; 1 if not said.
    public DepthwiseConv2d multiplier(long multiplier) {
        checkUnsealed();
        if (multiplier < 1) {
            throw new IllegalArgumentException("multiplier(" + multiplier + ")\n  rule: at least 1");
        }
        this.multiplier = multiplier;
        return this;
    }

    /// With as many zeros around that a stride of 1 keeps the lengths, and a stride of `s` makes them
    /// `1/s`, rounded up; an odd zero stands behind.
    public DepthwiseConv2d same() {
        checkUnsealed();
        same = true;
        return this;
    }

    @Override
    public DepthwiseConv2d padding(long... padding) {
        same = false;
        return super.padding(padding);
    }

    @Override
    long out() {
        return in() * multiplier;
    }

    @Override
    long groups() {
        return in();
    }

    @Override
    long[] weightChannels() {
        return new long[] {out(), 1};
    }

    @Override
    long channelsOf(Shape weight) {
        return weight.dim(0) / multiplier;
    }

    @Override
    Tensor convolve(Tensor x, Tensor weight, Optional<Tensor> bias, Optional<Elementwise> then) {
        Convolving by = (same ? Same.padded(how, x.shape(), kernel()) : how).groups(in());
        return x.conv(weight, bias, by, then);
    }

    @Override
    String paddingText() {
        return same ? ", same" : super.paddingText();
    }

    @Override
    protected Optional<Spec> spec() {
        return super.spec().map(s -> {
            Map<String, Object> constants = new LinkedHashMap<>(s.constants());
            constants.remove("out");
            constants.put("multiplier", multiplier);
            return Same.noted(Spec.of(s.type(), constants), same);
        });
    }

    static DepthwiseConv2d of(Spec spec) {
        var layer = configured(new DepthwiseConv2d(spec.number("in"), numbers(spec, "kernel")), spec)
                .multiplier(spec.number("multiplier"));
        return Same.isNoted(spec) ? layer.same() : layer;
    }
}
