// Squeezes each digit into a few numbers and draws it again from them; nobody tells it which digit it is.
// Run it:  ./cajal run examples/Autoencoder.java [HOW MANY NUMBERS]
import module cajal;

/// Pictures side by side, a character for two pixels, one below the other.
void show(Tensor pictures) {
    for (int row = 0; row < 28; row += 2) {
        var line = new StringBuilder();
        for (int p = 0; p < pictures.dim(0); p++) {
            for (int column = 0; column < 28; column++) {
                double ink = (pictures.get(p, 28 * row + column) + pictures.get(p, 28 * (row + 1) + column)) / 2;
                line.append(" .:-=+*#%@".charAt((int) (9.99 * ink)));
            }
        }
        IO.println(line.toString().stripTrailing());
    }
}

void main(String[] args) {
    int code = args.length > 0 ? Integer.parseInt(args[0]) : 16;
    var digits = Digits.handwriting(5_000, 500, 42);
    var encoder = Sequential.of(new Flatten(), new Linear(784, 128), Tensor::relu, new Linear(128, code));
    var decoder = Sequential.of(new Linear(code, 128), Tensor::relu, new Linear(128, 784));
    var net = Sequential.of(encoder, decoder);

    // The right answer is the input itself: how dark each pixel is.
    var loss = Loss.bceWithLogits();
    Objective objective = b -> loss.of(net.apply(b.inputs()), b.inputs().flatten(1));
    var trainer = Trainer.of(net, objective, new Adam(2e-3)).seed(42).batch(64).epochs(12).schedule(Schedule.cosine());
    trainer.fit(digits.train());

    var x = digits.test().all().inputs().flatten(1);
    var y = net.apply(x).sigmoid();
    var error = x.sub(y).square().mean().item();
    var guess = x.sub(x.mean(0)).square().mean().item(); // what the same mean picture for all would miss
    IO.println("%d numbers a digit keep %.1f %% of what 784 pixels say".formatted(code, 100 * (1 - error / guess)));
    show(x.slice(0, 0, 5));
    show(y.slice(0, 0, 5));
}
