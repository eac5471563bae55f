package cajal.train;

import cajal.kernel.DType;
import cajal.kernel.Expr;
import cajal.kernel.Shape;
import cajal.tensor.Lasting;
import cajal.tensor.Param;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Steps in units of root mean square gradients, of which a matrix keeps row and column means only: `r`, `c`
/// towards the means of `g²` along both last axes by the share `t^τ`, `v = r·c/mean(r)`, `u = g/max(√v, ε₁)`,
/// `p = p - α·u/max(1, rms(u)/d)` with `α = max(ε₂, rms(p))·min(rate, 1/√t)`. Vectors keep `v` itself.
///
/// Memory for an `n × m` matrix is `n + m` numbers. The rate is the most by which a parameter's length changes
/// in a step; 0.01 is the paper's. Weight decay (off unless asked for) takes `rate·λ·p` from `p`.
///
/// **Source** Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost", ICML 2018,
/// algorithms 4 and 5; `ε₁` (the spacing of numbers at 1) beside the root instead of in the means, as in
/// PyTorch.
public final class Adafactor extends Optimizer {
    private static final Update MEAN = mean();
    private static final Update STEP = along();

    private double power = 0.8;
    private double least = 1e-3;
    private double clip = 1;
    private double decay;

    /// Adafactor with a greatest relative step; 0.01 is usual.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    public Adafactor(double rate) {
        super(rate);
    }

    /// The power `-τ` with which new squares' share in the means falls; 0.8 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adafactor power(double power) {
        checkUnused();
        this.power = Options.notNegative("Adafactor", "the power", power);
        return this;
    }

    /// The least length `ε₂` to which steps are relative; 0.001 unless set.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adafactor least(double least) {
        checkUnused();
        this.least = Options.notNegative("Adafactor", "the least length", least);
        return this;
    }

    /// The root mean square `d` above which a step is shortened; 1 unless set.
    ///
    /// **Throws** [IllegalArgumentException] unless a finite number above 0.
    public Adafactor clip(double clip) {
        checkUnused();
        this.clip = Options.positive("Adafactor", "the clipping threshold", clip);
        return this;
    }

    /// Takes `rate·decay·p` from `p`.
    ///
    /// **Throws** [IllegalArgumentException] if negative or not finite.
    public Adafactor weightDecay(double decay) {
        checkUnused();
        this.decay = Options.notNegative("Adafactor", "weight decay", decay);
        return this;
    }

    static Adafactor of(double rate, Map<String, Object> c) {
        return new Adafactor(rate)
                .power(Options.real(c, "power"))
                .least(Options.real(c, "least"))
                .clip(Options.real(c, "clip"))
                .weightDecay(Options.real(c, "weightDecay"));
    }

    @Override
    public String name() {
        return "adafactor";
    }

    @Override
    protected List<String> slots() {
        return List.of("row", "column");
    }

    @Override
    List<String> slots(Shape shape) {
        return shape.rank() > 1 ? slots() : List.of("square");
    }

    @Override
    List<List<String>> slotLists() {
        return List.of(slots(), List.of("square"));
    }

    @Override
    protected Tensor start(String slot, Param p, double rate) {
        long[] dims = p.shape().dims().clone();
        switch (slot) {
            case "row" -> dims[dims.length - 1] = 1;
            case "column" -> dims[dims.length - 2] = 1;
            default -> {} // the whole
        }
        return Tensor.zeros(p.dtype(), Shape.of(dims));
    }

    @Override
    protected Update update() {
        return STEP;
    }

    private static Update mean() {
        Formula f = new Formula();
        return f.update("adafactor mean", Formula.towards(f.in(), f.in(), f.in()));
    }

    private static Update along() {
        Formula f = new Formula();
        Expr p = f.in();
        Expr u = f.in();
        Expr length = f.in();
        Expr shrink = f.in();
        return f.update("adafactor", p.times(shrink).minus(length.times(u)));
    }

    @Override
    protected void change(Param p, Map<String, State> slots, Tensor gradient, Tensor[] numbers) {
        double eps = p.dtype() == DType.F64 ? Math.ulp(1.0) : Math.ulp(1f);
        Tensor length = rms(p).maximum(scalar(least, p)).mul(numbers[0]);
        Tensor v = squares(slots, gradient.square(), numbers[1], eps);
        Tensor u = gradient.div(v.maximum(scalar(eps * eps, p)).sqrt());
        Tensor shorter = rms(u).div(clip).maximum(scalar(1, p));
        STEP.apply(List.of(p), u, length.div(shorter), numbers[2]);
    }

    /// The mean squares, from the slots, which are brought up to date.
    private static Tensor squares(Map<String, State> slots, Tensor squared, Tensor share, double eps) {
        State whole = slots.get("square");
        if (whole != null) {
            MEAN.apply(List.<Lasting>of(whole), squared, share);
            return whole;
        }
        State row = Objects.requireNonNull(slots.get("row")); // (..., n, 1)
        State column = Objects.requireNonNull(slots.get("column")); // (..., 1, m)
        MEAN.apply(List.of(row), squared.meanKeep(-1), share);
        MEAN.apply(List.of(column), squared.meanKeep(-2), share);
        return row.mul(column).div(row.meanKeep(-2).maximum(scalar(eps, row)));
    }

    private static Tensor rms(Tensor t) {
        return t.norm().div(Math.sqrt(Math.max(1, t.size())));
    }

    private static Tensor scalar(double value, Tensor like) {
        return Tensor.scalar(value, like.dtype());
    }

    @Override
    protected double[] numbers(double rate, long step) {
        return new double[] {Math.min(rate, 1 / Math.sqrt(step)), StrictMath.pow(step, -power), 1 - rate * decay};
    }

    @Override
    protected Map<String, Object> constants() {
        Map<String, Object> c = new LinkedHashMap<>();
        c.put("power", power);
        c.put("least", least);
        c.put("clip", clip);
        c.put("weightDecay", decay);
        return c;
    }
}
