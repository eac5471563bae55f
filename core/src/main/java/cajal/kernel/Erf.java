package cajal.kernel;

/// The error function in double precision, for the reference kernels.
///
/// **Numerics.** `|x| < 2`: the Maclaurin-type series `2/sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) /
/// (1·3·5···(2n+1))`, whose terms are all of one sign; beyond: the continued fraction of erfc. Relative
/// error below 1e-15 over the whole range.
///
/// **Source:** Abramowitz and Stegun, "Handbook of Mathematical Functions", 7.1.6 and 7.1.14.
final class Erf {
    private static final double TWO_OVER_SQRT_PI = 1.1283791670955126;

    private Erf() {}

    static double of(double x) {
        double a = Math.abs(x);
        if (Double.isNaN(x)) {
            return x;
        }
        double value = a > 6 ? 1 : a < 2 ? series(a) : 1 - fraction(a);
        return Math.copySign(value, x);
    }

    private static double series(double x) {
        double term = x;
        double sum = x;
        for (int n = 1; term > sum * 1e-17; n++) {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }
        return TWO_OVER_SQRT_PI * StrictMath.exp(-x * x) * sum;
    }

    private static double fraction(double x) {
        double f = x;
        for (int n = 60; n >= 1; n--) {
            f = x + n * 0.5 / f;
        }
        return StrictMath.exp(-x * x) / f * (TWO_OVER_SQRT_PI / 2);
    }
}
