package cajal.tensor;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.kernel.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/// A computation as data: which operations run on which values, for any batch size. It is what a network of
/// one's own is saved as, what is drawn, and what can be run again and trained.
///
/// **Batch size.** A graph is captured twice, with batches of 2 and 3; lengths that follow the batch are
/// kept as multiples of it (`B`, `4B`), all others as they are.
public final class Graph {
    private static final int SMALL = 2;
    private static final int LARGE = 3;

    private final List<Value> values;
    private final List<Step> steps;
    private final int output;

    /// Something that steps read.
    public sealed interface Value {
        /// The input of the graph.
        record Input() implements Value {}

        /// A parameter or state by path.
        ///
        /// @param path its path below the captured layer
        /// @param trainable whether it is a parameter
        /// @param shape its shape
        record Named(String path, boolean trainable, Shape shape) implements Value {}

        /// A constant.
        ///
        /// @param tensor its values
        record Fixed(Tensor tensor) implements Value {}

        /// An output of a step.
        ///
        /// @param step the number of the step
        /// @param slot which of its outputs
        record Output(int step, int slot) implements Value {}
    }

    /// One operation.
    ///
    /// @param op its name
    /// @param attributes its attributes; lengths that follow the batch as texts, as in `"4B"`
    /// @param path the layer in which it ran
    /// @param inputs the numbers of the values that it reads
    public record Step(String op, Map<String, Object> attributes, String path, List<Integer> inputs) {}

    private Graph(List<Value> values, List<Step> steps, int output) {
        this.values = List.copyOf(values);
        this.steps = List.copyOf(steps);
        this.output = output;
    }

    /// What steps read, numbered.
    public List<Value> values() {
        return values;
    }

    /// The operations in the order in which they run.
    public List<Step> steps() {
        return steps;
    }

    /// The number of the value that is the result.
    public int output() {
        return output;
    }

    /// The parameters and states that it needs, in the order of their first use.
    public List<Value.Named> named() {
        return values.stream()
                .filter(Value.Named.class::isInstance)
                .map(Value.Named.class::cast)
                .toList();
    }

    // ---- capture

    /// The graph of one layer's call, out of two traces of the same network with batches of 2 and of 3.
    ///
    /// @param small the trace with a batch of 2
    /// @param large the trace with a batch of 3
    /// @param path the layer
    /// @param names the parameters and states by their path below the layer
    ///
    /// **Throws** [GraphException] if what ran depends on the values, or differs in more than lengths.
    public static Graph capture(Trace small, Trace large, String path, Map<String, ? extends Lasting> names) {
        Trace.Call a = call(small, path);
        Trace.Call b = call(large, path);
        if (small.readDuring(a)) {
            throw new GraphException("'" + path + "' reads values while it runs, so what it does may depend on them\n"
                    + "  rule: a layer that is saved does the same operations for every input\n"
                    + "  fix:  choose with Tensor.where(...) instead of if, keep numbers in tensors instead of item()");
        }
        List<Trace.Step> first = small.steps(a);
        List<Trace.Step> second = large.steps(b);
        if (!first.stream()
                .map(s -> s.op().name())
                .toList()
                .equals(second.stream().map(s -> s.op().name()).toList())) {
            throw new GraphException("'" + path + "' runs other operations for a batch of 3 than for one of 2\n"
                    + "  rule: a layer that is saved does the same operations for every batch size");
        }
        return new Capture(names).graph(first, second, a, b, path);
    }

    private static Trace.Call call(Trace trace, String path) {
        Trace.Call call = trace.calls().get(path);
        if (call == null) {
            throw new GraphException("The layer '" + path
                    + "' was not called\n  fix:  remove it from the network, or call it in forward");
        }
        return call;
    }

    private static final class Capture {
        private final Map<View, Value.Named> named = new IdentityHashMap<>();
        private final Map<View, Integer> numbers = new IdentityHashMap<>();
        private final List<Value> values = new ArrayList<>();

        Capture(Map<String, ? extends Lasting> names) {
            names.forEach((path, t) -> named.put(t.view(), new Value.Named(path, t instanceof Param, t.shape())));
        }

        Graph graph(List<Trace.Step> first, List<Trace.Step> second, Trace.Call a, Trace.Call b, String path) {
            number(a.in().getFirst().view(), new Value.Input());
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < first.size(); i++) {
                Trace.Step s = first.get(i);
                List<Integer> inputs = new ArrayList<>();
                for (int k = 0; k < s.in().length; k++) {
                    inputs.add(numberOf(s.inViews()[k], second.get(i).inViews()[k], path));
                }
                for (int k = 0; k < s.outViews().length; k++) {
                    number(s.outViews()[k], new Value.Output(i, k));
                }
                Map<String, Object> attributes = merge(s.op(), second.get(i).op(), path);
                steps.add(new Step(s.op().name(), attributes, s.path(), List.copyOf(inputs)));
            }
            int output = numberOf(a.out().getFirst().view(), b.out().getFirst().view(), path);
            return new Graph(values, steps, output).pruned();
        }

        private int numberOf(View small, View large, String path) {
            Integer known = numbers.get(small);
            if (known != null) {
                return known;
            }
            Value.Named n = named.get(small);
            if (n == null && !small.shape().equals(large.shape())) {
                throw new GraphException("'" + path + "' makes a constant whose shape follows the batch: "
                        + small.shape() + " and " + large.shape()
                        + "\n  rule: a layer that is saved makes its constants independent of the batch\n"
                        + "  fix:  let broadcasting repeat a smaller constant");
            }
            return number(small, n != null ? n : new Value.Fixed(Tensor.of(small)));
        }

        private int number(View view, Value value) {
            numbers.put(view, values.size());
            values.add(value);
            return values.size() - 1;
        }

        private static Map<String, Object> merge(Op small, Op large, String path) {
            Map<String, Object> merged = new LinkedHashMap<>();
            Map<String, Object> other = large.attributes();
            new java.util.TreeMap<>(small.attributes())
                    .forEach((name, v) ->
                            merged.put(name, merge(v, Objects.requireNonNull(other.get(name)), path, small)));
            return merged;
        }

        private static Object merge(Object v, Object w, String path, Op op) {
            if (v instanceof long[] a && w instanceof long[] b && a.length == b.length) {
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < a.length; i++) {
                    list.add(merge(a[i], b[i], path, op));
                }
                return list;
            }
            if (v.equals(w)) {
                return v;
            }
            if (v instanceof Long a && w instanceof Long b && a % SMALL == 0 && a / SMALL * LARGE == b) {
                return a == SMALL ? "B" : a / SMALL + "B";
            }
            throw new GraphException("In '" + path + "' the operation " + op.name()
                    + " depends on the batch in a way that cannot be saved: " + v + " for a batch of 2, " + w
                    + " for one of 3");
        }
    }

    /// The same graph without steps that nothing reads.
    private Graph pruned() {
        Set<Integer> live = new TreeSet<>();
        mark(output, live);
        Map<Integer, Integer> stepNumbers = new HashMap<>();
        Map<Integer, Integer> valueNumbers = new HashMap<>();
        List<Value> keptValues = new ArrayList<>();
        List<Step> keptSteps = new ArrayList<>();
        for (int v : live) {
            Value value = values.get(v);
            if (value instanceof Value.Output(int step, int slot)) {
                if (!stepNumbers.containsKey(step)) {
                    Step s = steps.get(step);
                    stepNumbers.put(step, keptSteps.size());
                    keptSteps.add(new Step(
                            s.op,
                            s.attributes,
                            s.path,
                            s.inputs.stream().map(valueNumbers::get).toList()));
                }
                value = new Value.Output(Objects.requireNonNull(stepNumbers.get(step)), slot);
            }
            valueNumbers.put(v, keptValues.size());
            keptValues.add(value);
        }
        return new Graph(keptValues, keptSteps, Objects.requireNonNull(valueNumbers.get(output)));
    }

    private void mark(int value, Set<Integer> live) {
        List<Integer> open = new ArrayList<>(List.of(value));
        while (!open.isEmpty()) {
            int v = open.removeLast();
            if (live.add(v) && values.get(v) instanceof Value.Output o) {
                open.addAll(steps.get(o.step()).inputs);
            }
        }
    }

    // ---- running

    /// Runs the graph.
    ///
    /// @param input the input
    /// @param named the parameters and states by path
    public Tensor run(Tensor input, Map<String, ? extends Tensor> named) {
        Tensor[][] outputs = new Tensor[steps.size()][];
        long batch = input.rank() == 0 ? 1 : input.dim(0);
        for (int i = 0; i < outputs.length; i++) {
            Step step = steps.get(i);
            Tensor[] in = new Tensor[step.inputs.size()];
            for (int k = 0; k < in.length; k++) {
                in[k] = value(step.inputs.get(k), input, named, outputs);
            }
            outputs[i] = Engine.run(Ops.of(step.op, bound(step.attributes, batch)), in);
        }
        return value(output, input, named, outputs);
    }

    private Tensor value(int number, Tensor input, Map<String, ? extends Tensor> named, Tensor[][] outputs) {
        return switch (values.get(number)) {
            case Value.Input() -> input;
            case Value.Fixed(var tensor) -> tensor;
            case Value.Output(int step, int slot) -> outputs[step][slot];
            case Value.Named n -> {
                Tensor t = named.get(n.path());
                if (t == null) {
                    throw new GraphException(
                            "The graph needs '" + n.path() + "', which is not among " + named.keySet());
                }
                yield t;
            }
        };
    }

    private static Map<String, Object> bound(Map<String, Object> attributes, long batch) {
        Map<String, Object> bound = new HashMap<>();
        attributes.forEach((name, v) -> bound.put(
                name,
                v instanceof List<?> list
                        ? list.stream().map(e -> bound(e, batch)).toList()
                        : bound(v, batch)));
        return bound;
    }

    private static Object bound(Object v, long batch) {
        if (v instanceof String s
                && s.endsWith("B")
                && s.chars().limit(s.length() - 1L).allMatch(Character::isDigit)) {
            return s.length() == 1 ? batch : Long.parseLong(s.substring(0, s.length() - 1)) * batch;
        }
        return v;
    }

    // ---- as data

    /// The graph as nested maps, lists, texts and numbers, for a file.
    ///
    /// **Throws** [GraphException] if a constant has more than 4,096 elements.
    public Map<String, Object> toMap() {
        List<Object> valueList = new ArrayList<>();
        for (Value v : values) {
            valueList.add(
                    switch (v) {
                        case Value.Input() -> Map.of("kind", "input");
                        case Value.Named(var path, var trainable, var shape) ->
                            ordered("kind", trainable ? "param" : "state", "path", path, "shape", boxed(shape.dims()));
                        case Value.Fixed(var tensor) -> constant(tensor);
                        case Value.Output(int step, int slot) ->
                            ordered("kind", "output", "step", (long) step, "slot", (long) slot);
                    });
        }
        List<Object> stepList = new ArrayList<>();
        for (Step s : steps) {
            List<Object> inputs = new ArrayList<>();
            s.inputs.forEach(i -> inputs.add((long) i));
            stepList.add(ordered("op", s.op, "path", s.path, "inputs", inputs, "attributes", s.attributes));
        }
        return ordered("values", valueList, "steps", stepList, "output", (long) output);
    }

    private static Map<String, Object> constant(Tensor t) {
        if (t.size() > 4096) {
            throw new GraphException("A constant of shape " + t.shape() + " is too large to be part of a graph\n"
                    + "  rule: at most 4096 elements\n  fix:  make it a state: state(name, values)");
        }
        List<Object> numbers = new ArrayList<>();
        for (double x : t.toDoubles()) {
            numbers.add(Double.isFinite(x) ? (Object) x : Double.toString(x));
        }
        return ordered(
                "kind",
                "constant",
                "dtype",
                t.dtype().name(),
                "shape",
                boxed(t.shape().dims()),
                "values",
                numbers);
    }

    private static List<Object> boxed(long[] dims) {
        return new ArrayList<>(Arrays.stream(dims).boxed().toList());
    }

    private static Map<String, Object> ordered(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }

    /// The graph that [#toMap] described.
    ///
    /// **Throws** [GraphException] if the data make no sense.
    public static Graph of(Map<String, Object> data) {
        try {
            List<Value> values = new ArrayList<>();
            for (Object o : list(data, "values")) {
                values.add(value(map(o)));
            }
            List<Step> steps = new ArrayList<>();
            for (Object o : list(data, "steps")) {
                Map<String, Object> m = map(o);
                List<Integer> inputs = list(m, "inputs").stream()
                        .map(n -> ((Number) n).intValue())
                        .toList();
                steps.add(new Step(text(m, "op"), map(part(m, "attributes")), text(m, "path"), inputs));
            }
            Graph g = new Graph(values, steps, number(data, "output"));
            g.check();
            return g;
        } catch (ClassCastException | NullPointerException | IndexOutOfBoundsException e) {
            throw new GraphException("The graph in the file makes no sense: " + e.getMessage());
        }
    }

    /// Every reference leads to an earlier step, every operation exists.
    private void check() {
        values.get(output);
        for (int i = 0; i < steps.size(); i++) {
            Ops.of(steps.get(i).op, bound(steps.get(i).attributes, SMALL));
            for (int v : steps.get(i).inputs) {
                if (values.get(v) instanceof Value.Output(int step, int slot) && (step < 0 || step >= i || slot < 0)) {
                    throw new GraphException(
                            "Step " + i + " reads the output of step " + step + "\n  rule: steps read earlier ones");
                }
            }
        }
    }

    private static Object part(Map<String, Object> m, String name) {
        return Objects.requireNonNull(m.get(name), "there is no '" + name + "'");
    }

    private static String text(Map<String, Object> m, String name) {
        return (String) part(m, name);
    }

    private static int number(Map<String, Object> m, String name) {
        return ((Number) part(m, name)).intValue();
    }

    private static List<?> list(Map<String, Object> m, String name) {
        return (List<?>) part(m, name);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object o) {
        return (Map<String, Object>) o;
    }

    private static Value value(Map<String, Object> m) {
        return switch (text(m, "kind")) {
            case "input" -> new Value.Input();
            case "param" -> new Value.Named(text(m, "path"), true, shape(m));
            case "state" -> new Value.Named(text(m, "path"), false, shape(m));
            case "output" -> new Value.Output(number(m, "step"), number(m, "slot"));
            case "constant" -> {
                List<?> numbers = list(m, "values");
                Shape shape = shape(m);
                if (shape.size() != numbers.size()) {
                    throw new GraphException("A constant of shape " + shape + " has " + numbers.size() + " values");
                }
                Tensor t = Tensor.zeros(DType.valueOf(text(m, "dtype")), shape);
                for (int i = 0; i < numbers.size(); i++) {
                    t.view().put(i, Double.parseDouble(numbers.get(i).toString()));
                }
                yield new Value.Fixed(t);
            }
            default -> throw new GraphException("A value of unknown kind '" + m.get("kind") + "'");
        };
    }

    private static Shape shape(Map<String, Object> m) {
        return Shape.of(list(m, "shape").stream()
                .mapToLong(n -> ((Number) n).longValue())
                .toArray());
    }
}
