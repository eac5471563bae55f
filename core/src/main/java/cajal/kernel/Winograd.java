package cajal.kernel;

import static cajal.kernel.FloatPrimitives.PANEL;
import static cajal.kernel.RowTransform.FAR;
import static cajal.kernel.RowTransform.FAR_2;
import static cajal.kernel.RowTransform.NEAR;
import static cajal.kernel.RowTransform.NEAR_2;

import java.util.Arrays;

/// Convolutions over two axes, one step at a time, with a kernel of three rows: four rows of outputs from six
/// rows of products, where [ConvolutionLoop] needs twelve. Along a row nothing is different: the window of
/// an element of the kernel is a run of neighbours.
///
/// Four rows of outputs are a band. Those of all samples stand behind each other, and a block of them is
/// worked on at a time. Of each channel of a block there are six lines: of each band in turn the first of
/// its six rows of inputs, of each the second, and so on, with zeros between the rows. They are
/// transformed, each of the six is multiplied with weights that are transformed too, and the six lines of
/// products give the four of outputs. Where there is one block only, threads share its channels and products.
///
/// **Numerics** the transforms cost accuracy: the error is about 1.4 times that of the sums that
/// [ConvolutionLoop] takes. Each sum is taken over the kernel's columns, and for each over the channels; those of
/// a weight gradient over the places of a block, then over the blocks of a chunk, then over the chunks. The
/// work is split by shape.
///
/// **Source** S. Winograd, Arithmetic Complexity of Computations (1980); A. Lavin and S. Gray, Fast
/// Algorithms for Convolutional Neural Networks (2016), here along one axis.
final class Winograd {
    private static final int SIX = 6; // rows of inputs to a band
    private static final int FOUR = 4; // rows of outputs
    private static final int KERNEL = 3;
    private static final int FEW = 8; // channels with which the transforms cost as much as they save
    private static final int FEW_BANDS = 4; // of which those in the middle are no more than a half
    private static final int PLACES = 256; // of all samples; with fewer, the weights are not worth transforming
    private static final int TILE = 32; // places that a product works on at a time, on any processor
    private static final int LINE = 16; // places of a cache line
    private static final int CACHED = 1 << 14; // places of all channels of a block: six rows of them are 400 kB
    private static final int MOST = 1024; // places of a channel of a block
    private static final int BLOCKS = 8; // so many at least,
    private static final int LEAST = 512; // but not of fewer places
    private static final int GRAIN = 1 << 14; // elements that are moved, below which threads cost more than they save
    private static final float[] NONE = {};
    private static final float AT_ZERO = 1 / (NEAR_2 * FAR_2); // what the weights at the points are multiplied by
    private static final float AT_NEAR = 0.5f / (NEAR_2 * (NEAR_2 - FAR_2));
    private static final float AT_FAR = 0.5f / (FAR_2 * (FAR_2 - NEAR_2));

    private final FloatPrimitives primitives;
    private final View source;
    private final View target;
    private final int sources; // channels
    private final int targets;
    private final int top; // zeros above a sample's rows
    private final int left;
    private final int taps; // the kernel's columns
    private final int used; // elements of a row of the source that are read
    private final int width; // of a row of the target
    private final int length; // from one row of a line to the next
    private final int bands; // of a sample
    private final int rows; // bands of all samples
    private final int each; // bands of a block
    private final int size; // places of a channel of a block, with what is read behind the last one
    private final int[] runs; // where the windows of the kernel's columns begin
    private final boolean along; // bands of a sample are transformed together, not those at the same place of all
    private final boolean alone; // there is one block, whose channels and products threads share
    private final Spaces<Space> spaces = new Spaces<>(Space::new);

    /// From `source`, with `top` and `left` zeros before it, to `target`; where the weight is wanted, both are known.
    private Winograd(FloatPrimitives primitives, View source, View target, int taps, int top, int left) {
        this.primitives = primitives;
        this.source = source;
        this.target = target;
        this.taps = taps;
        this.top = top;
        this.left = left;
        sources = (int) source.shape().dim(1);
        targets = (int) target.shape().dim(1);
        width = (int) target.shape().dim(3);
        int needed = width + taps - 1 - left;
        used = Math.min((int) source.shape().dim(3), needed);
        length = Math.max(Math.max(width, needed), left + used);
        bands = bands(target);
        rows = Math.multiplyExact((int) target.shape().dim(0), bands);
        each = each();
        size = (lines(places(each)) | 1) * LINE; // an odd number, so that channels do not displace each other
        runs = new int[taps];
        Arrays.setAll(runs, tap -> tap);
        along = bands > FEW_BANDS || source.stride(3) != 1;
        alone = rows <= each;
    }

    private static int bands(View target) {
        return ((int) target.shape().dim(2) + FOUR - 1) / FOUR;
    }

    /// Whether a convolution can be computed so, and is worth it.
    static boolean fits(Task.Convolution task, View x, View w, View y) {
        if (x.rank() != 4 || task.groups() != 1 || w.shape().dim(2) != KERNEL) {
            return false;
        }
        boolean plain = Arrays.equals(task.stride(), new long[] {1, 1})
                && Arrays.equals(task.dilation(), new long[] {1, 1})
                && task.before()[0] < KERNEL
                && task.before()[1] < w.shape().dim(3);
        boolean back = task.wanted() == Task.Role.INPUT;
        View target = back ? x : y;
        return plain
                && Math.min(w.shape().dim(0), w.shape().dim(1)) >= FEW
                && 2 * target.shape().dim(2) > 5L * bands(target)
                && target.size() / target.shape().dim(1) >= PLACES
                && target.size()
                                * w.shape().dim(back ? 0 : 1)
                                * KERNEL
                                * w.shape().dim(3)
                        >= ConvolutionLoop.WORK;
    }

    /// Computes what is wanted of `x`, `w` and `y` from the other two.
    static void run(
            FloatPrimitives primitives, Task.Convolution task, View x, View w, View y, float[] bias, Epilogue end) {
        int top = (int) task.before()[0],
                left = (int) task.before()[1],
                taps = (int) w.shape().dim(3);
        switch (task.wanted()) {
            case OUTPUT -> new Winograd(primitives, x, y, taps, top, left).convolve(w, false, bias, end);
            case INPUT ->
                new Winograd(primitives, y, x, taps, KERNEL - 1 - top, taps - 1 - left).convolve(w, true, bias, end);
            case WEIGHT -> new Winograd(primitives, x, y, taps, top, left).correlate(w);
        }
    }

    // ---- blocks

    /// As many bands as the cache holds and tiles are filled by.
    private int each() {
        long all = (long) rows * length / BLOCKS;
        int most = Math.clamp(Math.min(all, CACHED / (sources + targets)), LEAST, MOST);
        int best = 1;
        for (int n = 2; n <= Math.min(rows, most / length); n++) {
            if ((long) places(n) * best <= (long) places(best) * n) {
                best = n;
            }
        }
        return best;
    }

    /// The places of some bands, filled up to whole tiles.
    private int places(int bands) {
        return (bands * length + TILE - 1) / TILE * TILE;
    }

    /// The cache lines that these places and what is read behind the last one take.
    private int lines(int places) {
        return (places + taps - 1 + LINE - 1) / LINE;
    }

    private int blocks() {
        return (rows + each - 1) / each;
    }

    private int grain() {
        long work = (long) SIX * taps * sources * targets * places(each);
        return (int) Math.max(1, ConvolutionLoop.WORK / work);
    }

    // ---- what a thread works with

    /// The lines of a block, the products that belong to each of them (or the gradients that they are multiplied
    /// with), and how they are multiplied.
    private final class Space {
        private final float[] lines = Scratch.shared().take(SIX * sources * size);
        private final float[] results = Scratch.shared().take(SIX * targets * places(each));
        private int bands; // of the last block: the lines have zeros between so many, and the product is of them
        private Product product = (_, _, _) -> {};
    }

    private void close(Space space) {
        Scratch.shared().give(space.lines);
        Scratch.shared().give(space.results);
    }

    // ---- outputs

    private void convolve(View w, boolean turned, float[] bias, Epilogue end) {
        int depth = taps * sources, next = FloatPrimitives.panels(targets, depth);
        float[] kept = turned
                ? null
                : Prepacked.of(
                        w, primitives, Prepacked.Role.BANDS, SIX * next, to -> weights(w, false, depth, to, next));
        float[] weights = kept != null ? kept : Scratch.shared().take(SIX * next);
        if (kept == null) weights(w, turned, depth, weights, next);
        Workers.ranges(blocks(), grain(), (from, to) -> {
            Space space = spaces.take();
            for (int block = from; block < to; block++) {
                convolve(block * each, Math.min(rows, (block + 1) * each), weights, bias, end, space);
            }
            spaces.give(space);
        });
        spaces.close(this::close);
        if (kept == null) Scratch.shared().give(weights);
    }

    private void weights(View w, boolean turned, int depth, float[] to, int next) {
        int grain = Math.max(1, ConvolutionLoop.WORK / (ConvolutionLoop.MOVE * SIX * PANEL * depth));
        Workers.ranges((targets + PANEL - 1) / PANEL, grain, (first, end) -> {
            for (int i = first * PANEL; i < Math.min(targets, end * PANEL); i += PANEL) {
                for (int p = 0; p < depth; p++) {
                    weights(w, turned, i, p, to, next);
                }
            }
        });
    }

    /// The weights of a panel, from row `i` on, and of column `p` of each of the six matrices: tap by tap, and for each
    /// channel by channel.
    private void weights(View w, boolean turned, int i, int p, float[] to, int next) {
        int tap = p / sources, channel = p % sources;
        int down = (int) w.stride(turned ? 1 : 0), across = (int) w.stride(turned ? 0 : 1);
        int row = (int) (turned ? -w.stride(2) : w.stride(2));
        int column = turned ? taps - 1 - tap : tap;
        int at = w.start() + i * down + channel * across + column * (int) w.stride(3) - (turned ? 2 * row : 0);
        int q = FloatPrimitives.panel(i, p, taps * sources);
        for (int end = q + Math.min(PANEL, targets - i); q < end; q++, at += down) {
            float g0 = w.floats()[at], g1 = w.floats()[at + row], g2 = w.floats()[at + 2 * row];
            float even = Math.fma(g2, NEAR_2, g0), odd = NEAR * g1;
            float evenFar = Math.fma(g2, FAR_2, g0), oddFar = FAR * g1;
            to[q] = g0 * AT_ZERO;
            to[q + next] = (even + odd) * AT_NEAR;
            to[q + 2 * next] = (even - odd) * AT_NEAR;
            to[q + 3 * next] = (evenFar + oddFar) * AT_FAR;
            to[q + 4 * next] = (evenFar - oddFar) * AT_FAR;
            to[q + 5 * next] = g2;
        }
    }

    private void convolve(int from, int to, float[] weights, float[] bias, Epilogue end, Space space) {
        int n = places(to - from);
        boolean anew = gather(from, to, space);
        if (alone) {
            long work = (long) taps * sources * targets * n;
            Workers.ranges(SIX, (int) Math.max(1, ConvolutionLoop.WORK / work), (first, last) -> {
                multiply(product(weights, space, n), first, last, n);
            });
            Workers.ranges(
                    targets, grain(n), (first, last) -> scatter(space.results, first, last, from, to, bias, end));
        } else {
            if (anew) space.product = product(weights, space, n);
            multiply(space.product, 0, SIX, n);
            scatter(space.results, 0, targets, from, to, bias, end);
        }
    }

    private Product product(float[] weights, Space space, int n) {
        var sums = new FloatMatrix(space.results, 0, targets, n, n, 1);
        return primitives.productOfRuns(weights, space.lines, runs, sources, size, sums, false);
    }

    private void multiply(Product product, int first, int end, int n) {
        int each = FloatPrimitives.panels(targets, taps * sources);
        for (int i = first; i < end; i++) {
            product.compute(i * each, i * sources * size, i * targets * n);
        }
    }

    /// How many channels of `n` places are worth a part of their own.
    private static int grain(int n) {
        return Math.max(1, GRAIN / (SIX * n));
    }

    /// Six lines of each channel of the bands `from .. to - 1`, transformed: line `j` of channel `c` from
    /// place `(j·sources + c)·size` on, with zeros in all that belongs to no row. Answers whether the space
    /// was last used for another number of bands.
    private boolean gather(int from, int to, Space space) {
        boolean anew = space.bands != to - from;
        if (alone) {
            int grain = grain(places(to - from));
            Workers.ranges(sources, grain, (first, end) -> gather(first, end, from, to, space.lines, anew));
        } else {
            gather(0, sources, from, to, space.lines, anew);
        }
        space.bands = to - from;
        return anew;
    }

    private void gather(int first, int end, int from, int to, float[] lines, boolean anew) {
        boolean spread = source.stride(3) != 1;
        int height = (int) source.shape().dim(2);
        float[] copies = spread ? Scratch.shared().take(SIX * used) : NONE;
        for (int channel = first; channel < end; channel++) {
            for (int j = 0; j < SIX && anew; j++) {
                clear(lines, (j * sources + channel) * size, to - from);
            }
            for (int band = from, many; band < last(from, to); band += along ? many : 1) {
                many = spread ? 1 : alike(band, to, top, SIX, height);
                gather(channel, band, many, lines, channel * size + (band - from) * length, copies);
            }
        }
        if (spread) Scratch.shared().give(copies);
    }

    /// Zeros before and behind the rows of some bands, and up to the last place that is read.
    private void clear(float[] lines, int at, int bands) {
        int end = at + places(bands) + taps - 1;
        for (int band = 0; band < bands; band++, at += length) {
            Arrays.fill(lines, at, at + left, 0);
            Arrays.fill(lines, at + left + used, at + length, 0);
        }
        Arrays.fill(lines, at, end, 0);
    }

    /// Where those bands end from which others alike are counted: of one sample after the other, or once each.
    private int last(int from, int to) {
        return along ? to : Math.min(to, from + bands);
    }

    /// How many bands from this one on are transformed at a time: neighbours whose `rows` from `above` on are within
    /// the picture, or those at the same place of each sample.
    private int alike(int band, int to, int above, int rows, int height) {
        if (!along) return (to - 1 - band) / bands + 1;
        int k = band % bands, end = Math.min(bands, k + to - band), many = 0;
        while (k + many < end && (k + many) * FOUR >= above && (k + many) * FOUR - above + rows <= height) many++;
        return Math.max(1, many);
    }

    /// The six rows of `many` bands of a channel, transformed.
    private void gather(int channel, int band, int many, float[] lines, int at, float[] copies) {
        int apart = sources * size, row = band % bands * FOUR - top;
        int first = Math.max(0, -row), end = Math.min(SIX, (int) source.shape().dim(2) - row);
        int begin = (int) (source.offset() + band / bands * source.stride(0) + channel * source.stride(1));
        int step = (int) source.stride(2), by = (int) source.stride(3);
        float[] data = source.floats();
        begin += row * step;
        if (by != 1) {
            for (int j = first; j < end; j++) {
                for (int q = 0; q < used; q++) {
                    copies[j * used + q] = data[begin + j * step + q * by];
                }
            }
            data = copies;
            begin = 0;
            step = used;
        }
        int on = along ? FOUR * step : (int) source.stride(0), into = (along ? 1 : bands) * length;
        primitives.transform(
                RowTransform.INPUT, data, begin, step, first, end, 0, lines, at + left, apart, used, many, on, into);
    }

    /// The rows of outputs of some channels from the sums.
    private void scatter(float[] sums, int first, int last, int from, int to, float[] bias, Epilogue end) {
        int height = (int) target.shape().dim(2), n = places(to - from), next = targets * n;
        int into = (along ? FOUR : targets * height) * width;
        for (int channel = first; channel < last; channel++) {
            float offset = bias.length > 0 ? bias[channel] : 0;
            for (int band = from, many; band < last(from, to); band += along ? many : 1) {
                many = alike(band, to, 0, FOUR, height);
                int row = band % bands * FOUR, at = channel * n + (band - from) * length;
                int begin = ((band / bands * targets + channel) * height + row) * width;
                int count = Math.min(FOUR, height - row), place = target.start() + begin;
                primitives.transform(
                        RowTransform.OUTPUT,
                        sums,
                        at,
                        next,
                        0,
                        count,
                        offset,
                        target.floats(),
                        place,
                        width,
                        width,
                        many,
                        (along ? 1 : bands) * length,
                        into);
                int all = along ? ((many - 1) * FOUR + count) * width : count * width;
                for (int t = 0; t < (along ? 1 : many); t++) end.over(begin + t * into, begin + t * into + all);
            }
        }
    }

    // ---- the weight

    private void correlate(View w) {
        int each = taps * sources * targets, all = SIX * each;
        int most = Math.clamp(WeightSums.PARTIAL / all, 1, WeightSums.CHUNKS);
        int chunk = (blocks() + most - 1) / most;
        int chunks = (blocks() + chunk - 1) / chunk;
        float[] sums = Scratch.shared().take(chunks * all);
        Workers.ranges(chunks, Math.max(1, grain() / chunk), (first, end) -> {
            Space space = spaces.take();
            for (int i = first; i < end; i++) {
                Arrays.fill(sums, i * all, (i + 1) * all, 0);
                for (int block = i * chunk; block < Math.min((i + 1) * chunk, blocks()); block++) {
                    correlate(block * this.each, Math.min(rows, (block + 1) * this.each), sums, i * all, space);
                }
            }
            spaces.give(space);
        });
        spaces.close(this::close);
        float[] total = WeightSums.total(primitives, sums, chunks, all);
        for (int p = 0; p < taps * sources; p++) {
            for (int o = 0; o < targets; o++) {
                store(total, p * targets + o, each, w.floats(), w.start() + at(p, o));
            }
        }
        Scratch.shared().give(total);
    }

    /// Where the weights of column `p` and output channel `o` begin.
    private int at(int p, int o) {
        return (o * sources + p % sources) * KERNEL * taps + p / sources;
    }

    /// Adds a block's products: of the source's lines, shifted by each tap, with those of the target, whose channels
    /// are neighbours.
    private void correlate(int from, int to, float[] sums, int at, Space space) {
        int n = places(to - from), next = n * targets;
        boolean anew = gather(from, to, space);
        float[] errors = space.results;
        for (int band = from; band < to; band++) {
            int place = (band - from) * length * targets;
            for (int j = 0; j < FOUR; j++) {
                turn(band / bands, band % bands * FOUR + j, errors, j * next + place);
            }
            primitives.transform(
                    RowTransform.GRADIENT,
                    errors,
                    place,
                    next,
                    0,
                    FOUR,
                    0,
                    errors,
                    place,
                    next,
                    length * targets,
                    1,
                    0,
                    0);
        }
        if (anew) {
            var left = new FloatMatrix(space.lines, 0, sources, n, size, 1);
            var right = new FloatMatrix(errors, 0, n, targets, targets, 1);
            space.product =
                    primitives.product(left, right, new FloatMatrix(sums, 0, sources, targets, targets, 1), true);
        }
        for (int i = 0; i < SIX; i++) {
            Arrays.fill(errors, i * next + (to - from) * length * targets, (i + 1) * next, 0);
            for (int tap = 0; tap < taps; tap++) {
                int sum = at + (i * taps + tap) * sources * targets;
                space.product.compute(i * sources * size + tap, i * next, sum);
            }
        }
    }

    /// Lays out a row of the target so that the channels of a place are neighbours.
    private void turn(int sample, int row, float[] to, int at) {
        int end = at + length * targets, filled = at;
        if (row < target.shape().dim(2)) {
            int begin = (int) (target.offset() + sample * target.stride(0) + row * target.stride(2));
            int down = (int) target.stride(3), across = (int) target.stride(1);
            primitives.turn(target.floats(), begin, down, across, width, targets, to, at, targets);
            filled += width * targets;
        }
        Arrays.fill(to, filled, end, 0);
    }

    /// A column of the kernel from the six sums.
    private void store(float[] total, int from, int next, float[] w, int to) {
        double even = ((double) total[from + next] + total[from + 2 * next]) * AT_NEAR;
        double odd = ((double) total[from + next] - total[from + 2 * next]) * AT_NEAR;
        double evenFar = ((double) total[from + 3 * next] + total[from + 4 * next]) * AT_FAR;
        double oddFar = ((double) total[from + 3 * next] - total[from + 4 * next]) * AT_FAR;
        w[to] = (float) ((double) total[from] * AT_ZERO + even + evenFar);
        w[to + taps] = (float) (NEAR * odd + FAR * oddFar);
        w[to + 2 * taps] = (float) (NEAR_2 * even + FAR_2 * evenFar + total[from + 5 * next]);
    }
}
