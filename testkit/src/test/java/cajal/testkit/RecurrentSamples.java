package cajal.testkit;

import static cajal.testkit.Sample.op;
import static cajal.testkit.Sample.s;

import cajal.kernel.Task.Cell;
import cajal.kernel.Task.RecurrenceForm;
import cajal.tensor.Engine;
import cajal.tensor.Ops;
import cajal.tensor.Recurrence;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Lines for recurrent layers: every cell, both directions, with and without first states and lengths.
final class RecurrentSamples {
    private RecurrentSamples() {}

    static List<Sample> recurrences() {
        List<Sample> all = new ArrayList<>();
        for (Cell cell : Cell.values()) {
            all.add(plain(cell, false));
            all.add(full(cell, true));
        }
        all.add(full(Cell.LSTM, false));
        all.add(full(Cell.GRU, false));
        all.add(op("recurrenceGradient", (w, h, g) -> gradient(w, h, g))
                .on(s(2, 2), s(1, 3, 2), s(1, 3, 2))
                .flat()
                .answer(in -> gradient(in[0], in[1], in[2])));
        return List.copyOf(all);
    }

    private static Sample plain(Cell cell, boolean reverse) {
        long g = cell.gates();
        var form = new RecurrenceForm(cell, reverse, false, false);
        return op("recurrence", (x, w, b) -> Engine.run(new Recurrence(form), x, w, b)[0])
                .on(s(2, 3, 2 * g), s(2 * g, 2), s(2 * g))
                .on(s(1, 1, g), s(g, 1), s(g))
                .on(s(0, 2, g), s(g, 1), s(g))
                .range(-1, 1)
                .f32(1e-5)
                .answer(in -> states(form, in));
    }

    /// First states, lengths, and for an LSTM what is answered for its cells beside the states.
    private static Sample full(Cell cell, boolean reverse) {
        long g = cell.gates();
        var form = new RecurrenceForm(cell, reverse, true, true);
        int n = 4 + form.states();
        Sample sample = op("recurrence", n, in -> {
                    Tensor[] out = Engine.run(new Recurrence(form), in);
                    return form.states() == 2 ? Tensor.concat(1, out[0], out[1]) : out[0];
                })
                .index(n - 1, 4)
                .range(-1, 1)
                .f32(1e-5);
        sample = cell == Cell.LSTM
                ? sample.on(s(3, 3, 2 * g), s(2 * g, 2), s(2 * g), s(3, 2), s(3, 2), s(3))
                : sample.on(s(3, 3, 2 * g), s(2 * g, 2), s(2 * g), s(3, 2), s(3));
        return sample.answer(in -> states(form, in));
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }

    private static Values states(RecurrenceForm form, Values... in) {
        int hidden = in[1].dim(1);
        int steps = in[0].dim(1);
        boolean both = form.states() == 2 && form.started();
        double[][][] all = new double[in[0].dim(0)][both ? 2 * steps : steps][hidden];
        for (int b = 0; b < all.length; b++) {
            double[] h = new double[hidden];
            double[] c = new double[hidden];
            for (int j = 0; j < hidden && form.started(); j++) {
                h[j] = in[3].at(b, j);
                c[j] = form.states() == 2 ? in[4].at(b, j) : 0;
            }
            for (int i = 0; i < steps; i++) {
                int t = form.reverse() ? steps - 1 - i : i;
                if (!form.lengths() || t < in[in.length - 1].at(b)) {
                    double[] old = h.clone();
                    for (int j = 0; j < hidden; j++) {
                        h[j] = neuron(form.cell(), in, b, t, j, old, c);
                    }
                }
                all[b][t] = h.clone();
                if (both) {
                    all[b][steps + t] = c.clone();
                }
            }
        }
        long[] dims = {all.length, both ? 2L * steps : steps, hidden};
        return Values.fill(dims, i -> all[(int) i[0]][(int) i[1]][(int) i[2]]);
    }

    private static double neuron(Cell cell, Values[] in, int b, int t, int j, double[] h, double[] c) {
        double[] x = new double[cell.gates()];
        double[] u = new double[cell.gates()];
        for (int g = 0; g < x.length; g++) {
            int row = g * h.length + j;
            x[g] = in[0].at(b, t, row);
            u[g] = in[2].at(row);
            for (int k = 0; k < h.length; k++) {
                u[g] += in[1].at(row, k) * h[k];
            }
        }
        return switch (cell) {
            case TANH -> StrictMath.tanh(x[0] + u[0]);
            case RELU -> Math.max(0, x[0] + u[0]);
            case LSTM -> {
                c[j] = sigmoid(x[1] + u[1]) * c[j] + sigmoid(x[0] + u[0]) * StrictMath.tanh(x[2] + u[2]);
                yield sigmoid(x[3] + u[3]) * StrictMath.tanh(c[j]);
            }
            case GRU -> {
                double z = sigmoid(x[1] + u[1]);
                yield (1 - z) * StrictMath.tanh(x[2] + sigmoid(x[0] + u[0]) * u[2]) + z * h[j];
            }
        };
    }

    /// Of a layer with tanh, by what its neurons get: from weights, states, and the states' gradients.
    private static Tensor gradient(Tensor w, Tensor h, Tensor g) {
        var op = Ops.of(
                "recurrenceGradient", Map.of("cell", "TANH", "reverse", false, "started", false, "lengths", false));
        return Engine.run(op, w, h, g)[0];
    }

    private static Values gradient(Values w, Values h, Values g) {
        double[][] dz = new double[h.dim(1)][h.dim(2)];
        for (int t = h.dim(1) - 1; t >= 0; t--) {
            for (int j = 0; j < h.dim(2); j++) {
                double d = g.at(0, t, j);
                for (int k = 0; k < h.dim(2) && t + 1 < h.dim(1); k++) {
                    d += dz[t + 1][k] * w.at(k, j);
                }
                dz[t][j] = d * (1 - h.at(0, t, j) * h.at(0, t, j));
            }
        }
        return Values.fill(h.dims(), i -> dz[(int) i[1]][(int) i[2]]);
    }
}
