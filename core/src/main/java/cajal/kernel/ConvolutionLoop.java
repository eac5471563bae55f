package cajal.kernel;

import static cajal.kernel.FloatPrimitives.PANEL;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Convolutions in single precision as matrix products with the windows of inputs laid out as [Planes],
/// where the window of a kernel's element is a run of neighbours: without a matrix of all windows, so that
/// nothing is copied but what padding and strides ask for.
///
/// **Numerics** each sum is taken over the kernel's elements, row-major, and for each over the channels;
/// those of a weight gradient over the places of one sample, then over the samples of a chunk, then over
/// the chunks. The work is split by shape, into samples, groups, chunks and blocks of places.
///
/// Legend: `B` batch, `m` output channels and `c` input channels of a group, `S`, `K`, `T` the lengths of
/// input, kernel and output behind the first two axes.
final class ConvolutionLoop {
    private static final int BLOCK = 1 << 16; // sums that are worked on at a time
    private static final int SOME = 64; // sources whose weights are turned at a time
    private static final int PARTS = 8; // of a sample that is alone
    static final int MOVE = 16; // multiply-adds that take as long as moving an element
    static final int WORK = 1 << 17; // multiply-adds below which threads cost more than they save

    final FloatPrimitives primitives;
    final View x;
    final View w;
    final View y;
    final int groups;
    final int m;
    final int c;
    final int[] outDims;
    private final int axes;
    private final int[] inDims;
    private final int[] kernel;
    private final int[] stride;
    private final int[] before;
    private final int[] dilation;

    private ConvolutionLoop(FloatPrimitives primitives, Task.Convolution task, View x, View w, View y) {
        this.primitives = primitives;
        this.x = x;
        this.w = w;
        this.y = y;
        axes = x.rank() - 2;
        groups = (int) task.groups();
        m = (int) w.shape().dim(0) / groups;
        c = (int) w.shape().dim(1);
        inDims = places(x);
        kernel = places(w);
        outDims = places(y);
        stride = ints(task.stride());
        before = ints(task.before());
        dilation = ints(task.dilation());
    }

    static void run(FloatPrimitives primitives, Task.Convolution task, View[] in, View out, Epilogue end) {
        Task.Role wanted = task.wanted();
        View x = wanted == Task.Role.INPUT ? out : in[0];
        View w = wanted == Task.Role.WEIGHT ? out : in[1];
        View y = wanted == Task.Role.OUTPUT ? out : in[wanted == Task.Role.INPUT ? 0 : 1];
        if (Winograd.fits(task, x, w, y)) {
            Winograd.run(primitives, task, x, w, y, bias(in), end);
            return;
        }
        var loop = new ConvolutionLoop(primitives, task, x, w, y);
        switch (wanted) {
            case OUTPUT -> loop.output(bias(in), end);
            case INPUT -> loop.input(bias(in), end);
            case WEIGHT -> new WeightSums(loop).run();
        }
    }

    private static float[] bias(View[] in) {
        float[] bias = new float[in.length < 3 ? 0 : (int) in[2].size()];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) in[2].at(i);
        }
        return bias;
    }

    private static int[] places(View v) {
        int[] places = new int[v.rank() - 2];
        for (int i = 0; i < places.length; i++) {
            places[i] = Math.toIntExact(v.shape().dim(i + 2));
        }
        return places;
    }

    private static int[] ints(long[] values) {
        int[] ints = new int[values.length];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = Math.toIntExact(values[i]);
        }
        return ints;
    }

    static int[] strides(View v) {
        int[] strides = new int[v.rank() - 2];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = (int) v.stride(i + 2);
        }
        return strides;
    }

    /// An element of the kernel.
    ///
    /// @param number its number, row-major
    /// @param weight where it stands in the weight of a channel
    /// @param offset how far from an output its input lies, in the layout
    record Tap(int number, int weight, int offset) {}

    // ---- layouts

    /// The layout of the input that the kernel moves over.
    Planes inputs() {
        int[] phases = new int[axes];
        int[] length = new int[axes];
        for (int i = 0; i < axes; i++) {
            int reach = (kernel[i] - 1) * dilation[i];
            phases[i] = Math.min(stride[i], reach + 1);
            length[i] = outDims[i] + reach / stride[i];
        }
        return new Planes(inDims, stride, before, phases, length);
    }

    /// The layout of the output that fits the input's.
    Planes outputs(Planes inputs) {
        return new Planes(outDims, ones(), new int[axes], ones(), inputs.length());
    }

    private int[] ones() {
        int[] ones = new int[axes];
        Arrays.fill(ones, 1);
        return ones;
    }

    /// The kernel's elements for a forward pass.
    List<Tap> taps(Planes inputs) {
        List<Tap> taps = new ArrayList<>();
        int[] steps = inputs.steps();
        int[] wStrides = strides(w);
        for (int k = 0; k < Planes.product(kernel); k++) {
            int rest = k, weight = 0, offset = 0, phase = 0, phases = 1;
            for (int i = axes - 1; i >= 0; i--) {
                int at = rest % kernel[i];
                rest /= kernel[i];
                weight += at * wStrides[i];
                offset += at * dilation[i] / stride[i] * steps[i];
                phase += at * dilation[i] % stride[i] * phases;
                phases *= inputs.phases()[i];
            }
            taps.add(new Tap(k, weight, offset + phase * inputs.phaseSize()));
        }
        return taps;
    }

    /// The number of elements from the first to the last of `lengths` in a layout.
    static int span(int[] lengths, int[] steps) {
        int span = 1;
        for (int i = 0; i < steps.length; i++) {
            span += (lengths[i] - 1) * steps[i];
        }
        return span;
    }

    // ---- y from x and w

    private void output(float[] bias, Epilogue end) {
        Planes inputs = inputs();
        Planes outputs = outputs(inputs);
        List<Tap> taps = taps(inputs);
        int span = span(outDims, inputs.steps());
        var sweep = new Sweep(inputs, x, c, outputs, y, m, span, bias, end);
        sweep.weights((int) w.stride(0), (int) w.stride(1), m * (int) w.stride(0));
        sweep.run(List.of(taps));
    }

    // ---- x from y and w

    /// Each phase of `x` is a convolution of `y` with the kernel's elements that reach it.
    private void input(float[] bias, Epilogue end) {
        int[] skip = new int[axes]; // places of a phase that lie before the input
        int[] reach = new int[axes];
        int[] padding = new int[axes];
        int[] count = new int[axes];
        int[] length = new int[axes];
        int[] shift = new int[axes];
        for (int i = 0; i < axes; i++) {
            skip[i] = Math.floorDiv(before[i], stride[i]);
            reach[i] = (kernel[i] - 1) * dilation[i] / stride[i];
            padding[i] = reach[i] - skip[i];
            count[i] = Math.floorDiv(inDims[i] - 1 + before[i], stride[i]) - skip[i] + 1;
            length[i] = count[i] + reach[i];
            shift[i] = before[i] - skip[i] * stride[i];
        }
        Planes from = new Planes(outDims, ones(), padding, ones(), length);
        Planes to = new Planes(inDims, stride, shift, stride, length);
        var sweep = new Sweep(from, y, m, to, x, c, span(count, from.steps()), bias, end);
        sweep.weights((int) w.stride(1), (int) w.stride(0), m * (int) w.stride(0));
        sweep.run(tapsByPhase(from.steps(), reach));
    }

    private List<List<Tap>> tapsByPhase(int[] steps, int[] reach) {
        List<List<Tap>> taps = new ArrayList<>();
        for (int phase = 0; phase < Planes.product(stride); phase++) {
            taps.add(new ArrayList<>());
        }
        int[] wStrides = strides(w);
        for (int k = 0; k < Planes.product(kernel); k++) {
            int rest = k, weight = 0, offset = 0, phase = 0, phases = 1;
            for (int i = axes - 1; i >= 0; i--) {
                int at = rest % kernel[i];
                rest /= kernel[i];
                weight += at * wStrides[i];
                offset += (reach[i] - at * dilation[i] / stride[i]) * steps[i];
                phase += at * dilation[i] % stride[i] * phases;
                phases *= stride[i];
            }
            taps.get(phase).add(new Tap(k, weight, offset));
        }
        return taps;
    }

    // ---- both

    /// `to[i] = bias_i + sum over taps k and channels j of w[i, j, k]·from[j][· + offset_k]`, for each
    /// phase of `to`.
    private final class Sweep {
        private final Planes from;
        private final View source;
        private final int sources; // channels of a group
        private final Planes to;
        private final View target;
        private final int targets;
        private final int span;
        private final float[] bias;
        private final Epilogue end;
        private final PlaneRows reads;
        private final PlaneRows writes;
        private final boolean inPlace; // is read
        private final boolean direct; // is written
        private final int block; // places that are worked on at a time
        private final int blocks; // so many times
        private final int most; // targets at a time
        private int down; // the step from one target's weights to the next
        private int across; // from one source's
        private int perGroup;

        Sweep(
                Planes from,
                View source,
                int sources,
                Planes to,
                View target,
                int targets,
                int span,
                float[] bias,
                Epilogue end) {
            this.from = from;
            this.source = source;
            this.sources = sources;
            this.to = to;
            this.target = target;
            this.targets = targets;
            this.span = span;
            this.bias = bias;
            this.end = end;
            this.reads = from.rows(strides(source));
            this.writes = to.rows();
            this.inPlace = from.isPlain() && source.isDense();
            this.direct = to.isPlain();
            block = Math.max(256, BLOCK / Math.max(sources, targets));
            blocks = (span + block - 1) / block;
            most = most();
        }

        void weights(int down, int across, int perGroup) {
            this.down = down;
            this.across = across;
            this.perGroup = perGroup;
        }

        void run(List<List<Tap>> phases) {
            int units = units();
            int length = groups * FloatPrimitives.panels(targets, sources * Planes.product(kernel));
            float[] kept = target != y || groups > 1
                    ? null
                    : Prepacked.of(w, primitives, Prepacked.Role.WINDOWS, length, to -> factors(phases, to, false));
            float[] weights = kept != null ? kept : Scratch.shared().take(length);
            List<Factors> factors = factors(phases, weights, kept != null);
            Spaces<Layout> layouts = new Spaces<>(() -> new Layout(factors));
            int all = targets * Planes.product(to.dims()); // results of a unit
            Workers.ranges(units, (int) Math.max(1, WORK / work()), (first, last) -> {
                Layout layout = layouts.take();
                for (int unit = first; unit < last; unit++) {
                    unit(unit / groups, unit % groups, layout);
                    end.over(unit * all, (unit + 1) * all);
                }
                layouts.give(layout);
            });
            layouts.close(Layout::close);
            if (kept == null) Scratch.shared().give(weights);
        }

        /// The weights of each phase in the order of the sums, in panels, groups behind each other, unless the array
        /// is `filled` with them, and where the windows of each place of the kernel begin.
        private List<Factors> factors(List<List<Tap>> phases, float[] weights, boolean filled) {
            List<Factors> factors = new ArrayList<>();
            int to = 0;
            for (List<Tap> taps : phases) {
                int[] runs = taps.stream().mapToInt(Tap::offset).toArray();
                int[] places = taps.stream().mapToInt(Tap::weight).toArray();
                int depth = runs.length * sources;
                factors.add(new Factors(weights, to, runs));
                for (int group = 0; group < groups; group++) {
                    int at = w.start() + group * perGroup, begin = to;
                    int grain = Math.max(1, WORK / Math.max(1, MOVE * PANEL * depth));
                    int panels = (targets + PANEL - 1) / PANEL;
                    if (!filled) Workers.ranges(panels, grain, (i0, i1) -> turn(places, at, i0, i1, weights, begin));
                    to += FloatPrimitives.panels(targets, depth);
                }
            }
            return factors;
        }

        /// The weights of the panels `i0 .. i1 - 1`, some sources at a time, which stay in the cache for all places.
        private void turn(int[] places, int at, int i0, int i1, float[] weights, int to) {
            float[] from = w.floats();
            int depth = places.length * sources;
            for (int i = i0; i < i1; i++) {
                int begin = at + i * PANEL * down, rows = Math.min(PANEL, targets - i * PANEL);
                for (int j0 = 0; j0 < sources; j0 += SOME) {
                    int j1 = Math.min(j0 + SOME, sources);
                    for (int k = 0; k < places.length; k++) {
                        int source = begin + places[k] + j0 * across,
                                target = to + (i * depth + k * sources + j0) * PANEL;
                        for (int j = j0; j < j1; j++, source += across, target += PANEL) {
                            for (int r = 0; r < rows; r++) {
                                weights[target + r] = from[source + r * down];
                            }
                        }
                    }
                }
            }
        }

        private void unit(int sample, int group, Layout layout) {
            int size = from.size();
            int at = (int) (source.offset() + sample * source.stride(0) + (long) group * sources * source.stride(1));
            if (!inPlace) {
                int apart = (int) source.stride(1);
                Workers.ranges(sources, Math.max(1, WORK / MOVE / size), (first, end) -> {
                    reads.gather(source.floats(), at, apart, first, end, layout.planes);
                });
            }
            int start = inPlace ? at : 0;
            int parts = blocks * ((targets + most - 1) / most);
            if (parts == 1) {
                part(0, sample, group, start, layout.spaces);
            } else {
                Workers.parallel(parts, part -> part(part, sample, group, start, layout.spaces));
            }
        }

        private void part(int part, int sample, int group, int start, Spaces<Space> spaces) {
            int l0 = part % blocks * block, i0 = part / blocks * most;
            Space space = spaces.take();
            for (int phase = 0; phase < space.factors.size(); phase++) {
                block(sample, group, phase, start, l0, Math.min(span, l0 + block), i0, space);
            }
            spaces.give(space);
        }

        /// How many targets a part of a sample has: panels of them where one sample has few parts, otherwise all.
        private int most() {
            int wanted = (int) Math.min(work() / (2 * WORK), (PARTS - 1) / blocks + 1);
            int panels = (targets + PANEL - 1) / PANEL;
            return units() > 1 || wanted < 2 ? targets : (panels + wanted - 1) / wanted * PANEL;
        }

        private long work() {
            return (long) span * targets * sources * Planes.product(kernel);
        }

        private int units() {
            return (int) target.shape().dim(0) * groups;
        }

        /// The places `l0 .. l1 - 1` of a phase, of some targets from `i0` on.
        private void block(int sample, int group, int phase, int start, int l0, int l1, int i0, Space space) {
            int n = l1 - l0, rows = Math.min(most, targets - i0);
            int plane = Planes.product(to.dims());
            int at = target.start() + ((sample * groups + group) * targets + i0) * plane;
            float[] sums = space.sums;
            int first = direct ? at + l0 : 0;
            int step = direct ? plane : n;
            for (int i = 0; i < rows; i++) { // fetches them, too: it took longer when the product began at 0
                float value = bias.length > 0 ? bias[group * targets + i0 + i] : 0;
                Arrays.fill(sums, first + i * step, first + i * step + n, value);
            }
            Factors factors = space.factors.get(phase);
            int depth = factors.runs.length * sources;
            if (depth > 0) {
                int left = factors.at
                        + group * FloatPrimitives.panels(targets, depth)
                        + FloatPrimitives.panel(i0, 0, depth);
                space.product(phase, rows, n, step, l1 == span).compute(left, start + l0, first);
            }
            if (!direct) {
                writes.scatter(sums, n, rows, phase, l0, l1, target.floats(), at, plane);
            }
        }

        /// The channels of a unit as the kernel moves over them, and what the threads need that work on its parts.
        private final class Layout {
            private final float[] planes =
                    inPlace ? source.floats() : Scratch.shared().take(sources * from.size());
            private final Spaces<Space> spaces;

            Layout(List<Factors> factors) {
                spaces = new Spaces<>(() -> new Space(factors, planes));
            }

            void close() {
                spaces.close(Space::close);
                if (!inPlace) Scratch.shared().give(planes);
            }
        }

        /// What a thread works with: the sums of a block, unless they are the target's, and the last product of each
        /// phase, of whole blocks and of what is left of the places behind them.
        private final class Space {
            private final List<Factors> factors;
            private final float[] planes;
            private final float[] sums =
                    direct ? target.floats() : Scratch.shared().take(most * Math.min(block, span));
            private final @Nullable Made[] made;

            Space(List<Factors> factors, float[] planes) {
                this.factors = factors;
                this.planes = planes;
                made = new Made[2 * factors.size()];
            }

            /// The product of a phase for the first place of the arrays, which is made anew where the last one was
            /// another.
            Product product(int phase, int rows, int n, int step, boolean rest) {
                int which = 2 * phase + (rest ? 1 : 0);
                Made last = made[which];
                if (last != null && last.rows == rows && last.n == n) return last.product;
                Factors f = factors.get(phase);
                Product product = primitives.productOfRuns(
                        f.weights,
                        planes,
                        f.runs,
                        sources,
                        from.size(),
                        new FloatMatrix(sums, 0, rows, n, step, 1),
                        true);
                made[which] = new Made(rows, n, product);
                return product;
            }

            void close() {
                if (!direct) Scratch.shared().give(sums);
            }
        }
    }

    /// A product, and what it was made for.
    private record Made(int rows, int n, Product product) {}

    /// What the sums of a phase are taken of.
    ///
    /// @param weights the weights in panels from `at` on, groups behind each other
    /// @param at the first one
    /// @param runs where the windows of each place of the kernel begin
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    private record Factors(float[] weights, int at, int[] runs) {}
}
