package bench;

import java.util.SplittableRandom;

/// The same numbers for all peers: inputs, classes and initial weights from a fixed seed.
public final class Numbers {
    /// How many different batches a training workload goes through in turn.
    public static final int BATCHES = 8;

    private Numbers() {}

    /// Uniform in [from, to).
    public static float[] uniform(String name, int n, double from, double to) {
        var random = new SplittableRandom(name.hashCode() * 0x9E3779B97F4A7C15L + 1);
        float[] a = new float[n];
        for (int i = 0; i < n; i++) {
            a[i] = (float) (from + (to - from) * random.nextDouble());
        }
        return a;
    }

    /// Inputs of batch `b`.
    public static float[] inputs(int b, int n) {
        return uniform("input " + b, n, 0, 1);
    }

    /// Classes of batch `b`, or characters.
    public static long[] classes(String what, int b, int n, int classes) {
        var random = new SplittableRandom((what + " " + b).hashCode() * 0x9E3779B97F4A7C15L + 2);
        long[] a = new long[n];
        for (int i = 0; i < n; i++) {
            a[i] = random.nextInt(classes);
        }
        return a;
    }

    /// The initial weights of a parameter by its path and shape: scales of normalisations 1, their shifts 0,
    /// all else uniform in ±1/sqrt(inputs).
    public static float[] weights(String path, long... dims) {
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        if (dims.length == 1) {
            float[] a = new float[n];
            if (path.endsWith("weight")) {
                java.util.Arrays.fill(a, 1);
            }
            return a;
        }
        double bound = 1 / Math.sqrt((double) n / dims[0]);
        return uniform(path, n, -bound, bound);
    }
}
