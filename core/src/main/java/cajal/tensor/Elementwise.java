package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.kernel.Program;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A pointwise function `y_i = f(a_i, b_i, ...)` with NumPy's broadcasting: an expression over scalar
/// primitives, from which its kernel and all its derivatives follow.
///
/// **Gradient** `g · df/da`, derived from the expression by the chain rule, where the value `y` occurs in it
/// from `y`.
public final class Elementwise implements Op {
    private static final int[] VALUE_AND_GRADIENT = {1, 2}; // as operands of a gradient, behind one argument

    private final String name;
    private final int arity;
    private final Expr value;
    private final Result result;
    private final Task.Pointwise task;
    private final boolean differentiable;
    private final Expr[] rules;
    private final @Nullable Expr quick;
    private volatile Pull[] pulls = new Pull[0];

    /// Which element type a function answers.
    public enum Result {
        /// The type in which the arguments meet.
        SAME,
        /// As [#SAME], but at least `F32`.
        FLOAT,
        /// The type in which all arguments but the first, a condition, meet.
        CHOICE,
        /// True or false.
        BOOL
    }

    /// A gradient that reaches one argument, as a function of those values that it reads: `operands` counts
    /// the arguments, then the value, then the incoming gradient.
    private record Pull(Elementwise fn, int[] operands) {}

    /// A function whose gradients are derived, or given as `rules`: one an argument, over the arguments, then
    /// the value, then the incoming gradient.
    Elementwise(String name, int arity, Result result, Expr value, Expr... rules) {
        this(name, arity, result, value, null, rules);
    }

    /// A function of one argument whose gradient has a second form, which takes less time where nobody
    /// differentiates it again.
    ///
    /// @param quick that form, over the argument, the value and the incoming gradient
    Elementwise(String name, int arity, Result result, Expr value, @Nullable Expr quick, Expr[] rules) {
        this.quick = quick;
        this.rules = rules;
        this.name = name;
        this.arity = arity;
        this.result = result;
        this.value = value;
        this.task = new Task.Pointwise(Program.of(arity, value));
        boolean flows = false;
        for (int i = 0; i < arity && result != Result.BOOL; i++) {
            flows |= !Derivatives.pull(value, i, Expr.arg(arity + 1)).is(0);
        }
        this.differentiable = flows;
    }

    /// The function as a formula over `x`, `y`, `z`.
    public Expr value() {
        return value;
    }

    /// The formula of the gradient that reaches argument `i`, over the arguments, then the value, then the
    /// incoming gradient.
    public Expr gradient(int i) {
        if (rules.length > 0) {
            return rules[i];
        }
        Expr pulled = Derivatives.pull(value, i, Expr.arg(arity + 1));
        return value instanceof Expr.Apply ? pulled.replace(value, Expr.arg(arity)) : pulled;
    }

    /// A second form of the gradient, over the same, for passes that nobody differentiates again, if there is one.
    public Optional<Expr> quickGradient() {
        return Optional.ofNullable(quick);
    }

    /// The number of arguments.
    public int arity() {
        return arity;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean differentiable() {
        return differentiable;
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape s = in[0];
        for (int i = 1; i < in.length; i++) {
            s = Shape.broadcast(s, in[i]);
        }
        return new Shape[] {s};
    }

    @Override
    public DType dtype(int output, DType... in) {
        if (result == Result.BOOL) {
            return DType.BOOL;
        }
        DType t = in[result == Result.CHOICE ? 1 : 0];
        for (int i = result == Result.CHOICE ? 2 : 1; i < in.length; i++) {
            t = DType.promote(t, in[i]);
        }
        return result == Result.FLOAT ? t.toFloat() : t;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(task, in, out);
    }

    /// Whether it takes one argument, which its gradient does not read, as it knows all from the value: so that
    /// the value can stand in the argument's place.
    boolean replaces() {
        return arity == 1 && Arrays.equals(pull(0).operands, VALUE_AND_GRADIENT);
    }

    /// The task that computes the values.
    Task.Pointwise task() {
        return task;
    }

    /// The function that makes the gradient of the argument from the value and the gradient that reaches it.
    Elementwise slope() {
        return pull(0).fn;
    }

    /// The gradient of the argument, from the value and the gradient that reaches it.
    Tensor slope(Tensor value, Tensor gradient) {
        return Engine.one(slope(), value, gradient);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        Saves saves = Saves.NOTHING;
        for (int i = 0; i < arity; i++) {
            if (wanted[i]) {
                saves = saves(saves, pull(i));
                saves = quick != null ? saves(saves, pull(arity)) : saves; // who will differentiate is not known yet
            }
        }
        return saves;
    }

    private Saves saves(Saves before, Pull pull) {
        Saves saves = before;
        for (int operand : pull.operands) {
            saves = operand < arity ? saves.in(operand) : operand == arity ? saves.out(0) : saves;
        }
        return saves;
    }

    @Override
    public Grads backward(Backward b) {
        return Grads.some(i -> {
            Pull pull = pull(quick != null && !Context.current().recording() ? arity : i);
            if (pull.fn.value.is(0)) {
                return null;
            }
            if (pull.fn.value instanceof Expr.Arg) {
                return b.grad();
            }
            Tensor[] operands = new Tensor[pull.operands.length];
            for (int k = 0; k < operands.length; k++) {
                int o = pull.operands[k];
                operands[k] = o < arity ? b.in(o) : o == arity ? b.out(0) : b.grad();
            }
            return Engine.one(pull.fn, operands);
        });
    }

    /// What makes the gradient of argument `i`; the one behind the last is the quick form.
    private Pull pull(int i) {
        if (pulls.length == 0) {
            Pull[] all = new Pull[quick == null ? arity : arity + 1];
            for (int k = 0; k < all.length; k++) {
                all[k] = derive(k < arity || quick == null ? gradient(k) : quick, arity == 1 ? "'" : "'" + k);
            }
            pulls = all;
        }
        return pulls[i];
    }

    private Pull derive(Expr gradient, String mark) {
        List<Integer> operands = new ArrayList<>();
        Expr compact = gradient;
        for (int k = 0; k <= arity + 1; k++) {
            if (gradient.contains(Expr.arg(k))) {
                compact = compact.replace(Expr.arg(k), Expr.arg(-1 - operands.size())); // first apart, then back
                operands.add(k);
            }
        }
        for (int k = 0; k < operands.size(); k++) {
            compact = compact.replace(Expr.arg(-1 - k), Expr.arg(k));
        }
        Elementwise fn = new Elementwise(name + mark, operands.size(), Result.SAME, compact);
        return new Pull(fn, operands.stream().mapToInt(k -> k).toArray());
    }

    @Override
    public String toString() {
        return name + " = " + value;
    }
}
