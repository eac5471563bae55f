package cajal.kernel;

/// The readable kernels of recurrent layers, in double precision.
///
/// Legend: `B` sequences, `T` steps, `H` neurons, `G` gates, `K` numbers kept a neuron; `b`, `t`, `j` run over
/// sequences, steps and neurons.
final class ReferenceRecurrence {
    private final Task.RecurrenceForm form;
    private final Task.Cell cell;
    private final View[] in;
    private final View[] out;
    private int B, T, H;
    private final int G, K;
    private View w;
    private double[] h = {};
    private double[] c = {};

    ReferenceRecurrence(Task.RecurrenceForm form, View[] in, View[] out) {
        this.form = form;
        this.cell = form.cell();
        this.in = in;
        this.out = out;
        this.w = in[0];
        G = cell.gates();
        K = cell.kept();
    }

    private void sizes(View states, View weights) {
        B = (int) states.shape().dim(0);
        T = (int) states.shape().dim(1);
        H = (int) states.shape().dim(2);
        w = weights;
    }

    private int step(int i) {
        return form.reverse() ? T - 1 - i : i;
    }

    /// The number of steps of a sequence; `first` is the place of the first state among the inputs.
    private long length(int b, int first) {
        return form.lengths() ? (long) in[first + (form.started() ? form.states() : 0)].at(b) : T;
    }

    private double start(int first, int which, int b, int j) {
        return form.started() ? in[first + which].at((long) b * H + j) : 0;
    }

    private long at(int b, int t, int j) {
        return ((long) b * T + t) * H + j;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    /// Steps beyond a sequence's end write nothing.
    private void clear() {
        for (View v : form.lengths() ? out : new View[0]) {
            v.clear();
        }
    }

    // ---- forward

    void forward() {
        sizes(out[0], in[1]);
        clear();
        for (int b = 0; b < B; b++) {
            h = new double[H];
            c = new double[H];
            for (int j = 0; j < H; j++) {
                h[j] = start(3, 0, b, j);
                c[j] = cell == Task.Cell.LSTM ? start(3, 1, b, j) : 0;
            }
            for (int i = 0; i < T; i++) {
                int t = step(i);
                if (t < length(b, 3)) {
                    forward(b, t);
                }
                for (int j = 0; j < H; j++) {
                    out[0].put(at(b, t, j), h[j]);
                    if (cell == Task.Cell.LSTM) {
                        out[1].put(at(b, t, j), c[j]);
                    }
                }
            }
        }
    }

    private void forward(int b, int t) {
        double[] next = new double[H];
        for (int j = 0; j < H; j++) {
            double[] x = new double[G];
            double[] u = new double[G];
            for (int g = 0; g < G; g++) {
                x[g] = in[0].at(((long) b * T + t) * G * H + (long) g * H + j);
                u[g] = in[2].at((long) g * H + j);
                for (int k = 0; k < H; k++) {
                    u[g] += w.at(((long) g * H + j) * H + k) * h[k];
                }
            }
            next[j] = neuron(b, t, j, x, u);
        }
        h = next;
    }

    private double neuron(int b, int t, int j, double[] x, double[] u) {
        switch (cell) {
            case TANH -> {
                return StrictMath.tanh(x[0] + u[0]);
            }
            case RELU -> {
                return Math.max(x[0] + u[0], 0);
            }
            case LSTM -> {
                double i = sigmoid(x[0] + u[0]);
                double f = sigmoid(x[1] + u[1]);
                double g = StrictMath.tanh(x[2] + u[2]);
                double o = sigmoid(x[3] + u[3]);
                c[j] = f * c[j] + i * g;
                double tanh = StrictMath.tanh(c[j]);
                keep(out[2], b, t, j, i, f, g, o, tanh);
                return o * tanh;
            }
            case GRU -> {
                double r = sigmoid(x[0] + u[0]);
                double z = sigmoid(x[1] + u[1]);
                double n = StrictMath.tanh(x[2] + r * u[2]);
                keep(out[1], b, t, j, r, z, n, u[2]);
                return (1 - z) * n + z * h[j];
            }
        }
        throw new IllegalStateException("no rule for " + cell);
    }

    private void keep(View to, int b, int t, int j, double... values) {
        for (int k = 0; k < K; k++) {
            to.put(((long) b * T + t) * K * H + (long) k * H + j, values[k]);
        }
    }

    // ---- backward

    void backward() {
        int states = form.states();
        int gradients = in.length - states;
        int outputs = gradients - states - (K > 0 ? 1 : 0);
        sizes(in[outputs], in[0]);
        clear();
        for (int b = 0; b < B; b++) {
            double[] dh = new double[H];
            double[] dc = new double[H];
            for (int i = T - 1; i >= 0; i--) {
                int t = step(i);
                for (int j = 0; j < H; j++) {
                    dh[j] += in[gradients].at(at(b, t, j));
                    dc[j] += states == 2 ? in[gradients + 1].at(at(b, t, j)) : 0;
                }
                if (t < length(b, 1)) {
                    dh = backward(b, t, i, dh, dc, outputs);
                }
            }
            int first = out.length - states;
            for (int j = 0; j < H; j++) {
                out[first].put((long) b * H + j, dh[j]);
                if (states == 2) {
                    out[first + 1].put((long) b * H + j, dc[j]);
                }
            }
        }
    }

    /// The gradient by the state before; `dc` becomes that by the cell before.
    private double[] backward(int b, int t, int i, double[] dh, double[] dc, int outputs) {
        double[] du = new double[G * H];
        double[] before = new double[H];
        for (int j = 0; j < H; j++) {
            double[] dx = slopes(b, t, i, j, dh[j], dc, before, outputs);
            for (int g = 0; g < G; g++) {
                long to = ((long) b * T + t) * G * H + (long) g * H + j;
                out[0].put(to, dx[g]);
                du[g * H + j] = dx[dx.length == G ? g : g == 2 ? 3 : g];
                if (cell == Task.Cell.GRU) {
                    out[1].put(to, du[g * H + j]);
                }
            }
        }
        for (int k = 0; k < H; k++) {
            for (int g = 0; g < G * H; g++) {
                before[k] += du[g] * w.at((long) g * H + k);
            }
        }
        return before;
    }

    /// The gradients by what each gate gets from the input; for a GRU also that by `u` of `n`.
    private double[] slopes(int b, int t, int i, int j, double dh, double[] dc, double[] before, int outputs) {
        double y = in[outputs].at(at(b, t, j));
        double[] k = new double[K];
        View kept = in[in.length - form.states() - 1];
        for (int n = 0; n < K; n++) {
            k[n] = kept.at(((long) b * T + t) * K * H + (long) n * H + j);
        }
        switch (cell) {
            case TANH -> {
                return new double[] {dh * (1 - y * y)};
            }
            case RELU -> {
                return new double[] {y > 0 ? dh : 0};
            }
            case LSTM -> {
                double tanh = k[4], d = dc[j] + dh * k[3] * (1 - tanh * tanh);
                double old = previous(outputs + 1, 1, b, i, j);
                dc[j] = d * k[1];
                return new double[] {
                    d * k[2] * k[0] * (1 - k[0]),
                    d * old * k[1] * (1 - k[1]),
                    d * k[0] * (1 - k[2] * k[2]),
                    dh * tanh * k[3] * (1 - k[3])
                };
            }
            case GRU -> {
                double old = previous(outputs, 0, b, i, j);
                double dn = dh * (1 - k[1]) * (1 - k[2] * k[2]);
                before[j] = dh * k[1];
                return new double[] {dn * k[3] * k[0] * (1 - k[0]), dh * (old - k[2]) * k[1] * (1 - k[1]), dn, dn * k[0]
                };
            }
        }
        throw new IllegalStateException("no rule for " + cell);
    }

    /// The state before the `i`-th step that was taken.
    private double previous(int states, int which, int b, int i, int j) {
        return i > 0 ? in[states].at(at(b, step(i - 1), j)) : start(1, which, b, j);
    }
}
