package cajal.data;

import cajal.tensor.RandomKey;
import java.util.random.RandomGenerator;

/// The random numbers of one drawn thing, in the order in which they are asked for; the same key gives the same
/// numbers on every machine, because nothing here goes through a transcendental function whose last bit may
/// differ.
final class Draws {
    private static final double SIXTEEN_BITS = 1.0 / 65_536;

    private final RandomGenerator bits;

    Draws(RandomKey key) {
        bits = key.generator();
    }

    /// A double in [0, 1).
    double unit() {
        return (bits.nextLong() >>> 11) * 0x1p-53;
    }

    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    boolean chance(double probability) {
        return unit() < probability;
    }

    /// A bell-shaped draw with mean 0, variance 1 and bounds ±√12 = ±3.46: the sum of four uniform ones
    /// (Irwin and Hall), which is near enough to a normal draw for a hand and never wild.
    double bell() {
        long four = bits.nextLong();
        double sum =
                ((four & 0xffff) + ((four >>> 16) & 0xffff) + ((four >>> 32) & 0xffff) + (four >>> 48)) * SIXTEEN_BITS;
        return (sum - 2 + 2 * SIXTEEN_BITS) * 1.7320508075688772; // variance of the sum: 4/12
    }
}
