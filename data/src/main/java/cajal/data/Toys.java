package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.function.DoubleBinaryOperator;
import java.util.random.RandomGenerator;

/// Small two-dimensional problems with a known shape, made from a seed: the figures that every textbook draws.
///
/// Inputs are points `(x, y)` of about unit size; each problem is a pure function of its arguments.
public final class Toys {
    private Toys() {}

    /// Where a sample lies: class, position within the class from 0 to 1, noise.
    private interface Curve2 {
        void put(int label, double t, RandomGenerator random, float[] point);
    }

    private static Dataset classes(long n, int classes, long seed, Curve2 curve) {
        if (n < classes) {
            throw new IllegalArgumentException(
                    n + " samples of " + classes + " classes\n  rule: at least one sample a class");
        }
        float[] points = new float[Math.toIntExact(2 * n)];
        long[] labels = new long[(int) n];
        RandomGenerator random = RandomKey.of(seed).fold("toys").generator();
        float[] point = new float[2];
        for (int i = 0; i < n; i++) {
            labels[i] = i % classes;
            long turn = i / classes; // samples of this class before this one
            double t = n <= classes ? 0 : turn / Math.floor((n - 1.0) / classes);
            curve.put((int) labels[i], t, random, point);
            points[2 * i] = point[0];
            points[2 * i + 1] = point[1];
        }
        String[] names = new String[classes];
        for (int c = 0; c < classes; c++) {
            names[c] = Integer.toString(c);
        }
        return Dataset.of(
                Tensor.wrap(new HostStorage.Floats(points), Shape.of(n, 2)),
                Tensor.wrap(new HostStorage.Longs(labels), Shape.of(n)),
                names);
    }

    private static void put(float[] point, double x, double y, double noise, RandomGenerator random) {
        double radius = noise * Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
        double angle = 2 * Math.PI * random.nextDouble();
        point[0] = (float) (x + radius * StrictMath.cos(angle));
        point[1] = (float) (y + radius * StrictMath.sin(angle));
    }

    /// Round clouds around centres that lie evenly on a circle; a straight line tells two of them apart.
    ///
    /// @param n the number of samples
    /// @param classes the number of clouds
    /// @param noise the standard deviation of a cloud
    /// @param seed the seed
    public static Dataset blobs(long n, int classes, double noise, long seed) {
        return classes(n, classes, seed, (c, _, random, p) -> {
            double angle = 2 * Math.PI * c / classes + 0.5;
            put(p, StrictMath.cos(angle), StrictMath.sin(angle), noise, random);
        });
    }

    /// A circle inside another one.
    public static Dataset circles(long n, double noise, long seed) {
        return classes(n, 2, seed, (c, t, random, p) -> {
            double angle = 2 * Math.PI * t;
            double radius = c == 0 ? 1 : 0.5;
            put(p, radius * StrictMath.cos(angle), radius * StrictMath.sin(angle), noise, random);
        });
    }

    /// Two half moons that reach into each other.
    public static Dataset moons(long n, double noise, long seed) {
        return classes(n, 2, seed, (c, t, random, p) -> {
            double angle = Math.PI * t;
            double x = c == 0 ? StrictMath.cos(angle) : 1 - StrictMath.cos(angle);
            double y = c == 0 ? StrictMath.sin(angle) : 0.5 - StrictMath.sin(angle);
            put(p, x - 0.5, y - 0.25, noise, random);
        });
    }

    /// Four clouds in the corners of a square; those on a diagonal belong together. No straight line tells
    /// the classes apart.
    public static Dataset xor(long n, double noise, long seed) {
        return classes(n, 2, seed, (c, _, random, p) -> {
            double side = random.nextBoolean() ? 1 : -1;
            put(p, side, c == 0 ? side : -side, noise, random);
        });
    }

    /// Arms of a spiral that wind around each other.
    ///
    /// @param n the number of samples
    /// @param arms the number of arms, one a class
    /// @param noise the standard deviation around an arm
    /// @param seed the seed
    public static Dataset spirals(long n, int arms, double noise, long seed) {
        return classes(n, arms, seed, (c, t, random, p) -> {
            double angle = 3.5 * t + 2 * Math.PI * c / arms;
            put(p, t * StrictMath.cos(angle), t * StrictMath.sin(angle), noise * (0.2 + 0.8 * t), random);
        });
    }

    /// A regression on the square -1..1: a sloping plane, `(x + y) / 2 + noise`, which a single neuron learns.
    public static Dataset plane(long n, double noise, long seed) {
        return values(n, noise, seed, (x, y) -> (x + y) / 2);
    }

    /// A regression on the square -1..1: five bumps and hollows of height 1, `sum of ±exp(-d²/0.125) +
    /// noise`, `d` being the distance from each one's middle.
    public static Dataset bumps(long n, double noise, long seed) {
        double[][] middles = {{0, 0, 1}, {0.65, 0.65, -1}, {-0.65, 0.65, 1}, {-0.65, -0.65, -1}, {0.65, -0.65, 1}};
        return values(n, noise, seed, (x, y) -> {
            double sum = 0;
            for (double[] m : middles) {
                double far = (x - m[0]) * (x - m[0]) + (y - m[1]) * (y - m[1]);
                sum += m[2] * StrictMath.exp(-far / 0.125);
            }
            return sum;
        });
    }

    private static Dataset values(long n, double noise, long seed, DoubleBinaryOperator height) {
        RandomGenerator random = RandomKey.of(seed).fold("toys").generator();
        float[] points = new float[Math.toIntExact(2 * n)];
        float[] targets = new float[(int) n];
        float[] shaken = new float[2];
        for (int i = 0; i < n; i++) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            points[2 * i] = (float) x;
            points[2 * i + 1] = (float) y;
            put(shaken, height.applyAsDouble(x, y), 0, noise, random);
            targets[i] = shaken[0];
        }
        return Dataset.of(
                Tensor.wrap(new HostStorage.Floats(points), Shape.of(n, 2)),
                Tensor.wrap(new HostStorage.Floats(targets), Shape.of(n, 1)));
    }

    /// A regression: `y = sin(x) + noise` for `x` evenly in -π .. π.
    public static Dataset sine(long n, double noise, long seed) {
        RandomGenerator random = RandomKey.of(seed).fold("sine").generator();
        float[] x = new float[Math.toIntExact(n)];
        float[] y = new float[(int) n];
        float[] shaken = new float[2];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (-Math.PI + 2 * Math.PI * i / Math.max(1, n - 1));
            put(shaken, 0, StrictMath.sin(x[i]), noise, random);
            y[i] = shaken[1];
        }
        return Dataset.of(
                Tensor.wrap(new HostStorage.Floats(x), Shape.of(n, 1)),
                Tensor.wrap(new HostStorage.Floats(y), Shape.of(n, 1)));
    }
}
