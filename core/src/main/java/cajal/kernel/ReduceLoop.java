package cajal.kernel;

import cajal.kernel.Task.Reduction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Brings a reduction to one of two forms: rows that are reduced along their length, or columns that are
/// reduced across rows. Other layouts are copied to rows first.
final class ReduceLoop {
    private static final int GRAIN = 16_384;

    private ReduceLoop() {}

    static void run(FloatPrimitives primitives, Reduction kind, View in, View out) {
        List<long[]> axes = joined(in, out); // length, stride, whether reduced
        int n = axes.size();
        float[] y = out.floats();
        int to = out.start();
        if (n == 0) { // one number
            y[to] = primitives.reduce(kind, in.floats(), in.start(), 1);
            return;
        }
        boolean innerDense = axes.get(n - 1)[1] == 1;
        boolean rows = n <= 2 && innerDense && reduced(axes, n - 1) && (n == 1 || !reduced(axes, 0));
        boolean columns = n >= 2
                && n <= 3
                && innerDense
                && !reduced(axes, n - 1)
                && reduced(axes, n - 2)
                && (n == 2 || !reduced(axes, 0));
        if (rows) {
            int width = (int) axes.get(n - 1)[0];
            int height = n == 1 ? 1 : (int) axes.get(0)[0];
            int down = n == 1 ? 0 : (int) axes.get(0)[1];
            Workers.ranges(height, Math.max(1, GRAIN / width), (from, end) -> {
                for (int i = from; i < end; i++) {
                    y[to + i] = primitives.reduce(kind, in.floats(), in.start() + i * down, width);
                }
            });
        } else if (columns) {
            int width = (int) axes.get(n - 1)[0];
            int height = (int) axes.get(n - 2)[0];
            int down = (int) axes.get(n - 2)[1];
            int outer = n == 2 ? 1 : (int) axes.get(0)[0];
            int across = n == 2 ? 0 : (int) axes.get(0)[1];
            Workers.ranges(outer, Math.max(1, GRAIN / Math.max(1, width * height)), (from, end) -> {
                for (int i = from; i < end; i++) {
                    primitives.reduceRows(
                            kind, in.floats(), in.start() + i * across, height, down, width, y, to + i * width);
                }
            });
        } else if (n == 3 && innerDense && reduced(axes, 0) && !reduced(axes, 1) && reduced(axes, 2)) {
            channels(primitives, kind, in, axes, y, to);
        } else {
            copied(primitives, kind, in, out);
        }
    }

    /// Reduces the first and the last of three axes: of each place between them the runs are copied behind each other.
    private static void channels(
            FloatPrimitives primitives, Reduction kind, View in, List<long[]> axes, float[] y, int to) {
        int samples = (int) axes.get(0)[0], down = (int) axes.get(0)[1];
        int places = (int) axes.get(1)[0], across = (int) axes.get(1)[1];
        int width = (int) axes.get(2)[0], all = Math.multiplyExact(samples, width);
        Workers.ranges(places, Math.max(1, GRAIN / all), (from, end) -> {
            float[] dense = Scratch.shared().take(all);
            for (int place = from; place < end; place++) {
                for (int i = 0; i < samples; i++) {
                    int at = in.start() + place * across + i * down;
                    System.arraycopy(in.floats(), at, dense, i * width, width);
                }
                y[to + place] = primitives.reduce(kind, dense, 0, all);
            }
            Scratch.shared().give(dense);
        });
    }

    private static boolean reduced(List<long[]> axes, int i) {
        return axes.get(i)[2] != 0;
    }

    /// The axes without those of length 1, neighbours of one kind joined where they are one run.
    private static List<long[]> joined(View in, View out) {
        List<long[]> axes = new ArrayList<>();
        for (int i = 0; i < in.rank(); i++) {
            long length = in.shape().dim(i);
            if (length == 1) {
                continue;
            }
            long kind = out.shape().dim(i) == 1 ? 1 : 0;
            long[] last = axes.isEmpty() ? new long[] {0, 0, -1} : axes.getLast();
            if (last[2] == kind && last[1] == in.stride(i) * length) {
                last[0] *= length;
                last[1] = in.stride(i);
            } else {
                axes.add(new long[] {length, in.stride(i), kind});
            }
        }
        return axes;
    }

    /// Copies the input with the kept axes first and the reduced ones last, a place on the first axis at a time,
    /// and reduces rows.
    private static void copied(FloatPrimitives primitives, Reduction kind, View in, View out) {
        int rank = in.rank();
        int[] order = new int[rank];
        int n = 0;
        int kept = 0;
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < rank; i++) {
                boolean reduced = out.shape().dim(i) == 1 && in.shape().dim(i) != 1;
                if (reduced == (pass == 1)) {
                    order[n++] = i;
                }
            }
            kept = pass == 0 ? n : kept;
        }
        View moved = in.permute(order);
        int places = kept == 0 ? 1 : (int) moved.shape().dim(0);
        Shape lengths = moved.shape().with(0, moved.shape().dim(0) / places);
        long[] ones = new long[rank];
        Arrays.fill(ones, 1);
        int rows = (int) out.size() / places;
        int width = Math.toIntExact(in.size() / out.size());
        Program same = Program.of(1, Expr.arg(0));
        Workers.ranges(places, Math.max(1, GRAIN / (rows * width)), (from, end) -> {
            float[] dense = Scratch.shared().take(rows * width);
            View target = View.of(new HostStorage.Floats(dense), lengths);
            for (int place = from; place < end; place++) {
                long[] starts = new long[rank];
                starts[0] = place;
                View part = moved.slice(starts, lengths, ones);
                new PointwiseLoop(primitives, same, new View[] {part}, new View[] {target}).run(GRAIN);
                for (int row = 0; row < rows; row++) {
                    out.floats()[out.start() + place * rows + row] = primitives.reduce(kind, dense, row * width, width);
                }
            }
            Scratch.shared().give(dense);
        });
    }
}
