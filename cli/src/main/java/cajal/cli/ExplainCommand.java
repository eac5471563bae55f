package cajal.cli;

import cajal.data.Batch;
import cajal.data.Dataset;
import cajal.nn.Loss;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cajal explain`: one picture through a network and its error back, in slow motion.
@Command(
        name = "explain",
        header = "Watch a picture go through a network, and the error flow back.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "cajal explain [DIGIT|FILE|mnist:INDEX|test:INDEX] [OPTION…]%n",
        footer = {
            "",
            "Forward: what each layer makes of the picture, which neurons fire, the probability of each class.",
            "Backward: the loss, the chain rule layer by layer, one update, and the same picture again. At the end the",
            "same picture in the network before training, after one epoch, and trained.",
            "",
            "Examples:",
            "  ./cajal explain 7                                  a seven from the test digits",
            "  ./cajal explain seven.png --label 7 --pause 2",
            "  ./cajal explain mnist:0 --data-dir DIR             the first test picture of MNIST"
        })
final class ExplainCommand implements Callable<Integer> {
    private static final int TRIES = 2_000;

    @Parameters(
            paramLabel = "WHAT",
            arity = "0..1",
            description =
                    "a class as in 7 (default), a picture, mnist:INDEX, or test:INDEX for the model's own test data")
    private String what = "7";

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "A model file or a run's folder (default: the newest in runs/; without one, a small network is trained first).")
    private Optional<String> chosen = Optional.empty();

    @Option(
            names = "--label",
            paramLabel = "CLASS",
            description = "The right answer for a FILE (default: what the network says).")
    private Optional<String> label = Optional.empty();

    @Option(
            names = "--rate",
            paramLabel = "R",
            description = "The learning rate of the update that is shown (default: 0.1).")
    private double rate = 0.1;

    @Option(
            names = "--pause",
            paramLabel = "SECONDS",
            description = "How long to wait between the parts (default: 1 on a terminal, else 0).")
    private Optional<Double> pause = Optional.empty();

    @Mixin
    private final DataOptions from = new DataOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Mixin
    final HelpOptions help = new HelpOptions();

    private final Shell shell;

    ExplainCommand(Shell shell) {
        this.shell = shell;
    }

    /// An input and the right answer.
    ///
    /// @param input with the batch axis
    /// @param label the number of the class; negative if nobody said it
    /// @param where it comes from, for a person
    private record Example(Tensor input, long label, String where) {}

    @Override
    public Integer call() throws InterruptedException {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw Mistake.of("--rate " + rate, "a number above 0", "--rate 0.1");
        }
        double seconds = pause.orElse(shell.terminal() && !output.json ? 1.0 : 0.0);
        if (!(seconds >= 0 && seconds <= 3600)) {
            throw Mistake.of("--pause " + seconds, "seconds, from 0 to 3600", "--pause 1");
        }
        Stages stages = stages();
        TrainedModel model = stages.trained();
        model.requireNoText(shell, "pictures and rows are explained");
        if (!model.isClassifier()) {
            throw Mistake.of(
                    "the model " + shell.shown(model.path()) + " predicts values",
                    "classes are explained",
                    "--model with one that tells classes apart");
        }
        Example example = example(model);
        Loss loss = Outputs.loss(lossName(model), true);
        long answer = label.map(l -> classOf(model, l)).orElse(example.label);
        boolean assumed = answer < 0;
        if (assumed) {
            answer = (long) model.answers(example.input).argmax(-1).item();
        }
        Explanation explanation = new Explanation(shell, stages, loss, example.input, answer, rate);
        if (output.json) {
            Map<String, Object> values = new LinkedHashMap<>();
            values.put("what", example.where);
            values.putAll(explanation.json());
            output.json(shell, values);
            return 0;
        }
        String title = example.where + ", network " + Explanation.chain(model.net())
                + (stages.where().isEmpty() ? "" : " from " + stages.where());
        for (String part : explanation.parts(title, assumed)) {
            shell.out().println(part);
            shell.out().println();
            shell.out().flush();
            Thread.sleep((long) (1000 * seconds));
        }
        return 0;
    }

    private Stages stages() {
        if (chosen.isPresent()) {
            shell.host().readyKernels();
            return Stages.of(shell, TrainedModel.open(shell, chosen.get()));
        }
        shell.host().readyKernels();
        Optional<TrainedModel> newest = TrainedModel.newest(shell, this::fits);
        if (newest.isPresent()) {
            return Stages.of(shell, newest.get());
        }
        output.say(
                shell,
                "There is no network for this in runs/ yet: a small one is trained for this (./cajal train makes a better one) ...");
        shell.host().fastKernels();
        return Stages.quick();
    }

    /// Whether a model can be asked about what was named.
    private boolean fits(TrainedModel model) {
        return model.isClassifier()
                && (what.startsWith("test:")
                        || model.classes().contains(what)
                        || !what.matches("[0-9]+") && model.isPictures())
                && (!what.matches("[0-9]") || model.isPictures());
    }

    private static String lossName(TrainedModel model) {
        return model.settings().get("loss") instanceof String s ? s : "cross-entropy";
    }

    private long classOf(TrainedModel model, String name) {
        int at = model.classes().indexOf(name);
        if (at < 0) {
            throw Near.unknown("class", name, model.classes());
        }
        return at;
    }

    private Example example(TrainedModel model) {
        if (what.startsWith("mnist:")) {
            DataOptions mnist = from;
            Dataset test = Sources.forModel(shell, output, model, "mnist", mnist);
            return numbered(test, what.substring("mnist:".length()), "test picture", "mnist");
        }
        if (what.startsWith("test:")) {
            return numbered(test(model), what.substring("test:".length()), "test sample", "the model's own data");
        }
        if (model.classes().contains(what)) {
            return firstOf(model, model.classes().indexOf(what));
        }
        if (java.nio.file.Files.isRegularFile(shell.path(what))) {
            Tensor input = Inputs.read(shell, model, what);
            return new Example(input.slice(0, 0, 1), -1, what);
        }
        throw Mistake.of(
                "'" + what + "' is neither a class of the model nor a file",
                "a class ("
                        + String.join(
                                ", ",
                                model.classes()
                                        .subList(0, Math.min(10, model.classes().size())))
                        + "), a picture, mnist:INDEX or test:INDEX",
                "./cajal explain " + model.classes().getLast());
    }

    private Dataset test(TrainedModel model) {
        return model.settings().isEmpty()
                ? Sources.material(shell, output, "digits", from, 0).test()
                : Sources.forModel(shell, output, model, "", from);
    }

    private static Example numbered(Dataset data, String number, String kind, String name) {
        if (!number.matches("\\d{1,9}") || Long.parseLong(number) >= data.size()) {
            throw Mistake.of(
                    "there is no " + kind + " '" + number + "' in " + name,
                    "a number from 0 to " + (data.size() - 1),
                    "");
        }
        Batch b = data.batch(Long.parseLong(number));
        return new Example(b.inputs(), b.targets().toLongs()[0], kind + " " + number + " of " + name);
    }

    /// The first test sample of a class that the network reads right, or simply the first.
    private Example firstOf(TrainedModel model, long wanted) {
        Dataset test = test(model);
        List<Long> candidates = new ArrayList<>();
        for (long i = 0; i < Math.min(TRIES, test.size()) && candidates.size() < 5; i++) {
            Batch b = test.batch(i);
            if (b.targets().toLongs()[0] == wanted) {
                candidates.add(i);
                if ((long) model.answers(b.inputs()).argmax(-1).item() == wanted) {
                    return new Example(
                            b.inputs(),
                            wanted,
                            "test sample " + i + ", a '" + model.classes().get((int) wanted) + "'");
                }
            }
        }
        if (candidates.isEmpty()) {
            throw Mistake.of("the test data hold no '" + model.classes().get((int) wanted) + "'", "", "name a picture");
        }
        Batch b = test.batch(candidates.getFirst());
        return new Example(
                b.inputs(),
                wanted,
                "test sample " + candidates.getFirst() + ", a '"
                        + model.classes().get((int) wanted) + "'");
    }
}
