package cajal.tensor;

import cajal.kernel.Philox;
import java.util.random.RandomGenerator;

/// Names one stream of random numbers: everything that is random in Cajal is a pure function of such a key,
/// so that equal keys give equal numbers on every machine, in any order, on any thread. There is no global
/// seed.
///
/// Keys are derived, never advanced: `RandomKey.of(42).fold("net.0").fold(step)`.
///
/// **Source:** the counter-based scheme of [Philox]; the derivation of keys follows JAX's `fold_in`.
///
/// @param bits the 64 bits that identify the stream
public record RandomKey(long bits) {
    /// The key that belongs to a seed.
    public static RandomKey of(long seed) {
        return new RandomKey(Philox.bits(0x43616a616cL, seed));
    }

    /// The key of the `index`-th stream below this one.
    public RandomKey fold(long index) {
        return new RandomKey(Philox.bits(bits, index));
    }

    /// The key of the stream below this one that has a name.
    public RandomKey fold(String name) {
        RandomKey key = this;
        for (int i = 0; i < name.length(); i++) {
            key = key.fold(name.charAt(i) + 1L);
        }
        return key.fold(-1L - name.length());
    }

    /// A sequence of random numbers that starts at the beginning of this key's stream each time.
    public RandomGenerator generator() {
        return new RandomGenerator() {
            private final int[] block = new int[4];
            private long counter;
            private boolean half;

            @Override
            public long nextLong() {
                if (half) {
                    half = false;
                    return ((long) block[3] << 32) | (block[2] & 0xffffffffL);
                }
                Philox.block(bits, counter++, 1, block);
                half = true;
                return ((long) block[1] << 32) | (block[0] & 0xffffffffL);
            }
        };
    }
}
