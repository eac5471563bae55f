package cajal.tensor;

import cajal.kernel.View;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A listener that writes down what passes the door, and which layer was called with what.
public final class Trace implements Listener {
    private final List<Step> steps = new ArrayList<>();
    private final Map<String, Call> calls = new LinkedHashMap<>();
    private final Deque<Integer> open = new ArrayDeque<>();
    private final List<Integer> reads = new ArrayList<>();

    /// An operation that ran; tensors are known by their views.
    record Step(Op op, String path, Tensor[] in, View[] inViews, View[] outViews) {}

    /// One call of a layer: the steps from `first` up to but without `end`.
    ///
    /// @param layer what was called
    /// @param in its inputs
    /// @param out its outputs
    /// @param first the number of the first step inside
    /// @param end the number of the first step after
    public record Call(String layer, List<Tensor> in, List<Tensor> out, int first, int end) {}

    /// An empty trace.
    public Trace() {}

    /// What happens while `body` runs, without recording gradients.
    public static Trace of(Runnable body) {
        Trace trace = new Trace();
        try (var _ = Context.current()
                .memory(Memory.LASTING)
                .recording(false)
                .training(false)
                .listener(trace)
                .enter()) {
            body.run();
        }
        return trace;
    }

    @Override
    public void ran(Op op, String path, Tensor[] in, Tensor[] out) {
        steps.add(new Step(op, path, in.clone(), views(in), views(out)));
    }

    @Override
    public void entered(String path, String layer, Tensor[] in) {
        open.push(steps.size());
    }

    @Override
    public void left(String path, String layer, Tensor[] in, Tensor[] out) {
        calls.putIfAbsent(path, new Call(layer, List.of(in), List.of(out), open.pop(), steps.size()));
    }

    @Override
    public void read(Tensor tensor) {
        reads.add(steps.size());
    }

    private static View[] views(Tensor[] tensors) {
        View[] views = new View[tensors.length];
        for (int i = 0; i < views.length; i++) {
            views[i] = tensors[i].view();
        }
        return views;
    }

    /// The first call of each layer, by path, the innermost first.
    public Map<String, Call> calls() {
        return Collections.unmodifiableMap(calls);
    }

    List<Step> steps(Call call) {
        return steps.subList(call.first(), call.end());
    }

    boolean readDuring(Call call) {
        return reads.stream().anyMatch(at -> at > call.first() && at <= call.end());
    }
}
