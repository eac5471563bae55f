package cajal.data;

import java.util.random.RandomGenerator;

/// Blackens a random rectangle that lies in the picture, some of the time.
///
/// **Source** Zhong et al., "Random erasing data augmentation", AAAI 2020, algorithm 1; the numbers are
/// PyTorch's.
///
/// @param probability how often
/// @param smallest the smallest share of the picture's area
/// @param largest the largest share of the picture's area
public record RandomErasing(double probability, double smallest, double largest) implements Transform {
    private static final double FLATTEST = 0.3; // height over width
    private static final int TRIES = 10;

    /// Checks the numbers.
    public RandomErasing {
        Chance.probability("RandomErasing", probability);
        if (!(smallest > 0 && smallest <= largest && largest <= 1)) {
            throw new IllegalArgumentException("RandomErasing of " + smallest + " .. " + largest
                    + " of the area\n  rule: 0 < smallest <= largest <= 1");
        }
    }

    /// Half of the time, 2 to 33 % of the area.
    public static RandomErasing half() {
        return of(0.5);
    }

    /// Some of the time, 2 to 33 % of the area.
    public static RandomErasing of(double probability) {
        return new RandomErasing(probability, 0.02, 0.33);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        if (Chance.unit(random) >= probability) {
            return picture;
        }
        for (int i = 0; i < TRIES; i++) {
            double area = Chance.between(random, smallest, largest) * picture.area();
            double ratio = StrictMath.exp(Chance.between(random, StrictMath.log(FLATTEST), -StrictMath.log(FLATTEST)));
            int h = (int) Math.round(Math.sqrt(area * ratio));
            int w = (int) Math.round(Math.sqrt(area / ratio));
            if (h > 0 && w > 0 && h < picture.height() && w < picture.width()) {
                int top = Chance.below(random, picture.height() - h + 1);
                int left = Chance.below(random, picture.width() - w + 1);
                return Colours.filled(picture, top, left, h, w, 0);
            }
        }
        return picture;
    }
}
