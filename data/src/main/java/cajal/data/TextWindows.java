package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Philox;
import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Objects;

/// Windows of a long text, to learn the next token from: inputs `(B, T)` are the tokens at `s .. s+T-1`,
/// targets `(B, T)` those at `s+1 .. s+T`.
///
/// @param tokens the text
/// @param length the length `T` of a window
/// @param size the number of windows
/// @param random whether windows begin anywhere, anew each epoch, or one after another
public record TextWindows(Corpus tokens, int length, long size, boolean random) implements Dataset {
    private static final RandomKey FIRST = RandomKey.of(0);

    /// Checks that the windows fit into the text.
    ///
    /// **Throws** [DataException] if the text is not longer than a window, or there is no window.
    public TextWindows {
        if (length < 1 || tokens.size() <= length) {
            throw new DataException("Windows of " + length + " tokens in a text of " + tokens.size()
                    + "\n  rule: at least one token, and the text is longer than a window by one at least");
        }
        if (size < 1 || !random && size > (tokens.size() - 1) / length) {
            throw new DataException(size + " windows of " + length + " tokens in a text of " + tokens.size()
                    + "\n  rule: at least one" + (random ? "" : ", and all lie in the text"));
        }
    }

    /// Windows that begin anywhere: `size` of them are called an epoch. Where window `i` begins is a
    /// function of the epoch's key and `i`.
    public static TextWindows random(Corpus tokens, int length, long size) {
        return new TextWindows(tokens, length, size, true);
    }

    /// Windows that follow each other without overlap, to measure on; the last tokens, which fill no
    /// window, are left out.
    public static TextWindows inOrder(Corpus tokens, int length) {
        return new TextWindows(tokens, length, Math.max(1, (tokens.size() - 1) / Math.max(1, length)), false);
    }

    @Override
    public Shape inputShape() {
        return Shape.of(length);
    }

    @Override
    public List<String> classes() {
        return List.of();
    }

    @Override
    public Batch batch(long... samples) {
        return draw(FIRST, samples);
    }

    @Override
    public Batch draw(RandomKey epoch, long... samples) {
        long[] inputs = new long[Math.multiplyExact(samples.length, length)];
        long[] targets = new long[inputs.length];
        for (int row = 0; row < samples.length; row++) {
            long from = start(epoch, Objects.checkIndex(samples[row], size));
            for (int t = 0; t < length; t++) {
                inputs[row * length + t] = tokens.at(from + t);
                targets[row * length + t] = tokens.at(from + t + 1);
            }
        }
        Shape shape = Shape.of(samples.length, length);
        return new Batch(
                Tensor.wrap(new HostStorage.Longs(inputs), shape), Tensor.wrap(new HostStorage.Longs(targets), shape));
    }

    /// Where a window begins: any place from which a window and the token after it lie in the text.
    private long start(RandomKey epoch, long window) {
        long places = tokens.size() - length;
        return random ? Math.unsignedMultiplyHigh(Philox.bits(epoch.bits(), window), places) : window * length;
    }
}
