package cajal.data;

import cajal.kernel.Shape;
import cajal.kernel.Workers;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/// Pictures from the handwriting generator, written when they are first asked for, a block at a time, and kept.
final class Written implements Dataset {
    private static final int BLOCK = 500;
    private static final int AREA = Handwriting.SIDE * Handwriting.SIDE;

    private final RandomKey key;
    private final double vigour;
    private final int size;
    private final List<String> classes;
    private final AtomicReferenceArray<Pictures> blocks;

    Written(RandomKey key, double vigour, int size, List<String> classes) {
        if (size < 0) {
            throw new IllegalArgumentException(size + " digits\n  rule: the number is not negative");
        }
        this.key = key;
        this.vigour = vigour;
        this.size = size;
        this.classes = classes;
        this.blocks = new AtomicReferenceArray<>(Math.ceilDiv(size, BLOCK));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public Shape inputShape() {
        return Shape.of(1, Handwriting.SIDE, Handwriting.SIDE);
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Batch batch(long... samples) {
        write(samples);
        Rows rows = new Rows(samples.length, 1, Handwriting.SIDE, Handwriting.SIDE);
        for (int i = 0; i < samples.length; i++) {
            blocks.get((int) (samples[i] / BLOCK)).copy((int) (samples[i] % BLOCK), rows, i);
        }
        return rows.batch();
    }

    /// The digits that are written there; nothing is written for it.
    @Override
    public Tensor targets(long... samples) {
        Handwriting writer = new Handwriting(key, vigour);
        return Tensor.indices(Arrays.stream(samples)
                .map(s -> writer.digit(Objects.checkIndex(s, (long) size)))
                .toArray());
    }

    /// Writes the blocks that these samples lie in, as far as they are not there: the missing ones side by
    /// side. Two threads may write the same block; what they write is the same.
    private void write(long... samples) {
        int[] missing = IntStream.range(0, samples.length)
                .map(i -> (int) (Objects.checkIndex(samples[i], (long) size) / BLOCK))
                .filter(b -> blocks.get(b) == null)
                .distinct()
                .toArray();
        Workers.parallel(missing.length, i -> blocks.compareAndSet(missing[i], null, block(missing[i])));
    }

    private Pictures block(int number) {
        int from = number * BLOCK;
        int count = Math.min(BLOCK, size - from);
        byte[] pixels = new byte[count * AREA];
        byte[] labels = new byte[count];
        Handwriting writer = new Handwriting(key, vigour);
        for (int i = 0; i < count; i++) {
            writer.write(from + i, pixels, i * AREA);
            labels[i] = (byte) writer.digit(from + i);
        }
        return new Pictures(pixels, labels, 1, Handwriting.SIDE, Handwriting.SIDE, classes);
    }
}
