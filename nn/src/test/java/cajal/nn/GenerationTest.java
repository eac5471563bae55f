package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Generation: the network's own probabilities, temperature, the cache, the window that slides.
class GenerationTest {
    private static final int WINDOW = 6;

    private static Sequential language() {
        Sequential net = Sequential.of(
                new Embedding(7, 8),
                new LearnedPositions(WINDOW, 8).init(Init.normal(0, 1)),
                new TransformerEncoder(
                        2,
                        () -> new TransformerEncoderLayer(8, 2)
                                .feedForward(16)
                                .gelu()
                                .normFirst()
                                .causal()),
                new Linear(8, 7));
        net.init(3, Shape.of(1, WINDOW));
        return net;
    }

    /// The same network, of which nobody can see that it has an attention.
    private static final class Opaque extends Block {
        private final Layer inner;

        Opaque(Layer inner) {
            this.inner = add("inner", inner);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return inner.apply(x);
        }
    }

    /// A network whose scores do not depend on what it sees.
    private static Sequential scores(double... values) {
        return Sequential.of(
                x -> Tensor.ofDoubles(values, values.length).to(DType.F32).expand(1, x.dim(1), values.length));
    }

    @Test
    void aSequenceWithACacheGivesTheSameOutputs() {
        Sequential net = language();
        Tensor x = Tensor.ofLongs(new long[] {1, 5, 2, 0, 6, 3}, 1, 6);
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            Tensor whole = net.apply(x);
            KeyValueCache cache = new KeyValueCache(WINDOW);
            Tensor parts = Tensor.concat(
                    1,
                    net.apply(x.slice(1, 0, 3), cache),
                    net.apply(x.slice(1, 3, 4), cache),
                    net.apply(x.slice(1, 4, 6), cache));
            assertThat(parts.allClose(whole, 1e-5, 1e-5)).isTrue();
        }
    }

    @Test
    void itWritesTheSameWithAndWithoutTheCacheAndBeyondTheWindow() {
        Sequential net = language();
        Opaque opaque = new Opaque(language());
        for (long[] prompt : List.of(new long[] {4}, new long[] {1, 2, 3, 4, 5, 6, 0, 1})) {
            long[] cached =
                    new Generation(net, WINDOW).seed(9).after(prompt).limit(30).toArray();
            long[] anew = new Generation(opaque, WINDOW)
                    .seed(9)
                    .after(prompt)
                    .limit(30)
                    .toArray();
            assertThat(cached).containsExactly(anew);
            assertThat(Arrays.stream(cached).distinct().count()).isGreaterThan(2);
        }
    }

    @Test
    void withTheCacheEachPlaceIsComputedOnceUntilTheWindowIsFull() {
        Sequential net = language();
        List<Long> places = new ArrayList<>();
        Listener listener = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                if (path.endsWith("3") && out[0].rank() == 3) { // the last layer
                    places.add(out[0].dim(1));
                }
            }
        };
        try (var _ = Context.current().listener(listener).enter()) {
            assertThat(new Generation(net, WINDOW).after(1, 2).limit(7).toArray())
                    .hasSize(7);
        }
        assertThat(places).startsWith(2L, 1L, 1L, 1L, 1L).endsWith(6L, 6L).hasSize(7);
    }

    @Test
    void tokensAreDrawnWithTheirProbabilities() {
        Sequential net = scores(Math.log(0.5), Math.log(0.2), Math.log(0.3));
        long[] drawn = new Generation(net, 4).seed(5).after(0).limit(6000).toArray();
        assertThat(share(drawn, 0)).isCloseTo(0.5, within(0.03)); // 4.6 standard deviations
        assertThat(share(drawn, 1)).isCloseTo(0.2, within(0.03));
        assertThat(share(drawn, 2)).isCloseTo(0.3, within(0.03));
        long[] careful = new Generation(net, 4)
                .temperature(0.5)
                .seed(5)
                .after(0)
                .limit(6000)
                .toArray();
        assertThat(share(careful, 0)).isCloseTo(0.25 / 0.38, within(0.03)); // squares, normalised
        long[] few = new Generation(net, 4).topK(2).seed(5).after(0).limit(6000).toArray();
        assertThat(share(few, 0)).isCloseTo(0.5 / 0.8, within(0.03));
        assertThat(share(few, 1)).isZero();
        assertThat(new Generation(net, 4).temperature(0).after(1).limit(50).toArray())
                .containsOnly(0);
    }

    private static double share(long[] drawn, long token) {
        return Arrays.stream(drawn).filter(t -> t == token).count() / (double) drawn.length;
    }

    @Test
    void theSeedDecides() {
        Sequential net = scores(0, 0, 0, 0, 0);
        long[] one = new Generation(net, 4).seed(1).after(0).limit(40).toArray();
        assertThat(new Generation(net, 4).seed(1).after(0).limit(40).toArray()).containsExactly(one);
        assertThat(new Generation(net, 4).seed(2).after(0).limit(40).toArray()).isNotEqualTo(one);
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        Sequential net = scores(0, 0);
        assertThatThrownBy(() -> new Generation(net, 0)).hasMessageContaining("rule: at least 1");
        assertThatThrownBy(() -> new Generation(net, 4).temperature(-1)).hasMessageContaining("A temperature of -1.0");
        assertThatThrownBy(() -> new Generation(net, 4).temperature(Double.NaN)).hasMessageContaining("finite");
        assertThatThrownBy(() -> new Generation(net, 4).topK(0)).hasMessageContaining("rule: at least 1");
        assertThatThrownBy(() -> new Generation(net, 4).after()).hasMessageContaining("An empty prompt");
        Sequential recurrent = Sequential.of(new Embedding(3, 4), new LSTM(4, 4));
        recurrent.init(1, Shape.of(1, 2));
        assertThatThrownBy(() -> recurrent.apply(Tensor.ofLongs(new long[] {1, 2}, 1, 2), new KeyValueCache(4)))
                .hasMessageContaining("a recurrent layer goes on from its own state");
    }

    @Test
    void aLossAtEachPlaceCountsAllPlacesAlike() {
        Tensor scores = Check.random(4, -1, 1, 2, 3, 5);
        Tensor right = Tensor.ofLongs(new long[] {0, 4, 2, 1, 1, 3}, 2, 3);
        double sum = 0;
        for (int b = 0; b < 2; b++) {
            for (int t = 0; t < 3; t++) {
                double[] s = scores.at(b).at(t).toDoubles();
                double all = Arrays.stream(s).map(Math::exp).sum();
                sum += Math.log(all) - s[(int) right.at(b).at(t).item()];
            }
        }
        Loss loss = Loss.crossEntropy().eachPlace();
        assertThat(loss.of(scores, right).item()).isCloseTo(sum / 6, within(1e-12));
        assertThat(loss.name()).isEqualTo(Loss.crossEntropy().name());
    }

    @Test
    void initialWeightsOfATransformerLayerCanBeChosen() {
        TransformerEncoderLayer layer =
                new TransformerEncoderLayer(8, 2).feedForward(16).init(Init.constant(0.25), Init.constant(0.5));
        layer.init(1);
        layer.parameters().forEach((path, p) -> {
            double expected = path.endsWith("out_proj.weight") || path.equals("linear2.weight")
                    ? 0.5
                    : path.startsWith("norm") && path.endsWith("weight") ? 1 : path.endsWith("weight") ? 0.25 : 0;
            assertThat(p.toDoubles()).as(path).containsOnly(expected);
        });
    }
}
