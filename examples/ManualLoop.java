// Training without the Trainer: forward, loss, backward, update, by hand.
// Run it:  ./cajal run examples/ManualLoop.java
import module cajal;

void main() {
    // y = 3x + 2 with a little noise
    var x = Tensor.uniform(RandomKey.of(1), -1, 1, 100, 1);
    var y = x.mul(3).add(2).add(Tensor.normal(RandomKey.of(2), 100, 1).mul(0.1));

    var net = new Linear(1, 1);
    net.init(42);
    var optimizer = new SGD(0.1);

    for (int step = 1; step <= 200; step++) {
        net.parameters().values().forEach(Tensor::zeroGrad);
        var loss = net.apply(x).sub(y).square().mean(); // forward
        loss.backward(); // the chain rule, backward through everything that ran
        optimizer.step(net.parameters()); // weights -= rate * gradient
        if (step % 50 == 0) {
            IO.println("step %d  loss %.5f".formatted(step, loss.item()));
        }
    }
    var weight = net.parameters().get("weight").item();
    var bias = net.parameters().get("bias").item();
    IO.println("y = %.3f x + %.3f".formatted(weight, bias));
}
