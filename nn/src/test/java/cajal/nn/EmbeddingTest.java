package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.IndexException;
import cajal.kernel.Shape;
import cajal.tensor.Grad;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Looking rows up, sharing the table, and what is said about words that have no row.
class EmbeddingTest {
    /// A model of one word after another whose output weights are its embedding.
    private static final class Tied extends Block {
        private final Embedding in = add("in", new Embedding(5, 3));
        private final Param out = tie("out", in.weight());

        @Override
        protected Tensor forward(Tensor x) {
            return in.apply(x).matmul(out.t()); // (B, T, 3)·(3, 5)
        }
    }

    @Test
    void theTableIsSharedWithTheOutputListedOnceAndTrainedByBothUses() {
        Tied net = new Tied();
        net.init(3);
        assertThat(net.parameters().keySet()).containsExactly("in.weight");
        Tensor x = Tensor.ofLongs(new long[] {0, 3}, 1, 2);
        assertThat(net.apply(x).shape()).isEqualTo(Shape.of(1, 2, 5));
        Tensor g = Grad.of(net.apply(x).sum(), net.in.weight()).getFirst();
        // word 1 is only an output: its gradient is the sum of the states; word 0 is also looked up
        Tensor states = net.in.apply(x).sum(0, 1);
        assertThat(g.at(1).allClose(states)).isTrue();
        assertThat(g.at(0).allClose(states.add(net.in.weight().sum(0)))).isTrue();
    }

    @Test
    void thePaddingWordIsZeroAtFirstAndGetsNoGradient() {
        Embedding layer = new Embedding(4, 2).padding(-1);
        layer.init(1);
        assertThat(layer.apply(Tensor.indices(3)).toDoubles()).containsExactly(0, 0);
        Tensor g = Grad.of(layer.apply(Tensor.indices(3, 1, 3)).sum(), layer.weight())
                .getFirst();
        assertThat(g.toDoubles()).containsExactly(0, 0, 1, 1, 0, 0, 0, 0);
    }

    @Test
    void wordsMayComeAsAnyWholeNumbers() {
        Embedding layer = new Embedding(4, 2);
        layer.init(1);
        assertThat(layer.apply(Tensor.of(2, 0)).toDoubles())
                .containsExactly(layer.apply(Tensor.indices(2, 0)).toDoubles());
    }

    @Test
    void aWordWithoutARowIsNamed() {
        var net = Sequential.of(new Embedding(4, 2));
        net.init(1);
        assertThatThrownBy(() -> net.apply(Tensor.indices(1, 4)))
                .isInstanceOf(IndexException.class)
                .hasMessage("Embedding '0' of 4 words: Index 4 is out of range\n  rule: an index lies in 0 .. 3");
        assertThatThrownBy(() -> net.apply(Tensor.of(true, false)))
                .hasMessageStartingWith("Embedding '0' got truth values of shape (2)");
        assertThatThrownBy(() -> new Embedding(4, 2).padding(4))
                .hasMessage("Embedding.padding(4)\n  rule: from -4 to 3");
        assertThatThrownBy(() -> new Embedding(0, 2)).hasMessage("Embedding(0, 2)\n  rule: sizes are at least 1");
    }

    @Test
    void bagsThatOverlapOrLeaveWordsOutAreRefused() {
        EmbeddingBag bag = new EmbeddingBag(4, 2);
        bag.init(1);
        assertThatThrownBy(() -> bag.apply(Tensor.indices(1, 2, 3), Tensor.indices(0, 2, 1)))
                .hasMessage("EmbeddingBag '': bag 1 of 3 reaches from word 2 to 1 of 3"
                        + "\n  rule: offsets ascend from 0 to at most the number of words");
        assertThatThrownBy(() -> bag.apply(Tensor.indices(1, 2, 3), Tensor.indices(1)))
                .hasMessageStartingWith("EmbeddingBag '': bag 0 of 1 reaches from word 1 to 3 of 3");
        assertThatThrownBy(() -> bag.apply(Tensor.indices(1, 2, 3)))
                .hasMessageContaining("expects (B, n) but got (3)")
                .hasMessageContaining("fix:  apply(words, offsets)");
    }

    @Test
    void inputsOfABilinearLayerAgreeInFront() {
        assertThatThrownBy(() -> new Bilinear(2, 3, 4).apply(Tensor.zeros(5, 2), Tensor.zeros(6, 3)))
                .hasMessage("Bilinear '' expects (..., 2) and (..., 3) but got (5, 2) and (6, 3)"
                        + "\n  rule: the axes in front agree");
    }

    @Test
    void tablesAreMadeAgainFromTheirDescription() {
        for (Block layer : List.of(
                new Embedding(4, 2),
                new Embedding(4, 2).padding(1),
                new EmbeddingBag(4, 2).max().padding(1),
                new EmbeddingBag(4, 2).sum(),
                new EmbeddingBag(4, 2))) {
            Spec spec = Specs.of(layer, Shape.of(3));
            Block again = Specs.build(Specs.fromMap(Specs.toMap(spec)));
            assertThat(Specs.of(again, Shape.of(3))).isEqualTo(spec);
            layer.init(5);
            again.load(layer.tensors());
            Tensor x = Tensor.ofLongs(new long[] {0, 1, 2, 1, 1, 1}, 2, 3);
            assertThat(again.apply(x).toDoubles())
                    .as(layer.describe())
                    .containsExactly(layer.apply(x).toDoubles());
        }
    }
}
