package cajal.train;

import cajal.kernel.Expr;
import cajal.tensor.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Gradient descent: `p = p - rate·g`; with momentum `b = μ·b + g`, `p = p - rate·b`; Nesterov's form
/// `p = p - rate·(g + μ·b)`.
///
/// Whether it is full-batch, mini-batch or stochastic depends on what the gradient was computed from. Weight
/// decay `λ` (off unless asked for) adds `λ·p` to `g`. Dampening `τ` (0 unless set) makes it `b = μ·b +
/// (1-τ)·g`, but for the first `b`, which is `g` itself, as in PyTorch.
///
/// **Source** Robbins and Monro, "A stochastic approximation method", 1951; Polyak, "Some methods of
/// speeding up the convergence of iteration methods", 1964; Sutskever et al., "On the importance of
/// initialization and momentum in deep learning", ICML 2013 (section 2 rewrites Nesterov's method as used
/// here).
public final class SGD extends Optimizer {
    private static final Map<Form, Update> UPDATES = new ConcurrentHashMap<>();

    private double momentum;
    private boolean nesterov;
    private double dampening;
    private double decay;

    private record Form(boolean momentum, boolean nesterov, boolean dampening, boolean decay) {}

    /// Plain gradient descent with a learning rate.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public SGD(double rate) {
        super(rate);
    }

    /// Keeps the share `momentum` of the last direction; 0.9 is usual, 0 is none.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1), or for 0 if Nesterov's form was asked for.
    public SGD momentum(double momentum) {
        checkUnused();
        this.momentum = Options.fraction("SGD", "momentum", momentum);
        return nesterov ? nesterov() : this;
    }

    /// Looks ahead along the momentum.
    ///
    /// **Throws** [IllegalArgumentException] without momentum, or with dampening.
    public SGD nesterov() {
        checkUnused();
        if (momentum == 0) {
            throw Options.wrong(
                    "SGD",
                    "momentum, with nesterov(),",
                    momentum,
                    "above 0: Nesterov's form looks ahead along the momentum",
                    "new SGD(" + baseRate() + ").momentum(0.9).nesterov()");
        }
        if (dampening > 0) {
            throw Options.wrong("SGD", "dampening, with nesterov(),", dampening, "0", "");
        }
        nesterov = true;
        return this;
    }

    /// Adds only the share `1 - dampening` of each gradient to the momentum, except of the first.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1), or with Nesterov's form.
    public SGD dampening(double dampening) {
        checkUnused();
        this.dampening = Options.fraction("SGD", "dampening", dampening);
        return nesterov ? nesterov() : this;
    }

    /// Adds `decay·p` to the gradient, which is the gradient of `decay/2·|p|²`.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public SGD weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("SGD", "weight decay", decay);
        return this;
    }

    static SGD of(double rate, Map<String, Object> c) {
        SGD sgd = new SGD(rate).momentum(Options.real(c, "momentum")).weightDecay(Options.real(c, "weightDecay"));
        if (c.containsKey("dampening")) {
            sgd.dampening(Options.real(c, "dampening"));
        }
        return Options.flag(c, "nesterov") ? sgd.nesterov() : sgd;
    }

    @Override
    public String name() {
        return "sgd";
    }

    @Override
    protected List<String> slots() {
        return momentum > 0 ? List.of("momentum") : List.of();
    }

    @Override
    boolean isOneUpdate() {
        return true;
    }

    @Override
    protected Update update() {
        return UPDATES.computeIfAbsent(new Form(momentum > 0, nesterov, dampening > 0, decay > 0), SGD::formula);
    }

    private static Update formula(Form form) {
        Formula f = new Formula();
        Expr p = f.in();
        Expr b = form.momentum ? f.in() : Expr.of(0);
        Expr g = f.in();
        Expr rate = f.in();
        Expr mu = form.momentum ? f.in() : Expr.of(0);
        Expr share = form.dampening ? f.in() : Expr.of(1);
        g = form.decay ? g.plus(f.in().times(p)) : g;
        if (!form.momentum) {
            return f.update("sgd", p.minus(rate.times(g)));
        }
        b = mu.times(b).plus(share.times(g));
        Expr direction = form.nesterov ? g.plus(mu.times(b)) : b;
        return f.update("sgd", p.minus(rate.times(direction)), b);
    }

    @Override
    protected double[] numbers(double rate, long step) {
        if (momentum == 0 && decay == 0) {
            return new double[] {rate};
        }
        List<Double> numbers = new ArrayList<>(List.of(rate));
        if (momentum > 0) {
            numbers.add(momentum);
        }
        if (dampening > 0) {
            numbers.add(step == 1 ? 1.0 : 1 - dampening);
        }
        if (decay > 0) {
            numbers.add(decay);
        }
        return numbers.stream().mapToDouble(d -> d).toArray();
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("momentum", momentum);
        c.put("nesterov", nesterov);
        c.put("weightDecay", decay);
        if (dampening > 0) {
            c.put("dampening", dampening);
        }
        return c;
    }
}
