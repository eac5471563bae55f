package cajal.data;

import java.util.random.RandomGenerator;

/// Applies some of fourteen changes, drawn at random, all of one strength: nothing, automatic contrast,
/// equalising, rotating, solarising, colour, posterising, contrast, brightness, sharpness, shearing and
/// moving along each axis.
///
/// **Source** Cubuk, Zoph, Shlens, Le, "RandAugment: practical automated data augmentation with a reduced
/// search space", 2020; the scales of the strength are PyTorch's.
///
/// @param count how many changes a picture undergoes
/// @param strength how strong they are, 0 .. 30
public record RandAugment(int count, int strength) implements Transform {
    private static final int KINDS = 14;
    private static final double STRONGEST = 30;

    /// Checks the numbers.
    public RandAugment {
        if (count < 0 || strength < 0 || strength > STRONGEST) {
            throw new IllegalArgumentException("RandAugment of " + count + " changes of strength " + strength
                    + "\n  rule: 0 or more changes, a strength of 0 .. 30");
        }
    }

    /// So many changes of that strength; 2 and 9 are usual.
    public static RandAugment of(int count, int strength) {
        return new RandAugment(count, strength);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Picture out = picture;
        for (int i = 0; i < count; i++) {
            int kind = Chance.below(random, KINDS);
            int sign = random.nextLong() < 0 ? -1 : 1;
            out = changed(out, kind, sign);
        }
        return out;
    }

    /// One of the fourteen changes; those that go two ways go by the sign.
    Picture changed(Picture p, int kind, int sign) {
        double m = strength / STRONGEST;
        double factor = 1 + sign * 0.9 * m;
        double far = sign * m * 150.0 / 331;
        return switch (kind) {
            case 0 -> p;
            case 1 -> Colours.autoContrast(p);
            case 2 -> Colours.equalise(p);
            case 3 -> RandomAffine.moved(p, Math.toRadians(sign * 30 * m), 0, 0, 1, 0);
            case 4 -> Colours.solarise(p, 1 - m);
            case 5 -> Colours.saturation(p, factor);
            case 6 -> Colours.posterise(p, 8 - (int) Math.rint(4 * m));
            case 7 -> Colours.contrast(p, factor);
            case 8 -> Colours.brightness(p, factor);
            case 9 -> Colours.sharpness(p, factor);
            case 10 -> p.warped(1, -sign * 0.3 * m, 0, 1, 0, 0);
            case 11 -> p.warped(1, 0, -sign * 0.3 * m, 1, 0, 0);
            case 12 -> p.warped(1, 0, 0, 1, -Math.rint(far * p.width()), 0);
            default -> p.warped(1, 0, 0, 1, 0, -Math.rint(far * p.height()));
        };
    }
}
