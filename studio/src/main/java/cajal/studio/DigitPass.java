package cajal.studio;

import cajal.nn.Block;
import cajal.nn.Inspection;
import cajal.tensor.Grad;
import cajal.tensor.Mode;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import io.avaje.jsonb.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.LongStream;

/// What a network does with one picture, forward and backward, as the page shows it.
final class DigitPass {
    private static final int LINKS = 90;
    private static final long MOST_KERNELS = 4096;

    private DigitPass() {}

    /// A connection and its strength.
    ///
    /// @param from the number of the value in the column before
    /// @param to the number of the neuron
    @Json
    record Link(int from, int to, float value) {}

    /// A layer's neurons.
    ///
    /// @param kind as in [DigitColumn.Kind]
    /// @param layers what it is made of
    /// @param shape one neuron after the other, or maps of rows and columns
    /// @param links the connections that contribute most: weight times activation
    /// @param kernels the weights of its kernels, if they are few
    /// @param kernel their shape
    @Json
    record Column(
            String kind,
            String layers,
            List<Long> shape,
            String values,
            long firing,
            List<Link> links,
            String kernels,
            List<Long> kernel) {}

    /// A forward pass.
    ///
    /// @param picture what the network sees
    /// @param best the class that it finds likeliest
    @Json
    record Forward(String picture, List<Column> columns, String probabilities, int best) {}

    /// How much of a parameter's gradient there is.
    @Json
    record Norm(String name, long count, double gradient, double weights) {}

    /// The error in a layer.
    ///
    /// @param error how the loss changes with each activation
    /// @param delta how the loss changes with each sum, before it is bent
    /// @param links the weights with which the loss changes most
    @Json
    record Flow(String error, String delta, double norm, List<Norm> gradients, List<Link> links) {}

    /// A backward pass through the network as some updates left it.
    ///
    /// @param answer the right class
    /// @param assumed whether nobody said it, so that the network's own answer is taken
    /// @param logarithmic whether the loss is -ln p
    /// @param lossName what the loss is called
    /// @param loss the loss
    /// @param p the right answer's probability
    /// @param flows the error in each column, the picture first
    /// @param course the right answer's probability before, and after each update
    /// @param losses the loss before, and after each update
    /// @param before the forward pass before the first update
    @Json
    record Backward(
            int answer,
            boolean assumed,
            boolean logarithmic,
            String lossName,
            double loss,
            double p,
            List<Flow> flows,
            String course,
            String losses,
            Forward before) {}

    static Forward forward(DigitScene scene, Block net) {
        Inspection seen;
        try (var _ = Mode.inference()) {
            seen = Inspection.forward(net, scene.x());
        }
        List<Column> columns = DigitColumn.of(net, scene.x(), seen).stream()
                .map(DigitPass::column)
                .toList();
        float[] p = scene.net().probabilities(seen.output());
        return new Forward(Numbers.of(scene.picture()), columns, Numbers.of(p), best(seen.output()));
    }

    private static int best(Tensor output) {
        return (int) output.at(0).argmax(0).item();
    }

    private static Column column(DigitColumn c) {
        boolean drawn =
                c.kind() == DigitColumn.Kind.MAPS && c.weight().map(Param::size).orElse(Long.MAX_VALUE) <= MOST_KERNELS;
        return new Column(
                c.kind().name().toLowerCase(java.util.Locale.ROOT),
                c.layers(),
                shape(c.values().at(0)),
                Numbers.of(c.values()),
                (long) c.values().gt(0).sum().item(),
                c.kind() == DigitColumn.Kind.DENSE ? contributions(c) : List.of(),
                drawn ? Numbers.of(c.weight().orElseThrow()) : "",
                drawn ? shape(c.weight().orElseThrow()) : List.of());
    }

    static List<Long> shape(Tensor t) {
        return LongStream.of(t.shape().dims()).boxed().toList();
    }

    private static List<Link> contributions(DigitColumn c) {
        try (var _ = Grad.off()) {
            return c.weight().map(w -> strongest(w.mul(c.input()))).orElse(List.of());
        }
    }

    /// The entries of a matrix `(to, from)` that are furthest from 0.
    static List<Link> strongest(Tensor matrix) {
        float[] v = matrix.toFloats();
        int columns = (int) matrix.dim(1);
        PriorityQueue<Integer> top = new PriorityQueue<>((a, b) -> Float.compare(Math.abs(v[a]), Math.abs(v[b])));
        float least = 0;
        for (int i = 0; i < v.length; i++) {
            if (Math.abs(v[i]) > least) {
                top.add(i);
                if (top.size() > LINKS) {
                    top.remove();
                    least = Math.abs(v[top.element()]);
                }
            }
        }
        List<Link> links = new ArrayList<>();
        while (!top.isEmpty()) {
            int i = top.remove();
            links.addFirst(new Link(i % columns, i / columns, v[i]));
        }
        return links;
    }

    /// Updates at a learning rate, and the backward pass through what they leave.
    static Backward backward(DigitScene scene, double rate, int updates) {
        float[] course = new float[updates + 1];
        float[] losses = new float[updates + 1];
        Block net = updates == 0
                ? scene.at()
                : DigitNet.copy(scene.at(), scene.net().input());
        Inspection seen = look(scene, net);
        for (int step = 0; ; step++) {
            course[step] = scene.net().probabilities(seen.output())[scene.answer()];
            losses[step] = (float) seen.loss().orElseThrow().item();
            if (step == updates) {
                break;
            }
            update(net, seen, rate);
            seen = look(scene, net);
        }
        List<Flow> flows = new ArrayList<>();
        for (DigitColumn c : DigitColumn.of(net, scene.x(), seen)) {
            flows.add(c.kind() == DigitColumn.Kind.INPUT ? atPixels(scene, net) : flow(c));
        }
        return new Backward(
                scene.answer(),
                scene.assumed(),
                scene.net().meaning().isLogarithmic(),
                scene.net().loss().name(),
                seen.loss().orElseThrow().item(),
                course[updates],
                flows,
                Numbers.of(course),
                Numbers.of(losses),
                forward(scene, scene.at()));
    }

    /// A pass forward and backward.
    static Inspection look(DigitScene scene, Block net) {
        try (var _ = Mode.inference()) {
            return Inspection.backward(net, scene.x(), scene::loss);
        }
    }

    /// A copy of a network after some updates.
    static Block updated(DigitScene scene, Block net, double rate, int updates) {
        if (updates == 0) {
            return net;
        }
        Block moved = DigitNet.copy(net, scene.net().input());
        for (int step = 0; step < updates; step++) {
            update(moved, look(scene, moved), rate);
        }
        return moved;
    }

    /// `w <- w - rate · dL/dw` for every weight and bias.
    static void update(Block net, Inspection seen, double rate) {
        Map<String, Param> params = net.parameters();
        try (var _ = Grad.off()) {
            seen.stages()
                    .forEach(s -> s.gradients().forEach((path, gradient) -> {
                        Param p = params.get(path);
                        if (p != null) {
                            p.set(p.sub(gradient.mul(rate)));
                        }
                    }));
        }
    }

    private static Flow atPixels(DigitScene scene, Block net) {
        Tensor gradient = pixels(scene, net, scene::loss);
        String error = Numbers.of(gradient);
        return new Flow(error, error, gradient.norm().item(), List.of(), List.of());
    }

    /// How a number made of the network's output changes with each pixel.
    static Tensor pixels(DigitScene scene, Block net, java.util.function.UnaryOperator<Tensor> number) {
        try (var _ = Grad.on();
                var _ = Mode.inference()) {
            Tensor x = scene.x().detach().requireGrad();
            return Grad.of(number.apply(net.apply(x)), List.of(x)).getFirst();
        }
    }

    private static Flow flow(DigitColumn c) {
        Tensor error = c.last().error().orElseThrow();
        List<Norm> norms = new ArrayList<>();
        List<Link> links = List.of();
        for (int i = 0; i < c.stages().size(); i++) {
            Map<String, Param> params = c.parts().get(i).parameters();
            String prefix = c.stages().get(i).path() + ".";
            for (Map.Entry<String, Tensor> e : c.stages().get(i).gradients().entrySet()) {
                String name = e.getKey().startsWith(prefix) ? e.getKey().substring(prefix.length()) : e.getKey();
                Param p = params.get(name);
                Tensor g = e.getValue();
                norms.add(new Norm(
                        name,
                        g.size(),
                        g.norm().item(),
                        p == null ? 0 : p.norm().item()));
                if (i == 0 && name.equals("weight") && c.kind() == DigitColumn.Kind.DENSE) {
                    links = strongest(g);
                }
            }
        }
        return new Flow(
                Numbers.of(error),
                Numbers.of(c.stages().getFirst().error().orElseThrow()),
                error.norm().item(),
                norms,
                links);
    }
}
