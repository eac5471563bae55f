package cajal.testkit;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// The same values laid out in memory in all the ways that views allow; what lies between the elements is
/// poison (NaN, or an index out of range), so that a kernel that reads past its elements shows.
public final class Layouts {
    private static final double POISON_INDEX = -77;

    private Layouts() {}

    /// The tensor in every layout that keeps its values, by name: transposed, sliced, flipped.
    public static Map<String, Tensor> of(Tensor t) {
        Map<String, Tensor> layouts = new LinkedHashMap<>();
        int rank = t.rank();
        layouts.put("offset", place(t, order(rank, false), 1, false));
        if (rank > 0) {
            layouts.put("sliced", place(t, order(rank, false), 2, false));
            layouts.put("flipped", place(t, order(rank, false), 1, true));
        }
        if (rank > 1) {
            layouts.put("transposed", place(t, order(rank, true), 1, false));
            layouts.put("transposed, sliced and flipped", place(t, order(rank, true), 3, true));
        }
        return layouts;
    }

    private static int[] order(int rank, boolean reversed) {
        int[] order = new int[rank];
        for (int i = 0; i < rank; i++) {
            order[i] = reversed ? rank - 1 - i : i;
        }
        return order;
    }

    /// Axis `order[last]` runs fastest, with `step` places from element to element.
    private static Tensor place(Tensor t, int[] order, long step, boolean flipped) {
        Shape shape = t.shape();
        long[] strides = new long[shape.rank()];
        long span = step;
        long offset = 5;
        for (int i = order.length - 1; i >= 0; i--) {
            long n = shape.dim(order[i]);
            strides[order[i]] = flipped ? -span : span;
            offset += flipped && n > 0 ? (n - 1) * span : 0;
            span = span * n + (i % 2 == 0 ? step : 0);
        }
        HostStorage storage = HostStorage.zeros(t.dtype(), offset + span + 7);
        for (long i = 0; i < storage.size(); i++) {
            storage.put(i, t.dtype().isFloat() ? Double.NaN : POISON_INDEX);
        }
        View view = View.of(storage, shape, strides, offset);
        for (long i = 0; i < t.size(); i++) {
            view.put(i, t.view().at(i));
        }
        return Tensor.of(view);
    }
}
