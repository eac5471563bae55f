package cajal.nn;

import cajal.kernel.Shape;
import cajal.tensor.Tensor;
import java.util.List;

/// The table of losses of three tensors.
///
/// Legend: `x`, `y`, `z` the three, `c` constants, `B` batch, `D` features.
@SuppressWarnings("ImmutableEnumChecker") // the functions hold nothing, the lists are copies
enum TripleKind {
    GAUSSIAN_NLL(
            "gaussian-nll",
            List.of("output", "target", "variance"),
            "all have one shape; the variance may have length 1 along the last axis",
            TripleKind::gaussian,
            Constant.flag("full", false),
            Constant.positive("eps", 1e-6)),
    COSINE_EMBEDDING(
            "cosine-embedding",
            List.of("first", "second", "target"),
            "(B, D), (B, D) and (B), or (D), (D) and a single number",
            TripleKind::cosine,
            Constant.any("margin", 0)),
    MARGIN_RANKING(
            "margin-ranking",
            List.of("first", "second", "target"),
            "all have one shape",
            (x, y, z, c) -> x.sub(y).mul(z).neg().add(c[0]).relu(),
            Constant.any("margin", 0)),
    TRIPLET_MARGIN(
            "triplet-margin",
            List.of("anchor", "positive", "negative"),
            "all have one shape, the last axis being the features",
            TripleKind::triplet,
            Constant.positive("margin", 1),
            Constant.positive("power", 2),
            Constant.flag("swap", false));

    private final String label;
    private final List<String> roles;
    private final String rule;
    private final Formula formula;
    private final List<Constant> constants;

    /// The loss of each element or row.
    @FunctionalInterface
    interface Formula {
        Tensor of(Tensor x, Tensor y, Tensor z, double[] c);
    }

    TripleKind(String label, List<String> roles, String rule, Formula formula, Constant... constants) {
        this.label = label;
        this.roles = roles;
        this.rule = rule;
        this.formula = formula;
        this.constants = List.of(constants);
    }

    String label() {
        return label;
    }

    /// What the three tensors are called.
    List<String> roles() {
        return roles;
    }

    /// Which shapes they have, for people.
    String rule() {
        return rule;
    }

    List<Constant> constants() {
        return constants;
    }

    /// Whether these shapes fit.
    boolean fits(Shape x, Shape y, Shape z) {
        return x.equals(y)
                && switch (this) {
                    case GAUSSIAN_NLL -> z.equals(x) || x.rank() > 0 && z.equals(withLast(x, true));
                    case COSINE_EMBEDDING -> (x.rank() == 1 || x.rank() == 2) && z.equals(withLast(x, false));
                    case MARGIN_RANKING -> z.equals(x);
                    case TRIPLET_MARGIN -> x.rank() > 0 && z.equals(x);
                };
    }

    /// The shape with length 1 along the last axis, or without that axis.
    private static Shape withLast(Shape x, boolean kept) {
        long[] d = java.util.Arrays.copyOf(x.dims(), kept ? x.rank() : x.rank() - 1);
        if (kept) {
            d[d.length - 1] = 1;
        }
        return Shape.of(d);
    }

    Tensor of(Tensor x, Tensor y, Tensor z, double[] c) {
        return formula.of(x, y, z, c);
    }

    /// A variance below the least one is lifted to it, its gradient passing through.
    private static Tensor gaussian(Tensor o, Tensor t, Tensor variance, double[] c) {
        Tensor lift = variance.detach().neg().add(c[1]).relu();
        Tensor v = variance.add(lift);
        Tensor each = v.log().add(o.sub(t).square().div(v)).mul(0.5);
        return c[0] == 1 ? each.add(0.5 * StrictMath.log(2 * Math.PI)) : each;
    }

    /// The squared lengths are 1e-12 larger than they are, so that zeros have an angle.
    private static Tensor cosine(Tensor x, Tensor y, Tensor z, double[] c) {
        Tensor lengths = x.square().sum(-1).add(1e-12).mul(y.square().sum(-1).add(1e-12));
        Tensor cosine = x.mul(y).sum(-1).mul(lengths.rsqrt());
        Tensor together = z.eq(1).to(x.dtype());
        Tensor apart = z.eq(-1).to(x.dtype());
        return together.mul(cosine.neg().add(1)).add(apart.mul(cosine.sub(c[0]).relu()));
    }

    private static Tensor triplet(Tensor a, Tensor p, Tensor n, double[] c) {
        Tensor near = distance(a, p, c[1]);
        Tensor far = distance(a, n, c[1]);
        if (c[2] == 1) {
            far = far.minimum(distance(p, n, c[1]));
        }
        return near.sub(far).add(c[0]).relu();
    }

    private static Tensor distance(Tensor x, Tensor y, double power) {
        return x.sub(y).add(1e-6).pNorm(power, -1);
    }
}
