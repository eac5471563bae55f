package cajal.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Newton-like steps on functions whose minimum is known.
class LBFGSTest {
    /// Rosenbrock's valley, `(1-x)² + 100(y-x²)²`, lowest at (1, 1).
    private static double valley(Map<String, Param> params) {
        Param p = params.get("p");
        p.zeroGrad();
        Tensor x = p.slice(0, 0, 1);
        Tensor y = p.slice(0, 1, 2);
        Tensor loss =
                x.neg().add(1).square().add(y.sub(x.square()).square().mul(100)).sum();
        loss.backward();
        return loss.item();
    }

    @Test
    void itReachesTheEndOfRosenbrocksValley() {
        Map<String, Param> params = Map.of("p", new Param("p", Tensor.ofDoubles(new double[] {-1.2, 1}, 2)));
        LBFGS optimizer = new LBFGS(1).tolerances(1e-9, 1e-15).strongWolfe();
        for (int i = 0; i < 5; i++) {
            optimizer.step(params, valley(params), () -> valley(params));
        }
        assertThat(params.get("p").toDoubles()).containsExactly(new double[] {1, 1}, within(1e-6));
    }

    @Test
    void maximizingTheNegativeIsTheSame() {
        Map<String, Param> down = Map.of("p", new Param("p", Tensor.ofDoubles(new double[] {-1.2, 1}, 2)));
        Map<String, Param> up = Map.of("p", new Param("p", Tensor.ofDoubles(new double[] {-1.2, 1}, 2)));
        LBFGS one = new LBFGS(1).iterations(5).strongWolfe();
        LBFGS other = new LBFGS(1).iterations(5).strongWolfe();
        other.maximize();
        one.step(down, valley(down), () -> valley(down));
        other.step(up, negative(up), () -> negative(up));
        assertThat(up.get("p").toDoubles()).isEqualTo(down.get("p").toDoubles());
    }

    private static double negative(Map<String, Param> params) {
        double loss = valley(params);
        Param p = params.get("p");
        p.grad(p.grad().neg());
        return -loss;
    }

    @Test
    void aStepWithoutALossIsExplained() {
        Map<String, Param> params = Map.of("p", new Param("p", Tensor.ofDoubles(new double[] {-1.2, 1}, 2)));
        valley(params);
        assertThatThrownBy(() -> new LBFGS(1).step(params))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("step(params, loss, () ->");
    }
}
