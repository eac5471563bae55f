package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Shape;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Momentum whose matrices step by the nearest (nearly) orthogonal matrix: `B = B + (1-μ)(G - B)`, `O` =
/// Newton-Schulz of `G + μ(B - G)`, `p = (1 - rate·λ)·p - rate·√max(1, n/m)·O` for an `n × m` parameter. All
/// others follow [AdamW].
///
/// Five rounds `X = aX + (bA + cA²)X` with `A = XXᵀ` bring all singular values from (0, 1] to about 1.
/// Embeddings and output layers do better with AdamW: Muon is for hidden layers.
///
/// **Numerics.** Rounds are computed in the parameter's element type (PyTorch: in BF16).
///
/// **Source** Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024; the momentum's
/// form, `λ` = 0.1 and [#matchAdamW] (Liu et al., "Muon is scalable for LLM training", 2025, section 2.2) as in
/// PyTorch.
public final class Muon extends Optimizer {
    private static final Update MEAN = mean();
    private static final Update STEP = along();
    private static final double A = 3.4445;
    private static final double B = -4.7750;
    private static final double C = 2.0315;
    private static final double EPS = 1e-7;

    private double momentum = 0.95;
    private boolean nesterov = true;
    private double decay = 0.1;
    private int rounds = 5;
    private boolean match;
    private double othersFactor = 0.05;

    /// Muon with a learning rate for matrices; 0.02 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Muon(double rate) {
        super(rate);
    }

    /// How much of the mean gradient is kept from step to step; 0.95 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public Muon momentum(double momentum) {
        checkUnused();
        this.momentum = Options.fraction("Muon", "momentum", momentum);
        return this;
    }

    /// Steps along the mean gradient itself, not ahead of it.
    public Muon noNesterov() {
        checkUnused();
        nesterov = false;
        return this;
    }

    /// Takes `rate·decay·p` from `p`, in all parameters; 0.1 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Muon weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("Muon", "weight decay", decay);
        return this;
    }

    /// The rounds of Newton and Schulz; 5 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public Muon rounds(int rounds) {
        checkUnused();
        this.rounds = (int) Options.atLeast("Muon", "the number of rounds", rounds, 1);
        return this;
    }

    /// Scales steps by `0.2·√max(n, m)` instead, so that they are as long as AdamW's and its rates fit.
    public Muon matchAdamW() {
        checkUnused();
        match = true;
        return this;
    }

    /// The learning rate of all that are no matrices, as a multiple of the rate; 0.05 unless set.
    ///
    /// **Throws** [IllegalArgumentException] unless a finite number above 0.
    public Muon othersFactor(double factor) {
        checkUnused();
        this.othersFactor = Options.positive("Muon", "the others' factor", factor);
        return this;
    }

    static Muon of(double rate, Map<String, Object> c) {
        Muon made = new Muon(rate)
                .momentum(Options.real(c, "momentum"))
                .weightDecay(Options.real(c, "weightDecay"))
                .rounds((int) Options.real(c, "rounds"))
                .othersFactor(Options.real(c, "othersFactor"));
        made.nesterov = Options.flag(c, "nesterov");
        made.match = Options.flag(c, "matchAdamW");
        return made;
    }

    @Override
    public String name() {
        return "muon";
    }

    @Override
    protected List<String> slots() {
        return List.of("momentum");
    }

    @Override
    Optimizer rule(Shape shape) {
        return shape.rank() == 2 ? this : others();
    }

    @Override
    List<Optimizer> rules() {
        return List.of(this, others());
    }

    private Optimizer others() {
        return new AdamW(baseRate()).weightDecay(decay);
    }

    @Override
    double factor(Optimizer rule) {
        return rule == this ? 1 : othersFactor;
    }

    @Override
    protected Update update() {
        return STEP;
    }

    private static Update mean() {
        Formula f = new Formula();
        return f.update("muon mean", Formula.towards(f.in(), f.in(), f.in()));
    }

    private static Update along() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr o = f.in();
        Expr rate = f.in();
        Expr shrink = f.in();
        return f.update("muon", p.times(shrink).minus(rate.times(o)));
    }

    @Override
    protected void change(Param p, Map<String, State> slots, Tensor gradient, Tensor[] numbers) {
        State b = Objects.requireNonNull(slots.get("momentum"));
        MEAN.apply(List.of(b), gradient, numbers[1]);
        Tensor direction = nesterov ? gradient.add(b.sub(gradient).mul(momentum)) : b;
        double n = p.dim(0);
        double m = p.dim(1);
        double scale = match ? 0.2 * Math.sqrt(Math.max(n, m)) : Math.sqrt(Math.max(1, n / m));
        STEP.apply(List.of(p), orthogonal(direction), numbers[0].mul(scale), numbers[2]);
    }

    /// The matrix with its singular values brought near 1.
    private Tensor orthogonal(Tensor g) {
        boolean tall = g.dim(0) > g.dim(1);
        Tensor x = tall ? g.t() : g;
        x = x.div(x.norm().maximum(Tensor.scalar(EPS, x.dtype())));
        for (int i = 0; i < rounds; i++) {
            Tensor a = x.matmul(x.t());
            x = x.mul(A).add(a.mul(B).add(a.matmul(a).mul(C)).matmul(x));
        }
        return tall ? x.t() : x;
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {rate, 1 - momentum, 1 - rate * decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("momentum", momentum);
        c.put("nesterov", nesterov);
        c.put("weightDecay", decay);
        c.put("rounds", (long) rounds);
        c.put("matchAdamW", match);
        c.put("othersFactor", othersFactor);
        return c;
    }
}
