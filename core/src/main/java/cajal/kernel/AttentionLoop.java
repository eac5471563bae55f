package cajal.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

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
        block = Math.clamp(queries, 1, form.causal() ? CAUSAL_BLOCK : BLOCK);
    }

    private int blocks() {
        return (queries + block - 1) / block;
    }

    // ---- what a thread works with

    /// The scores of a block or its weights, room for their slopes, and the products of the blocks that it was used
    /// for.
    private final class Space {
        private final float[] s = Scratch.shared().take(block * keys);
        private final float[] ds;
        private final @Nullable Block[] blocks = new Block[blocks()];
        private final View[] from;
        private final View[] to;

        Space(View[] from, View[] to, boolean slopes) {
            this.from = from;
            this.to = to;
            ds = slopes ? Scratch.shared().take(block * keys) : new float[0];
        }

        Block block(int i0) {
            Block made = blocks[i0 / block];
            if (made == null) {
                blocks[i0 / block] = made = ds.length > 0 ? new Block(i0, this, from, to) : new Block(i0, this, to[0]);
            }
            return made;
        }

        void close() {
            Scratch.shared().give(s);
            if (ds.length > 0) Scratch.shared().give(ds);
        }
    }

    /// The products of the queries from `i0` on, all for the first head of the first batch.
    private final class Block {
        private static final Product NONE = (_, _, _) -> {};

        private final int i0, m, n;
        private Product scores = NONE, outputs = NONE; // forward
        private Product ofWeights = NONE, ofQueries = NONE, ofKeys = NONE, ofValues = NONE; // slopes

        private Block(int i0) {
            this.i0 = i0;
            m = Math.min(block, queries - i0);
            n = form.visible(i0 + m - 1, queries, keys);
        }

        Block(int i0, Space space, View y) {
            this(i0);
            if (n == 0) return;
            scores(space);
            outputs = fns.product(FloatMatrix.of(space.s, m, n), rows(v, 0, n), rows(y, i0, m), false);
        }

        Block(int i0, Space space, View[] in, View[] out) {
            this(i0);
            if (n == 0) return;
            scores(space);
            FloatMatrix dy = rows(in[in.length - 1], i0, m), ds = FloatMatrix.of(space.ds, m, n);
            FloatMatrix weights = FloatMatrix.of(space.s, m, n).transposed();
            ofWeights = fns.product(dy, rows(v, 0, n).transposed(), ds, false);
            ofQueries = fns.product(ds, rows(k, 0, n), rows(out[0], i0, m), false);
            ofKeys = fns.product(ds.transposed(), rows(q, i0, m), rows(out[1], 0, n), true);
            ofValues = fns.product(weights, dy, rows(out[2], 0, n), true);
        }

        private void scores(Space space) {
            if (D == 0) return;
            scores = fns.product(rows(q, i0, m), rows(k, 0, n).transposed(), FloatMatrix.of(space.s, m, n), false);
        }
    }

    // ---- forward

    boolean forward(View y, View logSums) {
        if (form.visible(0, queries, keys) == 0) {
            y.clear(); // some queries see nothing
        }
        Spaces<Space> spaces = new Spaces<>(() -> new Space(in, new View[] {y}, false));
        Workers.parallel(batches * heads * blocks(), part -> {
            Space space = spaces.take();
            Block at = space.block(part % blocks() * block);
            int head = part / blocks() % heads;
            forward(part / blocks() / heads, head, at, space.s, y, logSums);
            spaces.give(space);
        });
        spaces.close(Space::close);
        return true;
    }

    private void forward(int batch, int head, Block b, float[] s, View y, View logSums) {
        int m = b.m, n = b.n;
        int sums = logSums.start() + (batch * heads + head) * queries + b.i0;
        if (n == 0) {
            Arrays.fill(logSums.floats(), sums, sums + m, Float.POSITIVE_INFINITY);
            return;
        }
        float[] max = Scratch.shared().take(2 * m); // and behind it the reciprocals of the sums
        scores(batch, head, b, s);
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
        factors(batch, head, b, s);
        b.outputs.compute(0, behind(v, batch, group(head)), behind(y, batch, head));
        int at = at(y, batch, head, b.i0), down = (int) y.stride(-3);
        for (int r = 0; r < m; r++, at += down) {
            fns.line(y.floats(), at, 0, max[m + r], 0, y.floats(), at, E);
        }
        Scratch.shared().give(max);
    }

    // ---- backward

    boolean backward(View[] in, View[] out) {
        for (View each : out) {
            each.clear(); // many queries add to one key
        }
        Spaces<Space> spaces = new Spaces<>(() -> new Space(in, out, true));
        Workers.parallel(batches * groups, part -> {
            Space space = spaces.take();
            int each = heads / groups;
            int group = part % groups;
            for (int head = group * each; head < (group + 1) * each; head++) {
                for (int i0 = 0; i0 < queries; i0 += block) {
                    backward(part / groups, head, space.block(i0), space.s, space.ds, in, out);
                }
            }
            spaces.give(space);
        });
        spaces.close(Space::close);
        return true;
    }

    private void backward(int batch, int head, Block b, float[] p, float[] ds, View[] in, View[] out) {
        int m = b.m, n = b.n, group = group(head);
        if (n == 0) {
            return;
        }
        View dy = in[in.length - 1];
        int slopes = behind(dy, batch, head);
        weights(batch, head, b, in[in.length - 2], p);
        b.ofWeights.compute(slopes, behind(v, batch, group), 0);
        factors(batch, head, b, ds);
        float[] through = through(in[in.length - 3], dy, batch, head, b);
        float scale = (float) form.scale();
        for (int r = 0; r < m; r++) {
            float t = through[r];
            for (int j = r * n; j < r * n + n; j++) {
                ds[j] = p[j] * (ds[j] - t) * scale;
            }
        }
        Scratch.shared().give(through);
        factors(batch, head, b, p);
        b.ofQueries.compute(0, behind(k, batch, group), behind(out[0], batch, head));
        b.ofKeys.compute(0, behind(q, batch, head), behind(out[1], batch, group));
        b.ofValues.compute(0, slopes, behind(out[2], batch, group));
    }

    /// The weights before the factors, from the scores and the logarithms of their sums.
    private void weights(int batch, int head, Block b, View logSums, float[] p) {
        int m = b.m, n = b.n;
        scores(batch, head, b, p);
        long row = ((long) batch * heads + head) * queries + b.i0;
        for (int r = 0; r < m; r++) {
            float lse = logSums.floats()[(int) logSums.position(row + r)];
            for (int j = r * n; j < r * n + n; j++) {
                p[j] -= lse;
            }
        }
        fns.apply(Scalar.EXP, p, 0, p, 0, p, 0, p, 0, m * n);
    }

    /// What the weights' common divisor takes: `sum over e of y·dy`, one number a query.
    private float[] through(View y, View dy, int batch, int head, Block b) {
        float[] rows = Scratch.shared().take(2 * E);
        float[] sums = Scratch.shared().take(b.m);
        float[] ys = y.floats(), slopes = dy.floats();
        int step = (int) y.stride(-1), along = (int) dy.stride(-1);
        for (int r = 0; r < b.m; r++) {
            int at = at(y, batch, head, b.i0 + r), from = at(dy, batch, head, b.i0 + r);
            if (step == 1 && along == 1) {
                sums[r] = fns.dot(ys, at, slopes, from, E);
                continue;
            }
            for (int e = 0; e < E; e++) {
                rows[e] = ys[at + e * step];
                rows[E + e] = slopes[from + e * along];
            }
            sums[r] = fns.dot(rows, 0, rows, E, E);
        }
        Scratch.shared().give(rows);
        return sums;
    }

    // ---- both

    /// `scale·q·k + bias`; minus infinity for keys that a query doesn't see.
    private void scores(int batch, int head, Block b, float[] s) {
        int m = b.m, n = b.n, i0 = b.i0;
        if (D > 0) {
            b.scores.compute(behind(q, batch, head), behind(k, batch, group(head)), 0);
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

    private void factors(int batch, int head, Block b, float[] s) {
        if (!form.factored()) {
            return;
        }
        int m = b.m, n = b.n, i0 = b.i0;
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

    /// `rows` rows from `from` of the first head of the first batch of a view of `(..., T, H, D)`.
    private static FloatMatrix rows(View view, int from, int rows) {
        return new FloatMatrix(
                view.floats(), at(view, 0, 0, from), rows, (int) view.shape().dim(-1), (int) view.stride(-3), (int)
                        view.stride(-1));
    }

    /// The position of a row of a view of `(..., T, H, D)`.
    private static int at(View view, int batch, int head, int row) {
        return (int) (leading(view, batch) + head * view.stride(-2) + row * view.stride(-3));
    }

    /// How far a head lies behind the first one of the first batch.
    private static int behind(View view, int batch, int head) {
        return (int) (leading(view, batch) - view.offset() + head * view.stride(-2));
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
