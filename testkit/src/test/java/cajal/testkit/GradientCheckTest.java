package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import cajal.tensor.Backward;
import cajal.tensor.Engine;
import cajal.tensor.Grads;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.Saves;
import cajal.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// The checks themselves: they find wrong rules, and pass right ones of any size.
class GradientCheckTest {
    private static final Tensor X = Tensor.ofDoubles(new double[] {0.5, -1.2, 2, 0.1, 1.1, -0.4}, 2, 3);

    /// The identity with a gradient rule that a test chooses.
    private record Strange(double factor, boolean saves) implements Op {
        @Override
        public Shape[] shapes(Shape... in) {
            return new Shape[] {in[0]};
        }

        @Override
        public void forward(View[] in, View[] out) {
            for (long i = 0; i < out[0].size(); i++) {
                out[0].put(i, in[0].at(i) * in[0].at(i));
            }
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return saves ? Saves.NOTHING.in(0) : Saves.NOTHING;
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(() -> b.grad().mul(b.in(0)).mul(factor));
        }
    }

    @Test
    void aRightRulePassesAndOneThatIsWrongByOneInAHundredThousandFails() {
        assertThat(GradientCheck.of(in -> Engine.one(new Strange(2, true), in), X)
                        .first())
                .isLessThan(1e-9);
        assertThat(GradientCheck.of(in -> Engine.one(new Strange(2.00002, true), in), X)
                        .first())
                .isGreaterThan(5e-6);
        assertThat(GradientCheck.of(in -> Engine.one(new Strange(2.00002, true), in), X)
                        .alongOneDirection())
                .isGreaterThan(1e-6);
    }

    @Test
    void aWrongSecondDerivativeFailsThoughTheFirstIsRight() {
        TensorFunction detached = in ->
                in[0].mul(in[0].detach()).mul(2).sub(in[0].mul(in[0].detach()).detach());
        assertThat(GradientCheck.of(in -> in[0].mul(in[0]).mul(in[0]), X).second())
                .isLessThan(1e-9);
        assertThat(GradientCheck.of(detached, X).second()).isGreaterThan(0.1);
    }

    @Test
    void aRuleThatReadsWhatItDidNotSaveIsStopped() {
        assertThatThrownBy(() -> GradientCheck.of(in -> Engine.one(new Strange(2, false), in), X)
                        .first())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The gradient rule of strange reads input 0, which its saves() does not name");
    }

    @Test
    void oneDirectionIsEnoughForALargeFunction() {
        RandomKey key = RandomKey.of(7);
        Tensor x = Tensor.random(key.fold(1), Task.Distribution.NORMAL, DType.F64, Shape.of(20, 50));
        Tensor w = Tensor.random(key.fold(2), Task.Distribution.NORMAL, DType.F64, Shape.of(30, 50))
                .mul(0.2);
        Tensor b = Tensor.random(key.fold(3), Task.Distribution.NORMAL, DType.F64, Shape.of(30));
        double error = GradientCheck.of(
                        in -> in[0].affine(in[1], in[2])
                                .gelu()
                                .logSoftmax(-1)
                                .mul(in[0].sum(1).unsqueeze(1).tanh()),
                        x,
                        w,
                        b)
                .alongOneDirection();
        assertThat(error).isLessThan(1e-8);
    }

    @Test
    void aProductWithZerosHasBothOrdersOfDerivatives() {
        Tensor x = Tensor.ofDoubles(new double[] {0, 2, 3, 0, 0, 5, 0, 0, 0, 1.5, -2, 0.5}, 4, 3);
        for (TensorFunction fn : new TensorFunction[] {in -> in[0].prod(1), in -> in[0].prod(0), in -> in[0].prod()}) {
            assertThat(GradientCheck.of(fn, x).first()).isLessThan(1e-9);
            assertThat(GradientCheck.of(fn, x).second()).isLessThan(1e-9);
        }
        Tensor leaf = x.requireGrad();
        leaf.prod(1).sum().backward();
        assertThat(leaf.grad().toDoubles()).containsExactly(6, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0.75, -3);
    }
}
