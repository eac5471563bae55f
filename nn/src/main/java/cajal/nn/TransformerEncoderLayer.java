package cajal.nn;

import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// One layer of a transformer: attention within the sequence, then two linear layers at each place, each added
/// to its input and normalised.
///
/// By default `y = norm(x + f(x))`, as in the paper; with [#normFirst()] `y = x + f(norm(x))`, which trains
/// deep
/// stacks without a warm-up. With [#causal()] it is the layer of a language model.
///
/// **Shapes** `(B, T, E)` gives the same. The batch is always the first axis. Parameters are named as in
/// PyTorch:
/// `self_attn.in_proj_weight`, `linear1.weight`, `norm1.weight`, ...; so are the defaults, a feed-forward
/// width of
/// 2048, a dropout of 0.1, ReLU.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.1; Xiong et al., "On layer
/// normalization in the transformer architecture", 2020.
public final class TransformerEncoderLayer extends Block {
    private final TransformerForm form;
    private MultiHeadAttention attention;
    private @Nullable Linear linear1;
    private @Nullable Linear linear2;
    private @Nullable Block norm1;
    private @Nullable Block norm2;
    private @Nullable Dropout inner;
    private @Nullable Dropout first;
    private @Nullable Dropout second;

    /// A layer over vectors of `width` numbers with `heads` heads.
    ///
    /// **Throws** [ShapeException] unless the width is a multiple of the number of heads.
    public TransformerEncoderLayer(long width, long heads) {
        this(new TransformerForm(width, heads), new MultiHeadAttention(width, heads));
    }

    private TransformerEncoderLayer(TransformerForm form, MultiHeadAttention attention) {
        this.form = form;
        this.attention = attention;
    }

    /// With another width between the two linear layers.
    public TransformerEncoderLayer feedForward(long width) {
        checkUnsealed();
        form.feedForward(width);
        return this;
    }

    /// With another probability of dropping attention weights, inner neurons and what is added.
    public TransformerEncoderLayer dropout(double p) {
        checkUnsealed();
        form.dropout = new Dropout(p).p();
        return this;
    }

    /// With GELU between the linear layers.
    public TransformerEncoderLayer gelu() {
        checkUnsealed();
        form.gelu = true;
        return this;
    }

    /// Normalises what goes into attention and linear layers, not what comes out.
    public TransformerEncoderLayer normFirst() {
        checkUnsealed();
        form.normFirst = true;
        return this;
    }

    /// Each place sees itself and those before it.
    public TransformerEncoderLayer causal() {
        checkUnsealed();
        form.causal = true;
        return this;
    }

    /// With other initial weights, and biases of zero: `residual` for the two projections whose results are
    /// added to the input, `weights` for the others. Deep stacks begin well with smaller values in
    /// `residual`.
    ///
    /// **Source** Radford et al., "Language models are unsupervised multitask learners", 2019, section 2.3:
    /// normal with standard deviation 0.02, in `residual` divided by the root of the number of such
    /// projections in the stack.
    public TransformerEncoderLayer init(Init weights, Init residual) {
        checkUnsealed();
        form.weights = weights;
        form.residual = residual;
        attention.init(weights, residual);
        return this;
    }

    /// With options of the attention, as in `a -> a.keyValueHeads(2).rotary()`.
    public TransformerEncoderLayer attention(UnaryOperator<MultiHeadAttention> options) {
        checkUnsealed();
        attention = options.apply(attention);
        return this;
    }

    @Override
    protected void seal() {
        attention.dropout(form.dropout);
        add("self_attn", attention);
        linear1 = add("linear1", form.linear1());
        inner = add("dropout", new Dropout(form.dropout));
        linear2 = add("linear2", form.linear2());
        norm1 = add("norm1", form.norm());
        norm2 = add("norm2", form.norm());
        first = add("dropout1", new Dropout(form.dropout));
        second = add("dropout2", new Dropout(form.dropout));
    }

    @Override
    protected Tensor forward(Tensor x) {
        ScaledDotProduct how = new ScaledDotProduct().causal(form.causal);
        return layer(x, t -> attention.apply(t, t, t, how));
    }

    /// As [#apply(Tensor)], with a mask: `new ScaledDotProduct().mask(m)`, `.keys(there)`, `.causal()`.
    public Tensor apply(Tensor x, ScaledDotProduct how) {
        ScaledDotProduct both = form.causal ? how.causal() : how;
        return call(() -> layer(x, t -> attention.apply(t, t, t, both)), x);
    }

    /// The output for new places, which see all places that the cache remembers; it learns the new ones.
    public Tensor apply(Tensor x, KeyValueCache cache) {
        return call(() -> layer(x, t -> attention.apply(t, cache)), x);
    }

    private Tensor layer(Tensor x, UnaryOperator<Tensor> attend) {
        Block n1 = Objects.requireNonNull(norm1);
        Block n2 = Objects.requireNonNull(norm2);
        Dropout d1 = Objects.requireNonNull(first);
        if (form.normFirst) {
            Tensor y = x.add(d1.apply(attend.apply(n1.apply(x))));
            return y.add(feed(n2.apply(y)));
        }
        Tensor y = n1.apply(x.add(d1.apply(attend.apply(x))));
        return n2.apply(y.add(feed(y)));
    }

    private Tensor feed(Tensor x) {
        Tensor wide = form.activated(Objects.requireNonNull(linear1).apply(x));
        Tensor y = Objects.requireNonNull(linear2)
                .apply(Objects.requireNonNull(inner).apply(wide));
        return Objects.requireNonNull(second).apply(y);
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of("TransformerEncoderLayer", form.constants()));
    }

    static TransformerEncoderLayer of(Spec spec) {
        Spec inner = spec.children().get("self_attn");
        TransformerForm form = TransformerForm.of(spec);
        return new TransformerEncoderLayer(form, inner == null ? form.attention() : MultiHeadAttention.of(inner));
    }

    @Override
    public String describe() {
        return "TransformerEncoderLayer" + form;
    }
}
