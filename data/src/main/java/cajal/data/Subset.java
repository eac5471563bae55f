package cajal.data;

import cajal.kernel.Shape;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Some samples of another data set.
record Subset(Dataset whole, long[] samples) implements Dataset {
    @Override
    public long size() {
        return samples.length;
    }

    @Override
    public Shape inputShape() {
        return whole.inputShape();
    }

    @Override
    public List<String> classes() {
        return whole.classes();
    }

    @Override
    public Batch batch(long... numbers) {
        return whole.batch(inWhole(numbers));
    }

    @Override
    public Batch draw(RandomKey epoch, long... numbers) {
        return whole.draw(epoch, inWhole(numbers));
    }

    @Override
    public Tensor targets(long... numbers) {
        return whole.targets(inWhole(numbers));
    }

    @Override
    public String name(long number) {
        return whole.name(samples[(int) Objects.checkIndex(number, (long) samples.length)]);
    }

    private long[] inWhole(long... numbers) {
        return Arrays.stream(numbers)
                .map(i -> samples[(int) Objects.checkIndex(i, (long) samples.length)])
                .toArray();
    }
}
