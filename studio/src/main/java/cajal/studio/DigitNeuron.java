package cajal.studio;

import cajal.nn.Block;
import cajal.nn.Inspection;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// One neuron: its formula with the numbers filled in, and the chain rule through it.
final class DigitNeuron {
    private static final int TERMS = 6;

    private DigitNeuron() {}

    /// One product of a sum.
    ///
    /// @param from the number of the value in the column that it comes from
    @Json
    record Term(int from, double left, double right, double product) {}

    /// A weight that an update would move.
    @Json
    record Change(int from, double input, double gradient, double weight, double moved) {}

    /// The chain rule at one neuron.
    ///
    /// @param above the strongest of the errors that come back from the layer above, each times the weight
    ///     that led there
    /// @param others how many more there are
    /// @param rest what they add up to
    /// @param error how the loss changes with the activation
    /// @param slope how the activation changes with the sum
    /// @param sloped whether there is such a number
    /// @param delta how the loss changes with the sum
    /// @param changes the weights that an update would move most
    /// @param bias the bias after an update
    @Json
    record Chain(
            List<Term> above,
            int others,
            double rest,
            double error,
            double slope,
            boolean sloped,
            double delta,
            List<Change> changes,
            double bias) {}

    /// The formula of one neuron.
    ///
    /// @param linear whether the sum is bias plus weights times inputs; if not, only the values are known
    /// @param terms the strongest products of input and weight
    /// @param others how many more are not 0
    /// @param rest what they add up to
    /// @param sum bias and all products
    /// @param activation what bends the sum; empty if nothing does
    /// @param value what comes out
    /// @param weights the incoming weights in the form of what goes in
    /// @param shape that form
    /// @param chain the chain rule, if there is a right answer; else none
    @Json
    record Formula(
            boolean linear,
            double bias,
            List<Term> terms,
            int others,
            double rest,
            double sum,
            String activation,
            double value,
            String weights,
            List<Long> shape,
            List<Chain> chain) {}

    /// The strongest products of two lists of numbers, and what is left.
    private record Products(List<Term> terms, int others, double rest) {
        static Products of(float[] left, float[] right) {
            double[] product = new double[left.length];
            double all = 0;
            int count = 0;
            for (int i = 0; i < left.length; i++) {
                product[i] = (double) left[i] * right[i];
                all += product[i];
                count += product[i] != 0 ? 1 : 0;
            }
            List<Term> terms = IntStream.range(0, left.length)
                    .filter(i -> product[i] != 0)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -Math.abs(product[i])))
                    .limit(TERMS)
                    .map(i -> new Term(i, left[i], right[i], product[i]))
                    .toList();
            double shown = terms.stream().mapToDouble(Term::product).sum();
            return new Products(terms, count - terms.size(), all - shown);
        }
    }

    /// The formula of a neuron, and with an update's rate the chain rule through it.
    ///
    /// @param column the number of its column; 0 is the picture, which has no formula
    /// @param neuron its number among the column's values
    static Formula of(DigitScene scene, Block net, int column, int neuron, double rate, boolean backward) {
        Inspection seen = DigitPass.look(scene, net);
        List<DigitColumn> columns = DigitColumn.of(net, scene.x(), seen);
        if (column < 1
                || column >= columns.size()
                || neuron < 0
                || neuron >= columns.get(column).values().size()) {
            throw new StudioException("There is no neuron " + neuron + " in column " + column);
        }
        DigitColumn c = columns.get(column);
        double value = c.values().flatten(0).get(neuron);
        boolean linear = c.kind() == DigitColumn.Kind.DENSE || c.kind() == DigitColumn.Kind.MAPS;
        boolean pooled = c.kind() == DigitColumn.Kind.POOL;
        Tensor weights = linear || pooled ? c.incoming(neuron) : Tensor.zeros(0);
        Products products = linear || pooled
                ? Products.of(c.input().toFloats(), weights.toFloats())
                : new Products(List.of(), 0, 0);
        return new Formula(
                linear,
                c.bias(neuron),
                products.terms,
                products.others,
                products.rest,
                c.sums().flatten(0).get(neuron),
                String.join(
                        ", ",
                        c.parts().stream()
                                .skip(1)
                                .map(p -> p.describe())
                                .filter(d -> !d.startsWith("Flatten"))
                                .toList()),
                value,
                Numbers.of(weights),
                linear || pooled
                        ? DigitPass.shape(columns.get(column - 1).values().at(0))
                        : List.of(),
                backward ? List.of(chain(columns, column, neuron, weights, rate)) : List.of());
    }

    private static Chain chain(List<DigitColumn> columns, int column, int neuron, Tensor weights, double rate) {
        DigitColumn c = columns.get(column);
        double error = c.last().error().orElseThrow().flatten(0).get(neuron);
        double delta = c.stages().getFirst().error().orElseThrow().flatten(0).get(neuron);
        Products above =
                column + 1 < columns.size() ? above(columns.get(column + 1), neuron) : new Products(List.of(), 0, 0);
        double slope = c.slope(neuron).orElse(0.0);
        return new Chain(
                above.terms,
                above.others,
                above.rest,
                error,
                slope,
                c.slope(neuron).isPresent(),
                delta,
                c.kind() == DigitColumn.Kind.DENSE ? changes(c, neuron, weights, delta, rate) : List.of(),
                c.bias(neuron) - rate * delta);
    }

    /// The errors of the layer above times the weights that lead there.
    private static Products above(DigitColumn next, int neuron) {
        if (next.kind() != DigitColumn.Kind.DENSE || next.weight().isEmpty()) {
            return new Products(List.of(), 0, 0);
        }
        Param w = next.weight().get();
        return Products.of(
                w.select(1, neuron).toFloats(),
                next.stages().getFirst().error().orElseThrow().toFloats());
    }

    /// The weights that move most: each gradient is the neuron's delta times what came in.
    private static List<Change> changes(DigitColumn c, int neuron, Tensor weights, double delta, double rate) {
        String path = c.stages().getFirst().path();
        Tensor gradient = c.stages().getFirst().gradients().get(path + ".weight");
        if (gradient == null || delta == 0) {
            return List.of();
        }
        float[] g = gradient.at(neuron).toFloats();
        float[] w = weights.toFloats();
        float[] x = c.input().toFloats();
        List<Change> changes = new ArrayList<>();
        IntStream.range(0, g.length)
                .filter(i -> g[i] != 0)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -Math.abs(g[i])))
                .limit(TERMS)
                .forEach(i -> changes.add(new Change(i, x[i], g[i], w[i], w[i] - rate * g[i])));
        return changes;
    }
}
