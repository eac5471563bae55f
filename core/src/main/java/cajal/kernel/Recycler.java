package cajal.kernel;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The buffers of steps: storage that is [taken][#take] from a [mark][#mark] on is given back by [#backTo], all
/// at once, and its arrays serve the next step. In steady state no array is allocated.
///
/// Storage that is given back loses its array, so that whoever still has it gets a [RecycledException], never
/// another tensor's numbers. What somebody [holds][#hold] outlives its step.
///
/// Arrays are kept by type and length. What has not been used for longest goes as soon as more than one and a
/// half times of what the last steps used is kept. A recycler serves one thread at a time.
public final class Recycler {
    private static final boolean POISON = Boolean.getBoolean("cajal.poison");
    private static final int FADING = 64; // steps after which an old maximum has lost most of its weight

    private final @Nullable Bin[] table = new Bin[256]; // a power of two
    private @Nullable HostStorage[] live = new HostStorage[64]; // a stack: taken and not given back
    private int count;
    private long step;
    private long kept; // bytes in bins
    private long used; // bytes of the arrays that this step has used
    private long high; // the most that a step used, of late

    /// The free arrays of one kind and length.
    private static final class Bin {
        final DType kind;
        final int length;
        final long bytes;

        @Nullable
        Bin next; // in the same place of the table

        @Nullable
        Object[] free = new Object[4];

        int count;
        int untouched; // arrays at the bottom that this step has not used
        long lastStep = -1;

        Bin(DType kind, int length, @Nullable Bin next) {
            this.kind = kind;
            this.length = length;
            this.bytes = (long) length * kind.bytes();
            this.next = next;
        }
    }

    /// An empty recycler.
    public Recycler() {}

    /// Storage for outputs that last, of arbitrary content until an operation writes it.
    ///
    /// Tests set the system property `cajal.poison`: then it is full of NaN or absurd numbers.
    ///
    /// **Throws** [ShapeException] for more elements than one Java array holds.
    public static HostStorage blank(DType dtype, long size) {
        HostStorage s = HostStorage.zeros(dtype, size);
        if (POISON) {
            poison(s.array());
        }
        return s;
    }

    /// Storage of arbitrary content, the caller's until [#backTo] a mark that was set before.
    ///
    /// **Throws** [ShapeException] for more elements than one Java array holds.
    public HostStorage take(DType dtype, long size) {
        HostStorage s = size > Integer.MAX_VALUE - 8 ? blank(dtype, size) : take(dtype, (int) size);
        if (count == live.length) {
            live = Arrays.copyOf(live, 2 * count);
        }
        s.taken(count);
        live[count++] = s;
        return s;
    }

    private HostStorage take(DType dtype, int length) {
        Bin bin = bin(dtype, length);
        if (bin.lastStep != step) {
            bin.lastStep = step;
            bin.untouched = bin.count;
        }
        if (bin.count == 0) {
            used += bin.bytes;
            return blank(dtype, length);
        }
        Object array = Objects.requireNonNull(bin.free[--bin.count]);
        bin.free[bin.count] = null;
        kept -= bin.bytes;
        if (bin.count < bin.untouched) {
            bin.untouched = bin.count;
            used += bin.bytes;
        }
        if (POISON) {
            poison(array);
        }
        return HostStorage.on(dtype, array);
    }

    /// How much is taken now: what is taken later lies above.
    public int mark() {
        return count;
    }

    /// Gives back all that was taken since a mark and is not held; what is held outlives its step.
    public void backTo(int mark) {
        while (count > mark) {
            HostStorage s = Objects.requireNonNull(live[--count]);
            live[count] = null;
            s.taken(-1);
            if (!s.isHeld()) {
                free(s);
            }
        }
        if (mark == 0) {
            endStep();
        }
    }

    /// Gives back, before the end of the step, what was taken since a mark and is not held; what is held stays.
    public void sweep(int mark) {
        for (int i = count - 1; i >= mark; i--) {
            giveBack(Objects.requireNonNull(live[i]), mark);
        }
    }

    /// Gives back one storage, if it was taken since a mark and is not held.
    public void giveBack(Storage storage, int mark) {
        if (storage instanceof HostStorage s && s.place() >= mark && !s.isHeld()) {
            HostStorage last = Objects.requireNonNull(live[--count]);
            live[count] = null;
            if (last != s) {
                live[s.place()] = last;
                last.taken(s.place());
            }
            s.taken(-1);
            free(s);
        }
    }

    /// Makes storage outlive its step until it is let go as often as it was held.
    public static void hold(Storage storage) {
        if (storage instanceof HostStorage s) {
            s.holders(1);
        }
    }

    /// Lets storage go. If its step is over and nobody else holds it, its array serves `recycler`, if there is one.
    public static void letGo(Storage storage, @Nullable Recycler recycler) {
        if (storage instanceof HostStorage s) {
            s.holders(-1);
            if (recycler != null && s.isLeftOver()) {
                recycler.free(s);
            }
        }
    }

    /// How many arrays of a kind and length are free.
    public int free(DType dtype, int length) {
        return bin(dtype, length).count;
    }

    /// How many bytes are free.
    public long bytes() {
        return kept;
    }

    private void free(HostStorage s) {
        Bin bin = bin(s.dtype(), Math.toIntExact(s.size()));
        if (bin.count == bin.free.length) {
            bin.free = Arrays.copyOf(bin.free, 2 * bin.count);
        }
        bin.free[bin.count++] = s.surrender();
        kept += bin.bytes;
    }

    private Bin bin(DType dtype, int length) {
        DType kind = HostStorage.kind(dtype);
        int at = (length * 0x9E3779B9 >>> 20 ^ kind.ordinal() << 4) & table.length - 1;
        for (Bin b = table[at]; b != null; b = b.next) {
            if (b.length == length && b.kind == kind) {
                return b;
            }
        }
        return table[at] = new Bin(kind, length, table[at]);
    }

    private void endStep() {
        high = Math.max(used, high - high / FADING);
        used = 0;
        step++;
        while (kept > high + high / 2) {
            dropOldest();
        }
    }

    private void dropOldest() {
        Bin oldest = null;
        for (Bin first : table) {
            for (Bin b = first; b != null; b = b.next) {
                if (surplus(b) > 0 && (oldest == null || b.lastStep < oldest.lastStep)) {
                    oldest = b;
                }
            }
        }
        if (oldest != null) { // as there is more than a step used
            oldest.free[--oldest.count] = null;
            oldest.untouched--;
            kept -= oldest.bytes;
            forget(oldest);
        }
    }

    /// How many of a bin's arrays the step that has just ended did without.
    private int surplus(Bin b) {
        return b.lastStep == step - 1 ? b.untouched : b.count;
    }

    /// Takes a bin that became empty out of the table, so that lengths that do not return leave nothing behind.
    private void forget(Bin bin) {
        for (int i = 0; i < table.length && bin.count == 0; i++) {
            if (table[i] == bin) {
                table[i] = bin.next;
            }
            for (Bin b = table[i]; b != null; b = b.next) {
                if (b.next == bin) {
                    b.next = bin.next;
                }
            }
        }
    }

    private static void poison(Object array) {
        switch (array) {
            case float[] a -> Arrays.fill(a, Float.NaN);
            case double[] a -> Arrays.fill(a, Double.NaN);
            case long[] a -> Arrays.fill(a, Long.MIN_VALUE / 3);
            case int[] a -> Arrays.fill(a, Integer.MIN_VALUE / 3);
            case short[] a -> Arrays.fill(a, (short) 0x7fff); // NaN as F16 and as BF16
            case byte[] a -> Arrays.fill(a, (byte) 0x55);
            default -> throw new IllegalArgumentException("no array of elements: " + array.getClass());
        }
    }
}
