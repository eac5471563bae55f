package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.Task.Reduction;
import cajal.kernel.View;
import java.util.Map;

/// Sum, product, maximum or minimum along axes, which keep length 1.
///
/// **Shapes** `(..., n, ...)` gives `(..., 1, ...)`.
///
/// **Gradient** sum: `g` spread out; product: `g` times the product of the others, also where elements are 0;
/// maximum and minimum: `g` shared evenly among the elements that reach it.
///
/// @param kind how two elements become one
/// @param axes the axes from 0, in ascending order
public record Reduce(Reduction kind, int... axes) implements Op {
    @Override
    public String name() {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of("axes", Attributes.longs(axes));
    }

    @Override
    public Shape[] shapes(Shape... in) {
        long[] d = in[0].dims();
        for (int axis : axes) {
            d[axis] = 1;
        }
        return new Shape[] {Shape.of(d)};
    }

    @Override
    public DType dtype(int output, DType... in) {
        boolean adds = kind == Reduction.SUM || kind == Reduction.PROD;
        return adds && !in[0].isFloat() ? DType.I64 : in[0];
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Reduce(kind), in, out);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return switch (kind) {
            case SUM -> Saves.NOTHING;
            case PROD -> Saves.NOTHING.in(0);
            case MAX, MIN -> Saves.NOTHING.in(0).out(0);
        };
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.of(() -> switch (kind) {
            case SUM -> b.grad().expand(b.shape(0));
            case PROD -> b.grad().mul(productOfOthers(b.in(0)));
            case MAX, MIN -> {
                Tensor hit = b.in(0).eq(b.out(0)).to(b.grad().dtype());
                yield hit.mul(b.grad().div(hit.sumKeep(axes)));
            }
        });
    }

    /// The product of all other elements: that of those before times that of those behind. Nothing is
    /// divided, so every order of derivative exists also where elements are 0.
    private Tensor productOfOthers(Tensor x) {
        int[] order = reducedLast(x.rank());
        Tensor turned = x.permute(order);
        long[] d = java.util.Arrays.copyOf(turned.shape().dims(), x.rank() - axes.length + 1);
        d[d.length - 1] = 1;
        for (int axis : axes) {
            d[d.length - 1] *= x.dim(axis);
        }
        Tensor line = turned.reshape(Shape.of(d));
        Tensor others = productBefore(line).mul(productBefore(line.flip(-1)).flip(-1));
        int[] back = new int[order.length];
        for (int i = 0; i < back.length; i++) {
            back[order[i]] = i;
        }
        return others.reshape(turned.shape()).permute(back);
    }

    private int[] reducedLast(int rank) {
        boolean[] reduced = new boolean[rank];
        for (int axis : axes) {
            reduced[axis] = true;
        }
        return java.util.stream.IntStream.concat(
                        java.util.stream.IntStream.range(0, rank).filter(i -> !reduced[i]),
                        java.util.Arrays.stream(axes))
                .toArray();
    }

    /// `y_i = x_0 · ... · x_(i-1)` along the last axis, in as many steps as the length has binary digits.
    private static Tensor productBefore(Tensor x) {
        long n = x.dim(-1);
        if (n == 0) {
            return x;
        }
        Tensor p = x.slice(-1, 0, n - 1).pad(1, new long[] {1, 0});
        for (long s = 1; s < n; s *= 2) {
            p = p.mul(p.slice(-1, 0, n - s).pad(1, new long[] {s, 0}));
        }
        return p;
    }
}
