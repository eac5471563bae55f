package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.Engine;
import cajal.tensor.Grad;
import cajal.tensor.GradException;
import cajal.tensor.Lasting;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Ops;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What follows from each sample line: values, derivatives, layouts, saves, types and expansions.
class OperationTest {
    private static final Map<String, double[]> WORST = new TreeMap<>();

    static Stream<Sample> samples() {
        return Samples.all();
    }

    static Stream<Sample> differentiable() {
        return Samples.differentiable();
    }

    static Stream<Sample> flat() {
        return Samples.flat();
    }

    /// Keeps the worst errors of each operation beside the other build results.
    @AfterAll
    static void writeTheWorstErrors() throws IOException {
        Path target = Path.of("target");
        if (Files.isDirectory(target)) {
            List<String> lines = new ArrayList<>(List.of("operation\tfirst order\tsecond order"));
            WORST.forEach(
                    (name, w) -> lines.add(name + String.format(java.util.Locale.ROOT, "\t%.1e\t%.1e", w[0], w[1])));
            Files.write(target.resolve("gradient-errors.tsv"), lines);
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void answersWhatTheOracleAnswers(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            Values expected = sample.oracle().apply(values(in));
            Values actual = Values.of(sample.fn().apply(in));
            assertThat(actual.dims()).as(sample.describe(c)).isEqualTo(expected.dims());
            double floor = 0.1 * scale(expected);
            assertThat(actual.deviation(expected, floor))
                    .as("%s: %s instead of %s", sample.describe(c), actual, expected)
                    .isLessThanOrEqualTo(sample.f64());
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void answersTheSameInSinglePrecisionUpToRounding(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            Values wide = Values.of(sample.fn().apply(in));
            Tensor result = sample.fn().apply(narrow(in));
            assertThat(result.dtype()).as(sample.describe(c)).isNotEqualTo(anyReal(in) ? DType.F64 : DType.F16);
            assertThat(Values.of(result).deviation(wide, 0.1 * scale(wide)))
                    .as("%s: %s instead of %s", sample.describe(c), result, wide)
                    .isLessThanOrEqualTo(sample.f32());
        }
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void hasTheFirstDerivativesThatDifferencesShow(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            double error = GradientCheck.of(sample.fn(), sample.varying(), sample.inputs(c))
                    .first();
            worst(sample, 0, error);
            assertThat(error).as(sample.describe(c)).isLessThanOrEqualTo(1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void hasTheSecondDerivativesThatDifferencesShow(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            double error = GradientCheck.of(sample.fn(), sample.varying(), sample.inputs(c))
                    .second();
            worst(sample, 1, error);
            assertThat(error).as(sample.describe(c)).isLessThanOrEqualTo(1e-6);
        }
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void hasTheSameGradientInSinglePrecisionUpToRounding(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            boolean[] wanted = sample.varying();
            List<Tensor> wide = gradients(sample, wanted, sample.inputs(c));
            List<Tensor> narrow = gradients(sample, wanted, narrow(sample.inputs(c)));
            for (int i = 0; i < wide.size(); i++) {
                assertThat(narrow.get(i).dtype()).isEqualTo(DType.F32);
                Values expected = Values.of(wide.get(i));
                assertThat(Values.of(narrow.get(i)).deviation(expected, scale(expected)))
                        .as("%s, gradient %d: %s instead of %s", sample.describe(c), i, narrow.get(i), expected)
                        .isLessThan(1e-5);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("flat")
    void withoutADerivativeSaysSoWhenOneIsAskedFor(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            Tensor[] leaves = leaves(in, sample.varying());
            Tensor out = sample.fn().apply(leaves);
            assertThat(out.needsGrad()).as(sample.describe(c)).isFalse();
            assertThatThrownBy(() -> Grad.of(out, Tensor.ones(out.dtype(), out.shape()), List.of(leaves)))
                    .isInstanceOf(GradException.class)
                    .hasMessageContaining("Nothing that this tensor was computed from needs a gradient")
                    .hasMessageContaining("fix:");
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsEveryLayoutAndNothingBesideIt(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            for (boolean wide : new boolean[] {true, false}) {
                Tensor[] dense = wide ? in : narrow(in);
                Values expected = Values.of(sample.fn().apply(dense));
                for (String layout : Layouts.of(dense[0]).keySet()) {
                    Values actual = Values.of(sample.fn().apply(laidOut(dense, layout)));
                    assertThat(actual.deviation(expected, 0.1 * scale(expected)))
                            .as("%s, %s", sample.describe(c), layout)
                            .isLessThanOrEqualTo(wide ? 1e-14 : sample.f32());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("differentiable")
    void hasTheSameGradientInEveryLayout(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            List<Tensor> expected = gradients(sample, sample.varying(), in);
            for (String layout : Layouts.of(in[0]).keySet()) {
                same(
                        sample.describe(c) + ", " + layout,
                        gradients(sample, sample.varying(), laidOut(in, layout)),
                        expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void readsInputsThatAreRepeatedWithoutACopy(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            for (int i = 0; i < in.length; i++) {
                for (int axis = 0; axis < in[i].rank(); axis++) {
                    if (in[i].dim(axis) > 1) {
                        Tensor[] repeated = in.clone();
                        repeated[i] = in[i].slice(axis, 0, 1).expand(in[i].shape());
                        Tensor[] copied = in.clone();
                        copied[i] = repeated[i].contiguous();
                        Values expected = Values.of(sample.fn().apply(copied));
                        assertThat(Values.of(sample.fn().apply(repeated)).deviation(expected, 0.1 * scale(expected)))
                                .as("%s, input %d repeated along axis %d", sample.describe(c), i, axis)
                                .isLessThanOrEqualTo(1e-14);
                    }
                }
            }
        }
    }

    /// The engine refuses a rule that reads what its `saves` does not name for just these gradients.
    @ParameterizedTest
    @MethodSource("differentiable")
    void savesWhatItsRuleReadsForEveryChoiceOfGradients(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            boolean[] varying = sample.varying();
            List<Tensor> all = gradients(sample, varying, in);
            for (int choice = 1; choice < 1 << in.length; choice++) {
                boolean[] wanted = new boolean[in.length];
                List<Tensor> expected = new ArrayList<>();
                for (int i = 0, k = 0; i < in.length; i++) {
                    wanted[i] = varying[i] && (choice >> i & 1) != 0;
                    if (wanted[i]) {
                        expected.add(all.get(k));
                    }
                    k += varying[i] ? 1 : 0;
                }
                if (!expected.isEmpty()) {
                    same(
                            sample.describe(c) + " for " + Arrays.toString(wanted),
                            gradients(sample, wanted, in),
                            expected);
                }
            }
        }
    }

    /// Each input in turn is overwritten between forward and backward pass: either the rule did not need it,
    /// or it says so.
    @ParameterizedTest
    @MethodSource("differentiable")
    void neverUsesAValueThatWasOverwritten(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            Tensor[] in = sample.inputs(c);
            boolean[] varying = sample.varying();
            List<Tensor> expected = gradients(sample, varying, in);
            for (int i = 0; i < in.length; i++) {
                if (!varying[i]) {
                    continue;
                }
                Param param = new Param("p", in[i]);
                Tensor[] leaves = leaves(in, varying);
                leaves[i] = param;
                Tensor out = sample.fn().apply(leaves);
                param.set(in[i].mul(0.5).add(0.3));
                List<Tensor> actual;
                try {
                    actual = Grad.of(out, seed(out), wanted(leaves, varying));
                } catch (GradException e) {
                    assertThat(e)
                            .hasMessageContaining("was overwritten in between")
                            .hasMessageContaining("fix:");
                    continue;
                }
                same(sample.describe(c) + ", input " + i + " overwritten", actual, expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void equalsItsOwnExpansionWhereItIsFused(Sample sample) {
        for (int c = 0; c < sample.cases(); c++) {
            List<Runnable> checks = new ArrayList<>();
            String what = sample.describe(c);
            Listener spy = new Listener() {
                @Override
                public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                    checks.add(() -> expansion(what, op, in));
                }
            };
            try (var _ = Context.current().listener(spy).enter()) {
                sample.fn().apply(sample.inputs(c));
            }
            checks.forEach(Runnable::run);
        }
    }

    /// What a graph in a file does: the name and the attributes, lists for arrays, make the operation again.
    @ParameterizedTest
    @MethodSource("samples")
    void isMadeAgainFromItsNameAndAttributes(Sample sample) {
        List<Runnable> checks = new ArrayList<>();
        Listener spy = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                boolean piece = op.name().equals("recompute"); // runs only while recording, so no graph holds it
                if (!piece && !(out[0] instanceof Lasting)) {
                    checks.add(() -> remade(sample, op, in, out));
                }
            }
        };
        try (var _ = Context.current().listener(spy).enter()) {
            sample.fn().apply(sample.inputs(0));
        }
        checks.forEach(Runnable::run);
    }

    private static void remade(Sample sample, Op op, Tensor[] in, Tensor[] out) {
        Map<String, Object> attributes = new TreeMap<>();
        op.attributes()
                .forEach((name, value) -> attributes.put(
                        name,
                        value instanceof long[] a ? Arrays.stream(a).boxed().toList() : value));
        Tensor[] again = Engine.run(Ops.of(op.name(), attributes), in);
        assertThat(again).as("%s: %s", sample, op).hasSameSizeAs(out);
        for (int i = 0; i < out.length; i++) {
            assertThat(again[i].dtype()).as("%s: %s", sample, op).isEqualTo(out[i].dtype());
            assertThat(Values.of(again[i]).deviation(Values.of(out[i]), 1))
                    .as("%s: %s", sample, op)
                    .isZero();
        }
    }

    private static void expansion(String what, Op op, Tensor[] in) {
        if (op instanceof Op.Viewing || op instanceof Update || op.expand(in).isEmpty()) {
            return;
        }
        boolean[] all = new boolean[in.length];
        for (int i = 0; i < in.length; i++) {
            all[i] = in[i].dtype().isFloat();
        }
        Tensor[] fusedIn = leaves(in, all);
        Tensor[] expandedIn = leaves(in, all);
        Tensor fused = Engine.one(op, fusedIn);
        Tensor expanded = op.expand(expandedIn).orElseThrow();
        Values expected = Values.of(expanded);
        assertThat(Values.of(fused).deviation(expected, scale(expected)))
                .as("%s: %s expanded", what, op)
                .isLessThan(1e-13);
        same(
                what + ": gradient of " + op + " expanded",
                Grad.of(fused, seed(fused), wanted(fusedIn, all)),
                Grad.of(expanded, seed(expanded), wanted(expandedIn, all)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void meetsInTheWiderTypeAndGivesEachInputAGradientOfItsOwn(Sample sample) {
        Tensor[] in = sample.inputs(0);
        boolean[] varying = sample.varying();
        for (int i = 0; i < in.length; i++) {
            if (!varying[i] || !sample.isDifferentiable()) {
                continue;
            }
            Tensor[] mixed = in.clone();
            mixed[i] = in[i].to(DType.F32);
            List<Tensor> actual = gradients(sample, varying, mixed);
            List<Tensor> expected = gradients(sample, varying, in);
            for (int k = 0, j = 0; k < in.length; k++) {
                if (varying[k]) {
                    assertThat(actual.get(j).dtype())
                            .as("%s, gradient %d", sample, k)
                            .isEqualTo(mixed[k].dtype());
                    Values e = Values.of(expected.get(j));
                    assertThat(Values.of(actual.get(j)).deviation(e, scale(e)))
                            .as("%s, gradient %d", sample, k)
                            .isLessThan(1e-5);
                    j++;
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void takesIntegersAndAnswersAsForTheSameRealNumbers(Sample sample) {
        for (DType type : List.of(DType.I64, DType.I32, DType.I8)) {
            Tensor[] in = sample.inputs(0);
            Tensor[] whole = in.clone();
            Tensor[] real = in.clone();
            for (int i = 0; i < in.length; i++) {
                if (in[i].dtype() == DType.F64) {
                    Tensor rounded = in[i].mul(2).round().abs().add(1);
                    whole[i] = rounded.to(type);
                    real[i] = rounded;
                }
            }
            Tensor actual = sample.fn().apply(whole);
            Values expected = Values.of(sample.fn().apply(real));
            Values truncated = actual.dtype().isFloat() ? expected : expected.map(v -> (long) v);
            assertThat(Values.of(actual).deviation(truncated, 0.1 * scale(truncated)))
                    .as("%s of %s: %s instead of %s", sample, type, actual, expected)
                    .isLessThanOrEqualTo(Math.max(sample.f32(), 2e-6));
        }
    }

    // ---- helpers

    private static void same(String what, List<Tensor> actual, List<Tensor> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            Values e = Values.of(expected.get(i));
            assertThat(Values.of(actual.get(i)).deviation(e, scale(e)))
                    .as("%s, gradient %d: %s instead of %s", what, i, actual.get(i), expected.get(i))
                    .isCloseTo(0, within(1e-12));
        }
    }

    private static List<Tensor> gradients(Sample sample, boolean[] wanted, Tensor[] in) {
        Tensor[] leaves = leaves(in, wanted);
        Tensor out = sample.fn().apply(leaves);
        return Grad.of(out, seed(out), wanted(leaves, wanted));
    }

    private static Tensor[] leaves(Tensor[] in, boolean[] wanted) {
        Tensor[] leaves = in.clone();
        for (int i = 0; i < in.length; i++) {
            leaves[i] = wanted[i] && in[i].dtype().isFloat() ? in[i].requireGrad() : in[i];
        }
        return leaves;
    }

    private static List<Tensor> wanted(Tensor[] leaves, boolean[] wanted) {
        List<Tensor> list = new ArrayList<>();
        for (int i = 0; i < leaves.length; i++) {
            if (wanted[i]) {
                list.add(leaves[i]);
            }
        }
        return list;
    }

    /// A gradient to flow in: some number for each output, different for neighbours.
    private static Tensor seed(Tensor out) {
        Shape shape = out.shape();
        double[] g = new double[(int) shape.size()];
        for (int i = 0; i < g.length; i++) {
            g[i] = (float) Math.sin(1 + 2.3 * i);
        }
        return Tensor.ofDoubles(g, shape.dims()).to(out.dtype());
    }

    private static Tensor[] narrow(Tensor[] in) {
        return Arrays.stream(in)
                .map(t -> t.dtype() == DType.F64 ? t.to(DType.F32) : t)
                .toArray(Tensor[]::new);
    }

    private static boolean anyReal(Tensor[] in) {
        return Arrays.stream(in).anyMatch(t -> t.dtype() == DType.F64);
    }

    private static Tensor[] laidOut(Tensor[] in, String layout) {
        return Arrays.stream(in).map(t -> Layouts.of(t).getOrDefault(layout, t)).toArray(Tensor[]::new);
    }

    private static Values[] values(Tensor[] in) {
        return Arrays.stream(in).map(Values::of).toArray(Values[]::new);
    }

    private static double scale(Values v) {
        double scale = 1e-300;
        for (double x : v.data()) {
            scale = Double.isFinite(x) ? Math.max(scale, Math.abs(x)) : scale;
        }
        return scale;
    }

    private static void worst(Sample sample, int order, double error) {
        double[] w = WORST.computeIfAbsent(sample.name(), _ -> new double[2]);
        w[order] = Math.max(w[order], error);
    }
}
