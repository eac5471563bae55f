package cajal.studio;

import cajal.data.Dataset;
import cajal.data.Digits;
import cajal.kernel.Shape;
import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Flatten;
import cajal.nn.Linear;
import cajal.nn.Loss;
import cajal.nn.MaxPool2d;
import cajal.nn.Sequential;
import cajal.train.Adam;
import cajal.train.Epoch;
import cajal.train.Run;
import cajal.train.Trainer;
import cajal.train.Watcher;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A small network that learns the library's own digits in seconds, when it is first asked for.
final class QuickDigits implements AutoCloseable {
    private static final int SAMPLES = 12_000;
    private static final int EPOCHS = 2;
    private static final int BATCH = 32;
    private static final long SEED = 7;
    private static final Shape PICTURE = Shape.of(1, 28, 28);

    private final String id;
    private final String label;
    private final Supplier<Sequential> maker;
    private final CompletableFuture<DigitNet> trained = new CompletableFuture<>();
    private volatile @Nullable Run run;
    private boolean started;

    private QuickDigits(String id, String label, Supplier<Sequential> maker) {
        this.id = id;
        this.label = label;
        this.maker = maker;
    }

    /// Two hidden layers, small enough to be drawn neuron by neuron.
    static QuickDigits dense() {
        return new QuickDigits(
                "small",
                "Small network (learns here, in seconds)",
                () -> Sequential.of(
                        new Flatten(),
                        new Linear(32),
                        Activation.relu(),
                        new Linear(16),
                        Activation.relu(),
                        new Linear(10)));
    }

    /// Two layers of kernels.
    static QuickDigits convolutional() {
        return new QuickDigits(
                "convolutional",
                "Convolutional network (learns here, in seconds)",
                () -> Sequential.of(
                        new Conv2d(6, 5),
                        Activation.relu(),
                        new MaxPool2d(2),
                        new Conv2d(12, 5),
                        Activation.relu(),
                        new MaxPool2d(2),
                        new Flatten(),
                        new Linear(10)));
    }

    String id() {
        return id;
    }

    String label() {
        return label;
    }

    /// Begins the training, unless it has begun.
    synchronized void start() {
        if (!started) {
            started = true;
            Thread.ofPlatform().daemon().name("cajal-quick-digits").start(() -> {
                try {
                    trained.complete(train());
                } catch (RuntimeException e) {
                    trained.completeExceptionally(e);
                }
            });
        }
    }

    boolean isReady() {
        return trained.isDone();
    }

    /// The steps made so far.
    long steps() {
        Run now = run;
        return now == null ? 0 : now.steps();
    }

    static long allSteps() {
        return (long) EPOCHS * (SAMPLES / BATCH);
    }

    /// The network.
    ///
    /// **Throws** [IllegalStateException] while it is learning.
    DigitNet net() {
        if (!isReady()) {
            throw new IllegalStateException("The network is still learning: wait a moment.");
        }
        try {
            return trained.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("The network could not be trained: " + e.getCause(), e);
        }
    }

    private DigitNet train() {
        Dataset digits = Digits.handwriting(SAMPLES, 0, SEED).train();
        Sequential net = maker.get();
        SequencedMap<String, Block> moments = new LinkedHashMap<>();
        Trainer.of(net, Loss.crossEntropy(), new Adam(2e-3))
                .seed(SEED)
                .batch(BATCH)
                .epochs(EPOCHS)
                .watch(new Watcher() {
                    @Override
                    public void started(Run begun) {
                        run = begun;
                        moments.put("untrained", DigitNet.copy(net, PICTURE));
                    }

                    @Override
                    public void stepped(Run now, double loss) {
                        if (now.steps() == 1) {
                            moments.put("after 1 step", DigitNet.copy(net, PICTURE));
                        }
                    }

                    @Override
                    public void epochEnded(Run now, Epoch epoch) {
                        if (epoch.number() == 1) {
                            moments.put("after 1 epoch", DigitNet.copy(net, PICTURE));
                        }
                    }
                })
                .fit(digits);
        moments.put(DigitNet.TRAINED, net);
        return new DigitNet(id, PICTURE, digits.classes(), DigitNet.Meaning.SCORES, Loss.crossEntropy(), moments);
    }

    @Override
    public void close() {
        Run now = run;
        if (now != null) {
            now.stop();
        }
    }
}
