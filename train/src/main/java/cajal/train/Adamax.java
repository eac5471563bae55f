package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [Adam] with the largest recent gradient in place of the root of the mean square: `m = β₁m + (1-β₁)g`, `u =
/// max(β₂u, |g| + ε)`, `p = p - rate/(1-β₁ᵗ)·m/u`.
///
/// Weight decay `λ` (off unless asked for) adds `λ·p` to `g`.
///
/// **Source** Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 2; `ε` beside
/// `|g|` as in PyTorch.
public final class Adamax extends Optimizer {
    private static final Update UPDATE = formula();

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double eps = 1e-8;
    private double decay;

    /// Adamax with a learning rate; 0.002 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Adamax(double rate) {
        super(rate);
    }

    /// How much of the mean and of the maximum is kept from step to step; 0.9 and 0.999 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public Adamax betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction("Adamax", "beta1", beta1);
        this.beta2 = Options.fraction("Adamax", "beta2", beta2);
        return this;
    }

    /// What keeps the denominator from 0; 1e-8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adamax eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("Adamax", "eps", eps);
        return this;
    }

    /// Adds `decay·p` to the gradient.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adamax weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("Adamax", "weight decay", decay);
        return this;
    }

    static Adamax of(double rate, Map<String, Object> c) {
        return new Adamax(rate)
                .betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .eps(Options.real(c, "eps"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "adamax";
    }

    @Override
    protected List<String> slots() {
        return List.of("mean", "largest");
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
        Expr u = f.in();
        Expr g = f.in();
        Expr rate = f.in(); // corrected
        Expr share = f.in();
        Expr beta2 = f.in();
        Expr eps = f.in();
        g = g.plus(f.in().times(p));
        m = Formula.towards(m, g, share);
        u = beta2.times(u).max(g.then(Scalar.ABS).plus(eps));
        return f.update("adamax", p.minus(rate.times(m.over(u))), m, u);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {rate / (1 - StrictMath.pow(beta1, step)), 1 - beta1, beta2, eps, decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("beta1", beta1);
        c.put("beta2", beta2);
        c.put("eps", eps);
        c.put("weightDecay", decay);
        return c;
    }
}
