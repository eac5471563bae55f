package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Listener;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What the layers compute, and what they say when an input does not fit.
class LayerTest {
    /// A network that holds another under the name `net`.
    private static final class Outer extends Block {
        private final Layer net;

        Outer(Layer net) {
            this.net = add("net", net);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return net.apply(x);
        }
    }

    @Test
    void linearIsRowsTimesColumnsPlusBias() {
        Linear layer = new Linear(3, 2);
        layer.load(Map.of(
                "weight", Tensor.ofDoubles(new double[] {1, 2, 3, -1, 0.5, 4}, 2, 3), "bias", Check.doubles(10, 20)));
        Tensor x = Tensor.ofDoubles(new double[] {1, 1, 1, 2, 0, -1}, 2, 3);
        assertThat(layer.apply(x).toDoubles()).containsExactly(16, 23.5, 9, 14);
        assertThat(layer.apply(x.reshape(2, 1, 3)).shape()).isEqualTo(Shape.of(2, 1, 2));
    }

    @Test
    void aResidualAddsItsInputOrItsShortcut() {
        Tensor x = Check.random(3, -1, 1, 4, 3);
        double[] in = x.toDoubles();
        double[] plain = new Residual(Tensor::sin).apply(x).toDoubles();
        double[] other = new Residual(Tensor::sin, Tensor::square).apply(x).toDoubles();
        double[] sum =
                Sum.of(Tensor::sin, Tensor::square, Layer.identity()).apply(x).toDoubles();
        for (int i = 0; i < in.length; i++) {
            assertThat(plain[i]).isCloseTo(in[i] + Math.sin(in[i]), within(1e-15));
            assertThat(other[i]).isCloseTo(in[i] * in[i] + Math.sin(in[i]), within(1e-15));
            assertThat(sum[i]).isCloseTo(in[i] + in[i] * in[i] + Math.sin(in[i]), within(1e-15));
        }
        var net = Sequential.of(
                new Residual(new Linear(3, 3)),
                Sum.of(new Linear(3, 2), new Linear(3, 2)),
                new Residual(new Linear(2, 4), new Linear(2, 4)));
        assertThat(net.parameters().keySet())
                .containsExactly(
                        "0.body.weight",
                        "0.body.bias",
                        "1.0.weight",
                        "1.0.bias",
                        "1.1.weight",
                        "1.1.bias",
                        "2.body.weight",
                        "2.body.bias",
                        "2.shortcut.weight",
                        "2.shortcut.bias");
    }

    @Test
    void aResidualOfTwoShapesNamesTheShortcutThatFits() {
        assertThatThrownBy(() -> new Residual(new Linear(3, 4)).apply(Tensor.zeros(2, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("Residual '' adds (2, 3) (its input) and (2, 4) (its body)\n  rule: both have one shape\n"
                        + "  fix:  new Residual(body, new Linear(4))");
        assertThatThrownBy(() -> new Residual(x -> x.sum(1)).apply(Tensor.zeros(2, 3)))
                .hasMessage("Residual '' adds (2, 3) (its input) and (2) (its body)\n  rule: both have one shape");
        assertThatThrownBy(() -> Sum.of(new Linear(3, 4), new Linear(3, 1)).apply(Tensor.zeros(2, 3)))
                .hasMessage(
                        "Sum '' adds (2, 4) of branch 0 and (2, 1) of branch 1\n  rule: all branches give one shape");
        assertThatThrownBy(Sum::of).hasMessage("Sum.of()\n  rule: at least one branch");
    }

    @Test
    void dropoutScalesWhatItKeepsAndDoesNothingOutsideTraining() {
        Dropout layer = new Dropout(0.25);
        Tensor x = Tensor.ones(100, 100);
        assertThat(layer.apply(x)).isSameAs(x);
        float[] y;
        try (var _ = Mode.training(RandomKey.of(4))) {
            y = layer.apply(x).toFloats();
        }
        int kept = 0;
        for (float v : y) {
            assertThat(v == 0 || Math.abs(v - 1 / 0.75f) < 1e-6).isTrue();
            kept += v == 0 ? 0 : 1;
        }
        assertThat(kept).as("seed 4").isBetween(7500 - 217, 7500 + 217); // five standard deviations
    }

    @Test
    void aMissingFlattenIsNamedWithTheWayThere() {
        var net = Sequential.of(
                x -> x.mul(2), Tensor::relu, new Dropout(0.1), Activation.hardTanh(-2, 2), new Linear(3136, 10));
        Outer outer = new Outer(net);
        assertThatThrownBy(() -> outer.apply(Tensor.zeros(32, 64, 7, 7)))
                .isInstanceOf(ShapeException.class)
                .hasMessage("""
                        Linear 'net.4' expects (..., 3136) but got (32, 64, 7, 7)
                          path: 0:mul -> 1:relu -> 2:Dropout(0.1) -> 3:Hardtanh(-2, 2) (32, 64, 7, 7) -> 4:Linear(3136 -> 10)
                          fix:  64·7·7 = 3136, so put new Flatten() before 'net.4'""");
    }

    @Test
    void aWrongFirstSizeNamesTheRule() {
        assertThatThrownBy(() -> Sequential.of(new Linear(784, 10)).apply(Tensor.zeros(2, 783)))
                .hasMessage("""
                        Linear '0' expects (..., 784) but got (2, 783)
                          path: (2, 783) -> 0:Linear(784 -> 10)
                          rule: the last axis holds the 784 inputs of each neuron""");
    }

    @Test
    void aShapeErrorInsideABlockOfOnesOwnNamesTheBlock() {
        Block broken = new Outer(x -> x.add(Tensor.zeros(2, 5)));
        assertThatThrownBy(() -> Sequential.of(Tensor::relu, broken).apply(Tensor.zeros(2, 3)))
                .hasMessage("""
                        Shapes (2, 3) and (2, 5) cannot be broadcast: axis -1 has length 3 and 5
                          path: 0:relu (2, 3) -> 1:Outer
                          in:   function '1.net'
                          rule: aligned at the last axis, lengths are equal or one of them is 1""");
    }

    @Test
    void everyOperationKnowsItsLayer() {
        List<String> paths = new ArrayList<>();
        Listener listener = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                paths.add(path + " " + op.name());
            }
        };
        var net = new Outer(Sequential.of(new Linear(3, 4), Activation.relu(), new Residual(Tensor::tanh)));
        net.init(1);
        try (var _ = Context.current().listener(listener).enter()) {
            net.apply(Tensor.zeros(1, 3));
        }
        assertThat(paths).containsExactly("net.0 affine", "net.1 relu", "net.2.body tanh", "net.2 add");
    }

    @Test
    void residualsAndSumsAreDescribedByTheirParts() {
        assertThat(new Residual(new Linear(2, 2)).spec()).contains(Spec.of("Residual", Map.of()));
        Spec linear = new Linear(2, 2).spec().orElseThrow();
        Residual built = Residual.of(new Spec("Residual", Map.of(), Map.of("body", linear)));
        assertThat(built.parameters().keySet()).containsExactly("body.weight", "body.bias");
        assertThat(Sum.of(new Spec("Sum", Map.of(), Map.of("0", linear)))
                        .parameters()
                        .keySet())
                .containsExactly("0.weight", "0.bias");
        assertThatThrownBy(() -> Residual.of(Spec.of("Residual", Map.of()))).hasMessage("a Residual has a body");
        assertThat(PReLU.of(new PReLU(4).spec().orElseThrow()).describe()).isEqualTo("PReLU(4)");
    }
}
