package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Keys and values of the places that a network has seen, for each of its attentions, so that generation
/// computes each
/// place once: `net.apply(prompt, cache)`, then `net.apply(next, cache)` for one new place at a time.
///
/// It belongs to one batch of sequences and one thread. It holds states, which are overwritten at the engine's
/// door; no
/// gradient flows through what it remembers, so it is for use outside training.
public final class KeyValueCache {
    private final long capacity;
    private final Map<MultiHeadAttention, Entry> entries = new IdentityHashMap<>();

    private static final class Entry {
        private final State keys;
        private final State values;
        private long length;

        Entry(DType dtype, Shape keys, Shape values) {
            this.keys = new State("keys", Tensor.zeros(dtype, keys));
            this.values = new State("values", Tensor.zeros(dtype, values));
        }
    }

    /// An empty cache with room for `capacity` places.
    public KeyValueCache(long capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("A cache for " + capacity + " places\n  rule: at least 1");
        }
        this.capacity = capacity;
    }

    /// The number of places that are remembered.
    public long length() {
        return entries.values().stream().mapToLong(e -> e.length).max().orElse(0);
    }

    /// Forgets all places; the storage stays.
    public void clear() {
        entries.values().forEach(e -> e.length = 0);
    }

    long length(MultiHeadAttention attention) {
        Entry e = entries.get(attention);
        return e == null ? 0 : e.length;
    }

    /// Remembers the keys and values of new places, `(B, T, G, D)`; answers those of all places so far.
    List<Tensor> append(MultiHeadAttention attention, Tensor keys, Tensor values) {
        Entry e = entries.computeIfAbsent(
                attention,
                _ -> new Entry(
                        keys.dtype(),
                        keys.shape().with(1, capacity),
                        values.shape().with(1, capacity)));
        long end = e.length + keys.dim(1);
        if (end > capacity) {
            throw new ShapeException(
                    "The cache has room for " + capacity + " places, not for " + end + ": it remembers "
                            + e.length + " and got " + keys.dim(1)
                            + " more\n  rule: its capacity is that of the longest sequence"
                            + "\n  fix:  new KeyValueCache(" + end + "), or clear() for the next sequence");
        }
        if (!keys.shape().with(1, capacity).equals(e.keys.shape())) {
            throw new ShapeException("The cache holds keys of shape " + e.keys.shape() + " and got " + keys.shape()
                    + "\n  rule: a cache belongs to one batch of sequences\n  fix:  a new KeyValueCache(" + capacity
                    + ") for another batch");
        }
        Tensor at = Tensor.indices(e.length);
        e.keys.put(1, at, keys.detach());
        e.values.put(1, at, values.detach());
        e.length = end;
        return List.of(e.keys.detach().slice(1, 0, end), e.values.detach().slice(1, 0, end));
    }
}
