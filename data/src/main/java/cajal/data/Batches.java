package cajal.data;

import cajal.tensor.Memory;
import cajal.tensor.RandomKey;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Cuts a data set into batches, epoch by epoch: batch `i` of epoch `e` is a function of (seed, e, i), so that
/// training can go on in the middle of an epoch from these two numbers alone.
///
/// The three regimes of gradient descent are three batch sizes: all samples, one, or some.
public final class Batches {
    /// The batch size that means all samples.
    public static final long ALL = Long.MAX_VALUE;

    private final Dataset data;
    private final long size;
    private final Sampler sampler;
    private final RandomKey key;
    private boolean dropLast;
    private int rank;
    private int ranks = 1;
    private int ahead;
    private final TreeMap<Long, FutureTask<Batch>> begun = new TreeMap<>(); // by position: epoch · count + index
    private final TreeMap<Long, long[]> orders = new TreeMap<>(); // of the newest two epochs: where one meets the next

    private Batches(Dataset data, long size, Sampler sampler, RandomKey key) {
        if (size < 1) {
            throw new IllegalArgumentException("A batch of " + size + " samples\n  rule: at least 1, or Batches.ALL");
        }
        this.data = data;
        this.size = Math.min(size, Math.max(1, sampler.samples(data.size())));
        this.sampler = sampler;
        this.key = key;
    }

    /// Batches in the order of the data.
    public static Batches inOrder(Dataset data, long size) {
        return new Batches(data, size, Sampler.inOrder(), RandomKey.of(0));
    }

    /// Batches in an order that is shuffled anew each epoch.
    public static Batches shuffled(Dataset data, long size, RandomKey key) {
        return new Batches(data, size, Sampler.shuffled(), key);
    }

    /// Batches of the samples that a sampler chooses, anew each epoch.
    public static Batches of(Dataset data, long size, Sampler sampler, RandomKey key) {
        return new Batches(data, size, sampler, key);
    }

    /// Leaves out a last batch that is not full.
    public Batches dropLast() {
        dropLast = true;
        return this;
    }

    /// Keeps every `ranks`-th sample from the `rank`-th on: the share of one of several workers. The shares are
    /// disjoint, and together they are the epoch.
    public Batches share(int rank, int ranks) {
        if (rank < 0 || rank >= ranks) {
            throw new IllegalArgumentException("The share " + rank + " of " + ranks + "\n  rule: 0 <= rank < ranks");
        }
        this.rank = rank;
        this.ranks = ranks;
        return this;
    }

    /// Makes the next batch on a background thread while the caller works on this one; the batches are the
    /// same. It is worth it where making a batch is slow: files that are read, digits that are written.
    public Batches prefetch() {
        return prefetch(1);
    }

    /// Makes up to `ahead` batches before they are asked for, side by side, each on a background thread of
    /// its own; the batches, and their order, are the same. It keeps so many batches in memory. No thread
    /// outlives the batch that it makes, so that nothing needs to be closed, wherever one stops.
    ///
    /// **Throws** [IllegalArgumentException] if `ahead` is negative.
    public Batches prefetch(int ahead) {
        if (ahead < 0) {
            throw new IllegalArgumentException(ahead + " batches ahead\n  rule: 0 or more");
        }
        this.ahead = ahead;
        return this;
    }

    /// The number of batches in an epoch.
    public long count() {
        return dropLast ? samples() / size : (samples() + size - 1) / size;
    }

    /// The number of samples in a batch, except perhaps the last.
    public long batchSize() {
        return size;
    }

    /// The number of samples in an epoch, those of a dropped last batch included.
    public long samples() {
        return Math.max(0, (sampler.samples(data.size()) - rank + ranks - 1) / ranks);
    }

    /// Batch `index` of an epoch; any, in any order.
    ///
    /// **Throws** [IndexOutOfBoundsException] unless `0 <= index < count()` and the epoch is not negative;
    /// [DataException] naming the sample that cannot be made.
    public Batch at(long epoch, long index) {
        long count = count();
        if (epoch < 0 || index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("Batch " + index + " of epoch " + epoch + "\n  rule: an epoch has "
                    + count + " batches, counted from 0");
        }
        if (ahead == 0 || count == 1) { // the next batch is this one again, or as large: no need for two in memory
            return make(epoch, index);
        }
        long position = epoch * count + index;
        return begin(position, count).flatMap(Batches::done).orElseGet(() -> make(epoch, index));
    }

    /// Begins the batches after a position, forgets all others, and answers that of the position if it was
    /// begun.
    private synchronized Optional<FutureTask<Batch>> begin(long position, long count) {
        Optional<FutureTask<Batch>> wanted = Optional.ofNullable(begun.remove(position));
        begun.headMap(position).clear();
        begun.tailMap(position + ahead, false).clear();
        for (long p = position + 1; p <= position + ahead; p++) {
            begun.computeIfAbsent(p, next -> {
                FutureTask<Batch> task = new FutureTask<>(() -> make(next / count, next % count));
                Thread.ofVirtual().name("cajal-prefetch").start(task);
                return task;
            });
        }
        return wanted;
    }

    /// The batch that was begun, if it could be made.
    private static Optional<Batch> done(FutureTask<Batch> task) {
        try {
            return Optional.of(task.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.empty(); // making it again on this thread throws where it can be understood
        }
    }

    private Batch make(long epoch, long index) {
        long[] all = order(epoch);
        int from = (int) (index * size);
        long[] samples = Arrays.copyOfRange(all, from, (int) Math.min(all.length, from + size));
        RandomKey drawn = key.fold("draw").fold(epoch);
        try {
            return drawn(drawn, samples);
        } catch (DataException known) {
            throw known;
        } catch (RuntimeException e) {
            String name = culprit(drawn, samples);
            throw name.isEmpty()
                    ? e
                    : new DataException(
                            "Batch " + index + " of epoch " + epoch + ": " + name + " cannot be made: " + e, e);
        }
    }

    /// A batch that lasts, unless it only chooses rows: a data set may keep what it makes.
    private Batch drawn(RandomKey key, long... samples) {
        if (data instanceof TensorDataset) {
            return data.draw(key, samples);
        }
        try (var _ = Memory.off()) {
            return data.draw(key, samples);
        }
    }

    /// The name of the first sample that cannot be made alone either, or nothing.
    private String culprit(RandomKey drawn, long... samples) {
        for (long sample : samples) {
            try {
                data.draw(drawn, sample);
            } catch (RuntimeException _) {
                return data.name(sample);
            }
        }
        return "";
    }

    private synchronized long[] order(long epoch) {
        long[] order = orders.computeIfAbsent(epoch, this::share);
        while (orders.size() > 2) {
            orders.remove(orders.firstKey() == epoch ? orders.lastKey() : orders.firstKey());
        }
        return order;
    }

    /// What this worker gets of an epoch.
    private long[] share(long epoch) {
        long[] all = sampler.order(key.fold("shuffle").fold(epoch), data.size());
        long[] own = new long[(int) samples()];
        for (int i = 0; i < own.length; i++) {
            own[i] = all[rank + i * ranks];
        }
        return own;
    }
}
