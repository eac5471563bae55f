package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.kernel.Shape;
import cajal.tensor.Engine;
import cajal.tensor.Ops;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// One line for each operation that arranges or picks elements; oracles are NumPy's definitions as loops.
final class LayoutSamples {
    private LayoutSamples() {}

    static List<Sample> views() {
        return List.of(
                        op("reshape", x -> x.reshape(3, -1))
                                .on(2, 3, 4)
                                .on(3)
                                .on(1, 3)
                                .answer(in -> as(in[0], 3, in[0].size() / 3)),
                        op("reshape", x -> x.reshape(Shape.of(2, 0))).on(0, 5).answer(in -> as(in[0], 2, 0)),
                        op("reshape", x -> x.flatten(1))
                                .on(2, 3, 4)
                                .on(2, 3)
                                .answer(in -> as(in[0], 2, in[0].size() / 2)),
                        op("reshape", x -> x.flatten(0)).on(2, 3).on(1).on(0, 2).answer(in -> as(in[0], in[0].size())),
                        op("reshape", x -> x.squeeze(1)).on(2, 1, 3).answer(in -> as(in[0], 2, 3)),
                        op("reshape", x -> x.unsqueeze(-1)).on(2, 3).answer(in -> as(in[0], 2, 3, 1)),
                        op("reshape", x -> x.transpose(0, 1).reshape(-1))
                                .on(2, 3)
                                .answer(in -> as(transposed(in[0]), in[0].size())),
                        op("permute", x -> x.permute(2, 0, 1))
                                .on(2, 3, 4)
                                .on(1, 0, 2)
                                .answer(in -> Values.fill(
                                        new long[] {in[0].dim(2), in[0].dim(0), in[0].dim(1)},
                                        i -> in[0].at(i[1], i[2], i[0]))),
                        op("permute", Tensor::t).on(2, 3).on(1, 4).on(0, 2).answer(in -> transposed(in[0])),
                        op("permute", x -> x.moveAxis(0, -1))
                                .on(2, 3, 4)
                                .answer(in -> Values.fill(new long[] {3, 4, 2}, i -> in[0].at(i[2], i[0], i[1]))),
                        op("expand", x -> x.expand(2, 3, 4))
                                .on(3, 1)
                                .on(1, 3, 4)
                                .on(s())
                                .on(4)
                                .answer(in -> Values.fill(new long[] {2, 3, 4}, in[0]::stretched)),
                        op("expand", x -> x.expand(0, 3)).on(1, 3).on(3).answer(in -> new Values(new double[0], 0, 3)),
                        op("flip", x -> x.flip(1))
                                .on(2, 3, 2)
                                .on(1, 1, 1)
                                .on(2, 0, 1)
                                .answer(in ->
                                        Values.fill(in[0].dims(), i -> in[0].at(i[0], in[0].dim(1) - 1 - i[1], i[2]))),
                        op("flip", x -> x.flip(0, -1))
                                .on(2, 3)
                                .answer(in -> Values.fill(in[0].dims(), i -> in[0].at(1 - i[0], 2 - i[1]))),
                        op("slice", x -> x.slice(1, 1, 3))
                                .on(2, 5)
                                .answer(in -> Values.fill(new long[] {2, 2}, i -> in[0].at(i[0], i[1] + 1))),
                        op("slice", x -> x.slice(0, -4, -1))
                                .on(6)
                                .answer(in -> Values.fill(new long[] {3}, i -> in[0].at(i[0] + 2))),
                        op("slice", x -> x.slice(0, 1, 100, 3))
                                .on(9)
                                .answer(in -> Values.fill(new long[] {3}, i -> in[0].at(1 + 3 * i[0]))),
                        op("slice", x -> x.slice(1, 2, 2)).on(2, 5).answer(in -> new Values(new double[0], 2, 0)),
                        op("slice", x -> x.select(-1, -2))
                                .on(2, 5)
                                .answer(in -> Values.fill(new long[] {2}, i -> in[0].at(i[0], 3))),
                        op("slice", x -> x.at(1))
                                .on(3, 2)
                                .answer(in -> Values.fill(new long[] {2}, i -> in[0].at(1, i[0]))),
                        op("split", x -> x.split(1, 2, 0, 3).get(2))
                                .on(2, 5)
                                .answer(in -> Values.fill(new long[] {2, 3}, i -> in[0].at(i[0], i[1] + 2))),
                        op("split", x -> {
                                    List<Tensor> pieces = x.split(0, 1, 2);
                                    return Tensor.concat(0, pieces.get(1), pieces.get(0));
                                })
                                .on(3, 2)
                                .answer(in -> Values.fill(in[0].dims(), i -> in[0].at((i[0] + 1) % 3, i[1]))))
                .stream()
                .map(Sample::exact)
                .toList();
    }

    static List<Sample> copies() {
        return List.of(
                        op("copy", x -> x.transpose(0, 1).contiguous())
                                .on(2, 3)
                                .on(1, 4)
                                .on(0, 2)
                                .answer(in -> transposed(in[0])),
                        op(
                                        "copy",
                                        x -> Engine.one(
                                                Ops.of(
                                                        "copy",
                                                        Map.of(
                                                                "dtype",
                                                                x.dtype().name())),
                                                x))
                                .on(2, 3)
                                .on(s())
                                .answer(in -> in[0]),
                        op("pad", x -> x.pad(1, 2)).on(3).on(2, 3).on(2, 0).answer(in -> padded(in[0], 0, 0, 0, 1, 2)),
                        op("pad", x -> x.pad(7, new long[] {1, 0, 0, 2}))
                                .on(2, 3)
                                .on(1, 1)
                                .answer(in -> padded(in[0], 7, 0, 2, 1, 0)),
                        op("pad", x -> Engine.one(Ops.of("pad", gaps()), x))
                                .on(3)
                                .on(1)
                                .answer(in -> Values.fill(
                                        new long[] {1 + 3L * (in[0].size() - 1) + 1 + 2},
                                        i -> i[0] >= 1 && (i[0] - 1) % 3 == 0 && (i[0] - 1) / 3 < in[0].size()
                                                ? in[0].at((i[0] - 1) / 3)
                                                : 0)),
                        op("concat", (a, b) -> Tensor.concat(1, a, b))
                                .on(s(2, 3), s(2, 1))
                                .on(s(2, 0), s(2, 2))
                                .on(s(0, 1), s(0, 2))
                                .answer(in -> Values.fill(
                                        new long[] {in[0].dim(0), in[0].dim(1) + in[1].dim(1)},
                                        i -> i[1] < in[0].dim(1) ? in[0].at(i) : in[1].at(i[0], i[1] - in[0].dim(1)))),
                        op("concat", (a, b, c) -> Tensor.concat(-1, a, b, c))
                                .on(s(1), s(3), s(2))
                                .answer(in -> Values.fill(
                                        new long[] {6},
                                        i -> i[0] < 1
                                                ? in[0].at(i[0])
                                                : i[0] < 4 ? in[1].at(i[0] - 1) : in[2].at(i[0] - 4))),
                        op("concat", (a, b) -> Tensor.stack(1, a, b))
                                .on(s(2, 3), s(2, 3))
                                .answer(in -> Values.fill(new long[] {2, 2, 3}, i -> in[(int) i[1]].at(i[0], i[2]))),
                        op("concat", (a, b) -> Tensor.stack(-1, a, b))
                                .on(s(3), s(3))
                                .on(s(), s())
                                .answer(in -> Values.fill(
                                        in[0].rank() == 0 ? new long[] {2} : new long[] {3, 2},
                                        i -> in[0].rank() == 0 ? in[(int) i[0]].at() : in[(int) i[1]].at(i[0]))),
                        op("concat", x -> x.roll(2, 0))
                                .on(5)
                                .on(2)
                                .on(1)
                                .answer(in -> Values.fill(
                                        in[0].dims(), i -> in[0].at(Math.floorMod(i[0] - 2, in[0].size())))),
                        op("concat", x -> x.roll(-1, 1))
                                .on(2, 4)
                                .answer(in -> Values.fill(in[0].dims(), i -> in[0].at(i[0], (i[1] + 1) % 4))),
                        op("reshape", x -> x.repeat(2, 3)).on(3).on(2, 2).answer(in -> tiled(in[0])),
                        op("expand", x -> x.repeat(0, 2)).on(3).answer(in -> new Values(new double[0], 0, 6)))
                .stream()
                .map(Sample::exact)
                .toList();
    }

    private static double crossEntropy(Values x, Values classes) {
        double total = 0;
        for (int i = 0; i < classes.size(); i++) {
            double sum = 0;
            for (int j = 0; j < x.dim(1); j++) {
                sum += StrictMath.exp(x.at(i, j));
            }
            total += StrictMath.log(sum) - x.at(i, (long) classes.at(i));
        }
        return total;
    }

    private static Sample crossEntropyGradient(boolean mean) {
        return op(
                        "crossEntropyGradient",
                        (y, t, g) -> Engine.one(Ops.of("crossEntropyGradient", Map.of("mean", mean)), y, t, g))
                .index(1, 4)
                .flat()
                .on(s(3, 4), s(3), s())
                .on(s(1, 4), s(1), s())
                .answer(in -> Values.fill(
                        in[0].dims(),
                        p -> (StrictMath.exp(in[0].at(p)) - (in[1].at(p[0]) == p[1] ? 1 : 0))
                                * in[2].at()
                                / (mean ? in[0].dim(0) : 1)));
    }

    static List<Sample> indexing() {
        return List.of(
                op("gather", (x, i) -> x.gather(1, i))
                        .index(1, 4)
                        .on(s(2, 4), s(2, 6))
                        .on(s(3, 4), s(3, 0))
                        .answer(in -> Values.fill(in[1].dims(), i -> in[0].at(i[0], (long) in[1].at(i))))
                        .exact(),
                op("crossEntropy", (x, t) -> x.crossEntropy(t, true))
                        .index(1, 4)
                        .on(s(3, 4), s(3))
                        .on(s(1, 4), s(1))
                        .answer(in -> Values.scalar(crossEntropy(in[0], in[1]) / in[1].size())),
                op("crossEntropy", (x, t) -> x.crossEntropy(t, false))
                        .index(1, 5)
                        .on(s(2, 5), s(2))
                        .on(s(0, 5), s(0))
                        .answer(in -> Values.scalar(crossEntropy(in[0], in[1]))),
                crossEntropyGradient(true),
                crossEntropyGradient(false),
                op("gather", (x, i) -> x.gather(0, i))
                        .index(1, 3)
                        .on(s(3, 2), s(5, 2))
                        .answer(in -> Values.fill(in[1].dims(), i -> in[0].at((long) in[1].at(i), i[1])))
                        .exact(),
                op("scatter", (x, i, y) -> x.scatterAdd(1, i, y))
                        .index(1, 4)
                        .on(s(2, 4), s(2, 7), s(2, 7))
                        .on(s(2, 4), s(2, 0), s(2, 0))
                        .answer(in -> Values.fill(in[0].dims(), p -> {
                            double sum = in[0].at(p);
                            for (int j = 0; j < in[1].dim(1); j++) {
                                sum += in[1].at(p[0], j) == p[1] ? in[2].at(p[0], j) : 0;
                            }
                            return sum;
                        })),
                op("scatter", (y, i) -> Engine.one(Ops.of("scatter", Map.of("length", 3L)), y, i))
                        .index(1, 3)
                        .on(s(5), s(5))
                        .answer(in -> added(in[0], in[1], 3)),
                op("take", (x, i) -> x.indexSelect(0, i))
                        .index(1, 3)
                        .on(s(3, 2), s(5))
                        .on(s(3), s(2))
                        .on(s(3, 2), s(0))
                        .on(s(3, 0), s(2))
                        .answer(in -> Values.fill(
                                in[0].rank() == 1 ? in[1].dims() : new long[] {in[1].size(), in[0].dim(1)},
                                p -> in[0].rank() == 1
                                        ? in[0].at((long) in[1].at(p))
                                        : in[0].at((long) in[1].at(p[0]), p[1])))
                        .exact(),
                op("take", (x, i) -> x.indexSelect(1, i))
                        .index(1, 4)
                        .on(s(2, 4), s(6))
                        .answer(in -> Values.fill(new long[] {2, 6}, p -> in[0].at(p[0], (long) in[1].at(p[1]))))
                        .exact(),
                op("put", (y, i) -> Engine.one(Ops.of("put", Map.of("length", 3L)), y, i))
                        .index(1, 3)
                        .on(s(5, 2), s(5))
                        .on(s(4), s(4))
                        .on(s(0, 2), s(0))
                        .answer(in -> Values.fill(in[0].rank() == 1 ? new long[] {3} : new long[] {3, 2}, p -> {
                            double sum = 0;
                            for (int j = 0; j < in[1].size(); j++) {
                                double y = in[0].rank() == 1 ? in[0].at(j) : in[0].at(j, p[1]);
                                sum += in[1].at(j) == p[0] ? y : 0;
                            }
                            return sum;
                        })),
                op("sort", x -> x.sort(-1).values())
                        .on(7)
                        .on(2, 4)
                        .on(1)
                        .on(0)
                        .on(3, 0)
                        .answer(in -> sorted(in[0]))
                        .exact(),
                op("sort", x -> x.sort(0, true).values())
                        .on(5)
                        .answer(in -> sorted(in[0].map(v -> -v)).map(v -> -v))
                        .exact(),
                op("sort", x -> x.sort(0).indices())
                        .on(5)
                        .flat()
                        .answer(in -> Values.fill(
                                new long[] {5},
                                i -> position(in[0], sorted(in[0]).at(i))))
                        .exact(),
                op("sort", x -> x.topK(2, 1).values())
                        .on(2, 5)
                        .answer(in -> {
                            Values s = sorted(in[0]);
                            return Values.fill(new long[] {2, 2}, i -> s.at(i[0], 4 - i[1]));
                        })
                        .exact(),
                op("oneHot", i -> i.oneHot(4))
                        .index(0, 4)
                        .on(5)
                        .on(2, 3)
                        .on(s())
                        .on(0)
                        .flat()
                        .answer(in -> oneHot(in[0], 4))
                        .exact());
    }

    private static Values oneHot(Values index, int classes) {
        double[] data = new double[index.size() * classes];
        for (int i = 0; i < index.size(); i++) {
            data[i * classes + (int) index.data()[i]] = 1;
        }
        long[] dims = java.util.Arrays.copyOf(index.dims(), index.rank() + 1);
        dims[index.rank()] = classes;
        return new Values(data, dims);
    }

    private static Map<String, Object> gaps() {
        return Map.of("before", new long[] {1}, "after", new long[] {2}, "gaps", new long[] {2}, "value", 0.0);
    }

    static Values as(Values v, long... dims) {
        return new Values(v.data(), dims);
    }

    static Values transposed(Values v) {
        return Values.fill(new long[] {v.dim(1), v.dim(0)}, i -> v.at(i[1], i[0]));
    }

    /// Pads the last axis by `left` and `right` and, of two axes, the first one by `top` and `bottom`.
    private static Values padded(Values v, double value, long top, long bottom, long left, long right) {
        if (v.rank() == 1) {
            return Values.fill(
                    new long[] {left + v.dim(0) + right},
                    i -> inside(i[0] - left, v.dim(0)) ? v.at(i[0] - left) : value);
        }
        long[] dims = {top + v.dim(0) + bottom, left + v.dim(1) + right};
        return Values.fill(
                dims,
                i -> inside(i[0] - top, v.dim(0)) && inside(i[1] - left, v.dim(1))
                        ? v.at(i[0] - top, i[1] - left)
                        : value);
    }

    private static boolean inside(long i, long n) {
        return i >= 0 && i < n;
    }

    private static Values tiled(Values v) {
        if (v.rank() == 1) {
            return Values.fill(new long[] {2, 3L * v.dim(0)}, i -> v.at(i[1] % v.dim(0)));
        }
        return Values.fill(new long[] {2L * v.dim(0), 3L * v.dim(1)}, i -> v.at(i[0] % v.dim(0), i[1] % v.dim(1)));
    }

    private static Values added(Values y, Values index, int length) {
        return Values.fill(new long[] {length}, p -> {
            double sum = 0;
            for (int j = 0; j < y.size(); j++) {
                sum += index.at(j) == p[0] ? y.at(j) : 0;
            }
            return sum;
        });
    }

    private static Values sorted(Values v) {
        int n = v.dim(v.rank() - 1);
        double[] data = v.data().clone();
        for (int at = 0; n > 0 && at < data.length; at += n) {
            java.util.Arrays.sort(data, at, at + n);
        }
        return new Values(data, v.dims());
    }

    private static double position(Values v, double x) {
        for (int i = 0; i < v.size(); i++) {
            if (v.data()[i] == x) {
                return i;
            }
        }
        throw new IllegalArgumentException("not there");
    }
}
