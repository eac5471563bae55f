package cajal.kernel;

import cajal.kernel.Task.Reduction;

/// The kernels' documented orders of arithmetic, written down as plainly as possible: what the bits must be.
final class Naive {
    private Naive() {}

    /// Halves down to 4,096 elements; 64 lanes; groups of 16 lanes folded in halves; `(g0 + g1) + (g2 + g3)`.
    static float reduce(Reduction kind, float[] a, int at, int n) {
        if (n > 4096) {
            int half = (n / 2 + 4095) / 4096 * 4096;
            return of(kind, reduce(kind, a, at, half), reduce(kind, a, at + half, n - half));
        }
        float[] lanes = new float[64];
        java.util.Arrays.fill(lanes, (float) kind.neutral());
        for (int i = 0; i < n; i++) lanes[i % 64] = of(kind, lanes[i % 64], a[at + i]);
        return folded(kind, lanes);
    }

    /// Halves likewise; 16 lanes, folded in halves.
    static float dot(float[] a, int ao, float[] b, int bo, int n) {
        if (n > 4096) {
            int half = (n / 2 + 4095) / 4096 * 4096;
            return dot(a, ao, b, bo, half) + dot(a, ao + half, b, bo + half, n - half);
        }
        float[] lanes = new float[16];
        for (int i = 0; i < n; i++) lanes[i % 16] = Math.fma(a[ao + i], b[bo + i], lanes[i % 16]);
        return tree(Reduction.SUM, lanes, 0, 16);
    }

    private static float folded(Reduction kind, float[] lanes) {
        float[] g = new float[4];
        for (int i = 0; i < 4; i++) g[i] = tree(kind, lanes, 16 * i, 16);
        return of(kind, of(kind, g[0], g[1]), of(kind, g[2], g[3]));
    }

    private static float tree(Reduction kind, float[] lanes, int from, int n) {
        if (n == 1) return lanes[from];
        float[] next = new float[n / 2];
        for (int i = 0; i < n / 2; i++) next[i] = of(kind, lanes[from + i], lanes[from + i + n / 2]);
        return tree(kind, next, 0, n / 2);
    }

    private static float of(Reduction kind, float a, float b) {
        return switch (kind) {
            case SUM -> a + b;
            case PROD -> a * b;
            case MAX -> Math.max(a, b);
            case MIN -> Math.min(a, b);
        };
    }

    /// Each element one chain of fused multiply-adds, ascending; or a dot product, where the rule says so.
    static float[][] multiply(FloatMatrix a, FloatMatrix b, float[][] c) {
        float[][] d = new float[a.rows()][b.columns()];
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < b.columns(); j++) {
                if (a.multipliesByDots(b)) {
                    d[i][j] = c[i][j] + dot(a.data(), a.at(i, 0), b.data(), b.at(0, j), a.columns());
                } else {
                    d[i][j] = c[i][j];
                    for (int p = 0; p < a.columns(); p++)
                        d[i][j] = Math.fma(a.data()[a.at(i, p)], b.data()[b.at(p, j)], d[i][j]);
                }
            }
        }
        return d;
    }
}
