package cajal.kernel;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// A bounded pool of `float[]` blocks for kernels' intermediate results: [#take] lends one, [#give] hands
/// it back.
///
/// Lengths are powers of two from 1,024 on; a few blocks of each length are kept and what goes beyond is
/// left to the garbage collector, so that a pool holds a bounded share of the heap. In steady state nothing
/// is allocated. Contents are whatever the last user left. Safe for any number of threads, and free of
/// thread-locals.
public final class Scratch {
    private static final int SMALLEST = 10;
    private static final int LARGEST = 24; // blocks of 64 MiB: larger ones are never kept
    private static final int PLACES = 256;
    private static final long KEEP = 1 << 22; // floats kept of each length: 16 MiB, or one block
    private static final Scratch SHARED = new Scratch();

    private final AtomicReferenceArray<float @Nullable []>[] blocks = classes();

    /// An empty pool.
    public Scratch() {}

    /// The process's pool.
    public static Scratch shared() {
        return SHARED;
    }

    /// A block of at least `length` elements with arbitrary contents. It is the caller's until [#give].
    public float[] take(int length) {
        int size = sizeClass(length);
        if (size <= LARGEST) {
            var places = blocks[size - SMALLEST];
            for (int i = 0; i < places.length(); i++) {
                if (places.getPlain(i) != null) {
                    float[] block = places.getAndSet(i, null);
                    if (block != null) return block;
                }
            }
            return new float[1 << size];
        }
        return new float[length];
    }

    /// Hands a block back that came from [#take]; the caller must not touch it any more.
    public void give(float[] block) {
        int size = sizeClass(block.length);
        if (size > LARGEST || block.length != 1 << size) return;
        var places = blocks[size - SMALLEST];
        for (int i = 0; i < places.length(); i++) {
            if (places.getPlain(i) == null && places.compareAndSet(i, null, block)) return;
        }
    }

    private static int sizeClass(int length) {
        return Math.max(SMALLEST, 32 - Integer.numberOfLeadingZeros(length - 1));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static AtomicReferenceArray<float @Nullable []>[] classes() {
        var all = new AtomicReferenceArray[LARGEST - SMALLEST + 1];
        for (int i = 0; i < all.length; i++) {
            all[i] = new AtomicReferenceArray<float @Nullable []>(Math.clamp(KEEP >> (i + SMALLEST), 1, PLACES));
        }
        return all;
    }
}
