package cajal.cli;

import cajal.nn.Block;
import cajal.nn.Inspection;
import cajal.nn.Inspection.Stage;
import cajal.nn.Loss;
import cajal.nn.Part;
import cajal.tensor.Grad;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/// Tells in words, numbers and small pictures what a network does with one input: forward, loss, backward,
/// update.
///
/// Every number is computed by the network at that moment.
final class Explanation {
    private static final int STRONGEST = 3;
    private static final int BAR = 30;
    private static final int WIDTH = 77; // with what lines are indented by, 80
    private static final int MAP_WIDTH = 64;
    private static final String SHADES = "·░▒▓█";

    private final Shell shell;
    private final Stages stages;
    private final TrainedModel model;
    private final Loss loss;
    private final Tensor input;
    private final long label;
    private final double rate;
    private final Inspection pass;

    Explanation(Shell shell, Stages stages, Loss loss, Tensor input, long label, double rate) {
        this.shell = shell;
        this.stages = stages;
        this.model = stages.trained();
        this.loss = loss;
        this.input = input;
        this.label = label;
        this.rate = rate;
        this.pass = look(model.net());
    }

    private Inspection look(Block net) {
        Tensor target = Tensor.indices(label);
        return Inspection.backward(net, input, output -> loss.of(output, target));
    }

    /// The layers of a network in a line.
    static String chain(Part net) {
        List<String> names = new ArrayList<>();
        net.parts().values().forEach(p -> names.add(p.describe()));
        return names.isEmpty() ? net.describe() : String.join(" -> ", names);
    }

    /// The whole story, part by part.
    ///
    /// @param title what is explained
    /// @param assumed whether the right answer is only what the network says
    List<String> parts(String title, boolean assumed) {
        List<String> parts = new ArrayList<>();
        parts.add(heading("What goes in") + wrapped(title) + picture());
        parts.add(heading("Forward: each layer answers the one before").stripTrailing());
        pass.stages().forEach(s -> parts.add(forward(s)));
        parts.add(heading("The output: a probability for each class") + bars(probabilities(pass.output())));
        parts.add(heading("The loss: how wrong is that?") + loss(assumed));
        parts.add(heading("Backward: the error flows back by the chain rule") + beginning());
        for (int i = pass.stages().size() - 1; i >= 0; i--) {
            parts.add(backward(pass.stages().get(i)));
        }
        parts.add(heading("The update: every weight moves a little against its gradient") + update());
        if (!stages.before().isEmpty()) {
            parts.add(heading("The same picture while the network learned") + moments());
        }
        return parts;
    }

    private String heading(String text) {
        return shell.styled("bold", text) + "\n" + "─".repeat(text.length()) + "\n";
    }

    /// A text in lines that a terminal has room for, broken at blanks.
    private static String wrapped(String text) {
        StringBuilder lines = new StringBuilder();
        int length = 0;
        for (String word : text.split(" ")) {
            boolean full = length > 0 && length + 1 + word.length() > WIDTH;
            lines.append(length == 0 ? "" : full ? "\n" : " ").append(word);
            length = full ? word.length() : length + (length == 0 ? 0 : 1) + word.length();
        }
        return lines.toString();
    }

    private String picture() {
        return model.isPictures()
                ? "\n" + String.join("\n", Picture.lines(model.picture(input.at(0)), shell.colour()))
                : "\ninputs " + numbers(input.at(0).flatten(0), 8);
    }

    private static String numbers(Tensor vector, int most) {
        List<String> texts = new ArrayList<>();
        for (float v : vector.slice(0, 0, most).toFloats()) {
            texts.add(String.format(Locale.ROOT, "%.3f", v));
        }
        return String.join(", ", texts) + (vector.size() > most ? ", …" : "");
    }

    // ---- forward

    private String forward(Stage s) {
        Tensor out = s.output().at(0).flatten(0);
        long firing = s.firing();
        StringBuilder text = new StringBuilder(shell.styled("cyan", s.path() + "  " + s.layer()));
        text.append("   ")
                .append(s.input().at(0).shape())
                .append(" -> ")
                .append(s.output().at(0).shape());
        if (s.layer().startsWith("Flatten")) {
            return text.append("\n   the picture as one row of ")
                    .append(out.size())
                    .append(" numbers; ")
                    .append(firing)
                    .append(" of them hold ink")
                    .toString();
        }
        text.append(format("\n   %d of %d neurons fire (%.0f %%)", firing, out.size(), 100.0 * firing / out.size()));
        Tensor shaped = s.output().at(0);
        if (shaped.rank() == 3 && shaped.dim(1) > 1) {
            return text.append(maps(s, shaped)).toString();
        }
        text.append(out.size() < 1000 ? "; " : ";\n   ").append("strongest: ").append(strongest(out));
        if (out.size() > 10) {
            text.append("\n").append(indented(map(out)));
        } else {
            text.append("\n").append(indented(wrapped(numbers(out, 10))));
        }
        return text.toString();
    }

    /// The feature maps of a layer that keeps the picture's two axes, and the kernels that found them.
    private String maps(Stage s, Tensor maps) {
        StringBuilder text = new StringBuilder();
        Param weight = model.net().parameters().get(s.path() + ".weight");
        if (weight != null && weight.rank() == 4) {
            text.append(format(
                    "%n   %d kernels of %d x %d, each looking for a pattern (bright: ink wanted there)%n",
                    weight.dim(0), weight.dim(2), weight.dim(3)));
            text.append(indented(FeatureMaps.kernels(weight)));
        }
        text.append(format(
                "%n   %sthe strongest of %d feature maps%n",
                weight != null && weight.rank() == 4 ? "where they found it: " : "", maps.dim(0)));
        return text.append(indented(FeatureMaps.strongest(maps))).toString();
    }

    private String strongest(Tensor out) {
        var top = out.topK(Math.min(STRONGEST, out.size()), 0);
        List<String> texts = new ArrayList<>();
        float[] values = top.values().toFloats();
        long[] neurons = top.indices().toLongs();
        for (int i = 0; i < values.length; i++) {
            double size = Math.abs(values[i]);
            texts.add(format(size < 1e3 ? "#%d %.2f" : size < 1e6 ? "#%d %.0f" : "#%d %.0e", neurons[i], values[i]));
        }
        return String.join("   ", texts);
    }

    /// The activations as shades, one character a neuron; the darkest block is the strongest.
    private static String map(Tensor values) {
        float[] v = values.toFloats();
        double most = 1e-12;
        for (float x : v) {
            most = Math.max(most, x);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < v.length; i++) {
            text.append(i > 0 && i % MAP_WIDTH == 0 ? "\n" : "");
            text.append(SHADES.charAt((int) Math.ceil(Math.clamp(v[i] / most, 0, 1) * (SHADES.length() - 1))));
        }
        return text.toString();
    }

    private static String indented(String text) {
        return text.lines().map(l -> "   " + l).reduce((a, b) -> a + "\n" + b).orElse("");
    }

    private float[] probabilities(Tensor output) {
        try (var _ = Grad.off()) {
            return model.meaning().probabilities(output).at(0).toFloats();
        }
    }

    private String bars(float[] p) {
        int width = model.classes().stream().mapToInt(String::length).max().orElse(1);
        int best = 0;
        for (int i = 1; i < p.length; i++) {
            best = p[i] > p[best] ? i : best;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < p.length; i++) {
            String name = model.classes().get(i);
            String line = format(
                    "  %s%s %6.2f %%  %s", " ".repeat(width - name.length()), name, 100 * p[i], Picture.bar(p[i], BAR));
            text.append(i == 0 ? "" : "\n")
                    .append(i == best ? shell.styled("bold", line.stripTrailing()) : line.stripTrailing());
        }
        String verdict =
                best == label ? "right" : "wrong: it is '" + model.classes().get((int) label) + "'";
        return text.append("\nIt says '")
                .append(model.classes().get(best))
                .append("', which is ")
                .append(verdict)
                .append('.')
                .toString();
    }

    // ---- loss and backward

    private String loss(boolean assumed) {
        double value = pass.loss().orElseThrow().item();
        float p = probabilities(pass.output())[(int) label];
        String name = model.classes().get((int) label);
        String who = assumed
                ? "Nobody said what the right answer is, so the network's own answer '" + name
                        + "' is taken (--label says another)."
                : "The right answer is '" + name + "'.";
        String formula = loss.name().equals("cross-entropy")
                ? format("loss = -ln p(%s) = -ln %.6f = %.6f", name, p, value)
                : format("loss (%s) = %.6f", loss.name(), value);
        return who + "\n" + formula;
    }

    /// The error at the output, with the numbers of the classes that matter.
    private String beginning() {
        Stage last = pass.stages().getLast();
        Tensor error = last.error().orElseThrow().at(0).flatten(0);
        float[] p = probabilities(pass.output());
        float[] e = error.toFloats();
        StringBuilder text = new StringBuilder("It begins with how the loss changes with each output z:");
        List<Integer> shown = new ArrayList<>(List.of((int) label));
        for (long i :
                error.abs().topK(Math.min(STRONGEST, error.size()), 0).indices().toLongs()) {
            if (!shown.contains((int) i)) {
                shown.add((int) i);
            }
        }
        boolean softmax = loss.name().equals("cross-entropy");
        for (int c : shown) {
            text.append(format(
                    "%n  dL/dz(%s) = %s%+.6f",
                    model.classes().get(c),
                    softmax ? format("p - %d = %.6f - %d = ", c == label ? 1 : 0, p[c], c == label ? 1 : 0) : "",
                    e[c]));
        }
        return text.toString();
    }

    private String backward(Stage s) {
        Tensor error = s.error().orElseThrow();
        StringBuilder text = new StringBuilder(shell.styled("cyan", s.path() + "  " + s.layer()));
        text.append(format(
                "%n   error that arrives: |dL/d output| = %.3e over %d outputs",
                error.norm().item(), error.size()));
        if (s.gradients().isEmpty()) {
            long silent = s.output().size() - s.firing();
            if (s.layer().equalsIgnoreCase("relu")) {
                text.append(format("%n   it passes where the neuron fired; %d silent neurons pass nothing on", silent));
            }
            return text.toString();
        }
        s.gradients()
                .forEach((path, g) -> text.append(format(
                        "%n   %-12s |dL/d%s| = %.3e%s",
                        path,
                        path.substring(path.lastIndexOf('.') + 1),
                        g.norm().item(),
                        mover(g))));
        return text.toString();
    }

    private static String mover(Tensor g) {
        Tensor flat = g.flatten(0);
        long at = (long) flat.abs().argmax(0).item();
        double value = flat.get(at);
        if (value == 0) {
            return "";
        }
        if (g.rank() == 4) {
            long kernel = g.dim(2) * g.dim(3);
            return format(
                    "%n                moves most: kernel %d, row %d, column %d of map %d (%+.2e)",
                    at / (g.dim(1) * kernel), at % kernel / g.dim(3), at % g.dim(3), at / kernel % g.dim(1), -value);
        }
        return g.rank() == 2
                ? format(
                        "%n                moves most: neuron %d's weight from input %d (%+.2e)",
                        at / g.dim(1), at % g.dim(1), -value)
                : format("%n                moves most: neuron %d (%+.2e)", at, -value);
    }

    private String update() {
        Block copy = Stages.copy(model.net(), model.inputShape());
        StringBuilder text = new StringBuilder(format(
                "w <- w - %s · dL/dw, for %,d weights and biases at once%n", shortly(rate), copy.parameterCount()));
        DoubleFunction<String> percent = p -> format("%.4f %%", 100 * p);
        double before = probabilities(pass.output())[(int) label];
        text.append("  p(")
                .append(model.classes().get((int) label))
                .append(") before          ")
                .append(percent.apply(before));
        for (int step = 1; step <= 10; step++) {
            Inspection now = look(copy);
            try (var _ = Grad.off()) {
                Map<String, Param> params = copy.parameters();
                now.stages()
                        .forEach(s -> s.gradients().forEach((path, g) -> {
                            Param p = params.get(path);
                            if (p != null) {
                                p.set(p.sub(g.mul(rate)));
                            }
                        }));
            }
            if (step == 1 || step == 10) {
                Tensor out = Inspection.forward(copy, input).output();
                text.append(format(
                        "%n  after %2d update%s  %s",
                        step, step == 1 ? ":     " : "s:    ", percent.apply(probabilities(out)[(int) label])));
            }
        }
        return text.toString();
    }

    private static String shortly(double x) {
        return x == Math.rint(x) ? Long.toString((long) x) : Double.toString(x);
    }

    // ---- stages

    private Map<String, Block> allStages() {
        Map<String, Block> all = new LinkedHashMap<>(stages.before());
        all.put("trained", model.net());
        return all;
    }

    private String moments() {
        Grid table = new Grid(
                "network", "says", ">p(" + model.classes().get((int) label) + ")", ">loss", ">neurons that fire");
        allStages().forEach((name, net) -> {
            Inspection i = look(net);
            float[] p = probabilities(i.output());
            int best = 0;
            for (int c = 1; c < p.length; c++) {
                best = p[c] > p[best] ? c : best;
            }
            long all = 0;
            long firing = 0;
            for (Stage s : i.stages()) {
                if (!s.layer().startsWith("Flatten")) {
                    all += s.output().size();
                    firing += s.firing();
                }
            }
            table.row(
                    name,
                    "'" + model.classes().get(best) + "'" + (best == label ? "" : ", wrong"),
                    format("%.2f %%", 100 * p[(int) label]),
                    format("%.4f", i.loss().orElseThrow().item()),
                    firing + " of " + all);
        });
        float[] untrained = probabilities(
                Inspection.forward(stages.before().values().iterator().next(), input)
                        .output());
        int first = 0;
        for (int c = 1; c < untrained.length; c++) {
            first = untrained[c] > untrained[first] ? c : first;
        }
        return table + "\n" + (first == label ? "At first it was right by luck" : "At first it erred")
                + ": its weights were still where chance\nhad put them, and no class stood out.";
    }

    // ---- for machines

    /// The same as data.
    Map<String, Object> json() {
        Map<String, Object> m = new LinkedHashMap<>();
        float[] p = probabilities(pass.output());
        m.put("label", model.classes().get((int) label));
        Map<String, Object> probabilities = new LinkedHashMap<>();
        for (int i = 0; i < p.length; i++) {
            probabilities.put(model.classes().get(i), p[i]);
        }
        m.put("probabilities", probabilities);
        m.put("loss", pass.loss().orElseThrow().item());
        List<Object> layers = new ArrayList<>();
        for (Stage s : pass.stages()) {
            Map<String, Object> layer = new LinkedHashMap<>();
            layer.put("path", s.path());
            layer.put("layer", s.layer());
            layer.put("neurons", s.output().size());
            layer.put("firing", s.firing());
            layer.put("errorNorm", s.error().orElseThrow().norm().item());
            Map<String, Object> gradients = new LinkedHashMap<>();
            s.gradients().forEach((path, g) -> gradients.put(path, g.norm().item()));
            layer.put("gradientNorms", gradients);
            layers.add(layer);
        }
        m.put("layers", layers);
        Map<String, Object> moments = new LinkedHashMap<>();
        allStages()
                .forEach(
                        (name, net) -> moments.put(name, probabilities(look(net).output())[(int) label]));
        m.put("probabilityByStage", moments);
        return m;
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
