package cajal.train;

import cajal.data.Dataset;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/// What the loss does while the learning rate rises from far too low to far too high: the range test.
///
/// ```java
/// var rates = LearningRates.find(Trainer.of(net, loss, optimizer).seed(42).batch(64), train);
/// IO.println(rates);                       // a plot, and a suggestion
/// ```
///
/// The suggestion is the rate at which the smoothed loss falls most steeply: where a step helps most, well
/// below where it begins to harm.
///
/// **Source** Smith, "Cyclical learning rates for training neural networks", 2017, section 3.3.
///
/// @param rates the rates of the steps, each the same factor above the one before
/// @param losses the loss of each step's batch; fewer than were planned if it exploded
/// @param smoothed the losses without most of their noise
/// @param suggestion the rate to train with; nothing if the loss never fell
public record LearningRates(List<Double> rates, List<Double> losses, List<Double> smoothed, OptionalDouble suggestion) {
    private static final double KEPT = 0.9; // of the running mean at each step
    private static final double EXPLODED = 4; // times the lowest smoothed loss ends the test
    private static final int WINDOW = 3; // points on each side that a slope is fitted to
    private static final int WIDTH = 64;
    private static final int HEIGHT = 14;

    /// Copies the lists.
    public LearningRates {
        rates = List.copyOf(rates);
        losses = List.copyOf(losses);
        smoothed = List.copyOf(smoothed);
    }

    /// Tries rates from 1e-7 to 10 in 100 steps.
    ///
    /// **Throws** as [#find(Trainer, Dataset, double, double, int)].
    public static LearningRates find(Trainer trainer, Dataset train) {
        return find(trainer, train, 1e-7, 10, 100);
    }

    /// Makes `steps` steps of a run, the first with the rate `from`, the last with `to`, each rate the same
    /// factor above the one before, and stops early when the loss explodes. Weights, states and the
    /// optimiser are then put back as they were, bit by bit; weights that were empty are those that
    /// training begins with.
    ///
    /// @param trainer says network, loss, optimiser, batch, seed and clipping; its schedule, epochs, metrics,
    ///     watchers and files are left alone
    ///
    /// **Throws** [IllegalArgumentException] unless `0 < from < to` and there are at least 10 steps;
    /// [TrainingException] if the very first step fails.
    public static LearningRates find(Trainer trainer, Dataset train, double from, double to, int steps) {
        Options.positive("LearningRates", "the lowest rate", from);
        Options.atLeast("LearningRates", "the number of steps", steps, 10);
        if (!(to > from) || !Double.isFinite(to)) {
            throw Options.wrong("LearningRates", "the highest rate", to, "finite and above the lowest, " + from, "");
        }
        double growth = StrictMath.log(to / from) / (steps - 1);
        List<Double> rates = new ArrayList<>();
        for (int i = 0; i < steps; i++) {
            rates.add(from * StrictMath.exp(growth * i));
        }
        Run run = trainer.bare((_, at) -> rates.get((int) at.step())).begin(train);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        trainer.part.tensors().forEach((path, t) -> weights.put(path, t.copy()));
        Map<String, Tensor> memory = trainer.optimizer.state();
        List<Double> losses;
        try {
            losses = losses(run, steps);
        } finally {
            trainer.part.load(weights);
            trainer.optimizer.load(memory);
            trainer.part.parameters().values().forEach(Param::zeroGrad);
        }
        return of(rates.subList(0, losses.size()), losses);
    }

    private static List<Double> losses(Run run, int steps) {
        List<Double> losses = new ArrayList<>();
        double mean = 0;
        double best = Double.POSITIVE_INFINITY;
        for (int i = 0; i < steps; i++) {
            double loss;
            try {
                loss = run.step(i);
            } catch (TrainingException e) {
                if (i == 0) {
                    throw e;
                }
                return losses; // it exploded beyond numbers
            }
            losses.add(loss);
            mean = KEPT * mean + (1 - KEPT) * loss;
            double running = mean / (1 - StrictMath.pow(KEPT, i + 1));
            best = Math.min(best, running);
            if (i >= 10 && running > EXPLODED * Math.abs(best)) {
                return losses;
            }
        }
        return losses;
    }

    /// The findings for some losses.
    static LearningRates of(List<Double> rates, List<Double> losses) {
        double[] forth = running(losses);
        double[] back = running(losses.reversed());
        List<Double> smoothed = new ArrayList<>();
        for (int i = 0; i < forth.length; i++) {
            smoothed.add((forth[i] + back[forth.length - 1 - i]) / 2); // so that nothing is shifted
        }
        return new LearningRates(rates, losses, smoothed, steepest(rates, smoothed));
    }

    private static double[] running(List<Double> losses) {
        double[] running = new double[losses.size()];
        double mean = 0;
        for (int i = 0; i < running.length; i++) {
            mean = KEPT * mean + (1 - KEPT) * losses.get(i);
            running[i] = mean / (1 - StrictMath.pow(KEPT, i + 1));
        }
        return running;
    }

    /// The rate with the steepest fall before the lowest loss, each slope fitted to a few points.
    private static OptionalDouble steepest(List<Double> rates, List<Double> smoothed) {
        int lowest = 0;
        for (int i = 1; i < smoothed.size(); i++) {
            lowest = smoothed.get(i) < smoothed.get(lowest) ? i : lowest;
        }
        OptionalDouble found = OptionalDouble.empty();
        double steepest = 0;
        for (int i = WINDOW; i + WINDOW < smoothed.size() && i <= lowest; i++) {
            double slope = 0;
            for (int k = 1; k <= WINDOW; k++) {
                slope += k * (smoothed.get(i + k) - smoothed.get(i - k));
            }
            if (slope < steepest) {
                steepest = slope;
                found = OptionalDouble.of(rates.get(i));
            }
        }
        return found;
    }

    // ---- pictures

    private double low() {
        return smoothed.stream().mapToDouble(d -> d).min().orElse(0);
    }

    /// The top of the plots: the explosion at the end would press all else flat.
    private double high() {
        double first = smoothed.isEmpty() ? 1 : smoothed.getFirst();
        double range = Math.max(Math.abs(first) * 1e-3, first - low());
        return first + 0.3 * range;
    }

    /// Where a rate lies between the first and the last, from 0 to 1.
    private double across(double rate) {
        double all = StrictMath.log(rates.getLast() / rates.getFirst());
        return all == 0 ? 0 : StrictMath.log(rate / rates.getFirst()) / all;
    }

    /// Where a loss lies between the top and the bottom of a plot, from 0 to 1.
    private double down(double loss) {
        return (high() - Math.clamp(loss, low(), high())) / (high() - low());
    }

    /// The smoothed loss over the rate, and the suggestion.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        char[][] grid = new char[HEIGHT][WIDTH];
        for (char[] row : grid) {
            Arrays.fill(row, ' ');
        }
        suggestion.ifPresent(s -> {
            for (char[] row : grid) {
                row[(int) Math.round(across(s) * (WIDTH - 1))] = '┊';
            }
        });
        for (int i = 0; i < smoothed.size(); i++) {
            int x = (int) Math.round(across(rates.get(i)) * (WIDTH - 1));
            grid[(int) Math.round(down(smoothed.get(i)) * (HEIGHT - 1))][x] = '●';
        }
        for (int y = 0; y < HEIGHT; y++) {
            double loss = high() - (high() - low()) * y / (HEIGHT - 1);
            String label = y % 4 == 0 || y == HEIGHT - 1 ? String.format(Locale.ROOT, "%10.4g", loss) : " ".repeat(10);
            text.append(label)
                    .append(" │")
                    .append(new String(grid[y]).stripTrailing())
                    .append('\n');
        }
        text.append(" ".repeat(11)).append('└').append("─".repeat(WIDTH)).append('\n');
        String first = String.format(Locale.ROOT, "%.0e", rates.getFirst());
        String last = String.format(Locale.ROOT, "%.0e", rates.getLast());
        text.append(" ".repeat(12))
                .append(first)
                .append(" ".repeat(Math.max(1, WIDTH - first.length() - last.length())))
                .append(last)
                .append("  learning rate\n");
        text.append(
                suggestion.isPresent()
                        ? String.format(
                                Locale.ROOT, "the loss falls most steeply at a rate of %.2g", suggestion.getAsDouble())
                        : "the loss did not fall at any of these rates");
        return text.toString();
    }

    /// The plot as an SVG picture: every loss faint, the smoothed ones as a line, the suggestion marked.
    public String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 680 400\" font-family=\"sans-serif\"")
                .append(" font-size=\"12\">\n<rect width=\"680\" height=\"400\" fill=\"white\"/>\n");
        for (int decade = (int) Math.ceil(StrictMath.log10(rates.getFirst()) - 1e-9);
                decade <= StrictMath.log10(rates.getLast()) + 1e-9;
                decade++) {
            double x = x(across(StrictMath.pow(10, decade)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M%.1f 20V350\" stroke=\"#ddd\"/><text x=\"%.1f\" y=\"368\" text-anchor=\"middle\">1e%d</text>%n",
                    x,
                    x,
                    decade));
        }
        for (int i = 0; i <= 4; i++) {
            double y = 20 + 330 * i / 4.0;
            svg.append(String.format(
                    Locale.ROOT,
                    "<path d=\"M70 %.1fH660\" stroke=\"#eee\"/><text x=\"64\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>%n",
                    y,
                    y + 4,
                    high() - (high() - low()) * i / 4));
        }
        svg.append("<text x=\"365\" y=\"390\" text-anchor=\"middle\">learning rate</text>\n")
                .append(
                        "<text x=\"16\" y=\"185\" text-anchor=\"middle\" transform=\"rotate(-90 16 185)\">loss</text>\n");
        line(svg, losses, "#bbb", 1);
        line(svg, smoothed, "#06c", 2);
        suggestion.ifPresent(s -> svg.append(String.format(
                Locale.ROOT,
                "<path d=\"M%.1f 20V350\" stroke=\"#c30\" stroke-dasharray=\"4 3\"/><text x=\"%.1f\" y=\"15\" fill=\"#c30\" text-anchor=\"middle\">%.2g</text>%n",
                x(across(s)),
                x(across(s)),
                s)));
        return svg.append("</svg>\n").toString();
    }

    private static double x(double across) {
        return 70 + 590 * across;
    }

    private void line(StringBuilder svg, List<Double> values, String colour, int width) {
        svg.append("<polyline fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"" + width + "\" points=\"");
        for (int i = 0; i < values.size(); i++) {
            svg.append(
                    String.format(Locale.ROOT, "%.1f,%.1f ", x(across(rates.get(i))), 20 + 330 * down(values.get(i))));
        }
        svg.append("\"/>\n");
    }
}
