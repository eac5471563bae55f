package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Attention with several heads, each of which looks for something else: queries, keys and values are
/// projected, every
/// head attends on its share of the width ([ScaledDotProduct]), and the heads' results are projected together.
///
/// As a [Layer] it attends to its own input; [#apply(Tensor, Tensor, Tensor)] attends to another sequence. With
/// [#keyValueHeads] several heads share keys and values; with [#rotary] places are told by rotation.
///
/// **Shapes** `(B, T, E)` gives `(B, T, E)`; `in_proj_weight (E + 2·G·E/H, E)` with `H` heads and `G` heads of
/// keys and
/// values, `in_proj_bias`, `out_proj.weight (E, E)`, `out_proj.bias (E)`. The batch is always the first axis.
///
/// **Initial values** as in PyTorch's `MultiheadAttention`: Xavier's uniform for `in_proj_weight`, zeros for
/// both
/// biases, a linear layer's for `out_proj.weight`.
///
/// **Source** Vaswani et al., "Attention is all you need", 2017, section 3.2.2; Ainslie et al., "GQA: training
/// generalized multi-query transformer models", 2023.
public final class MultiHeadAttention extends Block {
    private final long width;
    private final long heads;
    private long groups;
    private double dropout;
    private boolean bias = true;
    private boolean causal;
    private double rotaryBase;
    private Init init = Init.xavierUniform();
    private @Nullable Init outInit;
    private @Nullable Param weight;
    private @Nullable Param offset;
    private @Nullable Linear out;
    private @Nullable RotaryPositions rotary;

    /// Attention over vectors of `width` numbers with `heads` heads.
    ///
    /// **Throws** [ShapeException] unless the width is a multiple of the number of heads.
    public MultiHeadAttention(long width, long heads) {
        if (width < 1 || heads < 1 || width % heads != 0) {
            throw new ShapeException("MultiHeadAttention(" + width + ", " + heads
                    + ")\n  rule: each head has width / heads numbers, a whole number of at least 1"
                    + (width >= 1 && heads >= 1
                            ? "\n  fix:  a width of " + (width + heads - width % heads) + " serves " + heads + " heads"
                            : ""));
        }
        this.width = width;
        this.heads = heads;
        this.groups = heads;
    }

    /// With fewer heads of keys and values: each serves `heads / n` heads of queries.
    ///
    /// **Throws** [ShapeException] unless `n` divides the number of heads.
    public MultiHeadAttention keyValueHeads(long n) {
        checkUnsealed();
        if (n < 1 || heads % n != 0) {
            throw new ShapeException(n + " heads of keys and values for " + heads
                    + " heads\n  rule: their number divides that of the heads");
        }
        groups = n;
        return this;
    }

    /// In training, drops attention weights with probability `p`.
    public MultiHeadAttention dropout(double p) {
        checkUnsealed();
        new ScaledDotProduct().dropout(p);
        dropout = p;
        return this;
    }

    /// Without biases.
    public MultiHeadAttention noBias() {
        checkUnsealed();
        bias = false;
        return this;
    }

    /// Each place attends to itself and those before it.
    public MultiHeadAttention causal() {
        checkUnsealed();
        causal = true;
        return this;
    }

    /// Queries and keys are rotated by their places, see [RotaryPositions], with base 10000.
    public MultiHeadAttention rotary() {
        return rotary(10_000);
    }

    /// Queries and keys are rotated by their places, see [RotaryPositions].
    ///
    /// **Throws** [ShapeException] if the heads' width is odd.
    public MultiHeadAttention rotary(double base) {
        checkUnsealed();
        rotary = new RotaryPositions(width / heads, base);
        rotaryBase = base;
        return this;
    }

    /// With other initial weights: of the projections of queries, keys and values, and of the one behind
    /// the heads.
    public MultiHeadAttention init(Init in, Init out) {
        checkUnsealed();
        init = in;
        outInit = out;
        return this;
    }

    @Override
    protected void seal() {
        long rows = width + 2 * groups * (width / heads);
        weight = param("in_proj_weight", init, rows, width);
        if (bias) {
            offset = param("in_proj_bias", Init.zeros(), rows);
        }
        Linear last = new Linear(width, width);
        if (outInit != null) {
            last.init(outInit);
        }
        out = add("out_proj", bias ? last.biasInit(Init.zeros()) : last.noBias());
    }

    // ---- calling

    @Override
    protected Tensor forward(Tensor x) {
        return attend(x, x, x, how(), null);
    }

    /// What the queries find in another sequence: `(B, Tq, E)`, `(B, Tk, E)`, `(B, Tk, E)` give `(B, Tq, E)`.
    public Tensor apply(Tensor queries, Tensor keys, Tensor values) {
        return apply(queries, keys, values, new ScaledDotProduct());
    }

    /// As [#apply(Tensor, Tensor, Tensor)], with a mask: `new ScaledDotProduct().causal()`, `.mask(m)`,
    /// `.keys(there)`.
    public Tensor apply(Tensor queries, Tensor keys, Tensor values, ScaledDotProduct how) {
        return call(() -> attend(queries, keys, values, how(how), null), queries, keys, values);
    }

    /// What new places find in themselves and in all places that the cache remembers; the cache learns the new
    /// ones.
    public Tensor apply(Tensor x, KeyValueCache cache) {
        return call(() -> attend(x, x, x, how().causal(), cache), x);
    }

    /// How much each query takes of each value, by head: `(B, H, Tq, Tk)`; PyTorch's mean over heads is
    /// `.mean(1)`.
    public Tensor weights(Tensor queries, Tensor keys, ScaledDotProduct how) {
        return call(
                () -> {
                    List<Tensor> in = projected(queries, keys, keys);
                    return how(how).weights(turned(in.get(0), 0), turned(in.get(1), 0));
                },
                queries,
                keys);
    }

    private ScaledDotProduct how() {
        return how(new ScaledDotProduct());
    }

    private ScaledDotProduct how(ScaledDotProduct given) {
        ScaledDotProduct how = given.dropout(dropout);
        return causal ? how.causal() : how;
    }

    private Tensor attend(Tensor q, Tensor k, Tensor v, ScaledDotProduct how, @Nullable KeyValueCache cache) {
        List<Tensor> in = projected(q, k, v);
        long from = cache == null ? 0 : cache.length(this);
        Tensor keys = turned(in.get(1), from);
        Tensor values = in.get(2);
        if (cache != null) {
            List<Tensor> all = cache.append(this, keys, values);
            keys = all.get(0);
            values = all.get(1);
        }
        Tensor y = how.applyToHeads(turned(in.get(0), from), keys, values);
        return java.util.Objects.requireNonNull(out).apply(y.reshape(y.dim(0), y.dim(1), width));
    }

    private Tensor turned(Tensor t, long from) {
        return rotary == null ? t : rotary.apply(t, from);
    }

    /// Queries `(B, Tq, H, D)`, keys and values `(B, Tk, G, D)`.
    private List<Tensor> projected(Tensor q, Tensor k, Tensor v) {
        for (Tensor t : List.of(q, k, v)) {
            if (t.rank() != 3 || t.dim(-1) != width) {
                throw new ShapeException("MultiHeadAttention '"
                        + Context.current().path() + "' expects (B, T, " + width
                        + ") but got " + t.shape() + "\n  rule: batch, places, width"
                        + (t.rank() == 2 && t.dim(-1) == width ? "\n  fix:  one sequence is x.unsqueeze(0)" : ""));
            }
        }
        long shared = groups * (width / heads);
        if (q == k && k == v) {
            List<Tensor> all = project(q, 0, width + 2 * shared).split(-1, width, shared, shared);
            return List.of(headed(all.get(0), heads), headed(all.get(1), groups), headed(all.get(2), groups));
        }
        Tensor queries = project(q, 0, width);
        if (k == v) {
            List<Tensor> both = project(k, width, width + 2 * shared).split(-1, shared, shared);
            return List.of(headed(queries, heads), headed(both.get(0), groups), headed(both.get(1), groups));
        }
        return List.of(
                headed(queries, heads),
                headed(project(k, width, width + shared), groups),
                headed(project(v, width + shared, width + 2 * shared), groups));
    }

    private Tensor project(Tensor x, long from, long to) {
        Tensor w = java.util.Objects.requireNonNull(weight).slice(0, from, to);
        return offset == null ? x.matmul(w.t()) : x.affine(w, offset.slice(0, from, to));
    }

    private Tensor headed(Tensor t, long n) {
        return t.reshape(t.dim(0), t.dim(1), n, width / heads);
    }

    // ---- description

    /// The number of heads of keys and values.
    long groups() {
        return groups;
    }

    /// The numbers of each head.
    long headWidth() {
        return width / heads;
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("width", width);
        constants.put("heads", heads);
        constants.put("keyValueHeads", groups);
        constants.put("dropout", dropout);
        constants.put("bias", bias);
        constants.put("causal", causal);
        constants.put("rotary", rotaryBase);
        return Optional.of(Spec.of("MultiHeadAttention", constants));
    }

    static MultiHeadAttention of(Spec spec) {
        MultiHeadAttention a = new MultiHeadAttention(spec.number("width"), spec.number("heads"))
                .keyValueHeads(spec.number("keyValueHeads"))
                .dropout(spec.real("dropout"));
        a.bias = spec.flag("bias");
        a.causal = spec.flag("causal");
        return spec.real("rotary") == 0 ? a : a.rotary(spec.real("rotary"));
    }

    @Override
    public String describe() {
        return "MultiHeadAttention(" + width + ", " + heads + " heads" + (causal ? ", causal" : "") + ")";
    }
}
