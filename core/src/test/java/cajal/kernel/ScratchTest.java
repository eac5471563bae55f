package cajal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScratchTest {
    @Test
    void blocksAreAtLeastAsLongAsAskedFor() {
        var scratch = new Scratch();
        for (int n : new int[] {0, 1, 1023, 1024, 1025, 1 << 20, (1 << 24) + 1})
            assertThat(scratch.take(n).length).isGreaterThanOrEqualTo(n);
    }

    @Test
    void aBlockThatWasGivenBackIsLentAgain() {
        var scratch = new Scratch();
        float[] block = scratch.take(5000);
        assertThat(scratch.take(5000)).isNotSameAs(block);
        scratch.give(block);
        assertThat(scratch.take(6000)).isSameAs(block);
    }

    @Test
    void whatGoesBeyondTheBoundIsDropped() {
        var scratch = new Scratch();
        List<float[]> blocks = new ArrayList<>();
        for (int i = 0; i < 10; i++) blocks.add(scratch.take(1 << 20)); // 4 MiB each, of which 16 MiB are kept
        blocks.forEach(scratch::give);
        Set<float[]> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.addAll(blocks);
        int again = 0;
        for (int i = 0; i < 10; i++) if (known.contains(scratch.take(1 << 20))) again++;
        assertThat(again).isEqualTo(4);
    }

    @Test
    void noBlockIsLentTwiceAtATime() throws InterruptedException {
        var scratch = new Scratch();
        List<Thread> threads = new ArrayList<>();
        List<String> clashes = Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 4; t++) {
            float mark = t + 1;
            threads.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    float[] block = scratch.take(1024);
                    block[0] = mark;
                    Thread.onSpinWait();
                    if (block[0] != mark) clashes.add(mark + " found " + block[0]);
                    scratch.give(block);
                }
            }));
        }
        for (Thread t : threads) t.join();
        assertThat(clashes).isEmpty();
    }
}
