package cajal.studio;

import cajal.tensor.Param;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/// An optimiser's way down a [Surface].
public final class Descent {
    /// Farther out than this it has lost its way.
    private static final double OUT = 1e6;

    private Descent() {}

    /// One who goes downhill.
    ///
    /// @param optimizer as for [Optimizer#named(String, double)]
    /// @param rate the learning rate
    /// @param batch samples a step; all, if it is more than there are
    public record Runner(String optimizer, double rate, int batch) {}

    /// A place on the way.
    ///
    /// @param x the first weight
    /// @param y the second weight
    /// @param loss the loss of all samples there
    /// @param xSlope the loss's derivative by `x` for the samples of this step alone: what the optimiser sees
    /// @param ySlope the same by `y`
    public record Place(double x, double y, double loss, double xSlope, double ySlope) {}

    /// Goes down: the start and the place after each step, fewer if it leaves all bounds.
    ///
    /// Step `t` looks at samples that are a function of (seed, t), the same for every runner of that batch size.
    ///
    /// **Throws** [IllegalArgumentException] for an unknown optimiser or a rate that is none.
    public static List<Place> walk(Surface surface, Runner runner, double x, double y, int steps, long seed) {
        Optimizer optimizer = Optimizer.named(runner.optimizer, runner.rate);
        Param at = new Param("at", Tensor.of((float) x, (float) y));
        Map<String, Param> params = Map.of("at", at);
        RandomKey key = RandomKey.of(seed).fold("order");
        int batch = Math.min(runner.batch, surface.samples());
        List<Place> way = new ArrayList<>();
        for (int step = 0; step <= steps; step++) {
            Tensor rows = batch == surface.samples()
                    ? Tensor.arange(batch)
                    : Tensor.permutation(key.fold(step), surface.samples()).slice(0, 0, batch);
            DoubleSupplier gradient = () -> {
                at.zeroGrad();
                Tensor loss = surface.loss(at.select(0, 0), at.select(0, 1), rows);
                loss.backward();
                return loss.item();
            };
            double seen = gradient.getAsDouble();
            Place place = place(surface, at);
            if (!(Math.abs(place.x) < OUT && Math.abs(place.y) < OUT && Double.isFinite(place.loss))) {
                break;
            }
            way.add(place);
            if (step < steps) {
                optimizer.step(params, seen, gradient);
            }
        }
        return way;
    }

    private static Place place(Surface surface, Param at) {
        float[] now = at.toFloats();
        float[] slope = at.grad().toFloats();
        return new Place(now[0], now[1], surface.loss(now[0], now[1]), slope[0], slope[1]);
    }
}
