package cajal.kernel;

import cajal.kernel.ConvolutionLoop.Tap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The weight of a convolution from its input and output: `w[o, c, k] = sum over samples and places t of
/// y[o][t]·x[c][t + offset_k]`, its gradient when `y` holds the output's.
///
/// With few channels, and few outputs, each element is a dot product; with few channels and many outputs,
/// the windows are stacked for one product. With more, the planes are turned so that the channels of a
/// place are neighbours; then those of the kernel's elements in a row are neighbours too, and one product
/// serves them all.
///
/// Samples are cut into chunks, each of which has sums of its own; legend: see [ConvolutionLoop].
final class WeightSums {
    static final int CHUNKS = 16;
    static final int PARTIAL = 1 << 22; // elements of all chunks' sums
    private static final int FEW = 8; // channels for which dot products are faster

    private final ConvolutionLoop loop;
    private final Planes inputs;
    private final Planes outputs;
    private final PlaneRows xRows;
    private final PlaneRows yRows;
    private final List<Tap> taps;
    private final List<Run> runs;
    private final int span;
    private final int m;
    private final int c;
    private final boolean stacked;
    private final boolean xInPlace;
    private final boolean yInPlace;

    /// Elements of the kernel whose windows are neighbours, from the `first` on.
    private record Run(int first, int count, int offset) {}

    WeightSums(ConvolutionLoop loop) {
        this.loop = loop;
        inputs = loop.inputs();
        outputs = loop.outputs(inputs);
        xRows = inputs.rows(ConvolutionLoop.strides(loop.x));
        yRows = outputs.rows(ConvolutionLoop.strides(loop.y));
        taps = loop.taps(inputs);
        m = loop.m;
        c = loop.c;
        stacked = c <= FEW && m > FEW && taps.size() * c > FEW;
        runs = stacked ? List.of(new Run(0, taps.size(), 0)) : c <= FEW ? single(taps) : neighbours(taps);
        span = ConvolutionLoop.span(loop.outDims, inputs.steps());
        xInPlace = inputs.isPlain() && loop.x.isDense();
        yInPlace = outputs.isPlain() && loop.y.isDense();
    }

    private static List<Run> single(List<Tap> taps) {
        return taps.stream().map(t -> new Run(t.number(), 1, t.offset())).toList();
    }

    private static List<Run> neighbours(List<Tap> taps) {
        List<Run> runs = new ArrayList<>();
        for (Tap tap : taps) {
            Run last = runs.isEmpty() ? null : runs.getLast();
            if (last != null && tap.offset() == last.offset + last.count) {
                runs.set(runs.size() - 1, new Run(last.first, last.count + 1, last.offset));
            } else {
                runs.add(new Run(tap.number(), 1, tap.offset()));
            }
        }
        return runs;
    }

    void run() {
        int batch = (int) loop.x.shape().dim(0);
        int each = m * c * taps.size();
        int all = each * loop.groups;
        int most = Math.clamp(PARTIAL / all, 1, CHUNKS);
        int chunk = (batch + most - 1) / most;
        int chunks = (batch + chunk - 1) / chunk;
        float[] sums = Scratch.shared().take(chunks * all);
        long work = (long) each * span * chunk;
        Workers.ranges(chunks * loop.groups, (int) Math.max(1, ConvolutionLoop.WORK / work), (from, to) -> {
            for (int unit = from; unit < to; unit++) {
                int first = unit / loop.groups * chunk;
                Arrays.fill(sums, unit * each, (unit + 1) * each, 0);
                for (int sample = first; sample < Math.min(first + chunk, batch); sample++) {
                    add(sample, unit % loop.groups, sums, unit * each);
                }
            }
        });
        float[] total = total(loop.primitives, sums, chunks, all);
        for (int group = 0; group < loop.groups; group++) {
            store(total, group * each, group * m);
        }
        Scratch.shared().give(total);
    }

    /// The sum over all chunks, in place of theirs. One chunk's are the total: two blocks of that length would be more
    /// than the pool keeps.
    static float[] total(FloatPrimitives primitives, float[] sums, int chunks, int all) {
        if (chunks == 1) {
            return sums;
        }
        float[] total = Scratch.shared().take(all);
        primitives.reduceRows(Task.Reduction.SUM, sums, 0, chunks, all, all, total, 0);
        Scratch.shared().give(sums);
        return total;
    }

    /// Adds one sample's products to the sums of its chunk.
    private void add(int sample, int group, float[] sums, int at) {
        float[] x = xInPlace ? loop.x.floats() : Scratch.shared().take(c * inputs.size());
        float[] y = yInPlace ? loop.y.floats() : Scratch.shared().take(m * outputs.size());
        int x0 = place(loop.x, sample, group * c);
        int y0 = place(loop.y, sample, group * m);
        if (!xInPlace) xRows.gather(loop.x.floats(), x0, (int) loop.x.stride(1), 0, c, x);
        if (!yInPlace) yRows.gather(loop.y.floats(), y0, (int) loop.y.stride(1), 0, m, y);
        var left = new FloatMatrix(y, yInPlace ? y0 : 0, m, span, outputs.size(), 1);
        if (stacked) {
            float[] windows = Scratch.shared().take(taps.size() * c * span);
            stack(x, xInPlace ? x0 : 0, windows);
            products(left, windows, 0, 1, span, sums, at);
            Scratch.shared().give(windows);
        } else if (c <= FEW) {
            products(left, x, xInPlace ? x0 : 0, 1, inputs.size(), sums, at);
        } else {
            float[] turned = Scratch.shared().take(c * inputs.size());
            int size = inputs.size();
            loop.primitives.turn(x, xInPlace ? x0 : 0, 1, size, size, c, turned, 0, c);
            products(left, turned, 0, c, 1, sums, at);
            Scratch.shared().give(turned);
        }
        if (!xInPlace) Scratch.shared().give(x);
        if (!yInPlace) Scratch.shared().give(y);
    }

    private static int place(View v, int sample, int channel) {
        return (int) (v.offset() + sample * v.stride(0) + channel * v.stride(1));
    }

    /// One product a run: places are `down` apart in `x`, channels `across`.
    private void products(FloatMatrix y, float[] x, int x0, int down, int across, float[] sums, int at) {
        for (Run run : runs) {
            int n = run.count * c;
            loop.primitives.multiply(
                    y,
                    new FloatMatrix(x, x0 + run.offset * down, span, n, down, across),
                    new FloatMatrix(sums, at + run.first * m * c, m, n, n, 1),
                    true);
        }
    }

    /// The windows of all of the kernel's elements below each other.
    private void stack(float[] x, int x0, float[] windows) {
        int size = inputs.size();
        int row = 0;
        for (Tap tap : taps) {
            for (int j = 0; j < c; j++) {
                System.arraycopy(x, x0 + j * size + tap.offset(), windows, row++ * span, span);
            }
        }
    }

    private void store(float[] total, int at, int o0) {
        float[] w = loop.w.floats();
        int kernel = taps.size();
        for (Run run : runs) {
            int n = run.count * c;
            for (int o = 0; o < m; o++) {
                int row = at + run.first * m * c + o * n;
                int to = loop.w.start() + (o0 + o) * c * kernel + run.first;
                for (int k = 0; k < run.count; k++) {
                    for (int j = 0; j < c; j++) {
                        w[to + j * kernel + k] = total[row + k * c + j];
                    }
                }
            }
        }
    }
}
