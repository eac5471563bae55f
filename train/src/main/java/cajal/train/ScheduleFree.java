package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.kernel.Shape;
import cajal.tensor.Lasting;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// [AdamW] that needs no schedule, because it averages: gradients are taken at `p = (1-β₁)z + β₁x`, where `v =
/// β₂v + (1-β₂)g²`, `z = z - γ(g/(√v̂ + ε) + λp)`, `x = x + c(z - x)` with `c = γ²/Σγ²` and `γ = rate·min(1,
/// t/warmup)`.
///
/// Parameters hold `p` during training; the trained weights are `x`, which [#averaged] shows. The Trainer
/// evaluates with `x` and ends with it; manual loops call [#useAverages] at the end.
///
/// **Source** Defazio et al., "The road less scheduled", NeurIPS 2024, algorithm 1.
public final class ScheduleFree extends Optimizer {
    private static final Update WEIGHT = weight();
    private static final Update UPDATE = formula();

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double eps = 1e-8;
    private double decay;
    private long warmup;

    /// Schedule-free AdamW with a learning rate; 0.0025 is usual, 1 to 10 times AdamW's.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public ScheduleFree(double rate) {
        super(rate);
    }

    /// Where between `z` (0) and `x` (1) gradients are taken, and how much of the mean square is kept; 0.9 and
    /// 0.999 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public ScheduleFree betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction("ScheduleFree", "beta1", beta1);
        this.beta2 = Options.fraction("ScheduleFree", "beta2", beta2);
        return this;
    }

    /// What keeps the denominator from 0; 1e-8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public ScheduleFree eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("ScheduleFree", "eps", eps);
        return this;
    }

    /// Takes `γ·decay·p` from `z`.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public ScheduleFree weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("ScheduleFree", "weight decay", decay);
        return this;
    }

    /// The number of steps in which the rate rises along a line; none unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative.
    public ScheduleFree warmup(long steps) {
        checkUnused();
        this.warmup = Options.atLeast("ScheduleFree", "the steps of the warmup", steps, 0);
        return this;
    }

    static ScheduleFree of(double rate, Map<String, Object> c) {
        return new ScheduleFree(rate)
                .betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .eps(Options.real(c, "eps"))
                .weightDecay(Options.real(c, "weightDecay"))
                .warmup((long) Options.real(c, "warmup"));
    }

    @Override
    public String name() {
        return "schedulefree";
    }

    @Override
    protected List<String> slots() {
        return List.of("fast", "average", "square", "weight");
    }

    @Override
    protected Optional<String> average() {
        return Optional.of("average");
    }

    @Override
    protected Tensor start(String slot, Param p, double rate) {
        return switch (slot) {
            case "fast", "average" -> p;
            case "weight" -> Tensor.zeros(p.dtype(), Shape.scalar());
            default -> super.start(slot, p, rate);
        };
    }

    @Override
    protected Update update() {
        return UPDATE;
    }

    /// `Σγ²`
    private static Update weight() {
        Formula f = new Formula();
        return f.update("schedulefree weight", f.in().plus(f.in()));
    }

    private static Update formula() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr z = f.in();
        Expr x = f.in();
        Expr v = f.in();
        Expr g = f.in();
        Expr share = f.in();
        Expr rate = f.in();
        Expr ofRoot = f.in(); // the rate, corrected, as eps
        Expr eps = f.in();
        Expr c2 = f.in();
        Expr beta1 = f.in();
        Expr decay = f.in();
        v = Formula.towards(v, g.squared(), c2);
        z = z.minus(ofRoot.times(g)
                .over(v.then(Scalar.SQRT).plus(eps))
                .plus(rate.times(decay).times(p)));
        x = Formula.towards(x, z, share);
        return f.update("schedulefree", Formula.towards(z, x, beta1), z, x, v);
    }

    @Override
    protected void change(Param p, Map<String, State> slots, Tensor gradient, Tensor[] n) {
        State sum = Objects.requireNonNull(slots.get("weight"));
        Tensor squared = n[0].square();
        WEIGHT.apply(List.of(sum), squared);
        Tensor share = Tensor.where(sum.gt(0), squared.div(sum), Tensor.scalar(0, p.dtype()));
        List<Lasting> targets = List.of(
                p,
                Objects.requireNonNull(slots.get("fast")),
                Objects.requireNonNull(slots.get("average")),
                Objects.requireNonNull(slots.get("square")));
        UPDATE.apply(targets, gradient, share, n[0], n[1], n[2], n[3], n[4], n[5]);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        double mine = step < warmup ? rate * step / warmup : rate;
        double root = Math.sqrt(1 - StrictMath.pow(beta2, step));
        return new double[] {mine, mine * root, eps * root, 1 - beta2, beta1, decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("beta1", beta1);
        c.put("beta2", beta2);
        c.put("eps", eps);
        c.put("weightDecay", decay);
        c.put("warmup", warmup);
        return c;
    }
}
