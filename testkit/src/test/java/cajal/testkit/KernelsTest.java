package cajal.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.Kernels;
import cajal.kernel.ReferenceKernels;
import cajal.kernel.Shape;
import cajal.kernel.Task;
import cajal.kernel.View;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every backend against the reference kernels: each task at sizes below, at and above the widths of vectors
/// and
/// tiles.
class KernelsTest {
    private static final long SEED = 2718;
    private static final double SENTINEL = 12345;
    private static final int GUARD = 37;

    static Stream<Kernels> backends() {
        return FoundBackends.all().stream();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void computesEveryPointwiseFunctionAndItsGradients(Kernels backend) {
        check(backend, new KernelCases(SEED).pointwise().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void computesAFunctionInItsArgumentsPlace(Kernels backend) {
        int done = 0;
        for (KernelCases.Case c : new KernelCases(SEED).pointwise().all()) {
            View[] apart = outputs(c);
            View x = c.in()[0];
            if (c.outs().length > 1 || c.types()[0] != x.dtype() || !x.shape().equals(c.outs()[0]) || !x.isDense()) {
                continue;
            }
            View[] place = {Tensor.of(x).copy().view()};
            View[] in = c.in().clone();
            in[0] = place[0];
            if (backend.run(c.task(), c.in(), apart) && backend.run(c.task(), in, place)) {
                done++;
                for (long i = 0; i < x.size(); i++) {
                    assertThat(place[0].at(i)).as(c + ", element " + i).isEqualTo(apart[0].at(i));
                }
            }
        }
        assertThat(done).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void takesTheGradientOfNormalisedElementsBackInItsPlace(Kernels backend) {
        int done = 0;
        for (KernelCases.Case c : new NormaliseCases(SEED).all()) {
            if (c.task() instanceof Task.NormaliseGradient) {
                View[] apart = outputs(c);
                View[] place = outputs(c);
                place[0] = Tensor.of(c.in()[0]).copy().view();
                View[] in = c.in().clone();
                in[0] = place[0];
                if (backend.run(c.task(), c.in(), apart) && backend.run(c.task(), in, place)) {
                    done++;
                    for (int i = 0; i < place.length; i++) {
                        assertThat(difference(c, place[i], apart[i]))
                                .as(c + ", output " + i)
                                .isEmpty();
                    }
                }
            }
        }
        assertThat(done).isGreaterThan(100);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void computesEveryPointwiseFunctionAtTheEdgesOfTheNumberRange(Kernels backend) {
        check(backend, new KernelCases(SEED).edges().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void reducesAlongAnyAxes(Kernels backend) {
        check(backend, new KernelCases(SEED).reductions().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void normalisesSumsSearchesAndSortsAlongTheLastAxis(Kernels backend) {
        check(backend, new KernelCases(SEED).alongTheLastAxis().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void bringsGroupsToMeanZeroAndVarianceOne(Kernels backend) {
        check(backend, new NormaliseCases(SEED).all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void multipliesMatricesOfEverySizeAndLayout(Kernels backend) {
        check(backend, new KernelCases(SEED).products().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void convolvesOverAnyAxesWithAnyStridesPaddingAndGroups(Kernels backend) {
        check(backend, new ConvolutionCases(SEED).all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void attendsAndRecursInEveryForm(Kernels backend) {
        check(backend, new SequenceCases(SEED).all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void movesAndAddsByIndex(Kernels backend) {
        check(backend, new KernelCases(SEED).indexing().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void poolsWindowsOfEveryKind(Kernels backend) {
        check(backend, new KernelCases(SEED).pooling().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void drawsTheSameRandomNumbers(Kernels backend) {
        check(backend, new KernelCases(SEED).randoms().all());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void answersAtLeastTheTasksThatItIsKnownFor(Kernels backend) {
        KernelCases cases = new KernelCases(SEED)
                .pointwise()
                .reductions()
                .alongTheLastAxis()
                .products()
                .indexing()
                .pooling()
                .randoms();
        Set<String> answered = new TreeSet<>();
        List<KernelCases.Case> all = new ArrayList<>(cases.all());
        all.addAll(new ConvolutionCases(SEED).all());
        all.addAll(new NormaliseCases(SEED).all());
        all.addAll(new SequenceCases(SEED).all());
        for (KernelCases.Case c : all) {
            String kind = c.task().getClass().getSimpleName();
            if (!answered.contains(kind) && backend.run(c.task(), c.in(), outputs(c))) {
                answered.add(kind);
            }
        }
        assertThat(answered).as(backend.name()).containsAll(FoundBackends.tasksOf(backend.name()));
    }

    @Test
    void aBackendThatErrsInOneElementOrWritesBesideItsOutputIsNoticed() {
        List<KernelCases.Case> cases = new KernelCases(SEED).products().all();
        assertThatThrownBy(() -> check(flawed(v -> v.put(v.size() - 1, v.at(v.size() - 1) + 1e-3)), cases))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("instead of");
        assertThatThrownBy(() -> check(flawed(v -> v.host().put(v.offset() + v.size(), 0)), cases))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("wrote beside the output");
    }

    private static Kernels flawed(Consumer<View> flaw) {
        return new Kernels() {
            @Override
            public String name() {
                return "flawed";
            }

            @Override
            public int priority() {
                return 0;
            }

            @Override
            public boolean run(Task task, View[] in, View[] out) {
                new ReferenceKernels().run(task, in, out);
                if (out[0].size() == 33 * 17) {
                    flaw.accept(out[0]);
                }
                return true;
            }
        };
    }

    private static void check(Kernels backend, List<KernelCases.Case> cases) {
        assertThat(cases).hasSizeGreaterThan(20);
        List<String> wrong = new ArrayList<>();
        for (KernelCases.Case c : cases) {
            View[] expected = outputs(c);
            View[] actual = outputs(c);
            assertThat(reference(c.task(), c.in(), expected)).isTrue();
            boolean answered = backend.run(c.task(), c.in(), actual);
            for (int i = 0; i < actual.length; i++) {
                String error =
                        answered ? difference(c, actual[i], expected[i]) : difference(c, actual[i], outputs(c)[i]);
                if (!error.isEmpty() || !guarded(actual[i])) {
                    wrong.add(c + ", output " + i + ": " + (error.isEmpty() ? "wrote beside the output" : error)
                            + (answered ? "" : " (though it answered false)"));
                }
            }
        }
        assertThat(wrong.stream().limit(40).toList())
                .as("%s: %d of %d cases, seed %d", backend.name(), wrong.size(), cases.size(), SEED)
                .isEmpty();
    }

    /// A task on the reference kernels, which know none of several steps: they do one after the other.
    private static boolean reference(Task task, View[] in, View[] out) {
        var kernels = new ReferenceKernels();
        return switch (task) {
            case Task.Then(Task first, Task then) ->
                kernels.run(first, in, out) && kernels.run(then, new View[] {out[0]}, new View[] {out[0]});
            case Task.Sloped(Task slope, Task then) -> {
                View[] rest = Arrays.copyOf(in, in.length - 1);
                rest[0] = Tensor.zeros(in[0].dtype(), in[0].shape()).view();
                View[] slopes = {in[in.length - 1], in[0]};
                yield kernels.run(slope, slopes, new View[] {rest[0]}) && kernels.run(then, rest, out);
            }
            default -> kernels.run(task, in, out);
        };
    }

    /// Outputs that lie inside a larger array, so that writing beside them shows.
    private static View[] outputs(KernelCases.Case c) {
        View[] out = new View[c.outs().length];
        for (int i = 0; i < out.length; i++) {
            Shape shape = c.outs()[i];
            HostStorage storage = HostStorage.zeros(c.types()[i], shape.size() + 2L * GUARD);
            for (long k = 0; k < storage.size(); k++) {
                storage.put(k, k < GUARD || k >= GUARD + shape.size() ? SENTINEL : c.start());
            }
            out[i] = View.of(storage, shape, shape.strides(), GUARD);
        }
        return out;
    }

    private static boolean guarded(View v) {
        for (long k = 0; k < GUARD; k++) {
            if (v.host().at(k) != SENTINEL || v.host().at(GUARD + v.size() + k) != SENTINEL) {
                return false;
            }
        }
        return true;
    }

    private static String difference(KernelCases.Case c, View actual, View expected) {
        for (long i = 0; i < expected.size(); i++) {
            double a = actual.at(i);
            double e = expected.at(i);
            boolean same = a == e || (Double.isNaN(a) && Double.isNaN(e));
            double allowed = expected.dtype() == DType.F32 ? c.absolute() + c.relative() * Math.abs(e) : 0;
            if (!same && !(Math.abs(a - e) <= allowed)) {
                String at = c.in().length > 0 && c.in()[0].size() == expected.size() ? " for " + c.in()[0].at(i) : "";
                return "element " + i + at + " is " + a + " instead of " + e;
            }
        }
        return "";
    }
}
