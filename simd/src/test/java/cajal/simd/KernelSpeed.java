package cajal.simd;

import cajal.kernel.FloatMatrix;
import cajal.kernel.FloatPrimitives;
import cajal.kernel.Scalar;
import cajal.kernel.ScalarFloats;
import cajal.kernel.Task.Reduction;
import cajal.kernel.Workers;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import jdk.incubator.vector.FloatVector;

/// Measures the kernels, each beside a reference in the same run: matrix products beside a loop of
/// multiply-adds that never leaves the registers, functions beside a loop over `Math`'s. A program, not a
/// test.
///
/// Each figure is the median of several short measurements, alternating with those of the reference; of
/// products the best is shown too, which other programs on the machine disturb less.
final class KernelSpeed {
    private static final int ROUNDS = Integer.getInteger("rounds", 15);
    private static volatile float sink;

    private KernelSpeed() {}

    /// Arguments: what to measure, of `products`, `functions`, `reductions`; nothing: all.
    public static void main(String[] what) {
        System.out.println(new VectorFloats() + ", " + Workers.threads() + " threads, Java " + Runtime.version());
        var wanted = what.length == 0 ? java.util.List.of("products", "functions", "reductions") : Arrays.asList(what);
        if (wanted.contains("products")) products();
        if (wanted.contains("functions")) functions();
        if (wanted.contains("reductions")) reductions();
    }

    /// Nanoseconds a call, over at least `millis`.
    private static double time(Runnable work, double millis) {
        long start = System.nanoTime(), calls = 0, batch = 1;
        while (true) {
            for (long i = 0; i < batch; i++) work.run();
            calls += batch;
            double spent = System.nanoTime() - start;
            if (spent >= millis * 1e6) return spent / calls;
            if (spent < millis * 1e5) batch *= 2;
        }
    }

    /// Runs until the compiler has most likely done its work: it counts calls, and needs time of its own.
    private static void warm(Runnable work) {
        long start = System.nanoTime();
        for (int i = 0; i < 7000 && System.nanoTime() - start < 3_000_000_000L; i++) work.run();
        time(work, 200);
    }

    private static double median(double[] x) {
        double[] sorted = x.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double best(double[] x) {
        return Arrays.stream(x).max().orElseThrow();
    }

    // Products --------------------------------------------------------------------------------------------------------

    /// Multiply-adds on 12 independent chains.
    private static float chains(int n) {
        FloatVector m = FloatVector.broadcast(Lanes.F, 1.0001f), q = FloatVector.broadcast(Lanes.F, 0.5f);
        FloatVector a = q, b = q, c = q, d = q, e = q, f = q, g = q, h = q, i = q, j = q, k = q, l = q;
        for (int r = 0; r < n; r++) {
            a = a.fma(m, q);
            b = b.fma(m, q);
            c = c.fma(m, q);
            d = d.fma(m, q);
            e = e.fma(m, q);
            f = f.fma(m, q);
            g = g.fma(m, q);
            h = h.fma(m, q);
            i = i.fma(m, q);
            j = j.fma(m, q);
            k = k.fma(m, q);
            l = l.fma(m, q);
        }
        return a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .lane(0);
    }

    /// Of one thread, in GFLOP/s.
    private static double peak() {
        double flops = 2.0 * 12 * Lanes.VL * 20_000;
        return flops / time(() -> sink = chains(20_000), 2);
    }

    private static FloatMatrix matrix(int rows, int columns, boolean transposed, Random random) {
        float[] x = new float[rows * columns];
        for (int i = 0; i < x.length; i++) x[i] = random.nextFloat() - 0.5f;
        return transposed ? FloatMatrix.of(x, columns, rows).transposed() : FloatMatrix.of(x, rows, columns);
    }

    private static void products() {
        for (int i = 0; i < 300; i++) peak();
        System.out.println(
                "product (T: transposed)      1 thread    best   of peak   2 threads    best   plain loops    best   GFLOP/s");
        for (int n : new int[] {64, 128, 256, 512, 1024}) product(n, n, n, false, false);
        product(511, 517, 513, false, false);
        product(512, 512, 512, false, true);
        product(512, 512, 512, true, false);
        product(128, 256, 784, false, false); // a layer of 784 -> 256
        product(128, 256, 784, false, true); // forward: x·Wᵀ
        product(256, 784, 128, true, false); // its weight's gradient: gᵀ·x
        product(128, 784, 256, false, false); // its input's gradient: g·W
        product(64, 128, 784, false, true);
        product(64, 10, 128, false, true);
        product(10, 30, 784, false, true);
        product(16, 128, 784, false, true);
        product(4, 128, 784, false, true);
        product(1, 128, 784, false, true);
        product(1, 128, 784, false, false);
        product(1, 784, 128, false, false);
        product(128, 784, 1, true, false);
        product(1, 2048, 2048, false, true);
    }

    private static void product(int m, int n, int k, boolean at, boolean bt) {
        var random = new Random(1);
        FloatMatrix a = matrix(m, k, at, random), b = matrix(k, n, bt, random), c = matrix(m, n, false, random);
        FloatPrimitives vectors = new VectorFloats(), plain = new ScalarFloats();
        double flops = 2.0 * m * n * k;
        double millis = Math.max(4, 3 * flops / 80e6);
        Runnable fast = () -> vectors.multiply(a, b, c, false), slow = () -> plain.multiply(a, b, c, false);
        Workers.threads(1);
        warm(fast);
        warm(slow);
        double[] one = new double[ROUNDS],
                share = new double[ROUNDS],
                two = new double[ROUNDS],
                loops = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            double before = peak();
            one[i] = flops / time(fast, millis);
            share[i] = one[i] / ((before + peak()) / 2);
            loops[i] = flops / time(slow, millis);
        }
        Workers.threads(2);
        for (int i = 0; i < ROUNDS; i++) two[i] = flops / time(fast, millis);
        String name = m + "x" + k + (at ? "T" : "") + " · " + k + "x" + n + (bt ? "T" : "");
        System.out.println(String.format(
                Locale.ROOT,
                "%-28s %8.1f %7.1f %8.0f%% %11.1f %7.1f %13.1f %7.1f",
                name,
                median(one),
                best(one),
                100 * median(share),
                median(two),
                best(two),
                median(loops),
                best(loops)));
    }

    // Functions -------------------------------------------------------------------------------------------------------

    private static void functions() {
        int n = 2048;
        var random = new Random(3);
        float[] a = new float[n], b = new float[n], p = new float[n], d = new float[n];
        for (int i = 0; i < n; i++) {
            a[i] = (float) (random.nextGaussian() * 3);
            b[i] = (float) (random.nextGaussian() * 3);
            p[i] = Math.abs(a[i]);
        }
        FloatPrimitives vectors = new VectorFloats(), plain = new ScalarFloats();
        System.out.println("function     vectors   plain loops   Math, one by one   ns an element");
        for (Scalar fn : Scalar.values()) {
            float[] x = fn == Scalar.LOG || fn == Scalar.LOG1P || fn == Scalar.SQRT || fn == Scalar.POW ? p : a;
            double[] ns = new double[3];
            Runnable[] ways = {
                () -> vectors.apply(fn, x, 0, b, 0, a, 0, d, 0, n),
                () -> plain.apply(fn, x, 0, b, 0, a, 0, d, 0, n),
                () -> math(fn, x, d, n)
            };
            for (int way = 0; way < 3; way++) {
                if (way == 2 && !hasMath(fn)) continue;
                warm(ways[way]);
                double[] all = new double[ROUNDS];
                for (int i = 0; i < ROUNDS; i++) all[i] = time(ways[way], 3) / n;
                ns[way] = median(all);
            }
            System.out.println(String.format(Locale.ROOT, "%-10s %9.3f %13.3f %18.3f", fn, ns[0], ns[1], ns[2]));
        }
    }

    private static boolean hasMath(Scalar fn) {
        return switch (fn) {
            case EXP, EXPM1, LOG, LOG1P, SIN, COS, TANH -> true;
            default -> false;
        };
    }

    private static void math(Scalar fn, float[] a, float[] d, int n) {
        switch (fn) {
            case EXP -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.exp(a[i]);
            }
            case EXPM1 -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.expm1(a[i]);
            }
            case LOG -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.log(a[i]);
            }
            case LOG1P -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.log1p(a[i]);
            }
            case SIN -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.sin(a[i]);
            }
            case COS -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.cos(a[i]);
            }
            case TANH -> {
                for (int i = 0; i < n; i++) d[i] = (float) Math.tanh(a[i]);
            }
            default -> throw new IllegalArgumentException(fn + " has no counterpart in Math");
        }
    }

    // Reductions ------------------------------------------------------------------------------------------------------

    private static void reductions() {
        float[] a = new float[110_000], d = new float[1000];
        var random = new Random(5);
        for (int i = 0; i < a.length; i++) a[i] = random.nextFloat();
        FloatPrimitives vectors = new VectorFloats(), plain = new ScalarFloats();
        System.out.println("reduction                    vectors   plain loops   ns an element");
        for (Reduction kind : Reduction.values()) {
            for (int n : new int[] {10, 784, 100_000}) {
                row(
                        kind + " of " + n,
                        n,
                        () -> sink = vectors.reduce(kind, a, 0, n),
                        () -> sink = plain.reduce(kind, a, 0, n));
            }
        }
        for (int n : new int[] {10, 784}) {
            row(
                    "SUM of columns 128x" + n,
                    128 * n,
                    () -> vectors.reduceRows(Reduction.SUM, a, 0, 128, n, n, d, 0),
                    () -> plain.reduceRows(Reduction.SUM, a, 0, 128, n, n, d, 0));
        }
    }

    private static void row(String name, int elements, Runnable vectors, Runnable plain) {
        double[] fast = new double[ROUNDS], slow = new double[ROUNDS];
        warm(vectors);
        warm(plain);
        for (int i = 0; i < ROUNDS; i++) {
            fast[i] = time(vectors, 2) / elements;
            slow[i] = time(plain, 2) / elements;
        }
        System.out.println(String.format(Locale.ROOT, "%-28s %7.3f %13.3f", name, median(fast), median(slow)));
    }
}
