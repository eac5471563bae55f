package cajal.train;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongToDoubleFunction;

/// The learning rate of each step: a function of the optimiser's own rate and of the position in the run.
///
/// A lambda is a schedule. One with a memory ([#plateau]) also observes a metric once an epoch, and gives its
/// memory to checkpoints. Before each step: `optimizer.rate(schedule.rate(optimizer.baseRate(), position))`.
@FunctionalInterface
public interface Schedule {
    /// Where in a run a step stands.
    ///
    /// @param step the number of steps made before it: 0, 1, ...
    /// @param stepsPerEpoch the number of steps in which all samples are seen once
    /// @param totalSteps the number of steps of the whole run
    record Position(long step, long stepsPerEpoch, long totalSteps) {
        /// Checks that the numbers make sense.
        public Position {
            Options.atLeast("Position", "step", step, 0);
            Options.atLeast("Position", "stepsPerEpoch", stepsPerEpoch, 1);
            Options.atLeast("Position", "totalSteps", totalSteps, 1);
        }

        /// The number of epochs completed before it.
        public long epoch() {
            return step / stepsPerEpoch;
        }

        /// This position as seen from the step `start`.
        Position from(long start) {
            return new Position(Math.max(0, step - start), stepsPerEpoch, Math.max(1, totalSteps - start));
        }
    }

    /// The learning rate of the step at a position.
    ///
    /// @param base the optimiser's own rate, [Optimizer#baseRate()]
    /// @param at where in the run
    double rate(double base, Position at);

    /// Is told the watched metric at the end of each epoch; only schedules with a memory listen.
    ///
    /// @param value the metric
    /// @param higherIsBetter whether it should rise, as an accuracy, or fall, as a loss
    default void observe(double value, boolean higherIsBetter) {}

    /// The memory as data, for a file: whole numbers, and texts that read back to the same bits; empty for a
    /// schedule without one.
    default Map<String, Object> state() {
        return Map.of();
    }

    /// Takes over what [#state()] gave.
    ///
    /// **Throws** [IllegalArgumentException] if it is no memory of this kind of schedule.
    default void load(Map<String, ?> state) {
        if (!state.isEmpty()) {
            throw new IllegalArgumentException("The schedule '" + describe() + "' has no memory, the saved one has "
                    + state.keySet() + "\n  rule: a run is continued with the schedule that it began with");
        }
    }

    /// The text from which [#of] makes an equal schedule, as in `step:10:0.5`; `custom` for one of one's own.
    default String describe() {
        return "custom";
    }

    // ---- the built-in ones

    /// The optimiser's own rate all the time.
    static Schedule constant() {
        return new Curves.Constant();
    }

    /// `base·gamma^⌊epoch/size⌋`: times `gamma` every `size` epochs.
    static Schedule step(long size, double gamma) {
        return new Curves.Step(size, gamma);
    }

    /// `base·gamma^epoch`: times `gamma` every epoch.
    static Schedule exponential(double gamma) {
        return new Curves.Exponential(gamma);
    }

    /// Half a cosine wave from `base` to `min` over the run, a little every step:
    /// `min + (base - min)·(1 + cos(π·step/totalSteps))/2`.
    ///
    /// **Source** Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017,
    /// equation 5.
    static Schedule cosine(double min) {
        return new Curves.Cosine(min);
    }

    /// [#cosine(double)] down to 0.
    static Schedule cosine() {
        return cosine(0);
    }

    /// `before`, then from epoch `from` (counted from 0) within `epochs` epochs along half a cosine wave to
    /// `rate`, which stays: for weights that are averaged from then on ([Trainer#swa]).
    ///
    /// **Source** Izmailov et al., "Averaging weights leads to wider optima and better generalization", UAI
    /// 2018; the wave as in PyTorch's SWALR.
    static Schedule swa(long from, double rate, long epochs, Schedule before) {
        return new Settling(from, rate, epochs, before);
    }

    /// In the first `steps` steps a line up to where `then` starts, `(step + 1)/steps` of it; after that
    /// `then`, as if the run began there.
    static Schedule warmup(long steps, Schedule then) {
        return new Warmup(steps, then);
    }

    /// Up from `base/25` to `base` in the first 30 % of the steps, down to `base/250000` in the rest, both
    /// along half a cosine wave, as a function of the step.
    static Schedule oneCycle() {
        return oneCycle(0.3, 25, 1e4);
    }

    /// As [#oneCycle()] with other constants.
    ///
    /// @param rise the share of the steps in which the rate rises, in (0, 1)
    /// @param div how many times lower than `base` it starts
    /// @param finalDiv how many times lower than at the start it ends
    static Schedule oneCycle(double rise, double div, double finalDiv) {
        return new Curves.OneCycle(rise, div, finalDiv);
    }

    /// `min + (base - min)·(1 - step/totalSteps)^power`: a line to `min` over the run with power 1, a
    /// curve that falls early with a higher one.
    static Schedule polynomial(double power, double min) {
        return new Decays.Polynomial(power, min);
    }

    /// A line from `base·start` to `base·end` in the first `steps` steps (0: over the whole run), then
    /// `base·end`.
    static Schedule linear(double start, double end, long steps) {
        return new Decays.Linear(start, end, steps);
    }

    /// Times `gamma` at each of these epochs, which ascend.
    static Schedule multiStep(double gamma, long... epochs) {
        return new Decays.MultiStep(gamma, Arrays.stream(epochs).boxed().toList());
    }

    /// `base / (1 + decay·epoch)`, the epoch being counted in fractions, a little every step.
    ///
    /// **Source** Robbins and Monro, "A stochastic approximation method", 1951: a rate whose sum has no
    /// bound and whose squares have one.
    static Schedule inverseTime(double decay) {
        return new Decays.InverseTime(decay);
    }

    /// A line up to `base` in `steps` steps, then down with the inverse root of the step:
    /// `base·min(s/steps, sqrt(steps/s))` with `s = step + 1`.
    static Schedule noam(long steps) {
        return new Decays.Noam(steps, 0);
    }

    /// As [#noam(long)] with the paper's height, `base·width^-0.5·min(s^-0.5, s·steps^-1.5)`.
    ///
    /// **Source** Vaswani et al., "Attention is all you need", 2017, equation 3.
    static Schedule noam(long steps, long width) {
        return new Decays.Noam(steps, Options.atLeast("noam", "the model's width", width, 1));
    }

    /// `base` times a function of the epoch.
    static Schedule factor(LongToDoubleFunction ofEpoch) {
        return new Decays.Factor(ofEpoch);
    }

    /// Half a cosine wave from `base` to `min`, again and again: the first over `first` epochs, each
    /// further one `factor` times longer; a little every step.
    ///
    /// **Source** Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017,
    /// equation 5.
    static Schedule restarts(long first, long factor, double min) {
        return new Cycles.Restarts(first, factor, min);
    }

    /// [#restarts(long, long, double)] down to 0: with [SGD], gradient descent with warm restarts.
    static Schedule restarts(long first, long factor) {
        return restarts(first, factor, 0);
    }

    /// How the height of cycles changes.
    enum Cycle {
        /// Not at all.
        TRIANGULAR,
        /// Each is half as high as the one before.
        TRIANGULAR2,
        /// It falls by a factor every step.
        EXP_RANGE
    }

    /// From `min` up to `base` in `steps` steps and down again in as many, again and again.
    ///
    /// **Source** Smith, "Cyclical learning rates for training neural networks", 2017, section 3.
    static Schedule cyclic(long steps, double min, Cycle kind) {
        if (kind == Cycle.EXP_RANGE) {
            throw new IllegalArgumentException("cyclic: EXP_RANGE without a factor\n  rule: the height falls by a "
                    + "factor every step\n  fix:  cyclic(" + steps + ", " + min + ", 0.9999)");
        }
        return new Cycles.Cyclic(steps, min, kind, 1);
    }

    /// As [#cyclic(long, double, Cycle)], the height falling by the factor `gamma` every step.
    static Schedule cyclic(long steps, double min, double gamma) {
        return new Cycles.Cyclic(steps, min, Cycle.EXP_RANGE, gamma);
    }

    /// All of these at once, each on the rate that the one before gives.
    static Schedule product(Schedule... parts) {
        return new Several(List.of(parts), List.of());
    }

    /// The first schedule up to the step `end`, then the other one, as if the run began there; each
    /// takes its part of the run for the whole. Several in a row: `sequence(a, 10, sequence(b, 20, c))`
    /// changes at 10 and 30.
    static Schedule sequence(Schedule first, long end, Schedule then) {
        return new Several(List.of(first, then), List.of(0L, end));
    }

    /// A tenth of the rate whenever the watched metric has not improved for more than 10 epochs.
    static Plateau plateau() {
        return new Plateau();
    }

    // ---- by name

    /// The schedule that a text describes: a name, then its constants, separated by colons.
    ///
    /// `constant`, `step:SIZE[:GAMMA]`, `exponential:GAMMA`, `cosine[:MIN]`, `warmup:STEPS[:SCHEDULE]`,
    /// `swa:FROM:RATE[:EPOCHS[:SCHEDULE]]`,
    /// `onecycle[:RISE[:DIV[:FINALDIV]]]`, `polynomial[:POWER[:MIN]]`, `linear[:START[:END[:STEPS]]]`,
    /// `multistep:GAMMA:EPOCH:...`, `inverse-time:DECAY`, `noam:STEPS[:WIDTH]`,
    /// `restarts:FIRST[:FACTOR[:MIN]]`, `cyclic:STEPS[:MIN[:KIND[:GAMMA]]]`,
    /// `plateau[:FACTOR[:PATIENCE[:THRESHOLD[:COOLDOWN[:MIN]]]]]`. After `warmup:STEPS:` stands any
    /// other, as in `warmup:100:cosine`.
    ///
    /// `A*B` is the product of two, `A;STEP@B` is A before the step and B from it on, as in
    /// `linear:0.1:1:100;100@cosine`.
    ///
    /// **Throws** [IllegalArgumentException] for another name, or constants that are missing, too many or not
    /// allowed.
    static Schedule of(String text) {
        return Schedules.of(text);
    }

    /// The registered names.
    static List<String> names() {
        return Schedules.names();
    }
}
