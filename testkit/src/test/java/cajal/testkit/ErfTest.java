package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.DType;
import cajal.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
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
