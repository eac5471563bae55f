import static org.bytedeco.pytorch.global.torch.ScalarType;

import org.bytedeco.pytorch.MultiLabelSoftMarginLossOptions;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kMean;
import org.bytedeco.pytorch.kNone;
import org.bytedeco.pytorch.kSum;

/// Losses with each reduction. What PyTorch lacks is composed of its functions after the published
/// definition, and the settings begin with "composed".
class Losses {
    private static final String[] REDUCTIONS = {"none", "mean", "sum"}; // numbered as in PyTorch
    private static final TensorOptional NOTHING = new TensorOptional();

    /// A loss of inputs that it makes.
    @FunctionalInterface
    interface Case {
        Tensor of(Golden g, long reduction);
    }

    public static void main(String[] args) throws Exception {
        Golden g = new Golden("losses", 7);
        regression(g);
        probabilities(g);
        margins(g);
        representations(g);
        classes(g);
        ctc(g);
        g.write();
    }

    private static void each(Golden g, String name, String settings, Case loss) {
        for (int r = 0; r < 3; r++) {
            g.begin(name + "-" + REDUCTIONS[r], settings + ", reduction " + REDUCTIONS[r]);
            g.out("loss", loss.of(g, r));
            g.end();
        }
    }

    private static void regression(Golden g) {
        each(g, "mse", "mse_loss", (_, r) -> torch.mse_loss(o(g, 4, 3), t(g, 4, 3), r));
        each(g, "l1", "l1_loss", (_, r) -> torch.l1_loss(o(g, 4, 3), t(g, 4, 3), r));
        each(g, "huber", "huber_loss, delta 0.7", (_, r) -> torch.huber_loss(o(g, 4, 3), t(g, 4, 3), r, 0.7));
        each(g, "smooth-l1", "smooth_l1_loss, beta 0.5", (_, r) ->
                torch.smooth_l1_loss(o(g, 4, 3), t(g, 4, 3), r, 0.5));
        each(g, "smooth-l1-zero", "smooth_l1_loss, beta 0", (_, r) ->
                torch.smooth_l1_loss(o(g, 4, 3), t(g, 4, 3), r, 0));
        each(g, "log-cosh", "composed: log(cosh(o - t))", (_, r) ->
                reduced(o(g, 4, 3).sub(t(g, 4, 3)).cosh().log(), r));
        each(g, "msle", "composed: (log1p(o) - log1p(t))^2 of exponentials", (_, r) -> reduced(
                g.in("o", Golden.normal(4, 3).exp()).log1p().sub(g.fixed("t", Golden.normal(4, 3).exp()).log1p()).square(),
                r));
        each(g, "mape", "composed: |o - t| / max(|t|, 1e-7)", (_, r) -> {
            Tensor o = o(g, 4, 3);
            Tensor t = t(g, 4, 3);
            return reduced(o.sub(t).abs().div(t.abs().clamp_min(new Scalar(1e-7))), r);
        });
        for (boolean full : new boolean[] {false, true}) {
            String name = full ? "-full" : "";
            each(g, "poisson-nll-log" + name, "poisson_nll_loss, log_input, full " + full, (_, r) ->
                    torch.poisson_nll_loss(o(g, 4, 3), counts(g), true, full, 1e-8, r));
            each(g, "poisson-nll" + name, "poisson_nll_loss, not log_input, full " + full, (_, r) ->
                    torch.poisson_nll_loss(g.in("o", Golden.normal(4, 3).exp()), counts(g), false, full, 1e-8, r));
        }
        each(g, "gaussian-nll", "composed: (log(v) + (o - t)^2 / v) / 2", (_, r) ->
                reduced(gaussian(o(g, 4, 3), t(g, 4, 3), g.in("v", Golden.normal(4, 3).exp())), r));
        each(g, "gaussian-nll-full", "composed: (log(v) + (o - t)^2 / v + log(2 pi)) / 2, v of shape (4, 1)", (_, r) ->
                reduced(
                        gaussian(o(g, 4, 3), t(g, 4, 3), g.in("v", Golden.normal(4, 1).exp()))
                                .add(new Scalar(0.5 * Math.log(2 * Math.PI))),
                        r));
    }

    private static Tensor gaussian(Tensor o, Tensor t, Tensor v) {
        return v.log().add(o.sub(t).square().div(v)).mul(new Scalar(0.5));
    }

    private static void probabilities(Golden g) {
        each(g, "bce", "binary_cross_entropy", (_, r) -> torch.binary_cross_entropy(
                g.in("o", Golden.normal(4, 3).sigmoid()), g.fixed("t", Golden.normal(4, 3).sigmoid()), NOTHING, r));
        each(g, "bce-with-logits", "binary_cross_entropy_with_logits", (_, r) ->
                torch.binary_cross_entropy_with_logits(o(g, 4, 3), yesNo(g, 4, 3), NOTHING, NOTHING, r));
        each(g, "bce-with-logits-weighted", "binary_cross_entropy_with_logits, pos_weight 2, 0.5, 3", (_, r) ->
                torch.binary_cross_entropy_with_logits(
                        o(g, 4, 3), yesNo(g, 4, 3), NOTHING, new TensorOptional(Tensor.create(new double[] {2.0, 0.5, 3.0})), r));
        each(g, "kl-divergence", "kl_div", (_, r) ->
                torch.kl_div(o(g, 4, 3), g.fixed("t", Golden.normal(4, 3).softmax(1)), r, false));
        each(g, "kl-divergence-logs", "kl_div, log_target", (_, r) ->
                torch.kl_div(o(g, 4, 3), g.fixed("t", Golden.normal(4, 3).log_softmax(1)), r, true));
        g.begin("kl-divergence-batch-mean", "kl_div, reduction sum, divided by the batch of 4 (batchmean)");
        g.out("loss", torch.kl_div(o(g, 4, 3), g.fixed("t", Golden.normal(4, 3).softmax(1)), 2, false)
                .div(new Scalar(4)));
        g.end();
        each(g, "binary-focal", "composed: bce with logits times (1 - p_t)^2 times alpha_t, alpha 0.25", (_, r) ->
                reduced(focal(o(g, 4, 3), yesNo(g, 4, 3), 2, 0.25), r));
        each(g, "binary-focal-plain", "composed: bce with logits times (1 - p_t)^1.5", (_, r) ->
                reduced(focal(o(g, 4, 3), yesNo(g, 4, 3), 1.5, -1), r));
        each(g, "dice", "composed: 1 - (2 sum(o t) + 1) / (sum(o) + sum(t) + 1) over the last axis of two", (_, r) ->
                reduced(dice(g.in("o", Golden.normal(4, 6).sigmoid()), yesNo(g, 4, 6), 1), r));
        each(g, "dice-maps", "composed: as dice, of maps (2, 3, 2, 4) over the last two axes", (_, r) -> reduced(
                dice(g.in("o", Golden.normal(2, 3, 2, 4).softmax(1)), yesNo(g, 2, 3, 2, 4), 2, 3), r));
        each(g, "tversky", "composed: 1 - (tp + 1) / (tp + 0.3 fp + 0.7 fn + 1) over the last axis", (_, r) -> {
            Tensor o = g.in("o", Golden.normal(4, 6).sigmoid());
            Tensor t = yesNo(g, 4, 6);
            Tensor tp = o.mul(t).sum(1);
            Tensor fp = o.mul(less(1, t)).sum(1);
            Tensor fn = less(1, o).mul(t).sum(1);
            Tensor whole = tp.add(fp.mul(new Scalar(0.3))).add(fn.mul(new Scalar(0.7))).add(new Scalar(1));
            return reduced(less(1, tp.add(new Scalar(1)).div(whole)), r);
        });
    }

    private static Tensor focal(Tensor o, Tensor t, double gamma, double alpha) {
        Tensor p = o.sigmoid();
        Tensor ce = torch.binary_cross_entropy_with_logits(o, t, NOTHING, NOTHING, 0);
        Tensor right = p.mul(t).add(less(1, p).mul(less(1, t)));
        Tensor loss = ce.mul(less(1, right).pow(new Scalar(gamma)));
        return alpha < 0
                ? loss
                : loss.mul(t.mul(new Scalar(alpha)).add(less(1, t).mul(new Scalar(1 - alpha))));
    }

    private static Tensor dice(Tensor o, Tensor t, long... axes) {
        Tensor both = o.mul(t).sum(axes).mul(new Scalar(2)).add(new Scalar(1));
        return less(1, both.div(o.sum(axes).add(t.sum(axes)).add(new Scalar(1))));
    }

    private static void margins(Golden g) {
        each(g, "hinge", "composed: max(0, 1 - t o)", (_, r) -> reduced(less(1, o(g, 4, 3).mul(sign(g, 4, 3))).relu(), r));
        each(g, "soft-margin", "soft_margin_loss", (_, r) -> torch.soft_margin_loss(o(g, 4, 3), sign(g, 4, 3), r));
        each(g, "hinge-embedding", "hinge_embedding_loss, margin 1.5", (_, r) ->
                torch.hinge_embedding_loss(o(g, 4, 3), sign(g, 4, 3), 1.5, r));
        for (int p = 1; p <= 2; p++) {
            int power = p;
            each(g, "multi-margin-" + p, "multi_margin_loss, p " + p + ", margin 0.8", (_, r) -> torch.multi_margin_loss(
                    o(g, 4, 5), g.fixed("t", Golden.whole(5, 4)), new Scalar(power), new Scalar(0.8), NOTHING, r));
        }
        each(g, "multi-label-margin", "multilabel_margin_loss, labels until the first -1", (_, r) ->
                torch.multilabel_margin_loss(
                        o(g, 3, 4),
                        g.fixed("t", torch.tensor(new long[] {3, 0, -1, 1, 2, -1, 0, 0, 1, 0, 3, 2}).reshape(3, 4)),
                        r));
        each(g, "multi-label-soft-margin", "multilabel_soft_margin_loss", (_, r) -> {
            MultiLabelSoftMarginLossOptions options = new MultiLabelSoftMarginLossOptions();
            switch ((int) r) {
                case 0 -> options.reduction().put(new kNone());
                case 1 -> options.reduction().put(new kMean());
                default -> options.reduction().put(new kSum());
            }
            return torch.multilabel_soft_margin_loss(o(g, 4, 5), yesNo(g, 4, 5), options);
        });
    }

    private static void representations(Golden g) {
        each(g, "cosine-embedding", "cosine_embedding_loss, margin 0.2", (_, r) -> torch.cosine_embedding_loss(
                g.in("a", 6, 4), g.in("b", 6, 4), g.fixed("t", Tensor.create(new double[] {1.0, -1, -1, 1, -1, -1})), 0.2, r));
        each(g, "margin-ranking", "margin_ranking_loss, margin 0.3", (_, r) ->
                torch.margin_ranking_loss(g.in("a", 6), g.in("b", 6), sign(g, 6), 0.3, r));
        each(g, "triplet-margin", "triplet_margin_loss, margin 1, p 2", (_, r) -> torch.triplet_margin_loss(
                g.in("a", 5, 4), g.in("b", 5, 4), g.in("c", 5, 4), 1, 2, 1e-6, false, r));
        each(g, "triplet-margin-swap", "triplet_margin_loss, margin 2, p 3, swap", (_, r) -> torch.triplet_margin_loss(
                g.in("a", 5, 4), g.in("b", 5, 4), g.in("c", 5, 4), 2, 3, 1e-6, true, r));
        each(g, "info-nce", "composed: cross_entropy(normalize(o) normalize(t)^T / 0.2, 0 1 2 3 4)", (_, r) -> {
            Tensor scores = torch.normalize(g.in("o", 5, 3)).matmul(torch.normalize(g.in("t", 5, 3)).t());
            return torch.cross_entropy_loss(
                    scores.div(new Scalar(0.2)), torch.tensor(new long[] {0, 1, 2, 3, 4}), NOTHING, r, -100, 0);
        });
    }

    private static void classes(Golden g) {
        TensorOptional weights = new TensorOptional(Tensor.create(new double[] {1.0, 0.5, 2.0}));
        each(g, "nll", "nll_loss", (_, r) -> torch.nll_loss(o(g, 5, 3), index(g), NOTHING, r, -100));
        each(g, "nll-weights", "nll_loss, weights 1, 0.5, 2", (_, r) ->
                torch.nll_loss(o(g, 5, 3), index(g), weights, r, -100));
        each(g, "cross-entropy", "cross_entropy", (_, r) -> torch.cross_entropy_loss(
                o(g, 5, 3), index(g), NOTHING, r, -100, 0));
        each(g, "cross-entropy-maps", "cross_entropy, output (2, 3, 4)", (_, r) -> torch.cross_entropy_loss(
                o(g, 2, 3, 4), g.fixed("t", Golden.whole(3, 2, 4)), NOTHING, r, -100, 0));
        each(g, "cross-entropy-weights", "cross_entropy, weights 1, 0.5, 2", (_, r) -> torch.cross_entropy_loss(
                o(g, 5, 3), index(g), weights, r, -100, 0));
        each(g, "cross-entropy-smoothing", "cross_entropy, label_smoothing 0.1, weights 1, 0.5, 2", (_, r) ->
                torch.cross_entropy_loss(o(g, 5, 3), index(g), weights, r, -100, 0.1));
        each(g, "cross-entropy-ignored", "cross_entropy, ignore_index 1, label_smoothing 0.2", (_, r) ->
                torch.cross_entropy_loss(
                        o(g, 5, 3), g.fixed("t", torch.tensor(new long[] {0, 1, 2, 1, 0})), NOTHING, r, 1, 0.2));
        each(g, "cross-entropy-probabilities", "cross_entropy of probabilities, label_smoothing 0.1, weights", (_, r) ->
                torch.cross_entropy_loss(
                        o(g, 5, 3), g.fixed("t", Golden.normal(5, 3).softmax(1)), weights, r, -100, 0.1));
        each(g, "focal", "composed: (1 - p)^2 times cross_entropy without reduction", (_, r) -> {
            Tensor ce = torch.cross_entropy_loss(o(g, 5, 3), index(g), NOTHING, 0, -100, 0);
            return reduced(ce.mul(less(1, ce.neg().exp()).pow(new Scalar(2))), r);
        });
    }

    /// PyTorch's gradient with respect to log probabilities supposes a log softmax before them, so here is one.
    private static void ctc(Golden g) {
        each(g, "ctc", "ctc_loss of log_softmax, blank 0, text lengths 3, 1, 0", (_, r) -> torch.ctc_loss(
                g.in("o", 6, 3, 4).log_softmax(2),
                g.fixed("t", torch.tensor(new long[] {1, 1, 3, 2, 0, 0, 0, 0, 0}).reshape(3, 3)),
                g.fixed("u", torch.tensor(new long[] {6, 6, 6})),
                g.fixed("v", torch.tensor(new long[] {3, 1, 0})),
                0,
                r,
                false));
        each(g, "ctc-lengths", "ctc_loss of log_softmax, blank 2, time lengths 7, 4, 5", (_, r) -> torch.ctc_loss(
                g.in("o", 7, 3, 5).log_softmax(2),
                g.fixed("t", torch.tensor(new long[] {1, 3, 3, 0, 4, 4, 0, 0, 3, 1, 0, 0}).reshape(3, 4)),
                g.fixed("u", torch.tensor(new long[] {7, 4, 5})),
                g.fixed("v", torch.tensor(new long[] {4, 2, 3})),
                2,
                r,
                false));
        each(g, "ctc-infinite", "ctc_loss of log_softmax, zero_infinity, the second text does not fit", (_, r) ->
                torch.ctc_loss(
                        g.in("o", 3, 2, 4).log_softmax(2),
                        g.fixed("t", torch.tensor(new long[] {1, 2, 1, 1}).reshape(2, 2)),
                        g.fixed("u", torch.tensor(new long[] {3, 2})),
                        g.fixed("v", torch.tensor(new long[] {2, 2})),
                        0,
                        r,
                        true));
    }

    // ---- inputs

    private static Tensor o(Golden g, long... dims) {
        return g.in("o", Golden.normal(dims));
    }

    private static Tensor t(Golden g, long... dims) {
        return g.fixed("t", Golden.normal(dims));
    }

    private static Tensor index(Golden g) {
        return g.fixed("t", Golden.whole(3, 5));
    }

    private static Tensor counts(Golden g) {
        return g.fixed("t", Golden.whole(6, 4, 3).to(ScalarType.Double));
    }

    private static Tensor yesNo(Golden g, long... dims) {
        return g.fixed("t", Golden.whole(2, dims).to(ScalarType.Double));
    }

    private static Tensor sign(Golden g, long... dims) {
        return g.fixed("t", less(1, Golden.whole(2, dims).to(ScalarType.Double).mul(new Scalar(2))));
    }

    private static Tensor less(double from, Tensor x) {
        return x.neg().add(new Scalar(from));
    }

    private static Tensor reduced(Tensor each, long reduction) {
        return reduction == 0 ? each : reduction == 1 ? each.mean() : each.sum();
    }
}
