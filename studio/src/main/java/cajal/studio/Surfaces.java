package cajal.studio;

import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The surfaces by name; each is made when it is first asked for.
final class Surfaces {
    private static final int SAMPLES = 64;
    private static final Map<String, Supplier<Surface>> MAKERS = new LinkedHashMap<>();
    private static final Map<String, Surface> MADE = new ConcurrentHashMap<>();

    static {
        MAKERS.put("bowl", Surfaces::bowl);
        MAKERS.put("ravine", Surfaces::ravine);
        MAKERS.put("rosenbrock", Surfaces::rosenbrock);
        MAKERS.put("saddle", Surfaces::saddle);
        MAKERS.put("beale", Surfaces::beale);
        MAKERS.put("digits", DigitsSurface::make);
    }

    private Surfaces() {}

    static List<String> names() {
        return List.copyOf(MAKERS.keySet());
    }

    static Surface named(String name) {
        Supplier<Surface> maker = MAKERS.get(name);
        if (maker == null) {
            throw new StudioException("There is no surface '" + name + "'\n  rule: one of " + names());
        }
        return MADE.computeIfAbsent(name, _ -> maker.get());
    }

    private static Surface bowl() {
        return new Surface(
                "bowl",
                new Surface.Text(
                        "Bowl",
                        "½·x² + ½·y²",
                        "The easiest case: equally steep on all sides. Everybody gets to the bottom; what differs is how straight."),
                new Surface.Area(-3, 3, -3, 3, -2.4, 2, 60),
                SAMPLES,
                new Surface.Rates(0.15, 0.03, 0.15),
                tilted("bowl", 0.9, (x, y) -> x.square().add(y.square()).mul(0.5)));
    }

    /// A straight line `y = w·x + b` through noisy points: its squared error over `w` and `b`.
    private static Surface ravine() {
        RandomKey key = RandomKey.of(1).fold("valley");
        Tensor inputs = Tensor.uniform(key.fold("x"), -0.2, 1, SAMPLES);
        Tensor targets = inputs.mul(2)
                .add(1)
                .add(Tensor.normal(key.fold("noise"), SAMPLES).mul(0.25));
        return new Surface(
                "ravine",
                new Surface.Text(
                        "Ravine",
                        "mean of (x·input + y - target)² over 64 points",
                        "Two weights of a straight line that is fitted to 64 points. Steep across, flat along: down the side is quick, along the floor is slow. Single samples zigzag, momentum swings across."),
                new Surface.Area(-1.2, 3.2, -1.2, 3.2, -0.8, -0.8, 80),
                SAMPLES,
                new Surface.Rates(0.3, 0.1, 0.15),
                (x, y, rows) -> inputs.indexSelect(0, rows)
                        .mul(x)
                        .add(y)
                        .sub(targets.indexSelect(0, rows))
                        .square()
                        .mean());
    }

    private static Surface rosenbrock() {
        return new Surface(
                "rosenbrock",
                new Surface.Text(
                        "Rosenbrock's valley",
                        "(1 - x)² + 100·(y - x²)²",
                        "A curved valley, very steep at its sides and almost flat along its floor. Finding the floor is quick; following it to the bottom at (1, 1) takes long."),
                new Surface.Area(-2, 2, -1, 3, -1.5, 2, 400),
                SAMPLES,
                new Surface.Rates(0.0008, 0.0004, 0.1),
                tilted(
                        "rosenbrock",
                        20,
                        (x, y) -> Tensor.scalar(1)
                                .sub(x)
                                .square()
                                .add(y.sub(x.square()).square().mul(100))));
    }

    private static Surface saddle() {
        return new Surface(
                "saddle",
                new Surface.Text(
                        "Saddle",
                        "½·x² - ½·y² + y⁴/20",
                        "In the middle the slope is zero, but it is no minimum: down on two sides, up on the others. The noise of single samples shakes a walker off it sooner."),
                new Surface.Area(-3, 3, -3, 3, -2.4, 0.01, 80),
                SAMPLES,
                new Surface.Rates(0.1, 0.03, 0.1),
                tilted("saddle", 0.5, (x, y) -> {
                    Tensor y2 = y.square();
                    return x.square().sub(y2).mul(0.5).add(y2.square().mul(0.05));
                }));
    }

    private static Surface beale() {
        return new Surface(
                "beale",
                new Surface.Text(
                        "Beale's function",
                        "(1.5 - x + x·y)² + (2.25 - x + x·y²)² + (2.625 - x + x·y³)²",
                        "Cliffs at the corners and a wide, flat floor with the bottom at (3, 0.5). One rate for all places is hard to find: what is right on the floor is too much at a cliff."),
                new Surface.Area(-1, 4.5, -1.5, 1.5, 1, 1.2, 200),
                SAMPLES,
                new Surface.Rates(0.01, 0.003, 0.1),
                tilted("beale", 3, (x, y) -> {
                    Tensor y2 = y.square();
                    Tensor a = x.mul(y).sub(x).add(1.5);
                    Tensor b = x.mul(y2).sub(x).add(2.25);
                    Tensor c = x.mul(y2.mul(y)).sub(x).add(2.625);
                    return a.square().add(b.square()).add(c.square());
                }));
    }

    private interface Height {
        Tensor of(Tensor x, Tensor y);
    }

    /// A height to which each sample adds a slope of its own: they cancel over all samples, and what is left
    /// of them over a few is the noise of stochastic gradients.
    private static Surface.Loss tilted(String name, double noise, Height height) {
        RandomKey key = RandomKey.of(1).fold(name);
        Tensor tilts = Tensor.normal(key, SAMPLES, 2).mul(noise);
        Tensor balanced = tilts.sub(tilts.meanKeep(0));
        return (x, y, rows) -> {
            Tensor tilt = balanced.indexSelect(0, rows).mean(0);
            return height.of(x, y).add(x.mul(tilt.select(0, 0))).add(y.mul(tilt.select(0, 1)));
        };
    }
}
