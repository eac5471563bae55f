package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.tensor.Engine;
import cajal.tensor.Op;
import cajal.tensor.Ops;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/// One line for each way of bringing groups of elements to mean 0 and variance 1.
final class NormaliseSamples {
    private static final double EPSILON = 1e-3;

    private NormaliseSamples() {}

    static List<Sample> normalisations() {
        return List.of(
                op("normalise", x -> x.layerNorm(1, EPSILON))
                        .on(3, 5)
                        .on(7)
                        .on(2, 2, 17)
                        .on(0, 3)
                        .on(2, 0)
                        .answer(in -> rows(in[0], 1, true)),
                op("normalise", (x, w, b) -> x.layerNorm(1, EPSILON, w, b))
                        .on(s(3, 5), s(5), s(5))
                        .on(s(1, 4), s(4), s(4))
                        .on(s(2, 3, 4), s(4), s(4))
                        .answer(in ->
                                rows(in[0], 1, true).zip(in[1], (x, w) -> x * w).zip(in[2], Double::sum)),
                op("normalise", (x, w) -> x.layerNorm(2, EPSILON, w))
                        .on(s(3, 2, 3), s(2, 3))
                        .answer(in -> rows(in[0], 2, true).zip(in[1], (x, w) -> x * w)),
                op("normalise", (x, w) -> x.rmsNorm(1, EPSILON, w))
                        .on(s(3, 5), s(5))
                        .on(s(4), s(4))
                        .on(s(0, 2), s(2))
                        .answer(in -> rows(in[0], 1, false).zip(in[1], (x, w) -> x * w)),
                op("normalise", x -> x.rmsNorm(2, EPSILON)).on(2, 2, 3).answer(in -> rows(in[0], 2, false)),
                op("normalise", (x, w, b) -> x.batchNorm(EPSILON, w, b).values())
                        .on(s(4, 3), s(3), s(3))
                        .on(s(2, 3, 4), s(3), s(3))
                        .on(s(2, 2, 3, 2), s(2), s(2))
                        .on(s(3, 1, 2, 1), s(1), s(1))
                        .answer(in -> channels(in[0], in[1], in[2])),
                op(
                                "joined",
                                (x, w, b) -> Engine.run(
                                        Ops.of(
                                                "joined",
                                                Map.of(
                                                        "first",
                                                        "normalise",
                                                        "then",
                                                        "sigmoid",
                                                        "centred",
                                                        true,
                                                        "epsilon",
                                                        EPSILON,
                                                        "perGroup",
                                                        true)),
                                        x,
                                        w,
                                        b)[0])
                        .on(s(2, 3, 4), s(3), s(3))
                        .on(s(4, 2, 17), s(2), s(2))
                        .on(s(5, 3, 1), s(3), s(3))
                        .answer(in -> channels(in[0], in[1], in[2]).map(y -> 1 / (1 + Math.exp(-y)))),
                op("normalise", x -> x.batchNorm(EPSILON).values())
                        .on(5, 2)
                        .on(2, 2, 17)
                        .answer(in -> channels(
                                in[0], ones(in[0].dim(1)), ones(in[0].dim(1)).map(_ -> 0))),
                op("normalise", (x, w, b) -> x.groupNorm(2, EPSILON, w, b))
                        .on(s(2, 4, 3), s(4), s(4))
                        .on(s(2, 2, 2, 2), s(2), s(2))
                        .on(s(3, 6), s(6), s(6))
                        .answer(in -> groups(in[0], 2, in[1], in[2])),
                op("normalise", (x, w, b) -> x.instanceNorm(EPSILON, w, b).values())
                        .on(s(2, 3, 4), s(3), s(3))
                        .on(s(2, 1, 2, 2), s(1), s(1))
                        .answer(in -> groups(in[0], in[0].dim(1), in[1], in[2])));
    }

    static List<Sample> gradients() {
        return List.of(
                gradient(true, true).on(s(3, 2, 4), s(3, 2, 4), s(2), s(2), s(2)),
                gradient(true, false)
                        .on(s(1, 3, 5), s(1, 3, 5), s(3), s(3), s(5))
                        .on(s(2, 2, 3), s(2, 2, 3), s(2), s(2), s(3)),
                gradient(false, false).on(s(1, 3, 4), s(1, 3, 4), s(3), s(3), s(4)));
    }

    private static Sample gradient(boolean centred, boolean perGroup) {
        Map<String, Object> attributes = Map.of("centred", centred, "epsilon", EPSILON, "perGroup", perGroup);
        Op op = Ops.of("normaliseGradient", attributes);
        return op("normaliseGradient", 5, in -> {
                    Tensor[] out = Engine.run(op, in);
                    return Tensor.concat(
                            0, Arrays.stream(out).map(t -> t.flatten(0)).toArray(Tensor[]::new));
                })
                .range(0.3, 2)
                .flat()
                .answer(in -> gradient(centred, perGroup, in));
    }

    /// Each row, of the last axes, brought to mean 0 (if wanted) and mean square 1.
    private static Values rows(Values x, int axes, boolean centred) {
        int n = 1;
        for (int i = x.rank() - axes; i < x.rank(); i++) {
            n *= x.dim(i);
        }
        double[] y = x.data().clone();
        for (int at = 0; n > 0 && at < y.length; at += n) {
            System.arraycopy(normal(Arrays.copyOfRange(y, at, at + n), centred), 0, y, at, n);
        }
        return new Values(y, x.dims());
    }

    private static double[] normal(double[] x, boolean centred) {
        double mean = centred ? DoubleStream.of(x).sum() / x.length : 0;
        double variance = DoubleStream.of(x).map(v -> (v - mean) * (v - mean)).sum() / x.length;
        return DoubleStream.of(x)
                .map(v -> (v - mean) / Math.sqrt(variance + EPSILON))
                .toArray();
    }

    private static Values ones(long n) {
        return Values.fill(new long[] {n}, _ -> 1);
    }

    private static Values channels(Values x, Values w, Values b) {
        return Values.fill(x.dims(), i -> {
            long c = i[1];
            double[] all = matching(x, k -> k[1] == c);
            return b.data()[(int) c] + w.data()[(int) c] * like(all, x.at(i));
        });
    }

    private static Values groups(Values x, int groups, Values w, Values b) {
        long size = x.dim(1) / groups;
        return Values.fill(x.dims(), i -> {
            long sample = i[0];
            long group = i[1] / size;
            double[] all = matching(x, k -> k[0] == sample && k[1] / size == group);
            return b.data()[(int) i[1]] + w.data()[(int) i[1]] * like(all, x.at(i));
        });
    }

    private static double like(double[] all, double x) {
        double mean = DoubleStream.of(all).sum() / all.length;
        double variance = DoubleStream.of(all).map(v -> (v - mean) * (v - mean)).sum() / all.length;
        return (x - mean) / Math.sqrt(variance + EPSILON);
    }

    private static double[] matching(Values x, java.util.function.Predicate<long[]> of) {
        DoubleStream.Builder found = DoubleStream.builder();
        Values.fill(x.dims(), i -> {
            if (of.test(i)) {
                found.add(x.at(i));
            }
            return 0;
        });
        return found.build().toArray();
    }

    /// The sum of `g·dy` over all elements, differentiated by hand with the chain rule through mean and
    /// variance.
    private static Values gradient(boolean centred, boolean perGroup, Values... in) {
        Values g = in[0];
        Values x = in[1];
        double[] dx = new double[x.size()];
        double[] dw = new double[in[4].size()];
        double[] db = new double[in[4].size()];
        int n = x.dim(0) * x.dim(2);
        for (int group = 0; group < x.dim(1); group++) {
            double mean = in[2].at(group);
            double root = Math.sqrt(in[3].at(group) + EPSILON);
            double towardsMean = 0;
            double towardsVariance = 0;
            for (int a = 0; a < x.dim(0); a++) {
                for (int k = 0; k < x.dim(2); k++) {
                    int at = perGroup ? group : k;
                    double flowing = g.at(a, group, k);
                    double d = x.at(a, group, k) - mean;
                    dw[at] += flowing * d / root;
                    db[at] += flowing;
                    towardsMean -= flowing * in[4].at(at) / root;
                    towardsVariance -= flowing * in[4].at(at) * d / (2 * root * root * root);
                }
            }
            for (int a = 0; a < x.dim(0); a++) {
                for (int k = 0; k < x.dim(2); k++) {
                    double d = x.at(a, group, k) - mean;
                    double own = g.at(a, group, k) * in[4].at(perGroup ? group : k) / root;
                    dx[(a * x.dim(1) + group) * x.dim(2) + k] =
                            own + towardsVariance * 2 * d / n + (centred ? towardsMean / n : 0);
                }
            }
        }
        double[] all = java.util.stream.Stream.of(dx, dw, db)
                .flatMapToDouble(DoubleStream::of)
                .toArray();
        return new Values(all, all.length);
    }
}
