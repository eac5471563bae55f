package cajal.simd;

import static cajal.simd.GemmKernels.NR;
import static cajal.simd.Lanes.CLASS;
import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import jdk.incubator.vector.FloatVector;

/// The kernels of [GemmKernels] for tiles of 8 rows, which 32 vector registers hold, by 3 vectors, or by 2 at the
/// end of the columns.
///
/// Beside 24 multiply-adds, a step along `k` has to do 11 loads, and to check each place that the compiler cannot
/// check before the loop; where that is more than a processor can begin meanwhile, the multiply-adds wait. Hence one
/// kernel for each way in which A may lie. They call the vectors' own methods, which are inlined beyond the compiler's
/// limit of nodes too.
///
/// Legend: as there; the sums begin with `from`, row by row, `f` and `rf` as `c0` and `rc`.
final class TallKernels {
    private TallKernels() {}

    /// 3 vectors of a packed B; the columns of A are neighbours. Places that count with the loop, or by a number that
    /// the compiler knows, are checked before it.
    static void packed(
            int k,
            float[] a,
            int a0,
            int ra,
            float[] b,
            int b0,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra, a4 = a3 + ra, a5 = a4 + ra, a6 = a5 + ra, a7 = a6 + ra;
        FloatVector x0 = FloatVector.fromArray(F, from, f);
        FloatVector y0 = FloatVector.fromArray(F, from, f + VL);
        FloatVector z0 = FloatVector.fromArray(F, from, f + 2 * VL);
        FloatVector x1 = FloatVector.fromArray(F, from, f1);
        FloatVector y1 = FloatVector.fromArray(F, from, f1 + VL);
        FloatVector z1 = FloatVector.fromArray(F, from, f1 + 2 * VL);
        FloatVector x2 = FloatVector.fromArray(F, from, f2);
        FloatVector y2 = FloatVector.fromArray(F, from, f2 + VL);
        FloatVector z2 = FloatVector.fromArray(F, from, f2 + 2 * VL);
        FloatVector x3 = FloatVector.fromArray(F, from, f3);
        FloatVector y3 = FloatVector.fromArray(F, from, f3 + VL);
        FloatVector z3 = FloatVector.fromArray(F, from, f3 + 2 * VL);
        FloatVector x4 = FloatVector.fromArray(F, from, f4);
        FloatVector y4 = FloatVector.fromArray(F, from, f4 + VL);
        FloatVector z4 = FloatVector.fromArray(F, from, f4 + 2 * VL);
        FloatVector x5 = FloatVector.fromArray(F, from, f5);
        FloatVector y5 = FloatVector.fromArray(F, from, f5 + VL);
        FloatVector z5 = FloatVector.fromArray(F, from, f5 + 2 * VL);
        FloatVector x6 = FloatVector.fromArray(F, from, f6);
        FloatVector y6 = FloatVector.fromArray(F, from, f6 + VL);
        FloatVector z6 = FloatVector.fromArray(F, from, f6 + 2 * VL);
        FloatVector x7 = FloatVector.fromArray(F, from, f7);
        FloatVector y7 = FloatVector.fromArray(F, from, f7 + VL);
        FloatVector z7 = FloatVector.fromArray(F, from, f7 + 2 * VL);
        for (int p = 0; p < k; p++, b0 += NR) {
            FloatVector bx = FloatVector.fromArray(F, b, b0);
            FloatVector by = FloatVector.fromArray(F, b, b0 + VL);
            FloatVector bz = FloatVector.fromArray(F, b, b0 + 2 * VL);
            FloatVector s = FloatVector.broadcast(F, a[a0 + p]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            z0 = s.fma(bz, z0);
            s = FloatVector.broadcast(F, a[a1 + p]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            z1 = s.fma(bz, z1);
            s = FloatVector.broadcast(F, a[a2 + p]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            z2 = s.fma(bz, z2);
            s = FloatVector.broadcast(F, a[a3 + p]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            z3 = s.fma(bz, z3);
            s = FloatVector.broadcast(F, a[a4 + p]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            z4 = s.fma(bz, z4);
            s = FloatVector.broadcast(F, a[a5 + p]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            z5 = s.fma(bz, z5);
            s = FloatVector.broadcast(F, a[a6 + p]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            z6 = s.fma(bz, z6);
            s = FloatVector.broadcast(F, a[a7 + p]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
            z7 = s.fma(bz, z7);
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(z0).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(z1).intoArray(c, c1 + 2 * VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(z2).intoArray(c, c2 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(z3).intoArray(c, c3 + 2 * VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(z4).intoArray(c, c4 + 2 * VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(z5).intoArray(c, c5 + 2 * VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(z6).intoArray(c, c6 + 2 * VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
        CLASS.cast(z7).intoArray(c, c7 + 2 * VL);
    }

    /// 3 vectors; the rows of A are neighbours, so that two checks are enough for all of them.
    static void panel(
            int k,
            float[] a,
            int q,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        FloatVector x0 = FloatVector.fromArray(F, from, f);
        FloatVector y0 = FloatVector.fromArray(F, from, f + VL);
        FloatVector z0 = FloatVector.fromArray(F, from, f + 2 * VL);
        FloatVector x1 = FloatVector.fromArray(F, from, f1);
        FloatVector y1 = FloatVector.fromArray(F, from, f1 + VL);
        FloatVector z1 = FloatVector.fromArray(F, from, f1 + 2 * VL);
        FloatVector x2 = FloatVector.fromArray(F, from, f2);
        FloatVector y2 = FloatVector.fromArray(F, from, f2 + VL);
        FloatVector z2 = FloatVector.fromArray(F, from, f2 + 2 * VL);
        FloatVector x3 = FloatVector.fromArray(F, from, f3);
        FloatVector y3 = FloatVector.fromArray(F, from, f3 + VL);
        FloatVector z3 = FloatVector.fromArray(F, from, f3 + 2 * VL);
        FloatVector x4 = FloatVector.fromArray(F, from, f4);
        FloatVector y4 = FloatVector.fromArray(F, from, f4 + VL);
        FloatVector z4 = FloatVector.fromArray(F, from, f4 + 2 * VL);
        FloatVector x5 = FloatVector.fromArray(F, from, f5);
        FloatVector y5 = FloatVector.fromArray(F, from, f5 + VL);
        FloatVector z5 = FloatVector.fromArray(F, from, f5 + 2 * VL);
        FloatVector x6 = FloatVector.fromArray(F, from, f6);
        FloatVector y6 = FloatVector.fromArray(F, from, f6 + VL);
        FloatVector z6 = FloatVector.fromArray(F, from, f6 + 2 * VL);
        FloatVector x7 = FloatVector.fromArray(F, from, f7);
        FloatVector y7 = FloatVector.fromArray(F, from, f7 + VL);
        FloatVector z7 = FloatVector.fromArray(F, from, f7 + 2 * VL);
        for (int p = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = FloatVector.fromArray(F, b, b0);
            FloatVector by = FloatVector.fromArray(F, b, b0 + VL);
            FloatVector bz = FloatVector.fromArray(F, b, b0 + 2 * VL);
            FloatVector s = FloatVector.broadcast(F, a[q]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            z0 = s.fma(bz, z0);
            s = FloatVector.broadcast(F, a[q + 1]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            z1 = s.fma(bz, z1);
            s = FloatVector.broadcast(F, a[q + 2]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            z2 = s.fma(bz, z2);
            s = FloatVector.broadcast(F, a[q + 3]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            z3 = s.fma(bz, z3);
            s = FloatVector.broadcast(F, a[q + 4]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            z4 = s.fma(bz, z4);
            s = FloatVector.broadcast(F, a[q + 5]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            z5 = s.fma(bz, z5);
            s = FloatVector.broadcast(F, a[q + 6]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            z6 = s.fma(bz, z6);
            s = FloatVector.broadcast(F, a[q + 7]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
            z7 = s.fma(bz, z7);
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(z0).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(z1).intoArray(c, c1 + 2 * VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(z2).intoArray(c, c2 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(z3).intoArray(c, c3 + 2 * VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(z4).intoArray(c, c4 + 2 * VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(z5).intoArray(c, c5 + 2 * VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(z6).intoArray(c, c6 + 2 * VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
        CLASS.cast(z7).intoArray(c, c7 + 2 * VL);
    }

    /// 3 vectors, wherever all of it lies.
    static void strided(
            int k,
            float[] a,
            int a0,
            int ra,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra, a4 = a3 + ra, a5 = a4 + ra, a6 = a5 + ra, a7 = a6 + ra;
        FloatVector x0 = FloatVector.fromArray(F, from, f);
        FloatVector y0 = FloatVector.fromArray(F, from, f + VL);
        FloatVector z0 = FloatVector.fromArray(F, from, f + 2 * VL);
        FloatVector x1 = FloatVector.fromArray(F, from, f1);
        FloatVector y1 = FloatVector.fromArray(F, from, f1 + VL);
        FloatVector z1 = FloatVector.fromArray(F, from, f1 + 2 * VL);
        FloatVector x2 = FloatVector.fromArray(F, from, f2);
        FloatVector y2 = FloatVector.fromArray(F, from, f2 + VL);
        FloatVector z2 = FloatVector.fromArray(F, from, f2 + 2 * VL);
        FloatVector x3 = FloatVector.fromArray(F, from, f3);
        FloatVector y3 = FloatVector.fromArray(F, from, f3 + VL);
        FloatVector z3 = FloatVector.fromArray(F, from, f3 + 2 * VL);
        FloatVector x4 = FloatVector.fromArray(F, from, f4);
        FloatVector y4 = FloatVector.fromArray(F, from, f4 + VL);
        FloatVector z4 = FloatVector.fromArray(F, from, f4 + 2 * VL);
        FloatVector x5 = FloatVector.fromArray(F, from, f5);
        FloatVector y5 = FloatVector.fromArray(F, from, f5 + VL);
        FloatVector z5 = FloatVector.fromArray(F, from, f5 + 2 * VL);
        FloatVector x6 = FloatVector.fromArray(F, from, f6);
        FloatVector y6 = FloatVector.fromArray(F, from, f6 + VL);
        FloatVector z6 = FloatVector.fromArray(F, from, f6 + 2 * VL);
        FloatVector x7 = FloatVector.fromArray(F, from, f7);
        FloatVector y7 = FloatVector.fromArray(F, from, f7 + VL);
        FloatVector z7 = FloatVector.fromArray(F, from, f7 + 2 * VL);
        for (int p = 0, q = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = FloatVector.fromArray(F, b, b0);
            FloatVector by = FloatVector.fromArray(F, b, b0 + VL);
            FloatVector bz = FloatVector.fromArray(F, b, b0 + 2 * VL);
            FloatVector s = FloatVector.broadcast(F, a[a0 + q]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            z0 = s.fma(bz, z0);
            s = FloatVector.broadcast(F, a[a1 + q]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            z1 = s.fma(bz, z1);
            s = FloatVector.broadcast(F, a[a2 + q]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            z2 = s.fma(bz, z2);
            s = FloatVector.broadcast(F, a[a3 + q]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            z3 = s.fma(bz, z3);
            s = FloatVector.broadcast(F, a[a4 + q]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            z4 = s.fma(bz, z4);
            s = FloatVector.broadcast(F, a[a5 + q]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            z5 = s.fma(bz, z5);
            s = FloatVector.broadcast(F, a[a6 + q]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            z6 = s.fma(bz, z6);
            s = FloatVector.broadcast(F, a[a7 + q]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
            z7 = s.fma(bz, z7);
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(z0).intoArray(c, c0 + 2 * VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(z1).intoArray(c, c1 + 2 * VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(z2).intoArray(c, c2 + 2 * VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(z3).intoArray(c, c3 + 2 * VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(z4).intoArray(c, c4 + 2 * VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(z5).intoArray(c, c5 + 2 * VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(z6).intoArray(c, c6 + 2 * VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
        CLASS.cast(z7).intoArray(c, c7 + 2 * VL);
    }

    /// 2 vectors, as [#packed].
    static void packedNarrow(
            int k,
            float[] a,
            int a0,
            int ra,
            float[] b,
            int b0,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra, a4 = a3 + ra, a5 = a4 + ra, a6 = a5 + ra, a7 = a6 + ra;
        FloatVector x0 = FloatVector.fromArray(F, from, f);
        FloatVector y0 = FloatVector.fromArray(F, from, f + VL);
        FloatVector x1 = FloatVector.fromArray(F, from, f1);
        FloatVector y1 = FloatVector.fromArray(F, from, f1 + VL);
        FloatVector x2 = FloatVector.fromArray(F, from, f2);
        FloatVector y2 = FloatVector.fromArray(F, from, f2 + VL);
        FloatVector x3 = FloatVector.fromArray(F, from, f3);
        FloatVector y3 = FloatVector.fromArray(F, from, f3 + VL);
        FloatVector x4 = FloatVector.fromArray(F, from, f4);
        FloatVector y4 = FloatVector.fromArray(F, from, f4 + VL);
        FloatVector x5 = FloatVector.fromArray(F, from, f5);
        FloatVector y5 = FloatVector.fromArray(F, from, f5 + VL);
        FloatVector x6 = FloatVector.fromArray(F, from, f6);
        FloatVector y6 = FloatVector.fromArray(F, from, f6 + VL);
        FloatVector x7 = FloatVector.fromArray(F, from, f7);
        FloatVector y7 = FloatVector.fromArray(F, from, f7 + VL);
        for (int p = 0; p < k; p++, b0 += 2 * VL) {
            FloatVector bx = FloatVector.fromArray(F, b, b0);
            FloatVector by = FloatVector.fromArray(F, b, b0 + VL);
            FloatVector s = FloatVector.broadcast(F, a[a0 + p]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = FloatVector.broadcast(F, a[a1 + p]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = FloatVector.broadcast(F, a[a2 + p]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = FloatVector.broadcast(F, a[a3 + p]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            s = FloatVector.broadcast(F, a[a4 + p]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            s = FloatVector.broadcast(F, a[a5 + p]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            s = FloatVector.broadcast(F, a[a6 + p]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            s = FloatVector.broadcast(F, a[a7 + p]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
    }

    /// 2 vectors, as [#panel].
    static void panelNarrow(
            int k,
            float[] a,
            int q,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        FloatVector x0 = FloatVector.fromArray(F, from, f);
        FloatVector y0 = FloatVector.fromArray(F, from, f + VL);
        FloatVector x1 = FloatVector.fromArray(F, from, f1);
        FloatVector y1 = FloatVector.fromArray(F, from, f1 + VL);
        FloatVector x2 = FloatVector.fromArray(F, from, f2);
        FloatVector y2 = FloatVector.fromArray(F, from, f2 + VL);
        FloatVector x3 = FloatVector.fromArray(F, from, f3);
        FloatVector y3 = FloatVector.fromArray(F, from, f3 + VL);
        FloatVector x4 = FloatVector.fromArray(F, from, f4);
        FloatVector y4 = FloatVector.fromArray(F, from, f4 + VL);
        FloatVector x5 = FloatVector.fromArray(F, from, f5);
        FloatVector y5 = FloatVector.fromArray(F, from, f5 + VL);
        FloatVector x6 = FloatVector.fromArray(F, from, f6);
        FloatVector y6 = FloatVector.fromArray(F, from, f6 + VL);
        FloatVector x7 = FloatVector.fromArray(F, from, f7);
        FloatVector y7 = FloatVector.fromArray(F, from, f7 + VL);
        for (int p = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = FloatVector.fromArray(F, b, b0);
            FloatVector by = FloatVector.fromArray(F, b, b0 + VL);
            FloatVector s = FloatVector.broadcast(F, a[q]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = FloatVector.broadcast(F, a[q + 1]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = FloatVector.broadcast(F, a[q + 2]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = FloatVector.broadcast(F, a[q + 3]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            s = FloatVector.broadcast(F, a[q + 4]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            s = FloatVector.broadcast(F, a[q + 5]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            s = FloatVector.broadcast(F, a[q + 6]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            s = FloatVector.broadcast(F, a[q + 7]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
    }

    /// 2 vectors, as [#strided].
    static void stridedNarrow(
            int k,
            float[] a,
            int a0,
            int ra,
            int ca,
            float[] b,
            int b0,
            int rb,
            float[] from,
            int f,
            int rf,
            float[] c,
            int c0,
            int rc) {
        int f1 = f + rf, f2 = f1 + rf, f3 = f2 + rf, f4 = f3 + rf, f5 = f4 + rf, f6 = f5 + rf, f7 = f6 + rf;
        int a1 = a0 + ra, a2 = a1 + ra, a3 = a2 + ra, a4 = a3 + ra, a5 = a4 + ra, a6 = a5 + ra, a7 = a6 + ra;
        FloatVector x0 = FloatVector.fromArray(F, from, f);
        FloatVector y0 = FloatVector.fromArray(F, from, f + VL);
        FloatVector x1 = FloatVector.fromArray(F, from, f1);
        FloatVector y1 = FloatVector.fromArray(F, from, f1 + VL);
        FloatVector x2 = FloatVector.fromArray(F, from, f2);
        FloatVector y2 = FloatVector.fromArray(F, from, f2 + VL);
        FloatVector x3 = FloatVector.fromArray(F, from, f3);
        FloatVector y3 = FloatVector.fromArray(F, from, f3 + VL);
        FloatVector x4 = FloatVector.fromArray(F, from, f4);
        FloatVector y4 = FloatVector.fromArray(F, from, f4 + VL);
        FloatVector x5 = FloatVector.fromArray(F, from, f5);
        FloatVector y5 = FloatVector.fromArray(F, from, f5 + VL);
        FloatVector x6 = FloatVector.fromArray(F, from, f6);
        FloatVector y6 = FloatVector.fromArray(F, from, f6 + VL);
        FloatVector x7 = FloatVector.fromArray(F, from, f7);
        FloatVector y7 = FloatVector.fromArray(F, from, f7 + VL);
        for (int p = 0, q = 0; p < k; p++, q += ca, b0 += rb) {
            FloatVector bx = FloatVector.fromArray(F, b, b0);
            FloatVector by = FloatVector.fromArray(F, b, b0 + VL);
            FloatVector s = FloatVector.broadcast(F, a[a0 + q]);
            x0 = s.fma(bx, x0);
            y0 = s.fma(by, y0);
            s = FloatVector.broadcast(F, a[a1 + q]);
            x1 = s.fma(bx, x1);
            y1 = s.fma(by, y1);
            s = FloatVector.broadcast(F, a[a2 + q]);
            x2 = s.fma(bx, x2);
            y2 = s.fma(by, y2);
            s = FloatVector.broadcast(F, a[a3 + q]);
            x3 = s.fma(bx, x3);
            y3 = s.fma(by, y3);
            s = FloatVector.broadcast(F, a[a4 + q]);
            x4 = s.fma(bx, x4);
            y4 = s.fma(by, y4);
            s = FloatVector.broadcast(F, a[a5 + q]);
            x5 = s.fma(bx, x5);
            y5 = s.fma(by, y5);
            s = FloatVector.broadcast(F, a[a6 + q]);
            x6 = s.fma(bx, x6);
            y6 = s.fma(by, y6);
            s = FloatVector.broadcast(F, a[a7 + q]);
            x7 = s.fma(bx, x7);
            y7 = s.fma(by, y7);
        }
        int c1 = c0 + rc, c2 = c1 + rc, c3 = c2 + rc, c4 = c3 + rc, c5 = c4 + rc, c6 = c5 + rc, c7 = c6 + rc;
        CLASS.cast(x0).intoArray(c, c0);
        CLASS.cast(y0).intoArray(c, c0 + VL);
        CLASS.cast(x1).intoArray(c, c1);
        CLASS.cast(y1).intoArray(c, c1 + VL);
        CLASS.cast(x2).intoArray(c, c2);
        CLASS.cast(y2).intoArray(c, c2 + VL);
        CLASS.cast(x3).intoArray(c, c3);
        CLASS.cast(y3).intoArray(c, c3 + VL);
        CLASS.cast(x4).intoArray(c, c4);
        CLASS.cast(y4).intoArray(c, c4 + VL);
        CLASS.cast(x5).intoArray(c, c5);
        CLASS.cast(y5).intoArray(c, c5 + VL);
        CLASS.cast(x6).intoArray(c, c6);
        CLASS.cast(y6).intoArray(c, c6 + VL);
        CLASS.cast(x7).intoArray(c, c7);
        CLASS.cast(y7).intoArray(c, c7 + VL);
    }
}
