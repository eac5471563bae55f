package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.tensor.Engine;
import cajal.tensor.Op;
import cajal.tensor.Ops;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// One line for each operation that makes one number of many, or looks along an axis.
final class ReductionSamples {
    private ReductionSamples() {}

    static List<Sample> reductions() {
        return List.of(
                everyShape(op("sum", x -> x.sum())).answer(in -> all(in[0], 0, Double::sum)),
                op("sum", x -> x.sum(1))
                        .on(2, 3, 4)
                        .on(2, 0, 3)
                        .on(3, 1)
                        .on(1, 3)
                        .answer(in -> in[0].fold(0, Double::sum, 1)),
                op("sum", x -> x.sum(0, -1)).on(2, 3, 4).on(0, 2, 3).answer(in -> in[0].fold(0, Double::sum, 0, 2)),
                op("sum", x -> x.sumKeep(-2)).on(2, 3, 4).answer(in -> keep(in[0].fold(0, Double::sum, 1), 2, 1, 4)),
                everyShape(op("prod", x -> x.prod()))
                        .range(-1.5, 1.5)
                        .kinks(0)
                        .answer(in -> all(in[0], 1, (a, b) -> a * b)),
                op("prod", x -> x.prod(1))
                        .on(2, 3, 2)
                        .on(2, 0)
                        .range(0.3, 2)
                        .answer(in -> in[0].fold(1, (a, b) -> a * b, 1)),
                op("prod", x -> x.prod(0, 2)).on(2, 2, 3).answer(in -> in[0].fold(1, (a, b) -> a * b, 0, 2)),
                someShapes(op("max", x -> x.max()))
                        .answer(in -> all(in[0], Double.NEGATIVE_INFINITY, Math::max))
                        .exact(),
                op("max", x -> x.max(0, 1))
                        .on(2, 3, 4)
                        .on(1, 1, 2)
                        .answer(in -> in[0].fold(Double.NEGATIVE_INFINITY, Math::max, 0, 1))
                        .exact(),
                op("max", x -> x.maxKeep(1))
                        .on(2, 3)
                        .answer(in -> keep(in[0].fold(Double.NEGATIVE_INFINITY, Math::max, 1), 2, 1))
                        .exact(),
                someShapes(op("min", x -> x.min()))
                        .answer(in -> all(in[0], Double.POSITIVE_INFINITY, Math::min))
                        .exact(),
                op("min", x -> x.min(-1))
                        .on(2, 3)
                        .on(3, 1)
                        .answer(in -> in[0].fold(Double.POSITIVE_INFINITY, Math::min, 1))
                        .exact(),
                op("argReduce", x -> x.argmax(1))
                        .on(2, 5, 3)
                        .on(4, 1, 2)
                        .flat()
                        .exact()
                        .answer(in -> argument(in[0])),
                op("argReduce", x -> x.argmin(-1))
                        .on(3, 7)
                        .on(1)
                        .on(5)
                        .flat()
                        .exact()
                        .answer(in -> smallest(in[0])),
                op("cumSum", x -> x.cumsum(1))
                        .on(2, 4, 3)
                        .on(1, 1, 1)
                        .on(2, 0, 1)
                        .on(0, 2, 2)
                        .answer(in -> running(in[0])),
                op("cumSum", x -> x.cumsum(-1)).on(9).on(1).on(0).answer(in -> lastRunning(in[0])));
    }

    static List<Sample> statistics() {
        return List.of(
                op("mean", x -> x.mean())
                        .on(2, 3)
                        .on(s())
                        .on(1)
                        .answer(in -> all(in[0], 0, Double::sum).map(v -> v / in[0].size())),
                op("mean", x -> x.mean(1))
                        .on(2, 3, 4)
                        .answer(in -> in[0].fold(0, Double::sum, 1).map(v -> v / 3)),
                op("mean", x -> x.meanKeep(0))
                        .on(4, 2)
                        .answer(in -> keep(in[0].fold(0, Double::sum, 0).map(v -> v / 4), 1, 2)),
                op("var", x -> x.var()).on(7).on(2, 3).answer(in -> Values.scalar(variance(in[0].data(), 1))),
                op("var", x -> x.variance(0, 1)).on(2, 4).answer(in -> rows(in[0], r -> variance(r, 0))),
                op("std", x -> x.std(-1)).on(2, 4).answer(in -> rows(in[0], r -> Math.sqrt(variance(r, 1)))),
                op("norm", x -> x.norm())
                        .on(2, 3)
                        .on(1)
                        .answer(in -> Values.scalar(Math.sqrt(
                                all(in[0].map(v -> v * v), 0, Double::sum).at()))),
                op("norm", x -> x.pNorm(3, 1))
                        .on(2, 3)
                        .kinks(0)
                        .answer(in -> rows(in[0], r -> {
                            double sum = 0;
                            for (double v : r) {
                                sum += StrictMath.pow(Math.abs(v), 3);
                            }
                            return StrictMath.cbrt(sum);
                        })),
                op("norm", x -> x.pNorm(1, 1))
                        .on(2, 3)
                        .kinks(0)
                        .answer(in -> in[0].map(Math::abs).fold(0, Double::sum, 1)),
                op("norm", x -> x.pNorm(Double.POSITIVE_INFINITY, 1))
                        .on(2, 3)
                        .range(0.1, 2)
                        .answer(in -> in[0].fold(0, Math::max, 1)),
                op("logSumExp", x -> x.logSumExp(1))
                        .on(2, 5)
                        .on(3, 1)
                        .range(-4, 4)
                        .answer(in -> rows(in[0], ReductionSamples::logSumExp)),
                op("logSumExp", x -> x.logSumExp())
                        .on(2, 3)
                        .on(s())
                        .answer(in -> Values.scalar(logSumExp(in[0].data()))),
                op("softmax", x -> x.softmax(-1))
                        .on(2, 5)
                        .on(1)
                        .on(3, 1)
                        .on(2, 0)
                        .range(-4, 4)
                        .answer(in -> softmax(in[0])),
                op("softmax", x -> x.transpose(0, 1).softmax(0).transpose(0, 1))
                        .on(3, 4)
                        .answer(in -> softmax(in[0])),
                op("logSoftmax", x -> x.logSoftmax(-1))
                        .on(2, 5)
                        .on(1)
                        .on(2, 0)
                        .range(-4, 4)
                        .answer(in -> softmax(in[0]).map(StrictMath::log)),
                op("logSoftmax", x -> x.transpose(0, 1).logSoftmax(0).transpose(0, 1))
                        .on(3, 4)
                        .answer(in -> softmax(in[0]).map(StrictMath::log)),
                softmaxGradient("softmaxGradient", false),
                softmaxGradient("logSoftmaxGradient", true),
                op("dot", Tensor::dot)
                        .on(s(5), s(5))
                        .on(s(0), s(0))
                        .answer(in -> all(in[0].zip(in[1], (a, b) -> a * b), 0, Double::sum)),
                op("outer", Tensor::outer)
                        .on(s(3), s(4))
                        .on(s(0), s(2))
                        .answer(in -> Values.fill(
                                new long[] {in[0].dim(0), in[1].dim(0)}, i -> in[0].at(i[0]) * in[1].at(i[1]))));
    }

    private static Sample everyShape(Sample sample) {
        return someShapes(sample).on(0).on(2, 0, 3);
    }

    private static Sample someShapes(Sample sample) {
        return sample.on(2, 3).on(s()).on(1).on(1, 1).on(3, 1, 2).on(11);
    }

    private static Values all(Values v, double start, java.util.function.DoubleBinaryOperator fn) {
        int[] axes = new int[v.rank()];
        for (int i = 0; i < axes.length; i++) {
            axes[i] = i;
        }
        return v.fold(start, fn, axes);
    }

    private static Values keep(Values v, long... dims) {
        return new Values(v.data(), dims);
    }

    private static Values rows(Values v, java.util.function.ToDoubleFunction<double[]> fn) {
        int n = v.dim(v.rank() - 1);
        return Values.fill(
                new long[] {v.dim(0)},
                i -> fn.applyAsDouble(java.util.Arrays.copyOfRange(v.data(), (int) i[0] * n, (int) i[0] * n + n)));
    }

    private static double variance(double[] x, int correction) {
        double mean = java.util.Arrays.stream(x).sum() / x.length;
        double sum = 0;
        for (double v : x) {
            sum += (v - mean) * (v - mean);
        }
        return sum / (x.length - correction);
    }

    private static double logSumExp(double[] x) {
        double sum = 0;
        for (double v : x) {
            sum += StrictMath.exp(v);
        }
        return StrictMath.log(sum);
    }

    private static Values softmax(Values v) {
        Values e = v.map(StrictMath::exp);
        return e.zip(rowSums(e), (a, b) -> a / b);
    }

    private static Values rowSums(Values v) {
        long[] kept = v.dims().clone();
        kept[kept.length - 1] = 1;
        return new Values(v.fold(0, Double::sum, v.rank() - 1).data(), kept);
    }

    private static Sample softmaxGradient(String name, boolean log) {
        Op op = Ops.of(name, Map.of());
        return op(name, 2, in -> Engine.one(op, in))
                .on(s(2, 5), s(2, 5))
                .on(s(1), s(1))
                .on(s(2, 0), s(2, 0))
                .flat()
                .answer(in -> {
                    Values g = in[0], y = in[1], sum = rowSums(log ? g : g.zip(y, (a, b) -> a * b));
                    return log
                            ? g.zip(y.map(StrictMath::exp).zip(sum, (a, b) -> a * b), (a, b) -> a - b)
                            : y.zip(g.zip(sum, (a, b) -> a - b), (a, b) -> a * b);
                });
    }

    /// The first largest along the middle one of three axes.
    private static Values argument(Values v) {
        return Values.fill(new long[] {v.dim(0), v.dim(2)}, i -> {
            int best = 0;
            for (int j = 1; j < v.dim(1); j++) {
                best = v.at(i[0], j, i[1]) > v.at(i[0], best, i[1]) ? j : best;
            }
            return best;
        });
    }

    /// The first smallest along the last axis.
    private static Values smallest(Values v) {
        int n = v.dim(v.rank() - 1);
        return Values.fill(java.util.Arrays.copyOf(v.dims(), v.rank() - 1), i -> {
            int row = i.length == 0 ? 0 : (int) i[0] * n;
            int best = 0;
            for (int j = 1; j < n; j++) {
                best = v.data()[row + j] < v.data()[row + best] ? j : best;
            }
            return best;
        });
    }

    /// Running sums along axis 1 of three.
    private static Values running(Values v) {
        return Values.fill(v.dims(), i -> {
            double sum = 0;
            for (long j = 0; j <= i[1]; j++) {
                sum += v.at(i[0], j, i[2]);
            }
            return sum;
        });
    }

    private static Values lastRunning(Values v) {
        return Values.fill(v.dims(), i -> {
            double sum = 0;
            for (int j = 0; j <= i[0]; j++) {
                sum += v.data()[j];
            }
            return sum;
        });
    }
}
