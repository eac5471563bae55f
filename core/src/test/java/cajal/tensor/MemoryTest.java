package cajal.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.DType;
import cajal.kernel.HostStorage;
import cajal.kernel.RecycledException;
import cajal.kernel.Recycler;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

final class MemoryTest {
    private static final Tensor X = Tensor.of(1, -2, 3);

    @Test
    void aStepGivesItsArraysToTheNextOne() {
        Object first;
        Object second;
        try (var _ = Memory.step()) {
            first = X.relu().view().host().array();
        }
        try (var _ = Memory.step()) {
            second = X.exp().view().host().array();
        }
        assertThat(second).isSameAs(first);
    }

    @Test
    void aTensorWhoseStepIsOverSaysSoWhereverItIsReadAndStillKnowsItsShape() {
        Param w = new Param("w", X);
        Tensor y;
        View view;
        try (var _ = Memory.step()) {
            y = w.mul(2);
            view = y.view();
        }
        Tensor gone = y;
        assertThat(gone.shape()).isEqualTo(X.shape());
        assertThat(gone.dtype()).isEqualTo(DType.F32);
        assertThat(gone.toString()).contains("step that is over").contains("(3)");
        assertThatThrownBy(gone::toFloats)
                .isInstanceOf(RecycledException.class)
                .hasMessageContaining("A tensor of shape (3), made by mul, is used, but the step")
                .hasMessageContaining("rule: what is computed inside Memory.step() lives until the scope is closed")
                .hasMessageContaining("fix:  inside the step, t.keep() makes a copy that lasts");
        assertThatThrownBy(() -> gone.get(0)).isInstanceOf(RecycledException.class);
        assertThatThrownBy(() -> gone.sum()).isInstanceOf(RecycledException.class);
        assertThatThrownBy(() -> X.add(gone)).isInstanceOf(RecycledException.class);
        assertThatThrownBy(() -> w.set(gone)).isInstanceOf(RecycledException.class);
        assertThatThrownBy(() -> view.at(0)).isInstanceOf(RecycledException.class);
        assertThat(w.toFloats()).containsExactly(1, -2, 3);
    }

    @Test
    void aBackwardPassThroughAStepThatIsOverSaysSo() {
        Tensor x = X.requireGrad();
        Tensor loss;
        try (var _ = Memory.step()) {
            loss = x.exp().square().sum();
        }
        Tensor late = loss;
        assertThatThrownBy(late::backward).isInstanceOf(RecycledException.class);
    }

    @Test
    void whatIsKeptLastsAndIsAConstant() {
        Tensor x = X.requireGrad();
        Tensor kept;
        Tensor off;
        try (var _ = Memory.step()) {
            kept = x.mul(2).keep();
            try (var _ = Memory.off()) {
                off = X.mul(3);
            }
        }
        overwrite();
        assertThat(kept.needsGrad()).isFalse();
        assertThat(kept.toFloats()).containsExactly(2, -4, 6);
        assertThat(off.toFloats()).containsExactly(3, -6, 9);
    }

    @Test
    void aGradientOutlivesItsStepUntilItIsClearedInsideOfAnother() {
        Param w = new Param("w", X);
        try (var _ = Memory.step()) {
            w.square().sum().backward();
        }
        overwrite();
        Tensor gradient = w.grad();
        assertThat(gradient.toFloats()).containsExactly(2, -4, 6);
        try (var _ = Memory.step()) { // accumulates
            w.square().sum().backward();
        }
        assertThat(w.grad().toFloats()).containsExactly(4, -8, 12);
        assertThatThrownBy(gradient::toFloats).isInstanceOf(RecycledException.class);
        Tensor sum = w.grad();
        w.zeroGrad();
        overwrite();
        assertThat(sum.toFloats()).containsExactly(4, -8, 12); // cleared outside of a step: it stays
    }

    @Test
    void gradientsThatShareStorageLiveAsLongAsOneOfThem() {
        Param a = new Param("a", X);
        Param b = new Param("b", X);
        try (var _ = Memory.step()) {
            a.add(b).square().sum().backward(); // both get the same tensor
        }
        try (var _ = Memory.step()) {
            a.zeroGrad();
        }
        overwrite();
        assertThat(b.grad().toFloats()).containsExactly(4, -8, 12);
    }

    @Test
    void anInnerStepGivesBackOnlyItsOwn() {
        try (var _ = Memory.step()) {
            Tensor outer = X.mul(2);
            Tensor inner;
            try (var _ = Memory.step()) {
                inner = X.mul(3);
            }
            overwrite();
            assertThat(outer.toFloats()).containsExactly(2, -4, 6);
            assertThatThrownBy(inner::toFloats).isInstanceOf(RecycledException.class);
        }
    }

    @Test
    void whatAnotherThreadComputesLasts() throws InterruptedException, ExecutionException {
        Tensor elsewhere;
        try (var _ = Memory.step()) {
            Context here = Context.current();
            List<Tensor> made = new ArrayList<>();
            FutureTask<Tensor> task = new FutureTask<>(() -> {
                here.call(() -> made.add(X.mul(2)));
                return made.getFirst();
            });
            Thread.ofVirtual().start(task);
            elsewhere = task.get();
        }
        overwrite();
        assertThat(elsewhere.toFloats()).containsExactly(2, -4, 6);
    }

    @Test
    void aStepIsClosedByItsOwnThread() throws InterruptedException {
        Scope step = Memory.step();
        List<Throwable> thrown = new ArrayList<>();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                step.close();
            } catch (IllegalStateException e) {
                thrown.add(e);
            }
        });
        other.join();
        step.close();
        step.close(); // once more does nothing
        assertThat(thrown).singleElement().satisfies(e -> assertThat(e).hasMessageContaining("one thread"));
    }

    @Test
    void theBackwardPassGivesBackWhatItNoLongerNeedsUnlessSomebodyListens() {
        Param w = new Param("w", Tensor.ones(1000));
        List<Tensor> seen = new ArrayList<>();
        Listener all = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                seen.addAll(List.of(out));
            }
        };
        long quiet = arrays(w, () -> {});
        long told;
        try (var _ = Context.current().listener(all).enter()) {
            told = arrays(
                    w,
                    () -> assertThat(seen)
                            .allSatisfy(t -> assertThat(t.toFloats()).isNotEmpty()));
        }
        assertThat(told).isEqualTo(40); // 20 products, their gradients
        assertThat(quiet).isLessThanOrEqualTo(22);
    }

    /// The number of arrays of 1000 numbers that a chain of products and its backward pass need.
    private static long arrays(Param w, Runnable meanwhile) {
        w.zeroGrad();
        try (var _ = Memory.step()) {
            Tensor y = w;
            for (int i = 0; i < 20; i++) {
                y = y.mul(1.5);
            }
            y.sum().backward();
            meanwhile.run();
        }
        try (var _ = Memory.step()) {
            Recycler recycler =
                    java.util.Objects.requireNonNull(Context.current().memory().recycler());
            return recycler.free(DType.F32, 1000) + 1; // the gradient is held
        }
    }

    @Test
    void whatStepsNoLongerUseIsLetGo() {
        Recycler recycler = new Recycler();
        step(recycler, 1_000_000);
        assertThat(recycler.bytes()).isEqualTo(4_000_000);
        for (int i = 1; i < 2000; i++) {
            step(recycler, i);
        }
        assertThat(recycler.bytes()).isLessThan(20_000);
    }

    @Test
    void whatIsLetGoIsWhatStepsDoWithout() {
        Recycler recycler = new Recycler();
        for (int i = 0; i < 2; i++) {
            recycler.take(DType.F32, 65_536);
            recycler.take(DType.F32, 32_768);
        }
        recycler.backTo(0);
        for (int i = 0; i < 300; i++) { // until the first step's need is forgotten
            int free = recycler.free(DType.F32, 32_768);
            recycler.take(DType.F32, 65_536);
            recycler.take(DType.F32, 32_768);
            recycler.backTo(0);
            assertThat(free).as("step " + i).isPositive();
        }
        assertThat(recycler.bytes()).isLessThanOrEqualTo(6 * (65_536 + 32_768));
    }

    private static void step(Recycler recycler, int length) {
        int mark = recycler.mark();
        recycler.take(DType.F32, length);
        recycler.backTo(mark);
    }

    @Test
    void arraysOfOneKindServeAllItsTypes() {
        Recycler recycler = new Recycler();
        HostStorage bytes = recycler.take(DType.U8, 5);
        Object array = bytes.array();
        recycler.backTo(0);
        assertThat(recycler.take(DType.BOOL, 5).array()).isSameAs(array);
        assertThat(recycler.take(DType.I8, 5).array()).isNotSameAs(array);
    }

    /// Uses what an earlier step gave back.
    private static void overwrite() {
        try (var _ = Memory.step()) {
            for (int i = 0; i < 20; i++) {
                X.add(100 + i);
            }
        }
    }
}
