// A residual network of 20 layers that learns pictures: each block learns what to add to its input.
// Run it:  ./cajal run examples/ResNet20.java [FOLDER with CIFAR-10's binary files]
//
// Without a folder it reads handwriting at a quarter of the width, so that it takes seconds and not hours.
// He, Zhang, Ren, Sun, "Deep residual learning for image recognition", 2016, section 4.2.
import module cajal;

final class ResidualBlock extends Block {
    private final Layer body, shortcut;

    ResidualBlock(long in, long out, long stride) {
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

/// A first convolution, three stages of three blocks of two convolutions, and a linear layer: 20 layers.
Block resnet20(long channels, long width) {
    var net = Sequential.of(
            new Conv2d(channels, width, 3).padding(1).noBias(), new BatchNorm(width), Tensor::relu);
    long in = width;
    for (int stage = 0; stage < 3; stage++) {
        long out = width << stage; // half the height and width, twice the channels
        for (int block = 0; block < 3; block++) {
            net.then(new ResidualBlock(in, out, stage > 0 && block == 0 ? 2 : 1));
            in = out;
        }
    }
    return net.then(new GlobalAvgPool()).then(new Linear(in, 10));
}

void main(String[] args) {
    boolean cifar = args.length > 0;
    var digits = Digits.handwriting(1_500, 500, 42);
    var data = cifar ? Cifar10.read(Path.of(args[0])) : new Cifar10(digits.train(), digits.test());
    var changed = Augment.of(RandomCrop.padding(4), HorizontalFlip.half());
    var net = cifar ? resnet20(3, 16) : resnet20(1, 4);
    var trainer = Trainer.of(net, Loss.crossEntropy(), new SGD(0.1).momentum(0.9).weightDecay(1e-4))
            .seed(42)
            .batch(cifar ? 128 : 32)
            .epochs(cifar ? 100 : 4)
            .schedule(Schedule.oneCycle())
            .metrics(Metric.accuracy());
    trainer.fit(cifar ? changed.apply(data.train()) : data.train());
    IO.println("accuracy of %,d weights on pictures they never saw: %.4f"
            .formatted(net.parameterCount(), trainer.evaluate(data.test()).metrics().get("accuracy")));
}
