package cajal.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Two axes on a part of a [Sheet]: round numbers along them, and where a point lies.
///
/// @param left the part's edges
/// @param xLow the values at the edges
/// @param log whether the second axis is logarithmic
record Axes(
        Sheet sheet,
        double left,
        double top,
        double wide,
        double high,
        double xLow,
        double xHigh,
        double yLow,
        double yHigh,
        boolean log) {
    private static final int TICKS = 6;

    /// Where a value lies from left to right.
    double x(double v) {
        return left + wide * (v - xLow) / (xHigh - xLow);
    }

    /// Where a value lies from top to bottom; no number for what a logarithmic axis does not have.
    double y(double v) {
        if (!log) {
            return top + high * (yHigh - v) / (yHigh - yLow);
        }
        return v > 0 ? top + high * StrictMath.log(yHigh / v) / StrictMath.log(yHigh / yLow) : Double.NaN;
    }

    /// Draws the axes with their numbers and names.
    void draw(String xName, String yName) {
        for (double v : ticks(xLow, xHigh)) {
            sheet.line(Sheet.GRID, 1, false, x(v), top, x(v), top + high);
            sheet.text(Sheet.FAINT, 13, Sheet.Anchor.MIDDLE, x(v), top + high + 18, text(v));
        }
        for (double v : log ? decades() : ticks(yLow, yHigh)) {
            sheet.line(Sheet.GRID, 1, false, left, y(v), left + wide, y(v));
            sheet.text(Sheet.FAINT, 13, Sheet.Anchor.END, left - 7, y(v) + 4.5, text(v));
        }
        sheet.line(Sheet.FAINT, 1, false, left, top, left, top + high, left + wide, top + high);
        sheet.text(Sheet.FAINT, 13, Sheet.Anchor.END, left + wide, top + high + 36, xName);
        sheet.text(Sheet.FAINT, 13, Sheet.Anchor.START, Math.max(4, left - 40), top - 9, yName);
    }

    /// A line through values.
    void line(String colour, boolean dashed, double[] x, double[] y) {
        double[] points = new double[2 * x.length];
        for (int i = 0; i < x.length; i++) {
            double v = y(y[i]);
            points[2 * i] = x(x[i]);
            points[2 * i + 1] = v >= top - 1 && v <= top + high + 1 ? v : Double.NaN;
        }
        sheet.line(colour, 2, dashed, points);
    }

    /// Round numbers from `low` to `high`: 1, 2 or 5 times a power of ten apart.
    static List<Double> ticks(double low, double high) {
        double rough = (high - low) / TICKS;
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(rough)));
        double step = rough / power <= 1
                ? power
                : rough / power <= 2 ? 2 * power : rough / power <= 5 ? 5 * power : 10 * power;
        List<Double> ticks = new ArrayList<>();
        for (double k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
            ticks.add(k * step + 0.0); // never -0
        }
        return ticks;
    }

    private List<Double> decades() {
        List<Double> ticks = new ArrayList<>();
        boolean few = yHigh / yLow < 30;
        for (double power = StrictMath.pow(10, Math.floor(StrictMath.log10(yLow))); power <= yHigh; power *= 10) {
            for (double k : few ? new double[] {1, 2, 5} : new double[] {1}) {
                if (k * power >= yLow && k * power <= yHigh) {
                    ticks.add(k * power);
                }
            }
        }
        return ticks;
    }

    private static String text(double v) {
        if (v != 0 && (Math.abs(v) >= 1e6 || Math.abs(v) < 1e-4)) {
            return String.format(Locale.ROOT, "%.0e", v);
        }
        String text = String.format(Locale.ROOT, "%.6f", v).replaceAll("\\.?0+$", "");
        return text.equals("-0") ? "0" : text;
    }
}
