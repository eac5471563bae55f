package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Steps as long as recent steps were, in units of recent gradients: `v = ρv + (1-ρ)g²`, `Δ = g·√(u + ε)/√(v +
/// ε)`, `u = ρu + (1-ρ)Δ²`, `p = p - rate·Δ`.
///
/// Weight decay `λ` (off unless asked for) adds `λ·p` to `g`.
///
/// **Source** Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1; the rate (1 there) as in
/// PyTorch.
public final class Adadelta extends Optimizer {
    private static final Update UPDATE = formula();

    private double rho = 0.9;
    private double eps = 1e-6;
    private double decay;

    /// Adadelta with a learning rate; 1 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Adadelta(double rate) {
        super(rate);
    }

    /// How much of both mean squares is kept from step to step; 0.9 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public Adadelta rho(double rho) {
        checkUnused();
        this.rho = Options.fraction("Adadelta", "rho", rho);
        return this;
    }

    /// What keeps both roots from 0, and starts the first step; 1e-6 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adadelta eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("Adadelta", "eps", eps);
        return this;
    }

    /// Adds `decay·p` to the gradient.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adadelta weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("Adadelta", "weight decay", decay);
        return this;
    }

    static Adadelta of(double rate, Map<String, Object> c) {
        return new Adadelta(rate)
                .rho(Options.real(c, "rho"))
                .eps(Options.real(c, "eps"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "adadelta";
    }

    @Override
    protected List<String> slots() {
        return List.of("square", "change");
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
        Expr v = f.in();
        Expr u = f.in();
        Expr g = f.in();
        Expr rate = f.in();
        Expr share = f.in();
        Expr eps = f.in();
        g = g.plus(f.in().times(p));
        v = Formula.towards(v, g.squared(), share);
        Expr change = u.plus(eps)
                .then(Scalar.SQRT)
                .over(v.plus(eps).then(Scalar.SQRT))
                .times(g);
        return f.update("adadelta", p.minus(rate.times(change)), v, Formula.towards(u, change.squared(), share));
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {rate, 1 - rho, eps, decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("rho", rho);
        c.put("eps", eps);
        c.put("weightDecay", decay);
        return c;
    }
}
