package cajal.train;

import cajal.kernel.DType;
import cajal.kernel.Shape;
import cajal.nn.Part;
import cajal.nn.PathPattern;
import cajal.tensor.Context;
import cajal.tensor.GradException;
import cajal.tensor.Lasting;
import cajal.tensor.Param;
import cajal.tensor.Scope;
import cajal.tensor.State;
import cajal.tensor.Tensor;
import cajal.tensor.Update;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/// Changes parameters by their gradients so that the loss falls: `p = p - update(gradient, slots, rate)`.
///
/// An optimiser is data: one [Update] operation over a parameter, its slots (lasting tensors such as momentum),
/// its gradient, and the numbers of the step. Subclasses say which; one that needs more (the lengths of weights
/// and gradients, say) computes it by ordinary operations in [#change]. A parameter's slots, and its count of
/// steps, begin with the first step in which it has a gradient, so layers can be unfrozen later.
///
/// What holds for all optimisers is said here: parameters of which something is different ([#group]), weights
/// that are averaged ([#ema], [#swa]), pulled back ([#lookahead]) or held within bounds ([#constrain]), and
/// [#maximize].
///
/// **Numerics.** The numbers of a step are computed in double precision and enter as scalars: `F64` beside
/// `F64` parameters, else `F32`. Slots have the parameter's element type.
public abstract class Optimizer {
    private final double baseRate;
    private final Map<String, Slots> slots = new LinkedHashMap<>();
    private final Groups groups = new Groups();
    private final List<After> afters = new ArrayList<>();
    private double rate;
    private long steps;
    private boolean maximize;
    private boolean unchecked;
    private final Scalars scalars = new Scalars();

    private record Moment(Optimizer rule, DType dtype, double rate, long step) {}

    /// A parameter that a step changes.
    record Target(String path, Param param, Slots slots) {}

    /// An optimiser with a learning rate.
    ///
    /// **Throws** [IllegalArgumentException] unless the rate is a finite number above 0.
    protected Optimizer(double rate) {
        this.baseRate = Options.rate(getClass().getSimpleName(), rate);
        this.rate = rate;
    }

    // ---- what subclasses say

    /// The registered name, as in `adam`.
    public abstract String name();

    /// The update's operation. Its inputs: the parameter, its slots in order, the gradient, then [#numbers];
    /// its outputs: the parameter and the slots.
    protected abstract Update update();

    /// The names of the slots.
    protected List<String> slots() {
        return List.of();
    }

    /// What a slot begins with: zeros like the parameter.
    ///
    /// @param rate the learning rate of the parameter's first step
    protected Tensor start(String slot, Param p, double rate) {
        return Tensor.zeros(p.dtype(), p.shape());
    }

    /// The scalars of a step.
    ///
    /// @param rate the learning rate of the step
    /// @param step how often the parameter has been changed, this step included: 1, 2, ...
    protected abstract double[] numbers(double rate, long step);

    /// Changes one parameter and its slots: by [#update()] alone, unless overridden.
    ///
    /// @param slots the slots by name
    /// @param numbers the scalars of [#numbers]
    protected void change(Param p, Map<String, State> slots, Tensor gradient, Tensor[] numbers) {
        List<Lasting> targets = new ArrayList<>();
        targets.add(p);
        targets.addAll(slots.values());
        Tensor[] others = new Tensor[numbers.length + 1];
        others[0] = gradient;
        System.arraycopy(numbers, 0, others, 1, numbers.length);
        update().apply(targets, others);
    }

    /// The constants besides the rate, by name: numbers and truth values.
    protected abstract Map<String, Object> constants();

    /// The slot that holds averaged weights, if there is one.
    protected Optional<String> average() {
        return Optional.empty();
    }

    /// The optimiser whose rule a parameter of a shape follows: this one, unless there are several [#rules()].
    Optimizer rule(Shape shape) {
        return this;
    }

    /// All that [#rule] can answer.
    List<Optimizer> rules() {
        return List.of(this);
    }

    /// What the rate is multiplied by for one of the [#rules()].
    double factor(Optimizer rule) {
        return 1;
    }

    /// The slots of a parameter, which may depend on its shape.
    List<String> slots(Shape shape) {
        return slots();
    }

    /// All that [#slots(Shape)] can answer.
    List<List<String>> slotLists() {
        return List.of(slots());
    }

    /// Moves the parameters, all of which have gradients.
    ///
    /// @param loss the loss to which the gradients belong, NaN if it is not known
    /// @param again computes loss and gradients anew
    void move(List<Target> targets, double loss, DoubleSupplier again) {
        Context context = Context.current();
        Moment last = null; // most have the same
        Tensor[] numbers = {};
        Update update = null; // if all parameters can be changed in one pass
        OneUpdate all = new OneUpdate(targets.size());
        for (Target t : targets) {
            var member = t.slots.member(this, groups, t.path, t.param);
            Optimizer rule = member.rule();
            DType dtype = t.param.dtype() == DType.F64 ? DType.F64 : DType.F32;
            double mine = rate * member.factor();
            long step = t.slots.steps;
            if (last == null || last.rule != rule || last.dtype != dtype || last.rate != mine || last.step != step) {
                last = new Moment(rule, dtype, mine, step);
                numbers = rule.scalars.of(rule.numbers(mine, step), dtype);
                update = rule.isOneUpdate() && context.listeners().isEmpty() ? rule.update() : null;
            }
            Tensor gradient = maximize ? t.param.grad().neg() : t.param.grad();
            if (update != null) {
                all.add(update, t.param, t.slots.own, gradient, numbers);
                continue;
            }
            all.run(); // the order is the map's
            try (var _ = context.at(layerOf(t.path)).enter()) {
                rule.change(t.param, t.slots.own, gradient, numbers);
            }
        }
        all.run();
    }

    /// Whether [#change] is one [#update()], so that all parameters can be changed in one pass.
    boolean isOneUpdate() {
        return false;
    }

    /// What lasts beside the slots, for [#state()].
    Map<String, Tensor> memory() {
        return Map.of();
    }

    /// Takes over what [#memory()] gave.
    void memory(Map<String, Tensor> saved) {
        if (!saved.isEmpty()) {
            throw misfit("has " + saved.keySet(), "another optimiser wrote this state");
        }
    }

    /// Refuses a change of options after the first step; call it in every fluent option.
    protected final void checkUnused() {
        if (steps > 0) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " has already made " + steps + " steps\n  rule: options other than"
                            + " the rate are set before the first step\n  fix:  make a new optimiser, or change rate(...)");
        }
        groups.forget();
    }

    // ---- the rate

    /// The learning rate that the optimiser was made with: what schedules start from.
    public final double baseRate() {
        return baseRate;
    }

    /// The learning rate of the next step.
    public final double rate() {
        return rate;
    }

    /// Sets the learning rate of the next steps; 0 lets them change nothing but the slots.
    ///
    /// **Throws** [IllegalArgumentException] for a negative number, an infinity or NaN.
    public final void rate(double rate) {
        this.rate = Options.notNegative(getClass().getSimpleName(), "the learning rate", rate);
    }

    /// The number of steps made.
    public final long steps() {
        return steps;
    }

    // ---- options of all optimisers

    /// Makes the objective large instead of small: the gradient's sign is turned.
    public final Optimizer maximize() {
        checkUnused();
        maximize = true;
        return this;
    }

    final boolean maximizes() {
        return maximize;
    }

    /// Says what is different for the parameters whose path fits a pattern ([PathPattern]), as in
    /// `group("*.bias", g -> g.decay(0))` or `group("backbone", g -> g.rateFactor(0.1))`.
    ///
    /// All groups that fit a parameter apply, in the order in which they were added; a later one overrides what
    /// an earlier one said of the same thing. Constants of the optimiser itself hold for all others.
    public Optimizer group(String pattern, Consumer<Group> options) {
        checkUnused();
        Group g = new Group(pattern);
        options.accept(g);
        groups.add(g);
        return this;
    }

    /// No weight decay for parameters with fewer than two axes: biases, and the scales and shifts of
    /// normalisations.
    public final Optimizer decayMatricesOnly() {
        return group("", g -> g.rankBelow(2).decay(0));
    }

    /// Lower rates for layers farther from the output: the last part of `net` that has parameters learns with
    /// the full rate, each before it with `factor` times that of its successor.
    ///
    /// **Source** Howard and Ruder, "Universal language model fine-tuning for text classification", ACL 2018,
    /// section 3.2, with `factor` = 1/2.6.
    ///
    /// **Throws** [IllegalArgumentException] unless `factor` is a finite number above 0;
    /// [IllegalStateException] while `net` has sizes to be inferred.
    public final Optimizer rateByDepth(Part net, double factor) {
        Options.positive(getClass().getSimpleName(), "the rate's factor from layer to layer", factor);
        List<String> names = net.parts().entrySet().stream()
                .filter(e -> !e.getValue().parameters().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        for (int i = 0; i < names.size(); i++) {
            double mine = StrictMath.pow(factor, names.size() - 1 - i);
            group(names.get(i), g -> g.rateFactor(mine));
        }
        return this;
    }

    /// Keeps an exponential moving average of the weights, `a = decay·a + (1-decay)·p` after each step; it
    /// begins with the weights after the first step. [#averaged] shows it, and the Trainer evaluates and ends
    /// with it.
    ///
    /// **Source** Polyak and Juditsky, 1992; Tarvainen and Valpola, "Mean teachers are better role models",
    /// NIPS 2017.
    ///
    /// **Throws** [IllegalArgumentException] outside [0, 1); [IllegalStateException] if weights are averaged
    /// already.
    public final Optimizer ema(double decay) {
        return average(new After.Ema(Options.fraction(getClass().getSimpleName(), "the average's decay", decay)));
    }

    /// Keeps the mean of the weights after the steps `from`, `from + every`, ... ("stochastic weight
    /// averaging"). [#averaged] shows it, and the Trainer evaluates and ends with it. [Schedule#swa] is the
    /// rate's schedule that belongs to it; afterwards [Trainer#refreshStatistics] renews the statistics of
    /// batch normalisation.
    ///
    /// **Source** Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI
    /// 2018.
    ///
    /// **Throws** [IllegalArgumentException] unless both are at least 1; [IllegalStateException] if weights are
    /// averaged already.
    public final Optimizer swa(long from, long every) {
        String who = getClass().getSimpleName();
        return average(new After.Swa(
                Options.atLeast(who, "the first step that is averaged", from, 1),
                Options.atLeast(who, "the distance of the steps that are averaged", every, 1)));
    }

    private Optimizer average(After a) {
        if (afters.stream().anyMatch(b -> b.order() == a.order() && !b.equals(a))) {
            throw new IllegalStateException(
                    getClass().getSimpleName() + " averages weights already" + "\n  rule: one of ema(...), swa(...)");
        }
        return afters.contains(a) ? this : add(a);
    }

    /// Every `steps` steps goes back to where it was then, plus the share `share` of the way made since; 5 and
    /// 0.5 are usual.
    ///
    /// **Source** Zhang et al., "Lookahead optimizer: k steps forward, 1 step back", NeurIPS 2019, algorithm 1.
    ///
    /// **Throws** [IllegalArgumentException] unless `steps` is at least 1 and `share` in (0, 1].
    public final Optimizer lookahead(long steps, double share) {
        String who = getClass().getSimpleName();
        if (!(share > 0 && share <= 1)) {
            throw Options.wrong(who, "lookahead's share", share, "above 0 and at most 1", "");
        }
        return add(new After.Lookahead(Options.atLeast(who, "the steps of lookahead", steps, 1), share));
    }

    /// Moves the weights whose path fits a pattern to where a constraint holds, after each step.
    public final Optimizer constrain(String pattern, Constraint constraint) {
        return add(new After.Bound(new PathPattern(pattern), constraint));
    }

    private Optimizer add(After after) {
        checkUnused();
        afters.add(after);
        afters.sort(Comparator.comparingInt(After::order));
        return this;
    }

    // ---- the step

    /// Changes every parameter that has a gradient and is not frozen, one after the other, in the map's order.
    /// Gradients stay as they are.
    ///
    /// @param params the parameters by path, as `net.parameters()` lists them; always the same paths
    ///
    /// **Throws** [GradException] if no parameter has a gradient.
    public final void step(Map<String, Param> params) {
        step(params, Double.NaN, () -> Double.NaN);
    }

    /// As [#step(Map)], for optimisers that look at the loss more than once a step ([LBFGS]); to others it
    /// makes no difference.
    ///
    /// @param loss the loss to which the parameters' gradients belong
    /// @param again computes the loss and the gradients (the old ones cleared) where the parameters are now
    public final void step(Map<String, Param> params, double loss, DoubleSupplier again) {
        if (unchecked) {
            checkPaths(params);
        }
        List<Target> targets = new ArrayList<>(params.size());
        params.forEach((path, p) -> {
            if (p.hasGrad()) {
                Slots mine = slots.get(path);
                boolean frozen = mine == null
                        ? groups.member(this, path, p.shape()).frozen()
                        : mine.member(this, groups, path, p).frozen();
                if (!frozen) { // a frozen one has none
                    targets.add(new Target(
                            path, p, mine != null ? mine : slots.computeIfAbsent(path, _ -> fresh(path, p))));
                }
            }
        });
        if (targets.isEmpty()) {
            throw new GradException(noGradient(params));
        }
        targets.forEach(t -> t.slots.steps++);
        Context outer = Context.current();
        try (var _ = outer.recording(false).enter()) {
            move(targets, loss, () -> {
                try (var _ = outer.enter()) {
                    return again.getAsDouble();
                }
            });
            steps++;
            for (Target t : afters.isEmpty() ? List.<Target>of() : targets) {
                try (var _ = Context.current().at(layerOf(t.path)).enter()) {
                    afters.forEach(a -> a.apply(steps, t.path, t.param, t.slots.extra(a)));
                }
            }
        }
    }

    private Slots fresh(String path, Param p) {
        Groups.Member member = groups.member(this, path, p.shape());
        Slots s = new Slots();
        for (String name : member.rule().slots(p.shape())) {
            s.own.put(name, new State(name, member.rule().start(name, p, rate * member.factor())));
        }
        afters.forEach(a -> a.slot().ifPresent(name -> s.extra.put(name, new State(name, p))));
        return s;
    }

    private static String layerOf(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('.')));
    }

    private String noGradient(Map<String, Param> params) {
        String who = getClass().getSimpleName() + ".step";
        if (params.isEmpty()) {
            return who
                    + " was given no parameters\n  rule: there is something to train\n  fix:  pass net.parameters() of a net with weights";
        }
        if (params.values().stream().allMatch(Param::isFrozen)) {
            return who + ": all " + params.size() + " parameters are frozen\n  rule: a step changes at least one"
                    + "\n  fix:  let some train again: net.freeze(\"\", false)";
        }
        return who + ": none of the " + params.size() + " parameters ("
                + params.keySet().iterator().next() + ", ...) has a gradient"
                + "\n  rule: gradients come from loss.backward(), between the forward pass and the step"
                + "\n  fix:  call loss.backward() before the step, and zeroGrad() after it";
    }

    // ---- averaged weights

    /// Shows the averaged weights in the parameters until the scope is closed, if the optimiser keeps some
    /// ([#ema], [#swa], [ASGD], [ScheduleFree]); else nothing changes. No step is made meanwhile.
    public final Scope averaged(Map<String, Param> params) {
        swapAverages(params);
        return () -> swapAverages(params);
    }

    private void swapAverages(Map<String, Param> params) {
        params.forEach((path, p) -> {
            State average = averageOf(path, p);
            if (average != null) {
                Tensor trained = p.copy();
                p.set(average);
                average.set(trained);
            }
        });
    }

    /// Overwrites the parameters with their averages for good, if the optimiser keeps some.
    public final void useAverages(Map<String, Param> params) {
        params.forEach((path, p) -> {
            State average = averageOf(path, p);
            if (average != null) {
                p.set(average);
            }
        });
    }

    private @Nullable State averageOf(String path, Param p) {
        Slots mine = slots.get(path);
        if (mine == null) {
            return null;
        }
        for (After a : afters) {
            if (a.averages(steps)) {
                return mine.extra(a);
            }
        }
        return mine.member(this, groups, path, p)
                .rule()
                .average()
                .map(mine.own::get)
                .orElse(null);
    }

    // ---- state

    /// Everything that an exact continuation needs: the slots (`0.weight/momentum`), each parameter's number of
    /// steps (`0.weight/steps`), `steps` and the current `rate`, as copies.
    public final Map<String, Tensor> state() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        all.put("steps", Tensor.ofLongs(new long[] {steps}));
        all.put("rate", Tensor.scalar(rate, DType.F64));
        memory().forEach((name, t) -> all.put("/" + name, t));
        slots.forEach((path, mine) -> mine.save(path, all));
        return all;
    }

    /// Takes over what [#state()] gave: the next step is bit for bit the one that would have followed.
    ///
    /// **Throws** [IllegalArgumentException] naming what is missing, left over or of another shape; nothing is
    /// changed then.
    public final void load(Map<String, ? extends Tensor> state) {
        SavedState saved = new SavedState(this, state);
        double newRate = saved.required("rate").item();
        long newSteps = (long) saved.required("steps").item();
        Map<String, Slots> read = saved.slots(groups, afters);
        memory(saved.memory());
        rate(newRate);
        steps = newSteps;
        slots.clear();
        slots.putAll(read);
        unchecked = true;
    }

    final IllegalArgumentException misfit(String what, String rule) {
        return SavedState.misfit(name(), what, rule);
    }

    /// Whether loaded slots fit the parameters: once, at the first step after [#load].
    private void checkPaths(Map<String, Param> params) {
        slots.forEach((path, mine) -> {
            Param p = params.get(path);
            if (p == null) {
                throw misfit(
                        "has slots for '" + path + "'",
                        "it belongs to the network that is trained, which has " + params.keySet());
            }
            SavedState.checkFits(name(), path, mine, fresh(path, p));
        });
        unchecked = false;
    }

    // ---- as data

    /// Name and constants as data, from which [#from] makes an equal optimiser without state.
    public final Map<String, Object> describe() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name());
        all.put("rate", baseRate);
        all.putAll(constants());
        if (maximize) {
            all.put("maximize", true);
        }
        afters.forEach(a -> a.describe(all));
        if (!groups.isEmpty()) {
            all.put("groups", groups.describe());
        }
        return all;
    }

    /// Takes over what a description says of the options of all optimisers.
    final Optimizer withOptions(Map<String, Object> description) {
        if (description.containsKey("maximize") && Options.flag(description, "maximize")) {
            maximize();
        }
        if (description.containsKey("lookahead")) {
            Map<String, Object> c = Options.map(description, "lookahead");
            lookahead((long) Options.real(c, "steps"), Options.real(c, "share"));
        }
        Options.maps(description, "constraints")
                .forEach(c -> constrain(Options.text(c, "pattern"), Constraint.of(Options.text(c, "is"))));
        if (description.containsKey("ema")) {
            ema(Options.real(description, "ema"));
        }
        if (description.containsKey("swa")) {
            Map<String, Object> c = Options.map(description, "swa");
            swa((long) Options.real(c, "from"), (long) Options.real(c, "every"));
        }
        Options.maps(description, "groups").forEach(c -> groups.add(Group.from(c)));
        return this;
    }

    /// The optimiser that [#describe()] described, without state.
    ///
    /// **Throws** [IllegalArgumentException] for an unknown name, or constants that are missing or not allowed.
    public static Optimizer from(Map<String, Object> description) {
        return Optimizers.from(description);
    }

    /// The optimiser of a name, with its usual constants, or those that follow it: `adamw`,
    /// `adamw:weightDecay=0.1:beta2=0.95`, `sgd:momentum=0.9:nesterov`. `momentum` and `nesterov` are [SGD]
    /// with momentum 0.9, `amsgrad` is [Adam] with that.
    ///
    /// **Throws** [IllegalArgumentException] for a name that is not in [#names()], a rate that is no finite
    /// number above 0, or constants that it has not.
    public static Optimizer named(String text, double rate) {
        return Optimizers.named(text, rate);
    }

    /// As [#named(String, double)], with the learning rate from which one usually starts: PyTorch's defaults,
    /// except 0.1 for `sgd`, 0.01 with momentum and for those that PyTorch has not the papers'. `:rate=0.05`
    /// sets it.
    ///
    /// **Throws** [IllegalArgumentException] for a name that is not in [#names()], or constants that it has
    /// not.
    public static Optimizer named(String text) {
        return Optimizers.named(text);
    }

    /// The registered names: `sgd`, `momentum`, `nesterov`, `adam`, `adamw`, ...
    public static List<String> names() {
        return Optimizers.names();
    }

    /// Type and constants, as in `Adam(rate=0.001, beta1=0.9, ...)`.
    @Override
    public final String toString() {
        Map<String, Object> all = describe();
        all.remove("name");
        StringJoiner text = new StringJoiner(", ", getClass().getSimpleName() + "(", ")");
        all.forEach((key, value) -> text.add(key + "=" + value));
        return text.toString();
    }
}
