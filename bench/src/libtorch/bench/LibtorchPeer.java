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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongArrayRefOptional;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/// libtorch, PyTorch's C++ library, called from Java. The system property `bench.channelsLast` lays pictures
/// out with their channels last.
public final class LibtorchPeer implements Peer {
    private static final TensorOptional NOTHING = new TensorOptional();
    private static final boolean LAST = Boolean.getBoolean("bench.channelsLast");
    private final TensorVector parameters = new TensorVector();

    @Override
    public String version() {
        return "libtorch 2.10.0";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        torch.set_num_threads(threads);
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

    private Tensor parameter(String path, long... dims) {
        Tensor p = last(of(Numbers.weights(path, dims), dims)).set_requires_grad(true);
        parameters.push_back(p);
        return p;
    }

    private UnaryOperator<Tensor> linear(String path, long in, long out) {
        Tensor w = parameter(path + ".weight", out, in);
        var b = new TensorOptional(parameter(path + ".bias", out));
        return x -> torch.linear(x, w, b);
    }

    private Work mlp(Mlp m) {
        List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        for (int i = 1; i < m.sizes().length; i++) {
            layers.add(linear(2 * (i - 1) + "", m.sizes()[i - 1], m.sizes()[i]));
        }
        UnaryOperator<Tensor> net = x -> {
            for (int i = 0; i < layers.size(); i++) {
                x = layers.get(i).apply(x);
                if (i < layers.size() - 1) {
                    x = m.sigmoid() ? torch.sigmoid(x) : torch.relu(x);
                }
            }
            return x;
        };
        return net((x, _) -> net.apply(x), m.rule(), m.rate(), m.sizes()[m.sizes().length - 1], m.batch(), m.sizes()[0]);
    }

    private Tensor convolve(Tensor x, Tensor w, TensorOptional b, long stride, long padding) {
        return torch.conv2d(x, w, b, new long[] {stride, stride}, new long[] {padding, padding}, new long[] {1, 1}, 1);
    }

    private Work cnn(Cnn c) {
        Tensor w0 = parameter("0.weight", 32, 1, 3, 3);
        var b0 = new TensorOptional(parameter("0.bias", 32));
        Tensor w2 = parameter("2.weight", 64, 32, 3, 3);
        var b2 = new TensorOptional(parameter("2.bias", 64));
        var l7 = linear("7", 9216, 128);
        var l10 = linear("10", 128, 10);
        return net((x, noise) -> {
            Tensor h = torch.relu(convolve(x, w0, b0, 1, 0));
            h = torch.relu(convolve(h, w2, b2, 1, 0));
            h = torch.dropout(torch.max_pool2d(h, 2, 2), 0.25, noise);
            h = torch.relu(l7.apply(torch.flatten(h, 1, -1)));
            return l10.apply(torch.dropout(h, 0.5, noise));
        }, c.rule(), c.rate(), 10, c.batch(), 1, 28, 28);
    }

    /// A convolution without bias and a batch normalisation.
    private UnaryOperator<Tensor> normed(String path, int index, long in, long out, long kernel, long stride, boolean training) {
        Tensor w = parameter(path + index + ".weight", out, in, kernel, kernel);
        var scale = new TensorOptional(parameter(path + (index + 1) + ".weight", out));
        var shift = new TensorOptional(parameter(path + (index + 1) + ".bias", out));
        var mean = new TensorOptional(torch.zeros(out));
        var variance = new TensorOptional(torch.ones(out));
        return x -> torch.batch_norm(convolve(x, w, NOTHING, stride, kernel / 2), scale, shift, mean, variance, training, 0.1, 1e-5, true);
    }

    private Work resnet(ResNet r) {
        boolean training = r.training();
        List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        var first = normed("", 0, 3, 16, 3, 1, training);
        layers.add(x -> torch.relu(first.apply(x)));
        int in = 16;
        int index = 3;
        for (int stage = 0; stage < 3; stage++) {
            int out = 16 << stage;
            for (int block = 0; block < 3; block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                var one = normed(index + ".body.", 0, in, out, 3, stride, training);
                var two = normed(index + ".body.", 3, out, out, 3, 1, training);
                UnaryOperator<Tensor> shortcut = in == out ? x -> x : normed(index + ".shortcut.", 0, in, out, 1, stride, training);
                layers.add(x -> torch.relu(two.apply(torch.relu(one.apply(x))).add(shortcut.apply(x))));
                in = out;
                index++;
            }
        }
        var end = linear(index + 1 + "", in, 10);
        return net((x, _) -> {
            for (var layer : layers) {
                x = layer.apply(x);
            }
            return end.apply(x.mean(new long[] {2, 3}));
        }, r.rule(), r.rate(), 10, r.batch(), 3, 32, 32);
    }

    private UnaryOperator<Tensor> norm(String path, long width) {
        var scale = new TensorOptional(parameter(path + ".weight", width));
        var shift = new TensorOptional(parameter(path + ".bias", width));
        return x -> torch.layer_norm(x, new long[] {width}, scale, shift, 1e-5, true);
    }

    private UnaryOperator<Tensor> transformer(String path, Gpt g) {
        long width = g.width();
        Tensor w = parameter(path + ".self_attn.in_proj_weight", 3 * width, width);
        var b = new TensorOptional(parameter(path + ".self_attn.in_proj_bias", 3 * width));
        var out = linear(path + ".self_attn.out_proj", width, width);
        var linear1 = linear(path + ".linear1", width, 4 * width);
        var linear2 = linear(path + ".linear2", 4 * width, width);
        var norm1 = norm(path + ".norm1", width);
        var norm2 = norm(path + ".norm2", width);
        long[] split = {g.batch(), g.block(), g.heads(), width / g.heads()};
        return x -> {
            TensorVector qkv = torch.chunk(torch.linear(norm1.apply(x), w, b), 3, -1);
            Tensor q = qkv.get(0).view(split).transpose(1, 2);
            Tensor k = qkv.get(1).view(split).transpose(1, 2);
            Tensor v = qkv.get(2).view(split).transpose(1, 2);
            Tensor a = torch.scaled_dot_product_attention(q, k, v, NOTHING, 0, true, new DoubleOptional(), false);
            x = x.add(out.apply(a.transpose(1, 2).reshape(g.batch(), g.block(), width)));
            return x.add(linear2.apply(torch.gelu(linear1.apply(norm2.apply(x)))));
        };
    }

    private Work gpt(Gpt g) {
        Tensor embedding = parameter("0.weight", g.characters(), g.width());
        Tensor positions = parameter("1.weight", g.block(), g.width());
        List<UnaryOperator<Tensor>> layers = new ArrayList<>();
        for (int i = 0; i < g.layers(); i++) {
            layers.add(transformer("2.layers." + i, g));
        }
        layers.add(norm("2.norm", g.width()));
        Tensor end = parameter("3.weight", g.characters(), g.width());
        Tensor[] inputs = new Tensor[Numbers.BATCHES];
        Tensor[] targets = new Tensor[Numbers.BATCHES];
        for (int i = 0; i < Numbers.BATCHES; i++) {
            int n = g.batch() * g.block();
            inputs[i] = of(Numbers.classes("text", i, n, g.characters()), g.batch(), g.block());
            targets[i] = of(Numbers.classes("next", i, n, g.characters()), n);
        }
        Net net = (x, _) -> {
            Tensor h = torch.embedding(embedding, x).add(positions);
            for (var layer : layers) {
                h = layer.apply(h);
            }
            return torch.linear(h, end, NOTHING).view(-1, g.characters());
        };
        return g.training() ? training(net, optimizer(g.rule(), g.rate()), inputs, targets) : inference(net, inputs);
    }

    private Work lstm(Lstm l) {
        long h = l.hidden();
        var weights = new TensorVector(
                parameter("0.weight_ih_l0", 4 * h, l.in()), parameter("0.weight_hh_l0", 4 * h, h),
                parameter("0.bias_ih_l0", 4 * h), parameter("0.bias_hh_l0", 4 * h));
        var end = linear("2", h, 10);
        var start = new TensorVector(torch.zeros(1, l.batch(), h), torch.zeros(1, l.batch(), h));
        return net((x, _) -> end.apply(torch.lstm(x, start, weights, true, 1, 0, true, false, true).get0().select(1, -1)),
                l.rule(), l.rate(), 10, l.batch(), l.steps(), l.in());
    }

    // ---- training and inference

    private interface Net {
        Tensor apply(Tensor x, boolean noise);
    }

    private Optimizer optimizer(Rule rule, double rate) {
        return switch (rule) {
            case SGD -> new SGD(parameters, new SGDOptions(rate));
            case ADAM -> new Adam(parameters, new AdamOptions(rate));
            case ADAMW -> new AdamW(parameters, new AdamWOptions(rate));
            case NONE -> throw new IllegalArgumentException("no rule");
        };
    }

    private Work net(Net net, Rule rule, double rate, int classes, int batch, int... shape) {
        int count = batch;
        long[] dims = new long[shape.length + 1];
        dims[0] = batch;
        for (int i = 0; i < shape.length; i++) {
            dims[i + 1] = shape[i];
            count *= shape[i];
        }
        Tensor[] inputs = new Tensor[Numbers.BATCHES];
        Tensor[] targets = new Tensor[Numbers.BATCHES];
        for (int i = 0; i < Numbers.BATCHES; i++) {
            inputs[i] = last(of(Numbers.inputs(i, count), dims));
            targets[i] = of(Numbers.classes("class", i, batch, classes), batch);
        }
        return rule == Rule.NONE ? inference(net, inputs) : training(net, optimizer(rule, rate), inputs, targets);
    }

    private static Work inference(Net net, Tensor[] inputs) {
        int[] next = {0};
        return new Work() {
            @Override
            public void enter() {
                new InferenceMode(true); // stays on: this process does nothing else
            }

            @Override
            public double step(boolean plain) {
                try (var _ = new PointerScope()) {
                    return number(net.apply(inputs[(next[0]++ & 0xffff) % Numbers.BATCHES], false));
                }
            }
        };
    }

    private static Work training(Net net, Optimizer optimizer, Tensor[] inputs, Tensor[] targets) {
        int[] step = {0};
        return plain -> {
            int b = step[0]++ % Numbers.BATCHES;
            try (var _ = new PointerScope()) {
                optimizer.zero_grad();
                Tensor loss = torch.cross_entropy_loss(net.apply(inputs[b], !plain), targets[b]);
                loss.backward();
                optimizer.step();
                return loss.item_float();
            }
        };
    }

    // ---- operations

    private static Work of(Supplier<Tensor> made) {
        return new Work() {
            @Override
            public void enter() {
                new AutoGradMode(false); // stays off: this process does nothing else
            }

            @Override
            public double step(boolean plain) {
                try (var _ = new PointerScope()) {
                    return number(made.get());
                }
            }
        };
    }

    private static Tensor numbers(String name, long... dims) {
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        return last(of(Numbers.uniform(name, n, -1, 1), dims));
    }

    private static Work gemm(Gemm g) {
        Tensor a = g.acrossA() ? numbers("a", g.k(), g.m()).t() : numbers("a", g.m(), g.k());
        Tensor b = g.acrossB() ? numbers("b", g.n(), g.k()).t() : numbers("b", g.k(), g.n());
        return of(() -> torch.matmul(a, b));
    }

    private Work conv(Conv c) {
        Tensor x = numbers("x", c.batch(), c.in(), c.size(), c.size());
        Tensor w = numbers("w", c.out(), c.in(), c.kernel(), c.kernel());
        if (c.pass() == Conv.Pass.FORWARD) {
            return of(() -> convolve(x, w, NOTHING, c.stride(), c.padding()));
        }
        Tensor seed = numbers("seed", c.batch(), c.out(), c.outSize(), c.outSize());
        var mask = new BoolPointer(3).put(0, true).put(1, true).put(2, false);
        long[] stride = {c.stride(), c.stride()};
        long[] padding = {c.padding(), c.padding()};
        return of(() -> torch.convolution_backward(seed, x, w, new LongArrayRefOptional(), stride, padding,
                new long[] {1, 1}, false, new long[] {0, 0}, 1, mask).get0());
    }

    private static Work rows(Rows r) {
        Tensor a = numbers("a", r.rows(), r.columns());
        Tensor b = numbers("b", r.rows(), r.columns());
        var scale = new TensorOptional(numbers("scale", r.columns()));
        var shift = new TensorOptional(numbers("shift", r.columns()));
        UnaryOperator<Tensor> f = switch (r.operation()) {
            case "add" -> x -> x.add(b);
            case "relu" -> torch::relu;
            case "exp" -> torch::exp;
            case "tanh" -> torch::tanh;
            case "gelu" -> torch::gelu;
            case "softmax" -> x -> torch.softmax(x, -1);
            case "layernorm" -> x -> torch.layer_norm(x, new long[] {r.columns()}, scale, shift, 1e-5, true);
            default -> throw new IllegalArgumentException(r.operation());
        };
        if (!r.backward()) {
            return of(() -> f.apply(a));
        }
        Tensor leaf = a.detach().set_requires_grad(true);
        return _ -> {
            try (var _ = new PointerScope()) {
                var made = new TensorVector(f.apply(leaf));
                return number(torch.grad(made, new TensorVector(leaf), new TensorVector(b), new BoolOptional(), false, false).get(0));
            }
        };
    }

    // ---- tensors

    private static Tensor last(Tensor t) {
        return LAST && t.dim() == 4 ? t.contiguous(torch.MemoryFormat.ChannelsLast) : t;
    }

    private static Tensor of(float[] values, long... dims) {
        return torch.tensor(values).reshape(dims).clone();
    }

    private static Tensor of(long[] values, long... dims) {
        return torch.tensor(values).reshape(dims).clone();
    }

    private static double number(Tensor t) {
        return t.data_ptr_float().get();
    }
}
