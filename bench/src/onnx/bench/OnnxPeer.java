package bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import bench.Task.Cnn;
import bench.Task.Conv;
import bench.Task.Gemm;
import bench.Task.Gpt;
import bench.Task.Lstm;
import bench.Task.Mlp;
import bench.Task.ResNet;
import bench.Task.Rows;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// ONNX Runtime: inference only. The system property `bench.spin` lets its threads wait by spinning, as is its
/// default.
public final class OnnxPeer implements Peer {
    private static final Map<String, Object> PLAIN = Map.of();
    private final OnnxModel model = new OnnxModel();
    private int threads;

    @Override
    public String version() {
        return "ONNX Runtime 1.29.0";
    }

    @Override
    public Optional<Work> work(Task task, int threads) {
        this.threads = threads;
        return switch (task) {
            case Mlp m when !m.training() -> Optional.of(mlp(m));
            case Cnn c when !c.training() -> Optional.of(cnn(c));
            case ResNet r when !r.training() -> Optional.of(resnet(r));
            case Gpt g when !g.training() -> Optional.of(gpt(g));
            case Lstm l when !l.training() -> Optional.of(lstm(l));
            case Gemm g -> Optional.of(gemm(g));
            case Task.Start s -> work(s.net(), threads);
            case Task.Many m -> work(m.net(), threads);
            case Conv c when c.pass() == Conv.Pass.FORWARD -> Optional.of(conv(c));
            case Rows r when !r.backward() -> Optional.of(rows(r));
            default -> Optional.empty();
        };
    }

    // ---- networks

    private String weights(String path, long... dims) {
        return model.constant(path, Numbers.weights(path, dims), dims);
    }

    private String linear(String x, String path, long in, long out) {
        return model.node("Gemm", Map.of("transB", 1L), x, weights(path + ".weight", out, in), weights(path + ".bias", out));
    }

    private Work mlp(Mlp m) {
        int last = m.sizes().length - 1;
        String x = "x";
        for (int i = 1; i <= last; i++) {
            x = linear(x, 2 * (i - 1) + "", m.sizes()[i - 1], m.sizes()[i]);
            if (i < last) {
                x = model.node(m.sigmoid() ? "Sigmoid" : "Relu", PLAIN, x);
            }
        }
        return net(x, m.sizes()[last], m.batch(), m.sizes()[0]);
    }

    private String convolve(String x, long kernel, long stride, long padding, String... weights) {
        String[] in = new String[weights.length + 1];
        in[0] = x;
        System.arraycopy(weights, 0, in, 1, weights.length);
        return model.node("Conv", Map.of("kernel_shape", new long[] {kernel, kernel}, "strides", new long[] {stride, stride},
                "pads", new long[] {padding, padding, padding, padding}), in);
    }

    private Work cnn(Cnn c) {
        String x = convolve("x", 3, 1, 0, weights("0.weight", 32, 1, 3, 3), weights("0.bias", 32));
        x = convolve(model.node("Relu", PLAIN, x), 3, 1, 0, weights("2.weight", 64, 32, 3, 3), weights("2.bias", 64));
        x = model.node("MaxPool", Map.of("kernel_shape", new long[] {2, 2}, "strides", new long[] {2, 2}), model.node("Relu", PLAIN, x));
        x = linear(model.node("Flatten", PLAIN, x), "7", 9216, 128);
        return net(linear(model.node("Relu", PLAIN, x), "10", 128, 10), 10, c.batch(), 1, 28, 28);
    }

    private String normed(String x, String path, int index, long in, long out, long kernel, long stride) {
        String y = convolve(x, kernel, stride, kernel / 2, weights(path + index + ".weight", out, in, kernel, kernel));
        String norm = path + (index + 1);
        float[] ones = new float[(int) out];
        java.util.Arrays.fill(ones, 1);
        return model.node("BatchNormalization", Map.of("epsilon", 1e-5f), y, weights(norm + ".weight", out), weights(norm + ".bias", out),
                model.constant(norm + ".mean", new float[(int) out], out), model.constant(norm + ".var", ones, out));
    }

    private Work resnet(ResNet r) {
        String x = model.node("Relu", PLAIN, normed("x", "", 0, 3, 16, 3, 1));
        int in = 16;
        int index = 3;
        for (int stage = 0; stage < 3; stage++) {
            int out = 16 << stage;
            for (int block = 0; block < 3; block++, index++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                String y = normed(x, index + ".body.", 0, in, out, 3, stride);
                y = normed(model.node("Relu", PLAIN, y), index + ".body.", 3, out, out, 3, 1);
                String shortcut = in == out ? x : normed(x, index + ".shortcut.", 0, in, out, 1, stride);
                x = model.node("Relu", PLAIN, model.node("Add", PLAIN, y, shortcut));
                in = out;
            }
        }
        x = model.node("Flatten", PLAIN, model.node("GlobalAveragePool", PLAIN, x));
        return net(linear(x, index + 1 + "", in, 10), 10, r.batch(), 3, 32, 32);
    }

    /// A linear layer on the last of several axes.
    private String project(String x, String path, String weight, String bias, int in, int out) {
        float[] w = Numbers.weights(path + weight, out, in);
        float[] turned = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            turned[i % in * out + i / in] = w[i];
        }
        String y = model.node("MatMul", PLAIN, x, model.constant(path + weight, turned, in, out));
        return bias.isEmpty() ? y : model.node("Add", PLAIN, y, weights(path + bias, out));
    }

    private String norm(String x, String path, long width) {
        return model.node("LayerNormalization", Map.of("epsilon", 1e-5f), x, weights(path + ".weight", width), weights(path + ".bias", width));
    }

    private Work gpt(Gpt g) {
        int w = g.width();
        long each = w / g.heads();
        String embedded = model.node("Gather", PLAIN, weights("0.weight", g.characters(), w), "x");
        String x = model.node("Add", PLAIN, embedded, weights("1.weight", g.block(), w));
        float[] hidden = new float[g.block() * g.block()];
        for (int i = 0; i < hidden.length; i++) {
            hidden[i] = i % g.block() > i / g.block() ? -1e9f : 0;
        }
        String mask = model.constant("mask", hidden, g.block(), g.block());
        String scale = model.constant("scale", new float[] {(float) (1 / Math.sqrt(each))}, 1);
        String split = model.list(g.batch(), g.block(), g.heads(), each);
        String joined = model.list(g.batch(), g.block(), w);
        for (int i = 0; i < g.layers(); i++) {
            String path = "2.layers." + i;
            String all = project(norm(x, path + ".norm1", w), path + ".self_attn", ".in_proj_weight", ".in_proj_bias", w, 3 * w);
            String[] qkv = model.nodes(3, "Split", Map.of("axis", -1L, "num_outputs", 3L), all);
            String q = model.node("Transpose", Map.of("perm", new long[] {0, 2, 1, 3}), model.node("Reshape", PLAIN, qkv[0], split));
            String k = model.node("Transpose", Map.of("perm", new long[] {0, 2, 3, 1}), model.node("Reshape", PLAIN, qkv[1], split));
            String v = model.node("Transpose", Map.of("perm", new long[] {0, 2, 1, 3}), model.node("Reshape", PLAIN, qkv[2], split));
            String scores = model.node("Mul", PLAIN, model.node("MatMul", PLAIN, q, k), scale);
            String a = model.node("MatMul", PLAIN, model.node("Softmax", PLAIN, model.node("Add", PLAIN, scores, mask)), v);
            a = model.node("Reshape", PLAIN, model.node("Transpose", Map.of("perm", new long[] {0, 2, 1, 3}), a), joined);
            x = model.node("Add", PLAIN, x, project(a, path + ".self_attn.out_proj", ".weight", ".bias", w, w));
            String wide = model.node("Gelu", PLAIN, project(norm(x, path + ".norm2", w), path + ".linear1", ".weight", ".bias", w, 4 * w));
            x = model.node("Add", PLAIN, x, project(wide, path + ".linear2", ".weight", ".bias", 4 * w, w));
        }
        String y = project(norm(x, "2.norm", w), "3", ".weight", "", w, g.characters());
        model.indices("x", g.batch(), g.block());
        model.output(y, g.batch(), g.block(), g.characters());
        List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
        for (int b = 0; b < Numbers.BATCHES; b++) {
            inputs.add(Map.of("x", tensor(Numbers.classes("text", b, g.batch() * g.block(), g.characters()), g.batch(), g.block())));
        }
        return session(inputs);
    }

    /// Its gates stand in the order `i, o, f, g`; the others' in `i, f, g, o`.
    private String gates(String path, int hidden, int in) {
        float[] from = Numbers.weights(path, 4L * hidden, in);
        float[] to = new float[from.length];
        int[] order = {0, 3, 1, 2};
        for (int gate = 0; gate < 4; gate++) {
            System.arraycopy(from, order[gate] * hidden * in, to, gate * hidden * in, hidden * in);
        }
        return model.constant(path, to, 1, 4L * hidden, in);
    }

    private Work lstm(Lstm l) {
        String x = model.node("Transpose", Map.of("perm", new long[] {1, 0, 2}), "x");
        String[] y = model.nodes(2, "LSTM", Map.of("hidden_size", (long) l.hidden()), x, gates("0.weight_ih_l0", l.hidden(), l.in()),
                gates("0.weight_hh_l0", l.hidden(), l.hidden()));
        String last = model.node("Flatten", Map.of("axis", 2L), y[1]);
        return net(linear(last, "2", l.hidden(), 10), 10, l.batch(), l.steps(), l.in());
    }

    private Work net(String result, int classes, int batch, int... shape) {
        int count = batch;
        long[] dims = new long[shape.length + 1];
        dims[0] = batch;
        for (int i = 0; i < shape.length; i++) {
            dims[i + 1] = shape[i];
            count *= shape[i];
        }
        model.input("x", dims);
        model.output(result, batch, classes);
        List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
        for (int b = 0; b < Numbers.BATCHES; b++) {
            inputs.add(Map.of("x", tensor(Numbers.inputs(b, count), dims)));
        }
        return session(inputs);
    }

    // ---- operations

    private void operand(Map<String, OnnxTensor> inputs, String name, long... dims) {
        int n = 1;
        for (long d : dims) {
            n *= (int) d;
        }
        model.input(name, dims);
        inputs.put(name, tensor(Numbers.uniform(name, n, -1, 1), dims));
    }

    private Work gemm(Gemm g) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        operand(inputs, "a", g.acrossA() ? g.k() : g.m(), g.acrossA() ? g.m() : g.k());
        operand(inputs, "b", g.acrossB() ? g.n() : g.k(), g.acrossB() ? g.k() : g.n());
        model.output(model.node("Gemm", Map.of("transA", g.acrossA() ? 1L : 0L, "transB", g.acrossB() ? 1L : 0L), "a", "b"), g.m(), g.n());
        return session(List.of(inputs));
    }

    private Work conv(Conv c) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        operand(inputs, "x", c.batch(), c.in(), c.size(), c.size());
        long[] dims = {c.out(), c.in(), c.kernel(), c.kernel()};
        String w = model.constant("w", Numbers.uniform("w", c.out() * c.in() * c.kernel() * c.kernel(), -1, 1), dims);
        model.output(convolve("x", c.kernel(), c.stride(), c.padding(), w), c.batch(), c.out(), c.outSize(), c.outSize());
        return session(List.of(inputs));
    }

    private Work rows(Rows r) {
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        operand(inputs, "a", r.rows(), r.columns());
        String y = switch (r.operation()) {
            case "add" -> {
                operand(inputs, "b", r.rows(), r.columns());
                yield model.node("Add", PLAIN, "a", "b");
            }
            case "relu" -> model.node("Relu", PLAIN, "a");
            case "exp" -> model.node("Exp", PLAIN, "a");
            case "tanh" -> model.node("Tanh", PLAIN, "a");
            case "gelu" -> model.node("Gelu", PLAIN, "a");
            case "softmax" -> model.node("Softmax", PLAIN, "a");
            case "layernorm" -> model.node("LayerNormalization", Map.of("epsilon", 1e-5f), "a",
                    model.constant("scale", Numbers.uniform("scale", r.columns(), -1, 1), r.columns()),
                    model.constant("shift", Numbers.uniform("shift", r.columns(), -1, 1), r.columns()));
            default -> throw new IllegalArgumentException(r.operation());
        };
        model.output(y, r.rows(), r.columns());
        return session(List.of(inputs));
    }

    // ---- running

    private static OnnxTensor tensor(float[] values, long... dims) {
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * values.length).order(ByteOrder.nativeOrder()).asFloatBuffer();
        try {
            return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), direct.put(values).rewind(), dims);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OnnxTensor tensor(long[] values, long... dims) {
        ByteBuffer direct = ByteBuffer.allocateDirect(8 * values.length).order(ByteOrder.nativeOrder());
        try {
            return OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), direct.asLongBuffer().put(values).rewind(), dims);
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private Work session(List<Map<String, OnnxTensor>> inputs) {
        try {
            var options = new OrtSession.SessionOptions();
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            options.addConfigEntry("session.intra_op.allow_spinning", Boolean.getBoolean("bench.spin") ? "1" : "0");
            OrtSession session = OrtEnvironment.getEnvironment().createSession(model.bytes(), options);
            int[] next = {0};
            return _ -> {
                try (var result = session.run(inputs.get(next[0]++ % inputs.size()))) {
                    return ((OnnxTensor) result.get(0)).getByteBuffer().getFloat(0);
                } catch (OrtException e) {
                    throw new IllegalStateException(e);
                }
            };
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
