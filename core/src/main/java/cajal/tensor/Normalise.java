package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// `y = (x - mean) / sqrt(variance + epsilon) · w + b`, with one mean and one variance (that of a
/// population) a group: what all normalisation layers come down to.
///
/// **Shapes** `x (A, G, S)`, whose groups are `x[:, g, :]`; then, where wanted, `w`, or `w` and `b`: `(G)`,
/// one number a group, or `(S)`, one a place within the runs of a group. They give `y (A, G, S)` and the
/// statistics `(G)`, which are constants to autograd. Layers bring their input there: rows are `(1, rows,
/// n)`, channels `(B, C, H·W)`.
///
/// **Gradient** with the normalised input `x̂`, `r = 1 / sqrt(variance + epsilon)` and means over a group:
/// `dx = r·(g·w - mean(g·w) - x̂·mean(g·w·x̂))`, `dw` = the sum of `g·x̂`, `db` = the sum of `g`. One
/// kernel makes all three.
///
/// **Numerics** the mean is taken away before squares are summed, so a large mean costs no digits.
///
/// **Source** Ioffe and Szegedy, "Batch normalization", 2015, section 3; Ba, Kiros, Hinton, "Layer
/// normalization", 2016; without the mean: Zhang and Sennrich, "Root mean square layer normalization",
/// 2019.
///
/// @param centred whether the mean is taken away; if not, it counts as 0
/// @param epsilon what is added to the variance
/// @param perGroup whether `w` and `b` hold one number a group
record Normalise(boolean centred, double epsilon, boolean perGroup) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return Map.of("centred", centred, "epsilon", epsilon, "perGroup", perGroup);
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape x = in[0];
        if (x.rank() != 3) {
            throw new ShapeException("normalise of " + x + "\n  rule: x (A, G, S), whose groups are x[:, g, :]");
        }
        Shape weights = Shape.of(x.dim(perGroup ? 1 : 2));
        for (int i = 1; i < in.length; i++) {
            if (!in[i].equals(weights)) {
                throw new ShapeException("normalise of " + x + " with " + (i == 1 ? "weights " : "biases ") + in[i]
                        + "\n  rule: one number a " + (perGroup ? "group: " : "place in a group: ") + weights);
            }
        }
        return new Shape[] {x, Shape.of(x.dim(1)), Shape.of(x.dim(1))};
    }

    @Override
    public DType dtype(int output, DType... in) {
        return Op.super.dtype(output, in).toFloat();
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(new Task.Normalise(centred, epsilon, perGroup), dense(in), out);
    }

    @Override
    public void forward(View[] in, View[] out, Task.Pointwise then) {
        Backends.run(new Task.Then(new Task.Normalise(centred, epsilon, perGroup), then), dense(in), out);
    }

    /// The views as they are, or where they have gaps, copies.
    static View[] dense(View... views) {
        View[] all = views.clone();
        for (int i = 0; i < all.length; i++) {
            if (!all[i].isDense()) {
                View v = all[i];
                all[i] = View.of(Memory.blank(Context.current(), v.dtype(), v.size()), v.shape());
                Backends.run(new Task.Pointwise(Copy.PROGRAM), new View[] {v}, new View[] {all[i]});
            }
        }
        return all;
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.in(0).inIf(wanted.length > 1, 1).out(1).out(2);
    }

    @Override
    public Grads backward(Backward b) {
        Tensor g = b.grad();
        Tensor x = b.in(0);
        boolean weighted = b.inputs() > 1;
        if (Context.current().recording()) {
            return composed(g, x, weighted ? Optional.of(b.in(1)) : Optional.empty());
        }
        Gradient op = new Gradient(centred, epsilon, perGroup, Optional.empty());
        return Grads.joint(() -> weighted
                ? Engine.run(op, g, x, b.out(1), b.out(2), b.in(1))
                : Engine.run(op, g, x, b.out(1), b.out(2)));
    }

    @Override
    public Grads backward(Backward b, Elementwise then) {
        if (Context.current().recording()) {
            return Op.super.backward(b, then);
        }
        Gradient op = new Gradient(centred, epsilon, perGroup, Optional.of(then));
        return Grads.joint(() -> b.inputs() > 1
                ? Engine.run(op, b.grad(), b.in(0), b.out(1), b.out(2), b.in(1), b.out(0))
                : Engine.run(op, b.grad(), b.in(0), b.out(1), b.out(2), b.out(0)));
    }

    /// The rule in simple operations, from which second derivatives follow.
    private Grads composed(Tensor g, Tensor x, Optional<Tensor> w) {
        Tensor centre = centre(x);
        Tensor root = centre.square().meanKeep(0, 2).add(epsilon).sqrt();
        Tensor normal = centre.div(root);
        return Grads.of(
                () -> {
                    Tensor weighted = w.map(v -> g.mul(column(v))).orElse(g);
                    Tensor along = normal.mul(weighted.mul(normal).meanKeep(0, 2));
                    return centre(weighted).sub(along).div(root);
                },
                () -> overAll(g.mul(normal)),
                () -> overAll(g));
    }

    private Tensor centre(Tensor x) {
        return centred ? x.sub(x.meanKeep(0, 2)) : x;
    }

    /// A number a group or place, beside `(A, G, S)`.
    private Tensor column(Tensor v) {
        return perGroup ? v.unsqueeze(1) : v;
    }

    private Tensor overAll(Tensor t) {
        return perGroup ? t.sum(0, 2) : t.sum(0, 1);
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        Tensor centre = centre(in[0].dtype().isFloat() ? in[0] : in[0].to(DType.F32));
        Tensor y = centre.div(centre.square().meanKeep(0, 2).add(epsilon).sqrt());
        y = in.length > 1 ? y.mul(column(in[1])) : y;
        return Optional.of(in.length > 2 ? y.add(column(in[2])) : y);
    }

    /// The gradients of [Normalise] in one kernel, for backward passes that nobody differentiates again.
    ///
    /// **Shapes** the gradient of `y`, then `x`, means, variances, `w` where there are weights, and where a
    /// function is behind `y`, its value; they give the gradients of `x`, and with weights those of `w` and `b`.
    ///
    /// **Gradient** none: when one is wanted, the rule runs in simple operations instead.
    ///
    /// @param then a function behind `y`: the first input is the gradient of its value
    record Gradient(boolean centred, double epsilon, boolean perGroup, Optional<Elementwise> then) implements Op {
        @Override
        public String name() {
            return "normaliseGradient";
        }

        @Override
        public Map<String, Object> attributes() {
            Map<String, Object> all = new LinkedHashMap<>(Joined.attributes(then));
            all.putAll(new Normalise(centred, epsilon, perGroup).attributes());
            return all;
        }

        @Override
        public Shape[] shapes(Shape... in) {
            boolean weighted = in.length > (then.isPresent() ? 5 : 4);
            return weighted ? new Shape[] {in[1], in[4], in[4]} : new Shape[] {in[1]};
        }

        @Override
        public DType dtype(int output, DType... in) {
            return Op.super.dtype(output, in).toFloat();
        }

        @Override
        public void forward(View[] in, View[] out) {
            Task task = new Task.NormaliseGradient(centred, epsilon, perGroup);
            Task behind =
                    then.<Task>map(f -> new Task.Sloped(f.slope().task(), task)).orElse(task);
            Backends.run(behind, dense(in), out);
        }

        @Override
        public boolean differentiable() {
            return false;
        }
    }

    /// `x` in three axes, normalised, in its own shape again.
    Tensor apply(Tensor x, Shape three, Tensor... weights) {
        return run(x, three, Optional.empty(), weights)[0].reshape(x.shape());
    }

    /// As [#apply], with mean and variance of each group, all in the three axes, and perhaps a function of the
    /// normalised elements.
    Tensor[] run(Tensor x, Shape three, Optional<Elementwise> then, Tensor... weights) {
        Tensor[] in = new Tensor[weights.length + 1];
        in[0] = x.reshape(three);
        System.arraycopy(weights, 0, in, 1, weights.length);
        Tensor[] out = Joined.run(this, then, in);
        return new Tensor[] {out[0], out[1].detach(), out[2].detach()};
    }

    /// `(1, rows, n)`, a row holding the last `axes` axes.
    static Shape rows(Shape x, int axes) {
        if (axes < 1 || axes > x.rank()) {
            throw new ShapeException(
                    "Normalising the last " + axes + " axes of " + x + "\n  rule: from 1 to " + x.rank() + " axes");
        }
        long rows = 1;
        for (int i = 0; i < x.rank() - axes; i++) {
            rows *= x.dim(i);
        }
        long n = Arrays.stream(x.dims()).skip(x.rank() - (long) axes).reduce(1, (a, b) -> a * b);
        return Shape.of(1, rows, n);
    }

    /// `(B, C, places)`, the second axis holding the channels.
    static Shape channels(Shape x) {
        if (x.rank() < 2) {
            throw new ShapeException("Normalising the channels of " + x + "\n  rule: the second axis holds them");
        }
        return Shape.of(x.dim(0), x.dim(1), Arrays.stream(x.dims()).skip(2).reduce(1, (a, b) -> a * b));
    }
}
