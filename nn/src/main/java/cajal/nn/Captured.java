package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Graph;
import cajal.tensor.GraphException;
import cajal.tensor.Lasting;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A graph as a layer: what a block of one's own becomes when it is loaded without its class. Its parameters
/// have
/// the same paths and can be trained.
final class Captured extends Block {
    private final Graph graph;
    private final String label;
    private final Map<String, Object> data;
    private final List<?> kept;
    private final Map<String, Lasting> named = new LinkedHashMap<>();

    /// A step of a parameter's path.
    private static final class Group extends Part {
        private final Map<String, Group> groups = new LinkedHashMap<>();

        private Group group(String name) {
            return groups.computeIfAbsent(name, n -> part(n, new Group()));
        }

        private Lasting leaf(String name, Graph.Value.Named n, DType dtype) {
            return n.trainable()
                    ? param(name, Init.zeros(), n.shape().dims())
                    : state(name, Tensor.zeros(dtype, n.shape()));
        }
    }

    private Captured(String label, Map<String, Object> data, List<?> kept) {
        this.label = label;
        this.data = data;
        this.kept = kept;
        this.graph = Graph.of(data);
        Map<String, Group> roots = new LinkedHashMap<>();
        for (Graph.Value.Named n : graph.named()) {
            named.put(n.path(), register(roots, n, DType.F32));
        }
        for (Object k : kept) {
            Spec one = Spec.of("kept", constants(k));
            Shape shape = Shape.of(LayerNorm.Rows.unboxed(one.constants().get("shape")));
            var n = new Graph.Value.Named(one.text("path"), one.flag("trainable"), shape);
            register(roots, n, DType.valueOf(one.text("dtype")));
        }
    }

    /// What a block holds but does not read in inference, a batch counter say, as data.
    static List<Object> kept(Map<String, Lasting> all, Graph graph) {
        List<String> read = graph.named().stream().map(Graph.Value.Named::path).toList();
        List<Object> rest = new ArrayList<>();
        all.forEach((path, t) -> {
            if (!read.contains(path)) {
                rest.add(new LinkedHashMap<>(Map.of(
                        "path",
                        path,
                        "trainable",
                        t instanceof Param,
                        "shape",
                        LayerNorm.Rows.boxed(t.shape().dims()),
                        "dtype",
                        t.dtype().name())));
            }
        });
        return rest;
    }

    private Lasting register(Map<String, Group> roots, Graph.Value.Named n, DType dtype) {
        List<String> steps = List.of(n.path().split("\\."));
        if (steps.size() == 1) {
            return n.trainable()
                    ? param(n.path(), Init.zeros(), n.shape().dims())
                    : state(n.path(), Tensor.zeros(dtype, n.shape()));
        }
        Group group = roots.computeIfAbsent(steps.getFirst(), name -> part(name, new Group()));
        for (String step : steps.subList(1, steps.size() - 1)) {
            group = group.group(step);
        }
        return group.leaf(steps.getLast(), n, dtype);
    }

    static Captured of(Spec spec) {
        List<?> kept = spec.constants().get("kept") instanceof List<?> list ? list : List.of();
        return new Captured(spec.text("label"), constants(spec.constants().get("graph")), kept);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> constants(@Nullable Object data) {
        if (!(data instanceof Map<?, ?> map)) {
            throw new GraphException("The description of a graph layer has no graph");
        }
        return (Map<String, Object>) map;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return graph.run(x, named);
    }

    @Override
    protected Optional<Spec> spec() {
        Map<String, Object> constants = new LinkedHashMap<>(Map.of("label", label, "graph", data));
        if (!kept.isEmpty()) {
            constants.put("kept", kept);
        }
        return Optional.of(Spec.of("Graph", constants));
    }

    @Override
    public String describe() {
        return label;
    }
}
