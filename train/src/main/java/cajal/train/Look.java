package cajal.train;

import cajal.data.Batch;
import cajal.kernel.DType;
import cajal.nn.Block;
import cajal.nn.Inspection;
import cajal.nn.Part;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A look into a network around one step: from [#begin] after the step before to [#end] after it.
///
/// What [#end] tells: `gradient_norm`, the length of all gradients together (as the step used them,
/// clipped); for each parameter its `ratio`, the length of the step's change over the length of the
/// parameter before, and the [Histogram]s of its `weights` and `gradients`; for each outermost layer the
/// histogram of its `activations` for the first training samples, in inference behaviour, and how many of
/// its `units` are `dead`: say 0 for every one of those samples. A unit is a place of the output, or a
/// channel of pictures.
final class Look {
    private static final int BINS = 32;
    private static final int PARAMETERS = 64;
    private static final int LAYERS = 64;
    private static final long SAMPLES = 64;

    private final Map<String, Param> params = new LinkedHashMap<>();
    private final Part part;
    private final Map<String, float[]> before = new LinkedHashMap<>();
    private @Nullable Tensor probe;
    private boolean noLayers;
    private long nanos;

    Look(Run run) {
        part = run.part();
        Map<String, Param> all = part.parameters();
        all.forEach((path, p) -> {
            if (params.size() < PARAMETERS
                    && (all.size() <= PARAMETERS || p.shape().rank() > 1)) {
                params.put(path, p);
            }
        });
    }

    boolean isBegun() {
        return !before.isEmpty();
    }

    /// What the last look cost.
    long nanos() {
        return nanos;
    }

    void begin(Run run) {
        long start = System.nanoTime();
        if (probe == null && !noLayers) {
            Batch first = run.probe(SAMPLES);
            probe = first.inputs();
        }
        params.forEach((path, p) -> before.put(path, p.toFloats()));
        nanos = System.nanoTime() - start;
    }

    Map<String, Object> end(Run run) {
        long start = System.nanoTime();
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("gradient_norm", RunRecord.finite(Gradients.norm(part.parameters())));
        List<Object> list = new ArrayList<>();
        params.forEach((path, p) -> list.add(parameter(path, p)));
        told.put("parameters", list);
        told.put("layers", layers());
        before.clear();
        nanos += System.nanoTime() - start;
        return told;
    }

    private Map<String, Object> parameter(String path, Param p) {
        float[] now = p.toFloats();
        float[] old = before.getOrDefault(path, now);
        double change = 0;
        double length = 0;
        for (int i = 0; i < now.length; i++) {
            double d = (double) now[i] - old[i];
            change += d * d;
            length += (double) old[i] * old[i];
        }
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("path", path);
        if (length > 0) {
            m.put("ratio", RunRecord.finite(Math.sqrt(change / length)));
        }
        m.put("weights", Histogram.of(now, BINS).toMap());
        if (p.hasGrad()) {
            m.put("gradients", Histogram.of(p.grad().toFloats(), BINS).toMap());
        }
        return m;
    }

    private List<Object> layers() {
        List<Object> layers = new ArrayList<>();
        if (probe == null || noLayers || !(part instanceof Block net)) {
            return layers;
        }
        try (var _ = Mode.inference()) {
            for (Inspection.Stage stage : Inspection.forward(net, probe).stages()) {
                if (stage.output().dtype() == DType.F32 && layers.size() < LAYERS) {
                    layers.add(layer(stage));
                }
            }
        } catch (RuntimeException e) { // an objective of one's own may call the net with something else
            noLayers = true;
            System.getLogger("cajal.train").log(System.Logger.Level.DEBUG, "the layers cannot be looked at", e);
        }
        return layers;
    }

    private Map<String, Object> layer(Inspection.Stage stage) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("path", stage.path());
        m.put("layer", stage.layer());
        float[] out = stage.output().toFloats();
        m.put("activations", Histogram.of(out, BINS).toMap());
        boolean same = stage.input().shape().equals(stage.output().shape());
        Part inner = part.parts().get(stage.path());
        if (stage.output().rank() < 2
                || !same && (inner == null || inner.parameters().isEmpty())) {
            return m; // it passes on what other layers say
        }
        boolean[] silent = silent(stage.output(), out);
        boolean[] nothing = same ? silent(stage.input(), stage.input().toFloats()) : new boolean[silent.length];
        long dead = 0;
        for (int u = 0; u < silent.length; u++) {
            dead += silent[u] && !nothing[u] ? 1 : 0;
        }
        m.put("units", (long) silent.length);
        m.put("dead", dead);
        return m;
    }

    /// Which units say 0 for all samples.
    private static boolean[] silent(Tensor t, float[] values) {
        long samples = t.dim(0);
        boolean maps = t.rank() == 4; // (B, C, H, W)
        int units = (int) (maps ? t.dim(1) : values.length / Math.max(1, samples));
        int area = maps ? (int) (t.dim(2) * t.dim(3)) : 1;
        boolean[] silent = new boolean[units];
        java.util.Arrays.fill(silent, true);
        for (int i = 0; i < values.length; i++) {
            if (values[i] != 0) {
                silent[i / area % units] = false;
            }
        }
        return silent;
    }
}
