// Learns to read handwritten digits that the library draws itself; needs no file and no network.
// Run it:  ./cajal run examples/ReadDigits.java
import module cajal;

void main() {
    var digits = Digits.handwriting(20_000, 1_000, 42); // training and test samples, seed
    var net = Sequential.of(new Flatten(), new Linear(64), Tensor::relu, new Linear(10));
    var trainer = Trainer.of(net, Loss.crossEntropy(), new Adam(2e-3))
            .seed(42)
            .batch(64)
            .epochs(6)
            .metrics(Metric.accuracy())
            .watch(new TerminalProgress());
    trainer.fit(digits.train(), digits.test());

    var five = digits.test().batch(0, 1, 2, 3, 4);
    var best = trainer.predict(five.inputs()).softmax(-1).topK(1, -1);
    for (int i = 0; i < 5; i++) {
        IO.println("a %.0f: the net says %.0f, %.1f %%".formatted(
                five.targets().get(i), best.indices().get(i, 0), 100 * best.values().get(i, 0)));
    }
    IO.println("accuracy on digits it never saw: %.4f".formatted(
            trainer.evaluate(digits.test()).metrics().get("accuracy")));
}
