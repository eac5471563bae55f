package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Shorter and shorter steps where gradients were large: `s = s + g²`, `p = p - rate/(1 + (t-1)·η)·g/(√s +
/// ε)`.
///
/// The rate's decay `η` and weight decay `λ` (which adds `λ·p` to `g`) are 0 unless asked for; `s` starts at 0
/// unless set.
///
/// **Source** Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
/// optimization", JMLR 12, 2011, diagonal form; constants as in PyTorch.
public final class Adagrad extends Optimizer {
    private static final Update PLAIN = formula(false);
    private static final Update WITH_DECAY = formula(true);

    private double eps = 1e-10;
    private double rateDecay;
    private double start;
    private double decay;

    /// Adagrad with a learning rate; 0.01 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Adagrad(double rate) {
        super(rate);
    }

    /// What keeps the denominator from 0; 1e-10 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adagrad eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("Adagrad", "eps", eps);
        return this;
    }

    /// Divides the rate by `1 + (t-1)·rateDecay` in step `t`.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adagrad rateDecay(double rateDecay) {
        checkUnused();
        this.rateDecay = Options.notNegative("Adagrad", "the rate's decay", rateDecay);
        return this;
    }

    /// Starts the sums of squares at a number above 0, which keeps the first steps short.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adagrad start(double sum) {
        checkUnused();
        this.start = Options.notNegative("Adagrad", "the start of the sums of squares", sum);
        return this;
    }

    /// Adds `decay·p` to the gradient.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adagrad weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("Adagrad", "weight decay", decay);
        return this;
    }

    static Adagrad of(double rate, Map<String, Object> c) {
        return new Adagrad(rate)
                .eps(Options.real(c, "eps"))
                .rateDecay(Options.real(c, "rateDecay"))
                .start(Options.real(c, "start"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "adagrad";
    }

    @Override
    protected List<String> slots() {
        return List.of("sum");
    }

    @Override
    protected Tensor start(String slot, Param p, double rate) {
        return Tensor.full(start, p.dtype(), p.shape());
    }

    @Override
    boolean isOneUpdate() {
        return true;
    }

    @Override
    protected Update update() {
        return decay > 0 ? WITH_DECAY : PLAIN;
    }

    private static Update formula(boolean decay) {
        Formula f = new Formula();
        Expr p = f.in();
        Expr s = f.in();
        Expr g = f.in();
        Expr rate = f.in();
        Expr eps = f.in();
        g = decay ? g.plus(f.in().times(p)) : g;
        s = s.plus(g.squared());
        return f.update(
                "adagrad", p.minus(rate.times(g).over(s.then(Scalar.SQRT).plus(eps))), s);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        double decayed = rate / (1 + (step - 1) * rateDecay);
        return decay > 0 ? new double[] {decayed, eps, decay} : new double[] {decayed, eps};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("eps", eps);
        c.put("rateDecay", rateDecay);
        c.put("start", start);
        c.put("weightDecay", decay);
        return c;
    }
}
