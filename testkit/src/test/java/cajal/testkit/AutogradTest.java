package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.GradException;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// How gradients collect, flow and stop.
class AutogradTest {
    private static Tensor real(double... x) {
        return Tensor.ofDoubles(x, x.length);
    }

    @Test
    void gradientsOfTwoBackwardCallsAddUpUntilTheyAreForgotten() {
        Tensor x = real(1, 2, 3).requireGrad();
        x.square().sum().backward();
        assertThat(x.grad().toDoubles()).containsExactly(2, 4, 6);
        x.mul(10).sum().backward();
        assertThat(x.grad().toDoubles()).containsExactly(12, 14, 16);
        x.zeroGrad();
        assertThat(x.hasGrad()).isFalse();
        x.sum().backward();
        assertThat(x.grad().toDoubles()).containsExactly(1, 1, 1);
    }

    @Test
    void gradientsOfAreReturnedAndCollectedNowhere() {
        Tensor x = real(3).requireGrad();
        assertThat(Grad.of(x.square().sum(), x).getFirst().toDoubles()).containsExactly(6);
        assertThat(x.hasGrad()).isFalse();
    }

    @Test
    void aTensorUsedThriceGetsTheSumOfItsThreeGradients() {
        Tensor x = real(2).requireGrad();
        x.mul(x).mul(x).sum().backward();
        assertThat(x.grad().item()).isEqualTo(12);
    }

    @Test
    void aDiamondRunsEachRuleOnceHoweverManyPathsThereAre() {
        Tensor x = real(1).requireGrad();
        Tensor y = x;
        for (int i = 0; i < 40; i++) {
            y = y.add(y); // 2^40 paths
        }
        int[] rules = {0};
        Listener counter = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                rules[0]++;
            }
        };
        Tensor loss = y.sum();
        try (var _ = Context.current().listener(counter).enter()) {
            loss.backward();
        }
        assertThat(x.grad().item()).isEqualTo(Math.pow(2, 40));
        assertThat(rules[0]).isLessThan(100);
    }

    @Test
    void aGraphOfAHundredThousandNodesNeedsNoDeepStack() {
        Tensor x = real(1).requireGrad();
        Tensor y = x;
        for (int i = 0; i < 100_000; i++) {
            y = y.add(1e-3);
        }
        Tensor end = y.sum();
        assertThat(Grad.of(end, List.of(x), Grad.KEEP_GRAPH).getFirst().item()).isEqualTo(1);
        end.backward();
        assertThat(x.grad().item()).isEqualTo(1);
    }

    @Test
    void whatIsDetachedIsAConstant() {
        Tensor x = real(3).requireGrad();
        x.mul(x.detach()).sum().backward();
        assertThat(x.grad().item()).isEqualTo(3);
        assertThat(x.square().detach().needsGrad()).isFalse();
    }

    @Test
    void nothingIsRecordedInsideAnOffScopeAndAgainAfterIt() {
        Tensor x = real(3).requireGrad();
        Tensor inside;
        Tensor again;
        try (var _ = Grad.off()) {
            inside = x.square();
            try (var _ = Grad.on()) {
                again = x.square();
            }
            assertThat(x.square().needsGrad()).isFalse();
        }
        assertThat(inside.needsGrad()).isFalse();
        assertThat(again.needsGrad()).isTrue();
        assertThat(x.square().needsGrad()).isTrue();
    }

    @Test
    void anInputThatTheLossDoesNotDependOnGetsZeros() {
        Tensor x = real(1, 2).requireGrad();
        Tensor unused = real(4, 5, 6).requireGrad();
        Tensor besides = unused.exp();
        List<Tensor> g = Grad.of(x.sum(), x, unused, besides);
        assertThat(g.get(1).toDoubles()).containsExactly(0, 0, 0);
        assertThat(g.get(2).toDoubles()).containsExactly(0, 0, 0);
        assertThat(unused.hasGrad()).isFalse();
    }

    @Test
    void theGradientOfATensorOnTheWayIsFound() {
        Tensor x = real(0.5, 1.5).requireGrad();
        Tensor middle = x.square();
        Tensor loss = middle.exp().sum();
        List<Tensor> g = Grad.of(loss, middle, x, loss);
        assertThat(g.get(0).toDoubles()).containsExactly(new double[] {Math.exp(0.25), Math.exp(2.25)}, within(1e-12));
        assertThat(g.get(1).toDoubles())
                .containsExactly(new double[] {Math.exp(0.25), 3 * Math.exp(2.25)}, within(1e-12));
        assertThat(g.get(2).item()).isEqualTo(1);
    }

    @Test
    void aSecondBackwardCallNeedsTheGraphToBeKept() {
        Tensor x = real(3).requireGrad();
        Tensor kept = x.square().sum();
        assertThat(Grad.of(kept, List.of(x), Grad.KEEP_GRAPH).getFirst().item()).isEqualTo(6);
        assertThat(Grad.of(kept, x).getFirst().item()).isEqualTo(6);
        assertThatThrownBy(() -> Grad.of(kept, x))
                .isInstanceOf(GradException.class)
                .hasMessageContaining("a second time");
        assertThatThrownBy(kept::backward).isInstanceOf(GradException.class);
    }

    @Test
    void aFrozenParameterGetsNoGradientAndTheOthersDo() {
        Param w = new Param("w", real(2));
        Param b = new Param("b", real(1));
        w.frozen(true);
        w.mul(3).add(b).sum().backward();
        assertThat(w.hasGrad()).isFalse();
        assertThat(b.grad().item()).isEqualTo(1);
    }

    @Test
    void anOverwrittenParameterStopsTheBackwardPassThatNeedsItsOldValue() {
        Param w = new Param("w", real(2));
        Tensor x = real(3).requireGrad();
        Tensor needsIt = w.mul(x).sum();
        Tensor doesNot = w.add(x).sum();
        Tensor throughAView = w.reshape(1, 1).mul(x).sum();
        w.set(real(5));
        assertThatThrownBy(needsIt::backward)
                .isInstanceOf(GradException.class)
                .hasMessageContaining("was overwritten in between");
        assertThatThrownBy(throughAView::backward)
                .isInstanceOf(GradException.class)
                .hasMessageContaining("was overwritten in between");
        doesNot.backward();
        assertThat(x.grad().item()).isEqualTo(1);
    }

    @Test
    void hessianVectorProductsOfRosenbrocksFunctionAreTheKnownOnes() {
        Tensor p = real(-1.2, 1).requireGrad();
        Tensor x = p.select(0, 0);
        Tensor y = p.select(0, 1);
        Tensor f = Tensor.scalar(1, DType.F64)
                .sub(x)
                .square()
                .add(y.sub(x.square()).square().mul(100));
        assertThat(f.item()).isCloseTo(24.2, within(1e-12));
        Tensor g = Grad.of(f, List.of(p), Grad.CREATE_GRAPH).getFirst();
        assertThat(g.toDoubles())
                .containsExactly(new double[] {-215.6, -88}, within(1e-10)); // Moré, Garbow, Hillstrom's start
        double[] row = Grad.of(g.mul(real(1, 0)).sum(), List.of(p), Grad.KEEP_GRAPH)
                .getFirst()
                .toDoubles();
        double[] other = Grad.of(g.mul(real(0, 1)).sum(), p).getFirst().toDoubles();
        assertThat(row).containsExactly(new double[] {1330, 480}, within(1e-9)); // 1200x² - 400y + 2, -400x
        assertThat(other).containsExactly(new double[] {480, 200}, within(1e-9));
    }

    @Test
    void derivativesOfTheSineGoRoundAfterFourOrders() {
        Tensor x = real(0.7).requireGrad();
        Tensor d = x.sin().sum();
        double[] expected = {Math.cos(0.7), -Math.sin(0.7), -Math.cos(0.7), Math.sin(0.7), Math.cos(0.7)};
        for (double e : expected) {
            d = Grad.of(d, List.of(x), Grad.CREATE_GRAPH).getFirst().sum();
            assertThat(d.item()).isCloseTo(e, within(1e-14));
        }
    }

    @Test
    void aPenaltyOnTheGradientTrains() {
        Tensor x = real(1, 2).requireGrad();
        Tensor g = Grad.of(x.pow(3).sum(), List.of(x), Grad.CREATE_GRAPH).getFirst();
        g.square().sum().backward(); // d/dx (3x²)² = 36x³
        assertThat(x.grad().toDoubles()).containsExactly(new double[] {36, 288}, within(1e-10));
    }

    @Test
    void oneOutputOfSeveralIsEnough() {
        Tensor x = real(3, 1, 2).requireGrad();
        Tensor sorted = x.sort(0).values();
        sorted.mul(real(1, 10, 100)).sum().backward();
        assertThat(x.grad().toDoubles()).containsExactly(100, 1, 10);
    }

    @Test
    void theContextOfEachBackwardRuleNamesTheLayerItRanInForward() {
        Tensor x = real(2).requireGrad();
        Tensor y;
        try (var _ = Context.current().in("net").enter();
                var _ = Context.current().in("4").enter()) {
            y = x.exp();
        }
        List<String> paths = new ArrayList<>();
        Listener spy = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                paths.add(op.name() + "@" + path);
            }
        };
        Tensor loss = y.sum();
        try (var _ = Context.current().listener(spy).enter()) {
            loss.backward();
        }
        assertThat(paths).contains("exp'@net.4");
    }

    @Test
    void aLossOfAnyShapeOfSizeOneWorksAndASeedReplacesIt() {
        Tensor x = Tensor.ofDoubles(new double[] {4}, 1, 1).requireGrad();
        x.square().backward();
        assertThat(x.grad().shape()).isEqualTo(Shape.of(1, 1));
        Tensor y = real(1, 2).requireGrad();
        y.square().backward(real(10, 100));
        assertThat(y.grad().toDoubles()).containsExactly(20, 400);
    }

    @Test
    void inputsOfTwoTypesEachGetAGradientOfTheirOwn() {
        Tensor narrow = Tensor.of(2f).requireGrad();
        Tensor wide = real(3).requireGrad();
        narrow.mul(wide).sum().backward();
        assertThat(narrow.grad().dtype()).isEqualTo(DType.F32);
        assertThat(wide.grad().dtype()).isEqualTo(DType.F64);
        assertThat(narrow.grad().item()).isEqualTo(3);
    }

    @Test
    void kinksTakeTheMiddleOrZero() {
        Tensor x = real(0).requireGrad();
        Tensor y = real(0).requireGrad();
        assertThat(Grad.of(x.relu().sum(), x).getFirst().item()).isZero();
        assertThat(Grad.of(x.abs().sum(), x).getFirst().item()).isZero();
        List<Tensor> tie = Grad.of(x.maximum(y).sum(), x, y);
        assertThat(tie.get(0).item()).isEqualTo(0.5);
        assertThat(tie.get(1).item()).isEqualTo(0.5);
        Tensor three = real(1, 2, 2).requireGrad();
        assertThat(Grad.of(three.max(), three).getFirst().toDoubles()).containsExactly(0, 0.5, 0.5);
        Tensor zero = real(0, 0).requireGrad();
        assertThat(Grad.of(zero.norm(), zero).getFirst().toDoubles()).containsExactly(0, 0);
        assertThat(Grad.of(zero.std(), zero).getFirst().toDoubles()).containsExactly(0, 0);
        Tensor base = real(0, 0, 0).requireGrad();
        assertThat(Grad.of(base.pow(real(0, 1, 2)).sum(), base).getFirst().toDoubles())
                .containsExactly(0, 1, 0);
    }
}
