package cajal.train;

import cajal.kernel.Expr;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Momentum whose steps are in proportion to the parameter's own length: `b = μb + rate·q·(g + λp)`, `p = p -
/// b` with `q = η·|p|/(|g| + λ|p|)`, lengths taken over the whole parameter; for very large batches.
///
/// `q` is 1 where `|p|` or `|g|` is 0. `η` is 0.001, `μ` 0.9 and `λ` 0 unless set.
///
/// **Source** You, Gitman and Ginsburg, "Large batch training of convolutional networks", 2017, algorithm 1.
public final class LARS extends Optimizer {
    private static final Update UPDATE = formula();

    private double momentum = 0.9;
    private double trust = 0.001;
    private double decay;

    /// LARS with a learning rate; 1 is usual, more for larger batches.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public LARS(double rate) {
        super(rate);
    }

    /// Keeps the share `momentum` of the last step; 0.9 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public LARS momentum(double momentum) {
        checkUnused();
        this.momentum = Options.fraction("LARS", "momentum", momentum);
        return this;
    }

    /// How much of its length a parameter trusts a step, `η`; 0.001 unless set.
    ///
    /// **Throws** [IllegalArgumentException] unless a finite number above 0.
    public LARS trust(double trust) {
        checkUnused();
        this.trust = Options.positive("LARS", "trust", trust);
        return this;
    }

    /// Adds `decay·p` to the gradient.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public LARS weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("LARS", "weight decay", decay);
        return this;
    }

    static LARS of(double rate, Map<String, Object> c) {
        return new LARS(rate)
                .momentum(Options.real(c, "momentum"))
                .trust(Options.real(c, "trust"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "lars";
    }

    @Override
    protected List<String> slots() {
        return List.of("momentum");
    }

    @Override
    protected Update update() {
        return UPDATE;
    }

    private static Update formula() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr b = f.in();
        Expr g = f.in();
        Expr ratio = f.in();
        Expr rate = f.in();
        Expr mu = f.in();
        Expr decay = f.in();
        b = mu.times(b).plus(rate.times(ratio).times(g.plus(decay.times(p))));
        return f.update("lars", p.minus(b), b);
    }

    @Override
    protected void change(Param p, Map<String, State> slots, Tensor gradient, Tensor[] numbers) {
        Tensor weights = p.norm();
        Tensor slopes = gradient.norm();
        Tensor ratio = Tensor.where(
                weights.mul(slopes).gt(0),
                weights.mul(trust).div(slopes.add(weights.mul(decay))),
                Tensor.scalar(1, p.dtype()));
        List<cajal.tensor.Lasting> targets = new ArrayList<>(List.of(p));
        targets.addAll(slots.values());
        UPDATE.apply(targets, gradient, ratio, numbers[0], numbers[1], numbers[2]);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {rate, momentum, decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("momentum", momentum);
        c.put("trust", trust);
        c.put("weightDecay", decay);
        return c;
    }
}
