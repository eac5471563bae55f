package cajal.kernel;

import java.lang.ref.SoftReference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The elements of a parameter in the order in which a kernel reads them fastest, kept for as long as nobody
/// overwrites them: a network that only predicts would otherwise lay out the same weights for each batch anew.
///
/// A storage has one for each layout that was asked for. Training, which overwrites parameters at each step, gets
/// none: the copy is made when the same contents are used for the third time, and once they were overwritten
/// it is made in the same memory, again at the third use. Storage that was never overwritten isn't a parameter's and
/// has none. Before memory runs out the garbage collector takes all of them; one that it took is not made again for a
/// thousand uses, as it would be taken again and again.
///
/// Any number of threads may ask at once: one of them makes the copy, the others don't wait.
final class Prepacked {
    private static final int USES = 2; // of the same contents, before they are kept
    private static final int PAUSE = 1000; // uses before a copy is made again that the garbage collector took
    private static final int MOST = 4; // layouts of a storage

    /// What the elements are laid out for.
    enum Role {
        /// The right side of a product.
        RIGHT,
        /// The right side of a product, with rows and columns exchanged.
        TURNED,
        /// A convolution of [ConvolutionLoop].
        WINDOWS,
        /// A convolution of [Winograd].
        BANDS
    }

    private final FloatPrimitives by;
    private final Role role;
    private final View view;
    private final @Nullable Prepacked next;
    private final int number;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile @Nullable SoftReference<Copy> copy;
    private int seen = -1; // the version that was last used; threads that count at once may lose a use
    private int uses;

    /// What the elements of `version` became.
    @SuppressWarnings("ArrayRecordComponent") // never compared or hashed
    private record Copy(int version, float[] elements) {}

    private Prepacked(FloatPrimitives by, Role role, View view, @Nullable Prepacked next) {
        this.by = by;
        this.role = role;
        this.view = view;
        this.next = next;
        number = next == null ? 1 : next.number + 1;
    }

    /// The elements of `view` as `pack` lays them out, or null where they are not kept: then the caller lays them
    /// out for itself.
    ///
    /// @param by whose kernels read them
    /// @param role what for
    /// @param length how many numbers `pack` writes, into an array of that length or longer
    static float @Nullable [] of(View view, FloatPrimitives by, Role role, int length, Consumer<float[]> pack) {
        Storage storage = view.storage();
        int version = storage.version();
        if (version == 0 || length == 0) return null;
        Prepacked head = storage.prepacked(), p = head;
        while (p != null && !p.is(view, by, role)) p = p.next;
        if (p != null) return p.elements(version, length, pack);
        if (head == null || head.number < MOST) {
            p = new Prepacked(by, role, view, head);
            p.elements(version, length, pack);
            storage.prepacked(head, p); // of two at once one is lost, with its first use
        }
        return null;
    }

    private boolean is(View shown, FloatPrimitives reader, Role wanted) {
        return role == wanted && by == reader && (view == shown || view.isLaidOutLike(shown));
    }

    private float @Nullable [] elements(int version, int length, Consumer<float[]> pack) {
        SoftReference<Copy> reference = copy;
        Copy kept = reference == null ? null : reference.get();
        if (kept != null && kept.version == version) return kept.elements;
        if (seen != version) {
            seen = version;
            uses = 0;
        }
        if (reference != null && kept == null) {
            copy = null;
            uses = -PAUSE;
        }
        if (uses++ < USES || !busy.compareAndSet(false, true)) return null;
        try {
            reference = copy; // another thread may have made it meanwhile
            kept = reference == null ? null : reference.get();
            if (kept != null && kept.version == version) return kept.elements;
            float[] elements = kept != null && kept.elements.length == length ? kept.elements : new float[length];
            pack.accept(elements);
            copy = new SoftReference<>(new Copy(version, elements));
            return elements;
        } finally {
            busy.set(false);
        }
    }
}
