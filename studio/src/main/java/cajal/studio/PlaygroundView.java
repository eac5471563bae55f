package cajal.studio;

import cajal.data.Batch;
import cajal.data.Dataset;
import cajal.nn.Layer;
import cajal.nn.Linear;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.train.ConfusionMatrix;
import cajal.train.Evaluation;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a page sees of a run: pictures over the plane, weights, figures.
final class PlaygroundView {
    /// The cells along each side of the picture of the output, and of each neuron's.
    static final int FINE = 64;

    static final int COARSE = 20;

    private final PlaygroundRun run;
    private final double range;
    private final Tensor fine;
    private final Tensor coarse;

    /// A parameter of the network.
    ///
    /// @param path as in `0.weight`
    /// @param shape its axes
    @Json
    record Weights(String path, List<Long> shape) {}

    /// What stays the same during a run.
    ///
    /// @param range the picture reaches from `-range` to `range` along both axes
    /// @param points x and y of all points
    /// @param targets their classes or values
    /// @param tested for each point 1 if it is kept for testing
    /// @param classes the names of the classes, none for values
    /// @param layers the neurons of each hidden layer and of the output
    /// @param loss the loss by name
    @Json
    record Scene(
            double range,
            String points,
            String targets,
            String tested,
            List<String> classes,
            List<Integer> layers,
            List<Weights> parameters,
            String loss,
            int fine,
            int coarse,
            long stepsPerEpoch,
            long last) {}

    /// What a step changes.
    ///
    /// @param number counted up with each frame of a session, so that the page never shows an old one after
    ///     a new one
    /// @param goal the step that the run is on its way to
    /// @param trouble why it cannot go on, or nothing
    /// @param rate of the next step
    /// @param loss of the training samples
    /// @param score their accuracy, or R²
    /// @param weights all parameters, one behind the other
    /// @param surface the output over the plane, a byte a cell and class (0 .. 255 for 0 .. 1), or for
    ///     values -1 .. 1
    /// @param neurons the pictures of the hidden neurons and the outputs, 0 .. 255 for -most .. most
    /// @param reach the largest magnitude in each of these pictures
    /// @param confusion of the samples for testing, or of all, right classes in rows; none for values
    /// @param edits weights set by hand so far
    @Json
    record Frame(
            long number,
            long step,
            long goal,
            String trouble,
            double rate,
            @Nullable Double loss,
            @Nullable Double score,
            @Nullable Double testLoss,
            @Nullable Double testScore,
            String weights,
            String surface,
            String neurons,
            String reach,
            List<Long> confusion,
            PlaygroundCurves.Lines curves,
            String edits) {}

    /// What the network says of one place.
    ///
    /// @param activations of the hidden neurons, layer by layer, then the outputs
    /// @param share the outputs as shares, or as they are
    @Json
    record Place(double x, double y, String activations, String share) {}

    PlaygroundView(PlaygroundRun run) {
        this.run = run;
        this.range = range(run.problem.all());
        this.fine = grid(FINE);
        this.coarse = grid(COARSE);
    }

    private static double range(Dataset all) {
        double most = 0;
        for (float v : all.all().inputs().toFloats()) {
            most = Math.max(most, Math.abs(v));
        }
        return Math.max(1.2, Math.ceil(most * 11) / 10);
    }

    /// The middles of the cells, row by row from the top.
    private Tensor grid(int cells) {
        float[] points = new float[2 * cells * cells];
        for (int row = 0; row < cells; row++) {
            for (int column = 0; column < cells; column++) {
                int at = 2 * (row * cells + column);
                points[at] = (float) (range * (2 * (column + 0.5) / cells - 1));
                points[at + 1] = (float) (range * (1 - 2 * (row + 0.5) / cells));
            }
        }
        return Tensor.of(points, (long) cells * cells, 2);
    }

    private boolean isRegression() {
        return run.problem.all().classes().isEmpty();
    }

    Scene scene() {
        Dataset all = run.problem.all();
        Batch batch = all.all();
        float[] points = batch.inputs().toFloats();
        float[] targets = batch.targets().toFloats();
        List<Integer> layers = new ArrayList<>();
        run.recipe.hidden().forEach(h -> layers.add(h.neurons()));
        layers.add(isRegression() ? 1 : all.classes().size());
        return new Scene(
                range,
                Numbers.of(points),
                Numbers.of(targets),
                Numbers.of(tested(points)),
                all.classes(),
                layers,
                run.params.entrySet().stream()
                        .map(e -> new Weights(
                                e.getKey(),
                                Arrays.stream(e.getValue().shape().dims())
                                        .boxed()
                                        .toList()))
                        .toList(),
                run.recipe.lossChoice().name(),
                FINE,
                COARSE,
                run.stepsPerEpoch(),
                run.last());
    }

    /// Which points are kept for testing: both parts keep the order of the whole.
    private float[] tested(float[] points) {
        float[] tested = new float[points.length / 2];
        run.problem.split().ifPresent(s -> {
            float[] test = s.second().all().inputs().toFloats();
            for (int i = 0, t = 0; i < tested.length && t < test.length; i++) {
                if (points[2 * i] == test[t] && points[2 * i + 1] == test[t + 1]) {
                    tested[i] = 1;
                    t += 2;
                }
            }
        });
        return tested;
    }

    /// What is to be seen now.
    Frame frame(long number, long goal, String trouble) {
        Evaluation train = run.evaluate(run.problem.train());
        @Nullable
        Evaluation test = run.problem.split().map(s -> run.evaluate(s.second())).orElse(null);
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            List<Float> reach = new ArrayList<>();
            String neurons = neurons(reach);
            float[] most = new float[reach.size()];
            for (int i = 0; i < most.length; i++) {
                most[i] = reach.get(i);
            }
            return new Frame(
                    number,
                    run.step(),
                    goal,
                    trouble,
                    run.rate(),
                    finite(train.loss()),
                    finite(score(train)),
                    test == null ? null : finite(test.loss()),
                    test == null ? null : finite(score(test)),
                    Numbers.of(weights()),
                    surface(),
                    neurons,
                    Numbers.of(most),
                    confusion(),
                    run.curves().lines(),
                    Edit.text(run.edits()));
        }
    }

    private static double score(Evaluation e) {
        return e.metrics().values().iterator().next();
    }

    private static @Nullable Double finite(double x) {
        return Double.isFinite(x) ? x : null;
    }

    private float[] weights() {
        int size = (int) run.params.values().stream().mapToLong(Tensor::size).sum();
        float[] all = new float[size];
        int at = 0;
        for (Param p : run.params.values()) {
            float[] values = p.toFloats();
            System.arraycopy(values, 0, all, at, values.length);
            at += values.length;
        }
        return all;
    }

    private String surface() {
        Tensor share = run.recipe.lossChoice().share().apply(run.net.apply(fine));
        float[] values = share.toFloats();
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = isRegression() ? signed(values[i], 1) : (byte) Math.round(255 * Math.clamp(values[i], 0f, 1f));
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// -most .. most as 0 .. 255; what is not a number is 0's.
    private static byte signed(float value, float most) {
        float share = most > 0 && Float.isFinite(value) ? Math.clamp(value / most, -1f, 1f) : 0;
        return (byte) Math.round(127.5f + 127.5f * share);
    }

    private String neurons(List<Float> reach) {
        List<Tensor> layers = outputs(coarse);
        int cells = COARSE * COARSE;
        int count = (int) layers.stream().mapToLong(t -> t.dim(1)).sum();
        byte[] bytes = new byte[count * cells];
        int at = 0;
        for (Tensor layer : layers) {
            float[] values = layer.toFloats();
            int width = (int) layer.dim(1);
            for (int neuron = 0; neuron < width; neuron++) {
                float most = 0;
                for (int i = 0; i < cells; i++) {
                    float size = Math.abs(values[i * width + neuron]);
                    most = size > most && size <= Float.MAX_VALUE ? size : most;
                }
                reach.add(most);
                for (int i = 0; i < cells; i++) {
                    bytes[at++] = signed(values[i * width + neuron], most);
                }
            }
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// What each hidden layer puts out behind its activation, and the outputs, one tensor a layer.
    private List<Tensor> outputs(Tensor input) {
        List<Tensor> all = new ArrayList<>();
        Tensor x = input;
        List<Layer> layers = run.net.layers();
        for (int i = 0; i < layers.size(); i++) {
            x = layers.get(i).apply(x);
            boolean bent = i > 0 && layers.get(i - 1) instanceof Linear;
            if (bent || i == layers.size() - 1) {
                all.add(x);
            }
        }
        return all;
    }

    private List<Long> confusion() {
        if (isRegression()) {
            return List.of();
        }
        Batch batch = run.problem
                .split()
                .map(s -> s.second().all())
                .orElseGet(() -> run.problem.all().all());
        int classes = run.problem.all().classes().size();
        ConfusionMatrix matrix = ConfusionMatrix.of(
                batch.targets().toLongs(),
                run.net.apply(batch.inputs()).argmax(1).toLongs(),
                classes);
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                counts.add(matrix.count(i, j));
            }
        }
        return counts;
    }

    /// What the network says of a place.
    Place at(double x, double y) {
        try (var _ = Grad.off();
                var _ = Mode.inference()) {
            List<Tensor> layers = outputs(Tensor.of(new float[] {(float) x, (float) y}, 1, 2));
            Tensor share = run.recipe.lossChoice().share().apply(layers.getLast());
            return new Place(x, y, Numbers.of(Tensor.concat(1, layers.toArray(Tensor[]::new))), Numbers.of(share));
        }
    }
}
