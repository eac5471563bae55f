package cajal.cli;

import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.Dropout;
import cajal.nn.Flatten;
import cajal.nn.Init;
import cajal.nn.Linear;
import cajal.nn.Sequential;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// The networks that `--model` can name. A further one is a line in the table; what continues texts is
/// [CharacterGpt].
final class Architectures {
    private static final Map<String, Function<Plan, Sequential>> NAMED = new LinkedHashMap<>();

    static {
        NAMED.put("mlp", Architectures::mlp);
        NAMED.put("linear", plan -> layers(plan, List.of()));
        NAMED.put("lenet", Convolutional::lenet);
        NAMED.put("cnn", Convolutional::torch);
        NAMED.put("keras-cnn", Convolutional::keras);
        NAMED.put("resnet20", Convolutional::resnet20);
    }

    /// What a network is to be.
    ///
    /// @param data the name of the data, for messages
    /// @param input the shape of one input
    /// @param outputs the number of classes, or of values
    /// @param meaning what the outputs mean
    /// @param settings what was chosen
    record Plan(String data, Shape input, long outputs, Outputs meaning, Settings settings) {}

    private Architectures() {}

    /// The names of the table.
    static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    /// The network of a plan, without values.
    ///
    /// **Throws** [Mistake] for an unknown name, and for sizes that do not fit the data.
    static Sequential build(Plan plan) {
        String model = plan.settings.model().strip();
        if (!model.isEmpty() && Character.isDigit(model.charAt(0))) {
            return layers(plan, hidden(plan, model));
        }
        if (CharacterGpt.isMeant(model)) {
            return CharacterGpt.of(model).build(plan.outputs, plan.settings.dropout());
        }
        Function<Plan, Sequential> maker = NAMED.get(model.toLowerCase(java.util.Locale.ROOT));
        if (maker == null) {
            throw Mistake.of(
                    "--model: there is no network '" + model + "'",
                    "it is one of " + String.join(", ", names()) + ", or sizes as in " + sizes(plan, List.of(128L)),
                    Near.to(model, names())
                            .map(n -> "did you mean '" + n + "'?")
                            .orElse(""));
        }
        return maker.apply(plan);
    }

    /// The sizes between the first and the last, which must be the data's.
    private static List<Long> hidden(Plan plan, String model) {
        List<Long> all = new ArrayList<>();
        for (String size : model.split("-", -1)) {
            if (!size.matches("[1-9][0-9]{0,8}")) {
                throw Mistake.of(
                        "--model " + model + ": '" + size + "' is no size",
                        "numbers of at least 1 with - between, as in " + sizes(plan, List.of(128L)),
                        "");
            }
            all.add(Long.parseLong(size));
        }
        List<Long> hidden = all.size() > 2 ? all.subList(1, all.size() - 1) : List.of();
        if (all.size() < 2 || all.getFirst() != plan.input.size() || all.getLast() != plan.outputs) {
            throw Mistake.of(
                    "--model " + model + " does not fit " + plan.data,
                    "the first size is the input's, " + product(plan.input) + "; the last is the number of "
                            + outputs(plan),
                    "--model " + sizes(plan, all.size() < 2 ? all : hidden));
        }
        return hidden;
    }

    private static String outputs(Plan plan) {
        return (plan.meaning == Outputs.VALUES ? "values" : "classes") + ", " + plan.outputs;
    }

    private static String product(Shape input) {
        String factors = Arrays.stream(input.dims()).mapToObj(Long::toString).collect(Collectors.joining("·"));
        return input.rank() < 2 ? Long.toString(input.size()) : factors + " = " + input.size();
    }

    private static String sizes(Plan plan, List<Long> hidden) {
        LongStream all = LongStream.concat(
                LongStream.concat(
                        LongStream.of(plan.input.size()), hidden.stream().mapToLong(h -> h)),
                LongStream.of(plan.outputs));
        return all.mapToObj(Long::toString).collect(Collectors.joining("-"));
    }

    /// One hidden layer; its width is a power of two between 16 and 128 that is not below the input's.
    private static Sequential mlp(Plan plan) {
        long width = 16;
        while (width < 128 && width < 2 * plan.input.size()) {
            width *= 2;
        }
        return layers(plan, List.of(width));
    }

    private static Sequential layers(Plan plan, List<Long> hidden) {
        Settings s = plan.settings;
        Sequential net = plan.input.rank() == 1 ? new Sequential() : Sequential.of(new Flatten());
        long in = plan.input.size();
        for (long out : hidden) {
            net.then(linear(in, out, s))
                    .then(Mistake.ifRefused("--activation", () -> Activation.named(s.activation())));
            if (s.dropout() > 0) {
                net.then(new Dropout(s.dropout()));
            }
            in = out;
        }
        net.then(linear(in, plan.outputs, s));
        plan.meaning.layer().ifPresent(net::then);
        return net;
    }

    private static Linear linear(long in, long out, Settings s) {
        Linear linear = new Linear(in, out);
        return s.init().isEmpty() ? linear : linear.init(Mistake.ifRefused("--init", () -> Init.named(s.init())));
    }
}
