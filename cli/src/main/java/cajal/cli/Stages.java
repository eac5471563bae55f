package cajal.cli;

import cajal.data.Digits;
import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.Sequential;
import cajal.nn.Specs;
import cajal.train.Adam;
import cajal.train.Epoch;
import cajal.train.Run;
import cajal.train.SavedModel;
import cajal.train.Trainer;
import cajal.train.Watcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// One network at several moments of its training.
///
/// @param trained the network at the end
/// @param before the earlier ones by name, in order of time
/// @param where the folder or file that they come from; empty if they were trained just now
record Stages(TrainedModel trained, Map<String, Block> before, String where) {
    /// What the moments are called, and the files that a run keeps of them.
    static final Map<String, String> KEPT = kept();

    private static final int QUICK_SAMPLES = 6_000;
    private static final int QUICK_EPOCHS = 3;
    private static final long QUICK_SEED = 7;

    private static Map<String, String> kept() {
        Map<String, String> kept = new LinkedHashMap<>();
        kept.put("untrained", "untrained.safetensors");
        kept.put("after 1 epoch", "epoch-1.safetensors");
        return kept;
    }

    /// A model, and beside it what its run kept of earlier moments.
    static Stages of(Shell shell, TrainedModel model) {
        Map<String, Block> before = new LinkedHashMap<>();
        Path folder =
                java.util.Objects.requireNonNull(model.path().toAbsolutePath().getParent());
        KEPT.forEach((name, file) -> {
            if (Files.isRegularFile(folder.resolve(file))) {
                before.put(name, SavedModel.read(folder.resolve(file)).net());
            }
        });
        return new Stages(model, before, shell.shown(model.path()));
    }

    /// A small network that learns the library's own digits in a few seconds.
    static Stages quick() {
        Digits digits = Digits.handwriting(QUICK_SAMPLES, 500, QUICK_SEED);
        Shape shape = digits.train().inputShape();
        Sequential net = Sequential.of(new Flatten(), new Linear(64), cajal.nn.Activation.relu(), new Linear(10));
        Map<String, Block> before = new LinkedHashMap<>();
        Watcher watcher = new Watcher() {
            @Override
            public void started(Run run) {
                before.put("untrained", copy(net, shape));
            }

            @Override
            public void epochEnded(Run run, Epoch epoch) {
                if (epoch.number() == 1) {
                    before.put("after 1 epoch", copy(net, shape));
                }
            }
        };
        Trainer.of(net, Loss.crossEntropy(), new Adam(2e-3))
                .seed(QUICK_SEED)
                .batch(32)
                .epochs(QUICK_EPOCHS)
                .watch(watcher)
                .fit(digits.train());
        SavedModel saved = new SavedModel(net, shape, digits.train().classes(), Map.of(), Map.of());
        return new Stages(new TrainedModel(Path.of("a network trained just now"), saved), before, "");
    }

    /// A network like `net`, with values of its own.
    static Block copy(Block net, Shape input) {
        Block copy = Specs.build(Specs.of(net, input));
        copy.load(net.tensors());
        return copy;
    }
}
