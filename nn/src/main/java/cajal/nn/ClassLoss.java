package cajal.nn;

import cajal.kernel.DType;
import cajal.kernel.IndexException;
import cajal.kernel.Shape;
import cajal.kernel.ShapeException;
import cajal.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// A built-in loss that looks at the right class: cross entropy of scores, or negative log likelihood of log
/// probabilities.
///
/// With log probabilities `l`, class weights `w`, smoothing `e` and `C` classes, a sample of class `t` loses
/// `-(1 - e)·w_t·l_t - e/C·sum_c w_c·l_c`; a sample with target probabilities `q` loses `-sum_c w_c·((1 -
/// e)·q_c + e/C)·l_c`. The mean is divided by the weights `w_t` of the classes that occurred (by their number
/// without weights), as in PyTorch. With focus `g`, `(1 - e^l_c)^g·l_c` stands for `l_c`.
///
/// @param logits whether the output holds scores rather than log probabilities
/// @param focus the power `g` with which certainty takes weight away from a sample; 0 for none
/// @param labelSmoothing the share `e` of the target that is spread evenly over all classes
/// @param classWeights one weight a class; empty for none
/// @param ignored the class index whose samples do not count
/// @param reduction how the samples' losses become one number
public record ClassLoss(
        boolean logits,
        double focus,
        double labelSmoothing,
        List<Double> classWeights,
        OptionalLong ignored,
        Reduction reduction)
        implements Loss {
    /// Checks the constants and copies the list.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 <= labelSmoothing <= 1`, `focus >= 0` and no weight is
    /// negative.
    public ClassLoss {
        classWeights = List.copyOf(classWeights);
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException("labelSmoothing(" + labelSmoothing + ")\n  rule: it lies in 0 .. 1");
        }
        if (!(focus >= 0)) {
            throw new IllegalArgumentException("focus(" + focus + ")\n  rule: focus >= 0");
        }
        if (classWeights.stream().anyMatch(w -> !(w >= 0))) {
            throw new IllegalArgumentException("classWeights" + classWeights + "\n  rule: no weight is negative");
        }
    }

    static ClassLoss standard(boolean logits) {
        return new ClassLoss(logits, 0, 0, List.of(), OptionalLong.empty(), Reduction.MEAN);
    }

    /// The same loss with each logarithm of a probability `p` times `(1 - p)^gamma`: what is easy counts
    /// little, as rare classes need; 2 is usual.
    ///
    /// **Source** Lin, Goyal, Girshick, He, Dollár, "Focal loss for dense object detection", 2017, equation 4.
    public ClassLoss focus(double gamma) {
        return new ClassLoss(logits, gamma, labelSmoothing, classWeights, ignored, reduction);
    }

    /// The same loss with a share of the target spread evenly over all classes, so that the network does not
    /// strive for certainty.
    ///
    /// **Source** Szegedy, Vanhoucke, Ioffe, Shlens, Wojna, "Rethinking the Inception architecture", 2016,
    /// section 7.
    public ClassLoss labelSmoothing(double share) {
        return new ClassLoss(logits, focus, share, classWeights, ignored, reduction);
    }

    /// The same loss with one weight a class: rare classes can count more.
    public ClassLoss classWeights(double... weights) {
        return new ClassLoss(
                logits, focus, labelSmoothing, Arrays.stream(weights).boxed().toList(), ignored, reduction);
    }

    /// The same loss without the samples of this class index, which may lie outside `0 .. C-1`; padding is
    /// often
    /// -100. If all are ignored the mean is NaN, as in PyTorch.
    public ClassLoss ignoreIndex(long index) {
        return new ClassLoss(logits, focus, labelSmoothing, classWeights, OptionalLong.of(index), reduction);
    }

    /// The same loss with another reduction.
    public ClassLoss reduction(Reduction reduction) {
        return new ClassLoss(logits, focus, labelSmoothing, classWeights, ignored, reduction);
    }

    /// **Throws** [ShapeException] if shapes or types do not fit, [IndexException] if a class index is out of
    /// range.
    @Override
    public Tensor of(Tensor output, Tensor target) {
        checkOutput(output.shape());
        boolean indices = !target.dtype().isFloat();
        Shape wanted = indices ? positions(output.shape()) : output.shape();
        if (!target.shape().equals(wanted)) {
            throw misfit(output, target, indices);
        }
        if (indices && isPlain() && output.rank() == 2) {
            boolean mean = reduction == Reduction.MEAN;
            Tensor classes = target.to(DType.I64);
            try {
                return output.crossEntropy(classes, mean);
            } catch (IndexException e) {
                return checked(output, classes, name(), () -> {
                    throw e;
                });
            }
        }
        Tensor l = logits ? output.logSoftmax(1) : output;
        Tensor logs = focus == 0 ? l : ElementKind.focused(l, l.expm1().neg(), focus);
        return indices ? ofIndices(logs, target.to(DType.I64)) : ofProbabilities(logs, target.to(logs.dtype()));
    }

    /// Whether it is the loss of one fused operation.
    private boolean isPlain() {
        boolean reduces = reduction == Reduction.MEAN || reduction == Reduction.SUM;
        return logits && focus == 0 && labelSmoothing == 0 && classWeights.isEmpty() && ignored.isEmpty() && reduces;
    }

    private Tensor ofIndices(Tensor logs, Tensor target) {
        Tensor kept = ignored.isPresent() ? target.ne((double) ignored.getAsLong()) : null;
        Tensor index = kept == null ? target : Tensor.where(kept, target, Tensor.scalar(0, DType.I64));
        Tensor right = checked(logs, index, name(), () -> logs.gather(1, index.unsqueeze(1))); // (B, 1, ...)
        Tensor loss = right.squeeze(1).neg(); // (B, ...)
        Tensor weight = null;
        if (!classWeights.isEmpty()) {
            weight = weights(logs).indexSelect(0, index.reshape(-1)).reshape(index.shape());
            loss = loss.mul(weight);
        }
        if (labelSmoothing > 0) {
            Tensor all = weighted(logs).sum(1).neg(); // (B, ...)
            loss = loss.mul(1 - labelSmoothing).add(all.mul(labelSmoothing / logs.dim(1)));
        }
        if (kept != null) {
            Tensor zero = Tensor.scalar(0, logs.dtype());
            loss = Tensor.where(kept, loss, zero);
            weight = weight == null ? kept.to(logs.dtype()) : Tensor.where(kept, weight, zero);
        }
        return reduced(loss, weight);
    }

    private Tensor ofProbabilities(Tensor logs, Tensor target) {
        if (ignored.isPresent()) {
            throw new IllegalArgumentException(name() + " of probabilities with ignoreIndex(" + ignored.getAsLong()
                    + ")" + "\n  rule: samples are ignored by class index; probabilities name no class");
        }
        Tensor q = labelSmoothing > 0 ? target.mul(1 - labelSmoothing).add(labelSmoothing / logs.dim(1)) : target;
        return reduced(weighted(logs).mul(q).sum(1).neg(), null);
    }

    private Tensor reduced(Tensor each, @org.jspecify.annotations.Nullable Tensor weight) {
        return reduction == Reduction.MEAN && weight != null ? each.sum().div(weight.sum()) : reduction.of(each);
    }

    private Tensor weights(Tensor logs) {
        double[] w = classWeights.stream().mapToDouble(d -> d).toArray();
        if (w.length != logs.dim(1)) {
            throw new ShapeException(name() + " has " + w.length + " class weights for output " + logs.shape()
                    + "\n  rule: one weight for each of the " + logs.dim(1) + " classes");
        }
        return Tensor.ofDoubles(w, w.length).to(logs.dtype());
    }

    /// The log probabilities times their class's weight.
    private Tensor weighted(Tensor logs) {
        if (classWeights.isEmpty()) {
            return logs;
        }
        long[] dims = new long[logs.rank() - 1];
        Arrays.fill(dims, 1);
        dims[0] = logs.dim(1);
        return logs.mul(weights(logs).reshape(dims)); // (C, 1, ...) beside (B, C, ...)
    }

    // ---- errors

    /// The output's shape without the classes: `(B, C, ...)` gives `(B, ...)`.
    static Shape positions(Shape output) {
        if (output.rank() < 2) {
            return output;
        }
        long[] d = new long[output.rank() - 1];
        for (int i = 0; i < d.length; i++) {
            d[i] = output.dim(i == 0 ? 0 : i + 1);
        }
        return Shape.of(d);
    }

    private void checkOutput(Shape output) {
        if (output.rank() < 2) {
            throw new ShapeException(
                    name() + " expects output (B, C) but got " + output + "\n  rule: a row of scores for each sample"
                            + (output.rank() == 1 && output.dim(0) > 1
                                    ? "\n  fix:  for a single sample output.unsqueeze(0)"
                                    : ""));
        }
        if (output.dim(1) < 2) {
            throw new ShapeException(name() + " got output " + output + ", scores of " + output.dim(1) + " class"
                    + "\n  rule: at least 2 classes, or there is nothing to choose"
                    + "\n  fix:  Loss.bceWithLogits() for one yes-or-no output, or 2 neurons in the last layer");
        }
    }

    private ShapeException misfit(Tensor output, Tensor target, boolean indices) {
        Shape o = output.shape();
        Shape t = target.shape();
        Shape wanted = positions(o);
        String fix = "";
        if (!indices && t.equals(wanted)) {
            fix = "\n  fix:  target.to(DType.I64)";
        } else if (indices && t.equals(o)) {
            fix = "\n  fix:  target.to(DType.F32) for probabilities, target.argmax(1) for one-hot rows";
        } else if (t.size() == wanted.size()) {
            fix = "\n  fix:  target.reshape" + wanted + (indices ? "" : ".to(DType.I64)");
        }
        return new ShapeException(name() + " got output " + o + " and target " + t + " " + target.dtype()
                + "\n  rule: class indices " + wanted + " of an integer type, or probabilities " + o + fix);
    }

    /// What `read` gives; if it fails because of an index, the error names the classes that there are.
    static Tensor checked(Tensor output, Tensor target, String name, Supplier<Tensor> read) {
        try {
            return read.get();
        } catch (IndexException e) {
            long classes = output.dim(1);
            long[] t = target.toLongs();
            for (int i = 0; i < t.length; i++) {
                if (t[i] < 0 || t[i] >= classes) {
                    throw new IndexException(name + " got class " + t[i] + " (target " + i + " of " + t.length
                            + ") for output " + output.shape() + "\n  rule: " + classes + " classes are numbered 0 .. "
                            + (classes - 1) + remedy(t, classes));
                }
            }
            throw e;
        }
    }

    private static String remedy(long[] t, long classes) {
        long least = Arrays.stream(t).min().orElse(0);
        long most = Arrays.stream(t).max().orElse(0);
        if (least == 1 && most == classes) {
            return "\n  fix:  these targets count from 1: target.sub(1)";
        }
        return least >= 0
                ? "\n  fix:  with targets up to " + most + " the last layer needs " + (most + 1) + " outputs"
                : "\n  fix:  if " + least + " marks what does not count: ignoreIndex(" + least + ")";
    }

    // ---- as data

    @Override
    public Optional<Spec> spec() {
        Map<String, Object> c = new LinkedHashMap<>();
        if (focus > 0) {
            c.put("focus", focus);
        }
        c.put("labelSmoothing", labelSmoothing);
        if (!classWeights.isEmpty()) {
            c.put("classWeights", classWeights);
        }
        ignored.ifPresent(i -> c.put("ignoreIndex", i));
        c.put("reduction", reduction.name().toLowerCase(Locale.ROOT));
        return Optional.of(Spec.of(!logits ? "nll" : focus > 0 ? "focal" : "cross-entropy", c));
    }
}
