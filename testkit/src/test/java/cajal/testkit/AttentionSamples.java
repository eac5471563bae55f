package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task.Distribution;
import cajal.tensor.Engine;
import cajal.tensor.Ops;
import cajal.tensor.RandomKey;
import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// One line for each form of attention.
final class AttentionSamples {
    private AttentionSamples() {}

    static List<Sample> attention() {
        return List.of(
                op("attention", (q, k, v) -> new ScaledDotProduct().applyToHeads(q, k, v))
                        .on(s(2, 3, 2, 4), s(2, 5, 2, 4), s(2, 5, 2, 3))
                        .on(s(3, 4, 2), s(2, 2, 2), s(2, 2, 3))
                        .on(s(1, 1, 1), s(1, 1, 1), s(1, 1, 1))
                        .on(s(0, 1, 2), s(2, 1, 2), s(2, 1, 2))
                        .on(s(2, 1, 2), s(0, 1, 2), s(0, 1, 3))
                        .on(s(0, 2, 1, 2), s(0, 2, 1, 2), s(0, 2, 1, 2))
                        .f32(1e-5)
                        .answer(in -> attention(false, in[0], in[1], in[2])),
                op("attention", (q, k, v) -> new ScaledDotProduct().causal().applyToHeads(q, k, v))
                        .on(s(2, 3, 2, 4), s(2, 3, 1, 4), s(2, 3, 1, 3))
                        .on(s(2, 1, 2), s(4, 1, 2), s(4, 1, 2))
                        .on(s(4, 1, 2), s(2, 1, 2), s(2, 1, 2))
                        .f32(1e-5)
                        .answer(in -> attention(true, in[0], in[1], in[2])),
                op(
                                "attention",
                                4,
                                in -> new ScaledDotProduct()
                                        .mask(in[3])
                                        .scale(0.7)
                                        .applyToHeads(in[0], in[1], in[2]))
                        .on(s(2, 3, 2, 4), s(2, 5, 2, 4), s(2, 5, 2, 3), s(2, 3, 5))
                        .on(s(3, 2, 2), s(2, 1, 2), s(2, 1, 3), s(2, 1, 2))
                        .f32(1e-5)
                        .answer(in -> biased(in)),
                op("attention", (q, k, v) -> factored(q, k, v))
                        .on(s(2, 3, 2, 4), s(2, 5, 2, 4), s(2, 5, 2, 3))
                        .on(s(3, 4, 2), s(2, 2, 2), s(2, 2, 3))
                        .f32(1e-5)
                        .answer(in -> dropped(in[0], in[1], in[2])),
                op("attentionGradient", 6, AttentionSamples::gradients)
                        .on(s(3, 2, 4), s(5, 1, 4), s(5, 1, 3), s(3, 2, 3), s(2, 3), s(3, 2, 3))
                        .range(0.5, 2)
                        .flat()
                        .f32(1e-5)
                        .answer(AttentionSamples::gradients));
    }

    private static Values attention(boolean causal, Values q, Values k, Values v) {
        double scale = 1 / Math.sqrt(q.dim(q.rank() - 1));
        return weighted(q, k, v, (at, j) -> {
            boolean hidden = causal && j > at[at.length - 3] + k.dim(k.rank() - 3) - q.dim(q.rank() - 3);
            return hidden ? Double.NEGATIVE_INFINITY : scale * dot(q, k, at, j);
        });
    }

    private static Values biased(Values... in) {
        return weighted(in[0], in[1], in[2], (at, j) -> {
            int r = at.length;
            long[] place = java.util.Arrays.copyOf(at, r);
            place[r - 3] = at[r - 2];
            place[r - 2] = at[r - 3];
            place[r - 1] = j;
            return 0.7 * dot(in[0], in[1], at, j) + in[3].stretched(place);
        });
    }

    /// The factors by which dropout with p = 0.4 multiplies each weight.
    private static Tensor factors(DType dtype, long heads, long queries, long keys) {
        return Tensor.random(RandomKey.of(7), Distribution.UNIFORM, DType.F64, Shape.of(heads, queries, keys))
                .ge(0.4)
                .to(dtype)
                .mul(1 / 0.6);
    }

    /// The attention of a training run: some weights are 0, the others larger.
    private static Tensor factored(Tensor q, Tensor k, Tensor v) {
        return Engine.run(
                Ops.of("attention", Map.of("scale", 0.7, "causal", false, "biased", false, "factored", true)),
                q,
                k,
                v,
                factors(q.dtype(), q.dim(-2), q.dim(-3), k.dim(-3)))[0];
    }

    private static Values dropped(Values q, Values k, Values v) {
        int r = q.rank();
        int keys = k.dim(r - 3);
        double[] f = factors(DType.F64, q.dim(r - 2), q.dim(r - 3), keys).toDoubles();
        long[] dims = q.dims().clone();
        dims[r - 1] = v.dim(r - 1);
        return Values.fill(dims, at -> {
            double sum = 0;
            double total = 0;
            for (int j = 0; j < keys; j++) {
                double e = StrictMath.exp(0.7 * dot(q, k, at, j));
                long[] value = key(q, k, at, j);
                value[r - 1] = at[r - 1];
                sum += e;
                total += e * f[((int) at[r - 2] * q.dim(r - 3) + (int) at[r - 3]) * keys + j] * v.at(value);
            }
            return total / sum;
        });
    }

    @FunctionalInterface
    private interface Score {
        double of(long[] at, int j);
    }

    private static Values weighted(Values q, Values k, Values v, Score score) {
        long[] dims = q.dims().clone();
        int r = dims.length;
        dims[r - 1] = v.dim(r - 1);
        return Values.fill(dims, at -> {
            double sum = 0;
            double total = 0;
            for (int j = 0; j < k.dim(r - 3); j++) {
                double e = StrictMath.exp(score.of(at, j));
                long[] value = key(q, k, at, j);
                value[r - 1] = at[r - 1];
                sum += e;
                total += e * v.at(value);
            }
            return sum == 0 ? 0 : total / sum;
        });
    }

    private static double dot(Values q, Values k, long[] at, int j) {
        long[] left = at.clone();
        long[] right = key(q, k, at, j);
        double dot = 0;
        for (int d = 0; d < q.dim(q.rank() - 1); d++) {
            left[at.length - 1] = d;
            right[at.length - 1] = d;
            dot += q.at(left) * k.at(right);
        }
        return dot;
    }

    /// The place of key `j` for the query at `at`: with the group of its head.
    private static long[] key(Values q, Values k, long[] at, int j) {
        int r = at.length;
        long[] place = at.clone();
        place[r - 3] = j;
        place[r - 2] = at[r - 2] / (q.dim(r - 2) / k.dim(r - 2));
        return place;
    }

    private static Tensor gradients(Tensor... in) {
        Tensor[] out = Engine.run(
                Ops.of("attentionGradient", Map.of("scale", 0.5, "causal", false, "biased", false, "factored", false)),
                in);
        return Tensor.concat(0, out[0].flatten(0), out[1].flatten(0), out[2].flatten(0));
    }

    /// The formulas of the gradient, number by number, for one batch and keys that all heads share.
    private static Values gradients(Values... in) {
        Values q = in[0];
        Values k = in[1];
        Values v = in[2];
        double[] dq = new double[q.size()];
        double[] dk = new double[k.size()];
        double[] dv = new double[v.size()];
        for (int i = 0; i < q.dim(0); i++) {
            for (int h = 0; h < q.dim(1); h++) {
                for (int j = 0; j < k.dim(0); j++) {
                    double score = 0;
                    double dp = 0;
                    for (int d = 0; d < q.dim(2); d++) {
                        score += 0.5 * q.at(i, h, d) * k.at(j, 0, d);
                    }
                    double p = StrictMath.exp(score - in[4].at(h, i));
                    for (int e = 0; e < v.dim(2); e++) {
                        dp += in[5].at(i, h, e) * (v.at(j, 0, e) - in[3].at(i, h, e));
                        dv[j * v.dim(2) + e] += p * in[5].at(i, h, e);
                    }
                    for (int d = 0; d < q.dim(2); d++) {
                        dq[(i * q.dim(1) + h) * q.dim(2) + d] += 0.5 * p * dp * k.at(j, 0, d);
                        dk[j * q.dim(2) + d] += 0.5 * p * dp * q.at(i, h, d);
                    }
                }
            }
        }
        double[] all = new double[dq.length + dk.length + dv.length];
        System.arraycopy(dq, 0, all, 0, dq.length);
        System.arraycopy(dk, 0, all, dq.length, dk.length);
        System.arraycopy(dv, 0, all, dq.length + dk.length, dv.length);
        return new Values(all, all.length);
    }
}
