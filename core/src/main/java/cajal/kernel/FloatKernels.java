package cajal.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Fast kernels for `F32` on a set of primitives; answers false to other element types.
public class FloatKernels implements Kernels {
    static final int GRAIN = 16_384; // elements below which a split among threads costs more than it saves

    private static final int PIECE = 1024; // elements that stay in the first-level cache with what is made of them
    private static final int FEW = 16; // elements that are done sooner one by one

    private final String name;
    private final int priority;
    private final FloatPrimitives primitives;

    /// Kernels on the given primitives.
    public FloatKernels(String name, int priority, FloatPrimitives primitives) {
        this.name = name;
        this.priority = priority;
        this.primitives = primitives;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int priority() {
        return priority;
    }

    @Override
    public final boolean run(Task task, View[] in, View[] out) {
        for (View v : out) {
            if (!(v.storage() instanceof HostStorage)) {
                return false;
            }
        }
        return switch (task) {
            case Task.Pointwise(var program) -> pointwise(program, in, out);
            case Task.Reduce(var kind) -> floats(in[0], out[0]) && reduce(kind, in[0], out[0]);
            case Task.MatMul(var accumulate) ->
                floats(in[0], in[1], out[0]) && matmul(accumulate, in[0], in[1], out[0]);
            case Task.Affine() ->
                floats(in) && in[2].isDense() && denseFloats(out[0]) && affine(in[0], in[1], in[2], out[0]);
            case Task.AffineGradient() -> floats(in) && denseFloats(out) && affineGradient(in, out);
            case Task.Convolution c -> floats(in) && denseFloats(out[0]) && convolve(c, in, out[0], Epilogue.NONE);
            case Task.Softmax(var log) -> denseFloats(in[0], out[0]) && softmax(log, in[0], out[0]);
            case Task.SoftmaxGradient(var log) ->
                denseFloats(in) && denseFloats(out) && softmaxGradient(log, in[0], in[1], out[0]);
            case Task.CrossEntropy(var mean) ->
                denseFloats(in[0]) && denseFloats(out) && FloatCrossEntropy.forward(this, mean, in, out);
            case Task.CrossEntropyGradient(var mean) ->
                denseFloats(in[0], in[2], out[0]) && FloatCrossEntropy.backward(primitives, mean, in, out[0]);
            case Task.Normalise t ->
                denseFloats(in) && denseFloats(out) && FloatNormalise.forward(primitives, t, Epilogue.NONE, in, out);
            case Task.NormaliseGradient t ->
                denseFloats(in) && denseFloats(out) && FloatNormalise.backward(primitives, t, null, in, out);
            case Task.Attention(var form) ->
                floats(in) && denseFloats(out) && new AttentionLoop(primitives, form, in).forward(out[0], out[1]);
            case Task.AttentionGradient(var form) ->
                floats(in) && denseFloats(out) && new AttentionLoop(primitives, form, in).backward(in, out);
            case Task.Recurrence(var form) -> RecurrenceLoop.forward(primitives, form, in, out);
            case Task.RecurrenceGradient(var form) -> RecurrenceLoop.backward(primitives, form, in, out);
            case Task.ArgReduce(var largest) -> denseFloats(in[0]) && argReduce(largest, in[0], out[0]);
            case Task.Take() -> denseFloats(in[0], out[0]) && take(in[0], in[1], out[0]);
            case Task.Put() -> denseFloats(in[0], out[0]) && put(in[0], in[1], out[0]);
            case Task.Gather() -> denseFloats(in[0], out[0]) && FloatIndexing.gather(in[0], in[1], out[0]);
            case Task.Scatter() -> denseFloats(in[0], out[0]) && FloatIndexing.scatter(in[0], in[1], out[0]);
            case Task.MaxPool pool ->
                denseFloats(in[0], out[0]) && FloatPooling.max(primitives, pool, in[0], out[0], out[1]);
            case Task.AvgPool pool -> denseFloats(in[0], out[0]) && FloatPooling.average(pool, in[0], out[0]);
            case Task.AvgSpread spread -> denseFloats(in[0], out[0]) && FloatPooling.spread(spread, in[0], out[0]);
            case Task.Random(var distribution) -> denseFloats(out[0]) && random(distribution, in[0], out[0]);
            case Task.Then t -> then(t.first(), t.then().program(), in, out);
            case Task.Sloped s -> sloped(s.slope().program(), s.then(), in, out);
            default -> false;
        };
    }

    private boolean then(Task first, Program then, View[] in, View[] out) {
        Epilogue end = floats(in) && denseFloats(out) ? Epilogue.of(primitives, then, out[0]) : null;
        return end != null
                && switch (first) {
                    case Task.Convolution c -> c.wanted() != Task.Role.WEIGHT && convolve(c, in, out[0], end);
                    case Task.Normalise t -> denseFloats(in) && FloatNormalise.forward(primitives, t, end, in, out);
                    default -> false;
                };
    }

    private boolean sloped(Program slope, Task then, View[] in, View[] out) {
        OnePass loop = denseFloats(in) && denseFloats(out) ? primitives.onePass(slope) : null;
        return loop != null
                && then instanceof Task.NormaliseGradient t
                && FloatNormalise.backward(primitives, t, loop, in, out);
    }

    private static boolean floats(View... views) {
        for (View v : views) {
            if (v.dtype() != DType.F32 || !(v.storage() instanceof HostStorage)) {
                return false;
            }
        }
        return true;
    }

    private static boolean denseFloats(View... views) {
        for (View v : views) {
            if (v.dtype() != DType.F32 || !v.isDense() || !(v.storage() instanceof HostStorage)) {
                return false;
            }
        }
        return true;
    }

    private boolean pointwise(Program program, View[] narrow, View[] out) {
        if (OnePassRun.run(primitives, program, narrow, out) || PointwiseRun.run(primitives, program, narrow, out)) {
            return true;
        }
        View[] in = View.expand(narrow, out[0].shape());
        if (!PointwiseLoop.handles(in, out)) {
            return false;
        }
        if (out[0].size() > 0) {
            new PointwiseLoop(primitives, program, in, out).run(GRAIN);
        }
        return true;
    }

    private boolean reduce(Task.Reduction kind, View in, View out) {
        if (in.size() == 0 || !out.isDense()) {
            return false;
        }
        ReduceLoop.run(primitives, kind, in, out);
        return true;
    }

    private boolean matmul(boolean accumulate, View a, View b, View c) {
        int m = (int) c.shape().dim(-2);
        int n = (int) c.shape().dim(-1);
        int k = (int) a.shape().dim(-1);
        if (c.size() == 0) {
            return true;
        }
        if (k == 0) {
            return false; // the reference kernels know what an empty sum is
        }
        int batches = (int) (c.size() / ((long) m * n));
        if (batches == 1) {
            FloatMatrix left = matrix(a, 0, m, k), right = matrix(b, 0, k, n), sums = matrix(c, 0, m, n);
            RightSide kept = kept(Prepacked.Role.RIGHT, b, left, right, sums);
            if (kept != null) kept.product(left, sums, accumulate).compute(0, 0, 0);
            else primitives.multiply(left, right, sums, accumulate);
            return true;
        }
        int grain = (int) Math.max(1, 131_072 / Math.max(1, (long) m * n * k));
        Workers.ranges(batches, grain, (from, to) -> {
            for (int i = from; i < to; i++) {
                primitives.multiply(matrix(a, i, m, k), matrix(b, i, k, n), matrix(c, i, m, n), accumulate);
            }
        });
        return true;
    }

    private boolean affine(View x, View w, View b, View y) {
        if (y.size() > 0 && x.size() > 0) {
            FloatMatrix left = plane(x), right = plane(w).transposed(), sums = plane(y);
            RightSide kept = kept(Prepacked.Role.TURNED, w, left, right, sums);
            if (kept != null) kept.affine(left, b.floats(), b.start(), sums).compute(0, 0, 0);
            else primitives.affine(left, right, b.floats(), b.start(), sums);
            return true;
        }
        return false; // the reference kernels know what an empty sum is
    }

    /// The right side of a product, which shows a parameter, if it is kept as it would be copied for that product.
    private @Nullable RightSide kept(Prepacked.Role role, View shown, FloatMatrix a, FloatMatrix b, FloatMatrix c) {
        if (shown.storage().version() == 0 || !primitives.copiesRightSide(a, b, c)) {
            return null;
        }
        int length = primitives.rightSideLength(b);
        float[] copy = Prepacked.of(shown, primitives, role, length, to -> primitives.copyRightSide(b, to));
        return copy == null ? null : primitives.rightSide(b, copy);
    }

    private boolean affineGradient(View[] in, View[] out) {
        View g = in[0];
        if (g.size() == 0 || in[1].size() == 0 || g.stride(1) != 1) {
            return false; // the reference kernels know what an empty sum is
        }
        FloatMatrix slope = plane(g);
        primitives.multiply(slope.transposed(), plane(in[1]), plane(out[0]), false);
        primitives.reduceRows(
                Task.Reduction.SUM,
                g.floats(),
                g.start(),
                slope.rows(),
                slope.rowStride(),
                slope.columns(),
                out[1].floats(),
                out[1].start());
        if (in.length > 2) {
            primitives.multiply(slope, plane(in[2]), plane(out[2]), false);
        }
        return true;
    }

    /// A view of two axes.
    private static FloatMatrix plane(View v) {
        return new FloatMatrix(
                v.floats(), v.start(), (int) v.shape().dim(0), (int) v.shape().dim(1), (int) v.stride(0), (int)
                        v.stride(1));
    }

    /// The `batch`-th matrix of the last two axes.
    private static FloatMatrix matrix(View v, int batch, int rows, int columns) {
        long at = v.offset();
        long index = batch;
        for (int axis = v.rank() - 3; axis >= 0; axis--) {
            at += index % v.shape().dim(axis) * v.stride(axis);
            index /= v.shape().dim(axis);
        }
        return new FloatMatrix(v.floats(), (int) at, rows, columns, (int) v.stride(-2), (int) v.stride(-1));
    }

    private boolean convolve(Task.Convolution task, View[] in, View out, Epilogue end) {
        for (View v : in) {
            if (v.size() == 0) {
                return false; // the reference kernels know what an empty sum is
            }
        }
        if (out.size() > 0) {
            ConvolutionLoop.run(primitives, task, in, out, end);
        }
        return true;
    }

    /// A loss, added up once a step: too rarely for the compiler, so that vectors of a block would be objects for
    /// thousands of steps.
    final float sum(float[] a, int n) {
        return n <= ScalarReductions.BLOCK
                ? ScalarReductions.reduce(Task.Reduction.SUM, a, 0, n)
                : primitives.reduce(Task.Reduction.SUM, a, 0, n);
    }

    /// The softmax or its logarithm along the last axis.
    final boolean softmax(boolean log, View in, View out) {
        int n = (int) in.shape().dim(-1);
        if (in.size() == 0) {
            return true;
        }
        int rows = (int) (in.size() / n);
        int some = Math.max(1, PIECE / n);
        Workers.ranges(rows, Math.max(1, GRAIN / 4 / n), (from, to) -> {
            for (int row = from; row < to; row += some) {
                softmaxRows(log, in, out, n, row, Math.min(to, row + some));
            }
        });
        return true;
    }

    /// Subtracts each row's largest element, takes the exponentials of all rows at once, then divides by each
    /// row's sum; of those, too, the logarithms are taken at once.
    private void softmaxRows(boolean log, View in, View out, int n, int from, int to) {
        float[] x = in.floats();
        float[] y = out.floats();
        int count = (to - from) * n;
        int start = in.start() + from * n;
        int at = out.start() + from * n;
        float[] e = Scratch.shared().take(count);
        float[] shifted = Scratch.shared().take(count);
        for (int row = 0; row < to - from; row++) {
            float max = reduce(Task.Reduction.MAX, x, start + row * n, n);
            shift(x, start + row * n, max, shifted, row * n, n);
        }
        primitives.apply(Scalar.EXP, shifted, 0, shifted, 0, shifted, 0, e, 0, count);
        float[] sums = Scratch.shared().take(to - from);
        for (int row = 0; row < to - from; row++) {
            sums[row] = reduce(Task.Reduction.SUM, e, row * n, n);
        }
        if (log) {
            primitives.apply(Scalar.LOG, sums, 0, sums, 0, sums, 0, e, 0, to - from);
        }
        for (int row = 0; row < to - from; row++) {
            if (log) {
                shift(shifted, row * n, e[row], y, at + row * n, n);
            } else {
                primitives.line(e, row * n, 0, 1 / sums[row], 0, y, at + row * n, n);
            }
        }
        Scratch.shared().give(sums);
        Scratch.shared().give(e);
        Scratch.shared().give(shifted);
    }

    private float reduce(Task.Reduction kind, float[] a, int at, int n) {
        return n <= FEW ? ScalarReductions.reduce(kind, a, at, n) : primitives.reduce(kind, a, at, n);
    }

    private void shift(float[] a, int ao, float by, float[] d, int at, int n) {
        if (n > FEW) {
            primitives.line(a, ao, by, 1, 0, d, at, n);
        } else {
            for (int i = 0; i < n; i++) d[at + i] = a[ao + i] - by;
        }
    }

    private boolean softmaxGradient(boolean log, View slopes, View result, View out) {
        int n = (int) out.shape().dim(-1);
        if (out.size() == 0) {
            return true;
        }
        Workers.ranges((int) (out.size() / n), Math.max(1, GRAIN / 4 / n), (from, to) -> {
            float[] g = slopes.floats(), y = result.floats(), d = out.floats();
            float[] e = Scratch.shared().take(log ? n : 0);
            for (int row = from; row < to; row++) {
                int k = slopes.start() + row * n, i = result.start() + row * n, at = out.start() + row * n;
                if (log) {
                    float sum = primitives.reduce(Task.Reduction.SUM, g, k, n);
                    primitives.apply(Scalar.EXP, y, i, y, i, y, i, e, 0, n);
                    System.arraycopy(g, k, d, at, n);
                    primitives.addScaled(e, 0, -sum, d, at, n);
                } else {
                    primitives.line(g, k, primitives.dot(g, k, y, i, n), 1, 0, d, at, n);
                    primitives.apply(Scalar.MUL, d, at, y, i, y, i, d, at, n);
                }
            }
            Scratch.shared().give(e);
        });
        return true;
    }

    private static boolean argReduce(boolean largest, View in, View out) {
        float[] x = in.floats();
        int n = (int) in.shape().dim(-1);
        for (int row = 0; row < out.size(); row++) {
            int at = in.start() + row * n;
            int best = 0;
            for (int j = 1; j < n; j++) {
                float v = x[at + j];
                float b = x[at + best];
                if (Float.isNaN(v) ? !Float.isNaN(b) : largest ? v > b : v < b) { // NaN wins
                    best = j;
                }
            }
            out.put(row, best);
        }
        return true;
    }

    private static boolean take(View in, View index, View out) {
        int row = in.size() == 0 ? 0 : (int) (in.size() / in.shape().dim(0));
        for (int i = 0; i < index.size(); i++) {
            long from = ReferenceKernels.checked(index.at(i), in.shape().dim(0));
            System.arraycopy(in.floats(), in.start() + (int) from * row, out.floats(), out.start() + i * row, row);
        }
        return true;
    }

    private boolean put(View in, View index, View out) {
        int row = out.size() == 0 ? 0 : (int) (out.size() / out.shape().dim(0));
        out.clear();
        for (int i = 0; i < index.size(); i++) {
            int to = out.start()
                    + (int) ReferenceKernels.checked(index.at(i), out.shape().dim(0)) * row;
            for (int j = 0; j < row; j++) {
                out.floats()[to + j] += in.floats()[in.start() + i * row + j];
            }
        }
        return true;
    }

    private boolean random(Task.Distribution distribution, View keyView, View out) {
        long key = ((HostStorage.Longs) keyView.host()).array()[keyView.start()];
        float[] y = out.floats();
        if (distribution == Task.Distribution.UNIFORM) {
            Workers.ranges(
                    (int) out.size(),
                    GRAIN,
                    (from, to) -> primitives.uniform(key, from, y, out.start() + from, to - from));
            return true;
        }
        Workers.ranges((int) out.size(), GRAIN / 4, (from, to) -> {
            int[] block = new int[4];
            for (int i = from; i < to; i++) {
                y[out.start() + i] = (float) ReferenceKernels.random(distribution, key, i, block);
            }
        });
        return true;
    }

    /// The name, the primitives in use.
    @Override
    public final String toString() {
        return name + Arrays.asList(primitives);
    }
}
