package cajal.studio;

import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.nn.Dropout;
import cajal.nn.Init;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.train.Optimizer;
import cajal.train.Penalty;
import cajal.train.Schedule;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// All that decides what a playground computes, as its page's address says it: the same recipe gives the
/// same numbers.
///
/// @param problem one of [Problem#NAMES]
/// @param samples how many points a problem has
/// @param noise how far they stray
/// @param test the share of the points that is kept for testing, 0 for none
/// @param points one's own points, see [OwnPoints]
/// @param names the names of the classes of one's own points, separated by commas
/// @param net the hidden layers: neurons, activation and dropout, as in `8 tanh, 4 relu 0.2`
/// @param init initial weights by name; empty for the layers' own
/// @param loss one of [LossChoice]'s names
/// @param optimizer by name, see [Optimizer#named(String, double)]
/// @param rate the learning rate
/// @param schedule how it changes, see [Schedule#of]
/// @param l1 the price of the weights' magnitudes
/// @param l2 the price of their squares
/// @param batch the samples a step, 0 for all
/// @param seed of the initial weights, the order of samples, dropout
/// @param draw the seed of the points and of what is kept for testing
/// @param epochs how long a run can be
/// @param edits the weights that were set by hand, see [Edit]
@Json
record Recipe(
        String problem,
        int samples,
        double noise,
        double test,
        String points,
        String names,
        String net,
        String init,
        String loss,
        String optimizer,
        double rate,
        String schedule,
        double l1,
        double l2,
        long batch,
        long seed,
        long draw,
        int epochs,
        String edits) {
    static final int MOST_SAMPLES = 2000;
    static final int MOST_EPOCHS = 100_000;
    private static final int MOST_LAYERS = 6;
    private static final int MOST_NEURONS = 16;
    private static final long MOST_SEED = 999_999_999;

    /// A hidden layer.
    record Hidden(int neurons, String activation, double dropout) {}

    /// Checks everything, so that what is built of it cannot fail but by its numbers.
    ///
    /// **Throws** [StudioException] or the library's own message for what makes no sense.
    Recipe {
        problem = text("problem", problem, 20);
        points = text("points", points, OwnPoints.MOST * 6);
        names = text("names", names, 200);
        net = text("net", net, 400);
        init = text("init", init, 40);
        loss = text("loss", loss, 40);
        optimizer = text("optimizer", optimizer, 100);
        schedule = text("schedule", schedule, 100);
        edits = text("edits", edits, 8000);
        within("samples", samples, 10, MOST_SAMPLES);
        within("noise", noise, 0, 2);
        within("test", test, 0, 0.9);
        within("rate", rate, 1e-6, 100);
        within("l1", l1, 0, 10);
        within("l2", l2, 0, 10);
        within("batch", batch, 0, MOST_SAMPLES);
        within("seed", seed, 0, MOST_SEED);
        within("draw", draw, 0, MOST_SEED);
        within("epochs", epochs, 1, MOST_EPOCHS);
        hidden(net);
        LossChoice.of(loss, Problem.isRegression(problem));
        optimizer(optimizer, rate);
        schedule(schedule);
        Edit.all(edits);
        if (!init.isEmpty()) {
            Init.named(init);
        }
        if (Problem.isOwn(problem)) {
            OwnPoints.of(points);
        }
    }

    private static String text(String name, @Nullable String value, int most) {
        String given = Objects.requireNonNullElse(value, "").strip();
        if (given.length() > most) {
            throw new StudioException(
                    name + " has " + given.length() + " letters\n  rule: at most " + most + " are looked at");
        }
        return given;
    }

    private static void within(String name, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new StudioException(name + " is " + value + "\n  rule: a number from " + low + " to " + high);
        }
    }

    private static void optimizer(String name, double rate) {
        if (!OPTIMIZERS.contains(name)) {
            throw new StudioException("There is no optimiser '" + name + "' here\n  rule: there are " + OPTIMIZERS);
        }
        Optimizer.named(name, rate);
    }

    private static void schedule(String text) {
        Schedule s = Schedule.of(text);
        if (!s.state().isEmpty() || text.startsWith("swa")) {
            throw new StudioException("The schedule '" + text + "' has a memory\n  rule: here the rate is a function of"
                    + " the step alone, so that one can go back");
        }
    }

    /// The optimisers that can be chosen: all but those that evaluate with averaged weights.
    static final List<String> OPTIMIZERS = Optimizer.names().stream()
            .filter(n -> !n.equals("asgd") && !n.equals("schedulefree"))
            .toList();

    /// The activations that can be chosen: functions of one number.
    static final List<String> ACTIVATIONS =
            Activation.names().stream().filter(n -> !n.contains("softmax")).toList();

    /// The hidden layers.
    List<Hidden> hidden() {
        return hidden(net);
    }

    private static List<Hidden> hidden(String net) {
        List<Hidden> all = new ArrayList<>();
        for (String layer : net.isEmpty() ? new String[0] : net.split(",", -1)) {
            String[] words = layer.strip().split("\\s+", -1);
            try {
                int neurons = Integer.parseInt(words[0]);
                within("neurons", neurons, 1, MOST_NEURONS);
                String activation = words[1];
                Activation.named(activation);
                if (activation.contains("softmax")) {
                    throw new StudioException(activation + " looks at all neurons\n  rule: here a neuron bends alone");
                }
                double dropout = words.length > 2 ? Double.parseDouble(words[2]) : 0;
                within("dropout", dropout, 0, 0.9);
                all.add(new Hidden(neurons, activation, dropout));
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                throw new StudioException("The layer '" + layer
                        + "' cannot be read\n  rule: neurons, activation, dropout, as in '8 tanh 0.1'");
            }
        }
        if (all.size() > MOST_LAYERS) {
            throw new StudioException(all.size() + " hidden layers\n  rule: at most " + MOST_LAYERS);
        }
        return all;
    }

    /// The network, without values.
    Sequential network(int outputs) {
        Sequential s = new Sequential();
        long in = 2;
        for (Hidden h : hidden()) {
            s.then(linear(in, h.neurons)).then(activation(h.activation));
            if (h.dropout > 0) {
                s.then(new Dropout(h.dropout));
            }
            in = h.neurons;
        }
        return s.then(linear(in, outputs));
    }

    private static Block activation(String name) {
        return Activation.named(name);
    }

    private Linear linear(long in, long out) {
        Linear l = new Linear(in, out);
        return init.isEmpty() ? l : l.init(Init.named(init));
    }

    LossChoice lossChoice() {
        return LossChoice.of(loss, Problem.isRegression(problem));
    }

    Penalty penalty() {
        return new Penalty(l1, l2);
    }
}
