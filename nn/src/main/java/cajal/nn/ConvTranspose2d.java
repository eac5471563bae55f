package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Elementwise;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A transposed convolution over pictures, the input gradient of a convolution: each input lays a copy of the
/// kernel onto the output, and strides make it larger.
///
/// **Shapes** `(B, in, H, W)` gives `(B, out, H', W')`, `H' = (H - 1)·stride - 2·padding + dilation·(K - 1) +
/// outputPadding + 1`; `weight (in, out / groups, Kh, Kw)`, `bias (out)`.
///
/// **Initial values** weight and bias uniform in ±1/sqrt(out / groups · kernel), as in PyTorch.
///
/// **Source** Zeiler, Krishnan, Taylor, Fergus, "Deconvolutional networks", 2010; Dumoulin and Visin, "A
/// guide to convolution arithmetic for deep learning", 2016.
public final class ConvTranspose2d extends ConvLayer<ConvTranspose2d> {
    private long[] extra = new long[2];

    /// A layer of `out` channels whose input channels are inferred from the first input; the kernel is square.
    public ConvTranspose2d(long out, long kernel) {
        this(0, out, kernel);
    }

    /// A layer from `in` to `out` channels; the kernel has one length for all axes, or one an axis. With
    /// `in` 0 the input channels are inferred.
    public ConvTranspose2d(long in, long out, long... kernel) {
        super(2, in, out, kernel);
    }

    /// With the channels cut into groups, each with outputs of its own; 1 if not said.
    public ConvTranspose2d groups(long groups) {
        return with(how.groups(groups));
    }

    /// With so much more output behind each axis, of the several lengths from which a stride makes one: one
    /// number for all axes, or one an axis; 0 if not said.
    ///
    /// **Throws** [cajal.kernel.ShapeException], when called, unless it is less than the stride or the
    /// dilation.
    public ConvTranspose2d outputPadding(long... extra) {
        checkUnsealed();
        this.extra = Extra.checked(extra, 2);
        return this;
    }

    @Override
    long[] weightChannels() {
        return new long[] {in(), out() / groups()};
    }

    @Override
    int outputAxis() {
        return 1;
    }

    @Override
    long channelsOf(Shape weight) {
        return weight.dim(0);
    }

    @Override
    Tensor convolve(Tensor x, Tensor weight, Optional<Tensor> bias, Optional<Elementwise> then) {
        var by = Extra.behind(how, extra, describe());
        Tensor y = bias.map(b -> x.convTranspose(weight, b, by)).orElseGet(() -> x.convTranspose(weight, by));
        return apart(y, then);
    }

    @Override
    String paddingText() {
        StringBuilder text = new StringBuilder(super.paddingText());
        option(text, "output padding", extra, 0);
        return text.toString();
    }

    @Override
    protected Optional<Spec> spec() {
        return super.spec().map(s -> {
            Map<String, Object> constants = new LinkedHashMap<>(s.constants());
            constants.put("output_padding", list(extra));
            return Spec.of(s.type(), constants);
        });
    }

    static ConvTranspose2d of(Spec spec) {
        ConvTranspose2d layer = new ConvTranspose2d(spec.number("in"), spec.number("out"), numbers(spec, "kernel"));
        return configured(layer, spec).outputPadding(numbers(spec, "output_padding"));
    }
}
