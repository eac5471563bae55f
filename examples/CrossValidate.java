// How well does a method do on flowers it has not seen, and how sure is that? Ten networks, each tested on
// another tenth.
// Run it:  ./cajal run examples/CrossValidate.java
import module cajal;

void main() {
    var table = Table.iris();
    var data = Columns.fit(table, "species", Columns.Missing.REFUSE).dataset(table);

    for (int hidden : new int[] {0, 8}) {
        var result = CrossValidation.of(10).seed(42).run(data, fold -> Trainer.of(
                        hidden == 0
                                ? new Linear(4, 3)
                                : Sequential.of(new Linear(4, hidden), Tensor::tanh, new Linear(hidden, 3)),
                        Loss.crossEntropy(),
                        new Adam(0.02))
                .seed(fold.seed())
                .batch(16)
                .epochs(60)
                .metrics(Metric.accuracy()));
        IO.println("%d hidden neurons".formatted(hidden));
        IO.println(result);
    }
}
