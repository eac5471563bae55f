package cajal.cli;

import cajal.data.Tokenizer;
import cajal.format.FormatException;
import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.Tensor;
import cajal.train.SavedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/// A model file that a command uses.
///
/// @param path where it lies
/// @param saved what it holds
record TrainedModel(Path path, SavedModel saved) {
    private static final int AT_ONCE = 1024;

    /// The model in a file, or in a run's folder.
    ///
    /// **Throws** [Mistake] if there is none.
    static TrainedModel open(Shell shell, String written) {
        Path path = shell.path(written);
        Path file = Files.isDirectory(path) ? new RunFolder(path).model() : path;
        if (!Files.isRegularFile(file)) {
            throw Mistake.of(
                    Files.isDirectory(path)
                            ? "there is no model.safetensors in '" + written + "'"
                            : "there is no file '" + written + "'",
                    "a model is a file that `cajal train` wrote, or the folder of a run",
                    RunFolder.newestModel(shell)
                            .map(m -> "the newest one is " + shell.shown(m))
                            .orElse("./cajal train makes one"));
        }
        return new TrainedModel(file, SavedModel.read(file));
    }

    /// The model that was trained last in the shell's `runs`.
    static TrainedModel newest(Shell shell) {
        Path file = RunFolder.newestModel(shell)
                .orElseThrow(() -> Mistake.of(
                        "there is no model in runs/",
                        "without a MODEL, the newest one in runs/ is used",
                        "./cajal train makes one"));
        return new TrainedModel(file, SavedModel.read(file));
    }

    /// The model that was trained last among those in the shell's `runs` that fit; files that are no models
    /// are passed over.
    static Optional<TrainedModel> newest(Shell shell, Predicate<TrainedModel> fits) {
        for (Path file : RunFolder.models(shell)) {
            try {
                TrainedModel model = new TrainedModel(file, SavedModel.read(file));
                if (fits.test(model)) {
                    return Optional.of(model);
                }
            } catch (FormatException | IllegalArgumentException e) {
                continue; // a damaged file: `cajal info` says what is wrong with it
            }
        }
        return Optional.empty();
    }

    /// Whether a word on the command line means a model.
    static boolean isMeant(Shell shell, String word) {
        return word.endsWith(".safetensors") || Files.isDirectory(shell.path(word));
    }

    Block net() {
        return saved.net();
    }

    Shape inputShape() {
        return saved.inputShape();
    }

    List<String> classes() {
        return saved.classes();
    }

    boolean isClassifier() {
        return !classes().isEmpty();
    }

    /// Whether inputs are pictures.
    boolean isPictures() {
        return inputShape().rank() >= 2;
    }

    /// Whether it continues texts.
    boolean isText() {
        return Text.KIND.equals(saved.input().get("kind"));
    }

    /// What cuts texts into its inputs.
    ///
    /// **Throws** [Mistake] for a model that reads no texts.
    @SuppressWarnings("unchecked")
    Tokenizer tokenizer(Shell shell) {
        if (isText() && saved.input().get("tokenizer") instanceof Map<?, ?> m) {
            return Tokenizer.of((Map<String, ?>) m);
        }
        throw Mistake.of(
                "the model " + shell.shown(path) + " continues no texts: its inputs have the shape " + inputShape(),
                "a model that was trained on a text is needed",
                "./cajal train FILE.txt makes one");
    }

    /// Refuses a model of texts for a command that shows something else.
    TrainedModel requireNoText(Shell shell, String what) {
        if (isText()) {
            throw Mistake.of(
                    "the model " + shell.shown(path) + " continues texts; " + what,
                    "`cajal generate` lets it write, `cajal eval` measures it, `cajal info` shows what is in it",
                    "./cajal generate " + shell.shown(path));
        }
        return this;
    }

    /// Whether inputs are pictures in colour, each channel standardised.
    boolean isColoured() {
        return inputShape().rank() == 3 && Coloured.isRead(saved.input());
    }

    /// An input as a picture of values in 0..1, to be shown.
    Tensor picture(Tensor input) {
        return isColoured() ? Coloured.shown(input, saved.input()) : input;
    }

    /// What the outputs mean.
    Outputs meaning() {
        Object name = saved.run().getOrDefault("outputs", isClassifier() ? "SCORES" : "VALUES");
        for (Outputs meaning : Outputs.values()) {
            if (meaning.name().equals(name)) {
                return meaning;
            }
        }
        throw Mistake.of(
                path + " says that its outputs are '" + name + "'",
                "they are one of " + List.of(Outputs.values()),
                "train it again");
    }

    /// The network's outputs for inputs `(B, …)`, in inference behaviour, some at a time.
    Tensor outputs(Tensor inputs) {
        List<Tensor> parts = new ArrayList<>();
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            for (long at = 0; at < inputs.dim(0); at += AT_ONCE) {
                parts.add(net().apply(inputs.slice(0, at, Math.min(inputs.dim(0), at + AT_ONCE))));
            }
            return parts.size() == 1 ? parts.getFirst() : Tensor.concat(0, parts.toArray(Tensor[]::new));
        }
    }

    /// What it answers for inputs `(B, …)`: probabilities of the classes, or values in the units of the data.
    Tensor answers(Tensor inputs) {
        try (var _ = Grad.off()) {
            Tensor out = meaning().probabilities(outputs(inputs));
            return isClassifier() ? out : out.mul(number("targetScale", 1)).add(number("targetMean", 0));
        }
    }

    /// A value that the network was trained to predict, in the units of the data.
    double inUnits(double target) {
        return target * number("targetScale", 1) + number("targetMean", 0);
    }

    private double number(String name, double otherwise) {
        return saved.run().get(name) instanceof Number n ? n.doubleValue() : otherwise;
    }

    /// The settings of the run that trained it; empty if it was not trained by `cajal train`.
    @SuppressWarnings("unchecked")
    Map<String, Object> settings() {
        return saved.run().get("settings") instanceof Map<?, ?> m ? (Map<String, Object>) m : Map.of();
    }

    /// Refuses data of another shape or other classes.
    void requireFit(Material material) {
        if (!material.train().inputShape().equals(inputShape())) {
            throw Mistake.of(
                    "the model " + path + " and the data '" + material.name()
                            + "' do not fit: the model reads inputs of shape " + inputShape() + ", the data have "
                            + material.train().inputShape(),
                    "both have the same shape",
                    trainedOn());
        }
        if (isClassifier() != material.isClasses()
                || isClassifier()
                        && classes().size() != material.train().classes().size()) {
            throw Mistake.of(
                    "the model " + path + " and the data '" + material.name() + "' do not fit: the model knows "
                            + described(classes()) + ", the data have "
                            + described(material.train().classes()),
                    "both have the same classes",
                    trainedOn());
        }
    }

    private static String described(List<String> classes) {
        return classes.isEmpty()
                ? "no classes but values"
                : classes.size() + " classes (" + String.join(", ", classes.subList(0, Math.min(4, classes.size())))
                        + (classes.size() > 4 ? ", …" : "") + ")";
    }

    private String trainedOn() {
        return settings().get("data") instanceof String data ? "it was trained on " + data : "";
    }
}
