package cajal.tensor;

import cajal.kernel.Backends;
import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.Task.Role;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/// `y[b, o, t] = bias_o + sum over c, k of w[o, c, k]·x[b, c, t·stride + k·dilation - before]`, with zeros
/// around `x`: the same weights at every place. (Signal processing calls it a correlation: the kernel is
/// not reversed.)
///
/// **Shapes** `x (B, C, S...)`, `w (O, C / groups, K...)` and, if wanted, `bias (O)` give `(B, O, T...)`,
/// for 1 to 3 axes; integers are summed as `I64`.
///
/// **Gradient** `dx` is a transposed convolution of `dy` with `w`, `dw` a convolution of `x` with `dy`; the
/// three are the derivatives of one form that is linear in `x`, `w` and `y`, so that each is a rule of the
/// others, to any order.
///
/// **Source** Dumoulin and Visin, "A guide to convolution arithmetic for deep learning", 2016.
///
/// @param how strides, padding, dilation and groups
record Convolution(Convolving how) implements Op {
    @Override
    public Map<String, Object> attributes() {
        return how.attributes();
    }

    @Override
    public Shape[] shapes(Shape... in) {
        Shape x = in[0];
        Shape w = in[1];
        checkRanks("x", x, w, how);
        if (x.dim(1) != w.dim(1) * how.groups() || w.dim(0) % how.groups() != 0) {
            throw new ShapeException("convolution of x " + x + " with w " + w + ", " + how
                    + ": the channels do not fit\n  rule: x (B, C, ...), w (O, C / groups, ...), and the groups divide O"
                    + channelsLast(x, w, how));
        }
        checkBias(in, w.dim(0));
        long[] d = x.dims();
        d[1] = w.dim(0);
        for (int i = 0; i < how.axes(); i++) {
            d[i + 2] = how.outputs(x, w, i);
            if (d[i + 2] < 1) {
                throw tooLarge(x, w, how, i);
            }
        }
        return new Shape[] {Shape.of(d)};
    }

    static void checkRanks(String what, Shape x, Shape w, Convolving how) {
        if (x.rank() != how.axes() + 2 || w.rank() != how.axes() + 2) {
            throw new ShapeException("convolution of " + what + " " + x + " with w " + w + " over " + how.axes()
                    + (how.axes() == 1 ? " axis" : " axes")
                    + "\n  rule: both have two axes more: (B, C, ...) and (O, C / groups, ...)"
                    + (x.rank() == how.axes() + 1
                            ? "\n  fix:  " + what + ".unsqueeze(0) for one sample, " + what
                                    + ".unsqueeze(1) for samples of one channel"
                            : ""));
        }
    }

    static void checkBias(Shape[] in, long channels) {
        if (in.length > 2 && !in[2].equals(Shape.of(channels))) {
            throw new ShapeException("The bias of a convolution has shape " + in[2]
                    + "\n  rule: one number an output channel: (" + channels + ")");
        }
    }

    static String channelsLast(Shape x, Shape w, Convolving how) {
        return x.dim(-1) == w.dim(1) * how.groups()
                ? "\n  fix:  the channels of x seem to stand last: x.moveAxis(-1, 1)"
                : "";
    }

    static ShapeException tooLarge(Shape x, Shape w, Convolving how, int axis) {
        long reach = (w.dim(axis + 2) - 1) * how.dilation()[axis] + 1;
        long room = x.dim(axis + 2) + how.before()[axis] + how.after()[axis];
        return new ShapeException("convolution of x " + x + " with w " + w + ", " + how + ": along axis " + (axis + 2)
                + " the kernel reaches over " + reach + " elements, but there are " + room + ", padding included"
                + "\n  rule: dilation·(K - 1) + 1 is at most S + padding"
                + "\n  fix:  a padding of at least " + (reach - x.dim(axis + 2) + 1) / 2
                + " on both sides, or a smaller kernel");
    }

    @Override
    public DType dtype(int output, DType... in) {
        return sums(Op.super.dtype(output, in));
    }

    private static DType sums(DType elements) {
        return elements.isFloat() ? elements : DType.I64;
    }

    @Override
    public void forward(View[] in, View[] out) {
        Backends.run(how.task(Role.OUTPUT), in, out);
    }

    @Override
    public void forward(View[] in, View[] out, Task.Pointwise then) {
        Backends.run(new Task.Then(how.task(Role.OUTPUT), then), in, out);
    }

    @Override
    public long multiplyAdds(Shape[] in, Shape[] out) {
        return out[0].size() * each(in[1]);
    }

    @Override
    public Saves saves(boolean[] wanted) {
        return Saves.NOTHING.inIf(wanted[1], 0).inIf(wanted[0], 1);
    }

    @Override
    public Grads backward(Backward b) {
        Convolving exact = how.exact(b.shape(0), b.shape(1), b.outShape(0));
        return Grads.of(
                () -> b.grad().convTranspose(b.in(1), exact),
                () -> Engine.one(new Weight(exact, kernel(b.shape(1))), b.in(0), b.grad()),
                () -> biasGradient(b));
    }

    private static long[] kernel(Shape w) {
        return Arrays.copyOfRange(w.dims(), 2, w.rank());
    }

    private static Tensor biasGradient(Backward b) {
        Tensor g = b.grad();
        return g.reshape(g.dim(0), g.dim(1), -1).sum(0, 2);
    }

    /// The products that one element on the side of the output takes part in, for the weight's shape.
    private static long each(Shape w) {
        return Shape.of(Arrays.copyOfRange(w.dims(), 1, w.rank())).size();
    }

    @Override
    public Optional<Tensor> expand(Tensor... in) {
        return in.length < 3
                ? Optional.empty()
                : Optional.of(in[0].conv(in[1], how).add(column(in[2], how.axes())));
    }

    private static Tensor column(Tensor bias, int axes) {
        long[] dims = new long[axes + 1];
        Arrays.fill(dims, 1);
        dims[0] = bias.dim(0);
        return bias.reshape(dims);
    }

    /// `x[b, c, p] = bias_c + sum over all o, k, t with t·stride + k·dilation - before = p of w[o, c,
    /// k]·y[b, o, t]`: each element of `y` lays a copy of the kernel onto `x`. Also called deconvolution.
    ///
    /// **Shapes** `y (B, O, T...)`, `w (O, C / groups, K...)` and, if wanted, `bias (C)` give `(B, C,
    /// S...)`, with `S = (T - 1)·stride + dilation·(K - 1) + 1 - before - after`.
    ///
    /// **Gradient** `dy` is a convolution of `dx` with `w`, `dw` one of `dx` with `y`.
    ///
    /// @param how strides, padding, dilation and groups of the convolution that it turns round
    record Transposed(Convolving how) implements Op {
        @Override
        public String name() {
            return "convolutionTransposed";
        }

        @Override
        public Map<String, Object> attributes() {
            return how.attributes();
        }

        @Override
        public Shape[] shapes(Shape... in) {
            Shape y = in[0];
            Shape w = in[1];
            checkRanks("y", y, w, how);
            if (y.dim(1) != w.dim(0) || w.dim(0) % how.groups() != 0) {
                throw new ShapeException("transposed convolution of y " + y + " with w " + w + ", " + how
                        + ": the channels do not fit\n  rule: y (B, O, ...), w (O, C / groups, ...), and the groups divide O"
                        + (y.dim(-1) == w.dim(0)
                                ? "\n  fix:  the channels of y seem to stand last: y.moveAxis(-1, 1)"
                                : ""));
            }
            checkBias(in, w.dim(1) * how.groups());
            long[] d = y.dims();
            d[1] = w.dim(1) * how.groups();
            for (int i = 0; i < how.axes(); i++) {
                d[i + 2] = how.inputs(y, w, i);
                if (d[i + 2] < 1) {
                    throw new ShapeException("transposed convolution of y " + y + " with w " + w + ", " + how
                            + ": along axis " + (i + 2) + " the result has length " + d[i + 2]
                            + "\n  rule: (T - 1)·stride + dilation·(K - 1) + 1 is more than the padding");
                }
            }
            return new Shape[] {Shape.of(d)};
        }

        @Override
        public DType dtype(int output, DType... in) {
            return sums(Op.super.dtype(output, in));
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(how.task(Role.INPUT), in, out);
        }

        @Override
        public long multiplyAdds(Shape[] in, Shape[] out) {
            return in[0].size() * each(in[1]);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.inIf(wanted[1], 0).inIf(wanted[0], 1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(
                    () -> b.grad().conv(b.in(1), how),
                    () -> Engine.one(new Weight(how, kernel(b.shape(1))), b.grad(), b.in(0)),
                    () -> biasGradient(b));
        }

        @Override
        public Optional<Tensor> expand(Tensor... in) {
            return in.length < 3
                    ? Optional.empty()
                    : Optional.of(in[0].convTranspose(in[1], how).add(column(in[2], how.axes())));
        }
    }

    /// `w[o, c, k] = sum over b, t of y[b, o, t]·x[b, c, t·stride + k·dilation - before]`: how often the
    /// element `k` of the kernel met what it looks for.
    ///
    /// **Shapes** `x (B, C, S...)` and `y (B, O, T...)` give `(O, C / groups, K...)`.
    ///
    /// **Gradient** `dx` is a transposed convolution of `y` with `dw`, `dy` a convolution of `x` with `dw`.
    ///
    /// @param how strides, padding, dilation and groups; no element of `x` is left over
    /// @param kernel the lengths `K...`
    record Weight(Convolving how, long[] kernel) implements Op {
        @Override
        public String name() {
            return "convolutionWeight";
        }

        @Override
        public Map<String, Object> attributes() {
            Map<String, Object> map = how.attributes();
            map.put("kernel", kernel);
            return map;
        }

        @Override
        public Shape[] shapes(Shape... in) {
            Shape x = in[0];
            Shape y = in[1];
            long[] d = new long[how.axes() + 2];
            System.arraycopy(kernel, 0, d, 2, kernel.length);
            d[0] = y.dim(1);
            d[1] = x.dim(1) / how.groups();
            Shape w = Shape.of(d);
            Shape fits = new Convolution(how).shapes(x, w)[0];
            if (!fits.equals(y)) {
                throw new ShapeException("The weight of a convolution from x " + x + " to y " + y + ", " + how
                        + "\n  rule: with that movement, x and w " + w + " give " + fits);
            }
            return new Shape[] {w};
        }

        @Override
        public DType dtype(int output, DType... in) {
            return sums(Op.super.dtype(output, in));
        }

        @Override
        public void forward(View[] in, View[] out) {
            Backends.run(how.task(Role.WEIGHT), in, out);
        }

        @Override
        public long multiplyAdds(Shape[] in, Shape[] out) {
            return in[1].size() * each(out[0]);
        }

        @Override
        public Saves saves(boolean[] wanted) {
            return Saves.NOTHING.inIf(wanted[1], 0).inIf(wanted[0], 1);
        }

        @Override
        public Grads backward(Backward b) {
            return Grads.of(
                    () -> b.in(1).convTranspose(b.grad(), how), () -> b.in(0).conv(b.grad(), how));
        }
    }
}
