package cajal.kernel;

import java.util.Arrays;

/// `F32` kernels of pooling; windows of 2 by 2 side by side have loops of their own.
///
/// Legend: `h, w` lengths of a plane of the larger side, `oh, ow` of the smaller; a row is one of the
/// smaller.
final class FloatPooling {
    private static final int GRAIN = 16_384; // elements below which a split among threads costs more than it saves

    private FloatPooling() {}

    // ---- maximum

    static boolean max(FloatPrimitives primitives, Task.MaxPool task, View in, View values, View positions) {
        if (!positions.isDense() || !(positions.host() instanceof HostStorage.Ints ints) || values.size() == 0) {
            return values.size() == 0;
        }
        int h = (int) in.shape().dim(-2), w = (int) in.shape().dim(-1);
        int oh = (int) values.shape().dim(-2), ow = (int) values.shape().dim(-1);
        boolean pairs = isPairs(task.rows(), h, oh) && isPairs(task.columns(), w, ow);
        float[] x = in.floats(), y = values.floats();
        int[] p = ints.array();
        Workers.ranges((int) (values.size() / ow), grain(task.rows(), task.columns(), ow), (from, to) -> {
            for (int row = from; row < to; row++) {
                int plane = in.start() + row / oh * h * w, y0 = values.start() + row * ow;
                int p0 = positions.start() + row * ow;
                boolean unknown = true;
                if (pairs) {
                    unknown = primitives.maxOfPairs(x, plane, row % oh * 2 * w, w, y, y0, p, p0, ow);
                } else {
                    maxRow(task, x, plane, row % oh, h, w, y, y0, p, p0, ow);
                }
                for (int o = 0; o < ow && unknown; o++) {
                    if (Float.isNaN(y[y0 + o])) { // NaN is not larger than anything, so its place was missed
                        p[p0 + o] = firstNaN(task, x, plane, row % oh, o, h, w);
                    }
                }
            }
        });
        return true;
    }

    /// Whether windows are two elements wide, lie side by side, and none is cut.
    private static boolean isPairs(PoolWindow window, int n, int count) {
        return window.size() == 2
                && window.stride() == 2
                && window.padding() == 0
                && window.dilation() == 1
                && 2 * count <= n;
    }

    private static int grain(PoolWindow rows, PoolWindow columns, int ow) {
        long work = (long) rows.size() * columns.size() * ow;
        return (int) Math.max(1, GRAIN / work);
    }

    /// As [FloatPrimitives#maxOfPairs]. No branch depends on the values, which would be mispredicted half of the time.
    static boolean maxOfPairs(float[] x, int plane, int at, int w, float[] y, int y0, int[] p, int p0, int count) {
        boolean unknown = false;
        for (int j = 0; j < count; j++) {
            int i = plane + at + 2 * j;
            float a = x[i], b = x[i + 1], c = x[i + w], d = x[i + w + 1];
            float upper = Math.max(a, b), lower = Math.max(c, d);
            int above = b > a ? 1 : 0, below = d > c ? w + 1 : w;
            y[y0 + j] = Math.max(upper, lower);
            p[p0 + j] = at + 2 * j + (lower > upper ? below : above);
            unknown |= Float.isNaN(y[y0 + j]);
        }
        return unknown;
    }

    /// A row of windows: for each of their positions, the elements there of all windows.
    private static void maxRow(
            Task.MaxPool task, float[] x, int plane, int row, int h, int w, float[] y, int y0, int[] p, int p0, int n) {
        PoolWindow rows = task.rows(), columns = task.columns();
        int top = rows.first(row);
        for (int o = 0; o < n; o++) {
            y[y0 + o] = Float.NEGATIVE_INFINITY;
            p[p0 + o] = top * w + columns.first(o);
        }
        for (int i = top; i < rows.end(row, h); i += rows.dilation()) {
            for (int t = 0; t < columns.size(); t++) {
                int first = columns.firstWith(t), count = columns.endWith(t, w, n) - first;
                int at = i * w + columns.position(first, t);
                larger(x, plane, at, columns.stride(), y, y0 + first, p, p0 + first, count);
            }
        }
    }

    private static void larger(
            float[] x, int plane, int at, int stride, float[] y, int y0, int[] p, int p0, int count) {
        for (int o = 0; o < count; o++) {
            float v = x[plane + at], best = y[y0 + o];
            p[p0 + o] = v > best ? at : p[p0 + o];
            y[y0 + o] = Math.max(v, best);
            at += stride;
        }
    }

    private static int firstNaN(Task.MaxPool task, float[] x, int plane, int row, int column, int h, int w) {
        PoolWindow rows = task.rows(), columns = task.columns();
        for (int i = rows.first(row); i < rows.end(row, h); i += rows.dilation()) {
            for (int j = columns.first(column); j < columns.end(column, w); j += columns.dilation()) {
                if (Float.isNaN(x[plane + i * w + j])) {
                    return i * w + j;
                }
            }
        }
        throw new IllegalStateException("no NaN in a window whose maximum is NaN");
    }

    // ---- average

    static boolean average(Task.AvgPool task, View in, View out) {
        if (out.size() == 0) {
            return true;
        }
        int h = (int) in.shape().dim(-2), w = (int) in.shape().dim(-1);
        int oh = (int) out.shape().dim(-2), ow = (int) out.shape().dim(-1);
        boolean pairs = isPairs(task.rows(), h, oh) && isPairs(task.columns(), w, ow);
        float share = 1f / (task.constant() == 0 ? 4 : task.constant());
        float[] x = in.floats(), y = out.floats();
        Workers.ranges((int) (out.size() / ow), grain(task.rows(), task.columns(), ow), (from, to) -> {
            for (int row = from; row < to; row++) {
                int plane = in.start() + row / oh * h * w, y0 = out.start() + row * ow;
                if (pairs) {
                    meanOfPairs(x, plane + row % oh * 2 * w, w, y, y0, ow, share);
                } else {
                    meanRow(task, x, plane, row % oh, h, w, y, y0, ow);
                }
            }
        });
        return true;
    }

    private static void meanOfPairs(float[] x, int at, int w, float[] y, int y0, int count, float share) {
        for (int j = 0; j < count; j++) {
            int i = at + 2 * j;
            y[y0 + j] = ((x[i] + x[i + 1]) + (x[i + w] + x[i + w + 1])) * share;
        }
    }

    private static void meanRow(
            Task.AvgPool task, float[] x, int plane, int row, int h, int w, float[] y, int y0, int n) {
        PoolWindow columns = task.columns();
        Arrays.fill(y, y0, y0 + n, 0);
        for (int i = task.rows().first(row); i < task.rows().end(row, h); i++) {
            for (int t = 0; t < columns.size(); t++) {
                int first = columns.firstWith(t), end = columns.endWith(t, w, n);
                sum(x, plane + i * w + columns.position(first, t), columns.stride(), y, y0 + first, y0 + end);
            }
        }
        for (int o = 0; o < n; o++) {
            y[y0 + o] /= task.divisor(row, o, h, w);
        }
    }

    /// Adds every `stride`-th element to the sums `first .. end-1`, which begin with zeros.
    private static void sum(float[] x, int at, int stride, float[] y, int first, int end) {
        for (int o = first; o < end; o++) {
            y[o] += x[at];
            at += stride;
        }
    }

    // ---- the transpose of average

    static boolean spread(Task.AvgSpread task, View in, View out) {
        if (out.size() == 0 || in.size() == 0) {
            out.clear();
            return true;
        }
        int h = (int) out.shape().dim(-2), w = (int) out.shape().dim(-1);
        int oh = (int) in.shape().dim(-2), ow = (int) in.shape().dim(-1);
        PoolWindow rows = task.of().rows(), columns = task.of().columns();
        boolean pairs = isPairs(rows, h, oh) && isPairs(columns, w, ow);
        float share = 1f / (task.of().constant() == 0 ? 4 : task.of().constant());
        float[] x = in.floats(), y = out.floats();
        int planes = (int) (in.size() / ((long) oh * ow));
        Workers.ranges(planes, grain(rows, columns, oh * ow), (from, to) -> {
            if (!pairs || 2 * oh < h || 2 * ow < w) {
                Arrays.fill(y, out.start() + from * h * w, out.start() + to * h * w, 0);
            }
            for (int row = from * oh; row < to * oh; row++) { // windows may overlap, planes do not
                int x0 = in.start() + row * ow, plane = out.start() + row / oh * h * w;
                if (pairs) {
                    spreadPairs(x, x0, y, plane + row % oh * 2 * w, w, ow, share);
                } else {
                    spreadRow(task.of(), x, x0, y, plane, row % oh, h, w, ow);
                }
            }
        });
        return true;
    }

    private static void spreadPairs(float[] x, int x0, float[] y, int at, int w, int count, float factor) {
        for (int j = 0; j < count; j++) {
            int i = at + 2 * j;
            float share = x[x0 + j] * factor;
            y[i] = share;
            y[i + 1] = share;
            y[i + w] = share;
            y[i + w + 1] = share;
        }
    }

    private static void spreadRow(
            Task.AvgPool task, float[] x, int x0, float[] y, int plane, int row, int h, int w, int n) {
        PoolWindow columns = task.columns();
        int top = task.rows().first(row), bottom = task.rows().end(row, h);
        for (int o = 0; o < n; o++) {
            int left = columns.first(o), right = columns.end(o, w);
            float share = x[x0 + o] / task.divisor(row, o, h, w);
            for (int i = top; i < bottom; i++) {
                for (int j = left; j < right; j++) {
                    y[plane + i * w + j] += share;
                }
            }
        }
    }
}
