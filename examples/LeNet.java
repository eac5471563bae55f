// LeNet-5, the network that read cheques in the 1990s: convolutions find strokes, pooling forgives where they are.
// Run it:  ./cajal run examples/LeNet.java [FOLDER with MNIST's files]
//
// LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", 1998.
import module cajal;

void main(String[] args) {
    var digits = args.length > 0 ? Digits.mnist(Path.of(args[0])) : Digits.handwriting(4_000, 1_000, 42);

    var net = Sequential.of(
            new Conv2d(1, 6, 5).padding(2), Tensor::tanh, new AvgPool2d(2), // (B, 6, 14, 14)
            new Conv2d(6, 16, 5), Tensor::tanh, new AvgPool2d(2), // (B, 16, 5, 5)
            new Flatten(), // (B, 400)
            new Linear(400, 120), Tensor::tanh, new Linear(120, 84), Tensor::tanh, new Linear(84, 10));
    net.init(42);
    IO.println(net.summary(1, 1, 28, 28));

    var trainer = Trainer.of(net, Loss.crossEntropy(), new Adam(3e-3))
            .seed(42)
            .batch(64)
            .epochs(6)
            .schedule(Schedule.cosine())
            .metrics(Metric.accuracy())
            .watch(new TerminalProgress());
    trainer.fit(digits.train());
    IO.println("accuracy on digits it never saw: %.4f"
            .formatted(trainer.evaluate(digits.test()).metrics().get("accuracy")));

    // The first kernels, as they are now: each looks for a stroke in another direction.
    var kernels = net.parameters().get("0.weight");
    for (int row = 0; row < 5; row++) {
        var line = new StringBuilder();
        for (int k = 0; k < 6; k++) {
            for (int column = 0; column < 5; column++) {
                double w = kernels.get(k, 0, row, column);
                line.append(w > 0.15 ? "##" : w < -0.15 ? "--" : "  ");
            }
            line.append(" | ");
        }
        IO.println(line);
    }
}
