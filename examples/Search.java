// Which learning rate, how many neurons, which activation? 18 combinations drawn at random compete;
// after 3 epochs the best third goes on, after 9 the best third of those.
// Run it:  ./cajal run examples/Search.java
import module cajal;

void main() {
    var parts = Split.of(Toys.spirals(600, 2, 0.1, 7), 0.25, RandomKey.of(1)); // samples, arms, noise, seed
    var found = HyperSearch.halving(18, 3, 27)
            .seed(42)
            .logUniform("rate", 1e-4, 1)
            .choice("width", 4, 16, 64)
            .choice("activation", "relu", "tanh", "silu")
            .by("accuracy")
            .run(parts.first(), parts.second(), v -> {
                int width = v.whole("width");
                var net = Sequential.of(
                        new Linear(2, width), Activation.named(v.text("activation")),
                        new Linear(width, width), Activation.named(v.text("activation")),
                        new Linear(width, 2));
                return Trainer.of(net, Loss.crossEntropy(), new Adam(v.real("rate")))
                        .seed(1)
                        .metrics(Metric.accuracy());
            });
    IO.println(found);
    IO.println("best: %s with accuracy %.4f".formatted(found.best().values(), found.best().score()));
}
