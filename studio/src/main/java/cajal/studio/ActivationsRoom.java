package cajal.studio;

import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.nn.Init;
import cajal.nn.Inspection;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import cajal.tensor.Context;
import cajal.tensor.Elementwise;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import io.avaje.jex.Routing;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;

/// Activations as curves with their derivatives, and what they and the initial weights do to the numbers
/// that flow through a deep stack of layers.
final class ActivationsRoom implements Room {
    private static final int POINTS = 401;
    private static final int BINS = 41;
    private static final long BATCH = 256;

    /// What can be chosen.
    @Json
    record Choices(List<String> activations, List<String> inits) {}

    /// A function over a range.
    ///
    /// @param formula as the library computes it
    /// @param x the arguments
    /// @param y the values
    /// @param slope the derivatives, by autograd
    @Json
    record Curve(String name, String formula, String x, String y, String slope) {}

    /// The distribution of numbers in one layer.
    ///
    /// @param layer counted from 1
    /// @param deviation the standard deviation
    /// @param zeros the share of exact zeros
    /// @param range the histogram reaches from `-range` to `range`
    /// @param counts how many numbers lie in each bin
    @Json
    record Spread(int layer, double deviation, double zeros, double range, String counts) {}

    /// What goes forward and what comes back in a deep stack.
    @Json
    record Stack(List<Spread> activations, List<Spread> gradients) {}

    @Override
    public void routes(Routing routing) {
        routing.get("/api/activations", c -> Answers.send(c, Choices.class, choices()));
        routing.get("/api/activations/curve", c -> {
            String name = Query.text(c, "name");
            double range = Query.real(c, "range", 6, 0.5, 50);
            Answers.send(c, Curve.class, curve(name, range));
        });
        routing.get("/api/activations/stack", c -> {
            String activation = Query.text(c, "activation");
            String init = Query.text(c, "init");
            int depth = (int) Query.whole(c, "depth", 10, 1, 50);
            int width = (int) Query.whole(c, "width", 128, 4, 512);
            Answers.send(c, Stack.class, stack(activation, init, depth, width));
        });
    }

    private static Choices choices() {
        List<String> activations = new ArrayList<>(Activation.names());
        activations.removeAll(List.of("softmax", "log-softmax", "prelu")); // no functions of one number
        List<String> inits = new ArrayList<>(Init.names());
        inits.removeAll(List.of("zeros", "ones", "constant", "identity"));
        return new Choices(activations, inits);
    }

    static Curve curve(String name, double range) {
        Block f = Activation.named(name);
        List<String> formula = new ArrayList<>();
        Listener notes = new Listener() {
            @Override
            public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
                if (op instanceof Elementwise e) {
                    formula.add(e.value().toString());
                }
            }
        };
        Tensor x = Tensor.linspace(-range, range, POINTS).requireGrad();
        Tensor y;
        try (var _ = Context.current().listener(notes).enter()) {
            y = f.apply(x);
        }
        Tensor slope = Grad.of(y.sum(), List.of(x)).getFirst();
        return new Curve(name, String.join(" , ", formula), Numbers.of(x), Numbers.of(y.detach()), Numbers.of(slope));
    }

    static Stack stack(String activation, String init, int depth, int width) {
        Sequential net = new Sequential();
        for (int i = 0; i < depth; i++) {
            net.then(new Linear(width, width).init(Init.named(init)).noBias()).then(Activation.named(activation));
        }
        net.init(1);
        Tensor x = Tensor.normal(RandomKey.of(2), BATCH, width);
        Tensor seed = Tensor.normal(RandomKey.of(3), BATCH, width);
        Inspection seen = Inspection.backward(net, x, out -> out.mul(seed).sum());
        List<Spread> activations = new ArrayList<>();
        List<Spread> gradients = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            Inspection.Stage stage = seen.stages().get(2 * i + 1);
            activations.add(spread(i + 1, stage.output()));
            gradients.add(spread(i + 1, stage.error().orElseThrow()));
        }
        return new Stack(activations, gradients);
    }

    private static Spread spread(int layer, Tensor t) {
        float[] values = t.toFloats();
        double deviation = t.variance(0).sqrt().item();
        double range = Double.isFinite(deviation) && deviation > 0 ? 3 * deviation : 1;
        float[] counts = new float[BINS];
        long zeros = 0;
        for (float v : values) {
            zeros += v == 0 ? 1 : 0;
            int bin = (int) Math.floor((v + range) / (2 * range) * BINS);
            if (bin >= 0 && bin < BINS) {
                counts[bin]++;
            }
        }
        return new Spread(layer, deviation, (double) zeros / values.length, range, Numbers.of(counts));
    }
}
