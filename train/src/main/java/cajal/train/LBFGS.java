package cajal.train;

import cajal.kernel.Expr;
import cajal.kernel.Shape;
import cajal.tensor.Param;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/// Newton's method with an inverse Hessian estimated from the last changes of position `s` and gradient `y`: `d
/// = -H·g`, `p = p + t·d`; all parameters are one vector.
///
/// For full batches of small problems: it computes loss and gradient several times a step, at the same samples,
/// so manual loops call [#step(Map, double, DoubleSupplier)]; the Trainer does. `t` is the rate, or found by
/// [#strongWolfe()], which is safer.
///
/// **Source** Liu and Nocedal, "On the limited memory BFGS method for large scale optimization", Mathematical
/// Programming 45, 1989; the first step, tolerances and limits as in PyTorch.
public final class LBFGS extends Optimizer {
    private static final Update MOVE = moving();

    private int iterations = 20;
    private int evaluations; // 0: 5/4 of the iterations
    private double gradientTolerance = 1e-7;
    private double changeTolerance = 1e-9;
    private int history = 100;
    private boolean wolfe;

    private final List<Tensor> s = new ArrayList<>();
    private final List<Tensor> y = new ArrayList<>();
    private Tensor direction = Tensor.scalar(0);
    private Tensor gradient = Tensor.scalar(0);
    private double length;
    private double scale = 1; // of the first estimate of the inverse Hessian
    private long count;

    /// L-BFGS with a step length; 1 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public LBFGS(double rate) {
        super(rate);
    }

    /// The most iterations a step; 20 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public LBFGS iterations(int most) {
        checkUnused();
        this.iterations = (int) Options.atLeast("LBFGS", "the number of iterations", most, 1);
        return this;
    }

    /// The most computations of the loss a step, after which no iteration begins; 5/4 of the iterations unless
    /// set.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public LBFGS evaluations(int most) {
        checkUnused();
        this.evaluations = (int) Options.atLeast("LBFGS", "the number of evaluations", most, 1);
        return this;
    }

    /// A step ends when no gradient is larger than `gradient`, or weights and loss change by less than
    /// `change`; 1e-7 and 1e-9 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public LBFGS tolerances(double gradient, double change) {
        checkUnused();
        this.gradientTolerance = Options.notNegative("LBFGS", "the gradient's tolerance", gradient);
        this.changeTolerance = Options.notNegative("LBFGS", "the change's tolerance", change);
        return this;
    }

    /// How many changes are remembered; 100 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if below 1.
    public LBFGS history(int most) {
        checkUnused();
        this.history = (int) Options.atLeast("LBFGS", "the history", most, 1);
        return this;
    }

    /// Searches along each direction until loss and slope have fallen enough (the strong Wolfe conditions).
    public LBFGS strongWolfe() {
        checkUnused();
        wolfe = true;
        return this;
    }

    /// Not for L-BFGS, to which all parameters are one vector; only [Group#frozen()] can be different.
    ///
    /// **Throws** [IllegalArgumentException] if something else is.
    @Override
    public LBFGS group(String pattern, Consumer<Group> options) {
        Group g = new Group(pattern);
        options.accept(g);
        Map<String, Object> constants = new LinkedHashMap<>();
        g.changes(constants);
        if (!constants.isEmpty() || g.factor(1) != 1) {
            throw new IllegalArgumentException("LBFGS cannot treat '" + pattern
                    + "' differently\n  rule: all its parameters are one vector; a group can only be frozen()");
        }
        super.group(pattern, options);
        return this;
    }

    static LBFGS of(double rate, Map<String, Object> c) {
        LBFGS made = new LBFGS(rate)
                .iterations((int) Options.real(c, "iterations"))
                .evaluations((int) Options.real(c, "evaluations"))
                .tolerances(Options.real(c, "gradientTolerance"), Options.real(c, "changeTolerance"))
                .history((int) Options.real(c, "history"));
        return Options.flag(c, "strongWolfe") ? made.strongWolfe() : made;
    }

    @Override
    public String name() {
        return "lbfgs";
    }

    @Override
    protected Update update() {
        return MOVE;
    }

    /// `p + t·d`
    private static Update moving() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr d = f.in();
        return f.update("lbfgs", p.plus(f.in().times(d)));
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {rate};
    }

    // ---- the step

    @Override
    void move(List<Target> targets, double loss, DoubleSupplier again) {
        if (Double.isNaN(loss)) {
            throw new IllegalStateException(
                    "LBFGS.step was given no loss, or one that is not a number"
                            + "\n  rule: it computes the loss several times a step"
                            + "\n  fix:  step(params, loss, () -> { zero the gradients; compute the loss; loss.backward(); return its value; })");
        }
        double now = sign() * loss;
        Tensor g = gradients(targets);
        int looks = 1;
        for (int i = 1; largest(g) > gradientTolerance; i++) {
            aim(g);
            double before = now;
            double slope = dot(g, direction);
            length = count == 1 ? Math.min(1, 1 / g.abs().sum().item()) * rate() : rate();
            if (slope > -changeTolerance) {
                return;
            }
            if (wolfe) {
                LineSearch search = search(targets, again, new LineSearch.Point(0, now, g, slope));
                LineSearch.Point found = search.from(length);
                now = found.loss();
                g = found.gradient();
                length = found.t();
                looks += search.looks();
                go(targets, length);
            } else {
                go(targets, length);
                if (i < iterations) {
                    now = sign() * again.getAsDouble();
                    g = gradients(targets);
                }
                looks++;
            }
            boolean still = largest(direction) * Math.abs(length) <= changeTolerance
                    || Math.abs(now - before) < changeTolerance;
            if (i == iterations || looks >= mostLooks() || still) {
                return;
            }
        }
    }

    private LineSearch search(List<Target> targets, DoubleSupplier again, LineSearch.Point start) {
        List<Tensor> from = targets.stream().map(t -> t.param().copy()).toList();
        Tensor d = direction;
        return new LineSearch(
                t -> {
                    go(targets, t);
                    double loss = sign() * again.getAsDouble();
                    Tensor g = gradients(targets);
                    for (int i = 0; i < from.size(); i++) {
                        targets.get(i).param().set(from.get(i));
                    }
                    return new LineSearch.Point(t, loss, g, dot(g, d));
                },
                start,
                largest(d),
                changeTolerance);
    }

    /// The next direction, from the gradient and what is remembered.
    private void aim(Tensor g) {
        count++;
        if (count == 1) {
            direction = g.neg().keep();
        } else {
            Tensor change = g.sub(gradient);
            Tensor moved = direction.mul(length);
            double curvature = dot(change, moved);
            if (curvature > 1e-10) {
                if (s.size() == history) {
                    s.removeFirst();
                    y.removeFirst();
                }
                s.add(moved.keep());
                y.add(change.keep());
                scale = curvature / dot(change, change);
            }
            direction = recursion(g.neg()).keep();
        }
        gradient = g.keep(); // the next step's memory is not this one's
    }

    /// `H·q` by the two-loop recursion (Nocedal and Wright, algorithm 7.4).
    private Tensor recursion(Tensor q) {
        double[] rho = new double[s.size()];
        double[] alpha = new double[s.size()];
        for (int i = s.size() - 1; i >= 0; i--) {
            rho[i] = 1 / dot(y.get(i), s.get(i));
            alpha[i] = dot(s.get(i), q) * rho[i];
            q = q.sub(y.get(i).mul(alpha[i]));
        }
        Tensor r = q.mul(scale);
        for (int i = 0; i < s.size(); i++) {
            double beta = dot(y.get(i), r) * rho[i];
            r = r.add(s.get(i).mul(alpha[i] - beta));
        }
        return r;
    }

    private int mostLooks() {
        return evaluations > 0 ? evaluations : iterations * 5 / 4;
    }

    private int sign() {
        return maximizes() ? -1 : 1;
    }

    /// All gradients as one vector.
    private Tensor gradients(List<Target> targets) {
        Tensor[] parts = targets.stream()
                .map(Target::param)
                .map(p -> (p.hasGrad() ? p.grad() : Tensor.zeros(p.dtype(), p.shape())).reshape(Shape.of(p.size())))
                .toArray(Tensor[]::new);
        Tensor all = Tensor.concat(0, parts);
        return maximizes() ? all.neg() : all;
    }

    /// Moves the parameters `t` times the direction.
    private void go(List<Target> targets, double t) {
        long at = 0;
        for (Target target : targets) {
            Param p = target.param();
            Tensor d = direction.slice(0, at, at + p.size()).reshape(p.shape());
            MOVE.apply(List.of(p), d, Tensor.scalar(t, p.dtype()));
            at += p.size();
        }
    }

    private static double dot(Tensor a, Tensor b) {
        return a.dot(b).item();
    }

    private static double largest(Tensor t) {
        return t.abs().max().item();
    }

    // ---- as data

    @Override
    Map<String, Tensor> memory() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        if (count > 0) {
            all.put("numbers", Tensor.ofDoubles(new double[] {count, length, scale}, 3));
            all.put("direction", direction);
            all.put("gradient", gradient);
            for (int i = 0; i < s.size(); i++) {
                all.put("s" + i, s.get(i));
                all.put("y" + i, y.get(i));
            }
        }
        return all;
    }

    @Override
    void memory(Map<String, Tensor> saved) {
        Tensor numbers = saved.get("numbers");
        if (numbers != null && (!saved.containsKey("direction") || !saved.containsKey("gradient"))) {
            throw misfit("lacks '/direction' or '/gradient'", "L-BFGS remembers both");
        }
        s.clear();
        y.clear();
        count = 0;
        length = 0;
        scale = 1;
        if (numbers != null) {
            double[] n = numbers.toDoubles();
            count = (long) n[0];
            length = n[1];
            scale = n[2];
            direction = Objects.requireNonNull(saved.get("direction"));
            gradient = Objects.requireNonNull(saved.get("gradient"));
            for (int i = 0; saved.containsKey("s" + i); i++) {
                s.add(Objects.requireNonNull(saved.get("s" + i)));
                y.add(Objects.requireNonNull(saved.get("y" + i)));
            }
        }
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("iterations", (long) iterations);
        c.put("evaluations", (long) mostLooks());
        c.put("gradientTolerance", gradientTolerance);
        c.put("changeTolerance", changeTolerance);
        c.put("history", (long) history);
        c.put("strongWolfe", wolfe);
        return c;
    }
}
