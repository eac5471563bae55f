package cajal.train;

import cajal.format.Json;
import cajal.format.Safetensors;
import cajal.format.TensorFile;
import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.nn.Specs;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A trained network with all that is needed to use it: one safetensors file whose metadata describe the
/// architecture, the input, the class names and the run that trained it.
///
/// Blocks of one's own are saved as the graph of the operations that they run ([Specs]), so that a program
/// without their class can load them. A file never names a class.
///
/// @param net the network
/// @param inputShape the shape of one input, without the batch axis
/// @param classes the names of the classes; none for a regression
/// @param input how raw data become the network's input, as nested maps
/// @param run the settings and results of the training run, as nested maps
public record SavedModel(
        Block net, Shape inputShape, List<String> classes, Map<String, Object> input, Map<String, Object> run) {
    private static final String VERSION = "1";

    /// Copies the lists and maps.
    public SavedModel {
        classes = List.copyOf(classes);
    }

    /// Makes sure that a network can be saved: describes it, builds it again, and compares the outputs of both.
    ///
    /// **Throws** [cajal.tensor.GraphException] naming the part that cannot be described.
    public static void check(Block net, Shape inputShape) {
        Block again = Specs.build(Specs.of(net, inputShape));
        again.load(net.tensors());
        long[] dims = new long[inputShape.rank() + 1];
        dims[0] = 4;
        System.arraycopy(inputShape.dims(), 0, dims, 1, inputShape.rank());
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            Tensor x = Tensor.uniform(RandomKey.of(1), 0, 1, dims);
            if (!net.apply(x).allClose(again.apply(x), 1e-6, 1e-6)) {
                throw new cajal.tensor.GraphException(
                        "The network answers something else after it is described and built again\n"
                                + "  rule: what a layer does follows from its input, its parameters and its states\n"
                                + "  fix:  keep numbers that change in state(name, values), not in fields");
            }
        }
    }

    /// Writes the file, replacing an old one in one move.
    public void write(Path file) {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("cajal.model", VERSION);
        metadata.put("architecture", Json.write(Specs.toMap(Specs.of(net, inputShape))));
        metadata.put("inputShape", Json.write(boxed(inputShape)));
        metadata.put("classes", Json.write(classes));
        metadata.put("input", Json.write(input));
        metadata.put("run", Json.write(run));
        Safetensors.write(file, net.tensors(), metadata);
    }

    private static List<Object> boxed(Shape shape) {
        List<Object> list = new ArrayList<>();
        for (long d : shape.dims()) {
            list.add(d);
        }
        return list;
    }

    /// Reads a file that [#write] wrote.
    ///
    /// **Throws** [cajal.format.FormatException] if it is not one.
    public static SavedModel read(Path file) {
        try (TensorFile saved = Safetensors.open(file)) {
            Map<String, String> m = saved.metadata();
            if (!m.containsKey("cajal.model")) {
                throw new cajal.format.FormatException(file + " holds tensors, but no description of a network\n"
                        + "  rule: a model file is written by SavedModel.write or by training\n"
                        + "  fix:  cajal info " + file + " shows what it holds");
            }
            Block net = Specs.build(Specs.fromMap(json(file, m, "architecture")));

            net.load(saved.tensors());
            Shape shape = Shape.of(list(file, m, "inputShape").stream()
                    .mapToLong(d -> ((Number) d).longValue())
                    .toArray());
            List<String> classes =
                    list(file, m, "classes").stream().map(Object::toString).toList();
            return new SavedModel(net, shape, classes, json(file, m, "input"), json(file, m, "run"));
        }
    }

    private static Map<String, Object> json(Path file, Map<String, String> metadata, String name) {
        return Json.parseObject(metadata.getOrDefault(name, "{}"), file + ", " + name);
    }

    private static List<?> list(Path file, Map<String, String> metadata, String name) {
        return (List<?>) Json.parse(metadata.getOrDefault(name, "[]"), file + ", " + name);
    }
}
