package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The error function against published values and its own power series in 60 digits.
class ErfTest {
    private static final MathContext DIGITS = new MathContext(60);

    private static double erf(double x) {
        return Tensor.scalar(x, DType.F64).erf().item();
    }

    /// **Source:** Abramowitz and Stegun, "Handbook of Mathematical Functions", table 7.1, ten decimals.
    @Test
    void agreesWithThePublishedTable() {
        double[][] table = {
            {0.1, 0.1124629160}, {0.5, 0.5204998778}, {1.0, 0.8427007929}, {1.5, 0.9661051465}, {2.0, 0.9953222650}
        };
        for (double[] row : table) {
            assertThat(Math.abs(erf(row[0]) - row[1])).as("erf(%s)", row[0]).isLessThan(0.5e-10 + 1e-16);
        }
    }

    @Test
    void isExactToOnePartInTenToTheFifteenthOverItsRange() {
        double worst = 0;
        for (int i = 1; i <= 590; i += 3) {
            double x = i / 100.0 + 1e-4 / i;
            double exact = series(x);
            worst = Math.max(worst, Math.abs(erf(x) - exact) / exact);
        }
        for (double x : new double[] {1e-300, 1e-30, 1e-10, 1e-5, 1e-3}) {
            worst = Math.max(worst, Math.abs(erf(x) - series(x)) / series(x));
        }
        assertThat(worst).isLessThan(1e-15);
    }

    @Test
    void isOddAndEndsAtOne() {
        assertThat(erf(-0.7)).isEqualTo(-erf(0.7));
        assertThat(erf(30)).isEqualTo(1);
        assertThat(erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
        assertThat(erf(Double.NaN)).isNaN();
        assertThat(1 / erf(-0.0)).isEqualTo(Double.NEGATIVE_INFINITY);
    }

    /// The gradient of GELU takes the distribution function from the value: `Φ(x) + x·φ(x)` all the same.
    @Test
    void givesTheGradientOfGeluEverywhere() {
        List<Float> places =
                new ArrayList<>(List.of(0f, 1e-45f, 1e-38f, 1e-21f, 0.99e-20f, 1.01e-20f, 1e-10f, 1e-3f, 30f));
        for (int i = 1; i <= 640; i++) {
            places.add(i / 64f);
        }
        float[] x = new float[2 * places.size()];
        for (int i = 0; i < places.size(); i++) {
            x[2 * i] = places.get(i);
            x[2 * i + 1] = -places.get(i);
        }
        Tensor leaf = Tensor.of(x).requireGrad();
        leaf.gelu().sum().backward();
        float[] actual = leaf.grad().toFloats();
        for (int i = 0; i < x.length; i++) {
            double density = Math.exp(-0.5 * x[i] * x[i]) / Math.sqrt(2 * Math.PI);
            double exact = 0.5 * (1 + erf(x[i] / Math.sqrt(2))) + x[i] * density;
            assertThat((double) actual[i]).as("at %s", x[i]).isCloseTo(exact, within(2e-7));
        }
    }

    /// `2/sqrt(pi) · sum of (-1)^n x^(2n+1) / (n! (2n+1))`
    private static double series(double x) {
        BigDecimal square = new BigDecimal(x).pow(2, DIGITS);
        BigDecimal power = new BigDecimal(x);
        BigDecimal sum = power;
        for (int n = 1; n < 200; n++) {
            power = power.multiply(square, DIGITS).divide(BigDecimal.valueOf(-n), DIGITS);
            sum = sum.add(power.divide(BigDecimal.valueOf(2L * n + 1), DIGITS), DIGITS);
        }
        BigDecimal pi = new BigDecimal("3.14159265358979323846264338327950288419716939937510582097494459");
        return sum.multiply(BigDecimal.TWO).divide(pi.sqrt(DIGITS), DIGITS).doubleValue();
    }
}
