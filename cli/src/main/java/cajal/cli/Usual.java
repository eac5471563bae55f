package cajal.cli;

import java.util.Locale;
import java.util.Optional;

/// What usually works with a kind of data, or was published with a network, for whatever a person left open.
///
/// @param model the network
/// @param epochs passes over the data
/// @param batch samples a step
/// @param rate its learning rate
/// @param schedule how it changes
/// @param validation the share of the training samples that is kept for validation
/// @param optimizer the optimiser
/// @param clip the largest norm of all gradients; 0 for no limit
record Usual(
        String model,
        int epochs,
        long batch,
        double rate,
        String schedule,
        double validation,
        String optimizer,
        double clip) {
    /// For texts: the updates.
    static final long STEPS = 2_000;
    private static final long SMALL = 5_000;
    private static final long ENDLESS = 100_000;

    private Usual(String model, int epochs, long batch, double rate, String schedule, double validation) {
        this(model, epochs, batch, rate, schedule, validation, "adam", 0);
    }

    /// @param model the network that was chosen, if one was
    static Usual of(Material material, Optional<String> model) {
        if (material.isText()) { // nanoGPT's for a processor without help; the schedule depends on the steps
            return new Usual(CharacterGpt.NAME, 8, 12, 1e-3, "", 0.1, "adamw:beta2=0.99:weightDecay=0.1", 1);
        }
        long samples = material.train().size();
        double validation = samples >= ENDLESS ? 0.02 : 0.1;
        return model.flatMap(m -> published(m.strip().toLowerCase(Locale.ROOT), samples, validation))
                .orElseGet(() -> of(material, samples, validation));
    }

    private static Usual of(Material material, long samples, double validation) {
        if (material.isPictures()) {
            return samples >= ENDLESS
                    ? new Usual(sizes(material, 256), 4, 128, 3e-3, "cosine", validation)
                    : new Usual("mlp", 5, 64, 3e-3, "cosine", validation);
        }
        return samples < SMALL
                ? new Usual("mlp", 60, 16, 5e-3, "cosine", 0.1) // about 2,000 to 20,000 steps
                : new Usual("mlp", 10, 64, 2e-3, "cosine", 0.1);
    }

    /// What a network was published with; where there is no end of samples, fewer passes over them.
    private static Optional<Usual> published(String model, long samples, double validation) {
        Usual usual = switch (model) {
            case "cnn" -> new Usual(model, 14, 64, 1, "step:1:0.7", validation, "adadelta", 0);
            case "keras-cnn" -> new Usual(model, 15, 128, 1e-3, "constant", validation);
            case "lenet" -> new Usual(model, 10, 64, 2e-3, "cosine", validation);
            case "resnet20" ->
                new Usual(
                        model,
                        164, // 64,000 steps with the 50,000 pictures of CIFAR-10
                        128,
                        0.1,
                        "multistep:0.1:82:123",
                        validation,
                        "sgd:momentum=0.9:weightDecay=0.0001",
                        0);
            default -> new Usual("", 0, 0, 0, "", 0);
        };
        return Optional.of(usual).filter(u -> !u.model.isEmpty()).map(u -> samples < ENDLESS ? u : u.passes(3));
    }

    private Usual passes(int few) {
        String falling = schedule.startsWith("step") ? schedule : "cosine";
        return new Usual(model, few, batch, rate, falling, validation, optimizer, clip);
    }

    private static String sizes(Material material, int hidden) {
        return material.train().inputShape().size() + "-" + hidden + "-" + material.outputs();
    }
}
