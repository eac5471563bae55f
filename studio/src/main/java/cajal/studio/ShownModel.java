package cajal.studio;

import cajal.format.FormatException;
import cajal.format.TensorFile;
import cajal.format.TensorInfo;
import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.tensor.Lasting;
import cajal.tensor.Tensor;
import cajal.train.SavedModel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;

/// A model that is looked at: a network with its weights, or a file of tensors that says nothing about how they
/// are used.
///
/// @param id what addresses call it
/// @param label what people call it
/// @param net the network; nothing for a file of tensors
/// @param why why there is no network; empty if there is one
/// @param input the shape of one input
/// @param classes the names of the classes
/// @param tensors what it holds, by name
/// @param told what the file says beside its tensors
/// @param read gives the values of a tensor
record ShownModel(
        String id,
        String label,
        Optional<Block> net,
        String why,
        Shape input,
        List<String> classes,
        SequencedMap<String, Entry> tensors,
        Map<String, String> told,
        Function<String, Tensor> read) {
    private static final long LARGEST_INPUT = 1 << 22; // numbers
    private static final long LARGEST_NET = 256L << 20; // bytes
    private static final long LARGEST_TENSOR = 64L << 20; // numbers
    private static final int LONGEST_TEXT = 200;
    private static final int MOST_TEXTS = 40;

    /// A tensor.
    record Entry(Shape shape, String type, long bytes) {}

    /// A network in memory.
    static ShownModel of(String id, String label, Block net, Shape input) {
        return of(id, label, net, input, List.of(), Map.of());
    }

    private static ShownModel of(
            String id, String label, Block net, Shape input, List<String> classes, Map<String, String> told) {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        Map<String, Lasting> tensors = net.tensors();
        tensors.forEach((name, t) -> entries.put(
                name,
                new Entry(t.shape(), t.dtype().name(), t.size() * t.dtype().bytes())));
        return new ShownModel(id, label, Optional.of(net), "", input, classes, entries, told, tensors::get);
    }

    /// What a file holds: its network, if it describes one that can be built.
    ///
    /// **Throws** [FormatException] if it is no file of tensors.
    static ShownModel read(String id, String label, Path file) {
        SequencedMap<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata;
        long bytes = 0;
        try (TensorFile tensors = TensorFile.open(file)) {
            for (TensorInfo t : tensors.entries().values()) {
                entries.put(t.name(), new Entry(t.shape(), t.stored(), t.bytes()));
                bytes += t.bytes();
            }
            metadata = tensors.metadata();
        }
        String why;
        if (!metadata.containsKey("cajal.model")) {
            why = "This file holds tensors, but does not say how a network uses them.";
        } else if (bytes > LARGEST_NET) {
            why = "This network is too large to be run here: " + (bytes >> 20) + " MiB, at most " + (LARGEST_NET >> 20)
                    + ".";
        } else {
            try {
                return network(id, label, file);
            } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) { // whatever a stranger wrote
                String message = String.valueOf(e.getMessage());
                why = "The network that this file describes cannot be built: "
                        + message.lines().findFirst().orElse("");
            }
        }
        return new ShownModel(
                id, label, Optional.empty(), why, Shape.scalar(), List.of(), entries, told(metadata), name -> {
                    try (TensorFile tensors = TensorFile.open(file)) {
                        return tensors.tensor(name);
                    }
                });
    }

    private static ShownModel network(String id, String label, Path file) {
        SavedModel saved = SavedModel.read(file);
        Shape input = saved.inputShape();
        if (input.size() > LARGEST_INPUT) {
            throw new StudioException("one input has the shape " + input);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        if (saved.run().get("settings") instanceof Map<?, ?> settings) {
            settings.forEach((name, value) -> all.put(String.valueOf(name), value));
        }
        if (saved.run().get("results") instanceof Map<?, ?> results) {
            results.forEach((name, value) -> all.put(String.valueOf(name), value));
        }
        return of(id, label, saved.net(), input, saved.classes(), told(all));
    }

    private static Map<String, String> told(Map<String, ?> all) {
        Map<String, String> told = new LinkedHashMap<>();
        all.forEach((name, value) -> {
            String text = String.valueOf(value);
            if (!text.isEmpty() && told.size() < MOST_TEXTS) {
                told.put(name, text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + " …");
            }
        });
        return told;
    }

    /// The shape of `batch` inputs.
    Shape inputs(long batch) {
        long[] dims = new long[input.rank() + 1];
        dims[0] = batch;
        System.arraycopy(input.dims(), 0, dims, 1, input.rank());
        return Shape.of(dims);
    }

    /// The network.
    ///
    /// **Throws** [StudioException] if there is none.
    Block network() {
        return net.orElseThrow(() -> new StudioException(why));
    }

    /// A tensor's values.
    ///
    /// **Throws** [StudioException] if there is none, or it is too large.
    Tensor tensor(String name) {
        Entry entry = tensors.get(name);
        if (entry == null) {
            throw new StudioException("There is no tensor '" + name + "' in " + label);
        }
        if (entry.shape.size() > LARGEST_TENSOR) {
            throw new StudioException("'" + name + "' is too large to be looked at here: " + entry.shape
                    + "\n  rule: at most " + (LARGEST_TENSOR >> 20) + " million numbers");
        }
        try {
            return read.apply(name);
        } catch (FormatException e) {
            throw new StudioException(String.valueOf(e.getMessage()));
        }
    }
}
