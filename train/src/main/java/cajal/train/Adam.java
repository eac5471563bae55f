package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Steps of nearly the same length for every weight: the mean of its gradient over the root of its mean square,
/// `m = β₁m + (1-β₁)g`, `v = β₂v + (1-β₂)g²`, `p = p - rate·m̂/(√v̂ + ε)` with `m̂ =
/// m/(1-β₁ᵗ)`, `v̂ = v/(1-β₂ᵗ)`.
///
/// Weight decay `λ` (off unless asked for) adds `λ·p` to `g`; [AdamW] applies it beside the gradient, which
/// usually works better. [#amsgrad()] divides by the root of the largest `v` so far instead of the last.
///
/// **Numerics.** Both corrections go into two numbers a step: with `r = √(1-β₂ᵗ)`, the same quotient is
/// `(rate·r/(1-β₁ᵗ))·m / (√v + ε·r)`. Averages are written `m + (1-β₁)(g - m)`.
///
/// **Source** Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, algorithm 1. `ε` stands
/// beside the corrected `√v̂`, as there and in PyTorch since 1.3. AMSGrad: Reddi, Kale and Kumar, "On the
/// convergence of Adam and beyond", ICLR 2018, algorithm 2, with the corrections, as in PyTorch.
public sealed class Adam extends Optimizer permits AdamW {
    private static final Map<Form, Update> UPDATES = new ConcurrentHashMap<>();

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double eps = 1e-8;
    private double decay;
    private boolean amsgrad;

    private record Form(String name, boolean decay, boolean decoupled, boolean amsgrad) {}

    /// Adam with a learning rate; 0.001 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Adam(double rate) {
        super(rate);
    }

    /// How much of the mean and of the mean square is kept from step to step; 0.9 and 0.999 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public Adam betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction(getClass().getSimpleName(), "beta1", beta1);
        this.beta2 = Options.fraction(getClass().getSimpleName(), "beta2", beta2);
        return this;
    }

    /// What keeps the denominator from 0; 1e-8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adam eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative(getClass().getSimpleName(), "eps", eps);
        return this;
    }

    /// Pulls weights towards 0.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adam weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative(getClass().getSimpleName(), "weight decay", decay);
        return this;
    }

    /// Divides by the root of the largest mean square so far, so that no step is longer for small gradients
    /// that follow large ones.
    public Adam amsgrad() {
        checkUnused();
        amsgrad = true;
        return this;
    }

    final Adam with(Map<String, Object> c) {
        amsgrad = c.containsKey("amsgrad") && Options.flag(c, "amsgrad");
        return betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .eps(Options.real(c, "eps"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    protected final List<String> slots() {
        return amsgrad ? List.of("mean", "square", "largest") : List.of("mean", "square");
    }

    @Override
    boolean isOneUpdate() {
        return true;
    }

    @Override
    protected final Update update() {
        return UPDATES.computeIfAbsent(new Form(name(), decay > 0, isDecoupled(), amsgrad), Adam::formula);
    }

    /// Whether weight decay acts on the weight itself, not through the gradient.
    boolean isDecoupled() {
        return false;
    }

    private static Update formula(Form form) {
        Formula f = new Formula();
        Expr p = f.in();
        Expr m = f.in();
        Expr v = f.in();
        Expr most = form.amsgrad ? f.in() : Expr.of(0);
        Expr g = f.in();
        Expr rate = f.in(); // corrected, as eps
        Expr eps = f.in();
        Expr c1 = f.in();
        Expr c2 = f.in();
        if (form.decay && form.decoupled) {
            p = p.times(f.in());
        } else if (form.decay) {
            g = g.plus(f.in().times(p));
        }
        m = Formula.towards(m, g, c1);
        v = Formula.towards(v, g.squared(), c2);
        most = form.amsgrad ? most.max(v) : v;
        p = p.minus(rate.times(m).over(most.then(Scalar.SQRT).plus(eps)));
        return form.amsgrad ? f.update(form.name, p, m, v, most) : f.update(form.name, p, m, v);
    }

    @Override
    protected final double[] numbers(double rate, long step) {
        double root = Math.sqrt(1 - StrictMath.pow(beta2, step));
        double corrected = rate * root / (1 - StrictMath.pow(beta1, step));
        return decay > 0
                ? new double[] {corrected, eps * root, 1 - beta1, 1 - beta2, decayNumber(rate, decay)}
                : new double[] {corrected, eps * root, 1 - beta1, 1 - beta2};
    }

    /// The number through which weight decay enters the formula.
    double decayNumber(double rate, double decay) {
        return decay;
    }

    @Override
    protected final Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("beta1", beta1);
        c.put("beta2", beta2);
        c.put("eps", eps);
        c.put("weightDecay", decay);
        if (amsgrad) {
            c.put("amsgrad", true);
        }
        return c;
    }
}
