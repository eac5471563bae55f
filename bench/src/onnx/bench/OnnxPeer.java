package bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import bench.Task.Cnn;
import bench.Task.Conv;
import bench.Task.Gemm;
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
