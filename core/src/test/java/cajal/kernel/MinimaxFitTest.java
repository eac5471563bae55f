package cajal.kernel;

import static cajal.kernel.Coefficients.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

/// Holds the table of coefficients to the program that derives it.
class MinimaxFitTest {
    @Test
    void everySingleCoefficientIsWhatTheFitGives() {
        check(MinimaxFit.singles(), new double[][] {
            {EXP_0, EXP_1, EXP_2, EXP_3, EXP_4, EXP_5},
            {LOG_0, LOG_1, LOG_2, LOG_3, LOG_4, LOG_5, LOG_6, LOG_7},
            {SIN_0, SIN_1, SIN_2},
            {COS_0, COS_1, COS_2},
            {TANH_0, TANH_1, TANH_2, TANH_3, TANH_4},
            {ERF_0, ERF_1, ERF_2, ERF_3, ERF_4, ERF_5, ERF_6},
            {ERFC_0, ERFC_1, ERFC_2, ERFC_3, ERFC_4, ERFC_5, ERFC_6}
        });
    }

    @Test
    void everyDoubleCoefficientIsWhatTheFitGives() {
        check(MinimaxFit.doubles(), new double[][] {
            {LOG2_0, LOG2_1, LOG2_2, LOG2_3, LOG2_4, LOG2_5, LOG2_6},
            {EXP2_0, EXP2_1, EXP2_2, EXP2_3, EXP2_4, EXP2_5, EXP2_6, EXP2_7, EXP2_8}
        });
    }

    private static void check(MinimaxFit.Fit[] fits, double[][] table) {
        assertThat(fits).hasSameSizeAs(table);
        for (int i = 0; i < fits.length; i++) {
            assertThat(table[i]).as(fits[i].name()).isEqualTo(fits[i].coefficients());
        }
    }

    @Test
    void everyFitIsCloserThanATenthOfAUnitInTheLastPlace() {
        for (MinimaxFit.Fit fit : MinimaxFit.singles()) {
            assertThat(fit.error()).as(fit.name()).isPositive().isLessThan(0.1 * 0x1p-23);
        }
    }

    @Test
    void theDoubleFitsAreFarCloserThanSinglePrecisionCanTell() {
        for (MinimaxFit.Fit fit : MinimaxFit.doubles()) {
            assertThat(fit.error()).as(fit.name()).isPositive().isLessThan(2e-12);
        }
    }

    @Test
    void theSplitConstantsAddUpToMoreThanDoublePrecisionGives() {
        var ln2 = new BigDecimal("0.693147180559945309417232121458176568");
        var halfPi = new BigDecimal("1.5707963267948966192313216916397514421");
        var ln2Sum = new BigDecimal(LN2_HIGH).add(new BigDecimal(LN2_LOW));
        var halfPiSum = new BigDecimal(HALF_PI_1).add(new BigDecimal(HALF_PI_2)).add(new BigDecimal(HALF_PI_3));
        assertThat(ln2Sum.subtract(ln2).abs().doubleValue()).isLessThan(0x1p-39);
        assertThat(halfPiSum.subtract(halfPi).abs().doubleValue()).isLessThan(0x1p-74);
    }
}
