package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Names, initial values, sealing, sharing and threads: what every layer gets from [Part].
class PartTest {
    /// A block of one's own, as the guide shows it, without convolutions.
    private static final class Stage extends Block {
        private final Layer body;
        private final Layer shortcut;

        Stage(int in, int out) {
            body = add("body", Sequential.of(new Linear(in, out), Tensor::relu, new Linear(out, out)));
            shortcut = add("shortcut", in == out ? Layer.identity() : new Linear(in, out).noBias());
        }

        @Override
        protected Tensor forward(Tensor x) {
            return body.apply(x).add(shortcut.apply(x)).relu();
        }
    }

    /// Encoder and decoder with the same weights.
    private static final class Tied extends Block {
        private final Linear encoder = add("encoder", new Linear(6, 4).noBias());
        private final Param decoder = tie("decoder", encoder.parameters().get("weight"));

        @Override
        protected Tensor forward(Tensor x) {
            return encoder.apply(x).matmul(decoder);
        }
    }

    private static Tensor input(long... dims) {
        return Check.random(77, -1, 1, dims).to(DType.F32);
    }

    private static Map<String, float[]> values(Part part) {
        Map<String, float[]> values = new java.util.LinkedHashMap<>();
        part.parameters().forEach((path, p) -> values.put(path, p.toFloats()));
        return values;
    }

    @Test
    void aBlockOfOnesOwnIsListedCalledAndTrained() {
        var net = Sequential.of(new Stage(3, 5), new Stage(5, 5), new Linear(2));
        net.init(1, Shape.of(1, 3));
        assertThat(net.parameters().keySet())
                .containsExactly(
                        "0.body.0.weight",
                        "0.body.0.bias",
                        "0.body.2.weight",
                        "0.body.2.bias",
                        "0.shortcut.weight",
                        "1.body.0.weight",
                        "1.body.0.bias",
                        "1.body.2.weight",
                        "1.body.2.bias",
                        "2.weight",
                        "2.bias");
        assertThat(net.parameterCount()).isEqualTo(20 + 30 + 15 + 30 + 30 + 12);
        Tensor y = net.apply(input(4, 3));
        assertThat(y.shape()).isEqualTo(Shape.of(4, 2));
        Loss.crossEntropy().of(y, Tensor.indices(0, 1, 1, 0)).backward();
        assertThat(net.parameters().values()).allMatch(Tensor::hasGrad);
    }

    @Test
    void theFirstWeightsAreAFunctionOfSeedAndPathAlone() {
        var small = Sequential.of(new Linear(4, 8), Tensor::relu, new Linear(8, 2));
        small.init(5);
        var appended = Sequential.of(new Linear(4, 8), Tensor::relu, new Linear(8, 2), Tensor::tanh, new Linear(2, 2));
        appended.init(5);
        var inserted = new Sequential()
                .then(new Linear(4, 8))
                .then("squash", new Linear(8, 8))
                .then(Tensor::relu)
                .then("drop", new Dropout(0.5))
                .then(new Linear(8, 2));
        inserted.init(5);
        values(small).forEach((path, expected) -> {
            assertThat(values(appended).get(path)).as(path).isEqualTo(expected);
            assertThat(values(inserted).get(path)).as(path).isEqualTo(expected);
        });
        var other = Sequential.of(new Linear(4, 8));
        other.init(6);
        assertThat(values(other).get("0.weight"))
                .as("another seed")
                .isNotEqualTo(values(small).get("0.weight"));
        assertThat(values(inserted).get("squash.weight")).hasSize(64);
        var twins = Sequential.of(new Linear(4, 4), new Linear(4, 4));
        twins.init(5);
        assertThat(values(twins).get("0.weight"))
                .as("another path")
                .isNotEqualTo(values(twins).get("1.weight"));
    }

    @Test
    void eagerAndLazyAndInferredNetsStartAlike() {
        var stated = Sequential.of(new Linear(4, 8), Tensor::relu, new Linear(8, 2));
        stated.init(5);
        var inferred = Sequential.of(new Linear(8), Tensor::relu, new Linear(2));
        inferred.init(5, Shape.of(1, 4));
        var lazy = Sequential.of(new Linear(8), Tensor::relu, new Linear(2));
        lazy.init(5);
        lazy.apply(input(3, 4));
        assertThat(values(inferred)).usingRecursiveComparison().isEqualTo(values(stated));
        assertThat(values(lazy)).usingRecursiveComparison().isEqualTo(values(stated));
        var uncalled = Sequential.of(new Linear(4, 8), Tensor::relu, new Linear(8, 2));
        uncalled.apply(input(3, 4));
        var zero = Sequential.of(new Linear(4, 8), Tensor::relu, new Linear(8, 2));
        zero.init(0);
        assertThat(values(uncalled))
                .as("a first call fills as init(0)")
                .usingRecursiveComparison()
                .isEqualTo(values(zero));
    }

    @Test
    void lookingAtANetDecidesNothing() {
        var seen = Sequential.of(new Linear(8), Tensor::relu, new Linear(2));
        seen.summary(1, 4);
        seen.init(5);
        var unseen = Sequential.of(new Linear(8), Tensor::relu, new Linear(2));
        unseen.init(5, Shape.of(1, 4));
        assertThat(values(seen)).usingRecursiveComparison().isEqualTo(values(unseen));
        seen.summary(1, 4);
        seen.init(6);
        assertThat(values(seen))
                .as("values that count stay")
                .usingRecursiveComparison()
                .isEqualTo(values(unseen));

        var loaded = Sequential.of(new Linear(4, 2));
        loaded.summary(1, 4);
        loaded.load(Map.of("0.weight", Tensor.ones(2, 4), "0.bias", Tensor.zeros(2)));
        assertThat(loaded.apply(Tensor.ones(1, 4)).toFloats()).containsExactly(4, 4);
        assertThat(loaded.parameters().get("0.weight").toFloats()).containsOnly(1);

        var inner = new Linear(8);
        var called = Sequential.of(Sequential.of(inner), new Linear(2));
        inner.summary(1, 4); // where it stands alone, without its path
        called.apply(input(1, 4));
        var zero = Sequential.of(Sequential.of(new Linear(8)), new Linear(2));
        zero.apply(input(1, 4));
        assertThat(values(called)).usingRecursiveComparison().isEqualTo(values(zero));
    }

    @Test
    void sharedParametersAreListedOnceAndCollectBothGradients() {
        Tied net = new Tied();
        net.init(3);
        assertThat(net.parameters().keySet()).containsExactly("encoder.weight");
        assertThat(net.parameterCount()).isEqualTo(24);
        Tensor x = input(5, 6);
        net.apply(x).square().sum().backward();
        Tensor w = net.parameters().get("encoder.weight");
        Tensor e = w.detach().requireGrad();
        Tensor d = w.detach().requireGrad();
        x.matmul(e.t()).matmul(d).square().sum().backward();
        assertThat(w.grad().allClose(e.grad().add(d.grad()), 1e-5, 1e-6)).isTrue();
    }

    @Test
    void aPartHasOnePlace() {
        Linear shared = new Linear(4, 4);
        assertThatThrownBy(() -> Sequential.of(shared, Tensor::relu, shared))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Sequential adds Linear(4 -> 4) as '2', but it was already added as '0'\n  rule: a part has one place"
                                + "\n  fix:  add it once and call it twice, make a second one, or tie(...) their parameters");
    }

    @Test
    void duplicatesAndImpossibleNamesAreRefused() {
        assertThatThrownBy(() -> new Sequential().then("a", Tensor::relu).then("a", Tensor::tanh))
                .hasMessage("Sequential already has a member 'a'\n  rule: names are unique within a part");
        assertThatThrownBy(() -> new Sequential().then("a.b", Tensor::relu))
                .hasMessage("'a.b' cannot name a member of Sequential\n  rule: not empty, no dot");
    }

    @Test
    void optionsAfterSealingAreRefused() {
        var layer = new Linear(3, 2);
        var net = Sequential.of(layer);
        net.init(0);
        assertThatThrownBy(layer::noBias)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Linear(3 -> 2) '0' was sealed by its first listing, init, load or call\n  rule: options are set before that");
        assertThatThrownBy(() -> net.then(Tensor::relu)).hasMessageContaining("was sealed by its first");
    }

    @Test
    void parametersCannotBeListedBeforeTheirSizesAreKnown() {
        assertThatThrownBy(() -> Sequential.of(new Linear(3, 4), new Linear(10)).parameters())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "Linear(? -> 10) '1' does not know its input size yet\n  rule: parameters can be listed when all sizes are known"
                                + "\n  fix:  call net.init(seed, inputShape), or state the size in the constructor");
    }

    @Test
    void aParameterWithoutValuesSaysSo() {
        var net = Sequential.of(new Linear(3, 4));
        assertThat(net.parameterCount()).isEqualTo(16);
        assertThatThrownBy(() -> net.parameters().get("0.weight").toFloats())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("'weight' has no values yet");
    }

    @Test
    void loadingNamesWhatIsMissingLeftOverOrOfAnotherShape() {
        var net = Sequential.of(new Linear(3, 2), Tensor::relu, new Linear(2, 1));
        net.init(1);
        Map<String, float[]> before = values(net);
        assertThatThrownBy(() -> net.load(Map.of(
                        "0.weight",
                        Tensor.zeros(2, 3),
                        "0.bias",
                        Tensor.zeros(2),
                        "2.weight",
                        Tensor.zeros(1, 2),
                        "3.bias",
                        Tensor.zeros(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The values do not belong to this network\n  missing:   2.bias\n  left over: 3.bias"
                        + "\n  rule: one tensor for every parameter and state, by path");
        assertThatThrownBy(() -> net.load(Map.of(
                        "0.weight",
                        Tensor.zeros(3, 2),
                        "0.bias",
                        Tensor.zeros(2),
                        "2.weight",
                        Tensor.zeros(1, 2),
                        "2.bias",
                        Tensor.zeros(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'0.weight' has shape (2, 3), the values (3, 2)\n  rule: both agree");
        assertThat(values(net))
                .as("a refused load changes nothing")
                .usingRecursiveComparison()
                .isEqualTo(before);
    }

    @Test
    void loadingTellsLeftOutSizes() {
        var net = Sequential.of(new Linear(2), Tensor::relu, new Linear(1));
        net.load(Map.of(
                "0.weight",
                Tensor.ones(2, 3),
                "0.bias",
                Tensor.zeros(2),
                "2.weight",
                Tensor.ones(1, 2),
                "2.bias",
                Tensor.zeros(1)));
        assertThat(net.apply(Tensor.ones(1, 3)).item()).isEqualTo(6);
    }

    @Test
    void aNetLoadedInDoublePrecisionComputesInIt() {
        var net = Sequential.of(new Linear(2, 3), Activation.gelu(), new PReLU(3), new Dropout(0.5), new Linear(3, 1));
        Map<String, Tensor> w = Map.of(
                "0.weight",
                Check.random(1, -1, 1, 3, 2),
                "0.bias",
                Check.random(2, -1, 1, 3),
                "2.weight",
                Check.random(3, -1, 1, 3),
                "4.weight",
                Check.random(4, -1, 1, 1, 3),
                "4.bias",
                Check.random(5, -1, 1, 1));
        net.load(w);
        Tensor x = Check.random(6, -1, 1, 4, 2);
        assertThat(net.apply(x).dtype()).isEqualTo(DType.F64);
        Check.gradients(
                "net",
                in -> {
                    try (var _ = Mode.training(RandomKey.of(1))) {
                        return net.apply(in.getFirst()).square().mean();
                    }
                },
                x);
    }

    /// Takes its time to learn its size.
    private static final class Slow extends Block {
        private final List<Param> weight = new ArrayList<>();

        @Override
        protected void infer(Shape input) {
            LockSupport.parkNanos(20_000_000);
            weight.add(param("weight", Init.ones(), input.dim(-1)));
        }

        @Override
        protected boolean isOpen() {
            return weight.isEmpty();
        }

        @Override
        protected Tensor forward(Tensor x) {
            return x.mul(weight.getFirst());
        }
    }

    @Test
    void sixtyFourThreadsCallOneNetAlike() throws Exception {
        var net = Sequential.of(
                new Stage(7, 16), new Stage(16, 16), new Dropout(0.5), new Slow(), Activation.softmax(), new Linear(3));
        net.init(9); // the last size is inferred by whichever call comes first
        Tensor x = input(5, 7);
        var start = new CountDownLatch(64);
        List<Future<float[]>> outputs = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 64; i++) {
                Callable<float[]> call = () -> {
                    start.countDown();
                    start.await();
                    return net.apply(x).toFloats();
                };
                outputs.add(threads.submit(call));
            }
        }
        float[] expected = net.apply(x).toFloats();
        for (Future<float[]> output : outputs) {
            assertThat(output.get()).isEqualTo(expected);
        }
    }
}
