package cajal.data;

import cajal.kernel.HostStorage;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/// Changes the pictures of a training set at random, anew each epoch:
///
/// ```java
/// var train = Augment.of(RandomCrop.padding(4),
/// HorizontalFlip.half()).mix(MixUp.of(0.2)).apply(cifar.train());
/// ```
///
/// What happens to a picture is a function of the run's seed, the epoch and the picture's number, what a
/// [Mix] does one of them and of the batch: never of the thread that makes a batch. Test sets stay as they
/// are.
///
/// @param transforms what is done to each picture, in order
/// @param mixes of which one, drawn for each batch, mixes its samples
public record Augment(List<Transform> transforms, List<Mix> mixes) {
    private static final RandomKey FIRST = RandomKey.of(0);

    /// Copies the lists.
    public Augment {
        transforms = List.copyOf(transforms);
        mixes = List.copyOf(mixes);
    }

    /// These transforms, one after another.
    public static Augment of(Transform... transforms) {
        return new Augment(List.of(transforms), List.of());
    }

    /// The same, and mixes the samples of each batch by one of these.
    public Augment mix(Mix... choices) {
        return new Augment(transforms, List.of(choices));
    }

    /// The data set with its pictures changed, batch by batch.
    ///
    /// **Throws** [ShapeException] unless its inputs are pictures `(C, H, W)`.
    public Dataset apply(Dataset data) {
        if (data.inputShape().rank() != 3) {
            throw new ShapeException("Augment expects pictures (C, H, W) but the data set's inputs are "
                    + data.inputShape() + "\n  rule: channels, height and width, as (3, 32, 32)");
        }
        int[] dims = Arrays.stream(data.inputShape().dims())
                .mapToInt(Math::toIntExact)
                .toArray();
        Picture one = apply(Picture.black(dims[0], dims[1], dims[2]), FIRST.generator());
        return new Augmented(this, data, Shape.of(one.channels(), one.height(), one.width()));
    }

    private Picture apply(Picture picture, RandomGenerator random) {
        Picture out = picture;
        for (Transform t : transforms) {
            out = t.apply(out, random);
        }
        return out;
    }

    private record Augmented(Augment how, Dataset whole, Shape inputShape) implements Dataset {
        @Override
        public long size() {
            return whole.size();
        }

        @Override
        public List<String> classes() {
            return whole.classes();
        }

        @Override
        public Tensor targets(long... samples) {
            return whole.targets(samples);
        }

        @Override
        public String name(long sample) {
            return whole.name(sample);
        }

        @Override
        public Batch batch(long... samples) {
            return draw(FIRST, samples);
        }

        @Override
        public Batch draw(RandomKey epoch, long... samples) {
            Batch batch = whole.draw(epoch, samples);
            RandomKey key = epoch.fold("augment");
            Batch changed = how.transforms.isEmpty() ? batch : changed(batch, key, samples);
            if (how.mixes.isEmpty() || samples.length == 0) {
                return changed;
            }
            RandomGenerator random = key.fold("mix").fold(samples[0]).generator();
            Mix mix = how.mixes.get(Chance.below(random, how.mixes.size()));
            return mix.apply(changed, classes().size(), random);
        }

        private Batch changed(Batch batch, RandomKey key, long... samples) {
            int[] dims = Arrays.stream(batch.inputs().shape().dims())
                    .mapToInt(Math::toIntExact)
                    .toArray();
            float[] in = batch.inputs().toFloats();
            int n = in.length / Math.max(1, samples.length);
            int m = Math.toIntExact(inputShape.size());
            float[] out = new float[Math.multiplyExact(samples.length, m)];
            for (int i = 0; i < samples.length; i++) {
                Picture picture = new Picture(dims[1], dims[2], dims[3], Arrays.copyOfRange(in, i * n, (i + 1) * n));
                Picture made = how.apply(picture, key.fold(samples[i]).generator());
                Shape shape = Shape.of(made.channels(), made.height(), made.width());
                if (!shape.equals(inputShape)) {
                    throw new DataException(
                            "Augment made a picture " + shape + " of " + whole.name(samples[i]) + " and others "
                                    + inputShape + "\n  rule: pictures of one size become pictures of one size");
                }
                System.arraycopy(made.values(), 0, out, i * m, m);
            }
            Shape shape = Shape.of(samples.length, inputShape.dim(0), inputShape.dim(1), inputShape.dim(2));
            return new Batch(Tensor.wrap(new HostStorage.Floats(out), shape), batch.targets(), batch.extras());
        }
    }
}
