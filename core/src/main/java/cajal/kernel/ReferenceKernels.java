package cajal.kernel;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// The readable kernels: every task, every element type, any layout, in double precision and one element at a
/// time.
///
/// They are the oracle that the fast kernels are compared with, and what `F64` and integer tensors compute on.
public final class ReferenceKernels implements Kernels {
    /// The reference kernels; they keep no state.
    public ReferenceKernels() {}

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public boolean run(Task task, View[] in, View[] out) {
        switch (task) {
            case Task.Pointwise(var program) -> pointwise(program, in, out);
            case Task.Reduce(var kind) -> reduce(kind, in[0], out[0]);
            case Task.ArgReduce(var largest) -> argReduce(largest, in[0], out[0]);
            case Task.MatMul(var accumulate) -> matmul(accumulate, in[0], in[1], out[0]);
            case Task.Affine() -> affine(in[0], in[1], in[2], out[0]);
            case Task.AffineGradient() -> affineGradient(in, out);
            case Task.Convolution c -> ReferenceConvolution.run(c, in, out[0]);
            case Task.Softmax(var log) -> softmax(log, in[0], out[0]);
            case Task.SoftmaxGradient(var log) -> softmaxGradient(log, in[0], in[1], out[0]);
            case Task.CrossEntropy(var mean) -> crossEntropy(mean, in[0], in[1], out[0], out[1]);
            case Task.CrossEntropyGradient(var mean) -> crossEntropyGradient(mean, in[0], in[1], in[2], out[0]);
            case Task.Normalise t -> ReferenceNormalise.forward(t, in, out);
            case Task.NormaliseGradient t -> ReferenceNormalise.backward(t, in, out);
            case Task.Attention(var form) -> ReferenceAttention.forward(form, in, out);
            case Task.AttentionGradient(var form) -> ReferenceAttention.backward(form, in, out);
            case Task.Recurrence(var form) -> new ReferenceRecurrence(form, in, out).forward();
            case Task.RecurrenceGradient(var form) -> new ReferenceRecurrence(form, in, out).backward();
            case Task.Cumulate() -> cumulate(in[0], out[0]);
            case Task.Gather() -> gather(in[0], in[1], out[0]);
            case Task.Scatter() -> scatter(in[0], in[1], out[0]);
            case Task.Take() -> take(in[0], in[1], out[0]);
            case Task.Put() -> put(in[0], in[1], out[0]);
            case Task.Sort(var descending) -> sort(descending, in[0], out[0], out[1]);
            case Task.MaxPool pool -> ReferencePooling.max(pool, in[0], out[0], out[1]);
            case Task.AvgPool pool -> ReferencePooling.average(pool, in[0], out[0]);
            case Task.AvgSpread spread -> ReferencePooling.spread(spread, in[0], out[0]);
            case Task.Random(var distribution) -> random(distribution, in[0], out[0]);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void pointwise(Program program, View[] narrow, View[] out) {
        View[] in = View.expand(narrow, out[0].shape());
        double[] register = program.freshRegisters();
        for (long i = 0; i < out[0].size(); i++) {
            for (int k = 0; k < in.length; k++) {
                register[k] = in[k].at(i);
            }
            program.run(register);
            for (int k = 0; k < out.length; k++) {
                out[k].put(i, register[program.result(k)]);
            }
        }
    }

    private static void reduce(Task.Reduction kind, View in, View out) {
        double[] total = new double[(int) out.size()];
        Arrays.fill(total, kind.neutral());
        View target = View.of(new HostStorage.Doubles(total), out.shape()).expand(in.shape());
        for (long i = 0; i < in.size(); i++) {
            target.put(i, kind.of(target.at(i), in.at(i)));
        }
        for (int i = 0; i < total.length; i++) {
            out.put(i, total[i]);
        }
    }

    private static void argReduce(boolean largest, View in, View out) {
        long n = in.shape().dim(-1);
        for (long row = 0; row < out.size(); row++) {
            long best = 0;
            for (long j = 1; j < n; j++) {
                double x = in.at(row * n + j);
                double b = in.at(row * n + best);
                if (Double.isNaN(x) ? !Double.isNaN(b) : largest ? x > b : x < b) {
                    best = j;
                }
            }
            out.put(row, best);
        }
    }

    private static void matmul(boolean accumulate, View a, View b, View c) {
        long m = c.shape().dim(-2);
        long n = c.shape().dim(-1);
        long k = a.shape().dim(-1);
        for (long batch = 0; batch * m * n < c.size(); batch++) {
            for (long i = 0; i < m; i++) {
                for (long j = 0; j < n; j++) {
                    double sum = accumulate ? c.at((batch * m + i) * n + j) : 0;
                    for (long p = 0; p < k; p++) {
                        sum += a.at((batch * m + i) * k + p) * b.at((batch * k + p) * n + j);
                    }
                    c.put((batch * m + i) * n + j, sum);
                }
            }
        }
    }

    private static void affine(View x, View w, View b, View y) {
        for (long i = 0; i < y.size(); i++) {
            y.put(i, b.at(i % b.size()));
        }
        matmul(true, x, w.permute(1, 0), y);
    }

    private static void affineGradient(View[] in, View[] out) {
        View g = in[0];
        matmul(false, g.permute(1, 0), in[1], out[0]);
        reduce(Task.Reduction.SUM, g, out[1].reshape(Shape.of(1, out[1].size())).orElseThrow());
        if (in.length > 2) {
            matmul(false, g, in[2], out[2]);
        }
    }

    private static void softmaxGradient(boolean log, View g, View y, View out) {
        long n = out.shape().dim(-1);
        for (long first = 0; first < out.size(); first += n) {
            double sum = 0;
            for (long i = first; i < first + n; i++) {
                sum += log ? g.at(i) : g.at(i) * y.at(i);
            }
            for (long i = first; i < first + n; i++) {
                out.put(i, log ? g.at(i) - StrictMath.exp(y.at(i)) * sum : y.at(i) * (g.at(i) - sum));
            }
        }
    }

    private static void softmax(boolean log, View in, View out) {
        long n = in.shape().dim(-1);
        for (long row = 0; row * n < in.size(); row++) {
            double max = Double.NEGATIVE_INFINITY;
            for (long j = 0; j < n; j++) {
                max = Math.max(max, in.at(row * n + j));
            }
            double sum = 0;
            for (long j = 0; j < n; j++) {
                sum += StrictMath.exp(in.at(row * n + j) - max);
            }
            for (long j = 0; j < n; j++) {
                double x = in.at(row * n + j) - max;
                out.put(row * n + j, log ? x - StrictMath.log(sum) : StrictMath.exp(x) / sum);
            }
        }
    }

    private static void cumulate(View in, View out) {
        long n = in.shape().dim(-1);
        double sum = 0;
        for (long i = 0; i < in.size(); i++) {
            sum = i % n == 0 ? in.at(i) : sum + in.at(i);
            out.put(i, sum);
        }
    }

    private static void gather(View in, View index, View out) {
        long n = in.shape().dim(-1);
        long m = index.shape().dim(-1);
        for (long i = 0; i < index.size(); i++) {
            out.put(i, in.at(i / m * n + checked(index.at(i), n)));
        }
    }

    private static void crossEntropy(boolean mean, View x, View classes, View out, View logs) {
        softmax(true, x, logs);
        long n = x.shape().dim(1);
        double sum = 0;
        for (long i = 0; i < classes.size(); i++) {
            sum -= logs.at(i * n + checked(classes.at(i), n));
        }
        out.put(0, mean ? sum / classes.size() : sum);
    }

    private static void crossEntropyGradient(boolean mean, View logs, View classes, View g, View out) {
        long n = logs.shape().dim(1);
        double share = mean ? g.at(0) / classes.size() : g.at(0);
        for (long i = 0; i < logs.size(); i++) {
            double right = i % n == checked(classes.at(i / n), n) ? 1 : 0;
            out.put(i, (StrictMath.exp(logs.at(i)) - right) * share);
        }
    }

    private static void scatter(View in, View index, View out) {
        out.clear();
        long n = out.shape().dim(-1);
        long m = index.shape().dim(-1);
        for (long i = 0; i < index.size(); i++) {
            long to = i / m * n + checked(index.at(i), n);
            out.put(to, out.at(to) + in.at(i));
        }
    }

    private static void take(View in, View index, View out) {
        long row = rowSize(in);
        for (long i = 0; i < index.size(); i++) {
            long from = checked(index.at(i), in.shape().dim(0));
            for (long j = 0; j < row; j++) {
                out.put(i * row + j, in.at(from * row + j));
            }
        }
    }

    private static void put(View in, View index, View out) {
        out.clear();
        long row = rowSize(out);
        for (long i = 0; i < index.size(); i++) {
            long to = checked(index.at(i), out.shape().dim(0));
            for (long j = 0; j < row; j++) {
                out.put(to * row + j, out.at(to * row + j) + in.at(i * row + j));
            }
        }
    }

    private static long rowSize(View v) {
        return v.size() == 0 ? 0 : v.size() / v.shape().dim(0);
    }

    /// The index as a number from 0.
    ///
    /// **Throws** [IndexException] unless it lies in `0 .. n-1`.
    static long checked(double index, long n) {
        if (index < 0 || index >= n) {
            throw new IndexException(
                    "Index " + (long) index + " is out of range\n  rule: an index lies in 0 .. " + (n - 1));
        }
        return (long) index;
    }

    private static void sort(boolean descending, View in, View values, View positions) {
        int n = (int) in.shape().dim(-1);
        for (long row = 0; n > 0 && row * n < in.size(); row++) {
            long at = row * n;
            Comparator<Integer> order = Comparator.comparingDouble(j -> in.at(at + j) + 0.0); // -0 counts as 0
            int[] sorted = IntStream.range(0, n)
                    .boxed()
                    .sorted(descending ? order.reversed() : order)
                    .mapToInt(j -> j)
                    .toArray();
            for (int j = 0; j < n; j++) {
                values.put(at + j, in.at(at + sorted[j]));
                positions.put(at + j, sorted[j]);
            }
        }
    }

    private static void random(Task.Distribution distribution, View keyView, View out) {
        long key = ((HostStorage.Longs) keyView.host()).array()[keyView.start()];
        int[] block = new int[4];
        for (long i = 0; i < out.size(); i++) {
            double x = random(distribution, key, i, block);
            out.put(i, distribution == Task.Distribution.UNIFORM ? Math.min(x, belowOne(out.dtype())) : x);
        }
    }

    /// Number `i` from Philox block `i`: uniform numbers from its first 64 bits, normal ones by Box and
    /// Muller's transform from all 128.
    static double random(Task.Distribution distribution, long key, long i, int[] block) {
        Philox.block(key, i, 0, block);
        double u = Philox.unit(((long) block[1] << 32) | (block[0] & 0xffffffffL));
        if (distribution == Task.Distribution.UNIFORM) {
            return u;
        }
        double v = Philox.unit(((long) block[3] << 32) | (block[2] & 0xffffffffL));
        return Math.sqrt(-2 * StrictMath.log(1 - u)) * StrictMath.cos(2 * Math.PI * v);
    }

    /// The largest number below 1 of an element type: rounding to it must not reach 1, the interval is half
    /// open.
    private static double belowOne(DType dtype) {
        return switch (dtype) {
            case F16 -> 1 - 0x1p-11;
            case BF16 -> 1 - 0x1p-8;
            case F32 -> 1 - 0x1p-24;
            default -> 1 - 0x1p-53;
        };
    }
}
