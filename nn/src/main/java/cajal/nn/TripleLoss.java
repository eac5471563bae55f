package cajal.nn;

import cajal.kernel.ShapeException;
import cajal.nn.Loss.Reduction;
import cajal.tensor.Tensor;

/// A built-in loss of three tensors: made by [Loss#tripletMargin()], [Loss#cosineEmbedding(double)],
/// [Loss#marginRanking(double)] and [Loss#gaussianNll()], which say what the three are.
///
/// A batch may hold the three next to each other, `(B, 3, ...)`, and the objective takes them apart:
/// `Trainer.of(net, b -> loss.of(net.apply(b.inputs().select(1, 0)), ...), optimizer)`.
public final class TripleLoss {
    private final TripleKind kind;
    private final double[] constants;
    private final Reduction reduction;

    private TripleLoss(TripleKind kind, double[] constants, Reduction reduction) {
        this.kind = kind;
        this.constants = constants;
        this.reduction = reduction;
    }

    /// **Throws** [IllegalArgumentException] for constants that may not be taken.
    static TripleLoss of(TripleKind kind, double... constants) {
        Constant.check(kind.label(), kind.constants(), constants);
        return new TripleLoss(kind, constants.clone(), Reduction.MEAN);
    }

    /// The same loss with another reduction.
    public TripleLoss reduction(Reduction reduction) {
        return new TripleLoss(kind, constants, reduction);
    }

    /// The loss of a batch: one number, unless it was told [Reduction#NONE].
    ///
    /// **Throws** [ShapeException] if the shapes do not fit.
    public Tensor of(Tensor first, Tensor second, Tensor third) {
        if (!kind.fits(first.shape(), second.shape(), third.shape())) {
            throw new ShapeException(kind.label() + " got " + kind.roles().get(0) + " " + first.shape() + ", "
                    + kind.roles().get(1) + " " + second.shape() + ", "
                    + kind.roles().get(2) + " " + third.shape()
                    + "\n  rule: " + kind.rule());
        }
        return reduction.of(kind.of(first, second.to(first.dtype()), third.to(first.dtype()), constants));
    }

    /// Name and constants.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind.label()).append('{');
        for (int i = 0; i < constants.length; i++) {
            text.append(kind.constants().get(i).name())
                    .append('=')
                    .append(constants[i])
                    .append(", ");
        }
        return text.append("reduction=")
                .append(reduction.name().toLowerCase(java.util.Locale.ROOT))
                .append('}')
                .toString();
    }
}
