// Two convolutional networks that others published for MNIST, each with the settings that it was published with.
// Run it:  ./cajal run examples/MnistConvnets.java [FOLDER with MNIST's files]
//
// PyTorch, examples/mnist/main.py; Keras, "Simple MNIST convnet". To the end of their 14 and 15 epochs, with all
// of MNIST:  ./cajal figures mnist-cnn mnist-keras
import module cajal;

void main(String[] args) {
    boolean real = args.length > 0;
    var digits = real ? Digits.mnist(Path.of(args[0])) : Digits.handwriting(3_000, 500, 42);
    int epochs = real ? 14 : 3;

    var torch = Sequential.of(
            new Conv2d(1, 32, 3), Tensor::relu, // (B, 32, 26, 26)
            new Conv2d(32, 64, 3), Tensor::relu, // (B, 64, 24, 24)
            new MaxPool2d(2), new Dropout(0.25), new Flatten(), // (B, 9216)
            new Linear(128), Tensor::relu, new Dropout(0.5),
            new Linear(10));
    var keras = Sequential.of(
            new Conv2d(1, 32, 3), Tensor::relu, new MaxPool2d(2), // (B, 32, 13, 13)
            new Conv2d(32, 64, 3), Tensor::relu, new MaxPool2d(2), // (B, 64, 5, 5)
            new Flatten(), new Dropout(0.5), // (B, 1600)
            new Linear(10));

    // Adadelta finds the size of its steps itself, so its rate is 1; 0.7 of that after each epoch.
    report("PyTorch's", torch, digits, Trainer.of(torch, Loss.crossEntropy(), new Adadelta(1.0))
            .batch(64).epochs(epochs).schedule(Schedule.exponential(0.7)));
    report("Keras'", keras, digits, Trainer.of(keras, Loss.crossEntropy(), new Adam(1e-3))
            .batch(128).epochs(epochs + 1));
}

void report(String whose, Sequential net, Digits digits, Trainer trainer) {
    net.init(1);
    trainer.seed(1).metrics(Metric.accuracy()).watch(new TerminalProgress()).fit(digits.train());
    double accuracy = trainer.evaluate(digits.test()).metrics().get("accuracy");
    IO.println("%s net: %,d parameters, accuracy on digits it never saw: %.4f".formatted(whose, net.parameterCount(), accuracy));
}
