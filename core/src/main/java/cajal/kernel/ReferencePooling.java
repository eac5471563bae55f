package cajal.kernel;

/// Pooling, one element at a time in double precision, for [ReferenceKernels].
///
/// Legend: `h, w` lengths of a plane of the input, `oh, ow` of the output.
final class ReferencePooling {
    private ReferencePooling() {}

    static void max(Task.MaxPool task, View in, View values, View positions) {
        int h = (int) in.shape().dim(-2), w = (int) in.shape().dim(-1);
        int oh = (int) values.shape().dim(-2), ow = (int) values.shape().dim(-1);
        for (long o = 0; o < values.size(); o++) {
            int row = (int) (o / ow % oh), column = (int) (o % ow);
            long plane = o / ow / oh * h * w;
            double best = Double.NaN;
            long position = -1;
            for (int i = task.rows().first(row);
                    i < task.rows().end(row, h);
                    i += task.rows().dilation()) {
                for (int j = task.columns().first(column);
                        j < task.columns().end(column, w);
                        j += task.columns().dilation()) {
                    double x = in.at(plane + (long) i * w + j);
                    if (position < 0 || x > best || Double.isNaN(x) && !Double.isNaN(best)) {
                        best = x;
                        position = (long) i * w + j;
                    }
                }
            }
            values.put(o, best);
            positions.put(o, position);
        }
    }

    static void average(Task.AvgPool task, View in, View out) {
        int h = (int) in.shape().dim(-2), w = (int) in.shape().dim(-1);
        int oh = (int) out.shape().dim(-2), ow = (int) out.shape().dim(-1);
        for (long o = 0; o < out.size(); o++) {
            int row = (int) (o / ow % oh), column = (int) (o % ow);
            long plane = o / ow / oh * h * w;
            double sum = 0;
            for (int i = task.rows().first(row); i < task.rows().end(row, h); i++) {
                for (int j = task.columns().first(column); j < task.columns().end(column, w); j++) {
                    sum += in.at(plane + (long) i * w + j);
                }
            }
            out.put(o, sum / task.divisor(row, column, h, w));
        }
    }

    static void spread(Task.AvgSpread task, View in, View out) {
        Task.AvgPool pool = task.of();
        int h = (int) out.shape().dim(-2), w = (int) out.shape().dim(-1);
        int oh = (int) in.shape().dim(-2), ow = (int) in.shape().dim(-1);
        double[] total = new double[(int) out.size()];
        for (long o = 0; o < in.size(); o++) {
            int row = (int) (o / ow % oh), column = (int) (o % ow);
            long plane = o / ow / oh * h * w;
            double share = in.at(o) / pool.divisor(row, column, h, w);
            for (int i = pool.rows().first(row); i < pool.rows().end(row, h); i++) {
                for (int j = pool.columns().first(column); j < pool.columns().end(column, w); j++) {
                    total[(int) (plane + (long) i * w + j)] += share;
                }
            }
        }
        for (int i = 0; i < total.length; i++) {
            out.put(i, total[i]);
        }
    }
}
