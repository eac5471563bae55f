package cajal.nn;

import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A built-in loss that compares output and target, of one shape, element by element or row by row, then
/// takes the mean: made by [Loss#mse()] and its neighbours.
///
/// Nothing is broadcast: a target `(32)` beside an output `(32, 1)` is an error, not 1,024 comparisons.
public final class ElementLoss implements Loss {
    private final ElementKind kind;
    private final double[] constants;
    private final boolean oneHot;
    private final Reduction reduction;

    private ElementLoss(ElementKind kind, double[] constants, boolean oneHot, Reduction reduction) {
        this.kind = kind;
        this.constants = constants;
        this.oneHot = oneHot;
        this.reduction = reduction;
    }

    /// **Throws** [IllegalArgumentException] for constants that may not be taken.
    static ElementLoss of(ElementKind kind, double... constants) {
        Constant.check(kind.label(), kind.constants(), constants);
        return new ElementLoss(kind, constants.clone(), false, Reduction.MEAN);
    }

    /// The same loss with another reduction.
    public ElementLoss reduction(Reduction reduction) {
        return new ElementLoss(kind, constants, oneHot, reduction);
    }

    /// The same loss for targets that are class indices `(B)` beside an output `(B, C)`: 1 at the class, 0
    /// elsewhere (-1 elsewhere for losses whose targets are -1 and 1).
    public ElementLoss oneHot() {
        return new ElementLoss(kind, constants, true, reduction);
    }

    /// **Throws** [ShapeException] if the shapes differ, or are not what a loss of rows needs.
    @Override
    public Tensor of(Tensor output, Tensor target) {
        Tensor t = oneHot ? rows(output, target) : target;
        if (!output.shape().equals(t.shape())) {
            throw new ShapeException(name() + " compares output " + output.shape() + " with target " + target.shape()
                    + "\n  rule: both have one shape" + fix(output, target));
        }
        if (output.rank() < kind.leastRank() || output.rank() > kind.mostRank()) {
            throw new ShapeException(name() + " got output " + output.shape() + "\n  rule: it has "
                    + (kind.mostRank() == 2 ? "two axes" : "at least two axes") + ", the first one being the batch");
        }
        if (kind == ElementKind.BCE_WITH_LOGITS
                && constants.length > 1
                && (output.rank() == 0 || output.dim(-1) != constants.length)) {
            throw new ShapeException(name() + " has " + constants.length + " positive weights for output "
                    + output.shape() + "\n  rule: one weight, or one for each entry of the last axis");
        }
        return reduction.of(kind.of(output, t.to(output.dtype()), constants));
    }

    /// Whether it compares with values, as in regression, rather than with probabilities, signs or classes.
    public boolean isOfValues() {
        return kind.ofValues() && !oneHot;
    }

    private Tensor rows(Tensor output, Tensor target) {
        if (output.rank() < 2
                || target.dtype().isFloat()
                || !target.shape().equals(ClassLoss.positions(output.shape()))) {
            throw new ShapeException(name() + " of classes got output " + output.shape() + " and target "
                    + target.shape() + " " + target.dtype() + "\n  rule: output (B, C), target (B) of an integer type");
        }
        if (kind == ElementKind.MULTI_LABEL_MARGIN) { // its rows are lists of classes
            return target.unsqueeze(1).pad(-1, new long[] {0, output.dim(1) - 1});
        }
        Tensor rows = ClassLoss.checked(
                        output,
                        target,
                        name(),
                        () -> target.to(cajal.kernel.DType.I64).oneHot(output.dim(1)))
                .to(output.dtype())
                .moveAxis(-1, 1);
        return kind.signed() ? rows.mul(2).sub(1) : rows;
    }

    private String fix(Tensor output, Tensor target) {
        Shape o = output.shape();
        Shape t = target.shape();
        if (!target.dtype().isFloat() && o.rank() == 2 && t.equals(Shape.of(o.dim(0)))) {
            return "\n  fix:  for class indices call oneHot() on the loss, or take Loss.crossEntropy()";
        }
        if (o.size() != t.size()) {
            return "";
        }
        String dims = o.toString();
        return "\n  fix:  target.reshape" + dims;
    }

    @Override
    public Optional<Spec> spec() {
        Map<String, Object> c = new LinkedHashMap<>();
        if (kind == ElementKind.BCE_WITH_LOGITS && constants.length > 0) {
            c.put("posWeight", Arrays.stream(constants).boxed().toList());
        }
        for (int i = 0; i < kind.constants().size(); i++) {
            c.put(kind.constants().get(i).name(), constants[i]);
        }
        if (oneHot) {
            c.put("oneHot", true);
        }
        c.put("reduction", reduction.name().toLowerCase(Locale.ROOT));
        return Optional.of(Spec.of(kind.label(), c));
    }

    /// Name and constants.
    @Override
    public String toString() {
        return kind.label() + spec().orElseThrow().constants();
    }
}
