package cajal.tensor;

import cajal.kernel.DType;
import java.util.Locale;

/// Writes a tensor as text, the way NumPy does: aligned columns, four decimals, long axes with their middle
/// left out.
final class TensorText {
    private static final int EDGE = 3;
    private static final int LONG_AXIS = 2 * EDGE + 1;
    private static final long SMALL = 1000;

    private final Tensor tensor;
    private final boolean elide;
    private final boolean scientific;
    private final StringBuilder text = new StringBuilder();
    private int width;

    private TensorText(Tensor tensor) {
        this.tensor = tensor;
        this.elide = tensor.size() > SMALL;
        double largest = 0;
        for (long i = 0; tensor.dtype().isFloat() && i < tensor.size(); i++) {
            double a = Math.abs(tensor.view().at(i));
            if (a > 0 && a < Double.POSITIVE_INFINITY) {
                largest = Math.max(largest, a);
            }
        }
        this.scientific = largest >= 1e6 || largest > 0 && largest < 1e-3;
    }

    static String of(Tensor tensor) {
        TensorText t = new TensorText(tensor);
        t.walk(0, 0, true);
        t.walk(0, 0, false);
        return t.text + " " + tensor.shape() + " " + tensor.dtype();
    }

    /// Measures the widest number, or writes.
    private void walk(int axis, long at, boolean measure) {
        if (axis == tensor.rank()) {
            String s = number(tensor.view().at(at));
            if (measure) {
                width = Math.max(width, s.length());
            } else {
                text.append(" ".repeat(Math.max(0, tensor.rank() == 0 ? 0 : width - s.length())))
                        .append(s);
            }
            return;
        }
        long n = tensor.dim(axis);
        text.append(measure ? "" : "[");
        for (long i = 0; i < n; i++) {
            if (i > 0 && !measure) {
                text.append(axis == tensor.rank() - 1 ? ", " : ",\n" + " ".repeat(axis + 1));
            }
            if (elide && n > LONG_AXIS && i == EDGE) {
                text.append(measure ? "" : "...");
                i = n - EDGE - 1;
                continue;
            }
            walk(axis + 1, at * n + i, measure);
        }
        text.append(measure ? "" : "]");
    }

    private String number(double x) {
        if (tensor.dtype() == DType.BOOL) {
            return x != 0 ? "true" : "false";
        }
        if (!tensor.dtype().isFloat()) {
            return Long.toString((long) x);
        }
        if (!Double.isFinite(x)) {
            return Double.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
        }
        return String.format(Locale.ROOT, scientific ? "%.4e" : "%.4f", x);
    }
}
