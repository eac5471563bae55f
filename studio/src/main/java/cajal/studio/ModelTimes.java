package cajal.studio;

import cajal.kernel.Shape;
import cajal.nn.Block;
import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.GradException;
import cajal.tensor.Listener;
import cajal.tensor.Mode;
import cajal.tensor.Op;
import cajal.tensor.RandomKey;
import cajal.tensor.Tensor;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// How long each part of a network takes, measured at the door: the time from the operation before, or from
/// where the layer was entered.
///
/// Going forward the network answers (inference behaviour); going back it learns (training behaviour), from the
/// sum of its outputs. First come passes that only warm the machine up; of those that count each time is the
/// median.
///
/// @param batch the inputs in one pass
/// @param forwardPasses how many passes count
/// @param backwardPasses how many passes back count; 0 if there is no way back
/// @param forward the milliseconds of each operation, in the order of [ModelGraph#operations()]
/// @param backward the milliseconds of each layer's own operations on the way back
/// @param why why there is no way back; empty if there is
@Json
record ModelTimes(
        long batch, int forwardPasses, int backwardPasses, List<Double> forward, List<Layer> backward, String why) {
    private static final int MOST_PASSES = 15;
    private static final long WARM = 400_000_000; // ns, for each direction
    private static final long COUNT = 1_200_000_000;

    /// The time of a layer's own operations, in milliseconds.
    @Json
    record Layer(String path, double time) {}

    /// Measures a network, whose states are left as they are.
    static ModelTimes of(Block net, ModelGraph graph, Shape inputs) {
        Tensor x = graph.indices() ? Tensor.zeros(inputs.dims()) : Tensor.uniform(RandomKey.of(3), 0, 1, inputs.dims());
        List<Map<String, Long>> forth = passes(() -> forward(net, x));
        List<Double> forward = new ArrayList<>();
        int ran = 0;
        for (ModelGraph.Operation op : graph.operations()) {
            String key = op.op().equals(ModelGraph.NOTHING) ? "" : String.valueOf(ran++);
            forward.add(median(forth, key));
        }
        Map<String, Tensor> states = new LinkedHashMap<>();
        net.states().forEach((path, s) -> states.put(path, s.copy()));
        List<Map<String, Long>> back = List.of();
        String why = "";
        try {
            back = passes(() -> backward(net, x));
        } catch (GradException | UnsupportedOperationException e) {
            why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        } finally {
            net.states().forEach((path, s) -> s.set(Objects.requireNonNull(states.get(path))));
        }
        List<Map<String, Long>> counted = back;
        List<Layer> layers = graph.layers().stream()
                .map(l -> new Layer(l.path(), median(counted, l.path())))
                .toList();
        return new ModelTimes(inputs.dim(0), forth.size(), back.size(), forward, layers, why);
    }

    private interface Pass {
        /// Runs; answers nanoseconds by what they were spent on.
        Map<String, Long> run();
    }

    private static List<Map<String, Long>> passes(Pass pass) {
        long start = System.nanoTime();
        int warm = 0;
        while (warm == 0 || warm < MOST_PASSES && System.nanoTime() - start < WARM) {
            pass.run();
            warm++;
        }
        List<Map<String, Long>> passes = new ArrayList<>();
        start = System.nanoTime();
        while (passes.isEmpty() || passes.size() < MOST_PASSES && System.nanoTime() - start < COUNT) {
            passes.add(pass.run());
        }
        return passes;
    }

    private static double median(List<Map<String, Long>> passes, String key) {
        long[] all =
                passes.stream().mapToLong(p -> p.getOrDefault(key, 0L)).sorted().toArray();
        return all.length == 0 ? 0 : (all[(all.length - 1) / 2] + all[all.length / 2]) / 2e6;
    }

    /// By the number of the operation.
    private static Map<String, Long> forward(Block net, Tensor x) {
        Clock clock = new Clock(true);
        try (var _ = Context.current()
                .at("")
                .recording(false)
                .training(false)
                .listener(clock)
                .enter()) {
            net.apply(x);
        }
        return clock.spent;
    }

    /// By the path of the layer.
    private static Map<String, Long> backward(Block net, Tensor x) {
        List<Tensor> params = net.parameters().values().stream()
                .filter(p -> !p.isFrozen())
                .map(Tensor.class::cast)
                .toList();
        if (params.isEmpty()) {
            throw new GradException("This network has no parameters to learn.");
        }
        try (var _ = Mode.training(RandomKey.of(5));
                var _ = Grad.on()) {
            Tensor loss = net.apply(x).sum();
            Clock clock = new Clock(false);
            try (var _ = Context.current().listener(clock).enter()) {
                Grad.of(loss, params);
            }
            return clock.spent;
        }
    }

    private static final class Clock implements Listener {
        private final Map<String, Long> spent = new LinkedHashMap<>();
        private final boolean numbered;
        private int number;
        private long last = System.nanoTime();

        Clock(boolean numbered) {
            this.numbered = numbered;
        }

        @Override
        public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
            long now = System.nanoTime();
            spent.merge(numbered ? String.valueOf(number++) : path, now - last, Long::sum);
            last = System.nanoTime();
        }

        @Override
        public void entered(String path, String layer, Tensor[] in) {
            last = System.nanoTime();
        }

        @Override
        public void left(String path, String layer, Tensor[] in, Tensor[] out) {
            last = System.nanoTime();
        }
    }
}
