package cajal.nn;

import cajal.tensor.Context;
import cajal.tensor.Grad;
import cajal.tensor.Listener;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// One pass through a network, looked into: what each layer put out, and how the loss changes with it.
///
/// Nothing is changed: gradients are taken, not accumulated. The network runs in the behaviour (training or
/// inference) of the caller.
///
/// @param stages the outermost layers in the order in which they ran
/// @param output the network's output
/// @param loss the loss, if one was asked for
public record Inspection(List<Stage> stages, Tensor output, Optional<Tensor> loss) {
    /// One layer during the pass.
    ///
    /// @param path its path
    /// @param layer its description
    /// @param input what went in
    /// @param output what came out: the activations
    /// @param error how the loss changes with each activation, `d loss / d output`; nothing without a loss
    /// @param gradients how the loss changes with each of its parameters, by path
    public record Stage(
            String path,
            String layer,
            Tensor input,
            Tensor output,
            Optional<Tensor> error,
            Map<String, Tensor> gradients) {
        /// The number of activations above 0, over the whole batch.
        public long firing() {
            return (long) output.gt(0).sum().item();
        }
    }

    /// A call that a listener saw.
    private record Seen(String path, String layer, Tensor input, Tensor output) {}

    /// Looks into a forward pass.
    public static Inspection forward(Block net, Tensor input) {
        try (var _ = Grad.off()) {
            List<Seen> seen = new ArrayList<>();
            Tensor output = run(net, input, seen);
            List<Stage> stages = seen.stream()
                    .map(s -> new Stage(s.path, s.layer, s.input, s.output, Optional.empty(), Map.of()))
                    .toList();
            return new Inspection(stages, output, Optional.empty());
        }
    }

    /// Looks into a forward pass, the loss, and the backward pass.
    ///
    /// @param net the network
    /// @param input its input
    /// @param loss the loss as a function of the network's output
    public static Inspection backward(Block net, Tensor input, UnaryOperator<Tensor> loss) {
        List<Seen> seen = new ArrayList<>();
        try (var _ = Grad.on()) {
            Tensor output = run(net, input.requireGrad(), seen);
            Tensor value = loss.apply(output);
            Map<String, Param> params = new LinkedHashMap<>();
            net.parameters().forEach((path, p) -> {
                if (!p.isFrozen()) {
                    params.put(path, p);
                }
            });
            List<Tensor> wanted = new ArrayList<>(params.values());
            seen.forEach(s -> wanted.add(s.output));
            List<Tensor> gradients = Grad.of(value, wanted);
            return new Inspection(
                    stages(seen, List.copyOf(params.keySet()), gradients),
                    output.detach(),
                    Optional.of(value.detach()));
        }
    }

    private static List<Stage> stages(List<Seen> seen, List<String> paths, List<Tensor> gradients) {
        List<Stage> stages = new ArrayList<>();
        for (int i = 0; i < seen.size(); i++) {
            Seen s = seen.get(i);
            Map<String, Tensor> own = new LinkedHashMap<>();
            for (int k = 0; k < paths.size(); k++) {
                if (paths.get(k).startsWith(s.path + ".") || s.path.isEmpty()) {
                    own.put(paths.get(k), gradients.get(k));
                }
            }
            Optional<Tensor> error = Optional.of(gradients.get(paths.size() + i));
            stages.add(new Stage(s.path, s.layer, s.input.detach(), s.output.detach(), error, own));
        }
        return stages;
    }

    /// Runs the network and notes the layers directly inside it, or the network itself if there are none.
    private static Tensor run(Block net, Tensor input, List<Seen> seen) {
        List<Seen> whole = new ArrayList<>();
        Listener notes = new Listener() {
            @Override
            public void left(String path, String layer, Tensor[] in, Tensor[] out) {
                boolean outermost = !path.isEmpty() && path.indexOf('.') < 0;
                (outermost ? seen : whole).add(new Seen(path, layer, in[0], out[0]));
            }
        };
        try (var _ = Context.current().listener(notes).enter()) {
            Tensor output = net.apply(input);
            if (seen.isEmpty()) {
                seen.add(whole.getLast());
            }
            return output;
        }
    }
}
