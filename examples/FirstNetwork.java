// The smallest network that learns something no single neuron can: exclusive or.
// Run it:  ./cajal run examples/FirstNetwork.java
import module cajal;

void main() {
    var inputs = Tensor.of(new float[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}});
    var answers = Tensor.of(new float[][] {{0}, {1}, {1}, {0}});

    // Two inputs, four hidden neurons, one output: the logit of "one of both, not both".
    var net = Sequential.of(new Linear(2, 4), Tensor::tanh, new Linear(4, 1));

    var fit = Trainer.of(net, Loss.bceWithLogits(), new Adam(0.05))
            .seed(1)
            .fullBatch()
            .epochs(300)
            .fit(Dataset.of(inputs, answers));

    IO.println("loss after %d steps: %.4f".formatted(fit.steps(), fit.last().orElseThrow().loss()));
    var probabilities = net.apply(inputs).sigmoid();
    for (int i = 0; i < 4; i++) {
        IO.println("%.0f xor %.0f = %.3f".formatted(inputs.get(i, 0), inputs.get(i, 1), probabilities.get(i, 0)));
    }
}
