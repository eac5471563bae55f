package cajal.train;

import java.util.Map;

/// A line up to where another schedule starts, then that schedule.
record Warmup(long steps, Schedule then) implements Schedule {
    Warmup {
        Options.atLeast("warmup", "the number of steps", steps, 1);
    }

    @Override
    public double rate(double base, Position at) {
        double full = then.rate(base, at.from(steps));
        return at.step() < steps ? full * (at.step() + 1) / steps : full;
    }

    @Override
    public void observe(double value, boolean higherIsBetter) {
        then.observe(value, higherIsBetter);
    }

    @Override
    public Map<String, Object> state() {
        return then.state();
    }

    @Override
    public void load(Map<String, ?> state) {
        then.load(state);
    }

    @Override
    public String describe() {
        return "warmup:" + steps + (then instanceof Curves.Constant ? "" : ":" + then.describe());
    }
}
