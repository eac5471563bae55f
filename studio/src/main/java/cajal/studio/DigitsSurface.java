package cajal.studio;

import cajal.data.Batch;
import cajal.data.Dataset;
import cajal.data.Digits;
import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.tensor.Grad;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.Trainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// A slice through the loss of a real network: `weights = initial + x·(trained - initial) + y·d`, where `d` is
/// a random direction whose rows are as long as those of `trained - initial`.
///
/// **Source** Goodfellow, Vinyals, Saxe, "Qualitatively characterizing neural network optimization problems",
/// ICLR 2015 (the line from initial to trained); Li et al., "Visualizing the loss landscape of neural nets",
/// NeurIPS 2018 (the random direction's lengths).
final class DigitsSurface {
    private static final int SAMPLES = 128;
    private static final long SEED = 1;

    private final Dataset digits = Digits.handwriting(SAMPLES, 0, SEED).train();
    private final Map<String, Tensor> initial = new LinkedHashMap<>();
    private final Map<String, Tensor> trained = new LinkedHashMap<>(); // minus initial
    private final Map<String, Tensor> random = new LinkedHashMap<>();

    /// The network is trained when a loss is first asked for.
    private static final class Trained {
        static final Surface.Loss LOSS = new DigitsSurface().loss();
    }

    DigitsSurface() {
        Sequential net = net();
        net.init(SEED, Shape.of(1, 1, 28, 28));
        net.parameters().forEach((path, p) -> initial.put(path, p.detach().copy()));
        try (var _ = Grad.on()) {
            Trainer.of(net, Loss.crossEntropy(), new Adam(0.01))
                    .batch(32)
                    .epochs(12)
                    .seed(SEED)
                    .fit(digits);
        }
        net.parameters().forEach((path, p) -> {
            Tensor way = p.detach().sub(at(initial, path)).copy();
            trained.put(path, way);
            random.put(path, alike(way, RandomKey.of(SEED).fold(path)));
        });
    }

    /// Random numbers with rows as long as another tensor's.
    private static Tensor alike(Tensor t, RandomKey key) {
        Tensor r = Tensor.normal(key, t.shape().dims());
        if (t.rank() < 2) {
            return r.mul(t.norm().div(r.norm()));
        }
        return r.mul(t.norm(1).div(r.norm(1)).unsqueeze(1));
    }

    private static Tensor at(Map<String, Tensor> tensors, String path) {
        return Objects.requireNonNull(tensors.get(path));
    }

    /// The network: 784 -> 16 -> 10.
    static Sequential net() {
        return Sequential.of(new Flatten(), new Linear(16), Activation.relu(), new Linear(10));
    }

    Dataset digits() {
        return digits;
    }

    /// The weights at a place, by path.
    Map<String, Tensor> weights(double x, double y) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        initial.forEach((path, w) -> all.put(
                path, w.add(at(trained, path).mul(x)).add(at(random, path).mul(y))));
        return all;
    }

    /// The loss at a place. The first layer is linear in the weights, so its part of the work is done once.
    Surface.Loss loss() {
        Batch all = digits.all();
        Tensor inputs = all.inputs().flatten(1);
        Tensor[] hidden = new Tensor[3];
        Tensor[] weight = new Tensor[3];
        Tensor[] bias = new Tensor[3];
        int i = 0;
        for (Map<String, Tensor> part : List.of(initial, trained, random)) {
            hidden[i] = inputs.affine(at(part, "1.weight"), at(part, "1.bias"));
            weight[i] = at(part, "3.weight");
            bias[i++] = at(part, "3.bias");
        }
        Loss crossEntropy = Loss.crossEntropy();
        return (x, y, rows) -> {
            Tensor h = mix(hidden[0].indexSelect(0, rows), hidden[1].indexSelect(0, rows), x)
                    .add(hidden[2].indexSelect(0, rows).mul(y))
                    .relu();
            Tensor out = h.affine(
                    mix(weight[0], weight[1], x).add(weight[2].mul(y)),
                    mix(bias[0], bias[1], x).add(bias[2].mul(y)));
            return crossEntropy.of(out, all.targets().indexSelect(0, rows));
        };
    }

    private static Tensor mix(Tensor start, Tensor way, Tensor share) {
        return start.add(way.mul(share));
    }

    static Surface make() {
        return new Surface(
                "digits",
                new Surface.Text(
                        "A real network",
                        "cross-entropy of 128 digits, weights = untrained + x·(trained - untrained) + y·random",
                        "A network of 784 → 16 → 10 has 12,730 weights; this is a slice through their space. At x = 0, y = 0 it is untrained, at x = 1, y = 0 it is trained."),
                new Surface.Area(-0.6, 1.8, -1.2, 1.2, -0.2, 0.8, 80),
                SAMPLES,
                new Surface.Rates(0.03, 0.01, 0.05),
                (x, y, rows) -> Trained.LOSS.of(x, y, rows));
    }
}
