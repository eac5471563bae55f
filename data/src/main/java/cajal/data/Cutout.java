package cajal.data;

import java.util.random.RandomGenerator;

/// Blackens a square whose centre lies anywhere in the picture; what reaches past the border is cut off.
///
/// **Source** DeVries, Taylor, "Improved regularization of convolutional neural networks with cutout", 2017.
///
/// @param side the side of the square
public record Cutout(int side) implements Transform {
    /// Checks the side.
    public Cutout {
        if (side < 1) {
            throw new IllegalArgumentException("Cutout of " + side + " pixels\n  rule: at least 1");
        }
    }

    /// A square with that side; 16 is the paper's for CIFAR-10.
    public static Cutout of(int side) {
        return new Cutout(side);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        int top = Chance.below(random, picture.height()) - side / 2;
        int left = Chance.below(random, picture.width()) - side / 2;
        return Colours.filled(picture, top, left, side, side, 0);
    }
}
