package cajal.cli;

import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.BatchNorm;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Dropout;
import cajal.nn.Flatten;
import cajal.nn.GlobalAvgPool;
import cajal.nn.Init;
import cajal.nn.Linear;
import cajal.nn.MaxPool2d;
import cajal.nn.Residual;
import cajal.nn.Sequential;
import java.util.function.Supplier;

/// Published convolutional networks, for pictures of any size and any number of channels and classes.
///
/// @param plan what is to be built
/// @param usual the initial weights that were published with the network; empty for PyTorch's
record Convolutional(Architectures.Plan plan, String usual) {
    private static final long SMALLEST = 12; // LeNet's two convolutions of 5 and poolings of 2 need as much

    /// **Throws** [Mistake] for data that are no pictures, and for what does not go with a published network.
    Convolutional {
        Shape input = plan.input();
        String model = "--model " + plan.settings().model();
        if (input.rank() != 3) {
            throw Mistake.of(
                    model + " does not fit " + plan.data(),
                    "it reads pictures (C, H, W), and one input is " + input,
                    "--model mlp");
        }
        if (input.dim(1) < SMALLEST || input.dim(2) < SMALLEST) {
            throw Mistake.of(
                    model + " does not fit " + plan.data() + ", whose pictures are " + input,
                    "they have at least " + SMALLEST + " rows and columns",
                    "--model mlp");
        }
        if (plan.settings().dropout() > 0) {
            throw Mistake.of(
                    "--dropout with " + model,
                    "it is the network that was published, with the dropout that it has",
                    "leave it out; it goes with mlp and with sizes");
        }
    }

    /// PyTorch's MNIST example: 1,199,882 parameters for 28 x 28 pictures in ten classes. Like the example it
    /// begins with grey pictures less MNIST's mean 0.1307, divided by its standard deviation 0.3081.
    static Sequential torch(Architectures.Plan plan) {
        Convolutional c = new Convolutional(plan, "");
        Sequential net = new Sequential();
        if (plan.input().dim(0) == 1) net.then(x -> x.sub(0.1307).div(0.3081));
        return c.ended(net.then(c.conv(plan.input().dim(0), 32, 3))
                .then(c.bend())
                .then(c.conv(32, 64, 3))
                .then(c.bend())
                .then(new MaxPool2d(2))
                .then(new Dropout(0.25))
                .then(new Flatten())
                .then(c.linear(128))
                .then(c.bend())
                .then(new Dropout(0.5)));
    }

    /// Keras' simple MNIST convnet: 34,826 parameters for 28 x 28 pictures in ten classes.
    static Sequential keras(Architectures.Plan plan) {
        Convolutional c = new Convolutional(plan, "xavier-uniform");
        return c.ended(Sequential.of(
                c.conv(plan.input().dim(0), 32, 3),
                c.bend(),
                new MaxPool2d(2),
                c.conv(32, 64, 3),
                c.bend(),
                new MaxPool2d(2),
                new Flatten(),
                new Dropout(0.5)));
    }

    /// LeNet-5 as it is usually written now, with max pooling, full connections between all maps and a softmax
    /// at the end: 61,706 parameters for grey pictures in ten classes. It was made for 32 x 32 pixels; smaller
    /// pictures get a border of 2.
    ///
    /// **Source** LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
    static Sequential lenet(Architectures.Plan plan) {
        Convolutional c = new Convolutional(plan, "");
        long border = plan.input().dim(1) < 32 ? 2 : 0;
        return c.ended(Sequential.of(
                c.conv(plan.input().dim(0), 6, 5).padding(border),
                c.bend(),
                new MaxPool2d(2),
                c.conv(6, 16, 5),
                c.bend(),
                new MaxPool2d(2),
                new Flatten(),
                c.linear(120),
                c.bend(),
                c.linear(84),
                c.bend()));
    }

    /// The residual network of 20 layers for CIFAR-10, with shortcuts of kind B (a 1 x 1 convolution where the
    /// shape changes): 272,474 parameters for colour pictures in ten classes.
    ///
    /// **Source** He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016, section 4.2.
    static Sequential resnet20(Architectures.Plan plan) {
        Convolutional c = new Convolutional(plan, "he-normal");
        Sequential net = Sequential.of(c.normed(plan.input().dim(0), 16, 3, 1), new BatchNorm(16), c.bend());
        long in = 16;
        for (long out : new long[] {16, 32, 64}) {
            for (int block = 0; block < 3; block++) {
                net.then(c.residual(in, out)).then(c.bend());
                in = out;
            }
        }
        return c.ended(net.then(new GlobalAvgPool()));
    }

    private Residual residual(long in, long out) {
        long stride = in == out ? 1 : 2;
        Sequential body = Sequential.of(
                normed(in, out, 3, stride), new BatchNorm(out), bend(), normed(out, out, 3, 1), new BatchNorm(out));
        return in == out
                ? new Residual(body)
                : new Residual(body, Sequential.of(normed(in, out, 1, stride), new BatchNorm(out)));
    }

    /// A convolution in front of a normalisation, which brings the bias.
    private Conv2d normed(long in, long out, long kernel, long stride) {
        return conv(in, out, kernel).stride(stride).padding(kernel / 2).noBias();
    }

    private Conv2d conv(long in, long out, long kernel) {
        Conv2d conv = new Conv2d(in, out, kernel);
        return init().isEmpty() ? conv : conv.init(named()).biasInit(Init.zeros());
    }

    private Linear linear(long out) {
        Linear linear = new Linear(out);
        return init().isEmpty() ? linear : linear.init(named()).biasInit(Init.zeros());
    }

    private Block bend() {
        return Mistake.ifRefused(
                "--activation", () -> Activation.named(plan.settings().activation()));
    }

    /// With the layer that gives the classes or values.
    private Sequential ended(Sequential net) {
        net.then(linear(plan.outputs()));
        plan.meaning().layer().ifPresent(net::then);
        return net;
    }

    private String init() {
        return plan.settings().init().isEmpty() ? usual : plan.settings().init();
    }

    private Init named() {
        Supplier<Init> init = () -> Init.named(init());
        return Mistake.ifRefused("--init", init);
    }
}
