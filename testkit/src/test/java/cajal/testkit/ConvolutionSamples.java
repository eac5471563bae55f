package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.tensor.Convolving;
import cajal.tensor.Engine;
import cajal.tensor.Ops;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// One line for each kind of convolution; the oracles ask for each result which products belong to it.
final class ConvolutionSamples {
    private static final Convolving LINE = Convolving.over(1);
    private static final Convolving PICTURE = Convolving.over(2);

    private ConvolutionSamples() {}

    static List<Sample> convolutions() {
        Convolving mixed = PICTURE.stride(2, 1)
                .padding(new long[] {1, 0}, new long[] {0, 2})
                .dilation(1, 2);
        Convolving grouped = PICTURE.stride(2).padding(1).groups(2);
        Convolving volume = Convolving.over(3).stride(1, 2, 1).padding(1, 0, 1);
        Convolving far = LINE.stride(3).padding(2).dilation(2);
        List<Sample> all = new ArrayList<>(List.of(
                op("convolution", (x, w) -> x.conv(w))
                        .on(s(2, 3, 4, 5), s(4, 3, 2, 3))
                        .on(s(1, 1, 1, 1), s(1, 1, 1, 1))
                        .on(s(2, 3, 3, 3), s(2, 3, 1, 1))
                        .on(s(0, 2, 3, 3), s(2, 2, 3, 3))
                        .on(s(2, 0, 3, 3), s(2, 0, 2, 2))
                        .on(s(2, 2, 3, 3), s(0, 2, 2, 2))
                        .answer(in -> output(PICTURE, in[0], in[1])),
                op("convolution", (x, w) -> x.conv(w, mixed))
                        .on(s(2, 2, 5, 4), s(3, 2, 3, 2))
                        .answer(in -> output(mixed, in[0], in[1])),
                op("convolution", (x, w) -> x.conv(w, grouped))
                        .on(s(2, 4, 4, 3), s(6, 2, 3, 3))
                        .on(s(1, 2, 2, 2), s(2, 1, 3, 1))
                        .answer(in -> output(grouped, in[0], in[1])),
                op("convolution", (x, w) -> x.conv(w, volume))
                        .on(s(1, 2, 2, 4, 3), s(2, 2, 2, 3, 2))
                        .answer(in -> output(volume, in[0], in[1])),
                op("convolution", (x, w, b) -> x.conv(w, b, far))
                        .on(s(2, 2, 8), s(3, 2, 3), s(3))
                        .on(s(2, 2, 1), s(1, 2, 2), s(1))
                        .on(s(1, 0, 6), s(2, 0, 3), s(2))
                        .answer(in -> biased(output(far, in[0], in[1]), in[2]))));
        all.addAll(transposed(mixed, grouped, volume, far));
        all.addAll(weights(mixed, grouped, volume));
        return all;
    }

    private static List<Sample> transposed(Convolving mixed, Convolving grouped, Convolving volume, Convolving far) {
        Convolving longer = PICTURE.stride(3, 2).padding(new long[] {1, 1}, new long[] {-1, 0});
        return List.of(
                op("convolutionTransposed", (y, w) -> y.convTranspose(w, PICTURE))
                        .on(s(2, 3, 2, 3), s(3, 2, 2, 3))
                        .on(s(1, 1, 1, 1), s(1, 1, 1, 1))
                        .on(s(0, 1, 2, 2), s(1, 2, 2, 2))
                        .on(s(2, 0, 2, 2), s(0, 2, 2, 2))
                        .answer(in -> input(PICTURE, in[0], in[1])),
                op("convolutionTransposed", (y, w) -> y.convTranspose(w, mixed))
                        .on(s(2, 3, 2, 4), s(3, 2, 3, 2))
                        .answer(in -> input(mixed, in[0], in[1])),
                op("convolutionTransposed", (y, w) -> y.convTranspose(w, grouped))
                        .on(s(2, 4, 2, 2), s(4, 1, 3, 3))
                        .answer(in -> input(grouped, in[0], in[1])),
                op("convolutionTransposed", (y, w) -> y.convTranspose(w, volume))
                        .on(s(1, 2, 3, 1, 3), s(2, 2, 2, 3, 2))
                        .answer(in -> input(volume, in[0], in[1])),
                op("convolutionTransposed", (y, w) -> y.convTranspose(w, longer)) // strides beyond the kernel
                        .on(s(2, 2, 2, 2), s(2, 3, 2, 1))
                        .answer(in -> input(longer, in[0], in[1])),
                op("convolutionTransposed", (y, w, b) -> y.convTranspose(w, b, far))
                        .on(s(2, 2, 3), s(2, 3, 3), s(3))
                        .answer(in -> biased(input(far, in[0], in[1]), in[2])));
    }

    private static List<Sample> weights(Convolving mixed, Convolving grouped, Convolving volume) {
        return List.of(
                op("convolutionWeight", (x, y) -> weight(PICTURE, x, y, 2, 3))
                        .on(s(2, 3, 4, 5), s(2, 4, 3, 3))
                        .on(s(0, 3, 4, 5), s(0, 4, 3, 3))
                        .on(s(1, 1, 2, 3), s(1, 1, 1, 1))
                        .answer(in -> weight(PICTURE, in[0], in[1], 2, 3)),
                op("convolutionWeight", (x, y) -> weight(mixed, x, y, 3, 2))
                        .on(s(2, 2, 4, 4), s(2, 3, 2, 4))
                        .answer(in -> weight(mixed, in[0], in[1], 3, 2)),
                op("convolutionWeight", (x, y) -> weight(grouped, x, y, 3, 3))
                        .on(s(2, 4, 5, 3), s(2, 2, 3, 2))
                        .answer(in -> weight(grouped, in[0], in[1], 3, 3)),
                op("convolutionWeight", (x, y) -> weight(volume, x, y, 2, 3, 2))
                        .on(s(1, 2, 2, 3, 3), s(1, 2, 3, 1, 4))
                        .answer(in -> weight(volume, in[0], in[1], 2, 3, 2)));
    }

    private static Tensor weight(Convolving how, Tensor x, Tensor y, long... kernel) {
        Map<String, Object> attributes = Map.of(
                "stride", how.stride(),
                "before", how.before(),
                "after", how.after(),
                "dilation", how.dilation(),
                "groups", how.groups(),
                "kernel", kernel);
        return Engine.one(Ops.of("convolutionWeight", attributes), x, y);
    }

    // ---- oracles

    private static Values biased(Values y, Values bias) {
        return Values.fill(y.dims(), i -> y.at(i) + bias.at(i[1]));
    }

    private static Values output(Convolving how, Values x, Values w) {
        long[] dims = x.dims().clone();
        dims[1] = w.dim(0);
        for (int a = 2; a < dims.length; a++) {
            long room = x.dim(a) + how.before()[a - 2] + how.after()[a - 2];
            dims[a] = (room - how.dilation()[a - 2] * (w.dim(a) - 1) - 1) / how.stride()[a - 2] + 1;
        }
        return Values.fill(dims, i -> {
            long group = i[1] / (w.dim(0) / how.groups());
            double sum = 0;
            for (long[] k : indices(w.dims())) { // (c, K...)
                long[] p = place(how, i, k);
                p[1] = group * w.dim(1) + k[0];
                sum += inside(x, p) ? x.at(p) * w.at(prepend(i[1], k)) : 0;
            }
            return sum;
        });
    }

    private static Values input(Convolving how, Values y, Values w) {
        long[] dims = y.dims().clone();
        dims[1] = w.dim(1) * how.groups();
        for (int a = 2; a < dims.length; a++) {
            dims[a] = (y.dim(a) - 1) * how.stride()[a - 2]
                    + how.dilation()[a - 2] * (w.dim(a) - 1)
                    + 1
                    - how.before()[a - 2]
                    - how.after()[a - 2];
        }
        double[] sums = new double[(int) Arrays.stream(dims).reduce(1, (a, b) -> a * b)];
        Values x = new Values(sums, dims);
        for (long[] i : indices(prepend(1, y.dims()))) { // each output gives to the inputs that it saw
            long group = i[1] / (w.dim(0) / how.groups());
            for (long[] k : indices(w.dims())) {
                long[] p = place(how, i, k);
                p[1] = group * w.dim(1) + k[0];
                if (inside(x, p)) {
                    sums[flat(dims, p)] += y.at(i) * w.at(prepend(i[1], k));
                }
            }
        }
        return x;
    }

    private static Values weight(Convolving how, Values x, Values y, long... kernel) {
        long outputs = y.dim(1);
        long inputs = x.dim(1) / how.groups();
        return Values.fill(prepend(outputs, prepend(inputs, kernel)), w -> {
            double sum = 0;
            for (long[] i : indices(prepend(1, y.dims()))) {
                long[] k = Arrays.copyOfRange(w, 1, w.length);
                long[] p = place(how, i, k);
                p[1] = w[0] / (outputs / how.groups()) * inputs + w[1];
                sum += i[1] == w[0] && inside(x, p) ? x.at(p) * y.at(i) : 0;
            }
            return sum;
        });
    }

    /// The sample and the place of the input that an output's kernel element sees.
    private static long[] place(Convolving how, long[] output, long[] k) {
        long[] p = output.clone();
        for (int a = 0; a < how.axes(); a++) {
            p[a + 2] = output[a + 2] * how.stride()[a] + k[a + 1] * how.dilation()[a] - how.before()[a];
        }
        return p;
    }

    private static boolean inside(Values x, long[] p) {
        for (int a = 0; a < p.length; a++) {
            if (p[a] < 0 || p[a] >= x.dim(a)) {
                return false;
            }
        }
        return true;
    }

    private static int flat(long[] dims, long[] p) {
        long at = 0;
        for (int a = 0; a < p.length; a++) {
            at = at * dims[a] + p[a];
        }
        return (int) at;
    }

    private static long[] prepend(long first, long... rest) {
        long[] all = new long[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }

    /// All indices of the axes behind the first.
    private static List<long[]> indices(long[] dims) {
        List<long[]> all = new ArrayList<>();
        Values.fill(Arrays.copyOfRange(dims, 1, dims.length), i -> {
            all.add(i.clone());
            return 0;
        });
        return all;
    }
}
