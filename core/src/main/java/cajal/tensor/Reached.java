package cajal.tensor;

import cajal.kernel.Recycler;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a backward pass has reached, operations or leaves, in the order in which they were met, and the
/// gradients that have arrived there.
///
/// Gradients hold their storage, so that the pass knows what it may give back.
///
/// @param <O> which of the two
final class Reached<O extends Origin> {
    private static final int FEW = 8;
    private static final int[] NO_USES = {};
    private static final byte[] NO_LEADS = {};
    private static final int SCANNED = 32;

    private @Nullable Origin[] origins = new Origin[FEW];
    private @Nullable Tensor[] @Nullable [] arrived = new Tensor[FEW][];
    private int[] uses = NO_USES; // as long as it was needed
    private byte[] leads = NO_LEADS; // likewise
    private int count;
    private @Nullable Map<Origin, Integer> places; // of many, once another pass has overwritten one's

    int count() {
        return count;
    }

    @SuppressWarnings("unchecked")
    O at(int i) {
        return (O) Objects.requireNonNull(origins[i]);
    }

    /// The place of an origin, -1 if it was not met.
    int placeOf(Origin origin) {
        int i = origin.place;
        if (i < 0 || i < count && origins[i] == origin) {
            return i;
        }
        if (places == null && count <= SCANNED) {
            for (i = count - 1; i >= 0 && origins[i] != origin; i--) {}
            return i;
        }
        Map<Origin, Integer> all = places;
        if (all == null) {
            all = new IdentityHashMap<>();
            for (int k = 0; k < count; k++) {
                all.put(Objects.requireNonNull(origins[k]), k);
            }
            places = all;
        }
        return all.getOrDefault(origin, -1);
    }

    /// Adds an origin that was not met, with so many outputs.
    int add(O origin, int outputs) {
        if (count == origins.length) {
            origins = Arrays.copyOf(origins, 2 * count);
            arrived = Arrays.copyOf(arrived, 2 * count);
        }
        origin.place = count;
        origins[count] = origin;
        arrived[count] = new Tensor[outputs];
        if (places != null) {
            places.put(origin, count);
        }
        return count++;
    }

    // ---- uses

    void used(int i) {
        if (i >= uses.length) {
            uses = Arrays.copyOf(uses, origins.length);
        }
        uses[i]++;
    }

    /// Counts one use that has brought its gradient; answers whether it was the last.
    boolean served(int i) {
        return --uses[i] == 0;
    }

    // ---- what leads to something that is wanted: 1, what does not: -1, what is not known: 0

    int leads(int i) {
        return i < leads.length ? leads[i] : 0;
    }

    void leads(int i, boolean on) {
        if (i >= leads.length) {
            leads = Arrays.copyOf(leads, origins.length);
        }
        leads[i] = (byte) (on ? 1 : -1);
    }

    // ---- gradients

    @Nullable
    Tensor[] arrived(int i) {
        return Objects.requireNonNull(arrived[i]);
    }

    boolean isReached(int i) {
        for (Tensor t : arrived(i)) {
            if (t != null) {
                return true;
            }
        }
        return false;
    }

    /// Adds a gradient to what has arrived at an output.
    void arrive(int i, int slot, Tensor g) {
        @Nullable Tensor[] here = arrived(i);
        Tensor before = here[slot];
        Tensor sum = before == null ? g : before.add(g);
        Recycler.hold(sum.view().storage());
        here[slot] = sum;
        if (before != null) {
            Recycler.letGo(before.view().storage(), null);
        }
    }

    /// Lets go of what has arrived.
    void clear(int i) {
        @Nullable Tensor[] here = arrived(i);
        for (int slot = 0; slot < here.length; slot++) {
            Tensor t = here[slot];
            if (t != null) {
                here[slot] = null;
                Recycler.letGo(t.view().storage(), null);
            }
        }
    }
}
