package cajal.kernel;

import static cajal.kernel.Scalar.ADD;
import static cajal.kernel.Scalar.MUL;
import static cajal.kernel.Scalar.SUB;

import cajal.kernel.Task.Reduction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// [Task.Normalise] and its gradient on runs of floats: `x` is `(A, G, S)`, group `g` has the `A` runs
/// `x[a, g, :]` of `S` elements.
///
/// Where runs are short and many ([#SHORT]), the rows `x[a, :, :]` are taken as vectors instead, over
/// columns that belong to groups. The work is split by groups; what several groups add up (the gradients of
/// weights that they share) is added up within a part first, then over the parts in order. The mean is
/// taken away before anything is squared or scaled, so a large mean costs no digits.
///
/// Legend: `m` mean, `r` 1 / sqrt(variance + epsilon), `w` weight, `b` bias, `d` = `x - m`, `N` = `A·S`.
final class FloatNormalise {
    private static final int GRAIN = 16_384;
    private static final int SHORT = 16;
    private static final int LONG = 256; // with shorter runs a function of its own takes less time than one in parts
    private static final int ROWS = 64; // rows whose sum is taken apart, as in the primitives' reduceRows

    private final FloatPrimitives p;
    private final int before; // A
    private final int groups; // G
    private final int run; // S
    private final boolean centred;
    private final float epsilon;
    private final boolean perGroup;
    private final View x;

    private FloatNormalise(FloatPrimitives primitives, View x, boolean centred, double epsilon, boolean perGroup) {
        this.p = primitives;
        this.x = x;
        this.centred = centred;
        this.epsilon = (float) epsilon;
        this.perGroup = perGroup;
        before = (int) x.shape().dim(0);
        groups = (int) x.shape().dim(1);
        run = (int) x.shape().dim(2);
    }

    static boolean forward(FloatPrimitives primitives, Task.Normalise task, Epilogue end, View[] in, View[] out) {
        if (in[0].size() == 0) {
            return false; // the reference kernels know what the mean of nothing is
        }
        var k = new FloatNormalise(primitives, in[0], task.centred(), task.epsilon(), task.perGroup());
        if (end != Epilogue.NONE && k.run < LONG) {
            return false; // one after the other
        }
        if (k.byColumns(in.length > 1)) {
            Workers.ranges(k.groups, k.columnGrain(), (from, to) -> k.columns(from, to, in, out));
        } else {
            Workers.ranges(k.groups, k.grain(), (from, to) -> k.runs(from, to, end, in, out));
        }
        return true;
    }

    /// With a `slope`, it takes the value behind the other inputs and the first one to the gradient of `y`.
    static boolean backward(
            FloatPrimitives primitives, Task.NormaliseGradient task, @Nullable OnePass slope, View[] in, View[] out) {
        if (in[0].size() == 0) {
            return false;
        }
        var k = new FloatNormalise(primitives, in[1], task.centred(), task.epsilon(), task.perGroup());
        boolean weighted = in.length > (slope == null ? 4 : 5);
        if (slope != null && (k.run < LONG || !task.perGroup())) {
            return false; // one after the other
        }
        if (k.byColumns(weighted)) {
            Workers.ranges(k.groups, k.columnGrain(), (from, to) -> k.columnsBack(from, to, in, out));
        } else if (weighted && !task.perGroup()) {
            k.runsBackShared(in, out);
        } else {
            Workers.ranges(k.groups, k.grain(), (from, to) -> k.runsBack(from, to, weighted, slope, in, out));
        }
        return true;
    }

    private boolean byColumns(boolean weighted) {
        return run < SHORT && before > 1 && (perGroup || !weighted);
    }

    private int grain() {
        return Math.max(1, GRAIN / (before * run));
    }

    /// At least a few vectors of columns.
    private int columnGrain() {
        return Math.max((2 * ROWS + run - 1) / run, GRAIN / Math.max(1, before * run));
    }

    private float inverseRoot(float variance) {
        return (float) (1 / Math.sqrt(variance + epsilon));
    }

    private static float at(View[] views, int which, int i, float otherwise) {
        return views.length > which ? views[which].floats()[views[which].start() + i] : otherwise;
    }

    private int position(View v, int a, int g) {
        return v.start() + (a * groups + g) * run;
    }

    // ---- groups of long runs

    private void runs(int from, int to, Epilogue end, View[] in, View[] out) {
        float[] d = Scratch.shared().take(run);
        float[] source = x.floats();
        for (int g = from; g < to; g++) {
            double sum = 0;
            for (int a = 0; a < before && centred; a++) {
                sum += p.reduce(Reduction.SUM, source, position(x, a, g), run);
            }
            float m = (float) (sum / ((double) before * run));
            double squares = 0;
            for (int a = 0; a < before; a++) {
                p.line(source, position(x, a, g), m, 1, 0, d, 0, run);
                squares += p.dot(d, 0, d, 0, run);
            }
            float variance = (float) (squares / ((double) before * run));
            out[1].floats()[out[1].start() + g] = m;
            out[2].floats()[out[2].start() + g] = variance;
            write(g, m, inverseRoot(variance), end, in, out[0]);
        }
        Scratch.shared().give(d);
    }

    private void write(int g, float m, float r, Epilogue end, View[] in, View out) {
        float[] y = out.floats();
        for (int a = 0; a < before; a++) {
            int i = position(x, a, g);
            int k = position(out, a, g);
            if (perGroup) {
                p.line(x.floats(), i, m, r * at(in, 1, g, 1), at(in, 2, g, 0), y, k, run);
            } else {
                p.line(x.floats(), i, m, r, 0, y, k, run);
            }
            if (!perGroup && in.length > 1) {
                p.apply(MUL, y, k, in[1].floats(), in[1].start(), y, k, y, k, run);
            }
            if (!perGroup && in.length > 2) {
                p.apply(ADD, y, k, in[2].floats(), in[2].start(), y, k, y, k, run);
            }
            end.over(k - out.start(), k - out.start() + run);
        }
    }

    private void runsBack(int from, int to, boolean weighted, @Nullable OnePass slope, View[] in, View[] out) {
        float[] d = Scratch.shared().take(run);
        View slopes = slope == null ? in[0] : out[0];
        View[] value = {in[in.length - 1], in[0]}, into = {out[0]};
        float[] g = slopes.floats(), dx = out[0].floats();
        for (int group = from; group < to; group++) {
            float m = at(in, 2, group, 0);
            float r = inverseRoot(at(in, 3, group, 0));
            double sum = 0;
            double along = 0;
            for (int a = 0; a < before; a++) {
                int k = position(slopes, a, group), i = k - slopes.start();
                if (slope != null) slope.run(value, into, i, i + run);
                p.line(x.floats(), position(x, a, group), m, 1, 0, d, 0, run);
                sum += p.reduce(Reduction.SUM, g, k, run);
                along += p.dot(g, k, d, 0, run);
            }
            if (weighted) {
                out[1].floats()[out[1].start() + group] = (float) (along * r);
                out[2].floats()[out[2].start() + group] = (float) sum;
            }
            float scale = r * (weighted ? at(in, 4, group, 1) : 1);
            for (int a = 0; a < before; a++) {
                spread(group, a, m, r, scale, sum, along, d, 0);
                p.addScaled(g, position(slopes, a, group), scale, d, 0, run);
                System.arraycopy(d, 0, dx, position(out[0], a, group), run);
            }
        }
        Scratch.shared().give(d);
    }

    /// What reaches `x` through mean and variance: `-scale·(sum + d·r²·along) / N`.
    private void spread(int g, int a, float m, float r, float scale, double sum, double along, float[] d, int at) {
        double n = (double) before * run;
        float factor = (float) (-scale * (double) r * r * along / n);
        float offset = centred ? (float) (-scale * sum / n) : 0;
        p.line(x.floats(), position(x, a, g), m, factor, offset, d, at, run);
    }

    /// One weight a place: all groups add to its gradient.
    private void runsBackShared(View[] in, View[] out) {
        int grain = grain();
        int parts = (groups - 1) / grain + 1;
        float[] dw = Scratch.shared().take(parts * run);
        float[] db = Scratch.shared().take(parts * run);
        Arrays.fill(dw, 0, parts * run, 0);
        Arrays.fill(db, 0, parts * run, 0);
        Workers.parallel(parts, part -> {
            int to = Math.min(groups, (part + 1) * grain);
            shared(part * grain, to, in, out[0], dw, db, part * run);
        });
        p.reduceRows(Reduction.SUM, dw, 0, parts, run, run, out[1].floats(), out[1].start());
        p.reduceRows(Reduction.SUM, db, 0, parts, run, run, out[2].floats(), out[2].start());
        Scratch.shared().give(dw);
        Scratch.shared().give(db);
    }

    private void shared(int from, int to, View[] in, View dx, float[] dw, float[] db, int at) {
        float[] d = Scratch.shared().take(run);
        float[] weighted = Scratch.shared().take(run);
        float[] g = in[0].floats();
        float[] w = in[4].floats();
        for (int group = from; group < to; group++) {
            float m = at(in, 2, group, 0);
            float r = inverseRoot(at(in, 3, group, 0));
            double sum = 0;
            double along = 0;
            for (int a = 0; a < before; a++) {
                int k = position(in[0], a, group);
                p.line(x.floats(), position(x, a, group), m, 1, 0, d, 0, run);
                p.apply(MUL, g, k, w, in[4].start(), g, k, weighted, 0, run);
                sum += p.reduce(Reduction.SUM, weighted, 0, run);
                along += p.dot(weighted, 0, d, 0, run);
                p.apply(MUL, g, k, d, 0, d, 0, d, 0, run);
                p.addScaled(d, 0, r, dw, at, run);
                p.apply(ADD, db, at, g, k, g, k, db, at, run);
            }
            for (int a = 0; a < before; a++) {
                int k = position(in[0], a, group);
                if (before > 1) { // else it is still there
                    p.apply(MUL, g, k, w, in[4].start(), g, k, weighted, 0, run);
                }
                spread(group, a, m, r, r, sum, along, dx.floats(), position(dx, a, group));
                p.addScaled(weighted, 0, r, dx.floats(), position(dx, a, group), run);
            }
        }
        Scratch.shared().give(d);
        Scratch.shared().give(weighted);
    }

    // ---- many short runs: rows of columns

    private void columns(int from, int to, View[] in, View[] out) {
        int n = (to - from) * run;
        float[] m = Scratch.shared().take(n);
        float[] sums = Scratch.shared().take(n);
        float[] d = Scratch.shared().take(n);
        Arrays.fill(m, 0, n, 0);
        if (centred) {
            p.reduceRows(Reduction.SUM, x.floats(), position(x, 0, from), before, groups * run, n, sums, 0);
            each(from, to, sums, (_, sum) -> (float) (sum / ((double) before * run)), m);
            addUp(from, n, m, d, sums, (_, _) -> {}); // what the sum of large numbers lost
            each(from, to, sums, (g, rest) -> (float) (m[(g - from) * run] + rest / ((double) before * run)), m);
        }
        addUp(from, n, m, d, sums, (a, t) -> p.apply(MUL, t, 0, t, 0, t, 0, t, 0, n));
        float[] factor = Scratch.shared().take(n);
        float[] offset = Scratch.shared().take(n);
        each(
                from,
                to,
                sums,
                (g, squares) -> {
                    float variance = (float) (squares / ((double) before * run));
                    out[1].floats()[out[1].start() + g] = m[(g - from) * run];
                    out[2].floats()[out[2].start() + g] = variance;
                    return inverseRoot(variance) * at(in, 1, g, 1);
                },
                factor);
        each(from, to, sums, (g, _) -> at(in, 2, g, 0), offset);
        for (int a = 0; a < before; a++) {
            p.apply(SUB, x.floats(), position(x, a, from), m, 0, m, 0, d, 0, n);
            p.apply(MUL, d, 0, factor, 0, d, 0, d, 0, n);
            p.apply(ADD, d, 0, offset, 0, d, 0, out[0].floats(), position(out[0], a, from), n);
        }
        give(m, sums, d, factor, offset);
    }

    private void columnsBack(int from, int to, View[] in, View[] out) {
        int n = (to - from) * run;
        float[] g = in[0].floats();
        float[] m = Scratch.shared().take(n);
        float[] sums = Scratch.shared().take(n);
        float[] along = Scratch.shared().take(n);
        float[] d = Scratch.shared().take(n);
        float[] factor = Scratch.shared().take(n);
        float[] offset = Scratch.shared().take(n);
        p.reduceRows(Reduction.SUM, g, position(in[0], 0, from), before, groups * run, n, sums, 0);
        each(from, to, sums, (group, _) -> at(in, 2, group, 0), m);
        addUp(from, n, m, d, along, (a, t) -> p.apply(MUL, t, 0, g, position(in[0], a, from), t, 0, t, 0, n));
        double size = (double) before * run;
        each(
                from,
                to,
                sums,
                (group, sum) -> {
                    float scale = inverseRoot(at(in, 3, group, 0)) * at(in, 4, group, 1);
                    if (in.length > 4) {
                        out[2].floats()[out[2].start() + group] = (float) sum;
                    }
                    return centred ? (float) (-scale * sum / size) : 0;
                },
                offset);
        each(
                from,
                to,
                along,
                (group, sum) -> {
                    float r = inverseRoot(at(in, 3, group, 0));
                    if (in.length > 4) {
                        out[1].floats()[out[1].start() + group] = (float) (sum * r);
                    }
                    return (float) (-r * at(in, 4, group, 1) * (double) r * r * sum / size);
                },
                factor);
        float[] scale = sums;
        each(from, to, along, (group, _) -> inverseRoot(at(in, 3, group, 0)) * at(in, 4, group, 1), scale);
        for (int a = 0; a < before; a++) {
            int k = position(out[0], a, from);
            p.apply(SUB, x.floats(), position(x, a, from), m, 0, m, 0, d, 0, n);
            p.apply(MUL, d, 0, factor, 0, d, 0, d, 0, n);
            p.apply(ADD, d, 0, offset, 0, d, 0, d, 0, n);
            p.apply(MUL, g, position(in[0], a, from), scale, 0, scale, 0, out[0].floats(), k, n);
            p.apply(ADD, out[0].floats(), k, d, 0, d, 0, out[0].floats(), k, n);
        }
        give(m, sums, along, d, factor, offset);
    }

    private interface OfGroup {
        float of(int group, double sum);
    }

    private interface OfRow {
        void change(int a, float[] d);
    }

    /// A number a group, made from the sum of its columns, at each of its columns.
    private void each(int from, int to, float[] columns, OfGroup fn, float[] spread) {
        for (int g = from; g < to; g++) {
            int at = (g - from) * run;
            double sum = 0;
            for (int s = 0; s < run; s++) {
                sum += columns[at + s];
            }
            Arrays.fill(spread, at, at + run, fn.of(g, sum));
        }
    }

    /// The sums over all rows of what `fn` makes of `x - m`.
    private void addUp(int from, int n, float[] m, float[] d, float[] total, OfRow fn) {
        float[] some = Scratch.shared().take(n);
        Arrays.fill(total, 0, n, 0);
        for (int first = 0; first < before; first += ROWS) {
            Arrays.fill(some, 0, n, 0);
            for (int a = first; a < Math.min(before, first + ROWS); a++) {
                p.apply(SUB, x.floats(), position(x, a, from), m, 0, m, 0, d, 0, n);
                fn.change(a, d);
                p.apply(ADD, some, 0, d, 0, d, 0, some, 0, n);
            }
            p.apply(ADD, total, 0, some, 0, some, 0, total, 0, n);
        }
        Scratch.shared().give(some);
    }

    private static void give(float[]... blocks) {
        for (float[] block : blocks) {
            Scratch.shared().give(block);
        }
    }
}
