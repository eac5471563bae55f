package cajal.data;

import java.util.random.RandomGenerator;

/// Changes brightness, contrast and saturation by random factors from `1 - amount` (not below 0) to `1 +
/// amount`, in a random order.
///
/// @param amountOfBrightness how much the brightness changes
/// @param amountOfContrast how much the contrast changes
/// @param amountOfSaturation how much the saturation changes; nothing to grey pictures
public record ColorJitter(double amountOfBrightness, double amountOfContrast, double amountOfSaturation)
        implements Transform {
    /// Checks the numbers.
    public ColorJitter {
        double sum = amountOfBrightness + amountOfContrast + amountOfSaturation;
        boolean sane = amountOfBrightness >= 0 && amountOfContrast >= 0 && amountOfSaturation >= 0;
        if (!sane || !(sum < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("ColorJitter of " + amountOfBrightness + ", " + amountOfContrast + ", "
                    + amountOfSaturation + "\n  rule: amounts are finite and not negative");
        }
    }

    /// Brightness, contrast and saturation by the same amount.
    public static ColorJitter of(double amount) {
        return new ColorJitter(amount, amount, amount);
    }

    /// Brightness alone.
    public static ColorJitter brightness(double amount) {
        return new ColorJitter(amount, 0, 0);
    }

    /// The same, and the contrast.
    public ColorJitter contrast(double amount) {
        return new ColorJitter(amountOfBrightness, amount, amountOfSaturation);
    }

    /// The same, and the saturation.
    public ColorJitter saturation(double amount) {
        return new ColorJitter(amountOfBrightness, amountOfContrast, amount);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        double brightness = factor(amountOfBrightness, random);
        double contrast = factor(amountOfContrast, random);
        double saturation = factor(amountOfSaturation, random);
        Picture out = picture;
        for (int which : Chance.order(random, 3)) {
            out = switch (which) {
                case 0 -> amountOfBrightness == 0 ? out : Colours.brightness(out, brightness);
                case 1 -> amountOfContrast == 0 ? out : Colours.contrast(out, contrast);
                default -> amountOfSaturation == 0 ? out : Colours.saturation(out, saturation);
            };
        }
        return out;
    }

    private static double factor(double amount, RandomGenerator random) {
        return Chance.between(random, Math.max(0, 1 - amount), 1 + amount);
    }
}
