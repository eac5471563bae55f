package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.tensor.Context;
import cajal.tensor.Engine;
import cajal.tensor.Param;
import cajal.tensor.Recurrence;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// What [RNN], [LSTM] and [GRU] share: layers, directions, first and last states, sequences of different
/// lengths.
///
/// As a [Layer] it gives the outputs of all steps; [#run] also gives the last states.
///
/// **Shapes** `(B, T, in)` gives `(B, T, H)`, or `(B, T, 2·H)` with both directions; states
/// `(layers·directions, B,
/// H)`, layer by layer, forward before backward. The batch is always the first axis (PyTorch wants
/// `batch_first=True`
/// for that). Parameters are named as in PyTorch: `weight_ih_l0 (gates·H, in)`, `weight_hh_l0 (gates·H, H)`,
/// `bias_ih_l0`, `bias_hh_l0 (gates·H)`, then `..._l0_reverse`, `..._l1`, ...
///
/// **Initial values** all uniform in ±1/sqrt(H), as in PyTorch.
///
/// @param <S> the layer itself, which options answer
public abstract sealed class Recurrent<S extends Recurrent<S>> extends Block permits RNN, LSTM, GRU {
    private long in;
    private final long hidden;
    private int layers = 1;
    private boolean both;
    private boolean bias = true;
    private double dropout;
    private final Map<String, Param> params = new LinkedHashMap<>();

    Recurrent(long in, long hidden) {
        if (in < 0 || hidden < 1) {
            throw new ShapeException(kind() + "(" + in + ", " + hidden + ")\n  rule: sizes are at least 1");
        }
        this.in = in;
        this.hidden = hidden;
    }

    /// What a recurrent layer gives.
    ///
    /// @param outputs the outputs of all steps, 0 beyond a sequence's length
    /// @param states the states after each sequence's last step, for an LSTM also those of the cells
    public record Result(Tensor outputs, List<Tensor> states) {
        /// The last states, `(layers·directions, B, H)`.
        public Tensor hidden() {
            return states.getFirst();
        }

        /// The last states of an LSTM's cells, `(layers·directions, B, H)`.
        ///
        /// **Throws** [IllegalStateException] if it was no LSTM.
        public Tensor cell() {
            if (states.size() < 2) {
                throw new IllegalStateException("Only an LSTM has cell states\n  fix:  hidden() gives the states");
            }
            return states.get(1);
        }
    }

    abstract S self();

    abstract Task.Cell cell();

    private String kind() {
        return getClass().getSimpleName();
    }

    // ---- options

    /// With `n` layers, each of which reads the outputs of the one before.
    public S layers(int n) {
        checkUnsealed();
        if (n < 1) {
            throw new IllegalArgumentException(kind() + " with " + n + " layers\n  rule: at least 1");
        }
        layers = n;
        return self();
    }

    /// Each layer also reads the sequence backwards; the outputs of both directions lie side by side.
    public S bidirectional() {
        checkUnsealed();
        both = true;
        return self();
    }

    /// In training, drops with probability `p` what goes from one layer to the next.
    public S dropout(double p) {
        checkUnsealed();
        dropout = new Dropout(p).p();
        return self();
    }

    /// Without biases.
    public S noBias() {
        checkUnsealed();
        bias = false;
        return self();
    }

    // ---- parameters

    @Override
    protected void seal() {
        if (in > 0) {
            declare();
        }
    }

    @Override
    protected boolean isOpen() {
        return in == 0;
    }

    @Override
    protected void infer(Shape input) {
        if (in == 0) {
            in = input.dim(-1);
            declare();
        }
    }

    @Override
    protected void inferFrom(Map<String, Tensor> values) {
        Tensor w = values.get("weight_ih_l0");
        if (w != null && w.rank() == 2) {
            in = w.dim(1);
            declare();
        }
    }

    private void declare() {
        double bound = 1 / Math.sqrt((double) hidden);
        Init init = Init.uniform(-bound, bound);
        long rows = cell().gates() * hidden;
        for (int layer = 0; layer < layers; layer++) {
            for (int d = 0; d < directions(); d++) {
                String end = end(layer, d == 1);
                long wide = layer == 0 ? in : directions() * hidden;
                own("weight_ih" + end, init, rows, wide);
                own("weight_hh" + end, init, rows, hidden);
                if (bias) {
                    own("bias_ih" + end, init, rows);
                    own("bias_hh" + end, init, rows);
                }
            }
        }
    }

    private void own(String name, Init init, long... dims) {
        params.put(name, param(name, init, dims));
    }

    private static String end(int layer, boolean reverse) {
        return "_l" + layer + (reverse ? "_reverse" : "");
    }

    private int directions() {
        return both ? 2 : 1;
    }

    private Param named(String name) {
        return Objects.requireNonNull(params.get(name), name);
    }

    // ---- calling

    @Override
    protected Tensor forward(Tensor x) {
        return through(x, List.of(), List.of())[0];
    }

    /// Outputs and last states, from states of 0.
    public Result run(Tensor x) {
        return run(x, List.of());
    }

    /// Outputs and last states, from given states `(layers·directions, B, H)`; an LSTM wants two, states and
    /// cells.
    public Result run(Tensor x, List<Tensor> start) {
        return result(calls(() -> through(x, start, List.of()), inputs(x, start, List.of())));
    }

    /// Outputs and last states of sequences that end after `lengths (B)` steps.
    public Result run(Tensor x, Tensor lengths) {
        return run(x, List.of(), lengths);
    }

    /// Outputs and last states of sequences that end after `lengths (B)` steps, from given states.
    ///
    /// **Throws** [ShapeException] for a length below 1 or beyond the steps that there are.
    public Result run(Tensor x, List<Tensor> start, Tensor lengths) {
        return result(calls(() -> through(x, start, List.of(lengths)), inputs(x, start, List.of(lengths))));
    }

    private static Tensor[] inputs(Tensor x, List<Tensor> start, List<Tensor> lengths) {
        List<Tensor> all = new ArrayList<>(List.of(x));
        all.addAll(start);
        all.addAll(lengths);
        return all.toArray(Tensor[]::new);
    }

    private static Result result(Tensor[] out) {
        return new Result(out[0], List.of(out).subList(1, out.length));
    }

    /// Outputs, then the last states.
    private Tensor[] through(Tensor x, List<Tensor> start, List<Tensor> lengths) {
        check(x, start, lengths);
        int kinds = cell() == Task.Cell.LSTM ? 2 : 1;
        List<List<Tensor>> last = List.of(new ArrayList<>(), new ArrayList<>());
        Tensor y = x;
        for (int layer = 0; layer < layers; layer++) {
            Tensor input = layer == 0 || dropout == 0 ? y : new Dropout(dropout).apply(y);
            Tensor[] sides = new Tensor[directions()];
            for (int d = 0; d < sides.length; d++) {
                int number = layer * directions() + d;
                Tensor[] states = direction(input, layer, d == 1, start, number, lengths);
                long end = d == 1 ? 0 : x.dim(1) - 1;
                for (int k = 0; k < kinds; k++) {
                    last.get(k).add(states[k].select(1, end));
                }
                sides[d] = lengths.isEmpty() ? states[0] : cut(states[0], lengths.getFirst());
            }
            y = sides.length == 1 ? sides[0] : Tensor.concat(-1, sides);
        }
        Tensor[] out = new Tensor[1 + kinds];
        out[0] = y;
        for (int k = 0; k < kinds; k++) {
            out[k + 1] = Tensor.stack(0, last.get(k).toArray(Tensor[]::new));
        }
        return out;
    }

    private Tensor[] direction(
            Tensor x, int layer, boolean reverse, List<Tensor> start, int number, List<Tensor> lengths) {
        String end = end(layer, reverse);
        Tensor w = named("weight_ih" + end);
        List<Tensor> all = new ArrayList<>();
        all.add(bias ? x.affine(w, named("bias_ih" + end)) : x.matmul(w.t())); // all steps in one product
        all.add(named("weight_hh" + end));
        all.add(bias ? named("bias_hh" + end) : Tensor.zeros(x.dtype(), Shape.of(w.dim(0))));
        start.forEach(s -> all.add(s.select(0, number)));
        all.addAll(lengths);
        var form = new Task.RecurrenceForm(cell(), reverse, !start.isEmpty(), !lengths.isEmpty());
        return Engine.run(new Recurrence(form), all.toArray(Tensor[]::new));
    }

    /// The states, 0 beyond each sequence's length.
    private static Tensor cut(Tensor states, Tensor lengths) {
        Tensor step = Tensor.arange(states.dim(1)).reshape(1, states.dim(1), 1);
        Tensor going = step.lt(lengths.reshape(lengths.size(), 1, 1));
        return Tensor.where(going, states, Tensor.scalar(0, states.dtype()));
    }

    private void check(Tensor x, List<Tensor> start, List<Tensor> lengths) {
        String path = kind() + " '" + Context.current().path() + "'";
        if (x.rank() != 3 || x.dim(2) != in || x.dim(1) == 0) {
            throw new ShapeException(path + " expects (B, T, " + in + ") but got " + x.shape()
                    + "\n  rule: batch, steps (at least one), inputs"
                    + (x.rank() == 2 && x.dim(1) == in ? "\n  fix:  one sequence is x.unsqueeze(0)" : ""));
        }
        int kinds = cell() == Task.Cell.LSTM ? 2 : 1;
        Shape states = Shape.of((long) layers * directions(), x.dim(0), hidden);
        boolean fit = start.isEmpty() || start.size() == kinds;
        for (Tensor s : start) {
            fit &= s.shape().equals(states);
        }
        if (!fit) {
            throw new ShapeException(path + " got first states "
                    + start.stream().map(Tensor::shape).toList() + "\n  rule: " + kinds + " of shape " + states
                    + ": (layers·directions, B, H)");
        }
        if (!lengths.isEmpty()) {
            checkLengths(path, x, lengths.getFirst());
        }
    }

    private static void checkLengths(String path, Tensor x, Tensor lengths) {
        if (!lengths.shape().equals(Shape.of(x.dim(0))) || lengths.dtype().isFloat()) {
            throw new ShapeException(path + " got lengths of shape " + lengths.shape() + " and type " + lengths.dtype()
                    + "\n  rule: one whole number for each of the " + x.dim(0) + " sequences");
        }
        long[] n = lengths.toLongs();
        for (int b = 0; b < n.length; b++) {
            if (n[b] < 1 || n[b] > x.dim(1)) {
                throw new ShapeException(path + " got sequence " + b + " of length " + n[b] + ", but there are "
                        + x.dim(1) + " steps\n  rule: lengths lie in 1 .. " + x.dim(1));
            }
        }
    }

    // ---- description

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>();
        constants.put("in", in);
        constants.put("hidden", hidden);
        constants.put("layers", (long) layers);
        constants.put("bidirectional", both);
        constants.put("dropout", dropout);
        constants.put("bias", bias);
        constants.put("cell", cell().name());
        return Optional.of(Spec.of(kind(), constants));
    }

    /// The options that a description names.
    S options(Spec spec) {
        layers((int) spec.number("layers"));
        dropout(spec.real("dropout"));
        both = spec.flag("bidirectional");
        bias = spec.flag("bias");
        return self();
    }

    @Override
    public String describe() {
        return kind() + "(" + (in == 0 ? "?" : in) + " -> " + hidden + (layers > 1 ? ", " + layers + " layers" : "")
                + (both ? ", both directions" : "") + ")";
    }
}
