package cajal.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
    private static final RandomKey KEY = RandomKey.of(42);

    /// Sample `i` has the input `i` and the target `i + 1000`.
    private static Dataset numbers(long n) {
        float[] x = new float[(int) n];
        float[] y = new float[(int) n];
        for (int i = 0; i < n; i++) {
            x[i] = i;
            y[i] = i + 1000;
        }
        return Dataset.of(Tensor.of(x, n, 1), Tensor.of(y, n, 1));
    }

    private static List<Long> epoch(Batches batches, long epoch) {
        List<Long> seen = new ArrayList<>();
        for (long i = 0; i < batches.count(); i++) {
            Batch b = batches.at(epoch, i);
            for (float v : b.inputs().toFloats()) {
                seen.add((long) v);
            }
            assertThat(b.targets().toFloats())
                    .containsExactly(b.inputs().add(1000).toFloats());
        }
        return seen;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 7, 32, 100, 101, Batches.ALL})
    void anEpochHoldsEachSampleOnce(long size) {
        Batches batches = Batches.shuffled(numbers(100), size, KEY);
        for (int e = 0; e < 3; e++) {
            assertThat(epoch(batches, e))
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.range(0, 100).boxed().toList());
        }
        assertThat(batches.count()).isEqualTo((long) Math.ceil(100.0 / Math.min(100, size)));
        assertThat(batches.samples()).isEqualTo(100);
    }

    @Test
    void epochsAreShuffledDifferentlyAndEachTheSameForTheSameKey() {
        Batches batches = Batches.shuffled(numbers(100), 10, KEY);
        List<Long> first = epoch(batches, 0);
        assertThat(epoch(batches, 1)).isNotEqualTo(first);
        assertThat(epoch(batches, 0)).isEqualTo(first);
        assertThat(epoch(Batches.shuffled(numbers(100), 25, KEY), 0)).isEqualTo(first);
        assertThat(epoch(Batches.shuffled(numbers(100), 10, RandomKey.of(43)), 0))
                .isNotEqualTo(first);
        assertThat(epoch(Batches.inOrder(numbers(100), 10), 5)).isSorted();
    }

    @Test
    void trainingGoesOnInTheMiddleOfAnEpoch() {
        Batches before = Batches.shuffled(numbers(53), 8, KEY);
        List<Long> whole = epoch(before, 3);
        Batches after = Batches.shuffled(numbers(53), 8, KEY);
        List<Long> rest = new ArrayList<>();
        for (long i = 4; i < after.count(); i++) {
            for (float v : after.at(3, i).inputs().toFloats()) {
                rest.add((long) v);
            }
        }
        assertThat(rest).isEqualTo(whole.subList(32, 53));
    }

    @Test
    void aLastBatchThatIsNotFullCanBeLeftOut() {
        Batches batches = Batches.shuffled(numbers(53), 8, KEY).dropLast();
        assertThat(batches.count()).isEqualTo(6);
        assertThat(epoch(batches, 0)).hasSize(48).doesNotHaveDuplicates();
        assertThat(Batches.inOrder(numbers(16), 8).dropLast().count()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7})
    void workersShareAnEpochWithoutOverlap(int ranks) {
        List<Long> all = new ArrayList<>();
        List<Long> single = epoch(Batches.shuffled(numbers(53), 4, KEY), 2);
        for (int r = 0; r < ranks; r++) {
            List<Long> share = epoch(Batches.shuffled(numbers(53), 4, KEY).share(r, ranks), 2);
            assertThat(share).hasSizeBetween(53 / ranks, 53 / ranks + 1);
            for (int i = 0; i < share.size(); i++) {
                assertThat(share.get(i)).isEqualTo(single.get(i * ranks + r));
            }
            all.addAll(share);
        }
        assertThat(all)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 53).boxed().toList());
    }

    @Test
    void prefetchedBatchesAreTheSameAndMadeElsewhere() {
        Dataset numbers = numbers(50);
        var threads = ConcurrentHashMap.<Thread>newKeySet();
        Batches batches =
                Batches.shuffled(watched(numbers, threads::add, -1), 8, KEY).prefetch();
        for (int e = 0; e < 3; e++) {
            assertThat(epoch(batches, e)).isEqualTo(epoch(Batches.shuffled(numbers, 8, KEY), e));
        }
        assertThat(threads).contains(Thread.currentThread()).hasSizeGreaterThan(5);
        assertThat(epoch(batches, 1)).isEqualTo(epoch(Batches.shuffled(numbers, 8, KEY), 1));
    }

    @Test
    void whatGoesWrongInTheBackgroundIsThrownWhenTheBatchIsAskedFor() {
        Batches batches = Batches.inOrder(watched(numbers(50), _ -> {}, 20), 8).prefetch();
        batches.at(0, 0);
        batches.at(0, 1);
        assertThatThrownBy(() -> batches.at(0, 2))
                .isInstanceOf(DataException.class)
                .hasMessage("sample 20");
        assertThat(batches.at(0, 3).inputs().toFloats()[0]).isEqualTo(24);
    }

    @Test
    void severalWorkersGiveTheSameBatchesInTheSameOrder() {
        Batches plain = Batches.shuffled(numbers(103), 8, KEY);
        for (int ahead : new int[] {1, 2, 3, 7, 40}) {
            Batches busy = Batches.shuffled(watched(numbers(103), _ -> pause(), -1), 8, KEY)
                    .prefetch(ahead);
            for (int e = 0; e < 3; e++) {
                assertThat(epoch(busy, e)).isEqualTo(epoch(plain, e));
            }
            assertThat(busy.at(1, 5).inputs().toFloats())
                    .containsExactly(plain.at(1, 5).inputs().toFloats());
        }
    }

    @Test
    void noMoreBatchesAreMadeThanAskedForAndNoneIsLeftRunning() throws InterruptedException {
        var running = new AtomicInteger();
        var most = new AtomicInteger();
        var made = new AtomicInteger();
        Dataset slow = watched(
                numbers(400),
                _ -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    pause();
                    made.incrementAndGet();
                    running.decrementAndGet();
                },
                -1);
        Batches batches = Batches.inOrder(slow, 4).prefetch(3);
        for (int i = 0; i < 10; i++) {
            batches.at(0, i);
        }
        long end = System.nanoTime() + 5_000_000_000L;
        while (made.get() < 13 && System.nanoTime() < end) {
            Thread.sleep(5);
        }
        Thread.sleep(30);
        assertThat(made).hasValue(13);
        assertThat(running).hasValue(0);
        assertThat(most.get()).isBetween(2, 4);
    }

    @Test
    void aWorkersFailureNamesTheSample() {
        Dataset bad = watched(
                numbers(40),
                _ -> {},
                _ -> {
                    throw new IllegalStateException("cannot be squared");
                },
                13);
        for (int ahead : new int[] {0, 1, 4}) {
            Batches batches = Batches.inOrder(bad, 4).prefetch(ahead);
            batches.at(0, 2);
            assertThatThrownBy(() -> batches.at(0, 3))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("Batch 3 of epoch 0: sample 13 cannot be made")
                    .hasMessageContaining("cannot be squared");
            assertThat(batches.at(0, 4).inputs().toFloats()[0]).isEqualTo(16);
        }
        assertThatThrownBy(() -> Batches.inOrder(bad, 4).prefetch(-1)).hasMessageContaining("-1 batches ahead");
    }

    private static void pause() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Dataset watched(Dataset data, java.util.function.Consumer<Thread> watcher, long bad) {
        return watched(
                data,
                watcher,
                b -> {
                    throw new DataException("sample " + b);
                },
                bad);
    }

    private static Dataset watched(
            Dataset data, java.util.function.Consumer<Thread> watcher, java.util.function.LongConsumer fail, long bad) {
        return new Dataset() {
            @Override
            public long size() {
                return data.size();
            }

            @Override
            public Shape inputShape() {
                return data.inputShape();
            }

            @Override
            public List<String> classes() {
                return data.classes();
            }

            @Override
            public Batch batch(long... samples) {
                watcher.accept(Thread.currentThread());
                if (LongStream.of(samples).anyMatch(s -> s == bad)) {
                    fail.accept(bad);
                }
                return data.batch(samples);
            }
        };
    }

    @Test
    void sizesSharesAndPositionsThatMakeNoSenseAreRefused() {
        assertThatThrownBy(() -> Batches.inOrder(numbers(5), 0)).hasMessageContaining("A batch of 0 samples");
        assertThatThrownBy(() -> Batches.inOrder(numbers(5), -3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Batches.inOrder(numbers(5), 2).share(2, 2)).hasMessageContaining("share 2 of 2");
        assertThatThrownBy(() -> Batches.inOrder(numbers(5), 2).share(-1, 2)).hasMessageContaining("rule:");
        Batches batches = Batches.inOrder(numbers(5), 2);
        assertThatThrownBy(() -> batches.at(0, 3))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContaining("3 batches");
        assertThatThrownBy(() -> batches.at(0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> batches.at(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(Batches.inOrder(numbers(0), 2).count()).isZero();
    }
}
