// The same network from the same start, under the three regimes of gradient descent and two better update rules.
// Run it:  ./cajal run examples/OptimizerRace.java
import module cajal;

void race(String name, Optimizer optimizer, long batch, int epochs) {
    var data = Toys.moons(400, 0.15, 3); // samples, noise, seed
    var net = Sequential.of(new Linear(2, 16), Tensor::tanh, new Linear(16, 2));
    var fit = Trainer.of(net, Loss.crossEntropy(), optimizer).seed(5).batch(batch).epochs(epochs).fit(data);
    IO.println("%-25s %,7d updates  %,7d samples seen  loss %.4f  %.2f s".formatted(
            name, fit.steps(), epochs * data.size(), fit.last().orElseThrow().loss(), fit.seconds()));
}

void main() {
    int epochs = 30;
    race("gradient descent, all data", new SGD(0.5), Batches.ALL, epochs);
    race("stochastic, one sample", new SGD(0.05), 1, epochs);
    race("mini-batch of 32", new SGD(0.5), 32, epochs);
    race("mini-batch with momentum", new SGD(0.1).momentum(0.9), 32, epochs);
    race("mini-batch with Adam", new Adam(0.01), 32, epochs);
}
