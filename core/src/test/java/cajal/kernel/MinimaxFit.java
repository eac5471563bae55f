package cajal.kernel;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/// The derivation of every coefficient in [Coefficients]: the polynomial `P` of a given degree that
/// minimises the largest weighted error, `max |w(x) · (f(x) - P(x))|` over an interval (Remez exchange on a
/// dense grid of Chebyshev points).
///
/// Coefficients are rounded to float one by one, the constant term first; after each rounding the remaining
/// ones are fitted again, so that they absorb what the rounding took away. `main` prints the table.
///
/// **Source**: E. Remez, Sur le calcul effectif des polynômes d'approximation de Tchebichef (1934).
final class MinimaxFit {
    private static final int GRID = 4000;

    /// A fitted polynomial: its coefficients, constant term first, and the largest weighted error that is left.
    record Fit(String name, double[] coefficients, double error) {
        String constants(boolean asFloat) {
            var text = new StringBuilder("    // weighted error %.2e%n".formatted(error));
            for (int i = 0; i < coefficients.length; i++) {
                var value = asFloat
                        ? Float.toHexString((float) coefficients[i]) + "f"
                        : Double.toHexString(coefficients[i]);
                text.append("    public static final %s %s_%d = %s; // %.9g%n"
                        .formatted(asFloat ? "float" : "double", name, i, value, coefficients[i]));
            }
            return text.toString();
        }
    }

    private MinimaxFit() {}

    static Fit floats(
            String name, DoubleUnaryOperator f, DoubleUnaryOperator weight, double from, double to, int degree) {
        double[] fixed = new double[degree + 1];
        double error = 0;
        for (int known = 0; known <= degree; known++) {
            double[] fitted = remez(f, weight, from, to, fixed, known, degree);
            fixed[known] = (float) fitted[known];
            error = fitted[degree + 1];
        }
        return new Fit(name, fixed, Math.max(error, largestError(f, weight, from, to, fixed)));
    }

    static Fit doubles(
            String name, DoubleUnaryOperator f, DoubleUnaryOperator weight, double from, double to, int degree) {
        double[] fitted = remez(f, weight, from, to, new double[degree + 1], 0, degree);
        double[] coefficients = Arrays.copyOf(fitted, degree + 1);
        return new Fit(name, coefficients, largestError(f, weight, from, to, coefficients));
    }

    private static double largestError(
            DoubleUnaryOperator f, DoubleUnaryOperator weight, double from, double to, double[] p) {
        double worst = 0;
        for (int i = 0; i <= GRID; i++) {
            double x = point(from, to, i);
            worst = Math.max(worst, Math.abs(weight.applyAsDouble(x) * (f.applyAsDouble(x) - horner(p, x))));
        }
        return worst;
    }

    private static double point(double from, double to, int i) {
        return 0.5 * (from + to) - 0.5 * (to - from) * StrictMath.cos(Math.PI * i / GRID);
    }

    private static double horner(double[] p, double x) {
        double sum = 0;
        for (int i = p.length - 1; i >= 0; i--) sum = Math.fma(sum, x, p[i]);
        return sum;
    }

    /// The coefficients with the first `known` of them held fixed, followed by the levelled error.
    private static double[] remez(
            DoubleUnaryOperator f,
            DoubleUnaryOperator weight,
            double from,
            double to,
            double[] fixed,
            int known,
            int degree) {
        int free = degree + 1 - known;
        double[] xs = new double[GRID + 1], w = new double[GRID + 1], target = new double[GRID + 1];
        double[] head = Arrays.copyOf(fixed, known);
        for (int i = 0; i <= GRID; i++) {
            xs[i] = point(from, to, i);
            w[i] = weight.applyAsDouble(xs[i]);
            target[i] = f.applyAsDouble(xs[i]) - (known == 0 ? 0 : horner(head, xs[i]));
        }
        int[] extrema = new int[free + 1];
        for (int i = 0; i <= free; i++) extrema[i] = (int) Math.round((i + 0.5) * GRID / (free + 1.0));
        double[] best = null;
        double bestError = Double.POSITIVE_INFINITY;
        for (int round = 0; round < 40; round++) {
            double[] level = levelled(xs, w, target, extrema, known, free);
            double[] error = new double[GRID + 1];
            double worst = 0;
            for (int i = 0; i <= GRID; i++) {
                double p = 0;
                for (int k = free - 1; k >= 0; k--) p = Math.fma(p, xs[i], level[k]);
                error[i] = w[i] * (target[i] - p * StrictMath.pow(xs[i], known));
                worst = Math.max(worst, Math.abs(error[i]));
            }
            if (worst < bestError) {
                bestError = worst;
                best = level;
            }
            if (worst <= Math.abs(level[free]) * (1 + 1e-6)) break;
            int[] next = alternating(error, free + 1);
            if (next.length == 0) break;
            extrema = next;
        }
        if (best == null) throw new IllegalStateException("no fit: the error was not a number");
        double[] result = Arrays.copyOf(fixed, degree + 2);
        System.arraycopy(best, 0, result, known, free);
        result[degree + 1] = bestError;
        return result;
    }

    /// Solves `w(x_i)·(target(x_i) - x_i^known · Σ c_k x_i^k) = (-1)^i E` for the free coefficients and `E`.
    private static double[] levelled(double[] xs, double[] w, double[] target, int[] at, int known, int free) {
        int n = free + 1;
        double[][] rows = new double[n][n + 1];
        for (int i = 0; i < n; i++) {
            double x = xs[at[i]], power = w[at[i]] * StrictMath.pow(x, known);
            for (int k = 0; k < free; k++, power *= x) rows[i][k] = power;
            rows[i][free] = (i & 1) == 0 ? 1 : -1;
            rows[i][n] = w[at[i]] * target[at[i]];
        }
        for (int c = 0; c < n; c++) {
            int pivot = c;
            for (int r = c + 1; r < n; r++) if (Math.abs(rows[r][c]) > Math.abs(rows[pivot][c])) pivot = r;
            double[] swap = rows[c];
            rows[c] = rows[pivot];
            rows[pivot] = swap;
            for (int r = c + 1; r < n; r++) {
                double factor = rows[r][c] / rows[c][c];
                for (int k = c; k <= n; k++) rows[r][k] = Math.fma(-factor, rows[c][k], rows[r][k]);
            }
        }
        double[] solution = new double[n];
        for (int r = n - 1; r >= 0; r--) {
            double sum = rows[r][n];
            for (int k = r + 1; k < n; k++) sum -= rows[r][k] * solution[k];
            solution[r] = sum / rows[r][r];
        }
        return solution;
    }

    /// The grid indices of `count` extrema of alternating sign, the largest ones; empty if the error has fewer.
    private static int[] alternating(double[] error, int count) {
        int[] found = new int[error.length];
        int size = 0;
        for (int i = 0; i < error.length; i++) {
            if (size > 0 && error[i] * error[found[size - 1]] >= 0) {
                if (Math.abs(error[i]) > Math.abs(error[found[size - 1]])) found[size - 1] = i;
            } else if (error[i] != 0) found[size++] = i;
        }
        int from = 0;
        while (size - from > count) {
            if (Math.abs(error[found[from]]) < Math.abs(error[found[size - 1]])) from++;
            else size--;
        }
        return size - from < count ? new int[0] : Arrays.copyOfRange(found, from, size);
    }

    // The targets -----------------------------------------------------------------------------------------------------

    /// Every fit of [Coefficients] in single precision, in the order of that file.
    static Fit[] singles() {
        return new Fit[] {
            // e^r = 1 + r + r²·P(r): the error relative to e^r - 1, so that expm1 can use it too
            floats("EXP", MinimaxFit::expTail, r -> r * r / nonzero(StrictMath.expm1(r)), -0.3475, 0.3475, 5),
            // log(1+f) = f - f²/2 + f³·P(f)
            floats("LOG", MinimaxFit::logTail, f -> f * f * f / nonzero(StrictMath.log1p(f)), -0.33334, 0.33334, 7),
            // sin r = r + r³·P(r²), cos r = 1 - r²/2 + r⁴·P(r²), in s = r²
            floats("SIN", MinimaxFit::sinTail, s -> s * Math.sqrt(s) / StrictMath.sin(Math.sqrt(s)), 1e-9, 0.62, 2),
            floats("COS", MinimaxFit::cosTail, s -> s * s / StrictMath.cos(Math.sqrt(s)), 1e-9, 0.62, 2),
            // tanh x = x + x³·P(x²), in s = x²
            floats("TANH", MinimaxFit::tanhTail, s -> s * Math.sqrt(s) / StrictMath.tanh(Math.sqrt(s)), 1e-9, 0.37, 4),
            // erf x = x + x·P(x²), in s = x²
            floats("ERF", MinimaxFit::erfTail, s -> 1 / (1 + erfTail(s)), 0, 0.865, 6),
            // erf t = 1 - exp(-P(t)) further out
            floats("ERFC", t -> -StrictMath.log(erfc(t)), t -> erfc(t) / (1 - erfc(t)), 0.92, 3.95, 6),
        };
    }

    /// The fits in double precision, for the power function.
    static Fit[] doubles() {
        return new Fit[] {
            // log₂ m = t·P(t²), t = (m-1)/(m+1), in s = t²
            doubles("LOG2", MinimaxFit::log2Series, s -> 1, 0, 0.02945, 6),
            // 2^f = P(f)
            doubles("EXP2", f -> StrictMath.pow(2, f), f -> 1 / StrictMath.pow(2, f), -0.5, 0.5, 8),
        };
    }

    private static double nonzero(double x) {
        return x == 0 ? Double.MIN_NORMAL : x;
    }

    /// `(e^r - 1 - r) / r² = Σ r^k / (k+2)!`
    private static double expTail(double r) {
        double sum = 0;
        for (int k = 20; k >= 0; k--) sum = (k == 20 ? 0 : sum * r / (k + 3)) + 1;
        return sum / 2;
    }

    /// `(log(1+f) - f + f²/2) / f³ = Σ (-f)^k / (k+3)`
    private static double logTail(double f) {
        double sum = 0;
        for (int k = 60; k >= 0; k--) sum = -f * sum + 1.0 / (k + 3);
        return sum;
    }

    /// `(sin r - r) / r³ = -Σ (-s)^k / (2k+3)!`
    private static double sinTail(double s) {
        double sum = 0;
        for (int k = 12; k >= 0; k--) sum = 1 - s * sum / ((2 * k + 4) * (2 * k + 5));
        return -sum / 6;
    }

    /// `(cos r - 1 + r²/2) / r⁴ = Σ (-s)^k / (2k+4)!`
    private static double cosTail(double s) {
        double sum = 0;
        for (int k = 12; k >= 0; k--) sum = 1 - s * sum / ((2 * k + 5) * (2 * k + 6));
        return sum / 24;
    }

    /// `(tanh x - x) / x³`, by its series where the difference would cancel
    private static double tanhTail(double s) {
        double x = Math.sqrt(s);
        return s > 0.01
                ? (StrictMath.tanh(x) - x) / (s * x)
                : -1 / 3.0 + s * (2 / 15.0 - s * (17 / 315.0 - s * (62 / 2835.0 - s * (1382 / 155925.0))));
    }

    /// `erf(x)/x - 1 = 2/√π · Σ (-s)^k / (k! (2k+1)) - 1`
    private static double erfTail(double s) {
        double sum = 0, power = 1;
        for (int k = 0; k < 40; k++) {
            sum += power / (2 * k + 1);
            power *= -s / (k + 1);
        }
        return 2 / Math.sqrt(Math.PI) * sum - 1;
    }

    /// `erfc t`, by the series of erf below 2 and by its continued fraction above.
    static double erfc(double t) {
        if (t < 2) {
            // erf t = 2/√π · e^(-t²) · Σ 2^k t^(2k+1) / (2k+1)!!: all terms positive
            double sum = 0, term = t;
            for (int k = 0; k < 80; k++) {
                sum += term;
                term *= 2 * t * t / (2 * k + 3);
            }
            return 1 - 2 / Math.sqrt(Math.PI) * StrictMath.exp(-t * t) * sum;
        }
        double fraction = t;
        for (int k = 120; k >= 1; k--) fraction = t + (k / 2.0) / fraction;
        return StrictMath.exp(-t * t) / Math.sqrt(Math.PI) / fraction;
    }

    /// `log₂((1+t)/(1-t)) / t = 2/ln 2 · Σ s^k / (2k+1)`
    private static double log2Series(double s) {
        double sum = 0;
        for (int k = 30; k >= 0; k--) sum = s * sum + 1.0 / (2 * k + 1);
        return 2 / StrictMath.log(2) * sum;
    }

    /// Prints the coefficients as they stand in [Coefficients].
    static void main() {
        for (Fit fit : singles()) IO.println(fit.constants(true));
        for (Fit fit : doubles()) IO.println(fit.constants(false));
    }
}
