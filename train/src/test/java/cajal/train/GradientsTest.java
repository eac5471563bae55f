package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GradientsTest {
    /// Gradients (3, 4) and (12): their common norm is 13.
    private static Map<String, Param> thirteen() {
        Map<String, Param> params = new LinkedHashMap<>();
        params.put("a", new Param("a", Tensor.zeros(2)));
        params.put("b", new Param("b", Tensor.zeros(DType.F64, Tensor.zeros(1).shape())));
        params.put("none", new Param("none", Tensor.zeros(5)));
        params.get("a").grad(Tensor.of(3f, -4f));
        params.get("b").grad(Tensor.ofDoubles(new double[] {12}, 1));
        return params;
    }

    @Test
    void theNormIsThatOfAllGradientsTogether() {
        assertThat(Gradients.norm(thirteen())).isCloseTo(13, within(1e-12));
        assertThat(Gradients.norm(Map.of("w", new Param("w", Tensor.ones(3))))).isZero();
    }

    @Test
    void clippingByNormShrinksAllByOneFactorAndAnswersTheNormBefore() {
        Map<String, Param> params = thirteen();
        assertThat(Gradients.clipNorm(params, 6.5)).isCloseTo(13, within(1e-12));
        assertThat(params.get("a").grad().toDoubles()).containsExactly(new double[] {1.5, -2}, within(1e-6));
        assertThat(params.get("b").grad().item()).isCloseTo(6 / (1 + 1e-6 / 13), within(1e-12));
        assertThat(Gradients.norm(params)).isCloseTo(6.5, within(1e-5));
    }

    @Test
    void clippingByNormLeavesShortGradientsAlone() {
        Map<String, Param> params = thirteen();
        Tensor before = params.get("a").grad();
        assertThat(Gradients.clipNorm(params, 14)).isCloseTo(13, within(1e-12));
        assertThat(params.get("a").grad()).isSameAs(before);
    }

    @Test
    void clippingByNormLeavesABadNumberToBeFound() {
        Map<String, Param> params = thirteen();
        params.get("b").grad(Tensor.ofDoubles(new double[] {Double.NaN}, 1));
        assertThat(Gradients.clipNorm(params, 1)).isNaN();
        assertThat(params.get("a").grad().toFloats()).containsExactly(3, -4);
    }

    @Test
    void clippingByValueCutsEveryElement() {
        Map<String, Param> params = thirteen();
        Gradients.clipValue(params, 3.5);
        assertThat(params.get("a").grad().toFloats()).containsExactly(3, -3.5f);
        assertThat(params.get("b").grad().item()).isEqualTo(3.5);
        assertThat(params.get("none").hasGrad()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN})
    void limitsMustBeAboveZero(double limit) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.clipNorm(thirteen(), limit))
                .withMessageContaining("the largest norm is " + limit);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gradients.clipValue(thirteen(), limit))
                .withMessageContaining("the limit is " + limit);
    }
}
