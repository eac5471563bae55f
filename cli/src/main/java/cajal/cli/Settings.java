package cajal.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Everything that decides what a training run computes, every default settled: what `run.json` holds, so that
/// the run can go on later without any option.
///
/// @param data the name of the data set, or the path of a CSV file
/// @param folder where its files lie; empty for the cache
/// @param target the column to be predicted; empty for the last
/// @param missing what is done about cells without a value
/// @param limit the most training samples that are used
/// @param model a name, or sizes
/// @param activation between the layers
/// @param init initial weights; empty for PyTorch's
/// @param dropout the share of hidden neurons left out
/// @param loss the loss by name
/// @param optimizer the optimiser by name
/// @param rate the learning rate; 0 for the optimiser's usual one
/// @param momentum for optimisers that have one; negative for the optimiser's usual one
/// @param weightDecay negative for the optimiser's usual one
/// @param clip the largest norm of all gradients; 0 for no limit
/// @param schedule how the rate changes
/// @param epochs passes over the data
/// @param epochSteps for a text, of which windows are drawn without end: the updates of an epoch; else 0
/// @param batch samples a step; 0 for all
/// @param seed of everything random
/// @param validation the share kept for validation
/// @param patience epochs without improvement after which the run ends; 0 for never
/// @param augment whether training pictures are changed at random
record Settings(
        String data,
        String folder,
        String target,
        String missing,
        long limit,
        String model,
        String activation,
        String init,
        double dropout,
        String loss,
        String optimizer,
        double rate,
        double momentum,
        double weightDecay,
        double clip,
        String schedule,
        int epochs,
        long epochSteps,
        long batch,
        long seed,
        double validation,
        int patience,
        boolean augment) {

    /// What a person chose, and for the rest what usually works with this kind of data.
    static Settings of(String data, DataOptions from, NetOptions net, FitOptions fit, Material material) {
        Usual usual = Usual.of(material, net.model);
        double validation = fit.validation.orElse(usual.validation());
        require("--val", validation, validation >= 0 && validation < 1, "a share of at least 0 and below 1, as in 0.1");
        double dropout = net.dropout.orElse(0.0);
        require("--dropout", dropout, dropout >= 0 && dropout < 1, "a share of at least 0 and below 1, as in 0.2");
        fit.epochs.ifPresent(n -> require("--epochs", n, n >= 1, "at least 1"));
        Rounds rounds = material.isText() ? Rounds.of(fit) : new Rounds(fit.epochs.orElse(usual.epochs()), 0);
        if (material.isText()) {
            Text.check(from, net, fit, validation);
        } else if (net.model.filter(CharacterGpt::isMeant).isPresent()) {
            throw Mistake.of(
                    "--model " + CharacterGpt.NAME + " with the data '" + material.name() + "'",
                    CharacterGpt.NAME + " continues texts",
                    "./cajal train FILE.txt");
        } else if (fit.steps.isPresent()) {
            throw Mistake.of(
                    "--steps with the data '" + material.name() + "'",
                    "texts are drawn from without end; other data are gone through in --epochs",
                    "--epochs " + usual.epochs());
        }
        double rate = rate(fit.rate, fit.optimizer, usual);
        int patience = fit.earlyStop.orElse(0);
        require("--early-stop", patience, fit.earlyStop.isEmpty() || patience >= 1, "at least 1 epoch");
        double clip = fit.clip.orElse(usual.clip());
        require("--clip", clip, fit.clip.isEmpty() || clip > 0 && Double.isFinite(clip), "a number above 0");
        if (patience > 0 && validation == 0) {
            throw Mistake.of(
                    "--early-stop " + patience + " with --val 0",
                    "it is the validation loss that says when to stop",
                    "leave out --val, or write --val 0.1");
        }
        return new Settings(
                data,
                from.folder.orElse(""),
                from.target.orElse(""),
                from.missing.orElse("refuse"),
                from.limit.orElse(Long.MAX_VALUE),
                net.model.orElse(usual.model()),
                net.activation.orElse("relu"),
                net.init.orElse(""),
                dropout,
                fit.loss.orElse(material.isClasses() || material.isText() ? "cross-entropy" : "mse"),
                fit.optimizer.orElse(usual.optimizer()),
                rate,
                chosen("--momentum", fit.momentum),
                chosen("--weight-decay", fit.weightDecay),
                clip,
                fit.schedule.orElse(material.isText() ? rounds.schedule(rate) : usual.schedule()),
                rounds.epochs,
                rounds.steps,
                fit.batch.map(Settings::batch).orElse(usual.batch()),
                fit.seed.orElse(42L),
                validation,
                patience,
                augment(fit.augment, material));
    }

    /// How many epochs of how many steps a text is trained for.
    private record Rounds(int epochs, long steps) {
        private static final long MOST = 250;

        static Rounds of(FitOptions fit) {
            long all = fit.steps.orElse(Usual.STEPS);
            require("--steps", all, all >= 1, "at least 1");
            long least = Math.ceilDiv(all, MOST);
            long epochs = fit.epochs.map(Integer::longValue).orElse(least);
            while (fit.epochs.isEmpty() && all % epochs != 0 && epochs < 4 * least) {
                epochs++;
            }
            require(
                    "--steps",
                    all + (fit.epochs.isPresent() ? " with --epochs " + epochs : ""),
                    all % epochs == 0,
                    "the epochs are equally long, without --epochs at most " + MOST + " steps",
                    "--steps " + Math.ceilDiv(all, epochs) * epochs);
            return new Rounds(Math.toIntExact(epochs), all / epochs);
        }

        /// A line up, then half a cosine wave down to a tenth.
        String schedule(double rate) {
            long all = epochs * steps;
            return "warmup:" + Math.clamp(all / 20, 1, 100) + ":cosine" + (rate == 0 ? "" : ":" + rate / 10);
        }
    }

    private static boolean augment(boolean wanted, Material material) {
        if (wanted && material.train().inputShape().rank() != 3) {
            throw Mistake.of(
                    "--augment with " + material.name(),
                    "pictures (C, H, W) are changed at random, and one input is "
                            + material.train().inputShape(),
                    "leave it out");
        }
        return wanted;
    }

    /// The rate that usually works with the usual optimiser; 0 stands for what is usual for another one.
    private static double rate(Optional<Double> chosen, Optional<String> optimizer, Usual usual) {
        chosen.ifPresent(r -> {
            String fix = r < 0 && Double.isFinite(r)
                    ? "the update already goes against the gradient, so write --lr " + number(-r)
                    : "";
            require("--lr", r, r > 0 && Double.isFinite(r), "a finite number above 0", fix);
        });
        boolean own = optimizer
                .map(o -> o.strip().equalsIgnoreCase(usual.optimizer()))
                .orElse(true);
        return chosen.orElse(own ? usual.rate() : 0);
    }

    private static String number(double x) {
        return x == Math.rint(x) && Math.abs(x) < 1e9 ? Long.toString((long) x) : Double.toString(x);
    }

    private static double chosen(String option, Optional<Double> value) {
        value.ifPresent(v -> require(option, v, v >= 0 && Double.isFinite(v), "a finite number of at least 0"));
        return value.orElse(-1.0);
    }

    private static long batch(String text) {
        if (text.equalsIgnoreCase("all")) {
            return 0;
        }
        try {
            long n = Long.parseLong(text);
            if (n >= 1) {
                return n;
            }
        } catch (NumberFormatException notANumber) {
            // explained below, like a number that is too small
        }
        throw Mistake.of("--batch is '" + text + "'", "a number of samples of at least 1, or all", "");
    }

    private static void require(String option, Object value, boolean holds, String rule) {
        require(option, value, holds, rule, "");
    }

    private static void require(String option, Object value, boolean holds, String rule, String fix) {
        if (!holds) {
            throw Mistake.of(option + " is " + value, rule, fix);
        }
    }

    /// With another number of epochs, for a run that goes on for longer.
    Settings withEpochs(int more) {
        Map<String, Object> map = toMap();
        map.put("epochs", (long) more);
        return fromMap(map);
    }

    /// As data for `run.json`.
    Map<String, Object> toMap() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("data", data);
        m.put("folder", folder);
        m.put("target", target);
        m.put("missing", missing);
        m.put("limit", limit);
        m.put("model", model);
        m.put("activation", activation);
        m.put("init", init);
        m.put("dropout", dropout);
        m.put("loss", loss);
        m.put("optimizer", optimizer);
        m.put("rate", rate);
        m.put("momentum", momentum);
        m.put("weightDecay", weightDecay);
        m.put("clip", clip);
        m.put("schedule", schedule);
        m.put("epochs", (long) epochs);
        m.put("epochSteps", epochSteps);
        m.put("batch", batch);
        m.put("seed", seed);
        m.put("validation", validation);
        m.put("patience", (long) patience);
        m.put("augment", augment);
        return m;
    }

    /// What [#toMap()] wrote.
    ///
    /// **Throws** [Mistake] if something is missing or of another kind.
    static Settings fromMap(Map<String, Object> m) {
        return new Settings(
                text(m, "data"),
                text(m, "folder"),
                text(m, "target"),
                text(m, "missing"),
                whole(m, "limit"),
                text(m, "model"),
                text(m, "activation"),
                text(m, "init"),
                real(m, "dropout"),
                text(m, "loss"),
                text(m, "optimizer"),
                real(m, "rate"),
                real(m, "momentum"),
                real(m, "weightDecay"),
                real(m, "clip"),
                text(m, "schedule"),
                (int) whole(m, "epochs"),
                m.containsKey("epochSteps") ? whole(m, "epochSteps") : 0, // runs before 0.2 knew no texts
                whole(m, "batch"),
                whole(m, "seed"),
                real(m, "validation"),
                (int) whole(m, "patience"),
                Boolean.TRUE.equals(m.get("augment")));
    }

    private static String text(Map<String, Object> m, String name) {
        if (m.get(name) instanceof String s) {
            return s;
        }
        throw missing(name, "a text");
    }

    private static long whole(Map<String, Object> m, String name) {
        if (m.get(name) instanceof Number n) {
            return n.longValue();
        }
        throw missing(name, "a number");
    }

    private static double real(Map<String, Object> m, String name) {
        if (m.get(name) instanceof Number n) {
            return n.doubleValue();
        }
        throw missing(name, "a number");
    }

    private static Mistake missing(String name, String kind) {
        return Mistake.of(
                "the settings in run.json lack '" + name + "'", "it is " + kind + ", written by `cajal train`", "");
    }
}
