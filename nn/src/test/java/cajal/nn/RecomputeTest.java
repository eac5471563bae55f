package cajal.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.Shape;
import cajal.kernel.Task.Distribution;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.GradException;
import cajal.tensor.Listener;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A block that keeps only its input, beside the same block that keeps everything.
class RecomputeTest {
    private static final Tensor X =
            Tensor.random(RandomKey.of(3), Distribution.NORMAL, cajal.kernel.DType.F32, Shape.of(5, 6));

    private static Block piece(boolean recompute) {
        Block piece = Sequential.of(
                new Linear(6, 6),
                new Dropout(0.5),
                new Residual(Sequential.of(new Linear(6, 6), Tensor::tanh, new Dropout(0.3))));
        return recompute ? piece.recompute() : piece;
    }

    private static Sequential net(boolean recompute) {
        Sequential net = Sequential.of(
                new Linear(6, 6), piece(recompute), Tensor::relu, piece(recompute), new Dropout(0.2), new Linear(6, 2));
        net.init(7);
        return net;
    }

    private static Map<String, float[]> gradients(Block net) {
        net.parameters().values().forEach(Param::zeroGrad);
        try (var _ = Mode.training(RandomKey.of(11))) {
            net.apply(X).square().mean().backward();
        }
        Map<String, float[]> all = new LinkedHashMap<>();
        net.parameters().forEach((path, p) -> all.put(path, p.grad().toFloats()));
        return all;
    }

    @Test
    void gradientsAndDropoutMasksHaveTheBitsOfThePlainBlock() {
        Map<String, float[]> plain = gradients(net(false));
        Map<String, float[]> again = gradients(net(true));
        assertThat(again.keySet()).containsExactlyElementsOf(plain.keySet());
        again.forEach((path, g) -> assertThat(g).as(path).isEqualTo(plain.get(path)));
        assertThat(plain.get("1.0.weight")).satisfies(g -> assertThat(sum(g)).isGreaterThan(0));
    }

    private static double sum(float[] g) {
        double sum = 0;
        for (float v : g) {
            sum += Math.abs(v);
        }
        return sum;
    }

    @Test
    void aPieceWithinAPieceGivesTheSameBitsToo() {
        Sequential nested = net(false);
        Sequential outer = Sequential.of(
                new Linear(6, 6), Sequential.of(piece(true), new Dropout(0.4)).recompute());
        Sequential flat = Sequential.of(new Linear(6, 6), Sequential.of(piece(false), new Dropout(0.4)));
        outer.init(2);
        flat.init(2);
        Map<String, float[]> expected = gradients(flat);
        gradients(outer).forEach((path, g) -> assertThat(g).as(path).isEqualTo(expected.get(path)));
        assertThat(nested.parameters()).isNotEmpty();
    }

    @Test
    void gradientsReachTheInputAndWhatThePieceUsesBeside() {
        Tensor x = X.requireGrad();
        Tensor scale = Tensor.scalar(3, cajal.kernel.DType.F32).requireGrad();
        Tensor computed = scale.square();
        Grad.recompute(t -> t.mul(computed).sin(), x).sum().backward();
        Tensor y = X.requireGrad();
        Tensor same = Tensor.scalar(3, cajal.kernel.DType.F32).requireGrad();
        y.mul(same.square()).sin().sum().backward();
        assertThat(x.grad().toFloats()).isEqualTo(y.grad().toFloats());
        assertThat(scale.grad().item()).isEqualTo(same.grad().item());
    }

    @Test
    void aParameterUsedInsideAndBeforeIsCountedOnceForEachUse() {
        Tensor p = Tensor.scalar(2, cajal.kernel.DType.F64).requireGrad();
        Grad.recompute(t -> t.mul(p), p.mul(p)).backward(); // p³
        assertThat(p.grad().item()).isEqualTo(12);
    }

    @Test
    void secondDerivativesFlowThrough() {
        Tensor x = Tensor.scalar(2, cajal.kernel.DType.F64).requireGrad();
        Tensor y = Grad.recompute(t -> t.mul(t).mul(x), x.square()); // x⁵
        Tensor first = Grad.of(y, List.of(x), Grad.CREATE_GRAPH).getFirst();
        assertThat(first.item()).isEqualTo(5 * 16);
        assertThat(Grad.of(first, x).getFirst().item()).isEqualTo(20 * 8);
    }

    @Test
    void theValuesBetweenAreLetGo() {
        List<WeakReference<Tensor>> between = new ArrayList<>();
        Tensor x = X.requireGrad();
        Tensor y = Grad.recompute(
                t -> {
                    Tensor h = t.exp();
                    between.add(new WeakReference<>(h));
                    return h.mul(h);
                },
                x);
        for (int i = 0; i < 50 && between.getFirst().get() != null; i++) {
            System.gc();
        }
        assertThat(between.getFirst().get()).isNull();
        y.sum().backward();
        assertThat(between).hasSize(2);
        assertThat(x.hasGrad()).isTrue();
    }

    @Test
    void withoutGradientsNothingRunsTwice() {
        int[] runs = {0};
        try (var _ = Grad.off()) {
            Grad.recompute(
                    t -> {
                        runs[0]++;
                        return t.exp();
                    },
                    X.requireGrad());
        }
        Tensor constant = Grad.recompute(Tensor::exp, X);
        assertThat(runs[0]).isOne();
        assertThatThrownBy(() -> constant.sum().backward()).isInstanceOf(GradException.class);
    }

    @Test
    void statesAreWrittenInTheFirstRunAlone() {
        State count = new State("count", Tensor.scalar(0, cajal.kernel.DType.F32));
        Tensor x = X.requireGrad();
        Grad.recompute(
                        t -> {
                            count.set(count.add(1));
                            return t.exp();
                        },
                        x)
                .sum()
                .backward();
        assertThat(count.item()).isEqualTo(1);
    }

    @Test
    void anOverwrittenParameterIsRefusedInTheBackwardPass() {
        Block net = net(true);
        Tensor loss = net.apply(X).sum();
        net.parameters().values().forEach(p -> p.set(p.mul(2)));
        assertThatThrownBy(loss::backward).isInstanceOf(GradException.class).hasMessageContaining("overwritten");
    }

    @Test
    void listenersSeeTheLayersPathInBothRuns() {
        List<String> paths = new ArrayList<>();
        Listener spy = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                if (op.name().equals("affine")) {
                    paths.add(path);
                }
            }
        };
        Block net = net(true);
        try (var _ = Context.current().listener(spy).enter()) {
            net.apply(X).sum().backward();
        }
        assertThat(paths).filteredOn("1.0"::equals).hasSize(2);
        assertThat(paths).filteredOn("0"::equals).hasSize(1);
    }

    @Test
    void theSavedFormIsThatOfThePlainNet() {
        assertThat(Specs.toMap(Specs.of(net(true), Shape.of(6))))
                .isEqualTo(Specs.toMap(Specs.of(net(false), Shape.of(6))));
    }

    @Test
    void itIsChosenBeforeTheFirstCall() {
        Block net = net(false);
        net.apply(X);
        assertThatThrownBy(net::recompute)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sealed");
    }
}
