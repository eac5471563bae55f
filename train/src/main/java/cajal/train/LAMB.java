package cajal.train;

import cajal.kernel.Expr;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// [AdamW]'s direction, as long as the parameter itself times the rate: `r = m̂/(√v̂ + ε) + λp`, `p = p -
/// rate·|p|/|r|·r`, lengths taken over the whole parameter; for very large batches.
///
/// The quotient of lengths is 1 where one of them is 0. `λ` is 0.01 unless set.
///
/// **Source** You et al., "Large batch optimization for deep learning: training BERT in 76 minutes", ICLR 2020,
/// algorithm 2, with `φ(x) = x`.
public final class LAMB extends Optimizer {
    private static final Update MOMENTS = moments();
    private static final Update STEP = along();

    private double beta1 = 0.9;
    private double beta2 = 0.999;
    private double eps = 1e-6;
    private double decay = 0.01;

    /// LAMB with a learning rate; 0.001 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public LAMB(double rate) {
        super(rate);
    }

    /// How much of the mean and of the mean square is kept from step to step; 0.9 and 0.999 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public LAMB betas(double beta1, double beta2) {
        checkUnused();
        this.beta1 = Options.fraction("LAMB", "beta1", beta1);
        this.beta2 = Options.fraction("LAMB", "beta2", beta2);
        return this;
    }

    /// What keeps the denominator from 0; 1e-6 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public LAMB eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("LAMB", "eps", eps);
        return this;
    }

    /// Pulls weights towards 0.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public LAMB weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("LAMB", "weight decay", decay);
        return this;
    }

    static LAMB of(double rate, Map<String, Object> c) {
        return new LAMB(rate)
                .betas(Options.real(c, "beta1"), Options.real(c, "beta2"))
                .eps(Options.real(c, "eps"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "lamb";
    }

    @Override
    protected List<String> slots() {
        return List.of("mean", "square");
    }

    @Override
    protected Update update() {
        return STEP;
    }

    private static Update moments() {
        Formula f = new Formula();
        Expr m = f.in();
        Expr v = f.in();
        Expr g = f.in();
        return f.update("lamb moments", Formula.towards(m, g, f.in()), Formula.towards(v, g.squared(), f.in()));
    }

    /// `p - rate·ratio·r`
    private static Update along() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr r = f.in();
        Expr rate = f.in();
        Expr ratio = f.in();
        return f.update("lamb", p.minus(rate.times(ratio).times(r)));
    }

    @Override
    protected void change(Param p, Map<String, State> slots, Tensor gradient, Tensor[] numbers) {
        MOMENTS.apply(List.copyOf(slots.values()), gradient, numbers[1], numbers[2]);
        List<State> memory = List.copyOf(slots.values());
        Tensor r = memory.get(0)
                .mul(numbers[3])
                .div(memory.get(1).sqrt().mul(numbers[4]).add(eps))
                .add(p.mul(numbers[5]));
        Tensor weights = p.norm();
        Tensor lengths = r.norm();
        Tensor ratio = Tensor.where(weights.mul(lengths).gt(0), weights.div(lengths), Tensor.scalar(1, p.dtype()));
        STEP.apply(List.of(p), r, numbers[0], ratio);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {
            rate,
            1 - beta1,
            1 - beta2,
            1 / (1 - StrictMath.pow(beta1, step)),
            1 / Math.sqrt(1 - StrictMath.pow(beta2, step)),
            decay
        };
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
