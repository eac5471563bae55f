package cajal.train;

import cajal.kernel.DType;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Tensor;
import java.util.Optional;

/// A listener that finds the first operation whose output holds a bad number (NaN or infinite) although its
/// inputs do not.
///
/// The Trainer runs a step a second time under it once a loss or a gradient turns out bad; a good run pays
/// nothing.
final class NanGuard implements Listener {
    private static final int EXPONENT = 0x7f800000; // all ones for what is not finite
    private static final int FEW = 2048;

    private Optional<String> first = Optional.empty();

    @Override
    public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
        if (first.isPresent()) {
            return;
        }
        for (Tensor t : out) {
            if (isBad(t)) {
                String values = in.length == 0 ? "" : ", from inputs between " + range(in[0]);
                first = Optional.of(
                        (path.isEmpty() ? "the loss" : "layer '" + path + "'") + ", operation " + op.name() + values);
                return;
            }
        }
    }

    /// Where the first bad number appeared.
    Optional<String> first() {
        return first;
    }

    /// Whether a tensor holds NaN or an infinite number; reads the values directly, so that no operation runs.
    static boolean isBad(Tensor t) {
        for (long i = 0; t.dtype().isFloat() && i < t.size(); i++) {
            if (!Double.isFinite(t.view().at(i))) {
                return true;
            }
        }
        return false;
    }

    /// As [#isBad], fast where all is well.
    static boolean isBadGradient(Tensor g) {
        if (g.size() > FEW || g.dtype() != DType.F32 || !g.view().isDense()) {
            return !Double.isFinite(g.sum().item()) && isBad(g); // a sum may overflow
        }
        float[] a = g.view().floats();
        int start = g.view().start();
        int most = 0;
        for (int i = start; i < start + (int) g.size(); i++) {
            most = Math.max(most, Float.floatToRawIntBits(a[i]) & EXPONENT);
        }
        return most == EXPONENT;
    }

    private static String range(Tensor t) {
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (long i = 0; i < t.size(); i++) {
            low = Math.min(low, t.view().at(i));
            high = Math.max(high, t.view().at(i));
        }
        return t.size() == 0 ? "nothing" : String.format(java.util.Locale.ROOT, "%.4g and %.4g", low, high);
    }
}
