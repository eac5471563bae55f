package cajal.train;

import java.util.Map;

/// A schedule, then, from an epoch on, along half a cosine wave to a rate that stays: while weights are
/// averaged.
record Settling(long from, double rate, long epochs, Schedule before) implements Schedule {
    Settling {
        Options.atLeast("swa", "the epoch from which the rate settles", from, 0);
        Options.positive("swa", "the constant rate", rate);
        Options.atLeast("swa", "the number of epochs in which it settles", epochs, 0);
    }

    @Override
    public double rate(double base, Position at) {
        long start = from * at.stepsPerEpoch();
        if (at.step() < start) {
            return before.rate(base, at);
        }
        double way = epochs == 0 ? 1 : (double) (at.step() - start) / (epochs * at.stepsPerEpoch());
        double first = before.rate(base, new Position(start, at.stepsPerEpoch(), at.totalSteps()));
        return way >= 1 ? rate : Curves.anneal(first, rate, way);
    }

    @Override
    public void observe(double value, boolean higherIsBetter) {
        before.observe(value, higherIsBetter);
    }

    @Override
    public Map<String, Object> state() {
        return before.state();
    }

    @Override
    public void load(Map<String, ?> state) {
        before.load(state);
    }

    @Override
    public String describe() {
        return "swa:" + from + ":" + rate + ":" + epochs
                + (before instanceof Curves.Constant ? "" : ":" + before.describe());
    }
}
