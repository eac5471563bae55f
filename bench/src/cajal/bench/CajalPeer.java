package bench;

import bench.Task.Cnn;
import bench.Task.Conv;
import bench.Task.Gemm;
import bench.Task.Gpt;
import bench.Task.Lstm;
import bench.Task.Mlp;
import bench.Task.ResNet;
import bench.Task.Rows;
import bench.Task.Rule;
import cajal.kernel.Backends;
import cajal.kernel.Workers;
import cajal.nn.BatchNorm;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Dropout;
import cajal.nn.Embedding;
import cajal.nn.Flatten;
import cajal.nn.GlobalAvgPool;
import cajal.nn.LSTM;
import cajal.nn.Layer;
import cajal.nn.LearnedPositions;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.MaxPool2d;
import cajal.nn.Sequential;
import cajal.nn.TransformerEncoder;
import cajal.nn.TransformerEncoderLayer;
import cajal.tensor.Convolving;
import cajal.tensor.Grad;
import cajal.tensor.Memory;
import cajal.tensor.Mode;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import cajal.train.Adam;
import cajal.train.AdamW;
import cajal.train.Optimizer;
import cajal.train.SGD;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/// Cajal itself, as a program uses it.
public final class CajalPeer implements Peer {
    @Override
    public String version() {
        return "Cajal (" + Backends.names().getFirst() + ")";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        Workers.threads(threads);
        return switch (task) {
            case Mlp m -> Optional.of(mlp(m));
            case Cnn c -> Optional.of(cnn(c));
            case ResNet r -> Optional.of(resnet(r));
            case Gpt g -> Optional.of(gpt(g));
            case Lstm l -> Optional.of(lstm(l));
            case Gemm g -> Optional.of(gemm(g));
            case Conv c -> Optional.of(conv(c));
            case Rows r -> Optional.of(rows(r));
            case Task.Start s -> work(s.net(), threads);
            case Task.Many m -> work(m.net(), threads);
            case Task.Peak _, Task.Triad _ -> Optional.empty();
        };
    }

    // ---- networks

    private static Work mlp(Mlp m) {
        var net = new Sequential();
        for (int i = 1; i < m.sizes().length; i++) {
            net.then(new Linear(m.sizes()[i - 1], m.sizes()[i]));
            if (i < m.sizes().length - 1) {
                net.then(m.sigmoid() ? Tensor::sigmoid : Tensor::relu);
            }
        }
        int classes = m.sizes()[m.sizes().length - 1];
        return net(net, m.rule(), m.rate(), classes, m.batch(), m.sizes()[0]);
    }

    private static Work cnn(Cnn c) {
        var net = Sequential.of(
                new Conv2d(1, 32, 3), Tensor::relu, new Conv2d(32, 64, 3), Tensor::relu, new MaxPool2d(2), new Dropout(0.25),
                new Flatten(), new Linear(9216, 128), Tensor::relu, new Dropout(0.5), new Linear(128, 10));
        return net(net, c.rule(), c.rate(), 10, c.batch(), 1, 28, 28);
    }

    private static final class Residual extends Block {
        private final Layer body;
        private final Layer shortcut;

        Residual(long in, long out, long stride) {
            body = add("body", Sequential.of(
                    new Conv2d(in, out, 3).stride(stride).padding(1).noBias(), new BatchNorm(out), Tensor::relu,
                    new Conv2d(out, out, 3).padding(1).noBias(), new BatchNorm(out)));
            shortcut = add("shortcut", in == out && stride == 1
                    ? Layer.identity()
                    : Sequential.of(new Conv2d(in, out, 1).stride(stride).noBias(), new BatchNorm(out)));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return body.apply(x).add(shortcut.apply(x)).relu();
        }
    }

    private static Work resnet(ResNet r) {
        var net = Sequential.of(new Conv2d(3, 16, 3).padding(1).noBias(), new BatchNorm(16), Tensor::relu);
        int in = 16;
        for (int stage = 0; stage < 3; stage++) {
            int out = 16 << stage;
            for (int block = 0; block < 3; block++) {
                net.then(new Residual(in, out, stage > 0 && block == 0 ? 2 : 1));
                in = out;
            }
        }
        net.then(new GlobalAvgPool()).then(new Linear(in, 10));
        return net(net, r.rule(), r.rate(), 10, r.batch(), 3, 32, 32);
    }

    private static Work gpt(Gpt g) {
        var net = Sequential.of(
                new Embedding(g.characters(), g.width()), new LearnedPositions(g.block(), g.width()),
                new TransformerEncoder(g.layers(), () -> new TransformerEncoderLayer(g.width(), g.heads())
                                .feedForward(4L * g.width()).dropout(0).gelu().normFirst().causal())
                        .norm(g.width()),
                new Linear(g.width(), g.characters()).noBias());
        List<Tensor> inputs = new ArrayList<>();
        List<Tensor> targets = new ArrayList<>();
        for (int b = 0; b < Numbers.BATCHES; b++) {
            int n = g.batch() * g.block();
            inputs.add(Tensor.ofLongs(Numbers.classes("text", b, n, g.characters()), g.batch(), g.block()));
            targets.add(Tensor.ofLongs(Numbers.classes("next", b, n, g.characters()), g.batch(), g.block()));
        }
        return g.training()
                ? training(net, Loss.crossEntropy().eachPlace(), new AdamW(g.rate()), inputs, targets)
                : inference(net, inputs);
    }

    private static Work lstm(Lstm l) {
        var net = Sequential.of(
                new LSTM(l.in(), l.hidden()), (Layer) x -> x.select(1, -1), new Linear(l.hidden(), 10));
        return net(net, l.rule(), l.rate(), 10, l.batch(), l.steps(), l.in());
    }

    /// A network with one input and ten classes or so: training, or inference where there is no rule.
    private static Work net(Block net, Rule rule, double rate, int classes, int batch, int... shape) {
        int count = batch;
        long[] dims = new long[shape.length + 1];
        dims[0] = batch;
        for (int i = 0; i < shape.length; i++) {
            dims[i + 1] = shape[i];
            count *= shape[i];
        }
        List<Tensor> inputs = new ArrayList<>();
        List<Tensor> targets = new ArrayList<>();
        for (int b = 0; b < Numbers.BATCHES; b++) {
            inputs.add(Tensor.of(Numbers.inputs(b, count), dims));
            targets.add(Tensor.ofLongs(Numbers.classes("class", b, batch, classes), batch));
        }
        Optimizer optimizer = switch (rule) {
            case SGD -> new SGD(rate);
            case ADAM -> new Adam(rate);
            case ADAMW -> new AdamW(rate);
            case NONE -> null;
        };
        return optimizer == null ? inference(net, inputs) : training(net, Loss.crossEntropy(), optimizer, inputs, targets);
    }

    private static Work inference(Block net, List<Tensor> inputs) {
        fill(net);
        int[] next = {0};
        return _ -> {
            try (var _ = Memory.step(); var _ = Grad.off()) {
                return net.apply(inputs.get(next[0]++ % Numbers.BATCHES)).view().at(0);
            }
        };
    }

    private static void fill(Block net) {
        net.init(1);
        net.parameters().forEach((path, p) -> p.set(
                Tensor.of(Numbers.weights(path, p.shape().dims()), p.shape().dims())));
    }

    private static Work training(Block net, Loss loss, Optimizer optimizer, List<Tensor> inputs, List<Tensor> targets) {
        fill(net);
        var parameters = net.parameters();
        var key = RandomKey.of(42);
        boolean noise = net.parts().values().stream().anyMatch(Dropout.class::isInstance);
        long[] step = {0};
        return plain -> {
            int b = (int) (step[0] % Numbers.BATCHES);
            try (var _ = Memory.step()) {
                parameters.values().forEach(Tensor::zeroGrad);
                Tensor value;
                try (var _ = plain && noise ? Mode.inference() : Mode.training(key.fold(step[0]))) {
                    value = loss.of(net.apply(inputs.get(b)), targets.get(b));
                }
                value.backward();
                optimizer.step(parameters);
                step[0]++;
                return value.item();
            }
        };
    }

    // ---- operations

    private static Tensor numbers(String name, long... dims) {
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        return Tensor.of(Numbers.uniform(name, n, -1, 1), dims);
    }

    private static Work of(Supplier<Tensor> made) {
        return _ -> {
            try (var _ = Memory.step(); var _ = Grad.off()) {
                return made.get().view().at(0);
            }
        };
    }

    private static Work gemm(Gemm g) {
        Tensor a = g.acrossA() ? numbers("a", g.k(), g.m()).t() : numbers("a", g.m(), g.k());
        Tensor b = g.acrossB() ? numbers("b", g.n(), g.k()).t() : numbers("b", g.k(), g.n());
        return of(() -> a.matmul(b));
    }

    private static Work conv(Conv c) {
        var how = Convolving.over(2).stride(c.stride()).padding(c.padding());
        Tensor x = numbers("x", c.batch(), c.in(), c.size(), c.size());
        Tensor w = numbers("w", c.out(), c.in(), c.kernel(), c.kernel());
        if (c.pass() == Conv.Pass.FORWARD) {
            return of(() -> x.conv(w, how));
        }
        Tensor xs = x.requireGrad();
        Tensor ws = w.requireGrad();
        Tensor y = xs.conv(ws, how);
        Tensor seed = numbers("seed", y.shape().dims());
        return _ -> {
            try (var _ = Memory.step()) {
                return Grad.of(y, seed, List.of(xs, ws), Grad.KEEP_GRAPH).getFirst().view().at(0);
            }
        };
    }

    private static Work rows(Rows r) {
        Tensor a = numbers("a", r.rows(), r.columns());
        Tensor b = numbers("b", r.rows(), r.columns());
        Tensor scale = numbers("scale", r.columns());
        Tensor shift = numbers("shift", r.columns());
        UnaryOperator<Tensor> f = switch (r.operation()) {
            case "add" -> x -> x.add(b);
            case "relu" -> Tensor::relu;
            case "exp" -> Tensor::exp;
            case "tanh" -> Tensor::tanh;
            case "gelu" -> Tensor::gelu;
            case "softmax" -> x -> x.softmax(-1);
            case "layernorm" -> x -> x.layerNorm(1, 1e-5, scale, shift);
            default -> throw new IllegalArgumentException(r.operation());
        };
        if (!r.backward()) {
            return of(() -> f.apply(a));
        }
        Tensor leaf = a.requireGrad();
        return _ -> {
            try (var _ = Memory.step()) {
                return Grad.of(f.apply(leaf), b, List.of(leaf)).getFirst().view().at(0);
            }
        };
    }
}
