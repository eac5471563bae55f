package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task.Distribution;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Memory;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A layer and the function behind it as one operation, beside both apart, which is what a listener sees.
class JoiningTest {
    private static final Listener SPY = new Listener() {};

    private static Tensor numbers(long seed, long... dims) {
        return Tensor.random(RandomKey.of(seed), Distribution.NORMAL, DType.F32, Shape.of(dims));
    }

    static Stream<Arguments> nets() {
        Map<String, Supplier<Layer>> functions = new LinkedHashMap<>();
        functions.put("relu", () -> Tensor::relu);
        functions.put("sigmoid", Activation::sigmoid);
        functions.put("tanh", () -> Tensor::tanh);
        functions.put("gelu", () -> Tensor::gelu); // its gradient reads its argument
        functions.put("twice", () -> x -> x.relu().add(x.relu()).add(x));
        functions.put("nothing", () -> x -> x);
        List<Arguments> all = new ArrayList<>();
        functions.forEach((name, f) -> {
            all.add(net("linear, " + name, numbers(1, 5, 7), () -> new Linear(7, 19), f));
            all.add(net("linear without bias, " + name, numbers(1, 5, 7), () -> new Linear(7, 19).noBias(), f));
            all.add(net("linear of sequences, " + name, numbers(1, 2, 3, 7), () -> new Linear(7, 33), f));
            all.add(net("conv, " + name, numbers(2, 3, 2, 9, 9), () -> new Conv2d(2, 5, 3).stride(2), f));
            all.add(net("winograd, " + name, numbers(2, 6, 8, 13, 14), () -> new Conv2d(8, 9, 3).padding(1), f));
            all.add(net("alone, " + name, numbers(2, 1, 16, 29, 31), () -> new Conv2d(16, 32, 3), f));
            all.add(net(
                    "groups, " + name,
                    numbers(2, 3, 4, 6, 6),
                    () -> new Conv2d(4, 6, 3).groups(2).noBias(),
                    f));
            all.add(net("turned, " + name, numbers(2, 3, 4, 6, 6), () -> new ConvTranspose2d(4, 3, 3), f));
            all.add(net("batch norm, " + name, numbers(3, 4, 3, 9, 5), () -> new BatchNorm(3), f));
            all.add(net("batch norm of large pictures, " + name, numbers(3, 4, 3, 17, 19), () -> new BatchNorm(3), f));
            all.add(net("batch norm of rows, " + name, numbers(3, 40, 70), () -> new BatchNorm(70), f));
            all.add(net("without affine, " + name, numbers(3, 4, 3, 9, 5), () -> new BatchNorm(3).noAffine(), f));
        });
        return all.stream();
    }

    private static Arguments net(String name, Tensor x, Supplier<Layer> layer, Supplier<Layer> f) {
        Supplier<Sequential> net = () -> {
            Sequential s = Sequential.of(layer.get(), f.get(), y -> y.mul(1.5));
            s.init(5, x.shape());
            s.apply(x); // functions ask for their names once
            return s;
        };
        return Arguments.of(name, x, net);
    }

    private static List<float[]> all(Sequential net, Tensor input, boolean training) {
        List<float[]> seen = new ArrayList<>();
        Tensor x = input.requireGrad();
        try (var _ = training ? Mode.training(RandomKey.of(1)) : Mode.inference();
                var _ = Memory.step()) {
            Tensor y = net.apply(x);
            seen.add(y.toFloats());
            y.mul(numbers(9, y.shape().dims())).sum().backward();
        }
        seen.add(x.grad().toFloats());
        net.parameters().values().forEach(p -> seen.add(p.grad().toFloats()));
        net.states().values().forEach(s -> seen.add(s.toFloats()));
        try (var _ = Grad.off()) {
            seen.add(net.apply(input).toFloats());
        }
        return seen;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("nets")
    void hasTheBitsOfBothApart(String name, Tensor x, Supplier<Sequential> net) {
        for (boolean training : new boolean[] {true, false}) {
            List<float[]> joined = all(net.get(), x, training);
            List<float[]> apart;
            try (var _ = Context.current().listener(SPY).enter()) {
                apart = all(net.get(), x, training);
            }
            assertThat(joined).hasSameSizeAs(apart);
            for (int i = 0; i < joined.size(); i++) {
                assertThat(joined.get(i))
                        .as("result " + i + ", training " + training)
                        .isEqualTo(apart.get(i));
            }
        }
    }

    @Test
    void areOneOperationThatNobodySeesAndTwoForWhoListens() {
        Sequential net = Sequential.of(new Linear(3, 4), Tensor::relu);
        net.init(1);
        net.apply(numbers(1, 2, 3));
        Tensor y = net.apply(numbers(1, 2, 3));
        List<String> told = new ArrayList<>();
        Listener names = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                told.add(op.name() + " " + path);
            }
        };
        List<String> forward;
        Tensor x = numbers(1, 2, 3);
        try (var _ = Context.current().listener(names).enter()) {
            net.apply(x);
            forward = List.copyOf(told);
            told.clear();
            y.sum().backward();
        }
        assertThat(forward).containsExactly("affine 0", "relu 1");
        assertThat(told).contains("affineGradient 0").noneMatch(t -> t.startsWith("relu"));
    }

    @Test
    void secondDerivativesAreThoseOfBothApart() {
        Sequential net = Sequential.of(new Linear(3, 4), Tensor::tanh, new Linear(4, 1));
        net.init(1);
        net.apply(numbers(1, 2, 3));
        Supplier<float[]> second = () -> {
            Tensor x = numbers(1, 2, 3).requireGrad();
            Tensor g =
                    Grad.of(net.apply(x).sum(), List.of(x), Grad.CREATE_GRAPH).get(0);
            return Grad.of(g.square().sum(), List.of(x)).get(0).toFloats();
        };
        float[] joined = second.get();
        try (var _ = Context.current().listener(SPY).enter()) {
            assertThat(joined).isEqualTo(second.get());
        }
        assertThat(joined).isNotEqualTo(new float[joined.length]);
    }

    @Test
    void aFunctionCanKeepItsInputAndIsToldSoIfItDidNot() {
        Tensor[] seen = new Tensor[2];
        Sequential net = Sequential.of(
                new Linear(3, 4),
                x -> {
                    seen[0] = x;
                    return x.relu();
                },
                new Linear(4, 4),
                x -> {
                    seen[1] = x.keep();
                    return x.relu();
                });
        net.init(1);
        net.apply(numbers(1, 2, 3));
        Tensor y = net.apply(numbers(2, 2, 3));
        assertThat(seen[1].relu().toFloats()).isEqualTo(y.toFloats());
        assertThatThrownBy(() -> seen[0].toFloats())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("x.keep()");
    }

    @Test
    void anErrorNamesTheLayerInWhichItCameOut() {
        Sequential net = Sequential.of(
                new Linear(3, 4),
                Tensor::relu,
                new Linear(4, 2),
                x -> x.reshape(3, 5).relu());
        net.init(1);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> net.apply(numbers(1, 2, 5)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("Linear '0' expects (..., 3) but got (2, 5)")
                    .hasMessageContaining("path: (2, 5) -> 0:Linear(3 -> 4)");
            assertThatThrownBy(() -> net.apply(numbers(1, 2, 3)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("2:Linear(4 -> 2) (2, 2) -> 3:");
        }
    }
}
