// Draws digits that nobody wrote: random numbers go in, a digit comes out.
// Run it:  ./cajal run examples/VariationalAutoencoder.java
//
// Kingma and Welling, "Auto-encoding variational Bayes", 2014.
import module cajal;

final class Vae extends Block {
    private final Layer encoder, decoder;
    private final int code; // how many numbers

    Vae(int code) {
        this.code = code;
        encoder = add("encoder", Sequential.of(
                new Flatten(), new Linear(784, 128), Tensor::relu, new Linear(128, 2 * code)));
        decoder = add("decoder", Sequential.of(new Linear(code, 128), Tensor::relu, new Linear(128, 784)));
    }

    /// The digit that belongs to some numbers.
    @Override
    protected Tensor forward(Tensor z) {
        return decoder.apply(z).sigmoid();
    }

    /// The evidence lower bound, with its sign turned, in nats a digit: what drawing the digit again costs, and
    /// what its place among normally distributed numbers costs.
    Tensor loss(Tensor x, RandomKey key) {
        var places = encoder.apply(x);
        var mean = places.slice(1, 0, code);
        var logVariance = places.slice(1, code, 2 * code);
        // Randomness enters as an input, so that the gradient passes mean and variance.
        var z = logVariance.mul(0.5).exp().mul(Tensor.normal(key, x.dim(0), code)).add(mean);
        var drawing = Loss.bceWithLogits().reduction(Loss.Reduction.SUM).of(decoder.apply(z), x.flatten(1));
        var divergence = logVariance.exp().add(mean.square()).sub(logVariance).sub(1).sum().mul(0.5);
        return drawing.add(divergence).div(x.dim(0));
    }
}

void main() {
    var key = RandomKey.of(42);
    var digits = Digits.handwriting(5_000, 500, 42);
    var vae = new Vae(10);
    Trainer.of(vae, b -> vae.loss(b.inputs(), Randomness.draw("code")), new Adam(2e-3))
            .seed(42).batch(64).epochs(16).schedule(Schedule.cosine()).fit(digits.train());
    IO.println("bound on digits it never saw: %.1f nats".formatted(vae.loss(digits.test().all().inputs(), key).item()));

    var drawn = vae.apply(Tensor.normal(key.fold("drawn"), 5, 10));
    for (int row = 0; row < 28; row += 2) {
        var line = new StringBuilder();
        for (int pixel = 0; pixel < 5 * 28; pixel++) {
            line.append(" .:-=+*#%@".charAt((int) (9.99 * drawn.get(pixel / 28, 28 * row + pixel % 28))));
        }
        IO.println(line.toString().stripTrailing());
    }
}
