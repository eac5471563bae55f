package cajal.nn;

import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.PrimitiveIterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;

/// Continues a sequence of tokens: draws the next one with the probabilities `softmax(scores /
/// temperature)` that a network gives it, appends it, and asks again.
///
/// ```java
/// long[] more = new Generation(net, 64).temperature(0.8).topK(20).seed(1).after(prompt).limit(200).toArray();
/// ```
///
/// While the sequence fits into the window each place of a transformer is computed once ([KeyValueCache]);
/// afterwards the network sees the last tokens, a window full of them, anew for each token.
///
/// **Shapes** the network makes of tokens `(1, T)`, `T` up to the window, scores `(1, T, C)`.
///
/// **Numerics** the same seed and prompt give the same tokens.
public final class Generation {
    private final Block net;
    private final int window;
    private double temperature = 1;
    private int topK = Integer.MAX_VALUE;
    private RandomKey key = RandomKey.of(0).fold("generation");

    /// With a network that sees up to `window` tokens at once.
    ///
    /// **Throws** [IllegalArgumentException] if that is below 1.
    public Generation(Block net, int window) {
        if (window < 1) {
            throw new IllegalArgumentException("A window of " + window + " tokens\n  rule: at least 1");
        }
        this.net = net;
        this.window = window;
    }

    /// How daring it is: below 1 probable tokens become more probable, at 0 the most probable one is always
    /// taken. Default 1.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Generation temperature(double temperature) {
        if (!(temperature >= 0) || Double.isInfinite(temperature)) {
            throw new IllegalArgumentException("A temperature of " + temperature
                    + "\n  rule: a finite number of at least 0; 1 is the network's own");
        }
        this.temperature = temperature;
        return this;
    }

    /// Draws among the `k` most probable tokens only. Default: among all.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public Generation topK(int k) {
        if (k < 1) {
            throw new IllegalArgumentException("The " + k + " most probable tokens\n  rule: at least 1");
        }
        topK = k;
        return this;
    }

    /// The seed of the draws. Default 0.
    public Generation seed(long seed) {
        key = RandomKey.of(seed).fold("generation");
        return this;
    }

    /// The tokens that follow, without end: computed when they are asked for, by one thread.
    ///
    /// **Throws** [IllegalArgumentException] for an empty prompt.
    public LongStream after(long... prompt) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("An empty prompt\n  rule: a network continues at least one token");
        }
        return StreamSupport.longStream(
                Spliterators.spliteratorUnknownSize(new Tokens(prompt), Spliterator.ORDERED), false);
    }

    /// What one call of [#after] has made so far.
    private final class Tokens implements PrimitiveIterator.OfLong {
        private final KeyValueCache cache = new KeyValueCache(window);
        private final boolean caching =
                net instanceof Sequential s && s.layers().stream().anyMatch(Generation::caches);
        private long[] seen; // a window full at most
        private int fresh; // how many of them, at the end, the cache does not remember
        private boolean sliding; // whether there were more
        private long drawn;

        Tokens(long... prompt) {
            seen = last(prompt);
            fresh = seen.length;
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public long nextLong() {
            float[] scores = scores();
            long token = draw(scores, key.fold(drawn++).generator().nextDouble());
            sliding |= seen.length == window;
            seen = Arrays.copyOf(seen, seen.length + 1);
            seen[seen.length - 1] = token;
            seen = last(seen);
            fresh = 1;
            return token;
        }

        private float[] scores() {
            try (var _ = Grad.off();
                    var _ = Mode.inference()) {
                boolean cached = caching && !sliding;
                long[] asked = cached ? Arrays.copyOfRange(seen, seen.length - fresh, seen.length) : seen;
                Tensor x = Tensor.ofLongs(asked, 1, asked.length);
                Tensor y = cached ? ((Sequential) net).apply(x, cache) : net.apply(x);
                return y.at(0).at(asked.length - 1).toFloats();
            }
        }
    }

    /// Whether a layer is one that a cache is for.
    private static boolean caches(Layer layer) {
        return layer instanceof TransformerEncoder || layer instanceof TransformerEncoderLayer;
    }

    private long[] last(long... tokens) {
        return Arrays.copyOfRange(tokens, Math.max(0, tokens.length - window), tokens.length);
    }

    /// The token at which the sum of the probabilities, the most probable ones first, exceeds a number from
    /// 0 to 1.
    private long draw(float[] scores, double uniform) {
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -scores[i]))
                .limit(temperature == 0 ? 1 : topK)
                .mapToInt(i -> i)
                .toArray();
        double[] weights = new double[order.length];
        double sum = 0;
        for (int i = 0; i < order.length; i++) {
            weights[i] = order.length == 1 ? 1 : StrictMath.exp((scores[order[i]] - scores[order[0]]) / temperature);
            sum += weights[i];
        }
        double rest = uniform * sum;
        for (int i = 0; i < order.length; i++) {
            rest -= weights[i];
            if (rest < 0) {
                return order[i];
            }
        }
        return order[0];
    }
}
