package cajal.studio;

import cajal.nn.Activation;
import cajal.nn.Block;
import cajal.nn.Conv2d;
import cajal.nn.Flatten;
import cajal.nn.Inspection;
import cajal.nn.Layer;
import cajal.nn.Linear;
import cajal.nn.Part;
import cajal.tensor.Grad;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A layer as a person sees it: neurons in a column, made of what weighs and what bends; the picture is the
/// first one.
///
/// A layer without inner parts that keeps the number of values, such as an activation or a normalisation,
/// belongs to the column before it, and so does one that only brings the values into a row.
///
/// @param kind what it does
/// @param parts the layers that make it; none, or a flattening, for the picture
/// @param stages what they did in a pass
record DigitColumn(Kind kind, List<Part> parts, List<Inspection.Stage> stages, Tensor values) {
    /// What a column does.
    enum Kind {
        /// The picture.
        INPUT,
        /// Each neuron sees all that goes in.
        DENSE,
        /// Kernels look for a pattern at every place.
        MAPS,
        /// Maps become smaller.
        POOL,
        /// Anything else.
        OTHER
    }

    /// The columns of a pass.
    static List<DigitColumn> of(Block net, Tensor x, Inspection seen) {
        List<DigitColumn> columns = new ArrayList<>();
        columns.add(new DigitColumn(Kind.INPUT, List.of(), List.of(), x));
        for (Inspection.Stage stage : seen.stages()) {
            Part part = stage.path().isEmpty() ? net : net.parts().getOrDefault(stage.path(), net);
            DigitColumn last = columns.getLast();
            if (part instanceof Flatten || last.kind != Kind.INPUT && joins(part, stage)) {
                columns.set(columns.size() - 1, last.with(part, stage));
            } else {
                columns.add(new DigitColumn(kind(part, stage), List.of(part), List.of(stage), stage.output()));
            }
        }
        return columns;
    }

    private static boolean joins(Part part, Inspection.Stage stage) {
        return !(part instanceof Linear)
                && !(part instanceof Conv2d)
                && part.parts().isEmpty()
                && stage.input().shape().equals(stage.output().shape());
    }

    private static Kind kind(Part part, Inspection.Stage stage) {
        return part instanceof Linear && stage.output().rank() == 2
                ? Kind.DENSE
                : part instanceof Conv2d
                        ? Kind.MAPS
                        : part.parameters().isEmpty() && stage.output().rank() == 4 ? Kind.POOL : Kind.OTHER;
    }

    private DigitColumn with(Part part, Inspection.Stage stage) {
        List<Part> moreParts = new ArrayList<>(parts);
        moreParts.add(part);
        List<Inspection.Stage> moreStages = new ArrayList<>(stages);
        moreStages.add(stage);
        return new DigitColumn(kind, moreParts, moreStages, part instanceof Flatten ? values : stage.output());
    }

    /// The stage that put out [#values]: the last one that does more than bring them into a row.
    Inspection.Stage last() {
        for (int i = stages.size() - 1; i >= 0; i--) {
            if (!(parts.get(i) instanceof Flatten)) {
                return stages.get(i);
            }
        }
        return stages.getLast();
    }

    /// What went into the column.
    Tensor input() {
        return stages.getFirst().input();
    }

    /// What its first layer put out: the weighted sums.
    Tensor sums() {
        return stages.getFirst().output();
    }

    /// The weights of its first layer, in the form `(out, in)` or `(out, in, height, width)`, if it has such.
    Optional<Param> weight() {
        return kind == Kind.DENSE || kind == Kind.MAPS
                ? Optional.ofNullable(parts.getFirst().parameters().get("weight"))
                : Optional.empty();
    }

    /// The bias of a neuron; 0 without one.
    double bias(int neuron) {
        Param bias = parts.getFirst().parameters().get("bias");
        if (bias == null || kind != Kind.DENSE && kind != Kind.MAPS) {
            return 0;
        }
        return bias.get(neuron / (sums().size() / bias.size()));
    }

    /// How the sum of a neuron changes with each value that goes in: its incoming weights, in the form of
    /// what goes in.
    Tensor incoming(int neuron) {
        Tensor x = input().requireGrad();
        try (var _ = Grad.on()) {
            Tensor sum = ((Layer) parts.getFirst()).apply(x).flatten(0).at(neuron);
            return Grad.of(sum, List.of(x)).getFirst();
        }
    }

    /// What bends the sums, if nothing else stands behind the first layer.
    Optional<List<Activation>> bends() {
        List<Activation> bends = new ArrayList<>();
        for (Part part : parts.subList(1, parts.size())) {
            if (part instanceof Activation a && !a.describe().contains("oftmax")) {
                bends.add(a);
            } else if (!(part instanceof Flatten)) {
                return Optional.empty();
            }
        }
        return Optional.of(bends);
    }

    /// How a neuron's activation changes with its sum, by autograd; 1 where nothing bends it.
    Optional<Double> slope(int neuron) {
        return bends().map(bends -> {
            try (var _ = Grad.on()) {
                Tensor z = sums().flatten(0).at(neuron).detach().requireGrad();
                Tensor a = z;
                for (Activation f : bends) {
                    a = f.apply(a);
                }
                return bends.isEmpty() ? 1.0 : Grad.of(a, List.of(z)).getFirst().item();
            }
        });
    }

    /// What it is made of, in a line.
    String layers() {
        return String.join(", ", parts.stream().map(Part::describe).toList());
    }
}
