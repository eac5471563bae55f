package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.IndexException;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A table with one learnt row a word: `y = weight[x]`.
///
/// A word to be left out, with [#padding(long)], has a row of zeros at first and no gradient.
///
/// **Shapes** `(...)`, whole numbers of any type from 0 to `words - 1`, gives `(..., size)`; `weight
/// (words, size)`.
///
/// **Gradient** each row's is the sum over the places where its word stands.
///
/// **Initial values** standard normal, as in PyTorch.
///
/// **Throws** [IndexException] for a word that has no row.
///
/// **Source** Bengio, Ducharme, Vincent, Jauvin, "A neural probabilistic language model", JMLR 3, 2003.
public final class Embedding extends Block {
    private final long words;
    private final long size;
    private long padding = -1;
    private Init init = Init.normal(0, 1);
    private @Nullable Param weight;

    /// A table of `words` rows of `size` numbers.
    public Embedding(long words, long size) {
        this.words = words;
        this.size = size;
        check("Embedding", words, size);
    }

    static void check(String layer, long words, long size) {
        if (words < 1 || size < 1) {
            throw new ShapeException(layer + "(" + words + ", " + size + ")\n  rule: sizes are at least 1");
        }
    }

    /// With a word that stands for nothing; a negative one counts from the end.
    public Embedding padding(long word) {
        checkUnsealed();
        padding = word("Embedding", word, words);
        return this;
    }

    static long word(String layer, long word, long words) {
        if (word < -words || word >= words) {
            throw new IllegalArgumentException(
                    layer + ".padding(" + word + ")\n  rule: from " + -words + " to " + (words - 1));
        }
        return word < 0 ? word + words : word;
    }

    /// With other initial rows.
    public Embedding init(Init init) {
        checkUnsealed();
        this.init = init;
        return this;
    }

    /// The table, for a layer that shares it: `tie("weight", embedding.weight())` in the one that turns
    /// states back into words.
    public Param weight() {
        parts(); // seals
        return Objects.requireNonNull(weight);
    }

    @Override
    protected void seal() {
        weight = param("weight", without(init, padding), words, size);
    }

    /// Initial values with one row of zeros.
    static Init without(Init init, long row) {
        return row < 0
                ? init
                : (key, shape) -> {
                    Tensor t = init.make(key, shape).copy();
                    for (long j = 0; j < shape.dim(1); j++) {
                        t.view().put(row * shape.dim(1) + j, 0);
                    }
                    return t;
                };
    }

    @Override
    protected Tensor forward(Tensor x) {
        return rows("Embedding", x, weight(), padding);
    }

    /// The rows of a table at indices of any shape; no gradient reaches the row of the padding word.
    static Tensor rows(String layer, Tensor x, Tensor table, long padding) {
        Tensor index = index(layer, x);
        Tensor rows;
        try {
            rows = table.indexSelect(0, index.flatten(0));
        } catch (IndexException e) {
            throw new IndexException(
                    layer + " '" + Context.current().path() + "' of " + table.dim(0) + " words: " + e.getMessage());
        }
        long[] dims = Arrays.copyOf(x.shape().dims(), x.rank() + 1);
        dims[x.rank()] = table.dim(1);
        Tensor y = rows.reshape(Shape.of(dims));
        return padding < 0
                ? y
                : Tensor.where(index.eq(padding).unsqueeze(-1), table.detach().at(padding), y);
    }

    static Tensor index(String layer, Tensor x) {
        if (x.dtype() == DType.BOOL) {
            throw new ShapeException(layer + " '" + Context.current().path() + "' got truth values of shape "
                    + x.shape() + "\n  rule: it looks up whole numbers, one a word");
        }
        return x.dtype() == DType.I64 || x.dtype() == DType.I32 ? x : x.to(DType.I64);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("words", words);
        constants.put("size", size);
        constants.put("padding", padding);
        return Optional.of(Spec.of("Embedding", constants));
    }

    static Embedding of(Spec spec) {
        Embedding e = new Embedding(spec.number("words"), spec.number("size"));
        return spec.number("padding") < 0 ? e : e.padding(spec.number("padding"));
    }

    @Override
    public String describe() {
        return "Embedding(" + words + " -> " + size + ")";
    }
}
