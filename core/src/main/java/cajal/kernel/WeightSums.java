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

    /// The windows of a sample and the gradients at their places, and one product a run, for the first place of the
    /// arrays.
    private final class Space {
        private final float[] x = xInPlace ? loop.x.floats() : Scratch.shared().take(c * inputs.size());
        private final float[] y = yInPlace ? loop.y.floats() : Scratch.shared().take(m * outputs.size());
        private final float[] right; // windows below each other, or places below each other, or x
        private final Product[] products = new Product[runs.size()];

        Space(float[] sums) {
            int length = stacked ? taps.size() * span : inputs.size();
            right = isLaidOut() ? Scratch.shared().take(c * length) : x;
            int down = isTurned() ? c : 1, across = isTurned() ? 1 : stacked ? span : inputs.size();
            var left = new FloatMatrix(y, 0, m, span, outputs.size(), 1);
            for (int i = 0; i < products.length; i++) {
                Run run = runs.get(i);
                int n = run.count * c;
                products[i] = loop.primitives.product(
                        left,
                        new FloatMatrix(right, run.offset * down, span, n, down, across),
                        new FloatMatrix(sums, run.first * m * c, m, n, n, 1),
                        true);
            }
        }

        void close() {
            if (!xInPlace) Scratch.shared().give(x);
            if (!yInPlace) Scratch.shared().give(y);
            if (isLaidOut()) Scratch.shared().give(right);
        }
    }

    /// Whether the channels of a place become neighbours.
    private boolean isTurned() {
        return !stacked && c > FEW;
    }

    private boolean isLaidOut() {
        return stacked || c > FEW;
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
        Spaces<Space> spaces = new Spaces<>(() -> new Space(sums));
        Workers.ranges(chunks * loop.groups, (int) Math.max(1, ConvolutionLoop.WORK / work), (from, to) -> {
            Space space = spaces.take();
            for (int unit = from; unit < to; unit++) {
                int first = unit / loop.groups * chunk;
                Arrays.fill(sums, unit * each, (unit + 1) * each, 0);
                for (int sample = first; sample < Math.min(first + chunk, batch); sample++) {
                    add(sample, unit % loop.groups, space, unit * each);
                }
            }
            spaces.give(space);
        });
        spaces.close(Space::close);
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
    private void add(int sample, int group, Space space, int at) {
        int x0 = place(loop.x, sample, group * c), y0 = place(loop.y, sample, group * m);
        if (!xInPlace) xRows.gather(loop.x.floats(), x0, (int) loop.x.stride(1), 0, c, space.x);
        if (!yInPlace) yRows.gather(loop.y.floats(), y0, (int) loop.y.stride(1), 0, m, space.y);
        int from = xInPlace ? x0 : 0, size = inputs.size();
        if (stacked) stack(space.x, from, space.right);
        else if (isTurned()) loop.primitives.turn(space.x, from, 1, size, size, c, space.right, 0, c);
        for (Product product : space.products) {
            product.compute(yInPlace ? y0 : 0, isLaidOut() ? 0 : from, at);
        }
    }

    private static int place(View v, int sample, int channel) {
        return (int) (v.offset() + sample * v.stride(0) + channel * v.stride(1));
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
