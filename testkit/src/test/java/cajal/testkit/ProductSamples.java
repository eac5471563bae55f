package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.tensor.Engine;
import cajal.tensor.Grad;
import cajal.tensor.Ops;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// One line for each of the products, random numbers and updates in place.
final class ProductSamples {
    /// It makes every recomputed piece one into which a gradient flows.
    private static final Param ONE = new Param("one", Tensor.scalar(1, DType.F32));

    private ProductSamples() {}

    static List<Sample> products() {
        return List.of(
                op("matMul", Tensor::matmul)
                        .on(s(2, 3), s(3, 4))
                        .on(s(1, 1), s(1, 1))
                        .on(s(4, 1), s(1, 3))
                        .on(s(2, 0), s(0, 3))
                        .on(s(0, 3), s(3, 2))
                        .on(s(2, 3), s(3, 0))
                        .answer(in -> matmul(in[0], in[1])),
                op("matMul", Tensor::matmul)
                        .on(s(2, 2, 3), s(2, 3, 2))
                        .on(s(2, 2, 3), s(3, 4))
                        .on(s(2, 3), s(2, 3, 2))
                        .on(s(2, 1, 2, 3), s(3, 3, 2))
                        .on(s(1, 2, 3), s(4, 3, 1))
                        .on(s(0, 2, 3), s(3, 2))
                        .on(s(2, 3, 0), s(0, 4))
                        .on(s(2, 0, 3), s(3, 2))
                        .answer(in -> batched(in[0], in[1])),
                op("matMul", Tensor::matmul)
                        .on(s(3), s(3))
                        .on(s(1), s(1))
                        .answer(in -> Values.scalar(matmul(
                                        LayoutSamples.as(in[0], 1, in[0].size()),
                                        LayoutSamples.as(in[1], in[1].size(), 1))
                                .data()[0])),
                op("matMul", Tensor::matmul)
                        .on(s(2, 3), s(3))
                        .answer(in -> LayoutSamples.as(matmul(in[0], LayoutSamples.as(in[1], 3, 1)), 2)),
                op("matMul", Tensor::matmul)
                        .on(s(3), s(3, 2))
                        .answer(in -> LayoutSamples.as(matmul(LayoutSamples.as(in[0], 1, 3), in[1]), 2)),
                op("matMul", Tensor::matmul)
                        .on(s(3), s(2, 3, 4))
                        .answer(in -> LayoutSamples.as(batched(LayoutSamples.as(in[0], 1, 3), in[1]), 2, 4)),
                op("matMul", Tensor::matmul)
                        .on(s(2, 4, 3), s(3))
                        .answer(in -> LayoutSamples.as(batched(in[0], LayoutSamples.as(in[1], 3, 1)), 2, 4)),
                op("affineGradient", (g, x, w) -> together(Map.of(), g, x, w))
                        .flat()
                        .on(s(3, 4), s(3, 2), s(4, 2))
                        .on(s(1, 5), s(1, 3), s(5, 3))
                        .on(s(0, 2), s(0, 3), s(2, 3))
                        .answer(in -> affineGradient(in[0], in[1], in[2])),
                op("affineGradient", 4, in -> together(Map.of("then", "sigmoid"), in))
                        .range(0.1, 0.9)
                        .flat()
                        .on(s(3, 4), s(3, 2), s(3, 4), s(4, 2))
                        .on(s(1, 5), s(1, 3), s(1, 5), s(5, 3))
                        .answer(in -> affineGradient(in[0].zip(in[2], (g, y) -> g * y * (1 - y)), in[1], in[3])),
                op("joined", (x, w, b) -> joined("affine", "sigmoid", x, w, b))
                        .on(s(2, 3), s(4, 3), s(4))
                        .on(s(1, 1), s(1, 1), s(1))
                        .on(s(0, 3), s(2, 3), s(2))
                        .on(s(2, 0), s(3, 0), s(3))
                        .answer(in -> matmul(in[0], LayoutSamples.transposed(in[1]))
                                .zip(in[2], Double::sum)
                                .map(y -> 1 / (1 + Math.exp(-y)))),
                op("joined", (x, w, b) -> joined("affine", "tanh", x, w, b))
                        .on(s(2, 3, 2), s(4, 2), s(4))
                        .on(s(2, 3, 0), s(2, 0), s(2))
                        .answer(in -> batched(in[0], LayoutSamples.transposed(in[1]))
                                .zip(in[2], Double::sum)
                                .map(Math::tanh)),
                op("affine", (x, w, b) -> x.affine(w, b))
                        .on(s(2, 3), s(4, 3), s(4))
                        .on(s(1, 1), s(1, 1), s(1))
                        .on(s(0, 3), s(2, 3), s(2))
                        .on(s(2, 0), s(3, 0), s(3))
                        .on(s(2, 3), s(0, 3), s(0))
                        .answer(in ->
                                matmul(in[0], LayoutSamples.transposed(in[1])).zip(in[2], Double::sum)),
                op("affine", (x, w, b) -> x.affine(w, b))
                        .on(s(2, 3, 2), s(4, 2), s(4))
                        .on(s(2, 3, 0), s(2, 0), s(2))
                        .on(s(2, 0, 3), s(2, 3), s(2))
                        .on(s(2, 2, 3), s(0, 3), s(0))
                        .answer(in ->
                                batched(in[0], LayoutSamples.transposed(in[1])).zip(in[2], Double::sum)),
                op("affine", (x, w, b) -> x.affine(w, b))
                        .on(s(3), s(4, 3), s(4))
                        .answer(in -> LayoutSamples.as(
                                matmul(LayoutSamples.as(in[0], 1, 3), LayoutSamples.transposed(in[1]))
                                        .zip(in[2], Double::sum),
                                4)));
    }

    static List<Sample> others() {
        return List.of(
                op("randomFill", key -> fill("UNIFORM", key))
                        .index(0, 1_000_000)
                        .on(1)
                        .flat()
                        .answer(in -> random(in[0], false))
                        .f32(1e-6),
                op("randomFill", key -> fill("NORMAL", key))
                        .index(0, 1_000_000)
                        .on(1)
                        .flat()
                        .f64(1e-12)
                        .answer(in -> random(in[0], true))
                        .f32(1e-6),
                op(
                                "recompute",
                                (x, y) -> Grad.recompute(
                                        t -> t.tanh().mul(y).mul(t).mul(ONE), x))
                        .on(s(2, 3), s(2, 3))
                        .on(s(2, 3), s(3))
                        .on(s(1), s(1))
                        .on(s(0), s(0))
                        .answer(in -> in[0].zip(in[1], (x, y) -> StrictMath.tanh(x) * y * x)),
                op("writeAt", (x, v) -> {
                            State target = new State("target", x);
                            target.put(1, Tensor.indices(1), v);
                            return target.detach();
                        })
                        .on(s(2, 4), s(2, 2))
                        .on(s(2, 2), s(2, 0))
                        .flat()
                        .exact()
                        .answer(in -> Values.fill(
                                in[0].dims(),
                                i -> i[1] >= 1 && i[1] <= in[1].dim(1) ? in[1].at(i[0], i[1] - 1) : in[0].at(i))),
                op("momentum", (x, v) -> {
                            Param target = new Param("target", x);
                            new Update(
                                            "momentum",
                                            2,
                                            Expr.arg(0).minus(Expr.arg(1).times(0.5)))
                                    .apply(List.of(target), v);
                            return target.detach();
                        })
                        .on(s(2, 3), s(2, 3))
                        .on(s(2, 3), s())
                        .on(s(0), s(0))
                        .on(s(), s())
                        .flat()
                        .answer(in -> in[0].zip(in[1], (x, v) -> x - 0.5 * v)));
    }

    private static Tensor fill(String distribution, Tensor key) {
        return Engine.one(
                Ops.of(
                        "randomFill",
                        Map.of("distribution", distribution, "shape", new long[] {5, 3}, "dtype", DType.F64.name())),
                key);
    }

    static Values matmul(Values a, Values b) {
        return Values.fill(new long[] {a.dim(0), b.dim(1)}, i -> {
            double sum = 0;
            for (int k = 0; k < b.dim(0); k++) {
                sum += a.at(i[0], k) * b.at(k, i[1]);
            }
            return sum;
        });
    }

    static Values batched(Values a, Values b) {
        long[] batch = Values.broadcast(
                java.util.Arrays.copyOf(a.dims(), a.rank() - 2), java.util.Arrays.copyOf(b.dims(), b.rank() - 2));
        long[] dims = java.util.Arrays.copyOf(batch, batch.length + 2);
        dims[batch.length] = a.dim(a.rank() - 2);
        dims[batch.length + 1] = b.dim(b.rank() - 1);
        return Values.fill(dims, i -> {
            double sum = 0;
            for (int k = 0; k < b.dim(b.rank() - 2); k++) {
                long[] left = i.clone();
                left[i.length - 1] = k;
                long[] right = i.clone();
                right[i.length - 2] = k;
                sum += stretched(a, left) * stretched(b, right);
            }
            return sum;
        });
    }

    /// As [Values#stretched], but the last two axes are matrices and never stretch.
    private static double stretched(Values v, long[] position) {
        long[] own = new long[v.rank()];
        for (int axis = 0; axis < own.length; axis++) {
            boolean matrix = axis >= own.length - 2;
            own[axis] = !matrix && v.dim(axis) == 1 ? 0 : position[position.length - own.length + axis];
        }
        return v.at(own);
    }

    /// Philox4x32-10 in big integers, then the 53 upper bits, then Box and Muller's transform.
    private static Values random(Values key, boolean normal) {
        return Values.fill(new long[] {5, 3}, i -> {
            long[] c = philox((long) key.data()[0], i[0] * 3 + i[1]);
            double u = unit(c[1], c[0]);
            double v = unit(c[3], c[2]);
            return normal ? StrictMath.sqrt(-2 * StrictMath.log1p(-u)) * StrictMath.cos(2 * Math.PI * v) : u;
        });
    }

    private static double unit(long high, long low) {
        BigInteger bits = BigInteger.valueOf(high).shiftLeft(32).add(BigInteger.valueOf(low));
        return bits.shiftRight(11).doubleValue() / 9007199254740992.0;
    }

    static long[] philox(long key, long counter) {
        BigInteger word = BigInteger.ONE.shiftLeft(32);
        long[] c = {counter & 0xffffffffL, counter >>> 32, 0, 0};
        long[] k = {key & 0xffffffffL, key >>> 32};
        for (int round = 0; round < 10; round++) {
            BigInteger[] a = BigInteger.valueOf(0xD2511F53L)
                    .multiply(BigInteger.valueOf(c[0]))
                    .divideAndRemainder(word);
            BigInteger[] b = BigInteger.valueOf(0xCD9E8D57L)
                    .multiply(BigInteger.valueOf(c[2]))
                    .divideAndRemainder(word);
            c = new long[] {
                b[0].longValue() ^ c[1] ^ k[0], b[1].longValue(), a[0].longValue() ^ c[3] ^ k[1], a[1].longValue()
            };
            k = new long[] {(k[0] + 0x9E3779B9L) % (1L << 32), (k[1] + 0xBB67AE85L) % (1L << 32)};
        }
        return c;
    }

    private static Tensor joined(String first, String then, Tensor... in) {
        return Engine.run(Ops.of("joined", Map.of("first", first, "then", then)), in)[0];
    }

    private static Tensor together(Map<String, Object> attributes, Tensor... in) {
        Tensor[] out = Engine.run(Ops.of("affineGradient", attributes), in);
        return Tensor.concat(0, Arrays.stream(out).map(t -> t.flatten(0)).toArray(Tensor[]::new));
    }

    private static Values affineGradient(Values g, Values x, Values w) {
        int n = (int) g.dim(0);
        int out = (int) g.dim(1);
        int in = (int) x.dim(1);
        double[] all = new double[out * in + out + n * in];
        for (int i = 0; i < n; i++) {
            for (int o = 0; o < out; o++) {
                all[out * in + o] += g.at(i, o);
                for (int k = 0; k < in; k++) {
                    all[o * in + k] += g.at(i, o) * x.at(i, k);
                    all[out * in + out + i * in + k] += g.at(i, o) * w.at(o, k);
                }
            }
        }
        return new Values(all, all.length);
    }
}
