package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Texts and their classes: inputs `(B, T)` are the texts' first `T` tokens, shorter texts filled up at the
/// end; targets `(B)` the class indices. A batch has one more tensor, `lengths` `(B)`: how many tokens of
/// each row are the text's.
///
/// A text without a token counts as one token that fills up, so that no length is 0.
public final class LabelledTexts implements Dataset {
    /// The name of a batch's tensor of lengths.
    public static final String LENGTHS = "lengths";

    private final int[][] tokens;
    private final long[] labels;
    private final List<String> classes;
    private final int length;
    private final long padding;

    private LabelledTexts(int[][] tokens, long[] labels, List<String> classes, int length, long padding) {
        this.tokens = tokens;
        this.labels = labels;
        this.classes = classes;
        this.length = length;
        this.padding = padding;
    }

    /// Encodes the texts.
    ///
    /// @param tokenizer makes tokens of texts, and says which token fills up
    /// @param texts the texts
    /// @param labels the class index of each
    /// @param classes the names of the classes
    /// @param length the number of tokens of an input
    ///
    /// **Throws** [DataException] unless there is one label a text, from 0 on and below the number of classes.
    public static LabelledTexts of(
            Tokenizer tokenizer, List<String> texts, long[] labels, List<String> classes, int length) {
        if (texts.size() != labels.length || length < 1) {
            throw new DataException(texts.size() + " texts, " + labels.length + " labels, inputs of " + length
                    + " tokens\n  rule: one label a text, and at least one token");
        }
        int[][] tokens = new int[labels.length][];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classes.size()) {
                throw new DataException("Text " + i + " has the label " + labels[i] + "\n  rule: labels are 0 .. "
                        + (classes.size() - 1));
            }
            tokens[i] = Arrays.stream(tokenizer.encode(texts.get(i)))
                    .limit(length)
                    .mapToInt(Math::toIntExact)
                    .toArray();
        }
        return new LabelledTexts(tokens, labels.clone(), List.copyOf(classes), length, tokenizer.padding());
    }

    @Override
    public long size() {
        return labels.length;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(length);
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Batch batch(long... samples) {
        long[] inputs = new long[Math.multiplyExact(samples.length, length)];
        long[] lengths = new long[samples.length];
        Arrays.fill(inputs, padding);
        for (int row = 0; row < samples.length; row++) {
            int[] text = tokens[Math.toIntExact(samples[row])];
            for (int t = 0; t < text.length; t++) {
                inputs[row * length + t] = text[t];
            }
            lengths[row] = Math.max(1, text.length);
        }
        return new Batch(
                Tensor.wrap(new HostStorage.Longs(inputs), Shape.of(samples.length, length)),
                targets(samples),
                Map.of(LENGTHS, Tensor.indices(lengths)));
    }

    @Override
    public Tensor targets(long... samples) {
        return Tensor.indices(
                Arrays.stream(samples).map(s -> labels[Math.toIntExact(s)]).toArray());
    }

    @Override
    public String name(long sample) {
        return "text " + sample;
    }
}
