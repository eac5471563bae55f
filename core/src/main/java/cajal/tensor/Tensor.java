package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Device;
import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.kernel.Task;
import cajal.kernel.View;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An array of numbers with any number of axes, from which gradients can be taken.
///
/// Tensors are immutable to their users: every operation makes a new one (or looks at the same storage in
/// another
/// way). What is computed from a tensor that needs a gradient remembers how, so that [#backward()] finds the
/// derivatives. The operations stand in [Pointwise], [Reductions], [Normalising], [Layout], [Indexing] and
/// [Convolutions].
public sealed class Tensor implements Pointwise, Reductions, Normalising, Layout, Indexing, Convolutions
        permits Lasting, Waiting {
    private final @Nullable View view;
    private final @Nullable Origin origin;
    private final int slot;

    Tensor(@Nullable View view, @Nullable Origin origin, int slot) {
        this.view = view;
        this.origin = origin;
        this.slot = slot;
    }

    // ---- creation

    /// A tensor that looks at existing storage; what is written to the storage later shows through.
    public static Tensor of(View view) {
        return new Tensor(view, null, 0);
    }

    /// A vector of the given numbers.
    public static Tensor of(float... values) {
        return of(values, values.length);
    }

    /// A tensor of the given shape with the numbers in row-major order; the array is copied.
    ///
    /// **Throws** [ShapeException] if their count is not the shape's size.
    public static Tensor of(float[] values, long... dims) {
        return wrap(new HostStorage.Floats(values.clone()), Shape.of(dims));
    }

    /// A tensor of the given shape on the array itself, which must not be changed any more.
    public static Tensor wrap(HostStorage storage, Shape shape) {
        if (storage.size() != shape.size()) {
            throw new ShapeException(storage.size() + " numbers do not fill a tensor of shape " + shape
                    + "\n  rule: it has " + shape.size() + " elements");
        }
        return of(View.of(storage, shape));
    }

    /// A matrix of the given rows.
    ///
    /// **Throws** [ShapeException] if the rows differ in length.
    public static Tensor of(float[][] rows) {
        int columns = rows.length == 0 ? 0 : rows[0].length;
        float[] all = new float[rows.length * columns];
        for (int i = 0; i < rows.length; i++) {
            if (rows[i].length != columns) {
                throw new ShapeException("Row " + i + " has " + rows[i].length + " numbers, row 0 has " + columns
                        + "\n  rule: all rows are of one length");
            }
            System.arraycopy(rows[i], 0, all, i * columns, columns);
        }
        return wrap(new HostStorage.Floats(all), Shape.of(rows.length, columns));
    }

    /// An `F64` tensor of the given shape; the array is copied.
    public static Tensor ofDoubles(double[] values, long... dims) {
        return wrap(new HostStorage.Doubles(values.clone()), Shape.of(dims));
    }

    /// An `I64` tensor of the given shape, for indices and class labels; the array is copied.
    public static Tensor ofLongs(long[] values, long... dims) {
        return wrap(new HostStorage.Longs(values.clone()), Shape.of(dims));
    }

    /// An `I64` vector, for indices and class labels.
    public static Tensor indices(long... values) {
        return ofLongs(values, values.length);
    }

    /// A vector of truth values, for masks.
    public static Tensor of(boolean... values) {
        Tensor t = zeros(DType.BOOL, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            t.view().put(i, values[i] ? 1 : 0);
        }
        return t;
    }

    /// One number, with no axes.
    public static Tensor scalar(double value) {
        return scalar(value, DType.F32);
    }

    /// One number of an element type, with no axes.
    public static Tensor scalar(double value, DType dtype) {
        return full(value, dtype, Shape.scalar());
    }

    /// One number of the type that it takes beside `t`: `t`'s own, except a fraction beside integers, which
    /// is `F32`.
    static Tensor like(Tensor t, double value) {
        boolean fits = t.dtype().isFloat() || value == Math.rint(value) && t.dtype() != DType.BOOL;
        return scalar(value, fits ? t.dtype() : value == Math.rint(value) ? DType.I64 : DType.F32);
    }

    /// Zeros.
    public static Tensor zeros(long... dims) {
        return zeros(DType.F32, Shape.of(dims));
    }

    /// Zeros of an element type.
    public static Tensor zeros(DType dtype, Shape shape) {
        return of(View.of(Device.CPU.zeros(dtype, shape.size()), shape));
    }

    /// Ones.
    public static Tensor ones(long... dims) {
        return ones(DType.F32, Shape.of(dims));
    }

    /// Ones of an element type.
    public static Tensor ones(DType dtype, Shape shape) {
        return full(1, dtype, shape);
    }

    /// One value everywhere.
    public static Tensor full(double value, long... dims) {
        return full(value, DType.F32, Shape.of(dims));
    }

    /// One value everywhere, of an element type.
    public static Tensor full(double value, DType dtype, Shape shape) {
        HostStorage s = HostStorage.zeros(dtype, shape.size());
        switch (s.array()) {
            case float[] a -> Arrays.fill(a, (float) value);
            case double[] a -> Arrays.fill(a, value);
            default -> {
                for (long i = 0; i < s.size(); i++) {
                    s.put(i, value);
                }
            }
        }
        return of(View.of(s, shape));
    }

    /// `start, start + step, ...` up to but without `stop`.
    public static Tensor arange(double start, double stop, double step) {
        if (step == 0 || Double.isNaN(stop - start)) {
            throw new ShapeException("arange(" + start + ", " + stop + ", " + step
                    + ")\n  rule: the step is not 0, the bounds are numbers");
        }
        long n = Math.max(0, (long) Math.ceil((stop - start) / step));
        Tensor t = zeros(n);
        for (long i = 0; i < n; i++) {
            t.view().put(i, start + i * step);
        }
        return t;
    }

    /// `0, 1, ..., n - 1` as `I64`.
    public static Tensor arange(long n) {
        Tensor t = zeros(DType.I64, Shape.of(n));
        for (long i = 0; i < n; i++) {
            t.view().put(i, i);
        }
        return t;
    }

    /// `n` numbers evenly from `start` to `stop`, both included.
    public static Tensor linspace(double start, double stop, long n) {
        Tensor t = zeros(n);
        for (long i = 0; i < n; i++) {
            double w = n == 1 ? 0 : (double) i / (n - 1);
            t.view().put(i, start * (1 - w) + stop * w);
        }
        return t;
    }

    /// The identity matrix: ones on the diagonal.
    public static Tensor eye(long n) {
        Tensor t = zeros(n, n);
        for (long i = 0; i < n; i++) {
            t.view().put(i * (n + 1), 1);
        }
        return t;
    }

    /// Random numbers evenly over [low, high).
    public static Tensor uniform(RandomKey key, double low, double high, long... dims) {
        return random(key, Task.Distribution.UNIFORM, DType.F32, Shape.of(dims))
                .mul(high - low)
                .add(low);
    }

    /// Random numbers of the standard normal distribution.
    public static Tensor normal(RandomKey key, long... dims) {
        return random(key, Task.Distribution.NORMAL, DType.F32, Shape.of(dims));
    }

    /// Random numbers of a distribution and element type.
    public static Tensor random(RandomKey key, Task.Distribution distribution, DType dtype, Shape shape) {
        return Engine.one(new RandomFill(distribution, shape, dtype), ofLongs(new long[] {key.bits()}, 1));
    }

    /// 1 with probability `p`, else 0.
    public static Tensor bernoulli(RandomKey key, double p, long... dims) {
        return random(key, Task.Distribution.UNIFORM, DType.F32, Shape.of(dims))
                .lt(p)
                .to(DType.F32);
    }

    /// The numbers `0 .. n-1` in random order, as `I64`.
    ///
    /// **Source** Fisher and Yates' shuffle; Knuth, "The Art of Computer Programming", volume 2, algorithm P.
    public static Tensor permutation(RandomKey key, long n) {
        long[] order = arange(n).toLongs();
        var random = key.generator();
        for (int i = order.length - 1; i > 0; i--) {
            int j = (int) random.nextLong(i + 1L);
            long swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        return wrap(new HostStorage.Longs(order), Shape.of(n));
    }

    // ---- what it is

    /// The window onto the storage that holds the elements: for backends, file formats and live views.
    ///
    /// **Throws** [cajal.kernel.RecycledException] if the [step][Memory#step()] is over in which it was made.
    public View view() {
        if (view == null) {
            throw new IllegalStateException("this tensor has no contents");
        }
        if (view.storage().isGone()) {
            throw Memory.gone(this, origin);
        }
        return view;
    }

    /// The view, also of a tensor whose step is over.
    View layout() {
        return view != null ? view : view();
    }

    /// The lengths of the axes.
    public Shape shape() {
        return layout().shape();
    }

    /// The length of an axis; negative axes count from the end.
    public long dim(int axis) {
        return shape().dim(axis);
    }

    /// The number of axes.
    public int rank() {
        return shape().rank();
    }

    /// The number of elements.
    public long size() {
        return shape().size();
    }

    /// The element type.
    public DType dtype() {
        return layout().dtype();
    }

    // ---- several tensors

    /// The matrix product over the last two axes; vectors count as a row on the left and a column on the
    /// right. See [MatMul].
    public Tensor matmul(Tensor b) {
        if (rank() == 1 || b.rank() == 1) {
            Tensor left = rank() == 1 ? unsqueeze(0) : this;
            Tensor right = b.rank() == 1 ? b.unsqueeze(1) : b;
            Tensor c = Engine.one(new MatMul(), left, right);
            c = b.rank() == 1 ? c.squeeze(-1) : c;
            return rank() == 1 ? c.squeeze(b.rank() == 1 ? -1 : -2) : c;
        }
        return Engine.one(new MatMul(), this, b);
    }

    /// `x·Wᵀ + b`: see [Affine].
    public Tensor affine(Tensor weight, Tensor bias) {
        return Engine.one(new Affine(), this, weight, bias);
    }

    /// A function of `x·Wᵀ + b`, if there is one, in the same operation where it follows from its value how its
    /// gradient goes on: see [Joined].
    public Tensor affine(Tensor weight, Tensor bias, Optional<Elementwise> then) {
        return Joined.run(new Affine(), then, this, weight, bias)[0];
    }

    /// The cross entropy of these scores `(N, C)` with the right classes `(N)`, its mean or sum over the
    /// samples: see [CrossEntropy].
    public Tensor crossEntropy(Tensor classes, boolean mean) {
        return Engine.run(new CrossEntropy(mean), this, classes)[0];
    }

    /// The mean of the values for each query, weighted by how well their keys fit: see [ScaledDotProduct],
    /// which
    /// also masks.
    public static Tensor scaledDotProductAttention(Tensor queries, Tensor keys, Tensor values) {
        return new ScaledDotProduct().apply(queries, keys, values);
    }

    /// The inner product of two vectors.
    ///
    /// **Throws** [ShapeException] unless both are vectors of one length.
    public Tensor dot(Tensor b) {
        if (rank() != 1 || !shape().equals(b.shape())) {
            throw new ShapeException(
                    "dot of " + shape() + " and " + b.shape()
                            + "\n  rule: both are vectors of one length\n  fix:  a.mul(b).sum() for other shapes, a.matmul(b) for matrices");
        }
        return mul(b).sum();
    }

    /// The outer product of two vectors: `y_ij = a_i b_j`.
    ///
    /// **Throws** [ShapeException] unless both are vectors.
    public Tensor outer(Tensor b) {
        if (rank() != 1 || b.rank() != 1) {
            throw new ShapeException("outer of " + shape() + " and " + b.shape() + "\n  rule: both are vectors");
        }
        return unsqueeze(1).mul(b.unsqueeze(0));
    }

    /// `a` where the condition holds, else `b`.
    public static Tensor where(Tensor condition, Tensor a, Tensor b) {
        return Engine.one(Functions.WHERE, condition, a, b);
    }

    /// Tensors one behind the other along an axis.
    public static Tensor concat(int axis, Tensor... parts) {
        if (parts.length == 0) {
            throw new ShapeException("concat of no tensor\n  rule: at least one");
        }
        return Engine.one(new Concat(parts[0].shape().axis(axis)), parts);
    }

    /// Tensors of one shape side by side along a new axis.
    public static Tensor stack(int axis, Tensor... parts) {
        return concat(axis, Arrays.stream(parts).map(p -> p.unsqueeze(axis)).toArray(Tensor[]::new));
    }

    /// The values rounded to another element type; this tensor itself if it has that type.
    public Tensor to(DType dtype) {
        return dtype == dtype() ? this : Engine.one(new Copy(dtype), this);
    }

    /// The same values in storage of their own, which nothing overwrites; a constant to autograd.
    public Tensor copy() {
        return Engine.one(new Copy(dtype()), detach()).detach();
    }

    // ---- gradients

    @Nullable
    Origin origin() {
        return origin;
    }

    int slot() {
        return slot;
    }

    /// The same values as a tensor whose gradient is wanted: what is computed from it remembers how, and
    /// [#backward()] puts the derivative into [#grad()].
    public Tensor requireGrad() {
        if (!dtype().isFloat()) {
            throw new GradException("A tensor of type " + dtype()
                    + " has no gradient\n  rule: gradients exist for floating-point types");
        }
        return new Tensor(view(), new Leaf(), 0);
    }

    /// The same values without a history: a constant to autograd.
    public Tensor detach() {
        return origin() == null ? this : of(view());
    }

    /// A copy that outlives the [step][Memory#step()] in which it is made, a constant to autograd.
    public Tensor keep() {
        try (var _ = Context.current().recording(false).memory(Memory.LASTING).enter()) {
            return Engine.one(new Copy(dtype()), this);
        }
    }

    /// Whether a gradient reaches this tensor.
    public boolean needsGrad() {
        return origin() != null;
    }

    /// Adds the derivative of this scalar with respect to every leaf (parameters, [#requireGrad()]) to the
    /// leaf's [#grad()].
    ///
    /// **Throws** [GradException] if this is no scalar, nothing needs a gradient, or the graph was used up by
    /// an earlier call.
    public void backward() {
        backward(Grad.seed(this));
    }

    /// As [#backward()], for a result of any shape: `seed` says how the loss changes with each element of it.
    public void backward(Tensor seed, Grad.Option... options) {
        Grad.backward(this, seed, options);
    }

    /// The gradient that [#backward()] left here.
    ///
    /// **Throws** [GradException] if there is none.
    public Tensor grad() {
        Tensor g = origin() instanceof Leaf leaf ? leaf.grad() : null;
        if (g == null) {
            throw new GradException(
                    origin() instanceof Leaf
                            ? "No gradient has reached this tensor yet\n  fix:  compute a loss from it and call loss.backward()"
                            : "Only parameters and tensors made by requireGrad() collect a gradient\n"
                                    + "  fix:  Grad.of(loss, tensor) gives the gradient of any tensor on the way");
        }
        return g;
    }

    /// Whether [#grad()] holds something.
    public boolean hasGrad() {
        return origin() instanceof Leaf leaf && leaf.grad() != null;
    }

    /// Forgets the gradient, so that the next [#backward()] starts from nothing.
    public void zeroGrad() {
        if (origin() instanceof Leaf leaf) {
            leaf.set(null);
        }
    }

    // ---- reading values

    /// The one number of a tensor of size 1.
    ///
    /// **Throws** [ShapeException] for another size.
    public double item() {
        if (size() != 1) {
            throw new ShapeException("item() of a tensor of shape " + shape()
                    + "\n  rule: it holds one number\n  fix:  toFloats() reads all");
        }
        told();
        return view().at(0);
    }

    /// The element at a position, one index an axis.
    public double get(long... index) {
        if (index.length != rank()) {
            throw new ShapeException("get" + Arrays.toString(index) + " of a tensor of shape " + shape()
                    + "\n  rule: one index an axis");
        }
        long at = view().offset();
        for (int i = 0; i < index.length; i++) {
            long n = dim(i);
            long k = index[i] < 0 ? index[i] + n : index[i];
            if (k < 0 || k >= n) {
                throw new cajal.kernel.IndexException("Index " + index[i] + " along axis " + i + " of " + shape()
                        + "\n  rule: it lies in " + -n + " .. " + (n - 1));
            }
            at += k * view().stride(i);
        }
        told();
        return view().host().at(at);
    }

    /// All elements in row-major order, as a copy.
    public float[] toFloats() {
        told();
        View v = view();
        if (v.isDense() && dtype() == DType.F32) {
            return Arrays.copyOfRange(v.floats(), v.start(), v.start() + (int) size());
        }
        float[] out = new float[(int) size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (float) v.at(i);
        }
        return out;
    }

    /// All elements in row-major order, as doubles.
    public double[] toDoubles() {
        told();
        double[] out = new double[(int) size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = view().at(i);
        }
        return out;
    }

    /// All elements in row-major order, as integers.
    public long[] toLongs() {
        told();
        View v = view();
        if (v.isDense() && v.host().array() instanceof long[] a) {
            return Arrays.copyOfRange(a, v.start(), v.start() + (int) size());
        }
        long[] out = new long[(int) size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = (long) v.at(i);
        }
        return out;
    }

    private void told() {
        List<Listener> listeners = Context.current().listeners();
        for (Listener l : listeners) {
            l.read(this);
        }
    }

    /// Whether shapes agree and every pair of elements lies within `absolute + relative·|b|`; NaN equals NaN.
    public boolean allClose(Tensor b, double relative, double absolute) {
        if (!shape().equals(b.shape())) {
            return false;
        }
        for (long i = 0; i < size(); i++) {
            double x = view().at(i);
            double y = b.view().at(i);
            boolean same = x == y || Double.isNaN(x) && Double.isNaN(y);
            if (!same && !(Math.abs(x - y) <= absolute + relative * Math.abs(y) && Double.isFinite(y))) {
                return false;
            }
        }
        return true;
    }

    /// As [#allClose(Tensor, double, double)] with relative tolerance 1e-5 and absolute tolerance 1e-8.
    public boolean allClose(Tensor b) {
        return allClose(b, 1e-5, 1e-8);
    }

    /// The elements, few decimals, long axes with their middle left out, then shape and type.
    @Override
    public String toString() {
        return view != null && view.storage().isGone()
                ? "of a step that is over: " + shape() + " " + dtype()
                : TensorText.of(this);
    }
}
