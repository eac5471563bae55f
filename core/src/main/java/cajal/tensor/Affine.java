package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.Expr;
import cajal.kernel.Program;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `y = x·Wᵀ + b`: each row of `W` holds one neuron's weights.
///
/// **Shapes** `x (..., in)`, `W (out, in)`, `b (out)` give `(..., out)`.
///
/// **Gradient** `dx = dy·W`, `dW = dyᵀ·x`, `db` = the sum of `dy` over all rows.
public record Affine() implements Op {
    private static final Program COPY = Program.of(1, Expr.arg(0));
    private static final Task TASK = new Task.Affine();

    @Override
    public Shape[] shapes(Shape... in) {
        Shape x = in[0];
        Shape w = in[1];
        if (w.rank() != 2 || x.rank() < 1 || x.dim(-1) != w.dim(1)) {
            throw new ShapeException("x·Wᵀ of x " + x + " and W " + w + " is not defined"
                    + "\n  rule: x (..., in), W (out, in): the last lengths agree");
        }
        if (!in[2].equals(Shape.of(w.dim(0)))) {
            throw new ShapeException(
                    "The bias has shape " + in[2] + "\n  rule: one number a row of W " + w + ": (" + w.dim(0) + ")");
        }
        return new Shape[] {x.with(-1, w.dim(0))};
    }

    @Override
    public void forward(View[] in, View[] out) {
        View rows = out[0].rank() == 2
                ? out[0]
                : out[0].reshape(MatMul.rows(out[0].shape())).orElseThrow();
        View x = in[0].rank() == 2 ? in[0] : rowsOf(in[0]);
        Backends.run(TASK, new View[] {x, in[1], in[2]}, new View[] {rows});
    }

    private static View rowsOf(View x) {
        Shape flat = MatMul.rows(x.shape());
        return x.reshape(flat).orElseGet(() -> {
            View copy = View.of(Memory.blank(Context.current(), x.dtype(), x.size()), x.shape());
            Backends.run(new Task.Pointwise(COPY), new View[] {x}, new View[] {copy});
            return copy.reshape(flat).orElseThrow();
        });
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return out[0].size() * in[0].dim(-1);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.inIf(wanted[1], 0).inIf(wanted[0], 1);
    }

    @Override
    public Grads backward(Backward b) {
        if (isFused(b)) {
            return Grads.joint(() -> fused(b, Gradient.OP, rows(b.grad()), rows(b.in(0))));
        }
        return Grads.of(
                () -> b.grad().matmul(b.in(1)), // (..., out)·(out, in) -> (..., in)
                () -> rows(b.grad()).t().matmul(rows(b.in(0))), // (out, B)·(B, in) -> (out, in)
                () -> rows(b.grad()).sum(0));
    }

    @Override
    public Grads backward(Backward b, Elementwise then) {
        return isFused(b)
                ? Grads.joint(
                        () -> fused(b, new Gradient(Optional.of(then)), rows(b.grad()), rows(b.in(0)), rows(b.out(0))))
                : Op.super.backward(b, then);
    }

    private static boolean isFused(Backward b) {
        return !Context.current().recording() && b.reaches(1) && b.reaches(2);
    }

    private static @Nullable Tensor[] fused(Backward b, Op op, Tensor... in) {
        Tensor[] all = in;
        if (b.reaches(0)) {
            all = Arrays.copyOf(in, in.length + 1);
            all[in.length] = b.in(1);
        }
        Tensor[] made = Engine.run(op, all);
        Tensor dx = made.length < 3 || b.shape(0).rank() == 2 ? null : made[2].reshape(b.shape(0));
        return new @Nullable Tensor[] {dx != null || made.length < 3 ? dx : made[2], made[0], made[1]};
    }

    /// The gradients of [Affine] by weight and bias, and by the input if the weight is given.
    ///
    /// **Shapes** `dy (N, out)`, `x (N, in)`, then `y (N, out)` where a function is behind it, and perhaps `W (out,
    /// in)`, give those of `W`, of `b`, and of `x`.
    ///
    /// @param then a function behind the sums: `y` is its value, `dy` the gradient that reaches it
    record Gradient(Optional<Elementwise> then) implements Op {
        private static final Op OP = new Gradient(Optional.empty());
        private static final Task TASK = new Task.AffineGradient();

        static Gradient of(Attributes a) {
            return new Gradient(Joined.function(a));
        }

        @Override
        public String name() {
            return "affineGradient";
        }

        @Override
        public Map<String, Object> attributes() {
            return Joined.attributes(then);
        }

        private boolean hasWeight(int inputs) {
            return inputs > (then.isPresent() ? 3 : 2);
        }

        @Override
        public Shape[] shapes(Shape... in) {
            Shape w = Shape.of(in[0].dim(1), in[1].dim(1));
            Shape b = Shape.of(in[0].dim(1));
            return hasWeight(in.length) ? new Shape[] {w, b, in[1]} : new Shape[] {w, b};
        }

        @Override
        public void forward(View[] in, View[] out) {
            if (then.isEmpty()) {
                Backends.run(TASK, in, out);
                return;
            }
            View g = View.of(Memory.blank(Context.current(), in[0].dtype(), in[0].size()), in[0].shape());
            Backends.run(then.get().slope().task(), new View[] {in[2], in[0]}, new View[] {g});
            Backends.run(TASK, in.length > 3 ? new View[] {g, in[1], in[3]} : new View[] {g, in[1]}, out);
        }

        @Override
        public long multiplyAdds(Shape[] in, Shape[] out) {
            return (out.length - 1) * in[0].size() * in[1].dim(1); // dyᵀ·x, and dy·W
        }

        @Override
        public boolean differentiable() {
            return false;
        }
    }

    private static Tensor rows(Tensor t) {
        return t.rank() == 2 ? t : t.reshape(MatMul.rows(t.shape()));
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        Tensor x = in[0].rank() == 1 ? in[0].unsqueeze(0) : in[0];
        Tensor y = x.matmul(in[1].t()).add(in[2]);
        return Optional.of(in[0].rank() == 1 ? y.squeeze(0) : y);
    }
}
