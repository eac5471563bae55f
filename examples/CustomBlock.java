// A block of one's own: a residual connection, which adds a layer's input to its output.
// Run it:  ./cajal run examples/CustomBlock.java
import module cajal;

final class Skip extends Block {
    private final Layer body;

    Skip(int width) {
        body = add("body", Sequential.of(new Linear(width, width), Tensor::relu, new Linear(width, width)));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return body.apply(x).add(x).relu();
    }
}

void main() {
    var net = Sequential.of(new Linear(2, 16), Tensor::relu, new Skip(16), new Skip(16), new Linear(16, 3));
    net.init(42);
    IO.println(net.summary(1, 2));

    var data = Toys.spirals(600, 3, 0.1, 7); // samples, arms, noise, seed
    var fit = Trainer.of(net, Loss.crossEntropy(), new Adam(0.01))
            .seed(42)
            .batch(32)
            .epochs(60)
            .metrics(Metric.accuracy())
            .fit(data);
    IO.println("training accuracy %.4f".formatted(fit.last().orElseThrow().metrics().get("accuracy")));

    // Saved as the operations that it runs: who loads the file does not need this class.
    var file = Path.of(System.getProperty("java.io.tmpdir"), "custom-block.safetensors");
    new SavedModel(net, Shape.of(2), data.classes(), Map.of(), Map.of()).write(file);
    var loaded = SavedModel.read(file).net();
    var inputs = data.all().inputs();
    IO.println("the same answers after loading: " + loaded.apply(inputs).allClose(net.apply(inputs)));
}
