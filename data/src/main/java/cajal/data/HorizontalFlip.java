package cajal.data;

import java.util.random.RandomGenerator;

/// Swaps left and right of a picture, some of the time.
///
/// @param probability how often
public record HorizontalFlip(double probability) implements Transform {
    /// Checks the probability.
    public HorizontalFlip {
        Chance.probability("HorizontalFlip", probability);
    }

    /// Half of the time.
    public static HorizontalFlip half() {
        return new HorizontalFlip(0.5);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        if (Chance.unit(random) >= probability) {
            return picture;
        }
        float[] in = picture.values();
        float[] out = new float[in.length];
        int w = picture.width();
        for (int row = 0; row < in.length; row += w) {
            for (int x = 0; x < w; x++) {
                out[row + x] = in[row + w - 1 - x];
            }
        }
        return picture.with(out);
    }
}
