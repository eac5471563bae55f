// What a network learnt from many digits 0 to 4 helps it to learn 5 to 9 from four of each.
// Run it:  ./cajal run examples/TransferLearning.java
import module cajal;

/// The digits from `first` to `first + 4`, as the classes 0 to 4.
Dataset five(Dataset digits, int first) {
    var all = digits.all();
    long[] classes = all.targets().toLongs();
    long[] chosen = LongStream.range(0, classes.length)
            .filter(i -> classes[(int) i] >= first && classes[(int) i] < first + 5)
            .toArray();
    var part = digits.subset(chosen).all();
    return Dataset.of(part.inputs(), part.targets().sub(first));
}

Sequential net() {
    var body = Sequential.of(
            new Conv2d(1, 8, 3).padding(1), Tensor::relu, new MaxPool2d(2),
            new Conv2d(8, 16, 3).padding(1), Tensor::relu, new MaxPool2d(2),
            new Flatten(), new Linear(784, 64), Tensor::relu);
    return new Sequential().then("body", body).then("head", new Linear(64, 5));
}

Trainer trainer(Block net, Optimizer optimizer, int epochs) {
    return Trainer.of(net, Loss.crossEntropy(), optimizer)
            .seed(42).batch(10).epochs(epochs).metrics(Metric.accuracy());
}

void main() {
    var digits = Digits.handwriting(5_000, 1_000, 42);
    var few = five(digits.train(), 5).take(20);
    var test = five(digits.test(), 5);

    var first = net();
    trainer(first, new Adam(2e-3), 4).fit(five(digits.train(), 0));

    // Another net takes over the body; its head begins anew.
    var second = net();
    second.init(42);
    first.parameters().forEach((path, learnt) -> {
        if (path.startsWith("body.")) {
            second.parameters().get(path).set(learnt);
        }
    });
    second.freeze("body", true);
    trainer(second, new Adam(5e-3), 30).fit(few); // the head alone, so that its first steps spoil nothing
    second.freeze("body", false);
    var slow = new Adam(1e-3).group("body", g -> g.rateFactor(0.1)); // then all, the body with a tenth of the rate
    var transferred = trainer(second, slow, 20);
    transferred.fit(few);

    var alone = trainer(net(), new Adam(2e-3), 50);
    alone.fit(few);
    IO.println("from 20 digits alone:  %.4f".formatted(alone.evaluate(test).metrics().get("accuracy")));
    IO.println("with what was learnt:  %.4f".formatted(transferred.evaluate(test).metrics().get("accuracy")));
}
