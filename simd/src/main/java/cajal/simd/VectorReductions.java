package cajal.simd;

import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.ScalarReductions;
import cajal.kernel.Scratch;
import cajal.kernel.Task.Reduction;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/// Sums, products, extremes and dot products of runs of floats, with the bits of [ScalarReductions] at
/// every vector width.
///
/// The order is fixed: runs longer than [ScalarReductions#BLOCK] are halved at a block's border, and the
/// halves combined. Within a block 64 virtual lanes each take every 64th element; each 16 neighbouring
/// lanes are folded in halves (8 + 8, 4 + 4, 2 + 2, 1 + 1), and the four results are combined as `(g0 + g1)
/// + (g2 + g3)`. A pass works on four vectors: all lanes at 512 bits, a half or a quarter of them at 256 and 128. A dot
/// product has one group of 16 lanes, and one pass at every width. The Vector API's own `reduceLanes(ADD)` promises no
/// order and has another in the interpreter than in compiled code.
final class VectorReductions {
    private static final int LANES = 64;
    private static final int DOT_LANES = 16;
    private static final int SHORT = 32; // a run that is reduced faster one by one
    private static final VectorShuffle<Float> BY_8 = rotation(8);
    private static final VectorShuffle<Float> BY_4 = rotation(4);
    private static final VectorShuffle<Float> BY_2 = rotation(2);
    private static final VectorShuffle<Float> BY_1 = rotation(1);

    // 4, 2 and 1 lanes away, within 8, 4 and 2 neighbours
    static final VectorShuffle<Float> OVER_4 = VectorShuffle.fromOp(F, i -> (i ^ 4) % VL);
    static final VectorShuffle<Float> OVER_2 = VectorShuffle.fromOp(F, i -> (i ^ 2) % VL);
    static final VectorShuffle<Float> OVER_1 = VectorShuffle.fromOp(F, i -> (i ^ 1) % VL);
    // the upper half, and of each half the upper half
    private static final VectorMask<Float> UPPER = VectorMask.fromLong(F, 0xff00 & (1L << VL) - 1);
    static final VectorMask<Float> SECOND = VectorMask.fromLong(F, 0xf0f0 & (1L << VL) - 1);

    private VectorReductions() {}

    private static VectorShuffle<Float> rotation(int by) {
        return VectorShuffle.fromOp(F, i -> (i + by) % VL);
    }

    /// The reduction of `n` neighbouring elements; of none, the neutral element.
    static float reduce(Reduction kind, float[] a, int at, int n) {
        return n <= ScalarReductions.BLOCK ? block(kind, a, at, n) : blocks(kind, a, at, n);
    }

    /// A run of several blocks: each is reduced in one loop, which has one copy of the vector code, and the
    /// results are combined as the halves are. A method that halves the run itself was inlined into itself,
    /// ran into C2's limit of nodes, and its vectors were boxed.
    private static float blocks(Reduction kind, float[] a, int at, int n) {
        int count = (n - 1) / ScalarReductions.BLOCK + 1;
        float[] results = Scratch.shared().take(count);
        for (int i = 0; i < count; i++) {
            int from = i * ScalarReductions.BLOCK;
            results[i] = block(kind, a, at + from, Math.min(ScalarReductions.BLOCK, n - from));
        }
        float all = combined(kind, results, 0, n);
        Scratch.shared().give(results);
        return all;
    }

    /// The reduction of the blocks that hold `n` elements, the first of them being `first`.
    private static float combined(Reduction kind, float[] results, int first, int n) {
        if (n <= ScalarReductions.BLOCK) return results[first];
        int half = ScalarReductions.half(n);
        float left = combined(kind, results, first, half);
        float right = combined(kind, results, first + half / ScalarReductions.BLOCK, n - half);
        return switch (kind) {
            case SUM -> left + right;
            case PROD -> left * right;
            case MAX -> Math.max(left, right);
            case MIN -> Math.min(left, right);
        };
    }

    private static float block(Reduction kind, float[] a, int at, int n) {
        return switch (kind) {
            case SUM -> n < SHORT ? ScalarReductions.reduce(kind, a, at, n) : sum(a, at, n);
            case PROD -> prod(a, at, n);
            case MAX -> n < SHORT ? ScalarReductions.reduce(kind, a, at, n) : extreme(true, a, at, n);
            case MIN -> n < SHORT ? ScalarReductions.reduce(kind, a, at, n) : extreme(false, a, at, n);
        };
    }

    /// `Σ a_i·b_i`, each lane a chain of fused multiply-adds.
    static float dot(float[] a, int ao, float[] b, int bo, int n) {
        if (n > ScalarReductions.BLOCK) {
            int half = ScalarReductions.half(n);
            return dot(a, ao, b, bo, half) + dot(a, ao + half, b, bo + half, n - half);
        }
        int whole = n & -DOT_LANES, rest = n - whole, i = ao + whole, j = bo + whole;
        if (rest == 0 || i + DOT_LANES <= a.length && j + DOT_LANES <= b.length) {
            return dotBlock(a, ao, b, bo, whole, a, i, b, j, rest);
        }
        float[] last = Scratch.shared().take(2 * DOT_LANES);
        System.arraycopy(a, i, last, 0, rest);
        System.arraycopy(b, j, last, DOT_LANES, rest);
        float dot = dotBlock(a, ao, b, bo, whole, last, 0, last, DOT_LANES, rest);
        Scratch.shared().give(last);
        return dot;
    }

    private static FloatVector load(float[] x, int i) {
        return FloatVector.fromArray(F, x, i);
    }

    // Dot products ----------------------------------------------------------------------------------------------------

    /// A block, whose last `rest` products are those of `c` from `ci` and `d` from `di` on, where [#DOT_LANES] elements
    /// can be read.
    ///
    /// Longer than the 325 bytecodes up to which C2 inlines hot methods, on purpose: inlined into a large
    /// caller, it ran into C2's limit of nodes and its vectors were boxed, at a third of the speed. So they were
    /// with masked reads of the last elements.
    private static float dotBlock(
            float[] a, int ao, float[] b, int bo, int whole, float[] c, int ci, float[] d, int di, int rest) {
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0;
        int i = ao, end = i + whole, j = bo;
        for (; i < end; i += DOT_LANES, j += DOT_LANES) {
            x0 = load(a, i).fma(load(b, j), x0);
            if (VL == 16) continue;
            x1 = load(a, i + VL).fma(load(b, j + VL), x1);
            if (VL == 8) continue;
            x2 = load(a, i + 2 * VL).fma(load(b, j + 2 * VL), x2);
            x3 = load(a, i + 3 * VL).fma(load(b, j + 3 * VL), x3);
        }
        x0 = CLASS.cast(x0);
        x1 = CLASS.cast(x1);
        x2 = CLASS.cast(x2);
        x3 = CLASS.cast(x3);
        if (rest > 0) {
            long some = (1L << rest) - 1;
            x0 = x0.blend(load(c, ci).fma(load(d, di), x0), VectorMask.fromLong(F, some));
            if (VL < 16) {
                x1 = x1.blend(load(c, ci + VL).fma(load(d, di + VL), x1), VectorMask.fromLong(F, some >> VL));
            }
            if (VL < 8) {
                int k = ci + 2 * VL, l = di + 2 * VL;
                x2 = x2.blend(load(c, k).fma(load(d, l), x2), VectorMask.fromLong(F, some >> 2 * VL));
                x3 = x3.blend(load(c, k + VL).fma(load(d, l + VL), x3), VectorMask.fromLong(F, some >> 3 * VL));
            }
        }
        if (VL == 4) return sumLanes(x0.add(x2).add(x1.add(x3)));
        if (VL == 8) return sumLanes(x0.add(x1));
        x0 = x0.add(x0.rearrange(BY_8));
        x0 = x0.add(x0.rearrange(BY_4));
        x0 = x0.add(x0.rearrange(BY_2));
        return x0.add(x0.rearrange(BY_1)).lane(0);
    }

    private static float sumLanes(FloatVector x) {
        if (VL == 8) x = x.add(x.rearrange(BY_4));
        x = x.add(x.rearrange(BY_2));
        x = x.add(x.rearrange(BY_1));
        return x.lane(0);
    }

    // Sums and products -----------------------------------------------------------------------------------------------

    private static float sum(float[] a, int at, int n) {
        int whole = n & -LANES;
        if (VL == 16 && (n == whole || at + whole + LANES <= a.length)) return sumAll(a, at, n);
        float[] lanes = Scratch.shared().take(LANES);
        for (int lane = 0; lane < LANES; lane += 4 * VL) {
            sumPass(a, at + lane, whole, lanes, lane);
        }
        for (int j = whole; j < n; j++) lanes[j - whole] += a[at + j];
        float g01 = sumGroup(lanes, 0) + sumGroup(lanes, 16);
        float g23 = sumGroup(lanes, 32) + sumGroup(lanes, 48);
        Scratch.shared().give(lanes);
        return g01 + g23;
    }

    /// The sum with all lanes in registers; longer than what C2 inlines, as [#dotPass] is. With the lanes in a
    /// block of scratch, a row's sum took a fifth of a softmax. What is read behind the end is in the same array,
    /// and goes nowhere: with masked reads, and with each group of lanes folded alone, C2 ran into its limit of
    /// nodes, and the vectors were boxed.
    private static float sumAll(float[] a, int at, int n) {
        FloatVector x0 = FloatVector.zero(F), x1 = x0, x2 = x0, x3 = x0;
        int i = at, end = at + n;
        for (; i + 2 * LANES <= end; i += 2 * LANES) {
            x0 = x0.add(load(a, i)).add(load(a, i + LANES));
            x1 = x1.add(load(a, i + VL)).add(load(a, i + LANES + VL));
            x2 = x2.add(load(a, i + 2 * VL)).add(load(a, i + LANES + 2 * VL));
            x3 = x3.add(load(a, i + 3 * VL)).add(load(a, i + LANES + 3 * VL));
        }
        if (i + LANES <= end) {
            x0 = x0.add(load(a, i));
            x1 = x1.add(load(a, i + VL));
            x2 = x2.add(load(a, i + 2 * VL));
            x3 = x3.add(load(a, i + 3 * VL));
            i += LANES;
        }
        if (i < end) {
            long some = (1L << (end - i)) - 1;
            x0 = x0.add(load(a, i), VectorMask.fromLong(F, some));
            x1 = x1.add(load(a, i + VL), VectorMask.fromLong(F, some >> 16));
            x2 = x2.add(load(a, i + 2 * VL), VectorMask.fromLong(F, some >> 32));
            x3 = x3.add(load(a, i + 3 * VL), VectorMask.fromLong(F, some >> 48));
        }
        // the halves of each, then those of x0 and x1 side by side, then of all four
        x0 = x0.add(x0.rearrange(BY_8)).blend(x1.add(x1.rearrange(BY_8)), UPPER);
        x2 = x2.add(x2.rearrange(BY_8)).blend(x3.add(x3.rearrange(BY_8)), UPPER);
        x0 = x0.add(x0.rearrange(OVER_4)).blend(x2.add(x2.rearrange(OVER_4)), SECOND);
        x0 = x0.add(x0.rearrange(OVER_2));
        x0 = x0.add(x0.rearrange(OVER_1));
        x0 = x0.add(x0.rearrange(BY_8));
        return x0.add(x0.rearrange(BY_4)).lane(0);
    }

    /// The lanes `lane … lane + 4·VL - 1` of whole rows of lanes.
    private static void sumPass(float[] a, int at, int whole, float[] lanes, int lane) {
        FloatVector x0 = FloatVector.broadcast(F, 0), x1 = x0, x2 = x0, x3 = x0;
        for (int i = at; i < at + whole; i += LANES) {
            x0 = x0.add(load(a, i));
            x1 = x1.add(load(a, i + VL));
            x2 = x2.add(load(a, i + 2 * VL));
            x3 = x3.add(load(a, i + 3 * VL));
        }
        x0.intoArray(lanes, lane);
        x1.intoArray(lanes, lane + VL);
        x2.intoArray(lanes, lane + 2 * VL);
        x3.intoArray(lanes, lane + 3 * VL);
    }

    private static float sumGroup(float[] lanes, int g) {
        FloatVector x = load(lanes, g);
        if (VL == 16) x = x.add(x.rearrange(BY_8));
        if (VL == 8) x = x.add(load(lanes, g + 8));
        if (VL == 4) x = x.add(load(lanes, g + 8)).add(load(lanes, g + 4).add(load(lanes, g + 12)));
        if (VL >= 8) x = x.add(x.rearrange(BY_4));
        x = x.add(x.rearrange(BY_2));
        x = x.add(x.rearrange(BY_1));
        return x.lane(0);
    }

    private static float prod(float[] a, int at, int n) {
        int whole = n & -LANES;
        float[] lanes = Scratch.shared().take(LANES);
        for (int lane = 0; lane < LANES; lane += 4 * VL) {
            prodPass(a, at + lane, whole, lanes, lane);
        }
        for (int j = whole; j < n; j++) lanes[j - whole] *= a[at + j];
        float g01 = prodGroup(lanes, 0) * prodGroup(lanes, 16);
        float g23 = prodGroup(lanes, 32) * prodGroup(lanes, 48);
        Scratch.shared().give(lanes);
        return g01 * g23;
    }

    /// The lanes `lane … lane + 4·VL - 1` of whole rows of lanes.
    private static void prodPass(float[] a, int at, int whole, float[] lanes, int lane) {
        FloatVector x0 = FloatVector.broadcast(F, 1), x1 = x0, x2 = x0, x3 = x0;
        for (int i = at; i < at + whole; i += LANES) {
            x0 = x0.mul(load(a, i));
            x1 = x1.mul(load(a, i + VL));
            x2 = x2.mul(load(a, i + 2 * VL));
            x3 = x3.mul(load(a, i + 3 * VL));
        }
        x0.intoArray(lanes, lane);
        x1.intoArray(lanes, lane + VL);
        x2.intoArray(lanes, lane + 2 * VL);
        x3.intoArray(lanes, lane + 3 * VL);
    }

    private static float prodGroup(float[] lanes, int g) {
        FloatVector x = load(lanes, g);
        if (VL == 8) x = x.mul(load(lanes, g + 8));
        if (VL == 4) x = x.mul(load(lanes, g + 8)).mul(load(lanes, g + 4).mul(load(lanes, g + 12)));
        if (VL == 16) x = x.mul(x.rearrange(BY_8));
        if (VL >= 8) x = x.mul(x.rearrange(BY_4));
        x = x.mul(x.rearrange(BY_2));
        x = x.mul(x.rearrange(BY_1));
        return x.lane(0);
    }

    // Extremes: here every order gives the same -----------------------------------------------------------------------

    /// The largest or the smallest; both in one method, which C2 does not inline then: see [#dotPass].
    private static float extreme(boolean largest, float[] a, int at, int n) {
        if (largest) {
            FloatVector x0 = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY), x1 = x0, x2 = x0, x3 = x0;
            int i = at, end = at + n;
            for (; i <= end - 4 * VL; i += 4 * VL) {
                x0 = CLASS.cast(x0).max(load(a, i));
                x1 = CLASS.cast(x1).max(load(a, i + VL));
                x2 = CLASS.cast(x2).max(load(a, i + 2 * VL));
                x3 = CLASS.cast(x3).max(load(a, i + 3 * VL));
            }
            FloatVector x = CLASS.cast(x0).max(x1).max(CLASS.cast(x2).max(x3));
            if (VL == 16) x = x.max(x.rearrange(BY_8));
            if (VL >= 8) x = x.max(x.rearrange(BY_4));
            x = x.max(x.rearrange(BY_2));
            x = x.max(x.rearrange(BY_1));
            float m = x.lane(0);
            for (; i < end; i++) m = Math.max(m, a[i]);
            return m;
        } else {
            FloatVector x0 = FloatVector.broadcast(F, Float.POSITIVE_INFINITY), x1 = x0, x2 = x0, x3 = x0;
            int i = at, end = at + n;
            for (; i <= end - 4 * VL; i += 4 * VL) {
                x0 = CLASS.cast(x0).min(load(a, i));
                x1 = CLASS.cast(x1).min(load(a, i + VL));
                x2 = CLASS.cast(x2).min(load(a, i + 2 * VL));
                x3 = CLASS.cast(x3).min(load(a, i + 3 * VL));
            }
            FloatVector x = CLASS.cast(x0).min(x1).min(CLASS.cast(x2).min(x3));
            if (VL == 16) x = x.min(x.rearrange(BY_8));
            if (VL >= 8) x = x.min(x.rearrange(BY_4));
            x = x.min(x.rearrange(BY_2));
            x = x.min(x.rearrange(BY_1));
            float m = x.lane(0);
            for (; i < end; i++) m = Math.min(m, a[i]);
            return m;
        }
    }
}
