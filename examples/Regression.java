// Predicts a number from the rows of a CSV file: how long a pendulum swings, by its length, its amplitude and the place.
// Run it:  ./cajal run examples/Regression.java [FILE.csv [TARGET]]
//
// pendulum.csv was computed with the law of the pendulum and half a percent of measuring error; the net is not told the law.
import module cajal;

void main(String[] args) {
    var table = Table.read(Path.of(args.length > 0 ? args[0] : "examples/pendulum.csv"));
    var target = args.length > 1 ? args[1] : ""; // none named: the last column

    // 80 % of the rows to train on. Numbers are standardised as in those rows; a text becomes one input a category.
    var parts = table.rows().size() / 5;
    var order = Tensor.permutation(RandomKey.of(1), table.rows().size());
    var train = table.rows(order.slice(0, parts, table.rows().size()).toLongs());
    var test = table.rows(order.slice(0, 0, parts).toLongs());
    var columns = Columns.fit(train, target, Columns.Missing.REFUSE);

    var net = Sequential.of(new Linear(columns.width(), 24), Tensor::tanh, new Linear(24, 1));
    var trainer = Trainer.of(net, Loss.mse(), new Adam(0.01))
            .seed(42)
            .batch(16)
            .epochs(150)
            .schedule(Schedule.cosine())
            .metrics(Metric.r2());
    trainer.fit(columns.dataset(train));
    IO.println("R² on rows it never saw: %.4f".formatted(
            trainer.evaluate(columns.dataset(test)).metrics().get("r2")));

    var goal = columns.target().orElseThrow();
    var at = table.column(goal.name());
    var predicted = trainer.predict(columns.inputs(test)).mul(goal.scale()).add(goal.mean()); // back in the file's units
    IO.println(table.header());
    for (int i = 0; i < 5; i++) {
        IO.println(test.rows().get(i).cells() + "  predicted %.3f".formatted(predicted.get(i, 0)));
    }
}
