package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [Adam] whose first steps follow the mean gradient alone, until the mean square has seen enough to be
/// trusted: with `ρ∞ = 2/(1-β₂) - 1` and `ρ = ρ∞ - 2tβ₂ᵗ/(1-β₂ᵗ)`, `p = p - rate·m̂` while `ρ ≤ 5`, then `p = p
/// - rate·r·m̂·√(1-β₂ᵗ)/(√v + ε)` with `r = √((ρ-4)(ρ-2)ρ∞ / ((ρ∞-4)(ρ∞-2)ρ))`.
///
/// Weight decay `λ` (off unless asked for) adds `λ·p` to `g`, or, [#decoupled()], takes `rate·λ·p` from `p`.
///
/// **Source** Liu et al., "On the variance of the adaptive learning rate and beyond", ICLR 2020, algorithm 2;
/// the threshold 5 (4 there) and `ε` beside the uncorrected `√v` as in PyTorch.
public final class RAdam extends Optimizer {
    private static final Update UPDATE = formula();

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double eps = 1e-8;
    private double decay;
    private boolean decoupled;

    /// RAdam with a learning rate; 0.001 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public RAdam(double rate) {
        super(rate);
    }

    /// How much of the mean and of the mean square is kept from step to step; 0.9 and 0.999 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public RAdam betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction("RAdam", "beta1", beta1);
        this.beta2 = Options.fraction("RAdam", "beta2", beta2);
        return this;
    }

    /// What keeps the denominator from 0; 1e-8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public RAdam eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("RAdam", "eps", eps);
        return this;
    }

    /// Pulls weights towards 0.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public RAdam weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("RAdam", "weight decay", decay);
        return this;
    }

    /// Lets weight decay act on the weights themselves, as [AdamW] does.
    public RAdam decoupled() {
        checkUnused();
        decoupled = true;
        return this;
    }

    static RAdam of(double rate, Map<String, Object> c) {
        RAdam made = new RAdam(rate)
                .betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .eps(Options.real(c, "eps"))
                .weightDecay(Options.real(c, "weightDecay"));
        return Options.flag(c, "decoupled") ? made.decoupled() : made;
    }

    @Override
    public String name() {
        return "radam";
    }

    @Override
    protected List<String> slots() {
        return List.of("mean", "square");
    }

    @Override
    boolean isOneUpdate() {
        return true;
    }

    @Override
    protected Update update() {
        return UPDATE;
    }

    private static Update formula() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr m = f.in();
        Expr v = f.in();
        Expr g = f.in();
        Expr plain = f.in(); // the rate while the mean square is not trusted, else 0
        Expr adaptive = f.in(); // the rate afterwards, else 0
        Expr eps = f.in();
        Expr c1 = f.in();
        Expr c2 = f.in();
        g = g.plus(f.in().times(p));
        p = p.times(f.in());
        m = Formula.towards(m, g, c1);
        v = Formula.towards(v, g.squared(), c2);
        Expr trusted = adaptive.times(m).over(v.then(Scalar.SQRT).plus(eps));
        Expr step = Expr.apply(Scalar.SELECT, plain, plain.times(m), trusted);
        return f.update("radam", p.minus(step), m, v);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        double power = StrictMath.pow(beta2, step);
        double most = 2 / (1 - beta2) - 1;
        double rho = most - 2 * step * power / (1 - power);
        double corrected = rate / (1 - StrictMath.pow(beta1, step));
        double plain = corrected;
        double adaptive = 0;
        if (rho > 5) {
            plain = 0;
            adaptive = corrected
                    * Math.sqrt((rho - 4) * (rho - 2) * most / ((most - 4) * (most - 2) * rho))
                    * Math.sqrt(1 - power);
        }
        return new double[] {
            plain, adaptive, eps, 1 - beta1, 1 - beta2, decoupled ? 0 : decay, decoupled ? 1 - rate * decay : 1
        };
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("beta1", beta1);
        c.put("beta2", beta2);
        c.put("eps", eps);
        c.put("weightDecay", decay);
        c.put("decoupled", decoupled);
        return c;
    }
}
