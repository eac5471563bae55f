package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Convolving;
import cajal.tensor.Elementwise;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What all layers with a kernel that moves over an input share: sizes, options, parameters, description.
///
/// @param <C> the layer itself, which its options return
abstract sealed class ConvLayer<C extends ConvLayer<C>> extends Joining
        permits Conv1d, Conv2d, Conv3d, DepthwiseConv2d, ConvTranspose1d, ConvTranspose2d {
    private static final String[] PLACES = {"", "L", "H, W", "D, H, W"};

    private final long out;
    private final long[] kernel;
    private long in; // 0: not known yet
    Convolving how;
    private boolean bias = true;
    private Init weightInit = Init.kaimingUniform(Math.sqrt(5));
    private @Nullable Init biasInit;
    private Weight.Kind kind = Weight.Kind.PLAIN;
    private @Nullable Weight weight;
    private @Nullable Param offset;

    ConvLayer(int axes, long in, long out, long... kernel) {
        boolean fits = kernel.length == axes || kernel.length == 1;
        if (in < 0 || out < 1 || !fits || Arrays.stream(kernel).anyMatch(k -> k < 1)) {
            throw new ShapeException(getClass().getSimpleName() + "(" + in + ", " + out + ", " + join(kernel)
                    + ")\n  rule: channels and kernel are at least 1, the kernel has one length or one an axis");
        }
        this.in = in;
        this.out = out;
        this.kernel = kernel.length == axes ? kernel.clone() : all(axes, kernel[0]);
        this.how = Convolving.over(axes);
    }

    private static long[] all(int axes, long value) {
        long[] values = new long[axes];
        Arrays.fill(values, value);
        return values;
    }

    private static String join(long[] values) {
        return Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining(", "));
    }

    // ---- options

    /// With steps of the kernel: one number for all axes, or one an axis; 1 if not said.
    public final C stride(long... stride) {
        return with(how.stride(stride));
    }

    /// With zeros on both sides: one number for all axes, or one an axis; none if not said.
    public C padding(long... padding) {
        return with(how.padding(padding));
    }

    /// With kernel elements that lie apart: one number for all axes, or one an axis; 1 if not said.
    public final C dilation(long... dilation) {
        return with(how.dilation(dilation));
    }

    /// Without a bias.
    public final C noBias() {
        checkUnsealed();
        bias = false;
        return self();
    }

    /// With weights `weight_g · weight_v / ‖weight_v‖`: the length of each kernel, along the weight's first
    /// axis, is learnt apart from its direction.
    ///
    /// **Source** Salimans and Kingma, "Weight normalization", 2016.
    public final C weightNorm() {
        checkUnsealed();
        kind = Weight.Kind.WEIGHT_NORM;
        return self();
    }

    /// With weights `weight_orig / σ`, σ being the largest singular value of the matrix that has a row an
    /// output channel, which the states `weight_u` and `weight_v` follow by one step of the power iteration
    /// at each call in training.
    ///
    /// **Source** Miyato, Kataoka, Koyama, Yoshida, "Spectral normalization for generative adversarial
    /// networks", 2018.
    public final C spectralNorm() {
        checkUnsealed();
        kind = Weight.Kind.SPECTRAL_NORM;
        return self();
    }

    /// With other initial weights.
    public final C init(Init init) {
        checkUnsealed();
        weightInit = init;
        return self();
    }

    /// With another initial bias.
    public final C biasInit(Init init) {
        checkUnsealed();
        biasInit = init;
        return self();
    }

    final C with(Convolving how) {
        checkUnsealed();
        this.how = how;
        return self();
    }

    @SuppressWarnings("unchecked")
    final C self() {
        return (C) this;
    }

    // ---- sizes

    final long in() {
        return in;
    }

    final long[] kernel() {
        return kernel.clone();
    }

    /// The output channels.
    long out() {
        return out;
    }

    /// The groups of channels.
    long groups() {
        return how.groups();
    }

    /// The first two lengths of the weight.
    abstract long[] weightChannels();

    /// The axis of the weight along which the output channels lie.
    int outputAxis() {
        return 0;
    }

    /// The number of input channels that a weight stands for.
    abstract long channelsOf(Shape weight);

    @Override
    protected final void seal() {
        if (in > 0) {
            declare();
        }
    }

    @Override
    protected final boolean isOpen() {
        return in == 0;
    }

    @Override
    protected final void infer(Shape input) {
        if (in == 0) {
            checkRank(input);
            in = input.dim(1);
            declare();
        }
    }

    @Override
    protected final void inferFrom(Map<String, Tensor> values) {
        Tensor w = kind.in(values).orElse(Tensor.scalar(0));
        if (w.rank() == kernel.length + 2) {
            in = channelsOf(w.shape());
            declare();
        }
    }

    private void declare() {
        if (in % groups() != 0 || out() % groups() != 0) {
            throw new ShapeException(describe() + " cuts " + in + " and " + out() + " channels into " + groups()
                    + " groups\n  rule: the groups divide both");
        }
        long[] dims = new long[kernel.length + 2];
        System.arraycopy(weightChannels(), 0, dims, 0, 2);
        System.arraycopy(kernel, 0, dims, 2, kernel.length);
        weight = Weight.of(this, kind, weightInit, outputAxis(), dims);
        if (bias) {
            double bound = 1 / Math.sqrt((double) Init.fanIn(Shape.of(dims)));
            offset = param("bias", biasInit != null ? biasInit : Init.uniform(-bound, bound), out());
        }
    }

    // ---- calls

    @Override
    final Tensor forward(Tensor x, Optional<Elementwise> then) {
        checkRank(x.shape());
        if (x.dim(1) != in) {
            throw new ShapeException(expects(x.shape())
                    + (x.dim(-1) == in
                            ? "\n  fix:  the channels stand last: x.moveAxis(-1, 1) puts them second"
                            : "\n  rule: the second axis holds the " + in + " channels"));
        }
        return convolve(x, Objects.requireNonNull(weight).now(), Optional.ofNullable(offset), then);
    }

    abstract Tensor convolve(Tensor x, Tensor weight, Optional<Tensor> bias, Optional<Elementwise> then);

    private void checkRank(Shape x) {
        int axes = kernel.length;
        if (x.rank() == axes + 2) {
            return;
        }
        boolean one = x.rank() == axes + 1;
        String fix = one && in > 0 && x.dim(0) == in
                ? "\n  fix:  one sample is a batch too: x.unsqueeze(0)"
                : one && in <= 1
                        ? "\n  fix:  samples of one channel: x.unsqueeze(1)"
                        : "\n  rule: batch and channels come before the " + axes + (axes == 1 ? " axis" : " axes")
                                + " that the kernel moves along";
        throw new ShapeException(expects(x) + fix);
    }

    private String expects(Shape x) {
        return getClass().getSimpleName() + " '" + Context.current().path() + "' expects (B, " + (in == 0 ? "C" : in)
                + ", " + PLACES[kernel.length] + ") but got " + x;
    }

    // ---- description

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("in", in);
        constants.put("out", out);
        constants.put("kernel", list(kernel));
        constants.put("stride", list(how.stride()));
        constants.put("padding", list(how.before()));
        constants.put("dilation", list(how.dilation()));
        constants.put("groups", how.groups());
        constants.put("bias", bias);
        kind.note(constants);
        return Optional.of(Spec.of(getClass().getSimpleName(), constants));
    }

    static List<Long> list(long[] values) {
        return Arrays.stream(values).boxed().toList();
    }

    static long[] numbers(Spec spec, String name) {
        return spec.constants().get(name) instanceof List<?> list
                ? list.stream().mapToLong(v -> ((Number) v).longValue()).toArray()
                : new long[] {spec.number(name)};
    }

    /// The layer with the options of a description.
    static <C extends ConvLayer<C>> C configured(C layer, Spec spec) {
        layer.how = Convolving.over(layer.how.axes())
                .stride(numbers(spec, "stride"))
                .padding(numbers(spec, "padding"))
                .dilation(numbers(spec, "dilation"))
                .groups(spec.number("groups"));
        ((ConvLayer<?>) layer).kind = Weight.Kind.of(spec);
        return spec.flag("bias") ? layer : layer.noBias();
    }

    /// As in `Conv2d(1 -> 32, 3x3, stride 2)`.
    @Override
    public String describe() {
        StringBuilder text = new StringBuilder(getClass().getSimpleName() + "(" + (in == 0 ? "?" : in) + " -> "
                + (in == 0 && out() == 0 ? "?" : out()) + ", "
                + Arrays.stream(kernel).mapToObj(Long::toString).collect(Collectors.joining("x")));
        option(text, "stride", how.stride(), 1);
        text.append(paddingText());
        option(text, "dilation", how.dilation(), 1);
        return text + (how.groups() > 1 ? ", groups " + how.groups() : "") + ")";
    }

    String paddingText() {
        StringBuilder text = new StringBuilder();
        option(text, "padding", how.before(), 0);
        return text.toString();
    }

    static void option(StringBuilder text, String name, long[] values, long usual) {
        if (Arrays.stream(values).anyMatch(v -> v != usual)) {
            boolean equal = Arrays.stream(values).distinct().count() == 1;
            text.append(", ").append(name).append(' ');
            text.append(
                    equal
                            ? Long.toString(values[0])
                            : Arrays.stream(values).mapToObj(Long::toString).collect(Collectors.joining("x")));
        }
    }
}
