package cajal.testkit;

import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.kernel.HostStorage;
import cajal.kernel.PoolWindow;
import cajal.kernel.Program;
import cajal.kernel.Scalar;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import cajal.tensor.Elementwise;
import cajal.tensor.Functions;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Tasks on single-precision inputs of odd sizes and layouts, each with the error that a kernel may make.
final class KernelCases {
    static final Task.Pointwise RELU =
            new Task.Pointwise(Program.of(1, Expr.arg(0).max(Expr.of(0))));
    static final Task.Pointwise RELU_SLOPE =
            new Task.Pointwise(Program.of(2, Expr.arg(0).gt(0).then(Expr.arg(1), Expr.of(0))));
    static final Task.Pointwise SIGMOID =
            new Task.Pointwise(Program.of(1, Expr.arg(0).then(Scalar.SIGMOID)));
    /// Lengths below, at and above the widths of vectors and tiles.
    static final int[] SIZES = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 1000};

    private final List<Case> cases = new ArrayList<>();
    private final SplittableRandom random;

    /// A task on inputs.
    ///
    /// @param what what it is, for messages
    /// @param task the task
    /// @param in the inputs
    /// @param outs the shapes of the outputs
    /// @param types the element types of the outputs
    /// @param relative the error allowed, relative to the result
    /// @param absolute the error allowed beside
    /// @param start what the outputs hold before
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    record Case(
            String what,
            Task task,
            View[] in,
            Shape[] outs,
            DType[] types,
            double relative,
            double absolute,
            double start) {
        @Override
        public String toString() {
            return what;
        }
    }

    KernelCases(long seed) {
        random = new SplittableRandom(seed);
    }

    List<Case> all() {
        return List.copyOf(cases);
    }

    // ---- pointwise

    /// Every function of the table and every gradient rule, on dense, strided and repeated inputs.
    KernelCases pointwise() {
        for (Elementwise fn : Functions.table().values()) {
            boolean positive = List.of("log", "log1p", "sqrt", "rsqrt", "pow", "div", "reciprocal")
                    .contains(fn.name());
            double low = positive ? 0.3 : -6;
            pointwise(fn.name(), fn.value(), fn.arity(), low, SIZES);
            for (int i = 0; i < fn.arity() && fn.differentiable(); i++) {
                pointwise(fn.name() + "'" + i, fn.gradient(i), fn.arity() + 2, positive ? 0.3 : -3, new int[] {
                    1, 17, 64, 65
                });
            }
            fn.quickGradient().ifPresent(g -> pointwise(fn.name() + "' quick", g, 3, -3, SIZES));
        }
        return this;
    }

    private void pointwise(String name, Expr formula, int arity, double low, int[] sizes) {
        Task task = new Task.Pointwise(Program.of(arity, formula));
        for (int n : sizes) {
            add(name + " of " + n, task, inputs(arity, i -> real(low, 6, Layout.DENSE, n)), Shape.of(n));
        }
        Shape matrix = Shape.of(5, 17);
        for (Layout layout : Layout.values()) {
            add(name + " " + layout, task, inputs(arity, i -> real(low, 6, layout, 5, 17)), matrix);
        }
        add(
                name + " of a row and a column",
                task,
                inputs(
                        arity,
                        i -> (i % 2 == 0 ? real(low, 6, Layout.DENSE, 17) : real(low, 6, Layout.DENSE, 5, 1))
                                .expand(matrix)),
                matrix);
        add(
                name + " of scalars",
                task,
                inputs(arity, i -> real(low, 6, Layout.DENSE).expand(matrix)),
                matrix);
        add(name + " of nothing", task, inputs(arity, i -> real(low, 6, Layout.DENSE, 0)), Shape.of(0));
    }

    /// The edges of the number range, where each function has its limit, infinity or NaN.
    KernelCases edges() {
        float[] edges = {
            0f,
            -0f,
            1f,
            -1f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            1e-20f,
            -1e-20f,
            1e-7f,
            0.5f,
            88.7f,
            89f,
            -87.3f,
            -88f,
            -104f,
            100f,
            -100f,
            1e10f,
            -1e10f,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            2.5f,
            3.5f,
            -2.5f,
            16777216f,
            3e9f
        };
        for (Elementwise fn : Functions.table().values()) {
            boolean unbounded =
                    List.of("sin", "cos", "geluTanh", "pow").contains(fn.name()); // reduced arguments, x³, x^y
            if (fn.arity() == 1 && !unbounded) {
                View in = View.of(new HostStorage.Floats(edges.clone()), Shape.of(edges.length));
                add(
                        fn.name() + " at the edges",
                        new Task.Pointwise(Program.of(1, fn.value())),
                        new View[] {in},
                        in.shape());
            }
        }
        return this;
    }

    // ---- reductions

    KernelCases reductions() {
        for (Task.Reduction kind : Task.Reduction.values()) {
            double low = kind == Task.Reduction.PROD ? 0.97 : -2;
            double high = kind == Task.Reduction.PROD ? 1.03 : 2;
            boolean exact = kind == Task.Reduction.MAX || kind == Task.Reduction.MIN;
            for (int n : SIZES) {
                double absolute = exact ? 0 : kind == Task.Reduction.PROD ? 1.2e-7 * n : 2.4e-7 * n;
                Task task = new Task.Reduce(kind);
                String what = kind + " over " + n;
                for (Layout layout : Layout.values()) {
                    reduce(what + " (last) " + layout, task, real(low, high, layout, 3, n), absolute, 3, 1);
                    reduce(what + " (first) " + layout, task, real(low, high, layout, n, 7), absolute, 1, 7);
                }
                reduce(what + " (all)", task, real(low, high, Layout.DENSE, n), absolute, 1);
                reduce(what + " (middle)", task, real(low, high, Layout.DENSE, 2, n, 5), absolute, 2, 1, 5);
                reduce(what + " (first and last)", task, real(low, high, Layout.DENSE, 2, 3, n), 2 * absolute, 1, 3, 1);
            }
            reduce(kind + " of nothing", new Task.Reduce(kind), real(low, high, Layout.DENSE, 3, 0), 0, 3, 1);
            View holes = real(low, high, Layout.DENSE, 4, 33);
            holes.put(17, Double.NaN);
            holes.put(40, Double.POSITIVE_INFINITY);
            reduce(kind + " with NaN and infinity", new Task.Reduce(kind), holes, exact ? 0 : 1e-5, 4, 1);
        }
        return this;
    }

    private void reduce(String what, Task task, View in, double absolute, long... out) {
        cases.add(new Case(
                what, task, new View[] {in}, new Shape[] {Shape.of(out)}, new DType[] {DType.F32}, 1e-6, absolute, 0));
    }

    KernelCases alongTheLastAxis() {
        for (int n : SIZES) {
            for (Layout layout : Layout.values()) {
                View in = real(-9, 9, layout, 3, n);
                Shape shape = Shape.of(3, n);
                String where = " of " + n + " " + layout;
                one("softmax" + where, new Task.Softmax(false), in, shape, DType.F32, 3e-6, 1e-12);
                one("logSoftmax" + where, new Task.Softmax(true), in, shape, DType.F32, 2e-6, 2e-6);
                for (boolean log : new boolean[] {false, true}) {
                    View result = log ? real(-9, 0, layout, 3, n) : real(0, 1, layout, 3, n);
                    cases.add(new Case(
                            "gradient of " + (log ? "logSoftmax" : "softmax") + where,
                            new Task.SoftmaxGradient(log),
                            new View[] {in, result},
                            new Shape[] {shape},
                            new DType[] {DType.F32},
                            3e-6,
                            1e-5 * n,
                            0));
                }
                View classes = View.of(new HostStorage.Longs(new long[] {0, n / 2, n - 1}), Shape.of(3));
                View slope = View.of(new HostStorage.Floats(new float[] {0.7f}), Shape.scalar());
                for (boolean mean : new boolean[] {false, true}) {
                    cases.add(new Case(
                            "cross entropy" + where,
                            new Task.CrossEntropy(mean),
                            new View[] {in, classes},
                            new Shape[] {Shape.scalar(), shape},
                            new DType[] {DType.F32, DType.F32},
                            2e-6,
                            2e-6,
                            0));
                    cases.add(new Case(
                            "gradient of cross entropy" + where,
                            new Task.CrossEntropyGradient(mean),
                            new View[] {real(-9, 0, layout, 3, n), classes, slope},
                            new Shape[] {shape},
                            new DType[] {DType.F32},
                            3e-6,
                            1e-7,
                            0));
                }
                one("running sum" + where, new Task.Cumulate(), in, shape, DType.F32, 1e-6, 1.2e-6 * n);
                one("argmax" + where, new Task.ArgReduce(true), in, Shape.of(3), DType.I64, 0, 0);
                one("argmin" + where, new Task.ArgReduce(false), ties(layout, 3, n), Shape.of(3), DType.I64, 0, 0);
                for (boolean descending : new boolean[] {false, true}) {
                    cases.add(new Case(
                            "sort" + where + (descending ? " down" : ""),
                            new Task.Sort(descending),
                            new View[] {ties(layout, 3, n)},
                            new Shape[] {shape, shape},
                            new DType[] {DType.F32, DType.I64},
                            0,
                            0,
                            0));
                }
            }
            View huge = real(-1, 1, Layout.DENSE, 2, n);
            huge.put(0, 3e38);
            huge.put(n, Double.NEGATIVE_INFINITY);
            huge.put(n + n / 2, 5);
            one("softmax of huge numbers, " + n, new Task.Softmax(false), huge, Shape.of(2, n), DType.F32, 3e-6, 1e-12);
            View holed = ties(Layout.DENSE, 3, n);
            holed.put(n + n / 2, Double.NaN);
            one("argmax with NaN, " + n, new Task.ArgReduce(true), holed, Shape.of(3), DType.I64, 0, 0);
        }
        return this;
    }

    // ---- matrix products

    KernelCases products() {
        for (int n : SIZES) {
            if (n <= 65) {
                product(n, n, n, "cube", false);
                product(n, 17, 33, "rows", true);
                product(5, n, 64, "columns", false);
            }
            product(1, n, 65, "row vector", false);
            product(n, 1, 31, "column vector", true);
            product(3, 10, n, "inner", false);
        }
        for (Layout left : Layout.values()) {
            for (Layout right : Layout.values()) {
                product(
                        "A " + left + ", B " + right,
                        real(-1, 1, left, 19, 23),
                        real(-1, 1, right, 23, 37),
                        false,
                        23,
                        19,
                        37);
            }
        }
        product("batch", real(-1, 1, Layout.DENSE, 3, 7, 9), real(-1, 1, Layout.DENSE, 3, 9, 18), true, 9, 3, 7, 18);
        product(
                "batch with one B",
                real(-1, 1, Layout.DENSE, 3, 7, 9),
                real(-1, 1, Layout.DENSE, 1, 9, 18).expand(Shape.of(3, 9, 18)),
                false,
                9,
                3,
                7,
                18);
        product(
                "batch with one A",
                real(-1, 1, Layout.DENSE, 7, 9).expand(Shape.of(2, 2, 7, 9)),
                real(-1, 1, Layout.SLICED, 2, 2, 9, 3),
                false,
                9,
                2,
                2,
                7,
                3);
        product("inner length 0", real(-1, 1, Layout.DENSE, 4, 0), real(-1, 1, Layout.DENSE, 0, 5), true, 0, 4, 5);
        product("no rows", real(-1, 1, Layout.DENSE, 0, 3), real(-1, 1, Layout.DENSE, 3, 5), false, 3, 0, 5);
        return this;
    }

    private void product(int m, int n, int k, String what, boolean accumulate) {
        String name = what + " " + m + "x" + k + " by " + k + "x" + n;
        product(name, real(-1, 1, Layout.DENSE, m, k), real(-1, 1, Layout.DENSE, k, n), accumulate, k, m, n);
        product(
                name + ", Aᵀ",
                real(-1, 1, Layout.TRANSPOSED, m, k),
                real(-1, 1, Layout.DENSE, k, n),
                accumulate,
                k,
                m,
                n);
        product(
                name + ", Bᵀ",
                real(-1, 1, Layout.DENSE, m, k),
                real(-1, 1, Layout.TRANSPOSED, k, n),
                accumulate,
                k,
                m,
                n);
    }

    /// Any order of `k` additions stays within `k·2^-24` of the sum of magnitudes, which is at most `k`;
    /// typically near its root.
    private void product(String what, View a, View b, boolean accumulate, int k, long... out) {
        double bound = 6e-8 * (k + 2) * Math.max(1, 0.5 * Math.sqrt(k));
        cases.add(new Case(
                "product, " + what + (accumulate ? ", added" : ""),
                new Task.MatMul(accumulate),
                new View[] {a, b},
                new Shape[] {Shape.of(out)},
                new DType[] {DType.F32},
                1e-6,
                bound,
                accumulate ? 0.75 : 0));
    }

    // ---- indices

    KernelCases indexing() {
        for (int n : SIZES) {
            for (Layout layout : Layout.values()) {
                String where = " of " + n + " " + layout;
                many("gather" + where, new Task.Gather(), real(-2, 2, layout, 2, n), index(n, layout, 2, 9), 0, 2, 9);
                many(
                        "scatter" + where,
                        new Task.Scatter(),
                        real(-2, 2, layout, 2, n),
                        index(6, layout, 2, n),
                        1e-6 * n,
                        2,
                        6);
                View narrow = layout.of(Values.fill(new long[] {2, n}, _ -> random.nextInt(6))
                                .tensor(DType.I32))
                        .view();
                many("scatter I32" + where, new Task.Scatter(), real(-2, 2, layout, 2, n), narrow, 1e-6 * n, 2, 6);
                many("take" + where, new Task.Take(), real(-2, 2, layout, 4, n), index(4, Layout.DENSE, 7), 0, 7, n);
                many(
                        "put" + where,
                        new Task.Put(),
                        real(-2, 2, layout, 7, n),
                        index(4, Layout.DENSE, 7),
                        1e-6 * n,
                        4,
                        n);
            }
        }
        return this;
    }

    // ---- pooling

    /// Windows of every kind on planes of odd sizes, with equal elements, a NaN and both zeros among them.
    KernelCases pooling() {
        List<PoolWindow> windows = List.of(
                PoolWindow.NONE,
                PoolWindow.of(2),
                new PoolWindow(2, 2, 0, 1, true),
                new PoolWindow(3, 2, 1, 1, false),
                new PoolWindow(3, 1, 1, 2, true),
                new PoolWindow(2, 3, 1, 1, true));
        for (PoolWindow columns : windows) {
            for (int w : new int[] {3, 6, 7, 16, 24, 33, 64, 65}) {
                for (PoolWindow rows : List.of(PoolWindow.NONE, PoolWindow.of(2), columns)) {
                    for (Layout layout : w == 7 ? Layout.values() : new Layout[] {Layout.DENSE}) {
                        pool(rows, columns, 5, w, layout);
                    }
                }
            }
        }
        pool(PoolWindow.of(2), PoolWindow.of(2), 64, 257, Layout.DENSE); // enough for several threads
        pool(PoolWindow.of(3), PoolWindow.of(3), 64, 257, Layout.DENSE);
        return this;
    }

    private void pool(PoolWindow rows, PoolWindow columns, int h, int w, Layout layout) {
        if (rows.count(h) < 1 || columns.count(w) < 1 || !rows.holdsElements(h) || !columns.holdsElements(w)) {
            return;
        }
        String where = " " + rows + " " + columns + " of " + h + "x" + w + " " + layout;
        View equal = ties(layout, 2, 2, h, w);
        equal.put(equal.size() / 2, Double.NaN);
        equal.put(equal.size() - 1, -0.0);
        equal.put(equal.size() / 3, Double.NEGATIVE_INFINITY);
        Shape out = Shape.of(2, 2, rows.count(h), columns.count(w));
        cases.add(new Case(
                "max pooling" + where,
                new Task.MaxPool(rows, columns),
                new View[] {equal},
                new Shape[] {out, out},
                new DType[] {DType.F32, DType.I32},
                0,
                0,
                0));
        for (int kind = 0; kind < 3; kind++) {
            if (rows.dilation() == 1 && columns.dilation() == 1) {
                Task.AvgPool average = new Task.AvgPool(rows, columns, kind == 0, kind < 2 ? 0 : 3);
                one("average pooling" + where, average, real(-1, 1, layout, 2, 2, h, w), out, DType.F32, 1e-6, 1e-6);
                View flow = real(-1, 1, layout, out.dims());
                Shape in = Shape.of(2, 2, h, w);
                one("its transpose" + where, new Task.AvgSpread(average), flow, in, DType.F32, 1e-6, 1e-6);
            }
        }
    }

    KernelCases randoms() {
        for (Task.Distribution distribution : Task.Distribution.values()) {
            for (int n : SIZES) {
                View key = View.of(new HostStorage.Longs(new long[] {random.nextLong()}), Shape.of(1));
                boolean exact = distribution == Task.Distribution.UNIFORM;
                one(
                        distribution + " random numbers, " + n,
                        new Task.Random(distribution),
                        key,
                        Shape.of(n),
                        DType.F32,
                        exact ? 0 : 1e-5,
                        exact ? 0 : 2e-6);
            }
        }
        return this;
    }

    // ---- helpers

    /// How an input lies in memory.
    enum Layout {
        DENSE,
        TRANSPOSED,
        SLICED,
        FLIPPED;

        Tensor of(Tensor t) {
            return this == DENSE ? t : Layouts.of(t).getOrDefault(name().toLowerCase(java.util.Locale.ROOT), t);
        }

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private View[] inputs(int n, java.util.function.IntFunction<View> each) {
        return java.util.stream.IntStream.range(0, n).mapToObj(each).toArray(View[]::new);
    }

    View real(double low, double high, Layout layout, long... dims) {
        return layout.of(Values.fill(dims, _ -> random.nextDouble(low, high)).tensor(DType.F32))
                .view();
    }

    private View ties(Layout layout, long... dims) {
        return layout.of(Values.fill(dims, _ -> random.nextInt(9) - 4).tensor(DType.F32))
                .view();
    }

    View index(int bound, Layout layout, long... dims) {
        return layout.of(Values.fill(dims, _ -> random.nextInt(bound)).tensor(DType.I64))
                .view();
    }

    private void add(String what, Task task, View[] in, Shape out) {
        cases.add(new Case(what, task, in, new Shape[] {out}, new DType[] {DType.F32}, 3e-6, 3e-6, 0));
    }

    private void one(String what, Task task, View in, Shape out, DType type, double relative, double absolute) {
        cases.add(new Case(what, task, new View[] {in}, new Shape[] {out}, new DType[] {type}, relative, absolute, 0));
    }

    private void many(String what, Task task, View in, View index, double absolute, long... out) {
        cases.add(new Case(
                what,
                task,
                new View[] {in, index},
                new Shape[] {Shape.of(out)},
                new DType[] {DType.F32},
                0,
                absolute,
                0));
    }
}
