package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A recurrent layer over all steps of a batch of sequences: `h_t = cell(x_t, W·h_(t-1) + b)`; the cells stand
/// at
/// [cajal.kernel.Task.Cell].
///
/// What the gates get from the input, `x`, is computed before, for all steps in one product. A sequence that
/// has ended
/// keeps its state, so the state after its last step stands at the end (in reverse, at the beginning).
///
/// **Shapes** inputs: `x (B, T, G·H)`, `W (G·H, H)`, `b (G·H)`, then the first states `(B, H)`, for an LSTM
/// also the
/// first cells, then lengths `(B)`, the last two if the form says so. Outputs: states `(B, T, H)`, for an LSTM
/// also the cells, and what the gradient needs of the gates.
///
/// **Gradient** through all steps; that by `W` is one product over all of them.
///
/// **Source** Elman, "Finding structure in time", 1990; Hochreiter and Schmidhuber, "Long short-term memory",
/// 1997;
/// Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, with the reset gate behind
/// the
/// product as in PyTorch.
///
/// @param form what is computed
public record Recurrence(Task.RecurrenceForm form) implements Op {
    static Task.RecurrenceForm form(Attributes a) {
        return new Task.RecurrenceForm(
                a.choice("cell", Task.Cell.class), a.flag("reverse"), a.flag("started"), a.flag("lengths"));
    }

    static Map<String, Object> attributes(Task.RecurrenceForm form) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("cell", form.cell().name());
        map.put("reverse", form.reverse());
        map.put("started", form.started());
        map.put("lengths", form.lengths());
        return map;
    }

    @Override
    public Map<String, Object> attributes() {
        return attributes(form);
    }

    private int gates() {
        return form.cell().gates();
    }

    private boolean lstm() {
        return form.cell() == Task.Cell.LSTM;
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape x = in[0];
        Shape w = in[1];
        boolean fits = x.rank() == 3
                && w.rank() == 2
                && x.dim(1) > 0
                && w.dim(0) == gates() * w.dim(1)
                && x.dim(2) == w.dim(0)
                && in[2].equals(Shape.of(w.dim(0)));
        if (!fits) {
            throw new ShapeException("A recurrence of inputs " + x + ", weights " + w + " and bias " + in[2]
                    + "\n  rule: (batch, steps, " + gates() + "·H), (" + gates() + "·H, H) and (" + gates()
                    + "·H), at least one step");
        }
        Shape state = Shape.of(x.dim(0), w.dim(1));
        for (int i = 3; i < in.length; i++) {
            boolean lengths = form.lengths() && i == in.length - 1;
            Shape rule = lengths ? Shape.of(x.dim(0)) : state;
            if (!in[i].equals(rule)) {
                throw new ShapeException((lengths ? "The lengths of sequences" : "The first state of a recurrence")
                        + (lengths ? " have" : " has") + " shape " + in[i] + "\n  rule: "
                        + (lengths ? "one number a sequence: " : "one number a sequence and neuron: ") + rule);
            }
        }
        Shape states = Shape.of(x.dim(0), x.dim(1), w.dim(1));
        Shape kept = states.with(2, w.dim(1) * form.cell().kept());
        return lstm()
                ? new Shape[] {states, states, kept}
                : form.cell() == Task.Cell.GRU ? new Shape[] {states, kept} : new Shape[] {states};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return Op.super.dtype(output, in).toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Recurrence(form), in, out);
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return in[0].dim(0) * in[0].dim(1) * in[1].size(); // the states' product; the inputs' is an affine
    }

    private int inputs() {
        return 3 + (form.started() ? form.states() : 0) + (form.lengths() ? 1 : 0);
    }

    private int outputs() {
        return form.states() + (form.cell().kept() > 0 ? 1 : 0);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        Saves s = Saves.NOTHING;
        for (int i = 0; i < inputs(); i++) {
            s = s.in(i);
        }
        for (int i = 0; i < outputs(); i++) {
            s = s.out(i);
        }
        return s;
    }

    @Override
    public Grads backward(Backward b) {
        return Expansion.grads(b, this::composed, () -> fused(b));
    }

    private Tensor[] fused(Backward b) {
        int states = form.states();
        Tensor[] in = new Tensor[inputs() - 2 + outputs() + states];
        int n = 0;
        in[n++] = b.in(1);
        for (int i = 3; i < inputs(); i++) {
            in[n++] = b.in(i);
        }
        for (int i = 0; i < outputs(); i++) {
            in[n++] = b.out(i);
        }
        for (int i = 0; i < states; i++) {
            in[n++] = b.grad(i);
        }
        Tensor[] g = Engine.run(new RecurrenceGradient(form), in);
        boolean gru = form.cell() == Task.Cell.GRU;
        Shape rows = MatMul.rows(g[0].shape());
        Tensor du = g[gru ? 1 : 0].reshape(rows);
        Tensor before = before(b);
        Tensor dw = du.t().matmul(before.reshape(MatMul.rows(before.shape()))); // (G·H, B·T)·(B·T, H)
        Tensor[] all = new Tensor[3 + (form.started() ? states : 0)];
        all[0] = g[0];
        all[1] = dw;
        all[2] = du.sum(0);
        for (int i = 3; i < all.length; i++) {
            all[i] = g[g.length - states + i - 3];
        }
        return all;
    }

    /// The state before each step.
    private Tensor before(Backward b) {
        Tensor hs = b.out(0);
        long steps = hs.dim(1);
        Tensor others = form.reverse() ? hs.slice(1, 1, steps) : hs.slice(1, 0, steps - 1);
        if (!form.started()) {
            return form.reverse() ? others.pad(0, 0, 0, 1) : others.pad(0, 0, 1, 0);
        }
        Tensor start = b.in(3).unsqueeze(1);
        return form.reverse() ? Tensor.concat(1, others, start) : Tensor.concat(1, start, others);
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        return Optional.of(composed(in)[0]);
    }

    private Tensor[] composed(Tensor... in) {
        int steps = (int) in[0].dim(1);
        Shape state = Shape.of(in[0].dim(0), in[1].dim(1));
        DType type = dtype(0, in[0].dtype(), in[1].dtype());
        Tensor h = form.started() ? in[3] : Tensor.zeros(type, state);
        Tensor c = form.started() && lstm() ? in[4] : Tensor.zeros(type, state);
        Tensor[] hs = new Tensor[steps];
        Tensor[] cs = new Tensor[steps];
        for (int i = 0; i < steps; i++) {
            int t = form.reverse() ? steps - 1 - i : i;
            Tensor[] next = step(in[0].select(1, t), h.matmul(in[1].t()).add(in[2]), h, c);
            if (form.lengths()) {
                Tensor going = in[inputs() - 1].gt(t).unsqueeze(1);
                next[0] = Tensor.where(going, next[0], h);
                next[1] = Tensor.where(going, next[1], c);
            }
            h = hs[t] = next[0];
            c = cs[t] = next[1];
        }
        return lstm() ? new Tensor[] {Tensor.stack(1, hs), Tensor.stack(1, cs)} : new Tensor[] {Tensor.stack(1, hs)};
    }

    private Tensor[] step(Tensor x, Tensor u, Tensor h, Tensor c) {
        long n = h.dim(1);
        return switch (form.cell()) {
            case TANH -> new Tensor[] {x.add(u).tanh(), c};
            case RELU -> new Tensor[] {x.add(u).relu(), c};
            case LSTM -> {
                List<Tensor> z = x.add(u).split(1, n, n, n, n);
                Tensor cell = z.get(1)
                        .sigmoid()
                        .mul(c)
                        .add(z.get(0).sigmoid().mul(z.get(2).tanh()));
                yield new Tensor[] {z.get(3).sigmoid().mul(cell.tanh()), cell};
            }
            case GRU -> {
                List<Tensor> from = x.split(1, n, n, n);
                List<Tensor> own = u.split(1, n, n, n);
                Tensor r = from.get(0).add(own.get(0)).sigmoid();
                Tensor z = from.get(1).add(own.get(1)).sigmoid();
                Tensor m = from.get(2).add(r.mul(own.get(2))).tanh();
                yield new Tensor[] {m.sub(z.mul(m)).add(z.mul(h)), c};
            }
        };
    }
}
