package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.tensor.Context;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The input at another size: each output is the nearest element, or, with [#bilinear()], a mixture of the
/// neighbours between which it lies.
///
/// With `s = n_in / n_out` (or one by the factor), output `o` along an axis reads position `floor(o·s)`;
/// bilinear `(o + 1/2)·s - 1/2`, held within the axis, so that pixels are squares; with [#alignCorners()]
/// `o·(n_in - 1) / (n_out - 1)`, so that the first and last elements stay where they are.
///
/// **Shapes** `(B, C, L)` gives `(B, C, L')`, `(B, C, H, W)` gives `(B, C, H', W')`; by a factor `f`, `L' =
/// floor(L·f)`. Sizes may shrink, too: elements are then skipped, not averaged.
///
/// **Gradient** `g` added up at the elements that were read, weighted alike.
///
/// **Numerics** bilinear is a product with two matrices that hold the weights, so that an infinite element
/// or NaN spreads along its row and column.
public final class Upsample extends Block {
    private final double[] factor; // empty if sizes are given
    private final int[] size; // empty if factors are given
    private boolean bilinear;
    private boolean corners;

    private Upsample(double[] factor, int[] size) {
        this.factor = factor;
        this.size = size;
    }

    /// Grows by a factor: one for all axes behind the channels, or one an axis.
    ///
    /// **Throws** [ShapeException] unless factors are positive.
    public static Upsample by(double... factors) {
        if (factors.length == 0 || factors.length > 2 || !Arrays.stream(factors).allMatch(f -> f > 0 && f < 1e6)) {
            throw new ShapeException("Upsample.by" + Arrays.toString(factors)
                    + "\n  rule: one positive factor for all axes, or one for each of height and width");
        }
        return new Upsample(factors.clone(), new int[0]);
    }

    /// Grows to a size: one for all axes behind the channels, or one an axis.
    ///
    /// **Throws** [ShapeException] unless sizes are positive.
    public static Upsample to(int... sizes) {
        if (sizes.length == 0 || sizes.length > 2 || Arrays.stream(sizes).anyMatch(s -> s < 1)) {
            throw new ShapeException("Upsample.to" + Arrays.toString(sizes)
                    + "\n  rule: one positive size for all axes, or one for each of height and width");
        }
        return new Upsample(new double[0], sizes.clone());
    }

    /// Mixes neighbours by their distance: the four around a point of a picture, the two of a line.
    public Upsample bilinear() {
        checkUnsealed();
        bilinear = true;
        return this;
    }

    /// Mixes neighbours, and keeps the corners where they are: the first and last outputs are the first and
    /// last inputs.
    public Upsample alignCorners() {
        corners = true;
        return bilinear();
    }

    @Override
    protected Tensor forward(Tensor x) {
        int axes = x.rank() - 2;
        if (axes < 1 || axes > 2 || Math.max(factor.length, size.length) > axes || x.size() == 0) {
            throw new ShapeException(describe() + " '" + Context.current().path()
                    + "' expects (B, C, H, W) or (B, C, L) but got " + x.shape()
                    + "\n  rule: one or two axes behind batch and channels, and something on them");
        }
        Tensor y = axes == 1 ? x.unsqueeze(-2) : x;
        int tall = axes == 1 || bilinear ? 1 : times(x, 2);
        int wide = bilinear ? 1 : times(x, axes + 1);
        y = tall > 1 || wide > 1 ? y.enlarge(Math.max(tall, 1), Math.max(wide, 1)) : y;
        y = wide > 1 ? y : along(y, 3, axes - 1);
        y = axes == 1 || tall > 1 ? y : along(y, 2, 0);
        return axes == 1 ? y.squeeze(-2) : y;
    }

    /// How many times an element is repeated along an axis, if all are repeated alike; else 0.
    private int times(Tensor x, int axis) {
        double f = factor(axis - 2);
        long n = x.dim(axis);
        int m = size(n, axis - 2);
        return m % n == 0 && (f == 0 || f == m / n) ? (int) (m / n) : 0;
    }

    /// The factor along an axis; 0 if a size is given.
    private double factor(int i) {
        return factor.length == 0 ? 0 : factor[Math.min(i, factor.length - 1)];
    }

    private int size(long n, int i) {
        return factor.length == 0 ? size[Math.min(i, size.length - 1)] : (int) (n * factor(i));
    }

    private Tensor along(Tensor x, int axis, int i) {
        int n = (int) x.dim(axis);
        double f = factor(i);
        int m = size(n, i);
        if (m < 1) {
            throw new ShapeException(describe() + " '" + Context.current().path() + "'"
                    + " leaves nothing of an axis of " + n + "\n  rule: at least one element");
        }
        double step = f > 0 ? 1 / f : (double) n / m;
        if (!bilinear) {
            return nearest(x, axis, n, m, step);
        }
        double start = corners ? 0 : step / 2 - 0.5;
        double stride = !corners ? step : m == 1 ? 0 : (n - 1.0) / (m - 1);
        return m == n && start == 0 && stride == 1
                ? x
                : Resampling.mix(x, axis, Resampling.between(m, n, start, stride, x.dtype()));
    }

    private static Tensor nearest(Tensor x, int axis, int n, int m, double step) {
        if (m == n && step == 1) {
            return x;
        }
        long[] index = new long[m];
        for (int o = 0; o < m; o++) {
            index[o] = Math.min((long) (o * step), n - 1);
        }
        return Resampling.pick(x, axis, index);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("factor", Arrays.stream(factor).boxed().toList());
        all.put("size", SlidingPool.list(size));
        all.put("bilinear", bilinear);
        all.put("align_corners", corners);
        return Optional.of(Spec.of("Upsample", all));
    }

    static Upsample of(Spec spec) {
        int[] size = SlidingPool.ints(spec, "size");
        List<Double> factors = new ArrayList<>();
        ((List<?>) spec.constants().getOrDefault("factor", List.of()))
                .forEach(f -> factors.add(((Number) f).doubleValue()));
        Upsample made = size.length > 0
                ? to(size)
                : by(factors.stream().mapToDouble(f -> f).toArray());
        made.bilinear = spec.flag("bilinear");
        made.corners = spec.flag("align_corners");
        return made;
    }

    @Override
    public String describe() {
        String target = size.length > 0
                ? "to " + SlidingPool.text(size)
                : "by " + (factor.length == 1 ? "" + factor[0] : factor[0] + "x" + factor[1]);
        return "Upsample(" + target + (corners ? ", corners aligned" : bilinear ? ", bilinear" : "") + ")";
    }
}
