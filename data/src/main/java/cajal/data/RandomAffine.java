package cajal.data;

import java.util.random.RandomGenerator;

/// Rotates, moves, scales and shears a picture about its centre, each by a random amount; values between
/// pixels are taken in proportion, and what comes in from outside is black.
///
/// @param degrees the largest rotation, either way
/// @param shift the largest movement along each axis, as a share of the side
/// @param smallest the smallest scale
/// @param largest the largest scale
/// @param shearDegrees the largest shear along the rows, either way
public record RandomAffine(double degrees, double shift, double smallest, double largest, double shearDegrees)
        implements Transform {
    /// Checks the numbers.
    public RandomAffine {
        boolean sane = degrees >= 0 && shift >= 0 && smallest > 0 && largest >= smallest && shearDegrees >= 0;
        if (!sane || !(degrees + shift + largest + shearDegrees < Double.POSITIVE_INFINITY) || shearDegrees >= 90) {
            throw new IllegalArgumentException("RandomAffine of " + degrees + " degrees, shift " + shift + ", scale "
                    + smallest + " .. " + largest + ", shear " + shearDegrees
                    + "\n  rule: no number is negative, scales are above 0 and in order, the shear is below 90");
        }
    }

    /// Rotates by up to so many degrees either way.
    public static RandomAffine rotation(double degrees) {
        return new RandomAffine(degrees, 0, 1, 1, 0);
    }

    /// The same, and moves by up to this share of each side.
    public RandomAffine shift(double share) {
        return new RandomAffine(degrees, share, smallest, largest, shearDegrees);
    }

    /// The same, and scales by a factor between two.
    public RandomAffine scale(double from, double to) {
        return new RandomAffine(degrees, shift, from, to, shearDegrees);
    }

    /// The same, and shears by up to so many degrees either way.
    public RandomAffine shear(double upTo) {
        return new RandomAffine(degrees, shift, smallest, largest, upTo);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        double angle = Math.toRadians(Chance.between(random, -degrees, degrees));
        double dx = Chance.between(random, -shift, shift) * picture.width();
        double dy = Chance.between(random, -shift, shift) * picture.height();
        double scale = Chance.between(random, smallest, largest);
        double shear = StrictMath.tan(Math.toRadians(Chance.between(random, -shearDegrees, shearDegrees)));
        return moved(picture, angle, dx, dy, scale, shear);
    }

    /// The picture sheared, scaled, rotated (clockwise) and moved, in this order.
    static Picture moved(Picture picture, double angle, double dx, double dy, double scale, double shear) {
        double cos = StrictMath.cos(angle) / scale;
        double sin = StrictMath.sin(angle) / scale;
        // backwards: move back, rotate back, scale back, shear back
        double a = cos + shear * sin;
        double b = sin - shear * cos;
        double c = -sin;
        double d = cos;
        return picture.warped(a, b, c, d, -a * dx - b * dy, -c * dx - d * dy);
    }
}
