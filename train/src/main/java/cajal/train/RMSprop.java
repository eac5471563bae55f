package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Scalar;
import cajal.tensor.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The gradient over the root of its mean square: `v = αv + (1-α)g²`, `p = p - rate·g/(√v + ε)`.
///
/// Centred, with the mean `a = αa + (1-α)g`, the root is of the variance, `√(v - a²)`. With momentum, `b =
/// μ·b + g/(√v + ε)` and `p = p - rate·b`. Weight decay `λ` adds `λ·p` to `g`. All three are off unless
/// asked for.
///
/// **Numerics.** The centred variance is cut at 0: by rounding it can fall below where the gradient stays
/// constant.
///
/// **Source** Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012; centred and
/// with momentum: Graves, "Generating sequences with recurrent neural networks", 2013, equations 38 to 45.
/// `ε` stands outside the root, as in PyTorch.
public final class RMSprop extends Optimizer {
    private static final Map<Form, Update> UPDATES = new ConcurrentHashMap<>();

    private double alpha = 0.99;
    private double eps = 1e-8;
    private double momentum;
    private boolean centered;
    private double decay;

    private record Form(boolean centered, boolean momentum, boolean decay) {}

    /// RMSprop with a learning rate; 0.01 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public RMSprop(double rate) {
        super(rate);
    }

    /// How much of the mean square is kept from step to step; 0.99 unless set.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public RMSprop alpha(double alpha) {
        checkUnused();
        this.alpha = Options.fraction("RMSprop", "alpha", alpha);
        return this;
    }

    /// What keeps the denominator from 0; 1e-8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public RMSprop eps(double eps) {
        checkUnused();
        this.eps = Options.notNegative("RMSprop", "eps", eps);
        return this;
    }

    /// Keeps the share `momentum` of the last direction.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1).
    public RMSprop momentum(double momentum) {
        checkUnused();
        this.momentum = Options.fraction("RMSprop", "momentum", momentum);
        return this;
    }

    /// Divides by the gradient's standard deviation in place of its root mean square.
    public RMSprop centered() {
        checkUnused();
        centered = true;
        return this;
    }

    /// Adds `decay·p` to the gradient.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public RMSprop weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("RMSprop", "weight decay", decay);
        return this;
    }

    static RMSprop of(double rate, Map<String, Object> c) {
        RMSprop made = new RMSprop(rate)
                .alpha(Options.real(c, "alpha"))
                .eps(Options.real(c, "eps"))
                .momentum(Options.real(c, "momentum"))
                .weightDecay(Options.real(c, "weightDecay"));
        return Options.flag(c, "centered") ? made.centered() : made;
    }

    @Override
    public String name() {
        return "rmsprop";
    }

    @Override
    protected List<String> slots() {
        List<String> slots = new ArrayList<>(List.of("square"));
        if (centered) {
            slots.add("mean");
        }
        if (momentum > 0) {
            slots.add("momentum");
        }
        return slots;
    }

    @Override
    boolean isOneUpdate() {
        return true;
    }

    @Override
    protected Update update() {
        return UPDATES.computeIfAbsent(new Form(centered, momentum > 0, decay > 0), RMSprop::formula);
    }

    private static Update formula(Form form) {
        Formula f = new Formula();
        Expr p = f.in();
        Expr v = f.in();
        Expr a = form.centered ? f.in() : Expr.of(0);
        Expr b = form.momentum ? f.in() : Expr.of(0);
        Expr g = f.in();
        Expr rate = f.in();
        Expr eps = f.in();
        Expr c = f.in();
        Expr mu = form.momentum ? f.in() : Expr.of(0);
        g = form.decay ? g.plus(f.in().times(p)) : g;

        v = Formula.towards(v, g.squared(), c);
        List<Expr> slots = new ArrayList<>(List.of(v));
        Expr spread = v;
        if (form.centered) {
            a = Formula.towards(a, g, c);
            slots.add(a);
            spread = v.minus(a.squared()).max(Expr.of(0));
        }
        Expr direction = g.over(spread.then(Scalar.SQRT).plus(eps));
        if (form.momentum) {
            direction = mu.times(b).plus(direction);
            slots.add(direction);
        }
        slots.addFirst(p.minus(rate.times(direction)));
        return f.update("rmsprop", slots.toArray(Expr[]::new));
    }

    @Override
    protected double[] numbers(double rate, long step) {
        List<Double> numbers = new ArrayList<>(List.of(rate, eps, 1 - alpha));
        if (momentum > 0) {
            numbers.add(momentum);
        }
        if (decay > 0) {
            numbers.add(decay);
        }
        return numbers.stream().mapToDouble(d -> d).toArray();
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("alpha", alpha);
        c.put("eps", eps);
        c.put("momentum", momentum);
        c.put("centered", centered);
        c.put("weightDecay", decay);
        return c;
    }
}
