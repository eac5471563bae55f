package cajal.simd;

import static cajal.simd.Lanes.F;
import static cajal.simd.Lanes.VL;

import jdk.incubator.vector.FloatVector;

/// The backward pass of an LSTM's step, a vector of neurons at a time; [cajal.kernel.LstmSlopes] explains it.
final class VectorCells {
    private VectorCells() {}

    private static FloatVector load(float[] a, int i) {
        return FloatVector.fromArray(F, a, i);
    }

    /// Computes as many neurons as fill vectors, and returns their number.
    static int lstmSlopes(float[] row, float[] dh, float[] dc, int d, float[] dz, int to, int n) {
        FloatVector one = FloatVector.broadcast(F, 1), zero = FloatVector.zero(F);
        int j = 0;
        for (; j <= n - VL; j += VL) {
            FloatVector i = load(row, j), f = load(row, n + j), g = load(row, 2 * n + j), o = load(row, 3 * n + j);
            FloatVector before = load(row, 5 * n + j), u = load(row, 6 * n + j), h = load(dh, d + j);
            FloatVector s = load(dc, d + j).add(h.mul(o).mul(one.sub(u.mul(u))));
            s.mul(g).mul(i).mul(one.sub(i)).intoArray(dz, to + j);
            s.mul(before).mul(f).mul(one.sub(f)).intoArray(dz, to + n + j);
            s.mul(i).mul(one.sub(g.mul(g))).intoArray(dz, to + 2 * n + j);
            h.mul(u).mul(o).mul(one.sub(o)).intoArray(dz, to + 3 * n + j);
            s.mul(f).intoArray(dc, d + j);
            zero.intoArray(dh, d + j);
        }
        return j;
    }
}
