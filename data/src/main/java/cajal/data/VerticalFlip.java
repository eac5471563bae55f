package cajal.data;

import java.util.random.RandomGenerator;

/// Swaps top and bottom of a picture, some of the time.
///
/// @param probability how often
public record VerticalFlip(double probability) implements Transform {
    /// Checks the probability.
    public VerticalFlip {
        Chance.probability("VerticalFlip", probability);
    }

    /// Half of the time.
    public static VerticalFlip half() {
        return new VerticalFlip(0.5);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        if (Chance.unit(random) >= probability) {
            return picture;
        }
        float[] in = picture.values();
        float[] out = new float[in.length];
        int w = picture.width();
        int area = picture.area();
        for (int plane = 0; plane < in.length; plane += area) {
            for (int row = 0; row < area; row += w) {
                System.arraycopy(in, plane + area - w - row, out, plane + row, w);
            }
        }
        return picture.with(out);
    }
}
