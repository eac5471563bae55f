package cajal.kernel;

/// [Task.CrossEntropy] and its gradient in single precision.
final class FloatCrossEntropy {
    private static final int GRAIN = 4096;

    private FloatCrossEntropy() {}

    static boolean forward(FloatKernels kernels, boolean mean, View[] in, View[] out) {
        int rows = (int) in[0].shape().dim(0);
        int n = (int) in[0].shape().dim(1);
        if (rows == 0 || n == 0) {
            return false; // the reference kernels know what an empty sum is
        }
        View logs = out[1];
        kernels.softmax(true, in[0], logs);
        float[] y = logs.floats();
        float[] losses = Scratch.shared().take(rows);
        try {
            for (int i = 0; i < rows; i++) {
                losses[i] = -y[logs.start() + i * n + (int) ReferenceKernels.checked(in[1].at(i), n)];
            }
            float sum = kernels.sum(losses, rows);
            out[0].floats()[out[0].start()] = mean ? sum / rows : sum;
        } finally {
            Scratch.shared().give(losses);
        }
        return true;
    }

    static boolean backward(FloatPrimitives fns, boolean mean, View[] in, View out) {
        int rows = (int) in[0].shape().dim(0);
        int n = (int) in[0].shape().dim(1);
        float g = in[2].floats()[in[2].start()];
        float share = mean ? g / rows : g;
        float[] logs = in[0].floats();
        float[] y = out.floats();
        Workers.ranges(rows, Math.max(1, GRAIN / Math.max(1, n)), (from, to) -> {
            int at = out.start() + from * n;
            int count = (to - from) * n;
            int source = in[0].start() + from * n;
            if (fns.anywhere()) {
                fns.apply(Scalar.EXP, logs, source, logs, source, logs, source, y, at, count);
            } else {
                expAtZero(fns, logs, source, y, at, count);
            }
            for (int j = at; j < at + count; j++) {
                y[j] *= share;
            }
            for (int i = from; i < to; i++) {
                y[out.start() + i * n + (int) ReferenceKernels.checked(in[1].at(i), n)] -= share;
            }
        });
        return true;
    }

    private static void expAtZero(FloatPrimitives fns, float[] x, int source, float[] y, int at, int count) {
        float[] run = Scratch.shared().take(count);
        float[] result = Scratch.shared().take(count);
        System.arraycopy(x, source, run, 0, count);
        fns.apply(Scalar.EXP, run, 0, run, 0, run, 0, result, 0, count);
        System.arraycopy(result, 0, y, at, count);
        Scratch.shared().give(run);
        Scratch.shared().give(result);
    }
}
