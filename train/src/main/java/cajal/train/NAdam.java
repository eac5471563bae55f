package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [Adam] that looks ahead along its momentum, as Nesterov's method does: with `m` and `v` as there, `μₜ =
/// β₁(1 - 0.96^(ψt)/2)` and `Mₜ = μ₁·…·μₜ`, `p = p - rate·((1-μₜ)/(1-Mₜ)·g + μₜ₊₁/(1-Mₜ₊₁)·m)/(√v̂ + ε)`.
///
/// Weight decay `λ` (off unless asked for) adds `λ·p` to `g`, or, [#decoupled()], takes `rate·λ·p` from `p`.
///
/// **Source** Dozat, "Incorporating Nesterov momentum into Adam", 2016, algorithm 2 with the momentum's
/// schedule of section 3.2 (`ψ` is 0.004, as in PyTorch).
public final class NAdam extends Optimizer {
    private static final Update UPDATE = formula();

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double eps = 1e-8;
    private double momentumDecay = 0.004;
    private double decay;
    private boolean decoupled;
    private long productStep; // product = M of this step
    private double product = 1;

    /// NAdam with a learning rate; 0.002 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public NAdam(double rate) {
        super(rate);
    }

    /// How much of the mean and of the mean square is kept from step to step; 0.9 and 0.999 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public NAdam betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction("NAdam", "beta1", beta1);
        this.beta2 = Options.fraction("NAdam", "beta2", beta2);
        return this;
    }

    /// What keeps the denominator from 0; 1e-8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public NAdam eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("NAdam", "eps", eps);
        return this;
    }

    /// How fast the momentum approaches `β₁` from half of it; 0.004 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public NAdam momentumDecay(double psi) {
        checkUnused();
        this.momentumDecay = Options.notNegative("NAdam", "the momentum's decay", psi);
        return this;
    }

    /// Pulls weights towards 0.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public NAdam weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("NAdam", "weight decay", decay);
        return this;
    }

    /// Lets weight decay act on the weights themselves, as [AdamW] does.
    public NAdam decoupled() {
        checkUnused();
        decoupled = true;
        return this;
    }

    static NAdam of(double rate, Map<String, Object> c) {
        NAdam made = new NAdam(rate)
                .betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .eps(Options.real(c, "eps"))
                .momentumDecay(Options.real(c, "momentumDecay"))
                .weightDecay(Options.real(c, "weightDecay"));
        return Options.flag(c, "decoupled") ? made.decoupled() : made;
    }

    @Override
    public String name() {
        return "nadam";
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
        Expr ofGradient = f.in(); // the rate's share of the gradient, of the mean
        Expr ofMean = f.in();
        Expr eps = f.in();
        Expr c1 = f.in();
        Expr c2 = f.in();
        g = g.plus(f.in().times(p));
        p = p.times(f.in());
        m = Formula.towards(m, g, c1);
        v = Formula.towards(v, g.squared(), c2);
        Expr ahead = ofGradient.times(g).plus(ofMean.times(m));
        return f.update("nadam", p.minus(ahead.over(v.then(Scalar.SQRT).plus(eps))), m, v);
    }

    private double momentum(long step) {
        return beta1 * (1 - 0.5 * StrictMath.pow(0.96, step * momentumDecay));
    }

    /// `μ₁·…·μₜ`: a function of the step, continued from the last one asked for.
    private double product(long step) {
        if (productStep > step) {
            productStep = 0;
            product = 1;
        }
        while (productStep < step) {
            product *= momentum(++productStep);
        }
        return product;
    }

    @Override
    protected double[] numbers(double rate, long step) {
        double root = Math.sqrt(1 - StrictMath.pow(beta2, step));
        double mean = product(step);
        double next = momentum(step + 1);
        return new double[] {
            rate * root * (1 - momentum(step)) / (1 - mean),
            rate * root * next / (1 - mean * next),
            eps * root,
            1 - beta1,
            1 - beta2,
            decoupled ? 0 : decay,
            decoupled ? 1 - rate * decay : 1
        };
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("beta1", beta1);
        c.put("beta2", beta2);
        c.put("eps", eps);
        c.put("momentumDecay", momentumDecay);
        c.put("weightDecay", decay);
        c.put("decoupled", decoupled);
        return c;
    }
}
