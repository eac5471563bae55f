package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Steps of one length for every weight, in the direction of a mean gradient's sign: `c = β₁m + (1-β₁)g`, `p =
/// p - rate·(sign(c) + λp)`, `m = β₂m + (1-β₂)g`.
///
/// It keeps one number a weight, Adam two. Rates are 3 to 10 times lower than Adam's, weight decay (off unless
/// asked for) as much higher.
///
/// **Source** Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023, algorithm 2.
public final class Lion extends Optimizer {
    private static final Update UPDATE = formula();

    private double beta1 = 0.9;
    private double beta2 = 0.99;
    private double decay;

    /// Lion with a learning rate; 0.0001 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Lion(double rate) {
        super(rate);
    }

    /// How much of the mean enters the direction, and is kept from step to step; 0.9 and 0.99 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public Lion betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction("Lion", "beta1", beta1);
        this.beta2 = Options.fraction("Lion", "beta2", beta2);
        return this;
    }

    /// Takes `rate·decay·p` from `p`.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Lion weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("Lion", "weight decay", decay);
        return this;
    }

    static Lion of(double rate, Map<String, Object> c) {
        return new Lion(rate)
                .betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "lion";
    }

    @Override
    protected List<String> slots() {
        return List.of("mean");
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
        Expr g = f.in();
        Expr rate = f.in();
        Expr beta1 = f.in();
        Expr c1 = f.in();
        Expr c2 = f.in();
        p = p.times(f.in());
        Expr direction = beta1.times(m).plus(c1.times(g)).then(Scalar.SIGN);
        return f.update("lion", p.minus(rate.times(direction)), Formula.towards(m, g, c2));
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {rate, beta1, 1 - beta1, 1 - beta2, 1 - rate * decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("beta1", beta1);
        c.put("beta2", beta2);
        c.put("weightDecay", decay);
        return c;
    }
}
