package cajal.studio;

import cajal.tensor.Grad;
import cajal.tensor.Tensor;
import java.util.List;

/// A loss over two weights `x` and `y`: the mean of the losses of some samples, as in every training. Its
/// gradient is autograd's.
///
/// All samples together give the surface that is drawn; a few of them give a loss, and a gradient, that are
/// right only on average.
public final class Surface {
    private final String name;
    private final Text text;
    private final Area area;
    private final int samples;
    private final Rates rates;
    private final Loss loss;

    /// What a person reads.
    ///
    /// @param title a few words
    /// @param formula the loss
    /// @param lesson what is to be seen here
    record Text(String title, String formula, String lesson) {}

    /// What is drawn, and where one starts.
    record Area(double xLow, double xHigh, double yLow, double yHigh, double startX, double startY, int steps) {}

    /// Learning rates that suit the surface.
    ///
    /// @param plain for those whose step grows with the gradient
    /// @param momentum for those that also keep most of the last step
    /// @param stride for those whose step is about as long as the rate, whatever the gradient
    record Rates(double plain, double momentum, double stride) {}

    /// The mean loss of some samples.
    interface Loss {
        /// The loss as a scalar.
        ///
        /// @param x the first weight, a scalar
        /// @param y the second weight, a scalar
        /// @param rows the samples' numbers, `(n)` as `I64`
        Tensor of(Tensor x, Tensor y, Tensor rows);
    }

    Surface(String name, Text text, Area area, int samples, Rates rates, Loss loss) {
        this.name = name;
        this.text = text;
        this.area = area;
        this.samples = samples;
        this.rates = rates;
        this.loss = loss;
    }

    /// The surface of a name.
    ///
    /// **Throws** [StudioException] for a name that is not in [#names()].
    public static Surface named(String name) {
        return Surfaces.named(name);
    }

    /// The names: `bowl`, `ravine`, `rosenbrock`, `saddle`, `beale`, `digits`.
    public static List<String> names() {
        return Surfaces.names();
    }

    /// The name.
    public String name() {
        return name;
    }

    /// The number of samples of which the loss is the mean.
    public int samples() {
        return samples;
    }

    Text text() {
        return text;
    }

    Area area() {
        return area;
    }

    /// The learning rate with which an optimiser of a name gets on here.
    double rate(String optimizer) {
        return switch (optimizer) {
            case "sgd", "asgd" -> rates.plain;
            case "momentum", "nesterov" -> rates.momentum;
            case "radam" -> Math.min(rates.stride, 2 * rates.plain); // its first steps are momentum's
            case "adadelta", "lbfgs" -> 1;
            default -> rates.stride;
        };
    }

    /// The mean loss of some samples, as a scalar through which gradients flow.
    ///
    /// @param x the first weight, a scalar
    /// @param y the second weight, a scalar
    /// @param rows the samples' numbers, `(n)` as `I64`
    public Tensor loss(Tensor x, Tensor y, Tensor rows) {
        return loss.of(x, y, rows);
    }

    /// The loss of all samples.
    public double loss(double x, double y) {
        try (var _ = Grad.off()) {
            return loss.of(Tensor.scalar(x), Tensor.scalar(y), Tensor.arange(samples))
                    .item();
        }
    }

    /// The loss of all samples over the area that is drawn, row by row from the lowest `y` on.
    float[] grid(int columns, int rows) {
        float[] values = new float[columns * rows];
        for (int row = 0; row < rows; row++) {
            double y = area.yLow + (area.yHigh - area.yLow) * row / (rows - 1);
            for (int column = 0; column < columns; column++) {
                double x = area.xLow + (area.xHigh - area.xLow) * column / (columns - 1);
                values[row * columns + column] = (float) loss(x, y);
            }
        }
        return values;
    }
}
