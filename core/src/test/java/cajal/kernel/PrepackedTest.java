package cajal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import cajal.kernel.Prepacked.Role;
import java.lang.ref.SoftReference;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PrepackedTest {
    private static final FloatPrimitives SCALAR = new ScalarFloats();

    private final HostStorage storage = HostStorage.zeros(DType.F32, 6);
    private final View view = View.of(storage, Shape.of(2, 3));
    private int packed;

    @Test
    void contentsAreKeptFromTheThirdUseOn() {
        storage.overwritten();
        assertThat(use(view, Role.RIGHT)).isNull();
        assertThat(use(view, Role.RIGHT)).isNull();
        float[] kept = use(view, Role.RIGHT);
        assertThat(kept).containsExactly(1, 1, 1, 1, 1, 1);
        assertThat(use(view, Role.RIGHT)).isSameAs(kept);
        assertThat(packed).isEqualTo(1);
    }

    @Test
    void aSecondViewOfTheSameElementsFindsThem() {
        storage.overwritten();
        View turned = view.permute(1, 0);
        use(turned, Role.RIGHT);
        use(view.permute(1, 0), Role.RIGHT);
        assertThat(use(view.permute(1, 0), Role.RIGHT)).isNotNull();
        assertThat(use(view, Role.RIGHT)).isNull(); // rows and columns are others
    }

    @Test
    void whatIsLaidOutForAnotherKernelIsAnotherCopy() {
        storage.overwritten();
        float[] right = third(view, Role.RIGHT), turned = third(view, Role.TURNED);
        assertThat(right).isNotNull().isNotSameAs(turned);
        assertThat(Prepacked.of(view, new ScalarFloats(), Role.RIGHT, 6, this::pack))
                .isNull();
    }

    @Test
    void overwrittenContentsArePackedAgainInTheSameMemory() {
        storage.overwritten();
        float[] kept = third(view, Role.RIGHT);
        storage.overwritten();
        assertThat(use(view, Role.RIGHT)).isNull();
        assertThat(use(view, Role.RIGHT)).isNull();
        assertThat(use(view, Role.RIGHT)).isSameAs(kept).containsExactly(2, 2, 2, 2, 2, 2);
    }

    @Test
    void trainingKeepsNothing() {
        for (int step = 0; step < 10; step++) {
            storage.overwritten();
            assertThat(use(view, Role.RIGHT)).isNull();
            assertThat(use(view, Role.TURNED)).isNull();
        }
        assertThat(packed).isEqualTo(0);
    }

    @Test
    void whatIsNoParameterIsNotKept() {
        for (int i = 0; i < 5; i++) assertThat(use(view, Role.RIGHT)).isNull();
    }

    @Test
    void aStorageHasFewLayouts() {
        storage.overwritten();
        for (Role role : Role.values()) assertThat(third(view, role)).isNotNull();
        assertThat(third(view.permute(1, 0), Role.RIGHT)).isNull();
    }

    @Test
    void overwrittenWhileItIsPackedIsNotTakenForNew() {
        storage.overwritten();
        use(view, Role.RIGHT);
        use(view, Role.RIGHT);
        assertThat(Prepacked.of(view, SCALAR, Role.RIGHT, 6, _ -> storage.overwritten()))
                .isNotNull(); // what this caller read while it changed
        assertThat(use(view, Role.RIGHT)).isNull();
    }

    @Test
    void threadsGetTheSameElementsOrNone() throws InterruptedException {
        for (int round = 0; round < 300; round++) {
            Storage mine = new HostStorage.Floats(new float[6]);
            View shown = View.of(mine, Shape.of(2, 3));
            mine.overwritten();
            AtomicInteger copies = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            Set<float[]> all = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
            for (int t = 0; t < 8; t++) {
                threads.add(Thread.startVirtualThread(() -> {
                    for (int i = 0; i < 100; i++) {
                        float[] kept = Prepacked.of(
                                shown, SCALAR, Role.RIGHT, 6, to -> Arrays.fill(to, copies.incrementAndGet()));
                        if (kept != null) all.add(kept);
                    }
                }));
            }
            for (Thread t : threads) t.join();
            assertThat(copies).hasValue(1);
            assertThat(all).hasSize(1).allSatisfy(kept -> assertThat(kept).containsOnly(1));
        }
    }

    @Test
    void whatTheGarbageCollectorTookIsNotMadeAgainAtOnce() throws ReflectiveOperationException {
        storage.overwritten();
        third(view, Role.RIGHT);
        Field copy = Prepacked.class.getDeclaredField("copy");
        copy.setAccessible(true);
        ((SoftReference<?>) Objects.requireNonNull(copy.get(storage.prepacked()))).clear();
        for (int i = 0; i < 1000; i++) assertThat(use(view, Role.RIGHT)).isNull();
        assertThat(packed).isEqualTo(1);
        assertThat(third(view, Role.RIGHT)).isNotNull();
        assertThat(packed).isEqualTo(2);
    }

    private float @Nullable [] third(View v, Role role) {
        use(v, role);
        use(v, role);
        return use(v, role);
    }

    private float @Nullable [] use(View v, Role role) {
        return Prepacked.of(v, SCALAR, role, 6, this::pack);
    }

    private void pack(float[] to) {
        Arrays.fill(to, ++packed);
    }
}
