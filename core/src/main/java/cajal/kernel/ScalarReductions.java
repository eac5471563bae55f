package cajal.kernel;

import cajal.kernel.Task.Reduction;
import java.util.Arrays;

/// Sums, products, extremes and dot products of runs of floats, in one fixed order on every machine.
///
/// Runs longer than [#BLOCK] are halved at a block's border and the halves combined, pairwise summation, so
/// that the error grows with the logarithm of the length. Within a block 64 virtual lanes each take every
/// 64th element; each 16 neighbouring lanes are folded in halves (8 + 8, 4 + 4, 2 + 2, 1 + 1), and the four
/// results are combined as `(g0 + g1) + (g2 + g3)`. A dot product has 16 lanes, one group, so that many of them
/// fit into a processor's registers at once. Vector kernels of any width up to 512 bits can follow the same order.
public final class ScalarReductions {
    /// The length up to which a run is reduced in lanes.
    public static final int BLOCK = 4096;

    private static final int LANES = 64;
    private static final int DOT_LANES = 16;
    private static final int GROUP = 16;

    private ScalarReductions() {}

    /// Where a run of more than [#BLOCK] elements is halved: at a multiple of the block length.
    public static int half(int n) {
        return ((n / 2 - 1) / BLOCK + 1) * BLOCK;
    }

    /// The reduction of `n` neighbouring elements; of none, the neutral element. NaN wins over every number
    /// in `MAX` and `MIN`.
    public static float reduce(Reduction kind, float[] a, int at, int n) {
        return switch (kind) {
            case SUM -> sum(a, at, n);
            case PROD -> prod(a, at, n);
            case MAX -> max(a, at, n); // here every order gives the same
            case MIN -> min(a, at, n);
        };
    }

    private static float max(float[] a, int at, int n) {
        float most = Float.NEGATIVE_INFINITY;
        for (int i = at; i < at + n; i++) most = Math.max(most, a[i]);
        return most;
    }

    private static float min(float[] a, int at, int n) {
        float least = Float.POSITIVE_INFINITY;
        for (int i = at; i < at + n; i++) least = Math.min(least, a[i]);
        return least;
    }

    private static float sum(float[] a, int at, int n) {
        if (n > BLOCK) {
            int half = half(n);
            return sum(a, at, half) + sum(a, at + half, n - half);
        }
        if (n <= GROUP) {
            return fewSum(a, at, n);
        }
        float[] lanes = Scratch.shared().take(LANES);
        int first = Math.min(n, LANES);
        for (int j = 0; j < first; j++) lanes[j] = 0 + a[at + j];
        for (int j = first; j < LANES; j++) lanes[j] = 0;
        if (n > LANES) {
            float[] x = Scratch.shared().take(LANES);
            for (int i = LANES; i < n; i += LANES) {
                int count = Math.min(LANES, n - i);
                System.arraycopy(a, at + i, x, 0, count);
                ScalarLoops.add(lanes, x, lanes, count);
            }
            Scratch.shared().give(x);
        }
        foldGroups(lanes, LANES);
        float sum = (lanes[0] + lanes[GROUP]) + (lanes[2 * GROUP] + lanes[3 * GROUP]);
        Scratch.shared().give(lanes);
        return sum;
    }

    /// The first group folded; what the other lanes hold is 0.
    private static float fewSum(float[] a, int at, int n) {
        float even = (few(a, at, n, 0) + few(a, at, n, 4)) + (few(a, at, n, 2) + few(a, at, n, 6));
        float odd = (few(a, at, n, 1) + few(a, at, n, 5)) + (few(a, at, n, 3) + few(a, at, n, 7));
        return even + odd;
    }

    private static float few(float[] a, int at, int n, int j) {
        return j + 8 < n ? a[at + j] + a[at + j + 8] : j < n ? a[at + j] + 0 : 0;
    }

    /// Leaves each group's sum in its first lane.
    private static void foldGroups(float[] lanes, int count) {
        for (int g = 0; g < count; g += GROUP) {
            for (int h = GROUP / 2; h > 0; h /= 2) {
                for (int j = g; j < g + h; j++) lanes[j] += lanes[j + h];
            }
        }
    }

    private static float prod(float[] a, int at, int n) {
        if (n > BLOCK) {
            int half = half(n);
            return prod(a, at, half) * prod(a, at + half, n - half);
        }
        float[] lanes = Scratch.shared().take(LANES);
        Arrays.fill(lanes, 0, LANES, 1);
        for (int i = 0; i < n; i++) lanes[i % LANES] *= a[at + i];
        for (int g = 0; g < LANES; g += GROUP) {
            for (int h = GROUP / 2; h > 0; h /= 2) {
                for (int j = g; j < g + h; j++) lanes[j] *= lanes[j + h];
            }
        }
        float product = (lanes[0] * lanes[GROUP]) * (lanes[2 * GROUP] * lanes[3 * GROUP]);
        Scratch.shared().give(lanes);
        return product;
    }

    /// `Σ a_i·b_i`, each lane a chain of fused multiply-adds in a variable of its own: two and a half times as fast as
    /// lanes in arrays.
    public static float dot(float[] a, int ao, float[] b, int bo, int n) {
        if (n > BLOCK) {
            int half = half(n);
            return dot(a, ao, b, bo, half) + dot(a, ao + half, b, bo + half, n - half);
        }
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        float s8 = 0, s9 = 0, s10 = 0, s11 = 0, s12 = 0, s13 = 0, s14 = 0, s15 = 0;
        int i = 0;
        for (; i <= n - DOT_LANES; i += DOT_LANES) {
            s0 = Math.fma(a[ao + i], b[bo + i], s0);
            s1 = Math.fma(a[ao + i + 1], b[bo + i + 1], s1);
            s2 = Math.fma(a[ao + i + 2], b[bo + i + 2], s2);
            s3 = Math.fma(a[ao + i + 3], b[bo + i + 3], s3);
            s4 = Math.fma(a[ao + i + 4], b[bo + i + 4], s4);
            s5 = Math.fma(a[ao + i + 5], b[bo + i + 5], s5);
            s6 = Math.fma(a[ao + i + 6], b[bo + i + 6], s6);
            s7 = Math.fma(a[ao + i + 7], b[bo + i + 7], s7);
            s8 = Math.fma(a[ao + i + 8], b[bo + i + 8], s8);
            s9 = Math.fma(a[ao + i + 9], b[bo + i + 9], s9);
            s10 = Math.fma(a[ao + i + 10], b[bo + i + 10], s10);
            s11 = Math.fma(a[ao + i + 11], b[bo + i + 11], s11);
            s12 = Math.fma(a[ao + i + 12], b[bo + i + 12], s12);
            s13 = Math.fma(a[ao + i + 13], b[bo + i + 13], s13);
            s14 = Math.fma(a[ao + i + 14], b[bo + i + 14], s14);
            s15 = Math.fma(a[ao + i + 15], b[bo + i + 15], s15);
        }
        float[] lanes = Scratch.shared().take(DOT_LANES);
        lanes[0] = s0;
        lanes[1] = s1;
        lanes[2] = s2;
        lanes[3] = s3;
        lanes[4] = s4;
        lanes[5] = s5;
        lanes[6] = s6;
        lanes[7] = s7;
        lanes[8] = s8;
        lanes[9] = s9;
        lanes[10] = s10;
        lanes[11] = s11;
        lanes[12] = s12;
        lanes[13] = s13;
        lanes[14] = s14;
        lanes[15] = s15;
        for (int q = 0; i + q < n; q++) lanes[q] = Math.fma(a[ao + i + q], b[bo + i + q], lanes[q]);
        foldGroups(lanes, DOT_LANES);
        float sum = lanes[0];
        Scratch.shared().give(lanes);
        return sum;
    }
}
