package cajal.studio;

import cajal.kernel.Shape;
import cajal.kernel.View;
import cajal.nn.Block;
import cajal.nn.Summary;
import cajal.tensor.Context;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Tensor;
import io.avaje.jsonb.Json;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A network as its layers and, within them, the operations that pass the door for one input.
///
/// @param layers the layers, each before those within it, as in [Summary]
/// @param operations the operations in the order in which they run
/// @param indices whether the input is looked up in a table: numbers of words, not measurements
record ModelGraph(List<Layer> layers, List<Operation> operations, boolean indices) {
    /// The operation in place of a layer that hands its input on.
    static final String NOTHING = "hand on";

    private static final int MOST = 5_000; // operations

    /// A layer.
    ///
    /// @param own the multiply-adds of its own operations, without those of layers within it
    @Json
    record Layer(
            String path,
            int depth,
            String layer,
            String output,
            int calls,
            long parameters,
            long frozen,
            long parameterBytes,
            long activationBytes,
            long own) {}

    /// An operation.
    ///
    /// @param inputs the operations whose results it reads; -1 is the network's input
    /// @param reads the parameters and states that it reads
    /// @param bytes what its results take; nothing if it only looks at its input in another way
    @Json
    record Operation(
            String op,
            String attributes,
            String path,
            String output,
            List<Integer> inputs,
            List<String> reads,
            long bytes,
            long multiplyAdds) {}

    /// The graph of a network for one input.
    static ModelGraph of(Block net, Shape input) {
        Tensor x = Tensor.zeros(input.dims());
        Summary summary = Summary.of(net, () -> net.apply(x));
        Notes notes = new Notes(net);
        notes.values.put(x.view(), -1);
        try (var _ = Context.current()
                .at("")
                .recording(false)
                .training(false)
                .listener(notes)
                .enter()) {
            net.apply(x);
        }
        List<Layer> layers = summary.rows().stream().map(ModelGraph::layer).toList();
        return new ModelGraph(layers, List.copyOf(notes.operations), notes.indices);
    }

    private static Layer layer(Summary.Row r) {
        return new Layer(
                r.path(),
                r.depth(),
                r.layer(),
                r.output().map(Shape::toString).orElse(""),
                r.calls(),
                r.parameters(),
                r.frozen(),
                r.parameterBytes(),
                r.activationBytes(),
                r.multiplyAdds());
    }

    /// The multiply-adds of all operations.
    long multiplyAdds() {
        return operations.stream().mapToLong(Operation::multiplyAdds).sum();
    }

    /// Writes down what passes the door. Tensors are known by their views, which operations hand on.
    private static final class Notes implements Listener {
        private final Map<View, Integer> values = new IdentityHashMap<>();
        private final Map<View, String> named = new IdentityHashMap<>();
        private final List<Operation> operations = new ArrayList<>();
        private final Deque<Integer> entered = new ArrayDeque<>();
        private boolean indices;

        Notes(Block net) {
            net.tensors().forEach((path, t) -> named.put(t.view(), path));
        }

        @Override
        public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
            if (operations.size() >= MOST) {
                throw new StudioException("This network runs more than " + MOST + " operations: too many to be drawn.");
            }
            List<Integer> inputs = new ArrayList<>();
            List<String> reads = new ArrayList<>();
            for (Tensor t : in) {
                Optional.ofNullable(values.get(t.view()))
                        .filter(i -> !inputs.contains(i))
                        .ifPresent(inputs::add);
                Optional.ofNullable(named.get(t.view())).ifPresent(reads::add);
            }
            indices |= (op.name().equals("take") || op.name().equals("gather")) && inputs.contains(-1);
            long bytes = op instanceof Op.Viewing
                    ? 0
                    : Arrays.stream(out)
                            .mapToLong(t -> t.size() * t.dtype().bytes())
                            .sum();
            long multiplyAdds = op.multiplyAdds(shapes(in), shapes(out));
            Arrays.stream(out).forEach(t -> values.put(t.view(), operations.size()));
            operations.add(new Operation(
                    op.name(),
                    attributes(op),
                    path,
                    out.length == 0 ? "" : out[0].shape().toString(),
                    inputs,
                    reads,
                    bytes,
                    multiplyAdds));
        }

        @Override
        public void entered(String path, String layer, Tensor[] in) {
            entered.push(operations.size());
        }

        @Override
        public void left(String path, String layer, Tensor[] in, Tensor[] out) {
            Integer from = values.get(out[0].view());
            if (entered.pop() == operations.size() && from != null) {
                values.put(out[0].view(), operations.size());
                String shape = out[0].shape().toString();
                operations.add(new Operation(NOTHING, "", path, shape, List.of(from), List.of(), 0, 0));
            }
        }

        private static Shape[] shapes(Tensor[] tensors) {
            return Arrays.stream(tensors).map(Tensor::shape).toArray(Shape[]::new);
        }

        private static String attributes(Op op) {
            return op.attributes().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(e -> e.getKey() + " " + (e.getValue() instanceof long[] v ? Arrays.toString(v) : e.getValue()))
                    .collect(Collectors.joining(", "));
        }
    }
}
