package cajal.kernel;

import java.util.Arrays;

/// Convolution as its definition: one loop over all products, which adds each to where it belongs.
///
/// Legend: `b` sample, `o` output channel, `c` input channel of the group, `t` place of the output, `k` of the
/// kernel, `p` of the input; `t`, `k` and `p` count row-major over all axes behind the first two.
final class ReferenceConvolution {
    private final Task.Convolution task;
    private final View x;
    private final View w;
    private final View y;
    private final double[] sums;

    private ReferenceConvolution(Task.Convolution task, View x, View w, View y, int size) {
        this.task = task;
        this.x = x;
        this.w = w;
        this.y = y;
        this.sums = new double[size];
    }

    static void run(Task.Convolution task, View[] in, View out) {
        var loop = switch (task.wanted()) {
            case OUTPUT -> new ReferenceConvolution(task, in[0], in[1], out, (int) out.size());
            case INPUT -> new ReferenceConvolution(task, out, in[1], in[0], (int) out.size());
            case WEIGHT -> new ReferenceConvolution(task, in[0], out, in[1], (int) out.size());
        };
        loop.products();
        long plane = places(out);
        for (int i = 0; i < loop.sums.length; i++) {
            double start = in.length > 2 ? in[2].at(i / plane % out.shape().dim(1)) : 0;
            out.put(i, start + loop.sums[i]);
        }
    }

    private static long places(View v) {
        return Arrays.stream(v.shape().dims()).skip(2).reduce(1, (a, b) -> a * b);
    }

    private void products() {
        long outputs = y.shape().dim(1);
        long inputs = w.shape().dim(1);
        long ts = places(y);
        long ks = places(w);
        long ps = places(x);
        for (long b = 0; b < y.shape().dim(0); b++) {
            for (long o = 0; o < outputs; o++) {
                long group = o / (outputs / task.groups());
                for (long t = 0; t < ts; t++) {
                    for (long k = 0; k < ks; k++) {
                        long p = place(t, k);
                        for (long c = 0; p >= 0 && c < inputs; c++) {
                            product(
                                    (b * x.shape().dim(1) + group * inputs + c) * ps + p,
                                    (o * inputs + c) * ks + k,
                                    (b * outputs + o) * ts + t);
                        }
                    }
                }
            }
        }
    }

    private void product(long atX, long atW, long atY) {
        switch (task.wanted()) {
            case OUTPUT -> sums[(int) atY] += x.at(atX) * w.at(atW);
            case INPUT -> sums[(int) atX] += y.at(atY) * w.at(atW);
            case WEIGHT -> sums[(int) atW] += x.at(atX) * y.at(atY);
        }
    }

    /// Where in the input the kernel's element `k` lies for output `t`; -1 if that is outside.
    private long place(long t, long k) {
        long at = 0;
        long step = 1;
        for (int axis = x.rank() - 1; axis >= 2; axis--) {
            long n = x.shape().dim(axis);
            int i = axis - 2;
            long p = t % y.shape().dim(axis) * task.stride()[i]
                    + k % w.shape().dim(axis) * task.dilation()[i]
                    - task.before()[i];
            if (p < 0 || p >= n) {
                return -1;
            }
            at += p * step;
            step *= n;
            t /= y.shape().dim(axis);
            k /= w.shape().dim(axis);
        }
        return at;
    }
}
