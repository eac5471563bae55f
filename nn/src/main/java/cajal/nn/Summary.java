package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.tensor.Context;
import cajal.tensor.Lasting;
import cajal.tensor.Listener;
import cajal.tensor.Op;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A network at a glance: its layers with their output shapes, parameters, memory and multiply-adds for one
/// input; printed as a table.
///
/// It comes from a dry run: nothing is recorded, nothing is trained, and parameters that had no values have
/// none that count afterwards.
///
/// @param input the shape of the input; nothing if the outermost part takes none
/// @param rows the parts in the order in which they were added, each before the parts within it
public record Summary(Optional<Shape> input, List<Row> rows) {
    /// Copies the list.
    public Summary {
        rows = List.copyOf(rows);
    }

    /// One part; what belongs to parts within it is in their rows, so that columns add up.
    ///
    /// @param path its path; empty for the outermost part
    /// @param depth how many parts it is inside of
    /// @param layer its description
    /// @param output the shape of its output; nothing if it was not called
    /// @param calls how often it was called
    /// @param parameters the number of its trainable numbers, frozen ones included; shared ones are counted
    /// where they are listed
    /// @param frozen how many of them are frozen
    /// @param parameterBytes the memory of its parameters and states, in bytes
    /// @param activationBytes the memory of all results computed in it, in bytes; views cost nothing
    /// @param multiplyAdds how many products of two numbers its operations add up ([Op#multiplyAdds]); one is
    ///     two floating-point operations (FLOPs)
    public record Row(
            String path,
            int depth,
            String layer,
            Optional<Shape> output,
            int calls,
            long parameters,
            long frozen,
            long parameterBytes,
            long activationBytes,
            long multiplyAdds) {}

    /// The summary of what `call` runs.
    ///
    /// @param net the outermost part
    /// @param call a call of it: for parts with several inputs, or inputs that are not `F32`; see
    ///     [Block#summary(long...)]
    public static Summary of(Part net, Runnable call) {
        Dry dry = new Dry();
        net.dryRun(() -> {
            try (var _ = Context.current()
                    .at("")
                    .recording(false)
                    .training(false)
                    .listener(dry)
                    .enter()) {
                call.run();
            }
        });
        Map<String, List<Lasting>> owned = new HashMap<>();
        net.tensors()
                .forEach((path, t) -> owned.computeIfAbsent(parent(path), _ -> new ArrayList<>())
                        .add(t));
        List<Row> rows = new ArrayList<>();
        new Collect(dry, owned, net.shapes(), rows).add(net, net.name(), "", 0);
        return new Summary(Optional.ofNullable(dry.inputs.get(net.name())), rows);
    }

    /// Makes the rows: `at` is a part's path as listeners were told it, `path` that below the outermost part.
    private record Collect(
            Dry dry, Map<String, List<Lasting>> owned, IdentityHashMap<Lasting, Shape> shapes, List<Row> rows) {
        void add(Part part, String at, String path, int depth) {
            long numbers = 0;
            long frozen = 0;
            long bytes = 0;
            for (Lasting t : owned.getOrDefault(path, List.of())) {
                long size = shapes.getOrDefault(t, Shape.scalar()).size();
                bytes += size * (t.isFilled() ? t.dtype() : DType.F32).bytes();
                if (t instanceof Param p) {
                    numbers += size;
                    frozen += p.isFrozen() ? size : 0;
                }
            }
            Optional<Shape> output = Optional.ofNullable(dry.outputs.get(at));
            int calls = dry.calls.getOrDefault(at, 0);
            rows.add(new Row(
                    path,
                    depth,
                    part.describe(),
                    output,
                    calls,
                    numbers,
                    frozen,
                    bytes,
                    dry.bytes.getOrDefault(at, 0L),
                    dry.multiplyAdds.getOrDefault(at, 0L)));
            part.parts().forEach((name, inner) -> add(inner, Part.join(at, name), Part.join(path, name), depth + 1));
        }
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    /// What a dry run shows, by the path that listeners are told. Operations that fill parameters run before
    /// their part says that it was entered, and do not count.
    private static final class Dry implements Listener {
        private final Map<String, Shape> inputs = new HashMap<>();
        private final Map<String, Shape> outputs = new HashMap<>();
        private final Map<String, Integer> calls = new HashMap<>();
        private final Map<String, Long> bytes = new HashMap<>();
        private final Map<String, Long> multiplyAdds = new HashMap<>();
        private final Deque<String> open = new ArrayDeque<>();

        @Override
        public void entered(String path, String layer, Tensor[] in) {
            open.push(path);
            if (in.length > 0) {
                inputs.putIfAbsent(path, in[0].shape());
            }
        }

        @Override
        public void left(String path, String layer, Tensor[] in, Tensor[] out) {
            open.pop();
            outputs.put(path, out[0].shape());
            calls.merge(path, 1, Integer::sum);
        }

        @Override
        public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
            if (path.equals(open.peek()) && !(op instanceof Op.Viewing)) {
                for (Tensor t : out) {
                    bytes.merge(path, t.size() * t.dtype().bytes(), Long::sum);
                }
                multiplyAdds.merge(path, op.multiplyAdds(shapes(in), shapes(out)), Long::sum);
            }
        }

        private static Shape[] shapes(Tensor[] tensors) {
            return Arrays.stream(tensors).map(Tensor::shape).toArray(Shape[]::new);
        }
    }

    // ---- totals

    /// The number of trainable numbers, frozen ones included.
    public long parameters() {
        return rows.stream().mapToLong(Row::parameters).sum();
    }

    /// How many of them are frozen.
    public long frozen() {
        return rows.stream().mapToLong(Row::frozen).sum();
    }

    /// The memory of parameters and states, in bytes.
    public long parameterBytes() {
        return rows.stream().mapToLong(Row::parameterBytes).sum();
    }

    /// The memory of all results of one pass, in bytes.
    public long activationBytes() {
        return rows.stream().mapToLong(Row::activationBytes).sum();
    }

    /// How many products of two numbers one pass adds up.
    public long multiplyAdds() {
        return rows.stream().mapToLong(Row::multiplyAdds).sum();
    }

    // ---- as a table

    /// The table.
    @Override
    public String toString() {
        List<String[]> table = new ArrayList<>();
        table.add(new String[] {"path", "layer", "output", "parameters", "memory", "activations", "multiply-adds"});
        for (Row r : rows) {
            String output = r.output.map(Shape::toString).orElse("not called") + (r.calls > 1 ? " x" + r.calls : "");
            table.add(new String[] {
                "  ".repeat(r.depth) + (r.depth == 0 ? "net" : r.path.substring(r.path.lastIndexOf('.') + 1)),
                r.layer,
                output,
                r.parameters == 0 ? "" : count(r.parameters) + (r.frozen > 0 ? " frozen" : ""),
                r.parameterBytes == 0 ? "" : bytes(r.parameterBytes),
                r.activationBytes == 0 ? "" : bytes(r.activationBytes),
                r.multiplyAdds == 0 ? "" : count(r.multiplyAdds)
            });
        }
        String frozen = frozen() == 0 ? "" : ", " + count(frozen()) + " of them frozen";
        table.add(new String[] {
            "total",
            "",
            "",
            count(parameters()),
            bytes(parameterBytes()),
            bytes(activationBytes()),
            count(multiplyAdds())
        });
        return layOut(table) + input.map(s -> "input " + s).orElse("") + frozen + "\n";
    }

    private static String layOut(List<String[]> table) {
        int columns = table.getFirst().length;
        int[] width = new int[columns];
        for (String[] row : table) {
            for (int i = 0; i < columns; i++) {
                width[i] = Math.max(width[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (int k = 0; k < table.size(); k++) {
            if (k == 1 || k == table.size() - 1) {
                text.append("-".repeat(Arrays.stream(width).sum() + 2 * (columns - 1)))
                        .append('\n');
            }
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                String cell = table.get(k)[i];
                String space = " ".repeat(width[i] - cell.length());
                line.append(i < 3 ? cell + space : space + cell).append(i < columns - 1 ? "  " : "");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static String count(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String bytes(long n) {
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        double value = n;
        int unit = -1;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return unit < 0 ? n + " B" : String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
    }
}
