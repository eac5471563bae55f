package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Workers;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Names, sizes, descriptions and mistakes of recurrent layers; their values stand in the golden tests.
class RecurrentTest {
    @Test
    void parametersAreNamedAndInitialisedAsInPyTorch() {
        LSTM layer = new LSTM(3, 16).layers(2).bidirectional();
        layer.init(1);
        assertThat(layer.parameters().keySet())
                .startsWith("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse")
                .endsWith("weight_hh_l1_reverse", "bias_ih_l1_reverse", "bias_hh_l1_reverse")
                .hasSize(16);
        layer.parameters()
                .forEach((name, p) -> assertThat(p.abs().max().item()).as(name).isBetween(0.8 * 0.25, 0.25));
        assertThat(layer.parameters().get("weight_ih_l1").shape()).isEqualTo(Shape.of(64, 32));
    }

    @Test
    void layersAreMadeAgainFromTheirDescription() {
        for (Block net : List.<Block>of(
                new LSTM(5).layers(2).bidirectional().dropout(0.3),
                new GRU(4).noBias(),
                new RNN(3).relu(),
                Sequential.of(new RNN(4), new TimeDistributed(new Linear(2))))) {
            Tensor x = Check.random(2, -1, 1, 2, 6, 3).to(DType.F32);
            net.init(3, x.shape());
            Block again = Specs.build(Specs.fromMap(Specs.toMap(Specs.of(net, Shape.of(6, 3)))));
            again.load(net.tensors());
            assertThat(again.apply(x).toFloats()).isEqualTo(net.apply(x).toFloats());
        }
    }

    @Test
    void aSizeThatWasLeftOutIsInferredFromTheInputOrTheValues() {
        GRU open = new GRU(4);
        assertThatThrownBy(open::parameters).hasMessageContaining("does not know its input size yet");
        assertThat(open.apply(Tensor.zeros(1, 2, 7)).shape()).isEqualTo(Shape.of(1, 2, 4));
        GRU loaded = new GRU(4);
        loaded.load(open.tensors());
        assertThat(loaded.describe()).isEqualTo("GRU(7 -> 4)");
    }

    @Test
    void theStatesOfOneCallContinueInTheNext() {
        LSTM layer = new LSTM(3, 4).layers(2);
        layer.init(5);
        Tensor x = Check.random(6, -1, 1, 2, 7, 3).to(DType.F32);
        var whole = layer.run(x);
        var first = layer.run(x.slice(1, 0, 3));
        var second = layer.run(x.slice(1, 3, 7), first.states());
        assertThat(second.outputs()
                        .sub(whole.outputs().slice(1, 3, 7))
                        .abs()
                        .max()
                        .item())
                .isLessThan(1e-6);
        assertThat(second.cell().sub(whole.cell()).abs().max().item()).isLessThan(1e-6);
        assertThat(whole.hidden().at(1).toFloats())
                .isEqualTo(whole.outputs().select(1, 6).toFloats());
        assertThatThrownBy(() -> new GRU(3, 4).run(x).cell()).hasMessageContaining("Only an LSTM has cell states");
    }

    @Test
    void whatLiesBeyondALengthChangesNothing() {
        GRU layer = new GRU(3, 4).layers(2).bidirectional();
        layer.init(5);
        Tensor x = Check.random(6, -1, 1, 2, 5, 3).to(DType.F32);
        Tensor lengths = Tensor.indices(3, 5);
        var result = layer.run(x, lengths);
        var alone = layer.run(x.slice(0, 0, 1).slice(1, 0, 3));
        Tensor outputs = result.outputs().slice(0, 0, 1);
        assertThat(outputs.slice(1, 0, 3).sub(alone.outputs()).abs().max().item())
                .isLessThan(1e-6);
        assertThat(outputs.slice(1, 3, 5).toFloats()).containsOnly(0);
        assertThat(result.hidden()
                        .slice(1, 0, 1)
                        .sub(alone.hidden())
                        .abs()
                        .max()
                        .item())
                .isLessThan(1e-6);
    }

    @Test
    void oneThreadAndTwoGiveTheSameBits() {
        int before = Workers.threads();
        try {
            float[][] sums = new float[2][];
            for (int threads = 1; threads <= 2; threads++) {
                Workers.threads(threads);
                LSTM layer = new LSTM(8, 33);
                layer.init(5);
                Tensor x = Check.random(6, -1, 1, 50, 4, 8).to(DType.F32);
                layer.apply(x).square().sum().backward();
                sums[threads - 1] =
                        layer.parameters().get("weight_hh_l0").grad().toFloats();
            }
            assertThat(sums[0]).isEqualTo(sums[1]);
        } finally {
            Workers.threads(before);
        }
    }

    @Test
    void dropoutFallsBetweenLayersOnly() {
        Tensor x = Check.random(6, -1, 1, 2, 5, 3).to(DType.F32);
        for (int layers = 1; layers <= 2; layers++) {
            RNN layer = new RNN(3, 8).layers(layers).dropout(0.5);
            layer.init(5);
            float[] plain = layer.apply(x).toFloats();
            try (var _ = Mode.training(RandomKey.of(1));
                    var _ = Grad.off()) {
                float[] y = layer.apply(x).toFloats();
                assertThat(java.util.Arrays.equals(y, plain)).isEqualTo(layers == 1);
                assertThat(y).doesNotContain(0);
            }
        }
    }

    @Test
    void whatDoesNotFitIsExplained() {
        LSTM layer = new LSTM(3, 4);
        Tensor x = Tensor.zeros(2, 5, 3);
        assertThatThrownBy(() -> layer.apply(Tensor.zeros(5, 3))).hasMessage("""
                LSTM '' expects (B, T, 3) but got (5, 3)
                  rule: batch, steps (at least one), inputs
                  fix:  one sequence is x.unsqueeze(0)""");
        assertThatThrownBy(() -> layer.run(x, Tensor.indices(5, 6)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("""
                        LSTM '' got sequence 1 of length 6, but there are 5 steps
                          rule: lengths lie in 1 .. 5""");
        assertThatThrownBy(() -> layer.run(x, Tensor.indices(5)))
                .hasMessageContaining("one whole number for each of the 2 sequences");
        assertThatThrownBy(() -> layer.run(x, List.of(Tensor.zeros(1, 2, 4))))
                .hasMessageContaining("rule: 2 of shape (1, 2, 4): (layers·directions, B, H)");
        assertThatThrownBy(() -> new LSTM(3, 0)).isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> new GRUCell(3, 4).apply(Tensor.zeros(2, 3), Tensor.zeros(2, 3)))
                .hasMessageContaining("GRUCell '' got a state of shape (2, 3)");
        assertThatThrownBy(() -> new TimeDistributed(Tensor::relu).apply(Tensor.zeros(2, 3)))
                .hasMessageContaining("expects (B, T, ...)");
    }
}
