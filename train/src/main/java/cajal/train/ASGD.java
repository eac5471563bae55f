package cajal.train;

import cajal.kernel.Expr;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gradient descent whose weights are averaged: `η = rate/(1 + λ·rate·(t-1))^α`, `p = (1 - λη)·p - η·g`, `a = a
/// + μ(p - a)` with `μ = 1/max(1, t - 1 - t₀)`.
///
/// Until step `t₀` (a million unless set) the average is the last weight itself; [#averaged] shows it.
///
/// **Source** Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", SIAM Journal on
/// Control and Optimization, 1992; constants as in PyTorch.
public final class ASGD extends Optimizer {
    private static final Update UPDATE = formula();

    private double lambda = 1e-4;
    private double alpha = 0.75;
    private double start = 1e6;
    private double decay;

    /// ASGD with a learning rate; 0.01 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public ASGD(double rate) {
        super(rate);
    }

    /// How fast the rate falls and weights shrink; 0.0001 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public ASGD lambda(double lambda) {
        checkUnused();
        this.lambda = Options.notNegative("ASGD", "lambda", lambda);
        return this;
    }

    /// The power with which the rate falls; 0.75 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public ASGD alpha(double alpha) {
        checkUnused();
        this.alpha = Options.notNegative("ASGD", "alpha", alpha);
        return this;
    }

    /// The step `t₀` from which weights are averaged; 1,000,000 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative.
    public ASGD start(double step) {
        checkUnused();
        this.start = Options.notNegative("ASGD", "the step at which averaging starts", step);
        return this;
    }

    /// Adds `decay·p` to the gradient.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public ASGD weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("ASGD", "weight decay", decay);
        return this;
    }

    static ASGD of(double rate, Map<String, Object> c) {
        return new ASGD(rate)
                .lambda(Options.real(c, "lambda"))
                .alpha(Options.real(c, "alpha"))
                .start(Options.real(c, "start"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "asgd";
    }

    @Override
    protected List<String> slots() {
        return List.of("average");
    }

    @Override
    protected Optional<String> average() {
        return Optional.of("average");
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
        Expr a = f.in();
        Expr g = f.in();
        Expr eta = f.in();
        Expr shrink = f.in();
        Expr share = f.in();
        g = g.plus(f.in().times(p));
        p = p.times(shrink).minus(eta.times(g));
        return f.update("asgd", p, share.minus(1).then(Formula.towards(a, p, share), p));
    }

    @Override
    protected double[] numbers(double rate, long step) {
        long before = step - 1;
        double eta = rate / StrictMath.pow(1 + lambda * rate * before, alpha);
        return new double[] {eta, 1 - lambda * eta, 1 / Math.max(1, before - start), decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("lambda", lambda);
        c.put("alpha", alpha);
        c.put("start", start);
        c.put("weightDecay", decay);
        return c;
    }
}
