package cajal.simd;

import cajal.kernel.FloatKernels;
import cajal.kernel.FloatMatrix;
import cajal.kernel.FloatPrimitives;
import cajal.kernel.HostStorage;
import cajal.kernel.RightSide;
import cajal.kernel.Scalar;
import cajal.kernel.ScalarFloats;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.Task.Reduction;
import cajal.kernel.View;
import cajal.kernel.Workers;
import java.util.List;
import java.util.SplittableRandom;

/// One number for all the bits that a set of primitives gives: a program that tests start in other Java
/// processes, interpreted and compiled, at other vector widths, with other numbers of threads.
///
/// It prints one hash a round; rounds after the first run in code that is more and more compiled.
final class PrimitivesHash {
    private static final int[] SIZES = {1, 3, 8, 17, 33, 71};
    private static final int[][] PRODUCTS = {
        {3, 5, 7}, {9, 33, 17}, {1, 140, 33}, {13, 40, 260}, {65, 10, 8}, {70, 97, 33}, {18, 60, 500}, {67, 100, 30}
    };

    private final FloatPrimitives primitives;
    private final SplittableRandom random = new SplittableRandom(20_240_229);
    private long hash = 1;

    private PrimitivesHash(FloatPrimitives primitives) {
        this.primitives = primitives;
    }

    static long of(FloatPrimitives primitives) {
        return new PrimitivesHash(primitives).all();
    }

    private void add(float x) {
        hash = hash * 0x9e3779b97f4a7c15L + Float.floatToIntBits(x);
        hash ^= hash >>> 29;
    }

    private float[] numbers(int n, boolean everyday) {
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            float v = (float) (random.nextDouble() * 16 - 8);
            x[i] = everyday || random.nextInt(4) > 0 ? v : Float.intBitsToFloat(random.nextInt());
        }
        return x;
    }

    private long all() {
        for (Scalar fn : Scalar.values()) {
            for (int n : SIZES) {
                float[] a = numbers(n + 1, n % 2 == 0),
                        b = numbers(n + 2, true),
                        c = numbers(n, true),
                        d = new float[n];
                primitives.apply(fn, a, 1, b, 2, c, 0, d, 0, n);
                for (float x : d) add(x);
            }
        }
        for (Reduction kind : Reduction.values()) {
            for (int n : SIZES) add(primitives.reduce(kind, numbers(n + 1, true), 1, n));
            add(primitives.reduce(kind, numbers(4500, true), 0, 4500));
            float[] sums = new float[20];
            primitives.reduceRows(kind, numbers(70 * 20, true), 0, 70, 20, 18, sums, 1);
            for (float x : sums) add(x);
        }
        for (int n : SIZES) {
            float[] uniform = new float[n + 1];
            long key = random.nextLong();
            int first = random.nextInt(1 << 30);
            if (primitives instanceof VectorFloats && n >= VectorPhilox.LANES) {
                VectorPhilox.vectors(key, first, uniform, 1, n); // which a process uses after many numbers
            } else {
                primitives.uniform(key, first, uniform, 1, n);
            }
            for (float x : uniform) add(x);
        }
        for (int n : SIZES) pool(n);
        for (int[] s : PRODUCTS) {
            for (int layout = 0; layout < 8; layout++) product(s[0], s[1], s[2], layout);
        }
        normalise(1, 40, 1000); // several parts, whose weights' gradients are added up
        normalise(3, 5, 70);
        normalise(9, 200, 2);
        return hash;
    }

    /// A row of windows that hold equal numbers, zeros of both signs among them, and what is no number.
    private void pool(int n) {
        int w = 2 * n + 1;
        float[] x = new float[2 * w], y = new float[n];
        for (int i = 0; i < x.length; i++) {
            int kind = random.nextInt(40);
            x[i] = kind == 0 ? Float.NaN : kind < 10 ? -0f : kind % 3;
        }
        int[] p = new int[n];
        boolean unknown = primitives.maxOfPairs(x, 0, 0, w, y, 0, p, 0, n);
        for (int i = 0; i < n; i++) {
            add(y[i]);
            add(Float.isNaN(y[i]) ? unknown ? 1 : 0 : p[i]);
        }
    }

    /// Groups brought to mean 0 and variance 1, and the gradients.
    private void normalise(int a, int g, int s) {
        FloatKernels kernels = new FloatKernels("hashed", 1, primitives);
        for (boolean perGroup : new boolean[] {true, false}) {
            int weights = perGroup ? g : s;
            View x = view(numbers(a * g * s, true), a, g, s);
            View w = view(numbers(weights, true), weights);
            View[] out = {view(new float[a * g * s], a, g, s), view(new float[g], g), view(new float[g], g)};
            kernels.run(new Task.Normalise(true, 1e-5, perGroup), new View[] {x, w, w}, out);
            View[] back = {
                view(new float[a * g * s], a, g, s),
                view(new float[weights], weights),
                view(new float[weights], weights)
            };
            kernels.run(
                    new Task.NormaliseGradient(true, 1e-5, perGroup), new View[] {out[0], x, out[1], out[2], w}, back);
            for (View v : List.of(out[0], out[1], out[2], back[0], back[1], back[2])) {
                for (float y : v.floats()) add(y);
            }
        }
    }

    private static View view(float[] x, long... dims) {
        return View.of(new HostStorage.Floats(x), Shape.of(dims));
    }

    private void product(int m, int n, int k, int layout) {
        FloatMatrix a = matrix(m, k, layout & 1), b = matrix(k, n, layout & 2), c = matrix(m, n, layout & 4);
        primitives.multiply(a, b, c, layout == 3);
        float[] copy = new float[primitives.rightSideLength(b)];
        primitives.copyRightSide(b, copy);
        RightSide right = primitives.rightSide(b, copy);
        right.product(a, c, layout != 3).compute(0, 0, 0);
        for (float x : c.data()) add(x);
        if (c.columnStride() == 1) right.affine(a, numbers(n + 1, true), 1, c).compute(0, 0, 0);
        for (float x : c.data()) add(x);
    }

    private FloatMatrix matrix(int rows, int columns, int transposed) {
        float[] x = numbers(rows * columns, true);
        return transposed == 0
                ? FloatMatrix.of(x, rows, columns)
                : FloatMatrix.of(x, columns, rows).transposed();
    }

    /// Arguments: `vector` or `scalar`, the number of threads, the number of rounds.
    public static void main(String[] arguments) {
        Workers.threads(Integer.parseInt(arguments[1]));
        FloatPrimitives primitives = arguments[0].equals("vector") ? new VectorFloats() : new ScalarFloats();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) System.out.println(Long.toHexString(of(primitives)));
    }
}
