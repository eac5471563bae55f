package cajal.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.DoubleFunction;

/// The optimisers by name, for command lines and files.
final class Optimizers {
    /// Constants that a description need not have.
    private static final List<String> OPTIONAL = List.of("maximize", "amsgrad", "dampening", "ema");
    private static final Map<String, Entry> NAMED = new LinkedHashMap<>();
    private static final Map<String, BiFunction<Double, Map<String, Object>, Optimizer>> MAKERS = new LinkedHashMap<>();

    static {
        add("sgd", 0.1, SGD::new, SGD::of);
        NAMED.put("momentum", new Entry(0.01, rate -> new SGD(rate).momentum(0.9)));
        NAMED.put(
                "nesterov", new Entry(0.01, rate -> new SGD(rate).momentum(0.9).nesterov()));
        add("adam", 0.001, Adam::new, (rate, c) -> new Adam(rate).with(c));
        add("adamw", 0.001, AdamW::new, (rate, c) -> new AdamW(rate).with(c));
        add("rmsprop", 0.01, RMSprop::new, RMSprop::of);
        add("adagrad", 0.01, Adagrad::new, Adagrad::of);
        add("adadelta", 1, Adadelta::new, Adadelta::of);
        add("adamax", 0.002, Adamax::new, Adamax::of);
        add("nadam", 0.002, NAdam::new, NAdam::of);
        add("radam", 0.001, RAdam::new, RAdam::of);
        NAMED.put("amsgrad", new Entry(0.001, rate -> new Adam(rate).amsgrad()));
        add("lion", 0.0001, Lion::new, Lion::of);
        add("rprop", 0.01, Rprop::new, Rprop::of);
        add("asgd", 0.01, ASGD::new, ASGD::of);
        add("lamb", 0.001, LAMB::new, LAMB::of);
        add("lars", 1, LARS::new, LARS::of);
        add("adafactor", 0.01, Adafactor::new, Adafactor::of);
        add("muon", 0.02, Muon::new, Muon::of);
        add("schedulefree", 0.0025, ScheduleFree::new, ScheduleFree::of);
        add("lbfgs", 1, LBFGS::new, LBFGS::of);
    }

    /// @param usual the learning rate from which one usually starts
    /// @param maker the optimiser with its usual constants and a rate
    private record Entry(double usual, DoubleFunction<Optimizer> maker) {}

    private Optimizers() {}

    private static void add(
            String name,
            double usual,
            DoubleFunction<Optimizer> maker,
            BiFunction<Double, Map<String, Object>, Optimizer> reader) {
        NAMED.put(name, new Entry(usual, maker));
        MAKERS.put(name, reader);
    }

    static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    static Optimizer named(String text) {
        String[] words = text.strip().split(":", -1);
        Entry e = entry(words[0]);
        return with(e.maker.apply(e.usual), text, words);
    }

    static Optimizer named(String text, double rate) {
        String[] words = text.strip().split(":", -1);
        return with(entry(words[0]).maker.apply(rate), text, words);
    }

    private static Entry entry(String name) {
        Entry e = NAMED.get(name.toLowerCase(Locale.ROOT));
        if (e == null) {
            throw Names.unknown("optimiser", name, NAMED.keySet());
        }
        return e;
    }

    /// The optimiser with the constants that follow its name in a text.
    private static Optimizer with(Optimizer usual, String text, String[] words) {
        if (words.length == 1) {
            return usual;
        }
        Map<String, Object> all = usual.describe();
        for (int i = 1; i < words.length; i++) {
            int at = words[i].indexOf('=');
            String key = (at < 0 ? words[i] : words[i].substring(0, at)).strip();
            String value = at < 0 ? "true" : words[i].substring(at + 1).strip();
            if (key.equals("name") || !OPTIONAL.contains(key) && !all.containsKey(key)) {
                List<String> known = new java.util.ArrayList<>(all.keySet());
                known.remove("name");
                known.addAll(OPTIONAL);
                throw Names.unknown("constant of " + usual.name(), key, known);
            }
            all.put(key, value(text, key, value));
        }
        return from(all);
    }

    private static Object value(String text, String key, String value) {
        if (value.equals("true") || value.equals("false")) {
            return Boolean.valueOf(value);
        }
        try {
            return Double.valueOf(value);
        } catch (NumberFormatException _) {
            throw new IllegalArgumentException(
                    "The optimiser '" + text + "' cannot be read: " + key + " is '" + value
                            + "'\n  rule: it is written NAME[:CONSTANT=VALUE...], as in adamw:weightDecay=0.1:beta2=0.95 or sgd:momentum=0.9:nesterov");
        }
    }

    static Optimizer from(Map<String, Object> description) {
        return plain(description).withOptions(description);
    }

    /// The optimiser without what [Optimizer#withOptions] reads.
    static Optimizer plain(Map<String, Object> description) {
        String name = String.valueOf(description.get("name"));
        var maker = MAKERS.get(name);
        if (maker == null) {
            throw Names.unknown("optimiser", name, MAKERS.keySet());
        }
        return maker.apply(Options.real(description, "rate"), description);
    }
}
