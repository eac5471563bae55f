package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A table with one learnt row a word, and for each bag of words the mean, sum or largest of their rows.
///
/// Bags of one length are the rows of a matrix, [#apply(Tensor)]; bags of any lengths stand one behind the
/// other, with the position at which each begins, [#apply(Tensor, Tensor)]. An empty bag gives zeros. A
/// word to be left out, with [#padding(long)], counts in no bag.
///
/// **Shapes** `(B, n)` gives `(B, size)`; `weight (words, size)`.
///
/// **Initial values** standard normal; the mean, as in PyTorch.
///
/// **Throws** [cajal.kernel.IndexException] for a word that has no row.
///
/// **Source** Joulin, Grave, Bojanowski, Mikolov, "Bag of tricks for efficient text classification", 2016.
public final class EmbeddingBag extends Block {
    private final long words;
    private final long size;
    private long padding = -1;
    private Kind kind = Kind.MEAN;
    private Init init = Init.normal(0, 1);
    private @Nullable Param weight;

    /// What becomes of the rows of a bag.
    private enum Kind {
        SUM,
        MEAN,
        MAX
    }

    /// A table of `words` rows of `size` numbers.
    public EmbeddingBag(long words, long size) {
        this.words = words;
        this.size = size;
        Embedding.check("EmbeddingBag", words, size);
    }

    /// The sum of a bag's rows.
    public EmbeddingBag sum() {
        return kind(Kind.SUM);
    }

    /// The mean of a bag's rows.
    public EmbeddingBag mean() {
        return kind(Kind.MEAN);
    }

    /// The largest number at each place of a bag's rows.
    public EmbeddingBag max() {
        return kind(Kind.MAX);
    }

    private EmbeddingBag kind(Kind kind) {
        checkUnsealed();
        this.kind = kind;
        return this;
    }

    /// With a word that counts in no bag; a negative one counts from the end.
    public EmbeddingBag padding(long word) {
        checkUnsealed();
        padding = Embedding.word("EmbeddingBag", word, words);
        return this;
    }

    /// With other initial rows.
    public EmbeddingBag init(Init init) {
        checkUnsealed();
        this.init = init;
        return this;
    }

    @Override
    protected void seal() {
        weight = param("weight", Embedding.without(init, padding), words, size);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 2) {
            throw new ShapeException("EmbeddingBag '" + Context.current().path() + "' expects (B, n) but got "
                    + x.shape()
                    + "\n"
                    + "  rule: a row holds the words of a bag\n"
                    + "  fix:  apply(words, offsets) takes bags of any lengths");
        }
        Tensor index = Embedding.index("EmbeddingBag", x);
        return padding < 0 ? bags(index, Optional.empty()) : bags(index, Optional.of(index.ne(padding)));
    }

    /// Bags of any lengths.
    ///
    /// @param words the words of all bags, one bag behind the other, `(N)`
    /// @param offsets where each bag begins, in ascending order from 0, `(B)`
    ///
    /// **Throws** [ShapeException] unless both are vectors and the offsets ascend from 0 to at most `N`.
    public Tensor apply(Tensor words, Tensor offsets) {
        return call(() -> ragged(Embedding.index("EmbeddingBag", words), offsets), words, offsets);
    }

    /// The bags as rows of one length, filled up with word 0 and a mask that says which words count.
    private Tensor ragged(Tensor index, Tensor offsets) {
        if (index.rank() != 1 || offsets.rank() != 1) {
            throw new ShapeException("EmbeddingBag '" + Context.current().path() + "' got words " + index.shape()
                    + " and offsets " + offsets.shape() + "\n  rule: both are vectors");
        }
        long[] from = offsets.toLongs();
        long[] all = index.toLongs();
        int longest = 0;
        for (int i = 0; i < from.length; i++) {
            long end = i + 1 < from.length ? from[i + 1] : all.length;
            if (i == 0 && from[0] != 0 || end < from[i] || end > all.length) {
                throw new ShapeException("EmbeddingBag '" + Context.current().path() + "': bag " + i + " of "
                        + from.length + " reaches from word " + from[i] + " to " + end + " of " + all.length
                        + "\n  rule: offsets ascend from 0 to at most the number of words");
            }
            longest = (int) Math.max(longest, end - from[i]);
        }
        long[] rows = new long[from.length * longest];
        boolean[] counts = new boolean[rows.length];
        for (int i = 0; i < from.length; i++) {
            long end = i + 1 < from.length ? from[i + 1] : all.length;
            for (long k = from[i]; k < end; k++) {
                int at = i * longest + (int) (k - from[i]);
                rows[at] = all[(int) k];
                counts[at] = all[(int) k] != padding;
            }
        }
        return bags(
                Tensor.ofLongs(rows, from.length, longest),
                Optional.of(Tensor.of(counts).reshape(from.length, longest)));
    }

    private Tensor bags(Tensor index, Optional<Tensor> counts) {
        Tensor rows = Embedding.rows("EmbeddingBag", index, Objects.requireNonNull(weight), -1); // (B, n, size)
        if (counts.isEmpty()) {
            return switch (kind) {
                case SUM -> rows.sum(1);
                case MEAN -> index.dim(1) == 0 ? rows.sum(1) : rows.mean(1);
                case MAX -> index.dim(1) == 0 ? rows.sum(1) : rows.max(1);
            };
        }
        Tensor counted = counts.get();
        Tensor beside = counted.unsqueeze(-1);
        Tensor number = counted.to(DType.I64).sumKeep(1); // (B, 1)
        Tensor zero = Tensor.scalar(0, rows.dtype());
        return switch (kind) {
            case SUM -> Tensor.where(beside, rows, zero).sum(1);
            case MEAN ->
                Tensor.where(beside, rows, zero)
                        .sum(1)
                        .div(number.to(rows.dtype()).maximum(Tensor.scalar(1, rows.dtype())));
            case MAX -> {
                Tensor least = Tensor.scalar(Double.NEGATIVE_INFINITY, rows.dtype());
                Tensor most = Tensor.where(beside, rows, least).max(1);
                yield Tensor.where(number.gt(0), most, zero);
            }
        };
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("words", words);
        constants.put("size", size);
        constants.put("padding", padding);
        constants.put("kind", kind.name().toLowerCase(Locale.ROOT));
        return Optional.of(Spec.of("EmbeddingBag", constants));
    }

    static EmbeddingBag of(Spec spec) {
        EmbeddingBag e = new EmbeddingBag(spec.number("words"), spec.number("size"))
                .kind(Kind.valueOf(spec.text("kind").toUpperCase(Locale.ROOT)));
        return spec.number("padding") < 0 ? e : e.padding(spec.number("padding"));
    }

    @Override
    public String describe() {
        return "EmbeddingBag(" + words + " -> " + size + ", " + kind.name().toLowerCase(Locale.ROOT) + ")";
    }
}
