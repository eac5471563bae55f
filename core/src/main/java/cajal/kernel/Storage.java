package cajal.kernel;

import org.jspecify.annotations.Nullable;

/// A flat run of elements of one type on some device; opaque to tensors, so that a device can bring its own.
public abstract class Storage {
    private final DType dtype;
    private final long size;
    private volatile int version;
    private volatile @Nullable Prepacked prepacked;

    /// A storage of `size` elements.
    protected Storage(DType dtype, long size) {
        this.dtype = dtype;
        this.size = size;
    }

    /// The element type.
    public final DType dtype() {
        return dtype;
    }

    /// The number of elements.
    public final long size() {
        return size;
    }

    /// Whether the elements were given to another storage, because the step is over in which it was made.
    public boolean isGone() {
        return false;
    }

    /// How often lasting contents (a parameter, a state) were overwritten in place.
    public final int version() {
        return version;
    }

    /// Counts one overwrite in place; a backward pass compares it with the version that it saved.
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: the owner of the parameter
    public final void overwritten() {
        version++;
    }

    /// What kernels keep of the elements, the layout that was first asked for last.
    @Nullable
    final Prepacked prepacked() {
        return prepacked;
    }

    /// Puts a further one before those that were there, unless another thread has put one there meanwhile.
    final synchronized void prepacked(@Nullable Prepacked before, Prepacked first) {
        prepacked = prepacked == before ? first : prepacked;
    }
}
