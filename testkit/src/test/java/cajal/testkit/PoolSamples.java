package cajal.testkit;

import static cajal.testkit.Sample.op;

import cajal.kernel.PoolWindow;
import cajal.tensor.Engine;
import cajal.tensor.Ops;
import java.util.List;
import java.util.Map;

/// One line for each pooling operation; oracles go through all positions and ask which window each lies in.
final class PoolSamples {
    private static final PoolWindow TWO = PoolWindow.of(2);
    private static final PoolWindow THREE = new PoolWindow(3, 2, 1, 1, false);
    private static final PoolWindow CEIL = new PoolWindow(3, 2, 1, 1, true);
    private static final PoolWindow WIDE = new PoolWindow(2, 1, 0, 3, false);

    private PoolSamples() {}

    static List<Sample> pooling() {
        return List.of(
                op("maxPool", x -> x.maxPool(TWO, TWO))
                        .on(2, 3, 4, 6)
                        .on(5, 3)
                        .on(2, 2)
                        .on(0, 2, 2)
                        .answer(in -> max(in[0], TWO, TWO))
                        .exact(),
                op("maxPool", x -> x.maxPool(THREE, CEIL))
                        .on(2, 1, 5, 6)
                        .on(3, 7, 4)
                        .on(1, 1)
                        .answer(in -> max(in[0], THREE, CEIL))
                        .exact(),
                op("maxPool", x -> x.maxPool(PoolWindow.NONE, WIDE))
                        .on(2, 3, 6)
                        .answer(in -> max(in[0], PoolWindow.NONE, WIDE))
                        .exact(),
                op("avgPool", x -> x.avgPool(TWO, TWO, true))
                        .on(2, 3, 4, 6)
                        .on(5, 3)
                        .on(2, 2)
                        .on(0, 2, 2)
                        .answer(in -> mean(in[0], TWO, TWO, true)),
                op("avgPool", x -> x.avgPool(THREE, CEIL, true))
                        .on(2, 1, 5, 6)
                        .on(3, 7, 4)
                        .on(1, 1)
                        .answer(in -> mean(in[0], THREE, CEIL, true)),
                op("avgPool", x -> x.avgPool(CEIL, THREE, false))
                        .on(2, 1, 5, 6)
                        .on(3, 7, 4)
                        .on(1, 1)
                        .answer(in -> mean(in[0], CEIL, THREE, false)),
                op("avgPool", x -> x.sumPool(THREE, TWO, 5))
                        .on(2, 1, 5, 6)
                        .answer(in -> pooled(in[0], THREE, TWO, (elements, _) -> {
                            double sum = 0;
                            for (double e : elements) {
                                sum += Double.isNaN(e) ? 0 : e;
                            }
                            return sum / 5;
                        })),
                op("avgSpread", x -> x.enlarge(2, 2))
                        .on(2, 3, 4)
                        .on(1, 1)
                        .answer(in -> enlarged(in[0], 2, 2))
                        .exact(),
                op("avgSpread", x -> x.enlarge(1, 3))
                        .on(2, 3, 4)
                        .on(0, 2, 2)
                        .answer(in -> enlarged(in[0], 1, 3))
                        .exact(),
                op("avgSpread", y -> Engine.one(Ops.of("avgSpread", spread()), y))
                        .on(2, 3, 2)
                        .on(1, 1, 3, 2)
                        .answer(in -> spread(in[0])));
    }

    private static Values enlarged(Values x, int rows, int columns) {
        int r = x.rank();
        long[] dims = x.dims().clone();
        dims[r - 2] *= rows;
        dims[r - 1] *= columns;
        return Values.fill(dims, o -> {
            long[] at = o.clone();
            at[r - 2] /= rows;
            at[r - 1] /= columns;
            return x.at(at);
        });
    }

    private static Map<String, Object> spread() {
        long[] two = {3, 2};
        return Map.of(
                "kernel",
                two,
                "stride",
                new long[] {2, 2},
                "padding",
                new long[] {1, 0},
                "dilation",
                new long[] {1, 1},
                "ceil",
                new long[] {0, 0},
                "padded",
                false,
                "divisor",
                0L,
                "height",
                5L,
                "width",
                4L);
    }

    /// Each element to the mean's inputs: the average of a plane that is 1 at one place tells its weight.
    private static Values spread(Values y) {
        long[] dims = y.dims().clone();
        dims[dims.length - 2] = 5;
        dims[dims.length - 1] = 4;
        PoolWindow columns = PoolWindow.of(2);
        return Values.fill(dims, p -> {
            Values one =
                    Values.fill(new long[] {5, 4}, i -> i[0] == p[p.length - 2] && i[1] == p[p.length - 1] ? 1 : 0);
            Values weight = mean(one, THREE, columns, false);
            long[] at = p.clone();
            double sum = 0;
            for (int i = 0; i < weight.dim(0); i++) {
                for (int j = 0; j < weight.dim(1); j++) {
                    at[p.length - 2] = i;
                    at[p.length - 1] = j;
                    sum += weight.at(i, j) * y.at(at);
                }
            }
            return sum;
        });
    }

    private static Values max(Values x, PoolWindow rows, PoolWindow columns) {
        return pooled(x, rows, columns, (elements, _) -> {
            double max = Double.NEGATIVE_INFINITY;
            for (double e : elements) {
                max = Double.isNaN(e) ? max : Math.max(max, e);
            }
            return max;
        });
    }

    private static Values mean(Values x, PoolWindow rows, PoolWindow columns, boolean padded) {
        return pooled(x, rows, columns, (elements, positions) -> {
            double sum = 0;
            int count = 0;
            for (double e : elements) {
                sum += Double.isNaN(e) ? 0 : e;
                count += Double.isNaN(e) ? 0 : 1;
            }
            return sum / (padded ? positions : count);
        });
    }

    /// What is made of a window: its elements, NaN for padding, and how many positions lie in the padded
    /// plane.
    private interface Fold {
        double of(double[] elements, int positions);
    }

    private static Values pooled(Values x, PoolWindow rows, PoolWindow columns, Fold fold) {
        int r = x.rank();
        int h = x.dim(r - 2);
        int w = x.dim(r - 1);
        long[] dims = x.dims().clone();
        dims[r - 2] = count(rows, h);
        dims[r - 1] = count(columns, w);
        return Values.fill(dims, o -> {
            double[] elements = new double[rows.size() * columns.size()];
            int positions = 0;
            long[] at = o.clone();
            for (int k = 0; k < elements.length; k++) {
                at[r - 2] = position(rows, o[r - 2], k / columns.size());
                at[r - 1] = position(columns, o[r - 1], k % columns.size());
                boolean inside = at[r - 2] >= 0 && at[r - 2] < h && at[r - 1] >= 0 && at[r - 1] < w;
                elements[k] = inside ? x.at(at) : Double.NaN;
                positions += at[r - 2] < h + rows.padding() && at[r - 1] < w + columns.padding() ? 1 : 0;
            }
            return fold.of(elements, positions);
        });
    }

    private static long position(PoolWindow window, long o, int t) {
        return o * window.stride() - window.padding() + (long) t * window.dilation();
    }

    /// Windows are laid as long as they fit the padded axis; with ceil, one more may reach past it by less
    /// than the stride if it begins before the padding behind.
    private static int count(PoolWindow window, int n) {
        int count = 0;
        while (position(window, count, window.size() - 1)
                        < n + window.padding() + (window.ceil() ? window.stride() - 1 : 0)
                && position(window, count, 0) < n) {
            count++;
        }
        return count;
    }
}
