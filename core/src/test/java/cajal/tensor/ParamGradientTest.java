package cajal.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.ShapeException;
import org.junit.jupiter.api.Test;

class ParamGradientTest {
    private final Param p = new Param("weight", Tensor.of(1f, 2f, 3f));

    @Test
    void aReplacedGradientIsTheOneThatIsRead() {
        p.square().sum().backward();
        Tensor clipped = p.grad().clamp(-3, 3);
        p.grad(clipped);
        assertThat(p.grad()).isSameAs(clipped);
        assertThat(p.grad().toFloats()).containsExactly(2, 3, 3);
    }

    @Test
    void theNextBackwardPassAddsToAReplacedGradient() {
        p.grad(Tensor.of(10f, 20f, 30f));
        p.square().sum().backward();
        assertThat(p.grad().toFloats()).containsExactly(12, 24, 36);
        p.zeroGrad();
        assertThat(p.hasGrad()).isFalse();
    }

    @Test
    void aGradientOfAnotherShapeOrTypeIsRefused() {
        assertThatThrownBy(() -> p.grad(Tensor.ones(2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("'weight' has shape (3) and type F32, the new gradient (2) and F32");
        assertThatThrownBy(() -> p.grad(Tensor.ones(3).to(DType.F64)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("(3) and F64");
    }

    @Test
    void aFrozenParameterTakesNoGradient() {
        p.frozen(true);
        assertThatThrownBy(() -> p.grad(Tensor.ones(3)))
                .isInstanceOf(GradException.class)
                .hasMessageContaining("'weight' is frozen");
    }
}
