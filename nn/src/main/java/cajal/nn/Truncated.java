package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;

/// Draws from a normal distribution cut to an interval: element `i` takes the first of its own stream of normal
/// numbers that falls inside.
final class Truncated {
    private static final int MOST_DRAWS = 100_000;

    private Truncated() {}

    static Tensor normal(RandomKey key, Shape shape, double mean, double std, double low, double high) {
        if (!(low < high) || low > mean + 3 * std || high < mean - 3 * std) {
            throw new IllegalArgumentException(
                    "truncatedNormal(mean " + mean + ", std " + std + ", " + low + " .. " + high + ")"
                            + "\n  rule: low < high, and the interval reaches within 3 standard deviations of the mean");
        }
        Tensor t = Tensor.zeros(cajal.kernel.DType.F32, shape);
        for (long i = 0; i < shape.size(); i++) {
            var random = key.fold(i).generator();
            double x = high + 1;
            for (int draw = 0; draw < MOST_DRAWS && !(x >= low && x <= high); draw++) {
                double u = 1 - random.nextDouble();
                double v = random.nextDouble();
                x = mean + std * Math.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v);
            }
            t.view().put(i, Math.clamp(x, low, high));
        }
        return t;
    }
}
