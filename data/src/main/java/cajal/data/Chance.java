package cajal.data;

import cajal.kernel.Philox;
import java.util.random.RandomGenerator;

/// Draws from a sequence of random bits, the same on every machine.
final class Chance {
    private Chance() {}

    /// A number in [0, 1).
    static double unit(RandomGenerator random) {
        return Philox.unit(random.nextLong());
    }

    static double between(RandomGenerator random, double low, double high) {
        return low + (high - low) * unit(random);
    }

    /// A whole number in 0 .. n-1.
    static int below(RandomGenerator random, int n) {
        return (int) Math.unsignedMultiplyHigh(random.nextLong(), n);
    }

    /// The numbers 0 .. n-1 in any order.
    static int[] order(RandomGenerator random, int n) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = below(random, i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /// A draw from the beta distribution with both parameters `alpha`, as `g / (g + h)` of two gamma draws.
    static double beta(RandomGenerator random, double alpha) {
        double g = logGamma(random, alpha);
        double h = logGamma(random, alpha);
        return 1 / (1 + StrictMath.exp(h - g));
    }

    /// The logarithm of a draw from the gamma distribution, which is too small for a double where alpha is
    /// small.
    ///
    /// **Source** Marsaglia, Tsang, "A simple method for generating gamma variables", ACM Transactions on
    /// Mathematical Software 26, 2000.
    private static double logGamma(RandomGenerator random, double alpha) {
        double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = normal(random);
            double v = 1 + c * x;
            if (v > 0) {
                double cube = v * v * v;
                double u = 1 - unit(random);
                if (StrictMath.log(u) < 0.5 * x * x + d - d * cube + d * StrictMath.log(cube)) {
                    double boost = alpha < 1 ? StrictMath.log(1 - unit(random)) / alpha : 0;
                    return StrictMath.log(d * cube) + boost;
                }
            }
        }
    }

    private static double normal(RandomGenerator random) {
        double radius = Math.sqrt(-2 * StrictMath.log(1 - unit(random)));
        return radius * StrictMath.cos(2 * Math.PI * unit(random));
    }

    /// Refuses what is no probability.
    static double probability(String name, double p) {
        if (!(p >= 0 && p <= 1)) {
            throw new IllegalArgumentException(name + " with the probability " + p + "\n  rule: 0 .. 1");
        }
        return p;
    }
}
