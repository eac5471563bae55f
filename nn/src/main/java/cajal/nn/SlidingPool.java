package cajal.nn;

import cajal.kernel.PoolWindow;
import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Pooling by a window that slides over the last one or two axes, and its options; unless said otherwise
/// windows lie side by side.
///
/// @param <P> the layer itself
abstract class SlidingPool<P extends SlidingPool<P>> extends Block {
    private final int axes;
    private final int[] kernel;
    private int[] stride;
    private int[] padding;
    private int[] dilation;
    private boolean ceil;

    SlidingPool(int axes, int... kernel) {
        this.axes = axes;
        this.kernel = each("kernel", kernel);
        this.stride = this.kernel;
        this.padding = new int[axes];
        this.dilation = each("dilation", 1);
        windows();
    }

    SlidingPool(int axes, Spec spec) {
        this(axes, ints(spec, "kernel"));
        stride = each("stride", ints(spec, "stride"));
        padding = each("padding", ints(spec, "padding"));
        dilation = each("dilation", ints(spec, "dilation"));
        ceil = spec.flag("ceil");
        windows();
    }

    static int[] ints(Spec spec, String name) {
        if (spec.constants().get(name) instanceof List<?> list) {
            return list.stream().mapToInt(v -> ((Number) v).intValue()).toArray();
        }
        throw new IllegalArgumentException("the description of " + spec.type() + " lacks the list '" + name + "'");
    }

    static List<Long> list(int... values) {
        return Arrays.stream(values).asLongStream().boxed().toList();
    }

    /// The layer itself.
    abstract P self();

    /// Pools the last two axes.
    abstract Tensor pool(Tensor x, PoolWindow rows, PoolWindow columns);

    /// The distance between windows: one number for all axes, or one an axis; the kernel's size unless set.
    public final P stride(int... along) {
        checkUnsealed();
        stride = each("stride", along);
        windows();
        return self();
    }

    /// How far windows may begin before the first element and end behind the last: one number for all axes,
    /// or one an axis; 0 unless set.
    ///
    /// **Throws** [ShapeException] for more than half of the kernel.
    public final P padding(int... along) {
        checkUnsealed();
        padding = each("padding", along);
        windows();
        return self();
    }

    /// A last window that is cut by the end counts too.
    public final P ceil() {
        checkUnsealed();
        ceil = true;
        return self();
    }

    final P spread(int... along) {
        checkUnsealed();
        dilation = each("dilation", along);
        windows();
        return self();
    }

    /// The number of elements in a window.
    final int elements() {
        return Arrays.stream(kernel).reduce(1, (a, b) -> a * b);
    }

    private int[] each(String what, int... along) {
        if (along.length != 1 && along.length != axes) {
            throw new ShapeException(describe() + " with " + what + " " + Arrays.toString(along) + "\n  rule: "
                    + (axes == 1 ? "one number" : "one number for both axes, or height and width"));
        }
        return along.length == axes ? along.clone() : new int[] {along[0], along[0]};
    }

    /// The windows along each axis; refuses constants that do not fit.
    private List<PoolWindow> windows() {
        List<PoolWindow> all = new ArrayList<>(Collections.nCopies(2 - axes, PoolWindow.NONE));
        for (int i = 0; i < axes; i++) {
            all.add(new PoolWindow(kernel[i], stride[i], padding[i], dilation[i], ceil));
        }
        return all;
    }

    @Override
    protected final Tensor forward(Tensor x) {
        checkRank(this, axes, x);
        List<PoolWindow> windows = windows();
        return axes == 1
                ? pool(x.unsqueeze(-2), windows.get(0), windows.get(1)).squeeze(-2) // (..., 1, L)
                : pool(x, windows.get(0), windows.get(1));
    }

    /// Refuses an input that has not channels and `axes` more axes, with or without a batch.
    static void checkRank(Part layer, int axes, Tensor x) {
        if (x.rank() != axes + 1 && x.rank() != axes + 2) {
            String wanted = axes == 1 ? "(B, C, L) or (C, L)" : "(B, C, H, W) or (C, H, W)";
            throw new ShapeException(layer.describe() + " '" + Context.current().path() + "' expects " + wanted
                    + " but got " + x.shape() + "\n  rule: the channels stand before the "
                    + (axes == 1 ? "length" : "height and width"));
        }
    }

    final Map<String, Object> constants() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("kernel", list(kernel));
        all.put("stride", list(stride));
        all.put("padding", list(padding));
        all.put("dilation", list(dilation));
        all.put("ceil", ceil);
        return all;
    }

    @Override
    protected Optional<Spec> spec() {
        return Optional.of(Spec.of(getClass().getSimpleName(), constants()));
    }

    @Override
    public String describe() {
        if (kernel == null || dilation == null) { // while it is made
            return getClass().getSimpleName();
        }
        return getClass().getSimpleName() + "(" + text(kernel)
                + (Arrays.equals(stride, kernel) ? "" : ", stride " + text(stride))
                + (Arrays.stream(padding).allMatch(p -> p == 0) ? "" : ", padding " + text(padding))
                + (Arrays.stream(dilation).allMatch(d -> d == 1) ? "" : ", dilation " + text(dilation)) + ")";
    }

    /// `3` for equal numbers, `3x2` for others.
    static String text(int... values) {
        return values.length == 1 || values[0] == values[1] ? Integer.toString(values[0]) : values[0] + "x" + values[1];
    }
}
