// Two networks play against each other: one draws digits, the other tells drawn from true ones.
// Run it:  ./cajal run examples/Gan.java
//
// Goodfellow et al., "Generative adversarial nets", 2014.
import module cajal;

/// How far pictures are from the true one that is most like them, on average.
double distance(Tensor pictures, Tensor real) {
    return pictures.unsqueeze(1).sub(real).square().sum(2).sqrt().min(1).mean().item();
}

/// How far pictures are from their mean, on average: small if all are the same.
double spread(Tensor pictures) {
    return pictures.sub(pictures.mean(0)).square().sum(1).sqrt().mean().item();
}

void main() {
    var key = RandomKey.of(42);
    var digits = Digits.handwriting(5_000, 500, 42);
    var generator = Sequential.of(
            new Linear(32, 128), new BatchNorm(128), Tensor::relu, new Linear(128, 784), Tensor::sigmoid);
    var critic = Sequential.of(
            new Flatten(), new Linear(784, 128), Tensor::leakyRelu, new Dropout(0.3), new Linear(128, 1));
    generator.init(1);
    critic.init(2);
    var draws = new Adam(1e-3).betas(0.5, 0.999);
    var judges = new Adam(5e-4).betas(0.5, 0.999);
    var loss = Loss.bceWithLogits();
    var batches = Batches.shuffled(digits.train(), 64, key);
    var fixed = Tensor.normal(key.fold("fixed"), 100, 32);
    var truth = digits.test().all().inputs().flatten(1);
    IO.println("the first drawings are %.2f from the nearest digit".formatted(distance(generator.apply(fixed), truth)));
    Tensor no = Tensor.zeros(64, 1), yes = Tensor.full(0.9, 64, 1); // not 1: a critic that is too sure teaches nothing
    for (int step = 0; step < 2_000; step++) {
        try (var _ = Mode.training(key.fold(step))) {
            var real = batches.at(step / (batches.count() - 1), step % (batches.count() - 1)).inputs();
            var drawn = generator.apply(Tensor.normal(key.fold("z").fold(step), 64, 32));

            critic.parameters().values().forEach(Tensor::zeroGrad);
            loss.of(critic.apply(real), yes).add(loss.of(critic.apply(drawn.detach()), no)).backward();
            judges.step(critic.parameters());

            generator.parameters().values().forEach(Tensor::zeroGrad);
            loss.of(critic.apply(drawn), yes).backward(); // the generator wants them to pass for true ones
            draws.step(generator.parameters());
        }
    }
    var drawn = generator.apply(fixed);
    var others = digits.train().take(100).all().inputs().flatten(1);
    IO.println("the last %.2f, with a spread of %.2f".formatted(distance(drawn, truth), spread(drawn)));
    IO.println("other digits %.2f, with a spread of %.2f".formatted(distance(others, truth), spread(others)));
    for (int row = 0; row < 28; row += 2) {
        var line = new StringBuilder();
        for (int pixel = 0; pixel < 5 * 28; pixel++) {
            line.append(" .:-=+*#%@".charAt((int) (9.99 * drawn.get(pixel / 28, 28 * row + pixel % 28))));
        }
        IO.println(line.toString().stripTrailing());
    }
}
