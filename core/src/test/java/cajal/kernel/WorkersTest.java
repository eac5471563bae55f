package cajal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class WorkersTest {
    private final int threads = Workers.threads();

    @AfterEach
    void restoreThreads() {
        Workers.threads(threads);
    }

    private static void everyPartOnce(int parts) {
        var count = new AtomicIntegerArray(parts);
        Workers.parallel(parts, count::incrementAndGet);
        for (int i = 0; i < parts; i++)
            assertThat(count.get(i)).as("part %s of %s", i, parts).isOne();
    }

    @Test
    void everyPartRunsOnce() {
        for (int n : new int[] {1, 2, 3, 5}) {
            Workers.threads(n);
            assertThat(Workers.threads()).isEqualTo(n);
            for (int parts : new int[] {0, 1, 2, 3, 7, 100}) everyPartOnce(parts);
        }
    }

    @Test
    void thousandsOfShortRegionsNeitherHangNorLoseAPart() {
        Workers.threads(3);
        for (int i = 0; i < 20_000; i++) {
            var sum = new AtomicInteger();
            Workers.parallel(4, part -> sum.addAndGet(part + 1));
            assertThat(sum.get()).isEqualTo(10);
        }
    }

    @Test
    void regionsAfterAPauseWakeTheSleepingWorkers() throws InterruptedException {
        Workers.threads(2);
        for (int i = 0; i < 20; i++) {
            Thread.sleep(2); // longer than workers spin
            var met = new CountDownLatch(2);
            // each part waits for the other: only two threads at once can do it
            Workers.parallel(2, part -> {
                met.countDown();
                try {
                    assertThat(met.await(10, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    void theCallerTakesPartAndOthersAreDaemons() {
        Workers.threads(2);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 100; i++) {
            Workers.parallel(2, part -> {
                seen.add(Thread.currentThread());
                pause(100_000);
            });
        }
        assertThat(seen).contains(Thread.currentThread()).hasSizeGreaterThan(1);
        assertThat(seen)
                .allMatch(t -> t == Thread.currentThread()
                        || t.isDaemon() && t.getName().startsWith("cajal-worker-"));
    }

    @Test
    void aSingleThreadRunsPartsInOrder() {
        Workers.threads(1);
        List<Integer> order = new ArrayList<>();
        Workers.parallel(5, order::add);
        assertThat(order).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void aRegionInsideARegionRunsInline() {
        Workers.threads(3);
        var count = new AtomicInteger();
        Workers.parallel(6, outer -> {
            Thread here = Thread.currentThread();
            Workers.parallel(5, inner -> {
                assertThat(Thread.currentThread()).isSameAs(here);
                count.incrementAndGet();
            });
        });
        assertThat(count.get()).isEqualTo(30);
    }

    @Test
    void whatABodyThrowsReachesTheCallerAndThePoolGoesOn() {
        for (int n : new int[] {1, 3}) {
            Workers.threads(n);
            var failure = new IllegalStateException("part 3");
            assertThatThrownBy(() -> Workers.parallel(8, part -> {
                        if (part == 3) throw failure;
                    }))
                    .isSameAs(failure);
            assertThatThrownBy(() -> Workers.parallel(8, part -> {
                        throw new StackOverflowError("part " + part);
                    }))
                    .isInstanceOf(StackOverflowError.class);
            everyPartOnce(10);
        }
    }

    @Test
    void sixtyFourVirtualThreadsMayCallAtOnce() throws InterruptedException {
        Workers.threads(3);
        var total = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            callers.add(Thread.startVirtualThread(() -> {
                for (int r = 0; r < 100; r++) Workers.parallel(7, part -> total.addAndGet(part));
            }));
        }
        for (Thread t : callers) assertThat(t.join(Duration.ofSeconds(20))).isTrue();
        assertThat(total.get()).isEqualTo(64 * 100 * 21);
    }

    @Test
    void anInterruptIsKeptForTheCaller() {
        Workers.threads(2);
        Thread.currentThread().interrupt();
        try {
            for (int i = 0; i < 50; i++) {
                Workers.parallel(2, part -> pause(200_000));
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void rangesCoverEveryIndexOnceAndDependOnTheShapeAlone() {
        for (int n : new int[] {1, 3}) {
            Workers.threads(n);
            for (int length : new int[] {0, 1, 9, 10, 11, 99, 1000}) {
                Set<String> ranges = ConcurrentHashMap.newKeySet();
                var covered = new AtomicIntegerArray(length);
                Workers.ranges(length, 10, (from, to) -> {
                    ranges.add(from + "-" + to);
                    for (int i = from; i < to; i++) covered.incrementAndGet(i);
                });
                assertThat(ranges).hasSize((length + 9) / 10);
                for (int i = 0; i < length; i++) assertThat(covered.get(i)).isOne();
            }
        }
    }

    @Test
    void aNumberOfThreadsOutOfRangeIsRefusedWithTheRule() {
        assertThatThrownBy(() -> Workers.threads(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be 0")
                .hasMessageContaining("from 1 to");
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) Thread.onSpinWait();
    }
}
