package cajal.simd;

import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import cajal.kernel.Scalar;
import jdk.incubator.vector.FloatVector;

/// The step of an LSTM, a vector of neurons at a time; [cajal.kernel.LstmStep] explains it.
final class VectorCells {
    private VectorCells() {}

    private static FloatVector load(float[] a, int i) {
        return FloatVector.fromArray(F, a, i);
    }

    /// One step. The functions are loops of their own: with all five in one, C2 ran into its limit of nodes, and the
    /// vectors were boxed.
    static void lstm(float[] x, int xs, float[] z, int zs, float[] c, float[] h, int d, float[] kept, int to, int n) {
        VectorLoops.add(z, zs, x, xs, kept, to, 4 * n);
        VectorLoops.apply(Scalar.SIGMOID, kept, to, kept, 0, kept, 0, kept, to, 2 * n);
        VectorLoops.apply(Scalar.TANH, kept, to + 2 * n, kept, 0, kept, 0, kept, to + 2 * n, n);
        VectorLoops.apply(Scalar.SIGMOID, kept, to + 3 * n, kept, 0, kept, 0, kept, to + 3 * n, n);
        cell(kept, to, c, d, n);
        VectorLoops.apply(Scalar.TANH, c, d, c, 0, c, 0, kept, to + 4 * n, n);
        VectorLoops.mul(kept, to + 3 * n, kept, to + 4 * n, h, d, n);
    }

    private static void cell(float[] gates, int at, float[] c, int d, int n) {
        int j = 0;
        for (; j <= n - VL; j += VL) {
            FloatVector i = load(gates, at + j), f = load(gates, at + n + j), g = load(gates, at + 2 * n + j);
            f.mul(load(c, d + j)).add(i.mul(g)).intoArray(c, d + j);
        }
        for (; j < n; j++) c[d + j] = gates[at + n + j] * c[d + j] + gates[at + j] * gates[at + 2 * n + j];
    }

    /// The backward pass for as many neurons as fill vectors; returns their number.
    static int lstmSlopes(
            float[] kept, int ks, float[] before, int ps, float[] dh, float[] dc, int d, float[] dz, int to, int n) {
        FloatVector one = FloatVector.broadcast(F, 1), zero = FloatVector.zero(F);
        int j = 0;
        for (; j <= n - VL; j += VL) {
            FloatVector i = load(kept, ks + j), f = load(kept, ks + n + j), g = load(kept, ks + 2 * n + j);
            FloatVector o = load(kept, ks + 3 * n + j), u = load(kept, ks + 4 * n + j), h = load(dh, d + j);
            FloatVector s = load(dc, d + j).add(h.mul(o).mul(one.sub(u.mul(u))));
            s.mul(g).mul(i).mul(one.sub(i)).intoArray(dz, to + j);
            s.mul(load(before, ps + j)).mul(f).mul(one.sub(f)).intoArray(dz, to + n + j);
            s.mul(i).mul(one.sub(g.mul(g))).intoArray(dz, to + 2 * n + j);
            h.mul(u).mul(o).mul(one.sub(o)).intoArray(dz, to + 3 * n + j);
            s.mul(f).intoArray(dc, d + j);
            zero.intoArray(dh, d + j);
        }
        return j;
    }
}
