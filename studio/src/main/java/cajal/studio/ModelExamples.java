package cajal.studio;

import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.AvgPool2d;
import cajal.nn.BatchNorm;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Embedding;
import cajal.nn.Flatten;
import cajal.nn.GlobalAvgPool;
import cajal.nn.LearnedPositions;
import cajal.nn.Linear;
import cajal.nn.Residual;
import cajal.nn.Sequential;
import cajal.nn.TransformerEncoder;
import cajal.nn.TransformerEncoderLayer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Published networks without training, so that there is something to look at before anything was trained.
final class ModelExamples {
    private static final String PREFIX = "example:";
    private static final Map<String, Example> ALL = new LinkedHashMap<>();

    private record Example(String label, Shape input, Supplier<Block> maker) {}

    static {
        add("dense", "Example: a fully connected network", Shape.of(1, 28, 28), ModelExamples::dense);
        add("lenet", "Example: LeNet-5 (1998)", Shape.of(1, 32, 32), ModelExamples::lenet);
        add("resnet20", "Example: ResNet-20 (2015)", Shape.of(3, 32, 32), ModelExamples::resnet20);
        add("transformer", "Example: a small transformer", Shape.of(32), ModelExamples::transformer);
    }

    private ModelExamples() {}

    private static void add(String id, String label, Shape input, Supplier<Block> maker) {
        ALL.put(PREFIX + id, new Example(label + ", untrained", input, maker));
    }

    static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        ALL.forEach((id, e) -> labels.put(id, e.label));
        return labels;
    }

    static Optional<ShownModel> of(String id) {
        return Optional.ofNullable(ALL.get(id)).map(e -> {
            Block net = e.maker.get();
            net.init(7);
            return ShownModel.of(id, e.label, net, e.input);
        });
    }

    private static Block dense() {
        return Sequential.of(new Flatten(), new Linear(784, 128), Activation.relu(), new Linear(128, 10));
    }

    /// **Source** LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
    private static Block lenet() {
        return Sequential.of(
                new Conv2d(1, 6, 5),
                Activation.tanh(),
                new AvgPool2d(2),
                new Conv2d(6, 16, 5),
                Activation.tanh(),
                new AvgPool2d(2),
                new Flatten(),
                new Linear(400, 120),
                Activation.tanh(),
                new Linear(120, 84),
                Activation.tanh(),
                new Linear(84, 10));
    }

    /// **Source** He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016, section 4.2.
    private static Block resnet20() {
        Sequential net = Sequential.of(conv(3, 16, 3, 1), new BatchNorm(16), Activation.relu());
        long in = 16;
        for (long out : new long[] {16, 16, 16, 32, 32, 32, 64, 64, 64}) {
            long stride = in == out ? 1 : 2;
            Sequential body = Sequential.of(
                    conv(in, out, 3, stride),
                    new BatchNorm(out),
                    Activation.relu(),
                    conv(out, out, 3, 1),
                    new BatchNorm(out));
            net.then(in == out ? new Residual(body) : new Residual(body, conv(in, out, 1, stride)))
                    .then(Activation.relu());
            in = out;
        }
        return net.then(new GlobalAvgPool()).then(new Linear(64, 10));
    }

    private static Conv2d conv(long in, long out, long kernel, long stride) {
        return new Conv2d(in, out, kernel).stride(stride).padding(kernel / 2).noBias();
    }

    private static Block transformer() {
        return Sequential.of(
                new Embedding(96, 64),
                new LearnedPositions(32, 64),
                new TransformerEncoder(
                                2,
                                () -> new TransformerEncoderLayer(64, 4)
                                        .feedForward(256)
                                        .normFirst())
                        .norm(64),
                new Linear(64, 96));
    }
}
