package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;

/// One line about an operation, from which its checks are derived: the function, the shapes and ranges that
/// it is tried on, and an oracle that answers without it.
///
/// `op("exp", Tensor::exp).range(-2, 2).oracle(StrictMath::exp)` is a whole sample: a pointwise oracle
/// brings the shapes that matter (no axes, size 0, size 1, broadcasting both ways) with it.
public final class Sample {
    private static final double MARGIN = 0.06;

    private final String name;
    private final TensorFunction fn;
    private final int arity;
    private final List<Shape[]> cases = new ArrayList<>();
    private final long[] indexBound;
    private final boolean[] mask;
    private final boolean[] constant;
    private double low = -2;
    private double high = 2;
    private double[] kinks = {};
    private double f32 = 2e-6;
    private double f64 = 1e-13;
    private boolean differentiable = true;
    private boolean pointwise;
    private Oracle oracle = in -> {
        throw new IllegalStateException("the sample has no oracle");
    };

    private Sample(String name, int arity, TensorFunction fn) {
        this.name = name;
        this.arity = arity;
        this.fn = fn;
        indexBound = new long[arity];
        mask = new boolean[arity];
        constant = new boolean[arity];
    }

    /// A sample of a function of one tensor.
    public static Sample op(String name, UnaryOperator<Tensor> fn) {
        return new Sample(name, 1, in -> fn.apply(in[0]));
    }

    /// A sample of a function of two tensors.
    public static Sample op(String name, BinaryOperator<Tensor> fn) {
        return new Sample(name, 2, in -> fn.apply(in[0], in[1]));
    }

    /// A sample of a function of three tensors.
    public static Sample op(String name, TensorFunction.OfThree fn) {
        return new Sample(name, 3, in -> fn.apply(in[0], in[1], in[2]));
    }

    /// A sample of a function of any number of tensors.
    public static Sample op(String name, int arity, TensorFunction fn) {
        return new Sample(name, arity, fn);
    }

    /// A shape, for [#on(Shape...)].
    public static Shape s(long... dims) {
        return Shape.of(dims);
    }

    /// Tries it on an input of this shape, too.
    public Sample on(long... dims) {
        return on(Shape.of(dims));
    }

    /// Tries it on inputs of these shapes, too.
    public Sample on(Shape... shapes) {
        if (shapes.length != arity) {
            throw new IllegalArgumentException(name + " takes " + arity + " inputs, not " + Arrays.toString(shapes));
        }
        cases.add(shapes.clone());
        return this;
    }

    /// Inputs lie in `low .. high`; no two of them are equal.
    public Sample range(double low, double high) {
        this.low = low;
        this.high = high;
        return this;
    }

    /// Inputs keep away from these values, at which the function has no derivative.
    public Sample kinks(double... at) {
        kinks = at.clone();
        return this;
    }

    /// Input `i` holds indices below `bound`.
    public Sample index(int i, long bound) {
        indexBound[i] = bound;
        return this;
    }

    /// Input `i` holds truth values.
    public Sample mask(int i) {
        mask[i] = true;
        return this;
    }

    /// Input `i` is a number, but no gradient is asked for it.
    public Sample constant(int i) {
        constant[i] = true;
        return this;
    }

    /// No gradient flows through it.
    public Sample flat() {
        differentiable = false;
        return this;
    }

    /// It moves values and changes none: results are exact in every type.
    public Sample exact() {
        f32 = 0;
        f64 = 0;
        return this;
    }

    /// The relative error allowed in `F32`, against the result in `F64`.
    public Sample f32(double tolerance) {
        f32 = tolerance;
        return this;
    }

    /// The relative error allowed in `F64`, against the oracle.
    public Sample f64(double tolerance) {
        f64 = tolerance;
        return this;
    }

    /// What it answers, number by number; the usual shapes of a pointwise function are tried.
    public Sample oracle(DoubleUnaryOperator each) {
        pointwise = true;
        on(2, 3).on(s()).on(1).on(0).on(2, 0, 3).on(1, 1).on(3, 1, 2).on(17);
        return answer(in -> in[0].map(each));
    }

    /// What it answers, pair by pair; the usual pairs of shapes are tried.
    public Sample oracle(DoubleBinaryOperator each) {
        pointwise = true;
        on(s(2, 3), s(2, 3))
                .on(s(2, 3), s(3))
                .on(s(3), s(2, 3))
                .on(s(2, 1), s(1, 3))
                .on(s(), s(2, 2))
                .on(s(2, 2), s());
        on(s(), s())
                .on(s(2, 1, 3), s(4, 1))
                .on(s(0), s(1))
                .on(s(2, 0), s(2, 1))
                .on(s(1, 1, 1), s(2))
                .on(s(17), s(17));
        return answer(in -> in[0].zip(in[1], each));
    }

    /// What it answers.
    public Sample answer(Oracle answer) {
        oracle = answer;
        return this;
    }

    /// The operation's name.
    public String name() {
        return name;
    }

    /// The function.
    public TensorFunction fn() {
        return fn;
    }

    /// The oracle.
    public Oracle oracle() {
        return oracle;
    }

    /// The relative error allowed in `F32`.
    public double f32() {
        return f32;
    }

    /// The relative error allowed in `F64`.
    public double f64() {
        return f64;
    }

    /// Whether a gradient flows.
    public boolean isDifferentiable() {
        return differentiable;
    }

    /// Whether it is described number by number.
    public boolean isPointwise() {
        return pointwise;
    }

    /// The number of cases.
    public int cases() {
        return cases.size();
    }

    /// Whether input `i` can have a gradient.
    public boolean varies(int i) {
        return indexBound[i] == 0 && !mask[i] && !constant[i];
    }

    /// Which inputs can have a gradient.
    public boolean[] varying() {
        boolean[] all = new boolean[arity];
        for (int i = 0; i < arity; i++) {
            all[i] = varies(i);
        }
        return all;
    }

    /// The inputs of a case in double precision, each exact in single precision; the same at every call.
    public Tensor[] inputs(int number) {
        Shape[] shapes = cases.get(number);
        SplittableRandom random = new SplittableRandom(name.hashCode() * 31L + number);
        double[] reals = reals(shapes, random);
        Tensor[] in = new Tensor[arity];
        int next = 0;
        for (int i = 0; i < arity; i++) {
            double[] x = new double[(int) shapes[i].size()];
            for (int k = 0; k < x.length; k++) {
                x[k] = mask[i] ? random.nextInt(2) : indexBound[i] > 0 ? random.nextLong(indexBound[i]) : reals[next++];
            }
            DType type = mask[i] ? DType.BOOL : indexBound[i] > 0 ? DType.I64 : DType.F64;
            in[i] = new Values(x, shapes[i].dims()).tensor(type);
        }
        return in;
    }

    /// As many different numbers as the inputs need: a grid over the range, each shaken a little, in random
    /// order.
    private double[] reals(Shape[] shapes, SplittableRandom random) {
        int n = 0;
        for (Shape s : shapes) {
            n += (int) s.size();
        }
        double[] x = new double[n];
        for (int i = 0; i < n; i++) {
            double cell = (high - low) / n;
            x[i] = low + cell * (i + 0.5 + 0.6 * (random.nextDouble() - 0.5));
            for (double kink : kinks) {
                double side = x[i] < kink ? -1 : 1;
                x[i] = Math.abs(x[i] - kink) < MARGIN ? kink + side * (MARGIN + 0.02 * (i % 7 + 1)) : x[i];
            }
            x[i] = (float) x[i];
        }
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
        return x;
    }

    /// The shapes of a case, for messages.
    public String describe(int number) {
        return name + " on " + Arrays.toString(cases.get(number));
    }

    @Override
    public String toString() {
        return name;
    }
}
