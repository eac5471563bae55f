package cajal.studio;

import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.nn.Loss;
import cajal.nn.Specs;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.Tensor;
import cajal.train.SavedModel;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// A network that reads pictures of digits, at several moments of its training.
///
/// @param id what addresses call it
/// @param input the shape of one input
/// @param classes the names of its classes
/// @param meaning what its outputs mean
/// @param loss what it was trained to make small
/// @param moments the network by moment, the trained one last
record DigitNet(
        String id, Shape input, List<String> classes, Meaning meaning, Loss loss, SequencedMap<String, Block> moments) {
    static final String TRAINED = "trained";

    /// What a network's outputs mean.
    enum Meaning {
        /// Scores whose softmax are the classes' probabilities.
        SCORES,
        /// A probability for each class, by itself.
        PROBABILITIES,
        /// The logarithms of probabilities.
        LOG_PROBABILITIES;

        Tensor probabilities(Tensor outputs) {
            return switch (this) {
                case SCORES -> outputs.softmax(-1);
                case LOG_PROBABILITIES -> outputs.exp();
                case PROBABILITIES -> outputs.div(outputs.sumKeep(-1).maximum(Tensor.scalar(1e-12)));
            };
        }

        /// Whether the loss is the negative logarithm of the right answer's probability.
        boolean isLogarithmic() {
            return this != PROBABILITIES;
        }
    }

    /// A model of a run, with what the run kept of earlier moments.
    static DigitNet of(String id, SavedModel saved, SequencedMap<String, Block> moments) {
        Meaning meaning = switch (String.valueOf(saved.run().getOrDefault("outputs", "SCORES"))) {
            case "PROBABILITIES" -> Meaning.PROBABILITIES;
            case "LOG_PROBABILITIES" -> Meaning.LOG_PROBABILITIES;
            default -> Meaning.SCORES;
        };
        Loss loss = switch (meaning) {
            case SCORES -> Loss.crossEntropy();
            case LOG_PROBABILITIES -> Loss.nll();
            case PROBABILITIES -> Loss.quadratic().oneHot();
        };
        return new DigitNet(id, saved.inputShape(), saved.classes(), meaning, loss, moments);
    }

    /// The network at a moment.
    ///
    /// **Throws** [StudioException] if it was not kept.
    Block at(String moment) {
        Block net = moments.get(moment);
        if (net == null) {
            throw new StudioException("There is no network '" + moment + "'\n  rule: it is one of "
                    + String.join(", ", moments.keySet()));
        }
        return net;
    }

    /// A picture `(1, 28, 28)` as this network's input, one in a batch.
    Tensor input(Tensor picture) {
        return inputs(picture.unsqueeze(0));
    }

    /// Pictures `(B, 1, 28, 28)` as this network's inputs.
    Tensor inputs(Tensor pictures) {
        long[] dims = new long[input.rank() + 1];
        dims[0] = pictures.dim(0);
        System.arraycopy(input.dims(), 0, dims, 1, input.rank());
        return pictures.reshape(dims);
    }

    /// The classes' probabilities for outputs `(B, C)`.
    float[] probabilities(Tensor outputs) {
        try (var _ = Grad.off()) {
            return meaning.probabilities(outputs).toFloats();
        }
    }

    /// The class that the network finds likeliest.
    int answer(Block net, Tensor x) {
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            return (int) net.apply(x).at(0).argmax(0).item();
        }
    }

    /// The number of a class.
    ///
    /// **Throws** [StudioException] if there is no such class.
    int classOf(String name) {
        int at = classes.indexOf(name);
        if (at < 0) {
            throw new StudioException("'" + name + "' is no class\n  rule: it is one of " + String.join(", ", classes));
        }
        return at;
    }

    /// A network like `net`, with values of its own.
    static Block copy(Block net, Shape input) {
        Block copy = Specs.build(Specs.of(net, input));
        copy.load(Map.copyOf(net.tensors()));
        return copy;
    }
}
