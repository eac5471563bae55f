package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.ScaledDotProduct;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// The multiply-adds of networks, against published figures and against products counted by hand.
class MultiplyAddsTest {
    /// What the operations of a computation say.
    private static long counted(Supplier<Tensor> body) {
        long[] sum = {0};
        Listener count = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                sum[0] += op.multiplyAdds(shapes(in), shapes(out));
            }
        };
        try (var _ = Context.current().listener(count).enter()) {
            var _ = body.get();
        }
        return sum[0];
    }

    private static Shape[] shapes(Tensor[] tensors) {
        return Arrays.stream(tensors).map(Tensor::shape).toArray(Shape[]::new);
    }

    private static Tensor random(long... dims) {
        return Tensor.normal(RandomKey.of(1), dims);
    }

    private static Conv2d conv(long in, long out, long kernel, long stride) {
        return new Conv2d(in, out, kernel).stride(stride).padding(kernel / 2).noBias();
    }

    private static Sequential residualNet() {
        Sequential net = Sequential.of(conv(3, 16, 3, 1), new BatchNorm(16), Tensor::relu);
        long in = 16;
        for (long out : new long[] {16, 16, 16, 32, 32, 32, 64, 64, 64}) {
            long stride = in == out ? 1 : 2;
            Block body = Sequential.of(
                    conv(in, out, 3, stride),
                    new BatchNorm(out),
                    Tensor::relu,
                    conv(out, out, 3, 1),
                    new BatchNorm(out));
            net.then(in == out ? new Residual(body) : new Residual(body, conv(in, out, 1, stride)))
                    .then(Tensor::relu);
            in = out;
        }
        return net.then(new GlobalAvgPool()).then(new Linear(64, 10));
    }

    @Test
    void theResidualNetworkOf20LayersHasThePublished41Million() {
        // He, Zhang, Ren, Sun 2016, for CIFAR-10, with projections where the shape changes: 40.8 million
        assertThat(residualNet().summary(1, 3, 32, 32).multiplyAdds()).isEqualTo(40_813_184);
        assertThat(residualNet().summary(8, 3, 32, 32).multiplyAdds()).isEqualTo(8 * 40_813_184L);
    }

    @Test
    void lenetHasTheProductsThatAreCountedByHand() {
        Sequential lenet = Sequential.of(
                new Conv2d(1, 6, 5),
                Tensor::tanh,
                new AvgPool2d(2),
                new Conv2d(6, 16, 5),
                Tensor::tanh,
                new AvgPool2d(2),
                new Flatten(),
                new Linear(400, 120),
                Tensor::tanh,
                new Linear(120, 84),
                Tensor::tanh,
                new Linear(84, 10));
        Summary s = lenet.summary(1, 1, 32, 32);
        long[] each = s.rows().stream().mapToLong(Summary.Row::multiplyAdds).toArray();
        assertThat(Arrays.stream(each).filter(n -> n > 0).toArray())
                .containsExactly(
                        28 * 28 * 6 * 25, 10 * 10 * 16 * 6 * 25, 400 * 120, 120 * 84, 84 * 10); // 416,520 in all
        assertThat(s.multiplyAdds()).isEqualTo(416_520);
    }

    @Test
    void groupsTransposesAndOtherAxesCountWhatTheyCompute() {
        assertThat(new Conv2d(8, 8, 3).groups(8).summary(1, 8, 10, 10).multiplyAdds())
                .isEqualTo(8 * 8 * 8 * 9);
        assertThat(new Conv1d(3, 5, 4).summary(2, 3, 20).multiplyAdds()).isEqualTo(2 * 17 * 5 * 3 * 4);
        assertThat(new ConvTranspose2d(4, 6, 2).stride(2).summary(1, 4, 7, 7).multiplyAdds())
                .isEqualTo(7 * 7 * 4 * 6 * 2 * 2);
        assertThat(new Conv3d(2, 3, 2).summary(1, 2, 4, 4, 4).multiplyAdds()).isEqualTo(27 * 3 * 2 * 8);
        assertThat(counted(() -> random(5, 1, 2, 3).matmul(random(4, 3, 6)))).isEqualTo(5 * 4 * 2 * 6 * 3);
    }

    @Test
    void attentionAndRecurrencesCountTheirProducts() {
        Supplier<Tensor> attention =
                () -> new ScaledDotProduct().causal().apply(random(2, 3, 5, 4), random(2, 3, 7, 4), random(2, 3, 7, 6));
        assertThat(counted(attention)).isEqualTo(2 * 3 * 5 * 7 * (4 + 6));
        assertThat(new LSTM(11, 8).summary(2, 9, 11).multiplyAdds()).isEqualTo(2 * 9 * 4 * 8 * (11 + 8));
        assertThat(new GRU(11, 8).summary(2, 9, 11).multiplyAdds()).isEqualTo(2 * 9 * 3 * 8 * (11 + 8));
    }

    @Test
    void theWayBackCostsTwiceTheWayForward() {
        backIsTwice(Sequential.of(new Linear(6, 5), Tensor::relu, new Linear(5, 3)), random(4, 6));
        backIsTwice(Sequential.of(new Conv2d(2, 3, 3), Tensor::relu, new ConvTranspose2d(3, 2, 3)), random(2, 2, 8, 8));
        backIsTwice(new LSTM(4, 3), random(2, 6, 4));
    }

    private static void backIsTwice(Block net, Tensor x) {
        Tensor in = x.requireGrad();
        net.init(1);
        Tensor[] y = new Tensor[1];
        long forward = counted(() -> y[0] = net.apply(in));
        List<Tensor> all = new ArrayList<>(net.parameters().values());
        all.add(in);
        Tensor loss = y[0].sum();
        assertThat(counted(() -> Grad.of(loss, all).getFirst()))
                .as(net.describe())
                .isEqualTo(2 * forward);
    }

    @Test
    void theWayBackThroughAttentionComputesTheScoresAgain() {
        Tensor q = random(2, 5, 4).requireGrad();
        Tensor y = new ScaledDotProduct().apply(q, q, q);
        long pairs = LongStream.of(2, 5, 5).reduce(1, (a, b) -> a * b);
        assertThat(counted(() -> Grad.of(y.sum(), List.of(q)).getFirst())).isEqualTo(pairs * (3 * 4 + 2 * 4));
    }
}
