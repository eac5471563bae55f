package cajal.kernel;

import java.util.Arrays;

/// Attention in single precision, a block of queries of one head at a time, so that its scores stay in the
/// cache and the matrix of all scores exists nowhere.
///
/// Forward, each block of each head is a part of the work; backward, all blocks of the heads that share keys
/// and values are one, because they add to the same gradients, in ascending order.
///
/// Legend: `H` heads, `G` groups of heads that share keys and values, `Tq` queries, `Tk` keys, `D` numbers a
/// query and key, `E` numbers a value; of a block: `m` queries from `i0`, which see at most the first `n` keys.
///
/// **Source** the recomputed scores: Dao et al., "FlashAttention", 2022.
final class AttentionLoop {
    private static final int BLOCK = 64; // queries
    private static final int CAUSAL_BLOCK = 32; // where a smaller one sees fewer keys in vain

    private final FloatPrimitives fns;
    private final Task.AttentionForm form;
    private final View q, k, v;
    private final View[] in;
    private final int heads, groups, queries, keys, D, E, batches, block;

    AttentionLoop(FloatPrimitives fns, Task.AttentionForm form, View[] in) {
        this.fns = fns;
        this.form = form;
        this.in = in;
        q = in[0];
        k = in[1];
        v = in[2];
        queries = (int) q.shape().dim(-3);
        heads = (int) q.shape().dim(-2);
        D = (int) q.shape().dim(-1);
        keys = (int) k.shape().dim(-3);
        groups = (int) k.shape().dim(-2);
        E = (int) v.shape().dim(-1);
        long leading = 1;
        for (int axis = 0; axis < q.rank() - 3; axis++) {
            leading *= q.shape().dim(axis);
        }
        batches = (int) leading;
        block = form.causal() ? CAUSAL_BLOCK : BLOCK;
    }

    private int blocks() {
        return (queries + block - 1) / block;
    }

    // ---- forward

    boolean forward(View y, View logSums) {
        if (form.visible(0, queries, keys) == 0) {
            y.clear(); // some queries see nothing
        }
        Workers.parallel(batches * heads * blocks(), part -> {
            int i0 = part % blocks() * block;
            int head = part / blocks() % heads;
            forward(part / blocks() / heads, head, i0, y, logSums);
        });
        return true;
    }

    private void forward(int batch, int head, int i0, View y, View logSums) {
        int m = Math.min(block, queries - i0);
        int n = form.visible(i0 + m - 1, queries, keys);
        int sums = logSums.start() + (batch * heads + head) * queries + i0;
        if (n == 0) {
            Arrays.fill(logSums.floats(), sums, sums + m, Float.POSITIVE_INFINITY);
            return;
        }
        float[] s = Scratch.shared().take(m * n);
        float[] max = Scratch.shared().take(2 * m); // and behind it the reciprocals of the sums
        scores(batch, head, i0, m, n, s);
        for (int r = 0; r < m; r++) {
            max[r] = fns.reduce(Task.Reduction.MAX, s, r * n, n);
            float shift = max[r] == Float.NEGATIVE_INFINITY ? 0 : max[r];
            for (int j = r * n; j < r * n + n; j++) {
                s[j] -= shift;
            }
        }
        fns.apply(Scalar.EXP, s, 0, s, 0, s, 0, s, 0, m * n);
        for (int r = 0; r < m; r++) {
            float sum = fns.reduce(Task.Reduction.SUM, s, r * n, n);
            max[m + r] = sum == 0 ? 0 : 1 / sum;
            logSums.floats()[sums + r] = sum == 0 ? Float.POSITIVE_INFINITY : max[r] + FloatMath.log(sum);
        }
        factors(batch, head, i0, m, n, s);
        FloatMatrix to = matrix(y, batch, head, i0, m);
        fns.multiply(FloatMatrix.of(s, m, n), matrix(v, batch, group(head), 0, n), to, false);
        for (int r = 0; r < m; r++) {
            fns.line(to.data(), to.at(r, 0), 0, max[m + r], 0, to.data(), to.at(r, 0), E);
        }
        Scratch.shared().give(s);
        Scratch.shared().give(max);
    }

    // ---- backward

    boolean backward(View[] in, View[] out) {
        for (View each : out) {
            each.clear(); // many queries add to one key
        }
        Workers.parallel(batches * groups, part -> {
            int each = heads / groups;
            int group = part % groups;
            for (int head = group * each; head < (group + 1) * each; head++) {
                for (int i0 = 0; i0 < queries; i0 += block) {
                    backward(part / groups, head, i0, in, out);
                }
            }
        });
        return true;
    }

    private void backward(int batch, int head, int i0, View[] in, View[] out) {
        int m = Math.min(block, queries - i0);
        int n = form.visible(i0 + m - 1, queries, keys);
        if (n == 0) {
            return;
        }
        FloatMatrix dy = matrix(in[in.length - 1], batch, head, i0, m);
        float[] p = Scratch.shared().take(m * n);
        float[] ds = Scratch.shared().take(m * n);
        weights(batch, head, i0, m, n, in[in.length - 2], p);
        fns.multiply(dy, matrix(v, batch, group(head), 0, n).transposed(), FloatMatrix.of(ds, m, n), false);
        factors(batch, head, i0, m, n, ds);
        float[] through = through(matrix(in[in.length - 3], batch, head, i0, m), dy, m);
        float scale = (float) form.scale();
        for (int r = 0; r < m; r++) {
            float t = through[r];
            for (int j = r * n; j < r * n + n; j++) {
                ds[j] = p[j] * (ds[j] - t) * scale;
            }
        }
        Scratch.shared().give(through);
        factors(batch, head, i0, m, n, p);
        FloatMatrix slopes = FloatMatrix.of(ds, m, n);
        fns.multiply(slopes, matrix(k, batch, group(head), 0, n), matrix(out[0], batch, head, i0, m), false);
        fns.multiply(
                slopes.transposed(), matrix(q, batch, head, i0, m), matrix(out[1], batch, group(head), 0, n), true);
        fns.multiply(FloatMatrix.of(p, m, n).transposed(), dy, matrix(out[2], batch, group(head), 0, n), true);
        Scratch.shared().give(p);
        Scratch.shared().give(ds);
    }

    /// The weights before the factors, from the scores and the logarithms of their sums.
    private void weights(int batch, int head, int i0, int m, int n, View logSums, float[] p) {
        scores(batch, head, i0, m, n, p);
        long row = ((long) batch * heads + head) * queries + i0;
        for (int r = 0; r < m; r++) {
            float lse = logSums.floats()[(int) logSums.position(row + r)];
            for (int j = r * n; j < r * n + n; j++) {
                p[j] -= lse;
            }
        }
        fns.apply(Scalar.EXP, p, 0, p, 0, p, 0, p, 0, m * n);
    }

    /// What the weights' common divisor takes: `sum over e of y·dy`, one number a query.
    private float[] through(FloatMatrix y, FloatMatrix dy, int m) {
        float[] rows = Scratch.shared().take(2 * E);
        float[] sums = Scratch.shared().take(m);
        boolean neighbours = y.columnStride() == 1 && dy.columnStride() == 1;
        for (int r = 0; r < m; r++) {
            if (neighbours) {
                sums[r] = fns.dot(y.data(), y.at(r, 0), dy.data(), dy.at(r, 0), E);
                continue;
            }
            for (int e = 0; e < E; e++) {
                rows[e] = y.data()[y.at(r, e)];
                rows[E + e] = dy.data()[dy.at(r, e)];
            }
            sums[r] = fns.dot(rows, 0, rows, E, E);
        }
        Scratch.shared().give(rows);
        return sums;
    }

    // ---- both

    /// `scale·q·k + bias`; minus infinity for keys that a query doesn't see.
    private void scores(int batch, int head, int i0, int m, int n, float[] s) {
        FloatMatrix right = matrix(k, batch, group(head), 0, n).transposed();
        if (D > 0) {
            fns.multiply(matrix(q, batch, head, i0, m), right, FloatMatrix.of(s, m, n), false);
        } else {
            Arrays.fill(s, 0, m * n, 0);
        }
        float scale = (float) form.scale();
        for (int j = 0; j < m * n; j++) {
            s[j] *= scale;
        }
        for (int r = 0; r < m; r++) {
            if (form.biased()) {
                addRow(in[3], row(in[3], batch, head, i0 + r), n, s, r * n);
            }
            Arrays.fill(s, r * n + form.visible(i0 + r, queries, keys), r * n + n, Float.NEGATIVE_INFINITY);
        }
    }

    private static void addRow(View bias, int at, int n, float[] s, int to) {
        float[] b = bias.floats();
        int step = (int) bias.stride(-1);
        for (int j = 0; j < n; j++) {
            s[to + j] += b[at + j * step];
        }
    }

    private void factors(int batch, int head, int i0, int m, int n, float[] s) {
        if (!form.factored()) {
            return;
        }
        View factors = in[form.biased() ? 4 : 3];
        int step = (int) factors.stride(-1);
        for (int r = 0; r < m; r++) {
            int at = row(factors, batch, head, i0 + r);
            for (int j = 0; j < n; j++) {
                s[r * n + j] *= factors.floats()[at + j * step];
            }
        }
    }

    private int group(int head) {
        return head / (heads / groups);
    }

    /// The position of a row of a view of `(..., H, Tq, Tk)`.
    private static int row(View view, int batch, int head, int query) {
        return (int) (leading(view, batch) + head * view.stride(-3) + query * view.stride(-2));
    }

    /// `rows` rows from `from` of one head of a view of `(..., T, H, D)`.
    private static FloatMatrix matrix(View view, int batch, int head, int from, int rows) {
        long at = leading(view, batch) + head * view.stride(-2) + from * view.stride(-3);
        return new FloatMatrix(view.floats(), (int) at, rows, (int) view.shape().dim(-1), (int) view.stride(-3), (int)
                view.stride(-1));
    }

    private static long leading(View view, int batch) {
        long at = view.offset();
        long index = batch;
        for (int axis = view.rank() - 4; axis >= 0; axis--) {
            at += index % view.shape().dim(axis) * view.stride(axis);
            index /= view.shape().dim(axis);
        }
        return at;
    }
}
