package cajal.kernel;

/// Recurrent layers in single precision: some sequences at a time go through all steps, so that threads meet
/// once a layer, not once a step.
///
/// Legend: `T` steps, `H` neurons, `G` gates, `K` numbers kept a neuron; `m` sequences from `b0`; `z` what the
/// gates get, then their values.
final class RecurrenceLoop {
    private static final int BLOCK = 16; // sequences

    private final FloatPrimitives fns;
    private final Task.RecurrenceForm form;
    private final Task.Cell cell;
    private final View[] in;
    private final View[] out;
    private final int first; // the place of the first state among the inputs
    private final int T, H, G, K;

    private RecurrenceLoop(
            FloatPrimitives fns, Task.RecurrenceForm form, View[] in, View[] out, View states, int first) {
        this.fns = fns;
        this.form = form;
        this.cell = form.cell();
        this.in = in;
        this.out = out;
        this.first = first;
        T = (int) states.shape().dim(1);
        H = (int) states.shape().dim(2);
        G = cell.gates();
        K = cell.kept();
    }

    private static boolean handles(Task.RecurrenceForm form, int lengths, View[] in, View[] out) {
        for (View v : out) {
            if (v.dtype() != DType.F32 || !v.isDense()) {
                return false;
            }
        }
        for (int i = 0; i < in.length; i++) {
            boolean integers = form.lengths() && i == lengths;
            if (!(in[i].storage() instanceof HostStorage) || !integers && in[i].dtype() != DType.F32) {
                return false;
            }
        }
        return true;
    }

    /// Steps beyond a sequence's end write nothing.
    private void clear() {
        for (View v : form.lengths() ? out : new View[0]) {
            v.clear();
        }
    }

    private int step(int i) {
        return form.reverse() ? T - 1 - i : i;
    }

    private int[] lengths(int b0, int m) {
        int[] n = new int[m];
        for (int r = 0; r < m; r++) {
            n[r] = form.lengths() ? (int) in[first + (form.started() ? form.states() : 0)].at(b0 + r) : T;
        }
        return n;
    }

    /// Copies row `(b, t)` of a view of `(B, T, n)`, or row `b` of one of `(B, n)` if `t` is below 0.
    private static void read(View v, int b, int t, float[] to, int at, int n) {
        long from = v.offset() + b * v.stride(0) + (t < 0 ? 0 : t * v.stride(1));
        int step = (int) v.stride(-1);
        if (step == 1) {
            System.arraycopy(v.floats(), (int) from, to, at, n);
            return;
        }
        for (int j = 0; j < n; j++) {
            to[at + j] = v.floats()[(int) from + j * step];
        }
    }

    /// Where row `(b, t)` of a view of `(B, T, n)` begins.
    private static int at(View v, int b, int t) {
        return (int) (v.offset() + b * v.stride(0) + t * v.stride(1));
    }

    /// Adds such a row to `to`; `row` is scratch.
    private void add(View v, int b, int t, float[] row, float[] to, int at, int n) {
        if (v.stride(-1) == 1) {
            fns.addScaled(v.floats(), at(v, b, t), 1, to, at, n);
        } else {
            read(v, b, t, row, 0, n);
            fns.addScaled(row, 0, 1, to, at, n);
        }
    }

    private void write(View v, int b, int t, float[] from, int at, int n) {
        System.arraycopy(from, at, v.floats(), v.start() + (b * T + t) * n, n);
    }

    private void start(int which, int b0, int m, float[] to) {
        for (int r = 0; r < m; r++) {
            if (form.started()) {
                read(in[first + which], b0 + r, -1, to, r * H, H);
            } else {
                java.util.Arrays.fill(to, r * H, r * H + H, 0);
            }
        }
    }

    // ---- forward

    static boolean forward(FloatPrimitives fns, Task.RecurrenceForm form, View[] in, View[] out) {
        if (!handles(form, 3 + (form.started() ? form.states() : 0), in, out)) {
            return false;
        }
        RecurrenceLoop loop = new RecurrenceLoop(fns, form, in, out, out[0], 3);
        loop.clear();
        FloatMatrix w = matrix(in[1]).transposed();
        int length = fns.rightSideLength(w);
        float[] kept = Prepacked.of(in[1], fns, Prepacked.Role.TURNED, length, to -> fns.copyRightSide(w, to));
        float[] copy = kept != null ? kept : Scratch.shared().take(length);
        if (kept == null) fns.copyRightSide(w, copy);
        RightSide weights = fns.rightSide(w, copy);
        Workers.ranges((int) out[0].shape().dim(0), BLOCK, (from, to) -> loop.forward(from, to - from, weights));
        if (kept == null) Scratch.shared().give(copy);
        return true;
    }

    private static FloatMatrix matrix(View w) {
        int rows = (int) w.shape().dim(0), columns = (int) w.shape().dim(1);
        return new FloatMatrix(w.floats(), w.start(), rows, columns, (int) w.stride(0), (int) w.stride(1));
    }

    private void forward(int b0, int m, RightSide weights) {
        Scratch pool = Scratch.shared();
        float[] h = pool.take(m * H), c = pool.take(m * H), fresh = pool.take(m * H);
        float[] z = pool.take(m * G * H), x = pool.take(G * H), bias = pool.take(G * H);
        int[] lengths = lengths(b0, m);
        read(in[2], 0, -1, bias, 0, G * H);
        start(0, b0, m, h);
        if (form.states() == 2) {
            start(1, b0, m, c);
        }
        Product sums = weights.affine(FloatMatrix.of(h, m, H), bias, 0, FloatMatrix.of(z, m, G * H));
        for (int i = 0; i < T; i++) {
            int t = step(i);
            sums.compute(0, 0, 0);
            for (int r = 0; r < m; r++) {
                if (t < lengths[r]) {
                    neurons(b0 + r, t, r, z, x, h, c, fresh);
                }
                write(out[0], b0 + r, t, h, r * H, H);
                if (form.states() == 2) {
                    write(out[1], b0 + r, t, c, r * H, H);
                }
            }
        }
        for (float[] used : new float[][] {h, c, fresh, z, x, bias}) {
            pool.give(used);
        }
    }

    /// One step of one sequence, row `r` of the block.
    private void neurons(int b, int t, int r, float[] z, float[] x, float[] h, float[] c, float[] fresh) {
        int at = r * G * H;
        if (cell == Task.Cell.GRU) { // its last gate is not a sum
            read(in[0], b, t, x, 0, G * H);
            fns.addScaled(x, 0, 1, z, at, 2 * H);
        } else if (cell != Task.Cell.LSTM) {
            add(in[0], b, t, x, z, at, G * H);
        }
        switch (cell) {
            case TANH -> apply(Scalar.TANH, z, at, h, r * H, H);
            case RELU -> {
                for (int j = 0; j < H; j++) {
                    h[r * H + j] = Math.max(z[at + j], 0);
                }
            }
            case LSTM -> {
                View u = in[0];
                boolean there = u.stride(-1) == 1;
                if (!there) {
                    read(u, b, t, x, 0, 4 * H);
                }
                float[] from = there ? u.floats() : x;
                int xs = there ? at(u, b, t) : 0;
                int to = out[2].start() + (b * T + t) * K * H;
                fns.lstm(from, xs, z, at, c, h, r * H, out[2].floats(), to, H);
            }
            case GRU -> {
                apply(Scalar.SIGMOID, z, at, z, at, 2 * H);
                for (int j = 0; j < H; j++) {
                    fresh[r * H + j] = x[2 * H + j] + z[at + j] * z[at + 2 * H + j];
                }
                apply(Scalar.TANH, fresh, r * H, fresh, r * H, H);
                for (int j = 0; j < H; j++) {
                    float gate = z[at + H + j];
                    h[r * H + j] = (1 - gate) * fresh[r * H + j] + gate * h[r * H + j];
                }
                int to = out[1].start() + (b * T + t) * 4 * H;
                System.arraycopy(z, at, out[1].floats(), to, 2 * H);
                System.arraycopy(fresh, r * H, out[1].floats(), to + 2 * H, H);
                System.arraycopy(z, at + 2 * H, out[1].floats(), to + 3 * H, H);
            }
        }
    }

    private void apply(Scalar fn, float[] from, int at, float[] to, int start, int n) {
        fns.apply(fn, from, at, from, at, from, at, to, start, n);
    }

    // ---- backward

    static boolean backward(FloatPrimitives fns, Task.RecurrenceForm form, View[] in, View[] out) {
        int lengths = 1 + (form.started() ? form.states() : 0);
        if (!handles(form, lengths, in, out)) {
            return false;
        }
        View states = in[lengths + (form.lengths() ? 1 : 0)];
        RecurrenceLoop loop = new RecurrenceLoop(fns, form, in, out, states, 1);
        loop.clear();
        FloatMatrix w = matrix(in[0]);
        float[] copy = Scratch.shared().take(fns.rightSideLength(w));
        fns.copyRightSide(w, copy);
        RightSide weights = fns.rightSide(w, copy);
        Workers.ranges((int) states.shape().dim(0), BLOCK, (from, to) -> loop.backward(from, to - from, weights));
        Scratch.shared().give(copy);
        return true;
    }

    private void backward(int b0, int m, RightSide weights) {
        Scratch pool = Scratch.shared();
        float[] dh = pool.take(m * H), dc = pool.take(m * H), du = pool.take(m * G * H);
        float[] row = pool.take((K + 2) * H);
        java.util.Arrays.fill(dh, 0, m * H, 0);
        java.util.Arrays.fill(dc, 0, m * H, 0);
        int[] lengths = lengths(b0, m);
        int states = form.states();
        Product through = weights.product(FloatMatrix.of(du, m, G * H), FloatMatrix.of(dh, m, H), true);
        for (int i = T - 1; i >= 0; i--) {
            int t = step(i);
            for (int r = 0; r < m; r++) {
                add(in[in.length - states], b0 + r, t, row, dh, r * H, H);
                if (states == 2) {
                    add(in[in.length - 1], b0 + r, t, row, dc, r * H, H);
                }
                if (t < lengths[r]) {
                    slopes(b0 + r, t, i, r, dh, dc, du, row);
                    write(out[0], b0 + r, t, du, r * G * H, G * H);
                    if (cell == Task.Cell.GRU) { // the last gate gets the state times the reset gate
                        System.arraycopy(row, K * H, du, (r * G + 2) * H, H);
                        write(out[1], b0 + r, t, du, r * G * H, G * H);
                    }
                } else {
                    java.util.Arrays.fill(du, r * G * H, (r + 1) * G * H, 0);
                }
            }
            through.compute(0, 0, 0);
        }
        int to = out.length - states;
        System.arraycopy(dh, 0, out[to].floats(), out[to].start() + b0 * H, m * H);
        if (states == 2) {
            System.arraycopy(dc, 0, out[to + 1].floats(), out[to + 1].start() + b0 * H, m * H);
        }
        for (float[] used : new float[][] {dh, dc, du, row}) {
            pool.give(used);
        }
    }

    /// The gradients of one step of one sequence by what the gates get from the input, in row `r` of `du`;
    /// `dh` becomes what reaches the state before past the gates, `dc` what reaches the cell before.
    private void slopes(int b, int t, int i, int r, float[] dh, float[] dc, float[] dx, float[] row) {
        int kept = in.length - form.states() - 1;
        int hs = in.length - 2 * form.states() - (K > 0 ? 1 : 0);
        int d = r * H, to = r * G * H;
        int y = K * H, old = y + H;
        switch (cell) {
            case TANH, RELU -> {
                read(in[hs], b, t, row, y, H);
                for (int j = 0; j < H; j++) {
                    float v = row[y + j];
                    float slope = cell == Task.Cell.TANH ? 1 - v * v : v > 0 ? 1 : 0;
                    dx[to + j] = dh[d + j] * slope;
                    dh[d + j] = 0;
                }
            }
            case LSTM -> {
                boolean there = in[kept].stride(-1) == 1, cells = i > 0 && in[hs + 1].stride(-1) == 1;
                if (!there) read(in[kept], b, t, row, 0, K * H);
                if (!cells) previous(hs + 1, 1, b, i, row, old);
                float[] from = there ? in[kept].floats() : row, before = cells ? in[hs + 1].floats() : row;
                int ks = there ? at(in[kept], b, t) : 0, ps = cells ? at(in[hs + 1], b, step(i - 1)) : old;
                fns.lstmSlopes(from, ks, before, ps, dh, dc, d, dx, to, H);
            }
            case GRU -> {
                read(in[kept], b, t, row, 0, K * H);
                previous(hs, 0, b, i, row, old);
                for (int j = 0; j < H; j++) {
                    float reset = row[j], z = row[H + j], n = row[2 * H + j], u = row[3 * H + j];
                    float dn = dh[d + j] * (1 - z) * (1 - n * n);
                    dx[to + j] = dn * u * reset * (1 - reset);
                    dx[to + H + j] = dh[d + j] * (row[old + j] - n) * z * (1 - z);
                    dx[to + 2 * H + j] = dn;
                    row[y + j] = dn * reset;
                    dh[d + j] *= z;
                }
            }
        }
    }

    private void previous(int states, int which, int b, int i, float[] row, int at) {
        if (i > 0) {
            read(in[states], b, step(i - 1), row, at, H);
        } else if (form.started()) {
            read(in[first + which], b, -1, row, at, H);
        } else {
            java.util.Arrays.fill(row, at, at + H, 0);
        }
    }
}
