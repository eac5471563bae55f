package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Steps whose length each weight finds for itself: times 1.2 while the gradient keeps its sign, times 0.5,
/// without a step, where it has turned; only the sign counts: `p = p - sign(g)·size`.
///
/// For full batches: the signs of small batches' gradients turn by chance. The rate is the length with which
/// sizes start; what a schedule makes of it later has no effect.
///
/// **Source** Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning: the RPROP
/// algorithm", ICNN 1993; the form without weight-backtracking, as in PyTorch.
public final class Rprop extends Optimizer {
    private static final Update UPDATE = formula();

    private double shrink = 0.5;
    private double grow = 1.2;
    private double least = 1e-6;
    private double most = 50;

    /// Rprop with the length of the first step; 0.01 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Rprop(double rate) {
        super(rate);
    }

    /// The factors by which lengths shrink and grow; 0.5 and 1.2 unless set.
    ///
    /// **Throws** [IllegalArgumentException] unless `shrink` is in (0, 1) and `grow` above 1.
    public Rprop factors(double shrink, double grow) {
        checkUnused();
        this.shrink = Options.positive("Rprop", "the shrinking factor", Options.fraction("Rprop", "shrink", shrink));
        if (!(grow > 1) || Double.isInfinite(grow)) {
            throw Options.wrong("Rprop", "the growing factor", grow, "a finite number above 1", "");
        }
        this.grow = grow;
        return this;
    }

    /// The least and the greatest length; 1e-6 and 50 unless set.
    ///
    /// **Throws** [IllegalArgumentException] unless `0 ≤ least ≤ most`.
    public Rprop sizes(double least, double most) {
        checkUnused();
        this.least = Options.notNegative("Rprop", "the least size", least);
        if (!(most >= least) || Double.isInfinite(most)) {
            throw Options.wrong("Rprop", "the greatest size", most, "finite and at least the least, " + least, "");
        }
        this.most = most;
        return this;
    }

    static Rprop of(double rate, Map<String, Object> c) {
        return new Rprop(rate)
                .factors(Options.real(c, "shrink"), Options.real(c, "grow"))
                .sizes(Options.real(c, "least"), Options.real(c, "most"));
    }

    @Override
    public String name() {
        return "rprop";
    }

    @Override
    protected List<String> slots() {
        return List.of("gradient", "size");
    }

    @Override
    protected Tensor start(String slot, Param p, double rate) {
        return slot.equals("size") ? Tensor.full(rate, p.dtype(), p.shape()) : super.start(slot, p, rate);
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
        Expr before = f.in();
        Expr size = f.in();
        Expr g = f.in();
        Expr shrink = f.in();
        Expr grow = f.in();
        Expr least = f.in();
        Expr most = f.in();
        Expr same = g.times(before);
        Expr turned = Expr.apply(Scalar.LT, same, Expr.of(0));
        Expr factor = same.gt(0).then(grow, turned.then(shrink, Expr.of(1)));
        size = size.times(factor).max(least).min(most);
        g = turned.then(Expr.of(0), g);
        return f.update("rprop", p.minus(g.then(Scalar.SIGN).times(size)), g, size);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {shrink, grow, least, most};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("shrink", shrink);
        c.put("grow", grow);
        c.put("least", least);
        c.put("most", most);
        return c;
    }
}
